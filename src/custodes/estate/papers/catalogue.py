"""The names that a form may use: where the lines of a table come from, and what each value is.

A name is registered with one sentence that says what it is; `custodes form --values` prints them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from custodes.estate.papers.desk import Desk, not_known
from custodes.model.papers import Cell

Make = Callable[[Desk, Any], Cell]
Lines = Callable[[Desk], Iterable[tuple[str, Any]]]  # key of the line, and what it is about


@dataclass(frozen=True, slots=True)
class Named:
    """One value: what it is, and how it is made."""

    what: str
    make: Make


@dataclass(frozen=True, slots=True)
class Table:
    """Where lines come from, and the values that each of them has."""

    what: str
    lines: Lines
    values: dict[str, Named]


HEAD: dict[str, Named] = {}
TABLES: dict[str, Table] = {}
SENTENCES: dict[str, tuple[str, Callable[[Desk], list[str]]]] = {}


def value(where: dict[str, Named], name: str, what: str) -> Callable[[Make], Make]:
    """Registers a function as the value `name`."""

    def keep(make: Make) -> Make:
        where[name] = Named(what, make)
        return make

    return keep


def lines(name: str, what: str) -> Callable[[Lines], dict[str, Named]]:
    """Registers a function as the lines called `name`; what it becomes takes their values."""

    def keep(make: Lines) -> dict[str, Named]:
        TABLES[name] = Table(what, make, {})
        return TABLES[name].values

    return keep


def sentences(name: str, what: str) -> Callable[[Callable[[Desk], list[str]]], Callable[[Desk], list[str]]]:
    """Registers a function as sentences that a form prints by name."""

    def keep(make: Callable[[Desk], list[str]]) -> Callable[[Desk], list[str]]:
        SENTENCES[name] = (what, make)
        return make

    return keep


Devices = Callable[[Desk, Any], list[Any] | None]


def readings(where: dict[str, Named], devices: Devices, silent: str = "") -> None:
    """Registers the five readings, each as at least, at most and not known.

    `devices` gives None where no record speaks of any: then `silent` says why nothing is known.
    """
    asked = {
        "brand": "whose brand is from the country asked for",
        "maker": "whose actual maker is from there",
        "owner": "whose maker has an owner there, on the day",
        "component": "with a named part from there, seen in the unit",
        "assembled": "put together there, as a document says",
    }
    parts = {"least": "at least", "most": "at most", "not_known": "not known"}
    for key, what in asked.items():
        for part, word in parts.items():
            where[f"origin.{key}.{part}"] = Named(f"devices {what}: {word}", _reading(key, part, devices, silent))


def _reading(key: str, part: str, devices: Devices, silent: str) -> Make:
    def make(desk: Desk, item: Any) -> Cell:
        if not desk.ruling.country:
            return not_known("no country was asked for (--country)")
        found = devices(desk, item)
        if found is None:
            return not_known(silent)
        count = desk.reading(found, key)
        return Cell({"least": count.yes, "most": count.most, "not_known": count.unknown}[part])

    return make
