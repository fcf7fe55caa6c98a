"""Which kind of scan a file is, by its first bytes, and its hosts one after another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from custodes.evidence.scans import neighbours, portscan, reports, scanners
from custodes.evidence.scans.files import ScanFile, scan_file
from custodes.model.errors import BadInput
from custodes.model.registers import Limits
from custodes.model.scans import Host


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of file. `sniff`: how surely its first bytes are of this kind, 0 to 1."""

    id: str
    name: str
    sniff: Callable[[bytes, str], float]
    read: Callable[[ScanFile], Iterator[Host]]


@dataclass(slots=True)
class Scan:
    """A scan being read: drain `hosts`. Those that could not be read say so in `refused`."""

    kind: Kind
    hosts: Iterator[Host]


KINDS: Sequence[Kind] = (
    Kind("nmap-xml", "port scan (nmap or masscan XML)", portscan.sniff, portscan.read),
    Kind("masscan-json", "masscan JSON", scanners.sniff_masscan, scanners.read_masscan),
    Kind("zgrab2", "zgrab2 JSON lines", scanners.sniff_zgrab, scanners.read_zgrab),
    Kind("shodan", "Shodan JSON lines", scanners.sniff_shodan, scanners.read_shodan),
    Kind("censys", "Censys hosts", scanners.sniff_censys, scanners.read_censys),
    Kind("replies", "replies kept by custodes discover", scanners.sniff_replies, scanners.read_replies),
    Kind("shadowserver", "Shadowserver report", reports.sniff, reports.read),
    Kind("neighbours", "neighbour, lease or switch table", neighbours.sniff, neighbours.read),
)
#: Less sure than this is no scan.
SURE = 0.5


def open_scan(path: Path, limits: Limits) -> Scan | None:
    """The scan in a file; None if it is none of those known here. Raises BadInput for one beyond the limits."""
    file, head = scan_file(path, limits)
    ranked = sorted(((kind.sniff(head, path.name), -place) for place, kind in enumerate(KINDS)), reverse=True)
    score, place = ranked[0]
    if score < SURE:
        return None
    if path.stat().st_size > limits.max_bytes:
        raise BadInput("the file is too large", where=path.name, why=f"more than {limits.max_bytes // 1024 // 1024} MB")
    kind = KINDS[-place]
    return Scan(kind, kind.read(file))
