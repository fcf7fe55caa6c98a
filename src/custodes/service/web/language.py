"""The language of a request: as the reader chose it, kept in a cookie."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.utils.cache import patch_vary_headers

from custodes.service.access.routes import Request
from custodes.service.web.words import LANGUAGES

COOKIE, ASKED = "language", "lang"


class LanguageMiddleware:
    """`?lang=cy` on any page chooses, and the page is given again in that language."""

    def __init__(self, get_response: Callable[[Request], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponse:
        """One request."""
        asked = request.GET.get(ASKED, "")
        if asked in LANGUAGES and request.method == "GET":
            left = request.GET.copy()
            del left[ASKED]
            where = f"/{request.path.lstrip('/')}"  # a path that begins with two slashes would lead to another host
            response = redirect(f"{where}?{left.urlencode()}" if left else where)
            response.set_cookie(
                COOKIE, asked, max_age=31_536_000, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax"
            )
            return response
        told = request.COOKIES.get(COOKIE, "")
        request.language = told if told in LANGUAGES else "en"
        with translation.override("cy" if request.language == "cy" else "en-gb"):
            found = self.get_response(request)
        patch_vary_headers(found, ["Cookie"])
        return found
