"""One reply as handed over, taken apart: by its protocol's name where that is a plain field, else by its bytes."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping

from custodes.evidence.wire.banners import favicon, read_answer, read_object, realms
from custodes.evidence.wire.certificates import read_certificate
from custodes.evidence.wire.documents import read_document
from custodes.evidence.wire.names import read_mdns
from custodes.evidence.wire.packets import read_packet
from custodes.evidence.wire.texts import MOST_BYTES, cleaned, decoded, windows
from custodes.model.wire import Reply

ENCODINGS = ("text", "base64", "json")
#: A protocol's name, as scanners and lists write it, to the field that its text is.
FIELDS: Mapping[str, str] = {
    "http.header.server": "http.server",
    "http.header.www-authenticate": "http.realm",
    "http.header.set-cookie": "http.cookie",
    "http.header.x-powered-by": "http.x-powered-by",
    "http.header.location": "http.body",
    "http.html.title": "http.title",
    "http.html.body": "http.body",
    "rtsp.header.server": "rtsp.server",
    "rtsp.header.www-authenticate": "rtsp.realm",
    "sip.header.server": "sip.server",
    "sip.header.user-agent": "sip.user-agent",
    "tls.cert.subject": "tls.subject",
    "tls.cert.issuer": "tls.issuer",
    "dhcp.option12": "dhcp.hostname",
    "upnp.server": "ssdp.server",
    "ssdp.header.server": "ssdp.server",
    "snmp.sysdescr": "snmp.sysdescr",
    "onvif.scopes": "wsd.scopes",
}
#: What terminals agree on before a telnet banner (RFC 854): three bytes, or all up to the end of a subnegotiation.
_NEGOTIATION = re.compile(rb"\xff(?:[\xfb-\xfe].|\xfa[^\xff]{0,64}\xff\xf0|[\xf0-\xf9])", re.DOTALL)
#: The other alphabet of base64.
_URL_SAFE = str.maketrans("-_", "+/")
#: Fields whose text is a challenge, of which the realm is what counts.
_CHALLENGES = ("http.realm", "rtsp.realm")


def field_of(protocol: str) -> str:
    """The field that a protocol's name stands for; the name itself, in small letters, if it is none of those known."""
    low = protocol.strip().lower()
    return FIELDS.get(low, low)


def read_reply(protocol: str, encoding: str, raw: object) -> Reply:
    """One reply. `raw`: text, base64 of bytes, or JSON (as text or already read), as `encoding` says.

    Whatever it holds there is a reply; what could not be read is told in its `problem`.
    """
    if not isinstance(raw, (str, dict, list)):
        return Reply(problem="there is no text")
    if encoding == "json":
        return _object(raw, protocol)
    if not isinstance(raw, str):
        return Reply(problem="the reply is no text")
    if encoding == "base64":
        packed = "".join(raw.split()).translate(_URL_SAFE).rstrip("=")
        try:
            return read_bytes(protocol, base64.b64decode(packed + "=" * (-len(packed) % 4), validate=True))
        except (binascii.Error, ValueError):
            return Reply(problem="the base64 is damaged")
    if encoding != "text":
        return Reply(problem=f"no encoding '{encoding[:20]}'")
    return read_text(protocol, raw)


def read_text(protocol: str, text: str) -> Reply:
    """A reply that is text."""
    text = text[:MOST_BYTES]
    found = _structured(protocol, text) if text[:1] in _OPENS else None
    if found is not None:
        return found
    field = field_of(protocol)
    told = realms(text) if field in _CHALLENGES else []
    texts = told or (windows(text) if field == "http.body" else [cleaned(text)])
    return Reply("", tuple((field, item) for item in texts if item))


#: With what a text may begin that is XML, JSON or a whole answer; blanks and a byte order mark may stand before it.
_OPENS = frozenset("<{HhNnRrSs \t\r\n\ufeff")


def _asked_onvif(protocol: str) -> bool:
    return protocol.lower().startswith("onvif")


def _structured(protocol: str, text: str) -> Reply | None:
    """The reply in a text that is XML, a whole HTTP, RTSP or SIP answer, or JSON; None if it is none."""
    begun = text.lstrip("\ufeff \t\r\n")
    if begun.startswith("<"):
        document = read_document(text.encode("utf-8", "replace"), _asked_onvif(protocol))
        return document if document is not None and (document.family or document.texts) else None
    if begun.startswith("{"):
        found = _object(text, protocol)
        return found if found.family else None
    return read_answer(begun)


def read_bytes(protocol: str, raw: bytes) -> Reply:
    """A reply that is bytes: a packet of a discovery protocol, an mDNS message, or text after all."""
    raw = raw[:MOST_BYTES]
    if field_of(protocol) == "http.favicon":
        return favicon(raw)
    raw = _NEGOTIATION.sub(b"", raw) if raw.startswith(b"\xff") else raw
    document = read_document(raw, _asked_onvif(protocol))
    if document is not None and not (document.family or document.texts):
        document = None if b"<html" in raw[:4096].lower() else document
    if document is not None:
        return document
    for read in (read_packet, read_mdns, read_certificate):
        found = read(raw)
        if found is not None:
            return found
    text = decoded(raw)
    if text.isprintable() or not any(ord(sign) < 9 for sign in text[:512]):
        return read_text(protocol, text)
    return Reply(problem="bytes of no protocol known here")


def _object(raw: object, protocol: str) -> Reply:
    if isinstance(raw, str):
        try:
            raw = json.loads(raw[:MOST_BYTES])
        except (ValueError, RecursionError):
            return Reply(problem="the JSON cannot be read")
    found = read_object(raw) if isinstance(raw, dict) else None
    return found or Reply(problem=f"nothing of '{protocol[:40]}' is known in this object")
