"""Keys and certificates. Of a key its fingerprint is told, never the key."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import warnings
from collections.abc import Iterator

from custodes.model.firmware import Entry, Fact, Grade

_PEM = re.compile(rb"-----BEGIN ([A-Z0-9 ]{3,40})-----\r?\n?([A-Za-z0-9+/=\s:,\-]{16,20000}?)-----END \1-----")
_SSH = re.compile(rb"((?:ssh-(?:rsa|ed25519|dss)|ecdsa-sha2-nistp\d{3})) (AAAA[A-Za-z0-9+/=]{40,4000})")
_TRUSTED = "whoever has the other half may log in, if it is listed as trusted"
_BUNDLE = 8
_MOST = 64


def secrets(entry: Entry, data: bytes, grade: Grade) -> Iterator[Fact]:
    """Keys and certificates in a file."""
    found = list(_PEM.finditer(data))
    if len(found) > _BUNDLE and all(match[1] == b"CERTIFICATE" for match in found):
        digest = hashlib.sha256(data).hexdigest()[:16]
        value = f"{len(found)} certificates that are trusted, fingerprint {digest}"
        yield Fact("certificate", value, entry.volume, entry.path, grade, "bundle", 0, "bundle")
        return
    for match in found[:_MOST]:
        body = re.sub(rb"^[\w\-]+:.*$", b"", match[2], flags=re.MULTILINE)
        try:
            raw = base64.b64decode(b"".join(body.split()), validate=False)
        except (binascii.Error, ValueError):
            continue
        if match[1] == b"CERTIFICATE":
            yield _certificate(entry, raw, match.start(), grade)
        elif match[1].endswith(b"PRIVATE KEY"):
            digest = hashlib.sha256(raw).hexdigest()[:32]
            value = f"{match[1].decode().lower()}, fingerprint {digest}"
            yield Fact("key", value, entry.volume, entry.path, grade, "pem", match.start(), "private key")
    for match in list(_SSH.finditer(data))[:_MOST]:
        digest = base64.b64encode(hashlib.sha256(base64.b64decode(match[2] + b"===")).digest()).decode().rstrip("=")
        value = f"{match[1].decode()} public key, fingerprint SHA256:{digest}"
        yield Fact(
            "key",
            value,
            entry.volume,
            entry.path,
            grade,
            "ssh",
            match.start(),
            note=_TRUSTED,
        )


def bare_certificate(entry: Entry, data: bytes) -> Iterator[Fact]:
    """A certificate without armour."""
    if entry.path.endswith((".der", ".crt", ".cer")) and data[:2] == b"\x30\x82" and len(data) < 16_384:
        yield _certificate(entry, data, 0, Grade.EXECUTED)


def _certificate(entry: Entry, raw: bytes, offset: int, grade: Grade) -> Fact:
    from cryptography import x509

    digest = hashlib.sha256(raw).hexdigest()[:32]
    note = ""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            told = x509.load_der_x509_certificate(raw)
            subject = told.subject.rfc4514_string()
            until = told.not_valid_after_utc.date().isoformat()
        value = f"{subject}, until {until}, fingerprint {digest}"
        note = f"issued by {told.issuer.rfc4514_string()}"
    except Exception:
        value = f"unreadable, fingerprint {digest}"
    return Fact("certificate", value, entry.volume, entry.path, grade, "x509", offset, note=note)
