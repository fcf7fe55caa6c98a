"""Lines about purchases: with which money, on which day, and what the form's rule says of that day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from custodes.estate.papers.catalogue import lines, value
from custodes.estate.papers.desk import COVERED, NOT_DETERMINED, Desk, Judged, or_not_known, told
from custodes.estate.papers.devices import OF_RECORDS
from custodes.model.assessment import Device
from custodes.model.days import is_day, read_day
from custodes.model.papers import Cell
from custodes.model.sources import SourceRow

PURCHASES = lines("purchases", "devices whose records tell of money, and those that the form's rule may speak of")(
    lambda desk: ((device.id, device) for device in desk.assessment.devices if _purchase(desk, device))
)


def _purchase(desk: Desk, device: Device) -> bool:
    return bool(device.paid) or desk.judged(device).answer in (COVERED, NOT_DETERMINED)


PURCHASES.update(OF_RECORDS)


def _money(name: str, what: str) -> None:
    def make(_: Desk, device: Device) -> Cell:
        texts = dict.fromkeys(paid.text for paid in device.paid if paid.what == name)
        return or_not_known("; then ".join(texts), "no record tells it")

    value(PURCHASES, f"paid.{name}", what)(make)


for _name, _what in (
    ("award", "number of the award; several where records differ, the first read first"),
    ("fund", "the fund; several where records differ, the first read first"),
    ("order", "purchase order"),
    ("invoice", "invoice"),
    ("seller", "who sold it"),
    ("amount", "what was paid"),
):
    _money(_name, _what)


_COMMITTED = "the day on which the money was committed"


@dataclass(frozen=True, slots=True)
class _Day:
    """A day that a record tells for the money. Not `committed`: the day of purchase, for no better one is told."""

    text: str
    committed: bool = True

    @property
    def shown(self) -> str:
        """As a paper gives it."""
        return self.text if self.committed else f"{self.text} (day of purchase; none of commitment is told)"


def _days(device: Device) -> list[_Day]:
    """The day of each record that tells of money, each once; one that cannot be read stands as it was written."""
    rows: dict[SourceRow, dict[str, str]] = {}
    for paid in device.paid:
        rows.setdefault(paid.where, {})[paid.what] = paid.text
    found = []
    for row in rows.values():
        text = row.get("obligated") or row.get("purchased") or ""
        if text:
            found.append(_Day(read_day(text) or text, "obligated" in row))
    if not found and device.bought:
        found = [_Day(device.bought, committed=False)]
    return list(dict.fromkeys(found))


@value(PURCHASES, "paid.obligated", "the day on which the money was committed; else of the purchase, and it says so")
def obligated(_: Desk, device: Device) -> Cell:
    return or_not_known("; then ".join(day.shown for day in _days(device)), "no record tells it")


@value(PURCHASES, "paid.covered", "what the form's rule says of it on the day on which the money was committed")
def covered_then(desk: Desk, device: Device) -> Cell:
    days = [day.text for day in _days(device)] or [""]
    verdicts = [(day, _judged_when(desk, device, day)) for day in days]
    if len({judged.answer for _, judged in verdicts}) > 1:  # one record never clears what another tells
        said = (f"{desk.word(judged.answer)} if it was {day}" for day, judged in verdicts)
        return Cell(desk.word(NOT_DETERMINED), why=f"records differ about {_COMMITTED}: {'; '.join(said)}")
    judged = verdicts[0][1]
    if judged.answer == NOT_DETERMINED:
        return Cell(desk.word(judged.answer), why="; ".join(judged.missing))
    note = f" ({judged.because[0]})" if judged.because and judged.answer != COVERED else ""
    return told(desk.word(judged.answer) + note)


def _judged_when(desk: Desk, device: Device, day: str) -> Judged:
    """What the rule says on a day that may be known to the month or year only, or not at all.

    Then every day on which the rule or an owner of the maker changed is asked: only one answer for all is an answer.
    """
    if len(day) == 10 and is_day(day):
        return desk.judged_on(device, date.fromisoformat(day))
    found = {one.answer: one for one in (desk.judged_on(device, each) for each in desk.turning_days(device, day))}
    if len(found) == 1:
        return next(iter(found.values()))
    lacks = f"{_COMMITTED}, in {day}" if is_day(day) else f"{_COMMITTED}, from “{day}”" if day else _COMMITTED
    open_ = found.get(NOT_DETERMINED)
    return Judged(NOT_DETERMINED, (), (lacks, *(open_.missing if open_ else ())))


@value(PURCHASES, "paid.recoded", "whether records name different funds, awards or days, and where each stands")
def recoded(_: Desk, device: Device) -> Cell:
    said = []
    for what in ("fund", "award", "obligated"):
        texts = {paid.text: paid.where for paid in reversed(device.paid) if paid.what == what}
        if len(texts) > 1:
            named = (f"{text} ({where.file} row {where.row})" for text, where in reversed(texts.items()))
            said.append(f"{what}: " + "; ".join(named))
    accounts = any(paid.what in ("fund", "award") for paid in device.paid)
    return told(" | ".join(said) or ("one account in all records" if accounts else "no record names an account"))
