"""What a body's own register says to a question of a survey: at least, at most, or nothing. Held against its answers.

A question says what of the register it asks for by its key `estate` (docs/survey.md). The body alone sees what its
register says; the office sees a difference that was signed, with the body's own explanation.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import Q, Subquery, Sum

from custodes.knowledge import knowledge
from custodes.knowledge.naming import named
from custodes.service.estates.models import Device, Estate, System
from custodes.survey.questionnaire import Question
from custodes.survey.values import State, Type


@dataclass(frozen=True, slots=True)
class Says:
    """How many pieces in use the register has of what a question asks: `least` surely, `most` with those of which it
    is not known; `as_at`: the day of the register. Without a `most` where nobody says that the register is complete.
    """

    least: int
    most: int | None
    as_at: str

    def answer(self, kind: Type) -> str:
        """The answer, where the register knows it; else empty."""
        if kind is Type.YES_NO:
            return "yes" if self.least else "no" if self.most == 0 else ""
        return str(self.least) if self.least == self.most else ""

    def against(self, kind: Type, state: str, value: str) -> bool:
        """Whether an answer cannot be right if the register is."""
        if state == State.NONE:
            return self.least > 0
        if state != State.ANSWERED:
            return False
        if kind is Type.YES_NO:
            return (value == "no" and self.least > 0) or (value == "yes" and self.most == 0)
        try:
            number = Decimal(value)
        except InvalidOperation:
            return False
        return number < self.least or (self.most is not None and number > self.most)


@dataclass(frozen=True, slots=True)
class Difference:
    """An answer that the body's own register speaks against. `note`: why it stands all the same, as the body says."""

    question: str
    part: str
    text: dict[str, str]
    declared: str
    says: Says
    note: str

    def plain(self) -> dict[str, Any]:
        """As it is kept with a signature."""
        told = {"question": self.question, "part": self.part, "text": self.text, "declared": self.declared}
        return {**told, "least": self.says.least, "most": self.says.most, "as_at": self.says.as_at, "note": self.note}


def says(question: Question, part: str, body: str) -> Says | None:
    """What the register says to a question. None where there is no register or nothing in use in it, where the
    question asks for nothing of it, or where the part that it is about is no system of the register."""
    if not question.estate:
        return None
    estate = Estate.objects.select_related("current").filter(body=body).first()
    if estate is None or estate.current is None:
        return None
    surely, perhaps = Q(), Q()
    for sure, may in _parts(question, part, body):
        if sure is None:
            return None
        surely &= sure
        perhaps &= sure | may
    # the run is looked up in the same statement as its rows: between two, another could take its place
    current = Subquery(Estate.objects.filter(body=body).values("current")[:1])
    sums = Device.objects.filter(run=current, body=body, live=True).aggregate(
        all=Sum("quantity"), least=Sum("quantity", filter=surely), most=Sum("quantity", filter=perhaps)
    )
    if not sums["all"]:
        return None
    most = int(sums["most"] or 0) if estate.told.get("complete") else None
    return Says(int(sums["least"] or 0), most, str(estate.current.told["as_at"]))


def _parts(question: Question, part: str, body: str) -> Iterator[tuple[Q | None, Q]]:
    """For each thing that a question asks of a device: what surely meets it, and what may. None: it cannot be asked."""
    told = question.estate
    if "system" in told or part:
        yield _system(told.get("system", ""), part, body)
    if "sensitive" in told:
        wanted = told["sensitive"] == "yes"
        yield Q(sensitive=wanted) & ~Q(place=""), Q(place="")
    if "maker" in told:
        yield Q(sure="asserted", maker__in=_names(told["maker"], makers=True)), ~Q(sure="asserted")
    if "make" in told:
        yield Q(label="asserted", make__in=_names(told["make"], makers=False)), ~Q(label="asserted")


def _system(kind: str, part: str, body: str) -> tuple[Q | None, Q]:
    """Devices of a kind of system, or of the one that a part is called after. A device in a system whose kind nobody
    told, or of which only the records speak, may be of any kind."""
    systems = list(System.objects.filter(body=body).values_list("name", "kind"))
    if part:
        meant = [name for name, _ in systems if name.casefold() == part.casefold()]
        others = [name for name, _ in systems if name.casefold() != part.casefold()]
        if not meant:
            return None, Q()
    else:
        meant = [name for name, held in systems if held == kind]
        others = [name for name, held in systems if held and held != kind]
    return Q(system__in=meant), ~Q(system__in=[*meant, *others])


def _names(told: str, *, makers: bool) -> list[str]:
    """The common names of a maker or a label that a questionnaire names by name or id."""
    loaded = knowledge(())
    brands, suppliers = named(told, loaded)
    pack = loaded.pack
    if makers:
        return sorted({pack.suppliers[key].name for key in (*suppliers, told) if key in pack.suppliers} | {told})
    return sorted({pack.brands[key].name for key in (*brands, told) if key in pack.brands} | {told})


def differences(told: Any) -> list[Difference]:
    """Of a return (`returns.sheet.Sheet`), every answer that the body's register speaks against."""
    found = []
    for place in told.put():
        if not place.done or not place.question.estate:
            continue
        register = says(place.question, place.part, told.of.body_id)
        answer = place.answer
        if register is not None and register.against(place.question.type, answer.state, answer.value):
            declared = answer.value if answer.state == State.ANSWERED else str(answer.state)
            text = dict(place.question.text)
            found.append(Difference(place.question.id, place.part, text, declared, register, answer.note))
    return found
