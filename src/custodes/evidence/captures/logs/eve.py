"""Suricata's EVE log (one JSON object a line): flows with whole frames counted, and the names in its events."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from custodes.evidence.captures.addresses import ip_text
from custodes.evidence.captures.logs.book import Book, Side, address_of, mac_of, proto_of, sum_of
from custodes.evidence.captures.logs.duck import LONGEST_LINE, OUTSIDE, query
from custodes.evidence.captures.logs.noting import note_answers, note_request, note_tls, time_of
from custodes.evidence.wire.texts import cleaned

_COLUMNS = {
    "timestamp": "VARCHAR",
    "event_type": "VARCHAR",
    "src_ip": "VARCHAR",
    "src_port": "INTEGER",
    "dest_ip": "VARCHAR",
    "dest_port": "INTEGER",
    "proto": "VARCHAR",
    "app_proto": "VARCHAR",
    "ether": "STRUCT(src_mac VARCHAR, dest_mac VARCHAR, src_macs VARCHAR[], dest_macs VARCHAR[])",
    "flow": "STRUCT(pkts_toserver BIGINT, pkts_toclient BIGINT, bytes_toserver BIGINT, bytes_toclient BIGINT, "
    '"start" VARCHAR, "end" VARCHAR)',
    "dns": 'STRUCT("type" VARCHAR, rrname VARCHAR, queries STRUCT(rrname VARCHAR)[], '
    "answers STRUCT(rrname VARCHAR, rrtype VARCHAR, rdata VARCHAR)[])",
    "tls": "STRUCT(sni VARCHAR, subject VARCHAR, ja3 STRUCT(hash VARCHAR), ja4 VARCHAR)",
    "quic": "STRUCT(sni VARCHAR)",
    "http": "STRUCT(hostname VARCHAR, url VARCHAR, http_user_agent VARCHAR, http_method VARCHAR)",
    "dhcp": "STRUCT(client_mac VARCHAR, assigned_ip VARCHAR, client_ip VARCHAR, dhcp_type VARCHAR, hostname VARCHAR, "
    "vendor_class_identifier VARCHAR, dns_servers VARCHAR[])",
    "stats": "STRUCT(capture STRUCT(kernel_drops BIGINT))",
}
_DECLARED = ", ".join(f"{name}: '{kind}'" for name, kind in _COLUMNS.items())
_CALLER = f"src_port < 1024 or event_type <> 'flow' or {OUTSIDE.format('src_ip')}"
_QUERY = f"""
select event_type, coalesce(ether.src_mac, ether.src_macs[1]), src_ip,
  case when event_type = 'flow' and not ({_CALLER}) then null when event_type = 'dns' then least(src_port, 1024)
    when event_type = 'flow' then src_port end,
  coalesce(ether.dest_mac, ether.dest_macs[1]), dest_ip, dest_port, proto, app_proto,
  coalesce(tls.sni, quic.sni, http.hostname, dns.rrname), coalesce(tls.subject, http.url, dns."type"),
  coalesce(tls.ja3.hash, http.http_user_agent), coalesce(tls.ja4, http.http_method), dns.queries, dns.answers, dhcp,
  sum(flow.bytes_toserver), sum(flow.pkts_toserver), sum(flow.bytes_toclient), sum(flow.pkts_toclient),
  min(coalesce(flow."start", "timestamp")), max(coalesce(flow."end", "timestamp")), count(*),
  max(stats.capture.kernel_drops)
from read_json(?, format='newline_delimited', ignore_errors=true, maximum_object_size={LONGEST_LINE},
  columns={{{_DECLARED}}})
