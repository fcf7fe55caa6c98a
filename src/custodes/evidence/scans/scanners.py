"""Scans in JSON: masscan, zgrab2, Shodan, Censys, and the replies that `custodes discover` keeps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from custodes.evidence.scans.files import ScanFile
from custodes.evidence.scans.objects import (
    MOST_ANSWERS,
    at,
    first_object,
    heard,
    hosts,
    left_out,
    listed,
    objects,
    text_of,
)
from custodes.model.scans import PORT, Heard, Host

#: What a file of `custodes discover` begins with.
REPLIES = "custodes-replies-1"


def sniff_masscan(head: bytes, _: str) -> float:
    """How surely this is masscan's."""
    first = first_object(head)
    return 0.9 if "ip" in first and isinstance(first.get("ports"), list) and "services" not in first else 0.0


def sniff_zgrab(head: bytes, _: str) -> float:
    """How surely this is zgrab2's."""
    first = first_object(head)
    data = first.get("data")
    told = isinstance(data, dict) and any(isinstance(value, dict) and "status" in value for value in data.values())
    return 0.9 if told and ("ip" in first or "domain" in first) else 0.0


def sniff_shodan(head: bytes, _: str) -> float:
    """How surely this is Shodan's: the keys may stand in any order, and the last beyond the head."""
    first = first_object(head)
    answers = "port" in first or isinstance(first.get("data"), list)
    of_shodan = "_shodan" in first and "data" in first
    return 0.9 if ("ip_str" in first and answers) or of_shodan else 0.0


def sniff_censys(head: bytes, _: str) -> float:
    """How surely this is of Censys."""
    first = _host_of_censys(first_object(head))
    return 0.9 if "ip" in first and isinstance(first.get("services"), list) else 0.0


def read_masscan(file: ScanFile) -> Iterator[Host]:
    """masscan: an object for each port of a host, with the banner it gave."""
    return hosts(file, _masscan)


_OF_MASSCAN = {
    "title": "http.html.title",
    "http.server": "http.header.server",
    "ftp": "ftp.banner",
    "telnet": "telnet.banner",
    "ssh": "ssh.banner",
    "http": "http.response",
    "rtsp": "rtsp.response",
}


def _masscan(told: Mapping[str, Any], row: int) -> Host:
    found: list[Heard] = []
    for port in listed(told.get("ports"), MOST_ANSWERS):
        name, banner = text_of(at(port, "service", "name")), at(port, "service", "banner")
        number = f"{text_of(at(port, 'proto'))}/{text_of(at(port, 'port'))}"
        found += heard(_OF_MASSCAN.get(name, f"{name or 'scan'}.banner"), banner, number)
    ports = [port for port in listed(told.get("ports"), MOST_ANSWERS) if at(port, "status") in (None, "open")]
    numbers = dict.fromkeys(f"{text_of(at(port, 'proto'))}/{text_of(at(port, 'port'))}" for port in ports)
    listens = tuple(number for number in numbers if PORT.fullmatch(number))
    return Host(row, text_of(told.get("ip")), heard=tuple(found), left_out=left_out(told.get("ports")), listens=listens)


def read_zgrab(file: ScanFile) -> Iterator[Host]:
    """zgrab2: an object for each host, with an answer for each protocol."""
    return hosts(file, _zgrab)


def _zgrab(told: Mapping[str, Any], row: int) -> Host:
    found: list[Heard] = []
    data = told.get("data")
    for name, answer in data.items() if isinstance(data, dict) else ():
        result = at(answer, "result")
        kind = name.rstrip("0123456789s-") or name
        response = at(result, "response")
        found += _web(response, name)
        found += heard(f"{kind}.banner", at(result, "banner"), name)
        found += heard("ssh.banner", at(result, "server_id", "raw"), name)
        for log in (at(result, "tls"), at(response, "request", "tls_log"), result):
            parsed = at(log, "handshake_log", "server_certificates", "certificate", "parsed")
            found += heard("tls.cert.subject", at(parsed, "subject_dn"), name)
            found += heard("tls.cert.issuer", at(parsed, "issuer_dn"), name)
    return Host(row, text_of(told.get("ip")), name=text_of(told.get("domain")), heard=tuple(found))


def _web(response: object, port: str) -> Iterator[Heard]:
    """Fields of an HTTP answer whose headers stand in a mapping, names in any spelling."""
    headers = at(response, "headers")
    for name, value in headers.items() if isinstance(headers, dict) else ():
        protocol = _HEADERS.get(str(name).lower().replace("-", "_"))
        if protocol:
            yield from heard(protocol, value, port)
    body = text_of(at(response, "body")) or text_of(at(response, "html"))
    if body:
        yield Heard("http.response", f"HTTP/1.1 200 OK\r\n\r\n{body}", port=port)


