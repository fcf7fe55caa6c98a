"""Which kind of scan a file is, by its first bytes, and its hosts one after another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from custodes.evidence.scans import neighbours, objects, portscan, reports
from custodes.model.errors import BadInput
from custodes.model.registers import Limits
from custodes.model.scans import Host

HEAD = 65_536


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of file. `sniff`: how surely its first bytes are of this kind, 0 to 1."""

    id: str
    name: str
    sniff: Callable[[bytes, str], float]
    read: Callable[[Path, Limits], Iterator[Host]]


@dataclass(slots=True)
class Scan:
    """A scan being read: drain `hosts`. Those that could not be read say so in `refused`."""

    kind: Kind
    hosts: Iterator[Host]


KINDS: Sequence[Kind] = (
    Kind("nmap-xml", "port scan (nmap or masscan XML)", portscan.sniff, portscan.read),
    Kind("masscan-json", "masscan JSON", objects.sniff_masscan, objects.read_masscan),
    Kind("zgrab2", "zgrab2 JSON lines", objects.sniff_zgrab, objects.read_zgrab),
    Kind("shodan", "Shodan JSON lines", objects.sniff_shodan, objects.read_shodan),
    Kind("censys", "Censys hosts", objects.sniff_censys, objects.read_censys),
    Kind("replies", "replies kept by custodes discover", objects.sniff_replies, objects.read_replies),
    Kind("shadowserver", "Shadowserver report", reports.sniff, reports.read),
    Kind("neighbours", "neighbour, lease or switch table", neighbours.sniff, neighbours.read),
)
#: Less sure than this is no scan.
SURE = 0.5


def open_scan(path: Path, limits: Limits) -> Scan | None:
    """The scan in a file; None if it is none of those known here. Raises BadInput for one beyond the limits."""
    try:
        with path.open("rb") as stream:
            head = stream.read(HEAD)
    except OSError as error:
        raise BadInput("the file cannot be read", where=str(path), why=error.strerror or "") from None
    ranked = sorted(((kind.sniff(head, path.name), -place) for place, kind in enumerate(KINDS)), reverse=True)
    score, place = ranked[0]
    if score < SURE:
        return None
    if path.stat().st_size > limits.max_bytes:
        raise BadInput("the file is too large", where=path.name, why=f"more than {limits.max_bytes // 1024 // 1024} MB")
    kind = KINDS[-place]
    return Scan(kind, kind.read(path, limits))