group by all
"""  # noqa: S608 - made of constants
_DNS = 53


class _Row(NamedTuple):
    """A row of the query above, in its order. What an event alone has shares a column with what others have: `name`
    is asked for in TLS, HTTP or DNS; `detail` a subject, an address of HTTP or a kind of message; `agent` and `method`
    of HTTP are JA3 and JA4 of TLS. That is a quarter faster than a column each."""

    event: str | None
    source_mac: str | None
    source: str | None
    sport: int | None
    target_mac: str | None
    target: str | None
    dport: int | None
    proto: str | None
    app: str | None
    name: str | None
    detail: str | None
    agent: str | None
    method: str | None
    queries: Sequence[dict[str, Any]] | None
    answers: Sequence[dict[str, Any]] | None
    dhcp: dict[str, Any] | None
    up: int | None
    frames_up: int | None
    down: int | None
    frames_down: int | None
    first: str | None
    last: str | None
    rows: int
    dropped: int | None


def read_eve(path: Path, name: str, book: Book) -> None:
    """Write an EVE log down. Raises BadInput if it cannot be read as one."""
    for told in query(_QUERY, [str(path)], name):
        row = _Row(*told)
        book.rows += row.rows
        read = _READERS.get(row.event or "")
        if row.event is None:
            book.bad += row.rows
        elif read is not None:
            read(row, book)
        elif row.event == "stats" and row.dropped is not None:
            book.dropped = max(book.dropped or 0, row.dropped)


def _flow(row: _Row, book: Book) -> None:
    first, last = time_of(row.first or ""), time_of(row.last or "")
    talks = [row.app] if row.app and row.app not in ("failed", "unknown") else []
    up = sum_of(row.up or 0, row.frames_up or 0, first, last, talks)
    down = sum_of(row.down or 0, row.frames_down or 0, first, last, talks)
    book.flow(_source(row), _target(row), proto_of(row.proto or ""), up, down)


def _source(row: _Row) -> Side:
    return Side(row.source_mac, row.source, row.sport)


def _target(row: _Row) -> Side:
    return Side(row.target_mac, row.target, row.dport)


def _dns(row: _Row, book: Book) -> None:
    """The client is the end that an event begins with, but where that is the port of DNS."""
    client, server = (_target(row), _source(row)) if row.sport == _DNS else (_source(row), _target(row))
    if not book.knows(client, server):
        return
    names = [row.name or "", *(one.get("rrname") or "" for one in row.queries or ())]
    if row.detail not in ("answer", "response"):
        if row.dport == _DNS and server.address:
            book.desk.of(client.party).resolvers.setdefault(ip_text(server.address))
    else:
        note_answers(book, client.party, [name for name in names if name], row.answers or ())
    book.desk.dns(client.party, filter(None, names))


def _tls(row: _Row, book: Book) -> None:
    client, server = _source(row), _target(row)
    if not note_tls(book, client, server, row.name or "", row.detail or ""):
        return
    notes = book.desk.of(client.party)
    for kept, text in ((notes.ja3, row.agent), (notes.ja4, row.method)):
        if text:
            kept.setdefault(cleaned(text)[:64])


def _http(row: _Row, book: Book) -> None:
    note_request(book, _source(row), _target(row), row.method or "", row.name or "", row.detail or "", row.agent or "",
                 time_of(row.first or ""))  # fmt: skip


def _dhcp(row: _Row, book: Book) -> None:
    told = row.dhcp or {}
    mac = mac_of(told.get("client_mac") or "")
    if not mac:
        return
    book.parties[mac] = 0
    for field, key in (("dhcp.option12", "hostname"), ("dhcp.option60", "vendor_class_identifier")):
        if told.get(key) and row.dport == 67:
            book.desk.heard(mac, b"", field, str(told[key]))
    if told.get("dhcp_type") == "ack":
        book.desk.bind(mac, address_of(told.get("assigned_ip") or ""))
        for server in told.get("dns_servers") or ():
            if address_of(server):
                book.desk.of(mac).assigned.setdefault(ip_text(address_of(server)))


_READERS: dict[str, Callable[[_Row, Book], None]] = {
    "flow": _flow, "dns": _dns, "tls": _tls, "quic": _tls, "http": _http, "dhcp": _dhcp,
}  # fmt: skip
