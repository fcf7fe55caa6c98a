"""Faults of a survey folder: where, and why. Found all in one go, never one at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from custodes.model.errors import CustodesError

#: More than these of one file are counted, not listed: a file of the wrong shape has one fault a line.
MOST_OF_A_FILE = 1000
_SHOWN = 8


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One fault. `line` counts from 1, the header being line 1."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.reason}"


@dataclass(slots=True)
class Faults:
    """Gathers faults while a folder is read.

    `outside`: answers that put a part outside its whole: only figures of these two are wrong. `notes`: oddities.
    """

    found: list[Fault] = field(default_factory=list)
    outside: list[Fault] = field(default_factory=list)
    notes: list[Fault] = field(default_factory=list)
    more: dict[str, int] = field(default_factory=dict)
    _counts: dict[str, int] = field(default_factory=dict)

    def add(self, file: str, line: int, reason: str) -> None:
        """Record a fault; beyond MOST_OF_A_FILE of one file it is only counted."""
        count = self._counts[file] = self._counts.get(file, 0) + 1
        if count <= MOST_OF_A_FILE:
            self.found.append(Fault(file, line, reason))
        else:
            self.more[file] = count - MOST_OF_A_FILE

    def note(self, file: str, line: int, reason: str) -> None:
        """Record what is odd and still usable."""
        self.notes.append(Fault(file, line, reason))

    def part_outside(self, file: str, line: int, reason: str) -> None:
        """Record an answer that is more than the whole it is part of."""
        self.outside.append(Fault(file, line, reason))

    def sorted(self) -> list[Fault]:
        """Every fault that refuses the folder, in the order of files and lines."""
        return sorted(self.found)


class SurveyRefused(CustodesError):
    """A survey folder with faults: no figure is computed from it."""

    def __init__(self, faults: Sequence[Fault], more: int = 0) -> None:
        shown = list(map(str, faults[:_SHOWN]))
        left = len(faults) - len(shown) + more
        if left:
            shown.append(f"and {left:,} more")
        super().__init__("\n".join(shown), remedy="mend these lines; `custodes survey check DIR` lists every fault")
        self.faults = tuple(faults)


def listed(words: Iterable[str]) -> str:
    """Words as a person lists them: "a, b or c"."""
    told = list(words)
    return told[0] if len(told) == 1 else f"{', '.join(told[:-1])} or {told[-1]}" if told else ""
