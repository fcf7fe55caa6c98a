"""Free text coded by two people: a sheet to code in, their agreement, and what a third look is needed for.

The machine proposes nothing as a code. It only says of each answer what a coder must not overlook: that it evades,
names a video system and no maker, or that a supplier stands in the question only.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from custodes.survey.asked import csv_rows
from custodes.survey.faults import Faults

COLUMNS = ("body", "question", "part", "verbatim", "look", "code_a", "code_b", "agreed", "why")

EVADES, NO_MAKER, ONLY_ASKED = "evades", "names a system and no maker", "a supplier stands in the question only"
#: Words of answers that say how something was bought instead of what it is.
_EVASIONS = (
    "in line with",
    "in accordance with",
    "compliant with",
    "procurement policy",
    "procurement process",
    "government advice",
    "national guidance",
    "approved supplier",
    "approved framework",
    "not appropriate to",
    "refer you to",
)
_PLAIN = ("yes", "no", "none", "n/a", "nil")
#: Names the brands in a text: (brand, whether it is a maker of cameras rather than of a video system).
Brands = Callable[[str], Sequence[tuple[str, bool]]]


def look(answer: str, question: str, brands: Brands) -> str:
    """What a coder must not overlook in an answer; empty if nothing."""
    folded = " ".join(answer.casefold().split())
    named = brands(answer)
    if not named and any(words in folded for words in _EVASIONS) and folded not in _PLAIN:
        return EVADES
    if named and not any(maker for _, maker in named):
        return NO_MAKER
    asked = {brand for brand, _ in brands(question)}
    if asked and not named and folded and not folded.startswith(_PLAIN):
        return ONLY_ASKED
    return ""


@dataclass(frozen=True, slots=True)
class Coded:
    """One answer coded by two people. `agreed`: the code that holds; empty while they differ and nobody decided."""

    body: str
    question: str
    part: str
    code_a: str
    code_b: str
    agreed: str
    line: int

    @property
    def same(self) -> bool:
        """Whether both gave the same code."""
        return self.code_a == self.code_b


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of the answers that both coded. `kappa`: Cohen's; None where chance alone would agree always."""

    coded: int
    same: int
    kappa: float | None
    open: tuple[Coded, ...]
    waiting: int


def read_codes(path: Path, faults: Faults) -> list[Coded]:
    """The rows of a coding sheet."""
    found = []
    for line, row in csv_rows(path, ("body", "question", "code_a", "code_b"), faults):
        cell = {name: " ".join(row.get(name, "").split()) for name in COLUMNS}
        codes = (cell["code_a"].casefold(), cell["code_b"].casefold(), cell["agreed"].casefold())
        item = Coded(cell["body"], cell["question"], cell["part"], *codes, line)
        if item.agreed and item.same and item.code_a and item.agreed != item.code_a:
            faults.add(path.name, line, f"both coded '{item.code_a[:40]}', and agreed is '{item.agreed[:40]}'")
        if item.agreed and not (item.code_a and item.code_b):
            faults.add(path.name, line, "agreed before both have coded")
        found.append(item)
    return found


def agreement(rows: Iterable[Coded]) -> Mapping[str, Agreement]:
    """Question to agreement, and "" to that of all together."""
    groups: dict[str, list[Coded]] = defaultdict(list)
    for row in rows:
        groups[row.question].append(row)
        groups[""].append(row)
    return {name: _agreement(group) for name, group in groups.items()}


def _agreement(rows: Sequence[Coded]) -> Agreement:
    both = [row for row in rows if row.code_a and row.code_b]
    same = sum(row.same for row in both)
    open_ = tuple(row for row in both if not row.same and not row.agreed)
    return Agreement(len(both), same, _kappa(both), open_, len(rows) - len(both))


def _kappa(rows: Sequence[Coded]) -> float | None:
    """Cohen's kappa: (observed - chance) / (1 - chance)."""
    if not rows:
        return None
    many = len(rows)
    first, second = Counter(row.code_a for row in rows), Counter(row.code_b for row in rows)
    chance = sum(first[code] * second[code] for code in first) / (many * many)
    observed = sum(row.same for row in rows) / many
    return None if chance >= 1 else (observed - chance) / (1 - chance)


def sheet(
    answers: Iterable[tuple[str, str, str, str]], texts: Mapping[str, str], brands: Brands
) -> Iterator[dict[str, str]]:
    """Rows of a coding sheet from (body, question, part, answer)."""
    for body, question, part, answer in answers:
        yield {
            "body": body,
            "question": question,
            "part": part,
            "verbatim": answer,
            "look": look(answer, texts.get(question, ""), brands),
        }
