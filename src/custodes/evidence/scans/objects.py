"""Scans in JSON: masscan, zgrab2, Shodan, Censys. One object a line, or one array; a broken line loses itself only."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from custodes.model.errors import BadInput
from custodes.model.registers import Limits
from custodes.model.scans import Heard, Host

#: A line longer than this is no host.
LONGEST_LINE = 8 * 1024 * 1024
#: What a file of `custodes discover` begins with.
REPLIES = "custodes-replies-1"
#: Values of one list that are looked at.
MOST_OF_A_LIST = 200


def _first(head: bytes) -> Mapping[str, Any]:
    """The first object of a file, as far as its first bytes hold it; empty if they hold none."""
    text = head.decode("utf-8", "replace").lstrip("\ufeff \t\r\n[")
    try:
        found, _ = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        line = text.split("\n", 1)[0].rstrip().rstrip(",")
        try:
            found = json.loads(line)
        except (ValueError, RecursionError):
            return {}
    return found if isinstance(found, dict) else {}


def sniff_masscan(head: bytes, _: str) -> float:
    """How surely this is masscan's."""
    first = _first(head)
    return 0.9 if "ip" in first and isinstance(first.get("ports"), list) and "services" not in first else 0.0


def sniff_zgrab(head: bytes, _: str) -> float:
    """How surely this is zgrab2's."""
    first = _first(head)
    data = first.get("data")
    told = isinstance(data, dict) and any(isinstance(value, dict) and "status" in value for value in data.values())
    return 0.9 if told and ("ip" in first or "domain" in first) else 0.0


def sniff_shodan(head: bytes, _: str) -> float:
    """How surely this is Shodan's."""
    first = _first(head)
    return 0.9 if "ip_str" in first and ("port" in first or isinstance(first.get("data"), list)) else 0.0


def sniff_censys(head: bytes, _: str) -> float:
    """How surely this is of Censys."""
    first = _host_of_censys(_first(head))
    return 0.9 if "ip" in first and isinstance(first.get("services"), list) else 0.0


def _objects(path: Path) -> Iterator[tuple[int, Mapping[str, Any] | str]]:
    """Ordinal and object of each; a text says why one cannot be read. Raises BadInput for one broken array."""
    with path.open("rb") as stream:
        start = stream.read(4096).lstrip(b"\xef\xbb\xbf \t\r\n")
        stream.seek(0)
        if start.startswith(b"["):
            yield from _array(stream.read(), path.name)
            return
        for row, line in enumerate(_lines(stream), 1):
            try:
                found = json.loads(line.decode("utf-8", "replace")) if len(line) <= LONGEST_LINE else None
            except (ValueError, RecursionError):
                found = None
            yield row, found if isinstance(found, dict) else "this line is no object"


def _lines(stream: Iterable[bytes]) -> Iterator[bytes]:
    return (line for line in stream if line.strip())


def _array(raw: bytes, name: str) -> Iterator[tuple[int, Mapping[str, Any] | str]]:
    """The objects of one array; up to the damage, if it is damaged."""
    text = raw.decode("utf-8", "replace").lstrip("\ufeff \t\r\n")[1:]
    decoder = json.JSONDecoder()
    place = row = 0
    while True:
        while place < len(text) and text[place] in " \t\r\n,":
            place += 1
        if place >= len(text) or text[place] == "]":
            return
        row += 1
        try:
            found, place = decoder.raw_decode(text, place)
        except (ValueError, RecursionError):
            if row == 1:
                raise BadInput("this scan cannot be read", where=name, why="its first object is damaged") from None
            yield row, "the file breaks off or is damaged here"
            return
        yield row, found if isinstance(found, dict) else "this is no object"


def _hosts(path: Path, read: Callable[[Mapping[str, Any], int], Host]) -> Iterator[Host]:
    for row, found in _objects(path):
        yield Host(row, refused=found) if isinstance(found, str) else read(found, row)


def _text(value: object) -> str:
    if isinstance(value, str):  # half of a pair of surrogates is no text
        return value if value.isascii() else value.encode("utf-8", "replace").decode()
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else ""


def _at(told: object, *keys: str) -> Any:
    """A value inside mappings; None where one of the keys is missing."""
    for key in keys:
        told = told.get(key) if isinstance(told, dict) else None
    return told


def _listed(value: object) -> list[Any]:
    return value[:MOST_OF_A_LIST] if isinstance(value, list) else [] if value is None else [value]


def _heard(protocol: str, value: object, port: str) -> Iterator[Heard]:
    for item in _listed(value):
        text = _text(item)
        if text.strip():
            yield Heard(protocol, text, port=port)


def read_masscan(path: Path, _: Limits) -> Iterator[Host]:
    """masscan: an object for each port of a host, with the banner it gave."""
    return _hosts(path, _masscan)


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
    heard: list[Heard] = []
    for port in _listed(told.get("ports")):
        name, banner = _text(_at(port, "service", "name")), _at(port, "service", "banner")
        number = f"{_text(_at(port, 'proto'))}/{_text(_at(port, 'port'))}"
        heard += _heard(_OF_MASSCAN.get(name, f"{name or 'scan'}.banner"), banner, number)
    return Host(row, _text(told.get("ip")), heard=tuple(heard))


def read_zgrab(path: Path, _: Limits) -> Iterator[Host]:
    """zgrab2: an object for each host, with an answer for each protocol."""
    return _hosts(path, _zgrab)


