"""All addresses: the routes of this service, and those of django-allauth under /account/."""

from __future__ import annotations

from django.urls import include, path

from custodes.service.access import routes
from custodes.service.api.router import api
from custodes.service.pages import every_module

every_module()
urlpatterns = [
    *routes.patterns(),
    path("account/", include("allauth.urls")),
    path("api/v1/", api.urls),
]
handler400 = "custodes.service.web.errors.bad_request"
handler403 = "custodes.service.web.errors.forbidden"
handler404 = "custodes.service.web.errors.not_found"
handler500 = "custodes.service.web.errors.server_error"
