"""Fingerprints of the Recog project's XML form, as rows of a pack: laid beside the pack's own by `--rules`.

A row that cannot be used safely (it could run away, or looks around) is refused by name; the others stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from custodes.knowledge.files import MAX_BYTES
from custodes.model.errors import KnowledgeError

#: What a file says its patterns are matched against, to the field that is.
MATCHES: Mapping[str, str] = {
    "http_header.server": "http.server",
    "http_header.wwwauth": "http.realm",
    "http_header.cookie": "http.cookie",
    "html_title": "http.title",
    "favicon.md5": "http.favicon.md5",
    "rtsp_header.server": "rtsp.server",
    "sip_header.server": "sip.server",
    "sip_header.user_agent": "sip.user-agent",
    "ftp.banner": "ftp.banner",
    "telnet.banner": "telnet.banner",
    "ssh.banner": "ssh.banner",
    "snmp.sys_description": "snmp.sysdescr",
    "snmp.sysdescr": "snmp.sysdescr",
    "x509.subject": "tls.subject",
    "x509.issuer": "tls.issuer",
    "mdns.device-info.txt": "mdns.device-info",
    "dhcp.vendor_class": "dhcp.option60",
    "dhcp_vendor_class": "dhcp.option60",
    "ssdp_header.server": "ssdp.server",
    "upnp.server": "ssdp.server",
}
#: Parameters to captures; vendors of the hardware before those of the system and the service on it.
_PARAMS: Mapping[str, str] = {
    "hw.model": "model",
    "hw.product": "model",
    "hw.version": "firmware",
    "os.version": "firmware",
    "service.version": "firmware",
    "hw.serial_number": "serial",
    "host.mac": "mac",
}
_VENDORS = ("hw.vendor", "os.vendor", "service.vendor")
_WATCHING = re.compile(r"camera|dvr|nvr|video encoder|video recorder", re.IGNORECASE)


def rows_of(path: Path) -> Iterator[Mapping[str, Any]]:
    """The rows of one XML file. Raises KnowledgeError if it cannot be read, or is matched against nothing known."""
    if path.stat().st_size > MAX_BYTES:
        raise KnowledgeError("file is too large for reference data", where=str(path))
    try:
        top: Any = ElementTree.parse(path).getroot()
    except (ParseError, DefusedXmlException, OSError, ValueError) as error:
        raise KnowledgeError("this XML cannot be read", where=str(path), why=str(error)[:120]) from None
    matches = top.get("matches", "")
    field = MATCHES.get(matches)
    if top.tag != "fingerprints" or not matches:
        raise KnowledgeError("this XML holds no fingerprints", where=str(path), remedy="`<fingerprints matches=...>`")
    if field is None and matches.split(".")[0] in {name.split(".")[0] for name in MATCHES}:
        raise KnowledgeError(f"nothing is known to match {matches[:40]!r} against", where=str(path))
    for number, item in enumerate(top.iter("fingerprint"), 1):
        yield _row(item, field or matches.replace("_", ".").lower(), path, number)


def _row(item: Element, field: str, path: Path, number: int) -> Mapping[str, Any]:
    params = [
        (param.get("name", ""), int(param.get("pos", "0") or 0), param.get("value", "")) for param in item.iter("param")
    ]
    fixed = {name: value for name, pos, value in params if pos == 0}
    groups = {pos: _PARAMS[name] for name, pos, _ in reversed(params) if pos and name in _PARAMS}
    says = {_PARAMS[name]: value for name, value in reversed(fixed.items()) if name in _PARAMS and "{" not in value}
    kind = fixed.get("hw.device") or fixed.get("os.device") or ""
    pattern = _named(item.get("pattern", ""), groups)
    samples = [
        {"text": (example.text or "").strip()}
        for example in item.iter("example")
        if example.text and not example.get("_encoding")
    ]
    return {
        "id": f"{path.stem.lower().replace('_', '-')}.{number}",
        "fields": [field],
        "pattern": pattern,
        "brand_name": next((fixed[key] for key in _VENDORS if fixed.get(key)), ""),
        "device_type": kind.lower() or None,
        "surveillance": bool(_WATCHING.search(kind)) if kind else None,
        "says": {key: value for key, value in says.items() if key not in groups.values()},
        "weight": 3.0,
        "examples": {"match": [sample["text"] for sample in samples], "near_miss": []},
        "source": f"{path.name}, fingerprint {number}",
        "date": "",
        "certainty": "medium",
        "reply": None,
    }


def _named(pattern: str, groups: Mapping[int, str]) -> str:
    """A pattern whose numbered groups carry the names of what they capture; the others capture nothing."""
    out: list[str] = []
    number = place = 0
    used: set[str] = set()
    in_class = False
    while place < len(pattern):
        sign = pattern[place]
        if sign == "\\":
            out.append(pattern[place : place + 2])
            place += 2
            continue
        if in_class:
            in_class = sign != "]"
        elif sign == "[":
            in_class = True
        elif sign == "(" and pattern[place + 1 : place + 2] != "?":
            number += 1
            name = groups.get(number)
            if name is not None and name not in used:
                used.add(name)
                out.append(f"(?P<{name}>")
            else:
                out.append("(?:")
            place += 1
            continue
        out.append(sign)
        place += 1
    return "".join(out)
