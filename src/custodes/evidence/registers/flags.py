"""Columns of yes and no about being in use: "In use: No", "Decommissioned: Y", "Date removed: 4 May 2021" as states."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from custodes.evidence.registers.columns import Column
from custodes.evidence.registers.formats import Format
from custodes.evidence.registers.text import compact
from custodes.evidence.registers.values import share
from custodes.model.days import read_day
from custodes.model.vocab import Field

Translate = Callable[[str], str]
IN_USE, NOT_IN_USE, WORKING = "in use", "not in use", "working"  # a unit that does not work is still there
_MOST_FLAGS = 0.6  # share of the cells that must be flags or days before a heading is taken for one


def settle(
    columns: Sequence[Column], heads: Sequence[str], cells: Sequence[Sequence[str]], generic: Format, taken: set[Field]
) -> None:
    """Gives such columns their meaning in place. `cells`: the sample of each column, by its index."""
    words = generic.flags
    for column in columns:
        if column.dropped or column.index >= len(heads):
            continue
        head = compact(heads[column.index])
        if column.field is Field.STATUS and head in words.get("in_use", ()):
            column.translate = _said(words, IN_USE, NOT_IN_USE)
        elif column.field is Field.STATUS and head in words.get("working", ()):
            column.translate = _said(words, WORKING, f"not {WORKING}")
        elif head in words.get("gone", ()) and column.field in (None, Field.PURCHASED, Field.INSTALLED):
            _gone(column, heads[column.index], cells[column.index], words, taken)


def _gone(
    column: Column, head: str, sample: Sequence[str], words: Mapping[str, frozenset[str]], taken: set[Field]
) -> None:
    if Field.STATUS in taken or share(sample, lambda cell: bool(_flag(cell, words) or read_day(cell))) < _MOST_FLAGS:
        return
    column.turn_to(Field.STATUS, taken)
    column.translate = _left(head, words)


def _flag(cell: str, words: Mapping[str, frozenset[str]]) -> str:
    told = compact(cell)
    return next((kind for kind in ("yes", "no") if told in words.get(kind, ())), "")


def _said(words: Mapping[str, frozenset[str]], yes: str, no: str) -> Translate:
    said = {"yes": yes, "no": no, "": ""}
    return lambda cell: said[_flag(cell, words)] or cell


def _left(head: str, words: Mapping[str, frozenset[str]]) -> Translate:
    """A day, like a "yes", says that it happened; the heading says what."""

    def translate(cell: str) -> str:
        flag = _flag(cell, words)
        if flag == "no":
            return IN_USE
        day = read_day(cell)
        if day:
            return f"{NOT_IN_USE} from {day} ({head.strip()})"
        return f"{NOT_IN_USE} ({head.strip()}: {cell.strip()})" if flag else cell

    return translate
