"""XML of nmap, and of masscan, which writes the same form. A service guessed from its port number is no evidence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from custodes.evidence.scans.files import ScanFile
from custodes.model.errors import BadInput
from custodes.model.scans import PORT, Heard, Host

#: Scripts whose output is one field of the reply, to the protocol that it is handed over as.
_SCRIPTS = {
    "http-title": "http.html.title",
    "http-server-header": "http.header.server",
    "snmp-sysdescr": "snmp.sysDescr",
}
#: Elements inside the output of scripts, to the same.
_ELEMENTS = {
    ("ssl-cert", "commonName"): "tls.cert.subject",
    ("http-favicon", "md5"): "http.favicon.md5",
    ("http-auth", "realm"): "http.header.www-authenticate",
}
_BANNERS = {"ftp": "ftp.banner", "telnet": "telnet.banner", "ssh": "ssh.banner"}


def sniff(head: bytes, _: str) -> float:
    """How surely this is a port scan."""
    start = head[:4096]
    return 0.95 if b"<nmaprun" in start or (b"<!DOCTYPE nmaprun" in start) else 0.0


def read(file: ScanFile) -> Iterator[Host]:
    """The hosts of a scan. What stands before the damage of a damaged file is given. Raises BadInput if nothing is."""
    row = 0
    try:
        with file.open() as stream:
            for _event, element in ElementTree.iterparse(stream, events=("end",), forbid_dtd=False):
                if element.tag == "host":
                    row += 1
                    yield _host(element, row)
                    element.clear()
    except (ParseError, DefusedXmlException, ValueError) as error:
        if not row:
            raise BadInput("this port scan cannot be read", where=file.name, why=str(error)[:120]) from None
        yield Host(row + 1, refused=f"the file breaks off or is damaged here: {str(error)[:80]}")


def _host(element: Element, row: int) -> Host:
    addresses = {item.get("addrtype", ""): item.get("addr", "") for item in element.iter("address")}
    name = next((item.get("name", "") for item in element.iter("hostname")), "")
    heard = tuple(item for port in element.iter("port") for item in _port(port))
    heard += tuple(item for script in element.findall("./hostscript/script") for item in _script(script, ""))
    address = addresses.get("ipv4") or addresses.get("ipv6") or ""
    listens = tuple(port for port in map(_open, element.iter("port")) if port)
    return Host(row, address, addresses.get("mac", ""), name, heard, listens=listens)


def _open(port: Element) -> str:
    """A port that is surely open, as "tcp/80"; empty if it is not, or its number is none."""
    state = port.find("state")
    if state is None or state.get("state") != "open":
        return ""
    number = _number(port)
    return number if PORT.fullmatch(number) else ""


def _number(port: Element) -> str:
    return f"{port.get('protocol', 'tcp')}/{port.get('portid', '')}"


def _port(port: Element) -> Iterator[Heard]:
    number = _number(port)
    state = port.find("state")
    if state is not None and state.get("state") not in ("open", None):
        return
    service: Any = port.find("service")
    if service is not None and service.get("method") != "table":
        told = " ".join(filter(None, (service.get(key) for key in ("product", "version", "extrainfo"))))
        if told:
            yield Heard("scan.product", told, port=number)
        if service.get("banner"):  # masscan
            yield Heard(
                _BANNERS.get(service.get("name", ""), f"{service.get('name', 'x')}.banner"),
                service.get("banner"),
                port=number,
            )
    for script in port.iter("script"):
        yield from _script(script, number)


def _script(script: Element, port: str) -> Iterator[Heard]:
    name, output = script.get("id", ""), script.get("output", "").strip()
    if name == "banner":
        yield Heard("scan.banner", output, port=port)
    elif name in _SCRIPTS:
        first = next((item.text for item in script.iter("elem") if item.get("key") == "title"), None)
        yield Heard(_SCRIPTS[name], (first or output.split("\n")[0]).strip(), port=port)
    others = {id(item) for table in script.iter("table") if table.get("key") == "issuer" for item in table.iter("elem")}
    for item in script.iter("elem"):
        if id(item) in others:
            continue
        protocol = _ELEMENTS.get((name, item.get("key", "")))
        if protocol and item.text:
            prefix = "CN=" if item.get("key") == "commonName" else ""
            yield Heard(protocol, prefix + item.text.strip(), port=port)
