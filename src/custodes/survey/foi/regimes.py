"""The laws of access to information, as data: what a section number means under which Act, and the clocks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

import yaml

_USED = ("high", "medium")


@dataclass(frozen=True, slots=True)
class Section:
    """A section of an Act. `means`: withheld, refused, cost, not_held, ncnd, elsewhere, or none: no answer at all."""

    number: str
    means: str
    say: str


@dataclass(frozen=True, slots=True)
class Regime:
    """One Act. Clocks in working days; None where no source was found for one."""

    id: str
    name: str
    source: str
    named_by: tuple[str, ...]
    country: str
    subdivisions: tuple[str, ...]
    respond_days: int | None
    review_days: int | None
    ask_review_within_days: int | None
    like_requests_within_days: int | None
    regulator: str
    complain_within_months: int | None
    sections: Mapping[str, Section]


def data(name: str) -> Any:
    """A data file of this room."""
    text = resources.files("custodes.survey.foi").joinpath(name).read_text(encoding="utf-8")
    return yaml.safe_load(text)


@lru_cache(maxsize=1)
def regimes() -> Mapping[str, Regime]:
    """Every Act that has a source; the others wait for one."""
    found = {}
    for row in data("regimes.yaml")["regimes"]:
        if row["certainty"] not in _USED:
            continue
        sections = {number: Section(number, told["means"], told["say"]) for number, told in row["sections"].items()}
        found[row["id"]] = Regime(
            row["id"],
            row["name"],
            row["source"],
            tuple(row["named_by"]),
            row["country"],
            tuple(row["subdivisions"]),
            row.get("respond_days"),
            row.get("review_days"),
            row.get("ask_review_within_days"),
            row.get("like_requests_within_days"),
            row.get("regulator", ""),
            row.get("complain_within_months"),
            sections,
        )
    return found


def named_in(text: str) -> Regime | None:
    """The Act that a text names; None if it names none or two."""
    folded = " ".join(text.casefold().split())
    found = [regime for regime in regimes().values() if any(name in folded for name in regime.named_by)]
    return found[0] if len(found) == 1 else None


@dataclass(frozen=True, slots=True)
class Cited:
    """A section as a reply cites it. `section`: what it means under the Act; None where the Act is not known."""

    text: str
    number: str
    section: Section | None


_CLAUSES = r"(?:\s?\(\w{1,3}\))*"
_NO_THING = r"(?![0-9A-Za-z])(?!\s?(?:cameras?|drones?|devices?|working))"  # "s.31 and 12 cameras" cites one section
_CITED = re.compile(
    rf"\b(?:ss?\.|s(?=\d)|sections?|sec\.)\s?(\d{{1,2}}[A-Z]?)({_CLAUSES})"
    rf"((?:\s?(?:,|and|&|or|/)\s?(?:s\.|section )?\d{{1,2}}[A-Z]?{_NO_THING}{_CLAUSES})*)",
    re.IGNORECASE,
)
_MORE = re.compile(rf"(\d{{1,2}}[A-Z]?)({_CLAUSES})", re.IGNORECASE)


def cited(text: str, regime: Regime | None) -> list[Cited]:
    """The sections that a text cites, each once, under the Act if one is known."""
    found: dict[str, Cited] = {}
    for match in _CITED.finditer(text):
        rest = [(item[1], item[2]) for item in _MORE.finditer(match[3])]
        for number, clauses in [(match[1], match[2]), *rest]:
            told = f"s.{number}{clauses.replace(' ', '')}"
            section = regime.sections.get(number) if regime is not None else None
            found.setdefault(told, Cited(told, number, section))
    return list(found.values())
