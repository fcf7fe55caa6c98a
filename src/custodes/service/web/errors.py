"""Pages of refusal: plain, with nothing of what was asked for."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse

from custodes.service.web.pages import show

log = logging.getLogger("custodes.service.web")


def plain_page(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    """A page with a title and a sentence, both keys of the words. The API and its like get the sentence alone."""
    from custodes.service.web.words import words

    t = words(getattr(request, "language", "en"))
    if request.path.startswith("/api/"):
        return HttpResponse(t(text), status=status, content_type="text/plain; charset=utf-8")
    return show(request, "error.html", {"heading": t(title), "text": t(text)}, status=status)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: what is not there, or not for this reader."""
    return plain_page(request, 404, "error_404_title", "error_404")


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: what this reader's roles do not allow."""
    return plain_page(request, 403, "error_403_title", "error_403")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: what no browser sends."""
    return plain_page(request, 400, "error_400_title", "error_400")


def server_error(request: HttpRequest) -> HttpResponse:
    """500: a fault of the program."""
    return plain_page(request, 500, "error_500_title", "error_500")


def disk_full(request: HttpRequest) -> HttpResponse:
    """503: there is no room for what was sent. Nothing of it was kept, and nothing else was lost."""
    log.error("no room on the disk", extra={"outcome": "refused"})
    return plain_page(request, 503, "error_full_title", "error_full")


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: a form that was not given out to this session."""
    return plain_page(request, 403, "error_csrf_title", "error_csrf")


def not_allowed(request: HttpRequest, methods: Sequence[str]) -> HttpResponse:
    """405: a verb that the page does not take."""
    found = plain_page(request, 405, "error_405_title", "error_405")
    found["Allow"] = ", ".join(methods)
    return found
