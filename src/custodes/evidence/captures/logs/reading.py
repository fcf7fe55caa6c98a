"""Reads a log, or the logs of one sensor, into the same devices as a capture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from custodes.evidence.captures.logs.book import Book
from custodes.evidence.captures.logs.duck import LONGEST_LINE, ends_whole, shortened, unpacked
from custodes.evidence.captures.logs.eve import read_eve
from custodes.evidence.captures.logs.firewalls import read_firewall
from custodes.evidence.captures.logs.kinds import HEAD, Group, Kind, grouped, kind_of
from custodes.evidence.captures.logs.nfdump import read_nfdump
from custodes.evidence.captures.logs.resolvers import read_resolver
from custodes.evidence.captures.logs.zeek import read_zeek
from custodes.evidence.captures.packed import Damaged, opened
from custodes.evidence.captures.reading import read_capture
from custodes.model.captures import Layer, Observed
from custodes.model.errors import BadInput
from custodes.model.quiet import without_collector
from custodes.model.registers import Limits

_LAYERS = {
    Kind.EVE: Layer.FRAME, Kind.ZEEK_TSV: Layer.IP, Kind.ZEEK_JSON: Layer.IP, Kind.NFDUMP: Layer.IP,
    Kind.FIREWALL: Layer.IP, Kind.RESOLVER: Layer.NONE,
}  # fmt: skip
REMEDY = (
    "captures (pcap, pcapng), Zeek's logs, Suricata's EVE, nfdump's CSV, query logs of dnsmasq, Pi-hole, BIND and "
    "Unbound, and logs of netfilter, pf, Cisco ASA and FortiGate are read"
)


def sources(paths: Sequence[Path], limits: Limits) -> tuple[Sequence[Group], Sequence[BadInput]]:
    """What there is to read, logs of one sensor together; and why the other files are not read.

    Of a folder the captures and logs right in it are taken.
    """
    found, refused = [], []
    for path in paths:
        for file in _files(path):
            try:
                kind = kind_of(_head(file, limits))
            except BadInput as error:
                refused.append(error)
                continue
            if kind is not None:
                found.append((file, kind))
            elif file == path:
                refused.append(BadInput("this is no capture and no log that is read", where=file.name, remedy=REMEDY))
    return grouped(found), refused


def _files(path: Path) -> Sequence[Path]:
    return sorted(one for one in path.iterdir() if one.is_file()) if path.is_dir() else [path]


def _head(path: Path, limits: Limits) -> bytes:
    stream, head = opened(path, limits), b""
    try:
        while len(head) < HEAD and (piece := stream.read(HEAD - len(head))):
            head += piece
    except Damaged:
        pass  # what came out tells what it is; the damage is told when it is read
    return head


def read_group(group: Group, limits: Limits, *, keep: bool = False) -> Observed:
    """Everything a capture or the logs of a sensor show; `keep`: with fetched files. Raises BadInput if they cannot be
    read."""
    if group.kind is Kind.CAPTURE:
        return read_capture(group.paths[0], limits, keep=keep)
    with without_collector():
        return _log(group, limits)


def _log(group: Group, limits: Limits) -> Observed:
    book = Book(_LAYERS[group.kind])
    for path in group.paths:
        _read(path, group.kind, book, limits)
    if book.rows and book.bad >= book.rows:
        raise BadInput("none of its rows was understood", where=group.name, why=f"it looked like {group.kind}")
    return book.close(group.name)


def _read(path: Path, kind: Kind, book: Book, limits: Limits) -> None:
    with unpacked(path, limits) as (plain, problem):
        book.problem = book.problem or problem
        bad = book.bad
        if kind is Kind.RESOLVER:
            read_resolver(_lines(plain), book)
        elif kind is Kind.FIREWALL:
            read_firewall(_lines(plain), book)
        else:
            _table(plain, kind, path.name, book)
        if not ends_whole(plain) and (problem or book.bad > bad):
            book.truncated = True
            book.gaps[f"{path.name} ends inside a row"] = None


def _table(plain: Path, kind: Kind, name: str, book: Book) -> None:
    """A log whose rows a data base reads; where it cannot, once more without the lines that are too long."""
    try:
        _rows(plain, kind, name, book)
    except BadInput:
        with shortened(plain) as (short, left):
            if not left:
                raise
            book.gaps[f"{left} rows of {name} were too long and are left out"] = None
            _rows(short, kind, name, book)


def _rows(plain: Path, kind: Kind, name: str, book: Book) -> None:
    if kind is Kind.EVE:
        read_eve(plain, name, book)
    elif kind is Kind.NFDUMP:
        read_nfdump(plain, name, book)
    else:
        read_zeek(plain, name, kind, book)


def _lines(plain: Path) -> Iterator[str]:
    with plain.open("rb") as lines:
        while line := lines.readline(LONGEST_LINE):
            yield line.decode("utf-8", "replace")
