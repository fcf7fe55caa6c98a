"""What firewalls write down of traffic: Linux netfilter, pf's filterlog (pfSense, OPNsense), Cisco ASA, FortiGate."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from custodes.evidence.captures.logs.book import Book, Side, proto_of, sum_of
from custodes.evidence.captures.logs.noting import time_of as time_of_text
from custodes.evidence.captures.logs.resolvers import time_of
from custodes.model.captures import Layer

_PAIR = re.compile(r"\b([A-Za-z_]+)=(\"[^\"]*\"|\S*)")
_FILTER = re.compile(r"\bfilterlog(?:\[\d+\])?: (\S+)")
#: 302014 and 302016: a connection ended, with all bytes of it; 302021 tells none.
_ASA = re.compile(
    r"%(?:ASA|FTD)-\d-3020(?:14|16): Teardown (?P<proto>TCP|UDP) connection \d+ for "
    r"[^:\s]+:(?P<a>[0-9A-Fa-f.:]+)/(?P<ap>\d+)(?:\([^)]*\))? to [^:\s]+:(?P<b>[0-9A-Fa-f.:]+)/(?P<bp>\d+)"
    r".*? bytes (?P<size>\d+)"
)
#: Sessions whose rows are known to add up by themselves.
MOST_SESSIONS = 500_000
_ONLY_LOGGED = "the firewall logs the packets that its rules name: bytes of others are not in it"
_BOTH_WAYS = "the firewall tells the bytes of both directions in one: they are counted as sent by whoever called"


def read_firewall(lines: Iterable[str], book: Book) -> None:
    """Write a log of a firewall down."""
    for line in lines:
        if not line.strip():
            continue
        book.rows += 1
        if not any(read(line, book) for read in _READERS):
            book.bad += 1


def _pairs(line: str) -> dict[str, str]:
    """Keys and values; of one that comes again, as the length of UDP behind that of IP, the first counts."""
    told: dict[str, str] = {}
    for key, value in _PAIR.findall(line):
        told.setdefault(key, value.strip('"'))
    return told


def _port(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 6 else None


def _size(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 19 else 0


def _netfilter(line: str, book: Book) -> bool:
    """One packet a line. `MAC` holds the frame's target, its source, and two bytes of its type."""
    if " SRC=" not in line or " DST=" not in line:
        return False
    told = _pairs(line.partition(" [SRC=")[0])  # what an error quotes of another packet is no traffic
    link = told.get("MAC", "").split(":")
    source_mac = ":".join(link[6:12]) if len(link) >= 12 else ""
    time = time_of(line)
    book.flow(
        Side(source_mac, told.get("SRC"), _port(told.get("SPT", ""))),
        Side("", told.get("DST"), _port(told.get("DPT", ""))),
        proto_of(told.get("PROTO", "")),
        sum_of(_size(told.get("LEN", "")), 1, time, time),
        sum_of(0, 0, 0, 0),
    )
    book.gaps[_ONLY_LOGGED] = None
    return True


def _filterlog(line: str, book: Book) -> bool:
    """pf's log: fields by place, those of IPv4 and IPv6 apart."""
    found = _FILTER.search(line)
    fields = found[1].split(",") if found else []
    told = _filter_fields(fields)
    if told is None:
        return False
    proto, size, source, target, ports = told
    time = time_of(line)
    book.flow(
        Side("", source, _port(ports[0]) if ports else None),
        Side("", target, _port(ports[1]) if len(ports) > 1 else None),
        proto_of(proto),
        sum_of(_size(size), 1, time, time),
        sum_of(0, 0, 0, 0),
    )
    book.gaps[_ONLY_LOGGED] = None
    return True


def _filter_fields(fields: Sequence[str]) -> tuple[str, str, str, str, Sequence[str]] | None:
    """Protocol, length, source, target, ports."""
    if len(fields) > 19 and fields[8] == "4":
        return fields[16], fields[17], fields[18], fields[19], fields[20:22]
    if len(fields) > 16 and fields[8] == "6":
        return fields[12], fields[14], fields[15], fields[16], fields[17:19]
    return None


def _asa(line: str, book: Book) -> bool:
    """The end of a connection. The end with a service's port was called; the bytes are those of both directions."""
    found = _ASA.search(line)
    if found is None:
        return False
    one = Side("", found["a"], int(found["ap"]))
    other = Side("", found["b"], int(found["bp"]))
    caller, called = (one, other) if other.port < one.port else (other, one)
    time = time_of(line)
    total = sum_of(_size(found["size"]), 0, time, time)
    book.flow(caller, called, proto_of(found["proto"]), total, sum_of(0, 0, 0, 0))
    book.layer = Layer.BOTH
    book.gaps[_BOTH_WAYS] = None
    return True


def _fortigate(line: str, book: Book) -> bool:
    """A session, with what was sent and received."""
    if "srcip=" not in line or "dstip=" not in line:
        return False
    told = _pairs(line)
    if told.get("type", "traffic") != "traffic":
        return True  # what else it writes of the same session counts nothing again
    sent, received = _since(told, book)
    time = time_of_text(f"{told.get('date', '')}T{told.get('time', '')}{told.get('tz', '').strip() or '+00:00'}")
    book.flow(
        Side(told.get("srcmac"), told.get("srcip"), _port(told.get("srcport", ""))),
        Side(told.get("dstmac"), told.get("dstip"), _port(told.get("dstport", ""))),
        proto_of(told.get("proto", "")),
        sum_of(sent[0], sent[1], time, time),
        sum_of(received[0], received[1], time, time),
    )
    return True


def _since(told: dict[str, str], book: Book) -> tuple[tuple[int, int], tuple[int, int]]:
    """Bytes and packets each way since the session was told of before: its rows add up by themselves."""
    key = " ".join(told.get(name, "") for name in ("devid", "sessionid", "srcip", "srcport", "dstip", "dstport"))
    now = tuple(_size(told.get(name, "")) for name in ("sentbyte", "sentpkt", "rcvdbyte", "rcvdpkt"))
    before = book.sessions.get(key, (0, 0, 0, 0)) if told.get("sessionid") else (0, 0, 0, 0)
    if len(book.sessions) < MOST_SESSIONS:
        book.sessions[key] = now
    new = [max(one - other, 0) for one, other in zip(now, before, strict=True)]
    return (new[0], new[1]), (new[2], new[3])


_READERS: tuple[Callable[[str, Book], bool], ...] = (_netfilter, _filterlog, _asa, _fortigate)
