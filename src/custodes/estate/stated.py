"""Answers that came back: read, matched to the devices they were asked about, kept as "stated by"."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from custodes.model.assessment import Because, Device
from custodes.model.questions import Answer, Question
from custodes.model.vocab import Field

_FIELDS = (
    (Field.MAKE, "make"),
    (Field.MODEL, "model"),
    (Field.SERIAL, "serial"),
    (Field.MAC, "mac"),
    (Field.FIRMWARE, "firmware"),
)


@dataclass(frozen=True, slots=True)
class Stated:
    """Answers by device: cells that count as evidence, and the sentence that says who stated them."""

    cells: Mapping[str, Sequence[Mapping[str, str]]]
    because: Mapping[str, Sequence[Because]]
    unmatched: tuple[Answer, ...]


def match(answers: Sequence[Answer], asked: Sequence[Question], devices: Sequence[Device]) -> Stated:
    """Bring answers to the devices of their questions. A serial or MAC is taken over only for a single unit.

    An answer that knows its devices is brought to those that are still there, also when nobody asks any more.
    """
    by_id = {question.id: question for question in asked}
    known = {device.id for device in devices}
    cells: dict[str, list[Mapping[str, str]]] = defaultdict(list)
    because: dict[str, list[Because]] = defaultdict(list)
    unmatched = []
    for answer in answers:
        question = by_id.get(answer.question)
        meant = question.devices if question is not None else answer.devices
        if not known.intersection(meant):
            unmatched.append(answer)
            continue
        for device in meant:
            if device in known:
                said = _cells(answer, single=len(meant) == 1)
                if said:
                    cells[device].append(said)
                because[device].append(_sentence(answer, said))
    return Stated(cells, because, tuple(unmatched))


def _cells(answer: Answer, *, single: bool) -> dict[str, str]:
    found = {}
    for field, name in _FIELDS:
        value = getattr(answer, name).strip()
        if value and name not in answer.damaged and (single or field in (Field.MAKE, Field.MODEL, Field.FIRMWARE)):
            found[str(field)] = value
    return found


def _sentence(answer: Answer, said: Mapping[str, str]) -> Because:
    who = answer.answered_by or "somebody not named"
    when = f" on {answer.date}" if answer.date else ", no date given"
    what = ", ".join(f"{key} {value}" for key, value in said.items()) or answer.state or "nothing"
    source = f"{answer.file} {answer.sheet} row {answer.row}"
    return Because("stated-by", f"stated by {who}{when}: {what}", field="answer", source=source)