_HEADERS = {
    "server": "http.header.server",
    "www_authenticate": "http.header.www-authenticate",
    "set_cookie": "http.header.set-cookie",
    "location": "http.header.location",
}


def read_shodan(file: ScanFile) -> Iterator[Host]:
    """Shodan: an object for each answer, or for each host with its answers in `data`."""
    return hosts(file, _shodan)


def _shodan(told: Mapping[str, Any], row: int) -> Host:
    data = told.get("data")
    several = isinstance(data, list)
    answers = [item for item in listed(data, MOST_ANSWERS) if isinstance(item, dict)] if several else [told]
    names = listed(told.get("hostnames"))
    found = tuple(item for answer in answers for item in _shodan_answer(answer))
    name = text_of(names[0]) if names else ""
    return Host(row, text_of(told.get("ip_str")), text_of(told.get("mac")), name, found, left_out=left_out(data))


def _shodan_answer(told: Mapping[str, Any]) -> Iterator[Heard]:
    port = f"{text_of(told.get('transport')) or 'tcp'}/{text_of(told.get('port'))}"
    module = text_of(at(told, "_shodan", "module")) or "scan"
    raw = text_of(told.get("data"))
    if raw:
        kind = next((name for name in ("http", "rtsp", "ftp", "telnet", "ssh") if module.startswith(name)), "scan")
        yield Heard(f"{kind}.response" if kind in ("http", "rtsp") else f"{kind}.banner", raw, port=port)
    yield from heard("http.header.server", at(told, "http", "server"), port)
    yield from heard("http.html.title", at(told, "http", "title"), port)
    yield from heard("http.favicon.mmh3", at(told, "http", "favicon", "hash"), port)
    for part in ("subject", "issuer"):
        names = at(told, "ssl", "cert", part)
        if isinstance(names, dict):
            written = ",".join(f"{key}={text_of(value)}" for key, value in names.items())
            yield Heard(f"tls.cert.{part}", written, port=port)
    yield from heard("snmp.sysDescr", at(told, "snmp", "description"), port)


def sniff_replies(head: bytes, _: str) -> float:
    """How surely this is what `custodes discover` keeps."""
    return 0.99 if text_of(first_object(head).get("format")) == REPLIES else 0.0


def read_replies(file: ScanFile) -> Iterator[Host]:
    """Replies as `custodes discover` keeps them: a head, then an object for each reply, raw bytes in base64."""
    for row, found in objects(file):
        if isinstance(found, str):
            yield Host(row, refused=found)
        elif "protocol" in found or text_of(found.get("format")) != REPLIES:  # heads: files are laid one behind another
            told = {key: text_of(found.get(key)) for key in ("protocol", "raw", "encoding", "port", "ip")}
            answer = Heard(told["protocol"], told["raw"], told["encoding"] or "base64", told["port"])
            yield Host(row, told["ip"], heard=(answer,))


def read_censys(file: ScanFile) -> Iterator[Host]:
    """Censys: an object for each host with its services."""
    return hosts(file, lambda told, row: _censys(_host_of_censys(told), row))


def _host_of_censys(told: Mapping[str, Any]) -> Mapping[str, Any]:
    for keys in (("host",), ("result",), ("resource",)):
        inner = at(told, *keys)
        if isinstance(inner, dict) and "services" in inner:
            return inner
    return told


def _censys(told: Mapping[str, Any], row: int) -> Host:
    found: list[Heard] = []
    for service in listed(told.get("services"), MOST_ANSWERS):
        port = f"{text_of(at(service, 'transport_protocol')).lower() or 'tcp'}/{text_of(at(service, 'port'))}"
        name = text_of(at(service, "service_name") or at(service, "protocol")).lower() or "scan"
        response = at(service, "http", "response")
        found += _web(response, port)
        found += heard("http.html.title", at(response, "html_title"), port)
        for icon in listed(at(response, "favicons")):
            found += heard("http.favicon.md5", at(icon, "md5_hash"), port)
            found += heard("http.favicon.mmh3", at(icon, "shodan_hash"), port)
        if response is None:
            found += heard(f"{name}.banner", at(service, "banner"), port)
        leaf = at(service, "tls", "certificates", "leaf_data") or at(service, "tls", "certificate", "parsed")
        found += heard("tls.cert.subject", at(leaf, "subject_dn"), port)
        found += heard("tls.cert.issuer", at(leaf, "issuer_dn"), port)
    names = listed(at(told, "dns", "names"))
    name = text_of(names[0]) if names else ""
    return Host(row, text_of(told.get("ip")), "", name, tuple(found), left_out=left_out(told.get("services")))
