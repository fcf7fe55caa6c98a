"""Replies in lines: HTTP and RTSP answers with headers and first page, and single fields as scanners give them."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from custodes.evidence.wire.documents import read_document, upnp_reply
from custodes.evidence.wire.names import service_reply
from custodes.evidence.wire.packets import dhip_reply
from custodes.evidence.wire.texts import MOST_BYTES, cleaned, windows
from custodes.model.wire import Reply

#: Headers of an answer that are looked at; the rest is a page or hostile.
MOST_HEADERS = 100
_STATUS = re.compile(r"^(?:(HTTP|RTSP|SIP)/\d(?:\.\d)? \d{3}\b|(NOTIFY) \* HTTP/1\.[01]\s)", re.IGNORECASE)
_JOINED = re.compile(r"(?<= )(?:server|www-authenticate|user-agent|set-cookie|location): .*", re.IGNORECASE)
#: A header of SSDP: it answers and announces in the form of HTTP.
_SSDP = frozenset(("usn", "st", "nt", "nts"))
_REALM = re.compile(r'realm\s*=\s*(?:"([^"]{0,512})"|([^\s,"]{1,512}))', re.IGNORECASE)
_TITLE = re.compile(r"<title[^>]{0,200}>([^<]{0,1000})", re.IGNORECASE)
_MARKS = re.compile(
    r"""(?:src|href|action|content|location(?:\.href)?)\s*=\s*["']?([^"'\s<>]{2,200})""",
    re.IGNORECASE,
)
#: Marks of a page that are looked at.
MOST_MARKS = 40
_SDP = re.compile(r"^(?:s|i|a=tool)[=:](.{1,200})$", re.MULTILINE)
#: Header to the part of the field name it gives; the protocol stands before it.
_HEADERS: Mapping[str, str] = {
    "server": "server",
    "user-agent": "user-agent",
    "set-cookie": "cookie",
    "x-powered-by": "x-powered-by",
}


def read_answer(text: str) -> Reply | None:
    """The fields of an HTTP, RTSP or SIP answer; None if the text is none."""
    status = _STATUS.match(text)
    if status is None:
        return None
    head, _, body = _divided(text)
    headers = list(_headers(head))
    searched = status[2] or any(name in _SSDP for name, _ in headers)
    protocol = "ssdp" if searched else status[1].lower()
    fields: list[tuple[str, str]] = []
    for name, value in headers:
        if name == "www-authenticate":
            fields += [(f"{protocol}.realm", realm) for realm in realms(value)]
        elif name in _HEADERS:
            fields.append((f"{protocol}.{_HEADERS[name]}", value))
        elif name == "location" and not searched:
            fields.append((f"{protocol}.body", value))
    if protocol == "http":
        fields += _page(body)
        document = read_document(body.encode("utf-8", "replace")) if body.lstrip().startswith("<?xml") else None
        if document is not None and document.family:
            return Reply(document.family, (*_unique(fields), *document.texts), document.parts, document.problem)
    elif protocol == "rtsp":
        fields += [("rtsp.sdp", line) for line in _SDP.findall(body)[:MOST_MARKS]]
    return Reply("", _unique(fields))


def _divided(text: str) -> tuple[str, str, str]:
    """Headers and body, whichever line ends the device uses."""
    for mark in ("\r\n\r\n", "\n\n"):
        if mark in text:
            return text.partition(mark)
    page = text.find("<")  # a banner that a scanner has cut together: the page begins where markup does
    return (text[:page], "", text[page:]) if page >= 0 else (text, "", "")


def _headers(head: str) -> Iterator[tuple[str, str]]:
    """Names in small letters, and values."""
    lines = head.splitlines()[: MOST_HEADERS + 1]
    joined = _JOINED.search(lines[0]) if lines else None  # status and first header in one line
    for line in [joined.group(), *lines[1:]] if joined else lines[1:]:
        name, colon, value = line.partition(":")
        if colon:
            yield name.strip().lower(), value.strip()


def realms(value: str) -> list[str]:
    """The realms of a challenge; the value itself if it names none by that word."""
    found = [first or second for first, second in _REALM.findall(value)]
    return [cleaned(realm) for realm in found if realm.strip()] or []


def _page(body: str) -> Iterator[tuple[str, str]]:
    title = _TITLE.search(body[:MOST_BYTES])
    if title is not None:
        yield "http.title", cleaned(html.unescape(title[1]))
    for mark in _MARKS.findall(body[:MOST_BYTES])[:MOST_MARKS]:
        yield "http.body", cleaned(mark)
    for piece in windows(body):
        yield "http.body", piece


def _unique(fields: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple(dict.fromkeys((field, cleaned(text)) for field, text in fields if text.strip()))


def favicon(raw: bytes) -> Reply:
    """A favicon by its hash in both conventions: MD5 of the bytes, and MurmurHash3 of their base64 in lines of 76."""
    import mmh3

    signed = mmh3.hash(base64.encodebytes(raw))
    md5 = hashlib.md5(raw, usedforsecurity=False).hexdigest()
    return Reply("", (("http.favicon.md5", md5), ("http.favicon.mmh3", str(signed))))


def read_object(told: Mapping[str, Any]) -> Reply | None:
    """The reply in an object that a library took apart: an SSDP description, an mDNS service, a DHIP answer."""

    def said(key: str) -> str:
        value = told.get(key)
        return str(value) if isinstance(value, (str, int, float)) else ""

    if isinstance(told.get("params"), dict) and "deviceInfo" in told["params"]:
        return dhip_reply(told)
    if said("type").startswith("_") or said("name").endswith(".local."):
        properties = told.get("properties")
        texts = {str(key): str(value) for key, value in properties.items()} if isinstance(properties, dict) else {}
        return service_reply([(said("type"), said("name"))], texts, [said("server") or said("hostname")], [])
    if "manufacturer" in told or "modelName" in told or "friendlyName" in told:
        return upnp_reply(said, said("server"))
    return None
