"""All addresses: the routes of this service, and those of django-allauth under /account/."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import include, path, re_path

from custodes.service.access import routes
from custodes.service.api.router import api
from custodes.service.pages import every_module
from custodes.service.web.errors import not_found

every_module()


def closed(request: HttpRequest, **_: object) -> HttpResponse:
    """What django-allauth offers and this service does not."""
    return not_found(request)


urlpatterns = [
    *routes.patterns(),
    # an account's address is the one that was invited: whoever could take another would take its roles with it
    path("account/email/", closed),
    re_path(r"^account/(?:confirm-email|signup)/", closed),
    path("account/", include("allauth.urls")),
    path("api/v1/", api.urls),
]
handler400 = "custodes.service.web.errors.bad_request"
handler403 = "custodes.service.web.errors.forbidden"
handler404 = "custodes.service.web.errors.not_found"
handler500 = "custodes.service.web.errors.server_error"