def _zgrab(told: Mapping[str, Any], row: int) -> Host:
    heard: list[Heard] = []
    data = told.get("data")
    for name, answer in data.items() if isinstance(data, dict) else ():
        result = _at(answer, "result")
        kind = name.rstrip("0123456789s-") or name
        response = _at(result, "response")
        heard += _web(response, name)
        heard += _heard(f"{kind}.banner", _at(result, "banner"), name)
        heard += _heard("ssh.banner", _at(result, "server_id", "raw"), name)
        for log in (_at(result, "tls"), _at(response, "request", "tls_log"), result):
            parsed = _at(log, "handshake_log", "server_certificates", "certificate", "parsed")
            heard += _heard("tls.cert.subject", _at(parsed, "subject_dn"), name)
            heard += _heard("tls.cert.issuer", _at(parsed, "issuer_dn"), name)
    return Host(row, _text(told.get("ip")), name=_text(told.get("domain")), heard=tuple(heard))


def _web(response: object, port: str) -> Iterator[Heard]:
    """Fields of an HTTP answer whose headers stand in a mapping, names in any spelling."""
    headers = _at(response, "headers")
    for name, value in headers.items() if isinstance(headers, dict) else ():
        protocol = _HEADERS.get(str(name).lower().replace("-", "_"))
        if protocol:
            yield from _heard(protocol, value, port)
    body = _text(_at(response, "body")) or _text(_at(response, "html"))
    if body:
        yield Heard("http.response", f"HTTP/1.1 200 OK\r\n\r\n{body}", port=port)


_HEADERS = {
    "server": "http.header.server",
    "www_authenticate": "http.header.www-authenticate",
    "set_cookie": "http.header.set-cookie",
    "location": "http.header.location",
}


def read_shodan(path: Path, _: Limits) -> Iterator[Host]:
    """Shodan: an object for each answer, or for each host with its answers in `data`."""
    return _hosts(path, _shodan)


def _shodan(told: Mapping[str, Any], row: int) -> Host:
    data = told.get("data")
    answers = [item for item in _listed(data) if isinstance(item, dict)] if isinstance(data, list) else [told]
    names = _listed(told.get("hostnames"))
    heard = tuple(item for answer in answers for item in _shodan_answer(answer))
    return Host(row, _text(told.get("ip_str")), _text(told.get("mac")), _text(names[0]) if names else "", heard)


def _shodan_answer(told: Mapping[str, Any]) -> Iterator[Heard]:
    port = f"{_text(told.get('transport')) or 'tcp'}/{_text(told.get('port'))}"
    module = _text(_at(told, "_shodan", "module")) or "scan"
    raw = _text(told.get("data"))
    if raw:
        kind = next((name for name in ("http", "rtsp", "ftp", "telnet", "ssh") if module.startswith(name)), "scan")
        yield Heard(f"{kind}.response" if kind in ("http", "rtsp") else f"{kind}.banner", raw, port=port)
    yield from _heard("http.header.server", _at(told, "http", "server"), port)
    yield from _heard("http.html.title", _at(told, "http", "title"), port)
    yield from _heard("http.favicon.mmh3", _at(told, "http", "favicon", "hash"), port)
    for part in ("subject", "issuer"):
        names = _at(told, "ssl", "cert", part)
        if isinstance(names, dict):
            yield Heard(
                f"tls.cert.{part}", ",".join(f"{key}={_text(value)}" for key, value in names.items()), port=port
            )
    yield from _heard("snmp.sysDescr", _at(told, "snmp", "description"), port)


def sniff_replies(head: bytes, _: str) -> float:
    """How surely this is what `custodes discover` keeps."""
    return 0.99 if _text(_first(head).get("format")) == REPLIES else 0.0


def read_replies(path: Path, _: Limits) -> Iterator[Host]:
    """Replies as `custodes discover` keeps them: a head, then an object for each reply, raw bytes in base64."""
    for row, found in _objects(path):
        if isinstance(found, str):
            yield Host(row, refused=found)
        elif _text(found.get("format")) != REPLIES:
            told = {key: _text(found.get(key)) for key in ("protocol", "raw", "encoding", "port", "ip")}
            heard = Heard(told["protocol"], told["raw"], told["encoding"] or "base64", told["port"])
            yield Host(row, told["ip"], heard=(heard,))


def read_censys(path: Path, _: Limits) -> Iterator[Host]:
    """Censys: an object for each host with its services."""
    return _hosts(path, lambda told, row: _censys(_host_of_censys(told), row))


def _host_of_censys(told: Mapping[str, Any]) -> Mapping[str, Any]:
    for keys in (("host",), ("result",), ("resource",)):
        inner = _at(told, *keys)
        if isinstance(inner, dict) and "services" in inner:
            return inner
    return told


def _censys(told: Mapping[str, Any], row: int) -> Host:
    heard: list[Heard] = []
    for service in _listed(told.get("services")):
        port = f"{_text(_at(service, 'transport_protocol')).lower() or 'tcp'}/{_text(_at(service, 'port'))}"
        name = _text(_at(service, "service_name") or _at(service, "protocol")).lower() or "scan"
        response = _at(service, "http", "response")
        heard += _web(response, port)
        heard += _heard("http.html.title", _at(response, "html_title"), port)
        for icon in _listed(_at(response, "favicons")):
            heard += _heard("http.favicon.md5", _at(icon, "md5_hash"), port)
            heard += _heard("http.favicon.mmh3", _at(icon, "shodan_hash"), port)
        if response is None:
            heard += _heard(f"{name}.banner", _at(service, "banner"), port)
        leaf = _at(service, "tls", "certificates", "leaf_data") or _at(service, "tls", "certificate", "parsed")
        heard += _heard("tls.cert.subject", _at(leaf, "subject_dn"), port)
        heard += _heard("tls.cert.issuer", _at(leaf, "issuer_dn"), port)
    names = _listed(_at(told, "dns", "names"))
    return Host(row, _text(told.get("ip")), name=_text(names[0]) if names else "", heard=tuple(heard))
