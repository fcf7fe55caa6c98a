"""The register as pages ask for it: filtered, searched, a page at a time, without counting what nobody reads."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet

from custodes.service.estates.models import Device, Run
from custodes.service.web.forms import number_of, text_of

PAGE = 50
#: Rows are counted up to here; a filter that gives more says "more than".
COUNTED = 1_000
#: Values that a list to choose from holds, those with most devices first; others are searched for.
MOST_CHOICES = 25
#: Filters that stand for one column, each with what it is called on the page.
CHOICES = {"sure": "How sure", "make": "Label", "maker": "Actual maker", "system": "System", "site": "Site"}
SURE = {"asserted": "established", "review": "probable", "unknown": "not known"}
SEVERITY = {1: "note", 2: "check", 3: "serious"}
_COLUMNS = (
    *(
        "id",
        "number",
        "ident",
        "name",
        "make",
        "model",
        "maker",
        "label",
        "sure",
        "system",
        "site",
        "firmware",
        "quantity",
    ),
    *("live", "sensitive", "severity"),
)


@dataclass(frozen=True, slots=True)
class Filter:
    """What is asked for. `chosen`: column to value; `live`: yes, no or empty; `least`: severity at least."""

    chosen: Mapping[str, str]
    search: str = ""
    live: str = ""
    least: int = 0

    @classmethod
    def of(cls, told: Mapping[str, str]) -> Filter:
        """From what a form sends."""
        chosen = {name: text_of(told, name, 200) for name in CHOICES if name in told and told[name] != "*"}
        return cls(chosen, text_of(told, "search", 100), text_of(told, "live", 3), min(3, number_of(told, "least")))

    @property
    def query(self) -> str:
        """As a part of an address."""
        told: dict[str, str] = dict(self.chosen)
        told |= {"search": self.search} if self.search else {}
        told |= {"live": self.live} if self.live else {}
        return urlencode(told | ({"least": str(self.least)} if self.least else {}))

    @property
    def empty(self) -> bool:
        """Whether everything is asked for."""
        return not (self.chosen or self.search or self.live or self.least)

    def devices(self, run: Run) -> QuerySet[Device]:
        """The devices that are meant, in no order."""
        found = Device.objects.filter(run=run, **self.chosen)
        if self.live:
            found = found.filter(live=self.live == "yes")
        if self.least:
            found = found.filter(severity__gte=self.least)
        for word in self.search.casefold().split():
            found = found.filter(search__contains=word)
        return found


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the register. `many`: how many there are, counted up to `COUNTED`; None behind the first page of a
    filter, where nobody counts again."""

    rows: Sequence[Mapping[str, Any]]
    many: int | None
    before: int
    after: int

    exactly: bool = True

    @property
    def more_than_counted(self) -> bool:
        """Whether there are more than were counted."""
        return not self.exactly and self.many is not None and self.many > COUNTED


def page(run: Run, asked: Filter, after: int, before: int) -> Page:
    """The rows that follow the number `after`, or that come before `before`."""
    known = _known(run, asked)
    held = asked.devices(run)
    ordered = held.filter(number__lt=before).order_by("-number") if before else held.filter(number__gt=after)
    ordered = ordered if before else ordered.order_by("number")
    counting = known is None and not after and not before
    found: list[dict[str, Any]]
    many = known
    if counting or asked.search:
        # the numbers stand in an index with what is searched: there they are found and counted, and no row is read
        numbers = list(ordered.values_list("number", flat=True)[: COUNTED + 1 if counting else PAGE + 1])
        many = len(numbers) if counting else known
        shown = Device.objects.filter(run=run, number__in=numbers[: PAGE + 1])
        found = list(shown.order_by("-number" if before else "number").values(*_COLUMNS))
    else:
        found = list(ordered.values(*_COLUMNS)[: PAGE + 1])
    more = len(found) > PAGE
    rows = found[:PAGE][::-1] if before else found[:PAGE]
    if before:
        less, then = rows[0]["number"] if more else 0, before - 1 if rows else 0
    else:
        less, then = rows[0]["number"] if rows and after else 0, rows[-1]["number"] if more else 0
    return Page(rows, many, less, then, exactly=known is not None)


def _known(run: Run, asked: Filter) -> int | None:
    """How many there are, where the run itself counted it."""
    if asked.empty:
        return int(run.told["number"])
    if len(asked.chosen) == 1 and not (asked.search or asked.live or asked.least):
        name, value = next(iter(asked.chosen.items()))
        known = run.told["facets"][name].get(value)
        return int(known) if known is not None else None
    return None


def payload(device: Device) -> dict[str, Any]:
    """Everything about a device."""
    found: dict[str, Any] = json.loads(zlib.decompress(bytes(device.payload)))
    return found


def facts_of(run: Run) -> dict[str, list[tuple[str, int]]]:
    """The choices of each filter with their numbers, those that are there."""
    facets: Mapping[str, Mapping[str, int]] = run.told["facets"]
    return {name: list(facets[name].items())[:MOST_CHOICES] for name in CHOICES}
