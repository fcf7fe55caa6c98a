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
#: Filters that stand for one column, each with what it is called on the page.
CHOICES = {"sure": "How sure", "make": "Label", "maker": "Actual maker", "system": "System", "site": "Site"}
SURE = {"asserted": "established", "review": "probable", "unknown": "not known"}
SEVERITY = {1: "note", 2: "check", 3: "serious"}
_COLUMNS = (
    *("id", "number", "ident", "name", "make", "model", "maker", "sure", "system", "site", "firmware", "quantity"),
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
    """A page of the register. `many`: how many there are, counted up to `COUNTED`; None where that is not counted."""

    rows: Sequence[Mapping[str, Any]]
    many: int | None
    before: int
    after: int

    @property
    def more_than_counted(self) -> bool:
        """Whether there are more than were counted."""
        return self.many is not None and self.many > COUNTED


def page(run: Run, asked: Filter, after: int, before: int) -> Page:
    """The rows that follow the number `after`, or that come before `before`."""
    held = asked.devices(run)
    if before:
        found = list(held.filter(number__lt=before).order_by("-number").values(*_COLUMNS)[: PAGE + 1])
        more, found = len(found) > PAGE, found[:PAGE][::-1]
        return Page(found, _many(run, asked, held), found[0]["number"] if more else 0, before - 1 if found else 0)
    found = list(held.filter(number__gt=after).order_by("number").values(*_COLUMNS)[: PAGE + 1])
    more, found = len(found) > PAGE, found[:PAGE]
    first = found[0]["number"] if found and after else 0
    return Page(found, _many(run, asked, held), first, found[-1]["number"] if more else 0)


def _many(run: Run, asked: Filter, held: QuerySet[Device]) -> int:
    """From what the run counted where it did, else counted as far as is of use."""
    if asked.empty:
        return int(run.told["number"])
    if len(asked.chosen) == 1 and not (asked.search or asked.live or asked.least):
        name, value = next(iter(asked.chosen.items()))
        known = run.told["facets"][name].get(value)
        if known is not None:
            return int(known)
    return held.order_by()[: COUNTED + 1].count()


def payload(device: Device) -> dict[str, Any]:
    """Everything about a device."""
    found: dict[str, Any] = json.loads(zlib.decompress(bytes(device.payload)))
    return found


def facts_of(run: Run) -> dict[str, list[tuple[str, int]]]:
    """The choices of each filter with their numbers, those that are there."""
    facets: Mapping[str, Mapping[str, int]] = run.told["facets"]
    return {name: list(facets[name].items()) for name in CHOICES}
