"""What django-allauth asks of this service: no account is made without an invitation."""

from __future__ import annotations

import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.providers.base import AuthError
from django.http import HttpRequest, HttpResponse

log = logging.getLogger("custodes.service.access")


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # it tells no types
    """Accounts are made by invitation, and by nothing else."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Whoever signs in with an organisation's own account must have one here, of the same address."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Never."""
        return False

    def authenticate_by_email(self, sociallogin: Any) -> Any:
        """An address counts where the provider says so. Some say it as text, and "false" is one that is not empty."""
        for one in sociallogin.email_addresses:
            one.verified = one.verified is True or str(one.verified).strip().lower() == "true"
        return super().authenticate_by_email(sociallogin)

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Says why somebody is not signed in, where allauth would say that nobody may sign up."""
        if sociallogin.is_existing or sociallogin.state.get("process") == "connect":
            return
        verified = any(one.verified for one in sociallogin.email_addresses)
        raise _refused(request, 403, "sign_in_no_account" if verified else "sign_in_unverified")

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        """What the provider sent is not what was asked for, or not signed by it. Allauth tells who said no there."""
        why = (extra_context or {}).get("saml_last_error_reason") or type(exception).__name__
        log.warning("sign-in refused", extra={"outcome": str(why)[:300]})
        if error != AuthError.CANCELLED:
            raise _refused(request, 403, "sign_in_failed")


def _refused(request: HttpRequest, status: int, text: str) -> ImmediateHttpResponse:
    from custodes.service.web.errors import plain_page

    return ImmediateHttpResponse(plain_page(request, status, "sign_in_not_title", text))


def locked_out(request: HttpRequest, *_: Any, **__: Any) -> HttpResponse:
    """Too many wrong passwords."""
    from custodes.service.web.errors import plain_page

    return plain_page(request, 429, "error_locked_title", "error_locked")
