"""Papers that people sign: a form as the reference data gives it, and a paper filled from an assessment.

A form is data: fields, wording, where each value comes from, who signs. A paper is a form with its values, frozen:
publication lays it out and computes nothing. A value that only a person can give is a blank until it is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

Value = str | int
Place = tuple[str, str, str]  # of what a person wrote: section, line or field, column


class Kind(StrEnum):
    """What a cell of a paper holds. `not known` is an answer with its reason; `to fill in` waits for a person."""

    TOLD = "told"  # by the estate, the reference data or the program
    PERSON = "person"  # by a person
    NOT_KNOWN = "not known"
    TO_FILL = "to fill in"


@dataclass(frozen=True, slots=True)
class Question:
    """One field or column of a form. `value` names where it comes from; without it a person answers.

    `note` is printed beside a field. `wide`: more room in a table. `heads`: it heads the line where that is laid out as
    a block.
    """

    id: str
    label: str
    value: str = ""
    note: str = ""
    wide: bool = False
    heads: bool = False

    @property
    def for_a_person(self) -> bool:
        """Whether nothing but a person can answer."""
        return not self.value


@dataclass(frozen=True, slots=True)
class Part:
    """One section of a form: paragraphs, fields, or a table whose lines come from `rows`.

    `where`: only lines of which these values are one of the words given. `listed`: lines that the form itself holds.
    `lines`: sentences that the program makes. `empty`: what is printed when there is no line. `blanks`: empty lines
    for a person. `most`: lines at most; the last then stands for all others.
    """

    id: str
    title: str
    text: tuple[str, ...] = ()
    fields: tuple[Question, ...] = ()
    rows: str = ""
    columns: tuple[Question, ...] = ()
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    listed: tuple[Mapping[str, str], ...] = ()
    lines: str = ""
    empty: str = ""
    blanks: int = 0
    most: int = 0


@dataclass(frozen=True, slots=True)
class Clock:
    """A clause that wants a report some time after something was identified.

    `after_first`: its time counts from the day on which the first report of the same clause is sent.
    """

    clause: str
    text: str
    hours: int = 0
    business_days: int = 0
    after_first: bool = False


@dataclass(frozen=True, slots=True)
class Example:
    """What the bundled example estate gives: for a country, if one is asked for; values by "part.field"."""

    country: str = ""
    shows: Mapping[str, Value] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Form:
    """A form. `measure`: the rule that is asked of every device; `words`: its answers in the words of the form.

    `one_side`: it is meant for one side of A4. `wide`: it is laid out across. `before`: said before anything is read.
    `one_body`: it speaks of one body. `leaves`: it goes to outsiders, so it does not name the estate's files or title.
    """

    id: str
    title: str
    version: str
    filled_by: str
    goes_to: str
    about: str
    before: str
    measure: str
    words: Mapping[str, str]
    one_side: bool
    wide: bool
    one_body: bool
    leaves: bool
    parts: tuple[Part, ...]
    signs: tuple[Question, ...]
    clocks: tuple[Clock, ...]
    example: Example
    source: str
    date: str
    certainty: str
    file: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """One value on a paper and how it came there. `why`: the reason of a "not known"."""

    value: Value
    kind: Kind = Kind.TOLD
    why: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One field of a paper."""

    id: str
    label: str
    cell: Cell
    note: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table of a paper."""

    id: str
    label: str
    person: bool = False
    wide: bool = False
    heads: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table; `key` is the same in every run for the same thing."""

    key: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """One section of a paper: paragraphs, fields, a table, in this order."""

    id: str
    title: str
    text: tuple[str, ...] = ()
    entries: tuple[Entry, ...] = ()
    columns: tuple[Column, ...] = ()
    lines: tuple[Line, ...] = ()
    empty: str = ""


@dataclass(frozen=True, slots=True)
class Identified:
    """A device that a rule was found to speak of, and the first day on which it was. Kept in every later paper.

    Its marks (network address, serial number, name and site) find it again when its record was edited.
    """

    rule: str
    device: str
    day: str
    name: str = ""
    site: str = ""
    brand: str = ""
    model: str = ""
    maker: str = ""
    mac: str = ""
    serial: str = ""
    quantity: int = 1
    body: str = ""


@dataclass(frozen=True, slots=True)
class Unplaced:
    """An answer of a person to a line that is in no record any more: the sheet, the line, the question, the answer."""

    sheet: str
    line: str
    question: str
    text: str


@dataclass(frozen=True, slots=True)
class Paper:
    """A form filled for one estate on one day with one edition of the reference data."""

    form: str
    title: str
    version: str
    about: str
    filled_by: str
    goes_to: str
    estate: str
    on: date
    known: str
    marking: str
    synthetic: bool
    pack_version: str
    pack_date: date
    pack_digest: str
    program: str
    sections: tuple[Section, ...]
    signs: tuple[Entry, ...]
    one_side: bool = False
    wide: bool = False
    leaves: bool = False
    body: str = ""  # whom it is about, by name
    identified: tuple[Identified, ...] = ()
