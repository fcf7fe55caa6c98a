"""What a capture or a log of traffic shows, device by device, before anybody says whose or what it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from custodes.model.scans import Heard

#: Beginnings that are kept of one direction.
MOST_BEGUN = 1_024


class Ends(NamedTuple):
    """Between whom bytes went: link addresses, addresses, protocol number, ports (-1: any or none).

    `opened`: whether the first bytes went that way.
    """

    source_mac: bytes
    target_mac: bytes
    source: bytes
    target: bytes
    proto: int
    sport: int
    dport: int
    opened: bool


@dataclass(slots=True)
class Sum:
    """Bytes and frames in one direction. `course`: bytes in each span of `width` nanoseconds of its largest part;
    `talks`: the protocols that were recognised on it; `begun`: when it began, and began anew after silence."""

    bytes: int = 0
    frames: int = 0
    first: int = 0
    last: int = 0
    course: tuple[int, ...] = ()
    width: int = 0
    talks: dict[str, None] = field(default_factory=dict)
    begun: list[int] = field(default_factory=list)

    def begin(self, times: Sequence[int]) -> None:
        """Note when it began; of very many times the first are kept."""
        if len(self.begun) < MOST_BEGUN:
            self.begun += times

    def add(self, size: int, frames: int, first: int, last: int, course: tuple[int, ...] = (), width: int = 0) -> None:
        """Add traffic of the same direction."""
        self.first = min(self.first, first) if self.frames else first
        self.last = max(self.last, last)
        self.bytes += size
        self.frames += frames
        if sum(course) > sum(self.course):
            self.course, self.width = course, width


class Layer(StrEnum):
    """What bytes count."""

    FRAME = "frame"  # whole frames as they were on the wire
    IP = "ip"  # packets of IP, without the link's own
    PAYLOAD = "payload"  # what was carried, without any header
    BOTH = "both"  # what was carried, both directions in one, told as sent
    NONE = "none"  # none are told


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a capture can answer for. Times in nanoseconds since 1970; `bytes` are lengths on the wire.

    `truncated`: the file ends inside a record; `cut`: frames stored shorter than they were; `unread`: frames whose
    link is none that is read here; `dropped`: frames that the capturing program lost, None where it does not say;
    `problem`: why the file was not read to its end; `gaps`: what else is missing, in plain words; `layer`: what bytes
    count; `rows`: lines of a log, None for captures.
    """

    first: int | None = None
    last: int | None = None
    packets: int = 0
    bytes: int = 0
    truncated: bool = False
    cut: int = 0
    unread: int = 0
    dropped: int | None = None
    problem: str = ""
    gaps: tuple[str, ...] = ()
    layer: Layer = Layer.FRAME
    rows: int | None = None

    @property
    def hours(self) -> float:
        """How long was listened."""
        return 0.0 if self.first is None or self.last is None else (self.last - self.first) / 3.6e12


@dataclass(frozen=True, slots=True)
class Request:
    """A request of HTTP that a device made, its body left out."""

    method: str
    host: str
    uri: str
    agent: str
    ip: str
    port: int
    time: int


@dataclass(frozen=True, slots=True)
class Object:
    """A file that a device fetched whole: its hash, size in bytes, address, and what it begins with. `data`: the file,
    where it was to be kept to be looked into; it is never written down."""

    sha256: str
    size: int
    url: str
    kind: str
    time: int
    data: bytes = field(default=b"", repr=False, compare=False)


@dataclass(slots=True)
class Peer:
    """One end that a device exchanged bytes with: its address, its port (None: no ports), protocol, bytes each way.

    `names`: what it was called, and where that was read: dns, sni, host or cert. `service`: the port is the device's
    own, which the peer came to. `talks`: the protocols that were recognised.
    """

    ip: str
    port: int | None
    proto: str
    up: Sum = field(default_factory=Sum)
    down: Sum = field(default_factory=Sum)
    names: dict[str, str] = field(default_factory=dict)
    service: bool = False
    talks: dict[str, None] = field(default_factory=dict)


@dataclass(slots=True)
class Notes:
    """What was read of one device's own traffic: names, requests, fetched files, and what it said of itself.

    `called`: names of peers to where each was read: by address and port where a connection named it, else port -1.
    """

    dns: dict[str, None] = field(default_factory=dict)
    sni: dict[str, None] = field(default_factory=dict)
    http_hosts: dict[str, None] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    objects: list[Object] = field(default_factory=list)
    heard: dict[Heard, None] = field(default_factory=dict)
    credentials: dict[str, None] = field(default_factory=dict)
    called: dict[tuple[bytes, int], dict[str, str]] = field(default_factory=dict)
    resolvers: dict[str, None] = field(default_factory=dict)
    assigned: dict[str, None] = field(default_factory=dict)
    ja3: dict[str, None] = field(default_factory=dict)
    ja4: dict[str, None] = field(default_factory=dict)
    missed: int = 0


@dataclass(slots=True)
class Station:
    """One device of a capture: its link address ("" where the capture has none), its own addresses, what it did.

    `external`: peers out on the internet; `local`: peers on its own networks; `portless`: traffic to the internet
    without ports, or fragments whose beginning was not seen.
    """

    mac: str
    ips: tuple[str, ...] = ()
    notes: Notes = field(default_factory=Notes)
    external: list[Peer] = field(default_factory=list)
    local: list[Peer] = field(default_factory=list)
    portless: list[Peer] = field(default_factory=list)
    frames: int = 0


@dataclass(frozen=True, slots=True)
class Observed:
    """A whole capture: its file's name, its devices by address, and what it covers."""

    capture: str
    stations: tuple[Station, ...]
    coverage: Coverage
