"""What a firmware image holds and what its files say, before anybody says what it means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What a place in an image is."""

    FILE = "file"
    LINK = "link"
    FOLDER = "folder"
    DEVICE = "device"


class Grade(StrEnum):
    """How near a fact is to what runs: set up to be executed, linked, a string in a program, the name of a file.

    Nearer ones are smaller.
    """

    EXECUTED = "A"
    LINKED = "B"
    STRING = "C"
    NAME = "D"


#: Seconds that opening an image may take, and again looking through its files.
SECONDS = 18.0


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of unpacking. Reaching one is told in the coverage, and what was read until then is given.

    `bytes`: of all that is unpacked; `ratio`: unpacked to packed, of one packing of more than 16 MiB unpacked.
    """

    image: int = 1 << 30
    bytes: int = 256 << 20
    files: int = 100_000
    depth: int = 24
    ratio: float = 4_000.0
    seconds: float = SECONDS


@dataclass(frozen=True, slots=True)
class Entry:
    """A place in an image. `volume`: the file system it lies in, empty for what lies in none; `named`: whether the
    image itself names it; `offset`: where it begins in the image, where it lies there as it is; `inside`: containers
    around it, outermost first; `opened`: whether what it holds follows as places of its own; `data`: its bytes."""

    volume: str
    path: str
    kind: Kind = Kind.FILE
    named: bool = True
    mode: int | None = None
    owner: tuple[int, int] | None = None
    size: int = 0
    sha256: str = ""
    link: str = ""
    offset: int | None = None
    inside: tuple[str, ...] = ()
    opened: bool = False
    data: bytes | memoryview = field(default=b"", repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Fact:
    """Something a file says. `offset`: in that file; `subject`: what the value is of, so that another value of the same
    subject is a change of it (a component's name, an account's); `note`: for a person."""

    kind: str
    value: str
    volume: str
    path: str
    grade: Grade
    rule: str
    offset: int | None = None
    subject: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Component:
    """A program or library in a version, as bytes say it. `fact`: where."""

    name: str
    version: str
    purl: str
    cpe: str
    fact: Fact


@dataclass(frozen=True, slots=True)
class Region:
    """Bytes of the image that no reader opened. `entropy`: bits a byte (0 to 8); `opaque`: whether they look encrypted
    or packed in a way that is not known, so that nothing can be said of them."""

    path: str
    offset: int | None
    size: int
    entropy: float
    opaque: bool
    why: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of an image was looked into. `explained`: bytes of the image in containers and files that were opened;
    `by_strings`: bytes of code or data in no container, of which only strings are read; `limits`: bounds that were
    reached; `problems`: what was damaged; `missing`: readers that are not there."""

    bytes: int
    explained: int
    by_strings: int
    regions: Sequence[Region] = ()
    limits: Sequence[str] = ()
    problems: Sequence[str] = ()
    missing: Sequence[str] = ()

    @property
    def opaque(self) -> Sequence[Region]:
        """Regions of which nothing can be said."""
        return [region for region in self.regions if region.opaque]


@dataclass(frozen=True, slots=True)
class Image:
    """An image, opened. `identity`: what headers say of maker, device and version; `wrapper`: its outermost format."""

    name: str
    sha256: str
    size: int
    wrapper: str
    identity: Mapping[str, Any]
    entries: Sequence[Entry]
    coverage: Coverage
    facts: Sequence[Fact] = ()
    components: Sequence[Component] = ()


@dataclass(frozen=True, slots=True)
class Reference:
    """The strings of known code, as hashes of 64 bits in rising order. `baseline`: open code that many use, which tells
    nothing of whose an image is."""

    name: str
    baseline: bool
    source: str
    date: str
    hashes: Sequence[int]


@dataclass(frozen=True, slots=True)
class Lineage:
    """What an image has in common with known code. `share`: of the image's own strings, weighted by how few references
    have each (0 to 1); `of_reference`: of the reference's; `shared`: how many strings; `strings`: some of them; `told`:
    whether it is enough to speak of."""

    name: str
    share: float
    of_reference: float
    shared: int
    strings: Sequence[str]
    told: bool
    source: str
    date: str


@dataclass(frozen=True, slots=True)
class Change:
    """A difference between two images. `change`: added, removed, changed or moved; `before`: the value it had."""

    change: str
    kind: str
    value: str
    path: str
    old_path: str | None = None
    before: str | None = None
    grade: Grade | None = None
    grade_from: Grade | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict)
