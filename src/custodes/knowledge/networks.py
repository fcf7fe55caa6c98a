"""Whose network an address is in, where that is registered, and where its machine may stand: each as a table told it.

Three facts are kept apart: the country that a network is registered in, estimates of where a machine stands, and the
system that announces it. Tables of the user's own come before those of the pack.
"""

from __future__ import annotations

import ipaddress
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

#: Addresses of which what is told is remembered.
MOST_SEEN = 100_000
_FAMILIES = {4: "ipv4", 6: "ipv6"}


class Says(StrEnum):
    """What a statement is about."""

    ORIGIN = "origin"  # the autonomous system that announces the address
    ORGANISATION = "organisation"  # whose that system is
    SYSTEM = "system"  # the country of that system
    REGISTERED = "registered"  # the country that the block is registered in
    HOSTING = "hosting"  # where the machine is estimated to stand
    OPERATOR = "operator"  # who runs what is at the address


@dataclass(frozen=True, slots=True)
class Origin:
    """Which table a statement is of: its id, the day it was made, where it comes from, whom to credit."""

    id: str
    date: str
    source: str
    credit: str


@dataclass(frozen=True, slots=True)
class Told:
    """One statement about an address: what it is about, what it says, and which table says so."""

    says: Says
    value: str
    origin: Origin


class Table(Protocol):
    """A table that tells something about addresses."""

    @property
    def origin(self) -> Origin:
        """Which table it is."""
        ...

    def told(self, address: int, version: int) -> Iterator[Told]:
        """What it says of an address of IPv4 or IPv6 (version), given as a number."""
        ...


@dataclass(frozen=True, slots=True)
class Ranges:
    """Ranges that do not overlap, sorted. `shift`: bits of an address that are left out at its end; `index`: place
    in `values`."""

    says: Says
    origin: Origin
    version: int
    first: memoryview | Sequence[int]
    last: memoryview | Sequence[int]
    index: memoryview | Sequence[int]
    values: Sequence[str]
    shift: int = 0

    def told(self, address: int, version: int) -> Iterator[Told]:
        """The value of the range that holds an address."""
        if version == self.version:
            number = address >> self.shift
            place = bisect_right(self.first, number) - 1
            if place >= 0 and number <= self.last[place]:
                yield Told(self.says, self.values[self.index[place]], self.origin)


@dataclass(frozen=True, slots=True)
class Systems:
    """Autonomous systems by number, sorted: the organisation and the country of each."""

    origin: Origin
    numbers: memoryview | Sequence[int]
    organisations: Sequence[str]
    countries: Sequence[str]

    def told(self, system: Told) -> Iterator[Told]:
        """Whose a system is and of which country, by the statement that names it."""
        number = int(system.value) if system.value.isdecimal() else 0
        place = bisect_left(self.numbers, number)
        if place >= len(self.numbers) or self.numbers[place] != number:
            return
        organisation, country = self.organisations[place], self.countries[place]
        if organisation:
            yield Told(Says.ORGANISATION, organisation, system.origin)
        if country:
            yield Told(Says.SYSTEM, country, self.origin)


@dataclass(frozen=True)
class Networks:
    """Every table, those that count first before others."""

    tables: Sequence[Table]
    systems: Systems | None = None
    _seen: dict[str, tuple[Told, ...]] = field(default_factory=dict)

    def of(self, address: str) -> tuple[Told, ...]:
        """Every statement about an address, the user's own first; none for what is no address."""
        found = self._seen.get(address)
        if found is None:
            if len(self._seen) >= MOST_SEEN:
                self._seen.clear()
            found = self._seen[address] = tuple(self._of(address))
        return found

    def _of(self, address: str) -> Iterator[Told]:
        try:
            number = ipaddress.ip_address(address)
        except ValueError:
            return
        if not number.is_global:
            return  # nobody's, whatever a table made of others' feeds has
        named = False
        for table in self.tables:
            for told in table.told(int(number), number.version):
                yield told
                named = named or told.says is Says.ORGANISATION
                if told.says is Says.ORIGIN and self.systems is not None:
                    yield from (
                        more for more in self.systems.told(told) if not (named and more.says is Says.ORGANISATION)
                    )

    @property
    def origins(self) -> tuple[Origin, ...]:
        """The tables, to be credited and dated."""
        listed = [table.origin for table in self.tables]
        return tuple(dict.fromkeys([*listed, *([self.systems.origin] if self.systems else [])]))


@lru_cache(maxsize=4)
def load_networks(folder: Path) -> Networks:
    """The tables of a folder that `tools/build_networks.py` writes: Parquet, one a kind and family."""
    tables = []
    for path in sorted(folder.glob("*-ipv?.parquet")):
        tables.append(_ranges(path))
    systems = folder / "systems.parquet"
    return Networks(tables, _systems(systems) if systems.is_file() else None)


def _ranges(path: Path) -> Ranges:
    table = pq.read_table(path)
    told = _told(table)
    values = table.column("value").combine_chunks()
    if isinstance(values, pa.ChunkedArray):
        values = values.chunk(0)
    if not isinstance(values, pa.DictionaryArray):
        values = values.dictionary_encode()
    version = next(key for key, name in _FAMILIES.items() if path.stem.endswith(name))
    form: Literal["I", "Q"] = "I" if version == 4 else "Q"
    return Ranges(
        Says(told["says"]),
        _origin(told),
        version,
        _numbers(table.column("first"), form),
        _numbers(table.column("last"), form),
        _numbers(values.indices, "i"),
        _Texts(values.dictionary),
        0 if version == 4 else 64,
    )


def _systems(path: Path) -> Systems:
    table = pq.read_table(path)
    names, countries = (_Texts(table.column(name)) for name in ("organisation", "country"))
    return Systems(_origin(_told(table)), _numbers(table.column("asn"), "I"), names, countries)


class _Texts(Sequence[str]):
    """A column of texts, of which one is made when it is asked for."""

    def __init__(self, column: Any) -> None:
        self._column = column

    def __len__(self) -> int:
        return len(self._column)

    def __getitem__(self, place: Any) -> Any:
        return self._column[place].as_py()


def _told(table: pa.Table) -> dict[str, str]:
    return {key.decode(): value.decode() for key, value in (table.schema.metadata or {}).items()}


def _origin(told: Mapping[str, str]) -> Origin:
    return Origin(told["id"], told["date"], told["source"], told["credit"])


def _numbers(column: Any, form: Literal["i", "I", "Q"]) -> memoryview:
    """A column as the numbers that lie in memory: nothing is copied, and a binary search reads a few."""
    held: Any = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if isinstance(held, pa.ChunkedArray):
        held = held.chunk(0)
    width = 8 if form == "Q" else 4
    whole = memoryview(held.buffers()[1]).cast("B")[held.offset * width : (held.offset + len(held)) * width]
    return whole.cast(form)
