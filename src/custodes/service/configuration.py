"""What the environment says of a service, checked: each fault names its variable and what to write instead."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from custodes.model.errors import BadUsage
from custodes.service.home import home

#: The setting of PostgreSQL by which a connection is told whose rows it may touch.
SCOPE_SETTING = "custodes.bodies"
_POSTGRES = ("postgres", "postgresql")


def database(url: str) -> dict[str, Any]:
    """Django's description of a database. Empty: the SQLite file of the service's folder. Raises BadUsage."""
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(home().database),
            "OPTIONS": {
                # a writer takes its turn at the start, so that none is refused half-way
                "transaction_mode": "IMMEDIATE",
                "timeout": 30,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
            },
        }
    parts = urlsplit(url)
    if parts.scheme not in _POSTGRES or not parts.path.strip("/"):
        raise BadUsage(
            "DATABASE_URL is no address of a PostgreSQL database",
            remedy="such as postgres://user:password@host:5432/custodes; leave it out for SQLite",
        )
    asked = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or "") or asked.pop("host", ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        # pages ask small things: helpers and compiling cost more than they bring
        "OPTIONS": {"options": "-c max_parallel_workers_per_gather=0 -c jit=off", **asked},
    }


def mail(url: str) -> dict[str, Any]:
    """Django's settings for outgoing mail. Empty: into a folder. Raises BadUsage."""
    if not url:
        return {
            "EMAIL_BACKEND": "custodes.service.mail.folder.FolderBackend",
        }
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps", "smtp+tls") or not parts.hostname:
        raise BadUsage(
            "CUSTODES_MAIL is no address of a mail server",
            remedy="such as smtp+tls://user:password@mail.example:587; leave it out to write mail to a folder",
        )
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or {"smtp": 25, "smtps": 465, "smtp+tls": 587}[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "EMAIL_TIMEOUT": 20,
    }


def flag(name: str) -> bool:
    """Whether a variable says yes. Raises BadUsage for what is neither yes nor no."""
    told = os.environ.get(name, "").strip().casefold()
    if told in ("", "0", "no", "false"):
        return False
    if told in ("1", "yes", "true"):
        return True
    raise BadUsage(f"{name} is neither yes nor no", remedy=f"{name}=yes, or leave it out")


def words(name: str, otherwise: tuple[str, ...] = ()) -> list[str]:
    """A list, parted by commas."""
    told = [word.strip() for word in os.environ.get(name, "").split(",") if word.strip()]
    return told or list(otherwise)


#: Names under which providers send a person's lasting number and address: bare, as OIDs, as Microsoft's claims.
_ATTRIBUTES = {
    "uid": [
        "urn:oasis:names:tc:SAML:attribute:subject-id",
        "urn:oasis:names:tc:SAML:attribute:pairwise-id",
        "http://schemas.microsoft.com/identity/claims/objectidentifier",
        "uid",
    ],
    "email": [
        "urn:oid:0.9.2342.19200300.100.1.3",
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
        "email",
        "mail",
    ],
    "email_verified": ["email_verified", "http://schemas.auth0.com/email_verified"],
}


def sign_in_providers(environment: Mapping[str, str]) -> dict[str, Any]:
    """What allauth is told of an OpenID Connect and of a SAML provider, where they are configured. Raises BadUsage.

    `CUSTODES_OIDC`: `NAME|CLIENT|SECRET|https://issuer`. `CUSTODES_SAML`: `NAME|ENTITY|https://metadata`.
    `CUSTODES_SIGN_IN_DOMAINS`: whose addresses are believed although the provider does not call them verified.
    """
    told_domains = environment.get("CUSTODES_SIGN_IN_DOMAINS", "")
    domains = [one.strip().lower() for one in told_domains.split(",") if one.strip()]
    found: dict[str, Any] = {}
    if told := environment.get("CUSTODES_OIDC"):
        name, client, secret, issuer = _parts(told, 4, "CUSTODES_OIDC", "NAME|CLIENT|SECRET|https://issuer")
        settings: dict[str, Any] = {"server_url": issuer, "verified_email": domains}
        app = {"provider_id": "oidc", "name": name, "client_id": client, "secret": secret, "settings": settings}
        found["openid_connect"] = {"APPS": [app], "OAUTH_PKCE_ENABLED": True}
    if told := environment.get("CUSTODES_SAML"):
        name, entity, metadata = _parts(told, 3, "CUSTODES_SAML", "NAME|ENTITY|https://metadata")
        settings = {
            "idp": {"entity_id": entity, "metadata_url": metadata},
            "attribute_mapping": _ATTRIBUTES,
            "verified_email": domains,
            "advanced": {"allow_single_label_domains": True},  # a house's own names, such as https://signin/
        }
        app = {"provider_id": entity, "name": name, "client_id": "saml", "settings": settings}
        found["saml"] = {"APPS": [app]}
    return found


def _parts(told: str, wanted: int, name: str, form: str) -> list[str]:
    parts = [part.strip() for part in told.split("|")]
    if len(parts) != wanted or not all(parts) or not parts[-1].startswith("https://"):
        raise BadUsage(f"{name} does not say what is wanted", remedy=f"{name}={form}")
    return parts
