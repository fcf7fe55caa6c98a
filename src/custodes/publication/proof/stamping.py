"""Time-stamps over a checkpoint (RFC 3161): somebody else's word that it was there on a day.

A time-stamp lies beside a bundle, never in it: it is made after the bundle is sealed, and no clock enters a bundle.
"""

from __future__ import annotations

import urllib.error
import urllib.request
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.x509.oid import NameOID

from custodes.model.errors import BadInput, BadUsage
from custodes.publication.proof.dersets import sorted_certificates

try:
    import rfc3161_client as rfc3161
except ImportError:  # pragma: no cover - tried in the test of the light wheel
    raise BadUsage("time-stamps need an extra", remedy="pip install 'custodes[publish]'") from None

MOST_REPLY = 65536
_MOST_ROOTS = 1 << 20
_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Stamp:
    """What an authority says. `at`: when it saw the checkpoint, with its zone; `by`: the name in its certificate."""

    at: datetime
    by: str
    serial: int


def request(checkpoint: bytes) -> bytes:
    """A request for a time-stamp over the bytes of a checkpoint (SHA-256; DER).

    It has no nonce, so that a request written to a file asks for the same each time: the hash is what is looked at.
    """
    builder = rfc3161.TimestampRequestBuilder().data(checkpoint).hash_algorithm(rfc3161.HashAlgorithm.SHA256)
    return bytes(builder.nonce(nonce=False).cert_request(cert_request=True).build().as_bytes())


def ask(url: str, query: bytes) -> bytes:
    """The reply of an authority (RFC 3161, section 3.4). Raises BadUsage for an address, BadInput for a reply."""
    if urlsplit(url).scheme not in ("http", "https"):
        raise BadUsage(f"'{url[:80]}' is no web address", remedy="such as https://authority.example/tsr")
    kind = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
    asked = urllib.request.Request(url, data=query, headers=kind, method="POST")  # noqa: S310 - web addresses only
    try:
        with urllib.request.urlopen(asked, timeout=_SECONDS) as reply:  # noqa: S310
            data: bytes = reply.read(MOST_REPLY + 1)
    except (urllib.error.URLError, OSError, ValueError) as error:
        raise BadInput("the authority did not answer", where=url, why=str(error)[:200]) from None
    if len(data) > MOST_REPLY:
        raise BadInput("the authority's answer is too long for a time-stamp", where=url)
    _decoded(data, url)
    return data


def read_roots(path: Path) -> list[x509.Certificate]:
    """The certificates that an authority must lead up to, as PEM or DER. Raises BadInput."""
    if not path.is_file():
        raise BadInput("there is no such file", where=str(path), remedy="give the authority's root certificate")
    with path.open("rb") as stream:
        data = stream.read(_MOST_ROOTS)
    try:
        found = (
            x509.load_pem_x509_certificates(data) if b"-----BEGIN" in data else [x509.load_der_x509_certificate(data)]
        )
    except ValueError:
        found = []
    if not found:
        raise BadInput("this is no certificate that can be read", where=str(path), remedy="give it as PEM or DER")
    return found


def check(reply: bytes, checkpoint: bytes, roots: list[x509.Certificate], where: str) -> Stamp:
    """What a time-stamp says of a checkpoint. Raises BadInput where it is not over it, or nobody known gave it."""
    found = _decoded(reply, where)
    builder = rfc3161.VerifierBuilder()
    for root in roots:
        builder = builder.add_root_certificate(root)
    try:
        builder.build().verify_message(found, checkpoint)
    except (rfc3161.VerificationError, ValueError) as error:
        raise BadInput("the time-stamp does not hold", where=where, why=_plain(str(error))) from None
    told = found.tst_info
    return Stamp(told.gen_time, _authority(found), told.serial_number)


def _decoded(reply: bytes, where: str) -> rfc3161.TimeStampResponse:
    try:
        found = rfc3161.decode_timestamp_response(sorted_certificates(reply))
        granted = rfc3161.PKIStatus(found.status) in (rfc3161.PKIStatus.GRANTED, rfc3161.PKIStatus.GRANTED_WITH_MODS)
    except ValueError:
        raise BadInput(
            "this is no time-stamp that can be read", where=where, remedy="give the reply of RFC 3161"
        ) from None
    if not granted:
        told = "; ".join(found.status_string) or f"status {found.status}"
        raise BadInput("the authority refused", where=where, why=told[:200])
    return found


def _plain(told: str) -> str:
    if "Mismatch between messages" in told:
        return "it is over another checkpoint"
    return told[:200] or "it cannot be checked"


def _authority(found: rfc3161.TimeStampResponse) -> str:
    """The common name in the signer's certificate; empty where none came with the reply."""
    for raw in found.signed_data.certificates:
        one = x509.load_der_x509_certificate(bytes(raw))
        names = one.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        try:
            usage = one.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        except x509.ExtensionNotFound:
            continue
        if x509.oid.ExtendedKeyUsageOID.TIME_STAMPING in usage and names:
            return str(names[0].value)
    return ""
