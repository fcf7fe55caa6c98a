"""The confirmation round: each body confirms the row that names it, each supplier may reply, before an edition freezes.

`confirmations.csv` in the survey folder: one row for each letter and one for each reply. Silence is what has no reply.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from custodes.survey.asked import Body, csv_rows
from custodes.survey.editions import Edition
from custodes.survey.faults import Faults, listed
from custodes.survey.values import read_date

FILE = "confirmations.csv"
COLUMNS = ("edition", "party", "kind", "event", "date", "note")
KINDS = ("body", "supplier")
ASKED = "asked"
REPLIES = ("confirmed", "disputed", "replied")


@dataclass(frozen=True, slots=True)
class Event:
    """A letter, or what came back."""

    edition: str
    party: str
    kind: str
    event: str
    day: date
    note: str
    line: int


@dataclass(frozen=True, slots=True)
class Round:
    """Where the round of an edition stands: parties by what they did. A dispute stands until it is confirmed after."""

    asked: Mapping[str, str]
    confirmed: tuple[str, ...]
    disputed: tuple[str, ...]
    replied: tuple[str, ...]
    silent: tuple[str, ...]
    notes: Mapping[str, str]

    def sentence(self) -> str:
        """What a publication says about its round."""
        if not self.asked:
            return "Published without a confirmation round: no body and no supplier was asked before."
        told = [f"{len(self.confirmed):,} of {len(self.asked):,} asked confirmed the row that names them"]
        if self.replied:
            told.append(f"{len(self.replied):,} replied")
        if self.disputed:
            told.append(f"{len(self.disputed):,} dispute it ({', '.join(self.disputed)})")
        if self.silent:
            told.append(f"{len(self.silent):,} did not answer")
        return "; ".join(told) + "."


def read_events(path: Path, editions: Mapping[str, Edition], bodies: Mapping[str, Body], faults: Faults) -> list[Event]:
    """The events of a folder, in the order of their days; none if there is no such file."""
    found: list[Event] = []
    if not path.is_file():
        return found
    for line, row in csv_rows(path, COLUMNS, faults):
        told = {key: cell.strip() for key, cell in row.items()}
        wrong = list(_wrong(told, editions, bodies))
        day = None
        try:
            day = read_date(told["date"])
        except ValueError as error:
            wrong.append(f"date: {error}")
        for reason in wrong:
            faults.add(path.name, line, reason)
        if not wrong and day is not None:
            found.append(Event(told["edition"], told["party"], told["kind"], told["event"], day, told["note"], line))
    return sorted(found, key=lambda event: (event.day, event.line))


def _wrong(told: Mapping[str, str], editions: Mapping[str, Edition], bodies: Mapping[str, Body]) -> Iterable[str]:
    if told["edition"] not in editions:
        yield f"no edition '{told['edition'][:60]}'"
    if told["kind"] not in KINDS:
        yield f"`kind` is {listed(KINDS)}, not '{told['kind'][:40]}'"
    elif told["kind"] == "body" and told["party"] not in bodies:
        yield f"no body '{told['party'][:60]}'"
    elif not told["party"]:
        yield "no party is given"
    if told["event"] not in (ASKED, *REPLIES):
        yield f"`event` is {listed((ASKED, *REPLIES))}, not '{told['event'][:40]}'"


def round_of(edition: str, events: Iterable[Event]) -> Round:
    """Where the round of an edition stands."""
    asked: dict[str, str] = {}
    last: dict[str, str] = {}
    notes: dict[str, str] = {}
    for event in events:
        if event.edition != edition:
            continue
        asked.setdefault(event.party, event.kind)
        if event.event != ASKED:
            last[event.party] = event.event
            notes[event.party] = event.note
    by = {word: tuple(party for party in asked if last.get(party) == word) for word in REPLIES}
    silent = tuple(party for party in asked if party not in last)
    return Round(asked, by["confirmed"], by["disputed"], by["replied"], silent, notes)
