"""Answer states and typed values, and how two values compare."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from typing import Final


class State(StrEnum):
    """What became of one question put to one body. A closed list."""

    ANSWERED = "answered"
    NONE = "none"
    ROUTED_OUT = "routed_out"
    NOT_KNOWN = "not_known"
    REFUSED = "refused"
    NOT_ANSWERED = "not_answered"
    RETURN_MISSING = "return_missing"
    WITHDRAWN = "withdrawn"
    CORRECTED = "corrected"


#: States in which a value stands.
VALUED = frozenset((State.ANSWERED, State.NONE, State.CORRECTED))
#: States in which the answer exists and nobody here knows it: a completion gives it each value of its type.
OPEN = frozenset((State.NOT_KNOWN, State.REFUSED, State.NOT_ANSWERED, State.RETURN_MISSING, State.WITHDRAWN))


class Type(StrEnum):
    """The type of a question's answer."""

    YES_NO = "yes_no"
    CHOICE = "choice"
    COUNT = "count"
    NUMBER = "number"
    TEXT = "text"
    DATE = "date"


NUMERIC = frozenset((Type.COUNT, Type.NUMBER))
ORDERED = frozenset((*NUMERIC, Type.DATE))


class Nothing:
    """The value of "none" where the answer is a word or a day: equal to no value, neither before nor after any."""

    _only: Nothing | None = None

    def __new__(cls) -> Nothing:
        """The same one always."""
        if cls._only is None:
            cls._only = super().__new__(cls)
        return cls._only

    def __repr__(self) -> str:
        return "nothing"


NOTHING: Final = Nothing()
#: yes_no, choice and text are texts; count and number exact fractions; date a day.
Value = str | Fraction | date | Nothing


@lru_cache(maxsize=65536)
def read_value(kind: Type, text: str, options: frozenset[str] = frozenset()) -> Value:
    """A value of a type from text. Raises ValueError, whose text says what is wanted."""
    told = text.strip()
    if kind is Type.YES_NO:
        if told.casefold() not in ("yes", "no"):
            raise ValueError(f"{_quoted(told)} is neither yes nor no")
        return told.casefold()
    if kind in NUMERIC:
        return _number(kind, told)
    if kind is Type.DATE:
        return read_date(told)
    if kind is Type.CHOICE and options and told not in options:
        raise ValueError(f"{_quoted(told)} is none of the options")
    if not told:
        raise ValueError("the value is empty")
    return told


def read_date(text: str) -> date:
    """A day written YYYY-MM-DD. Raises ValueError."""
    try:
        if len(text) == 10 and text[4] == text[7] == "-":
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise ValueError(f"{_quoted(text)} is no day: write YYYY-MM-DD")


_LONGEST_NUMBER = 40


def _number(kind: Type, told: str) -> Fraction:
    digits = told.removeprefix("-")
    if len(told) > _LONGEST_NUMBER or not digits or not digits.isascii() or digits.count(".") > 1:
        raise ValueError(f"{_quoted(told)} is no number")
    if not digits.replace(".", "").isdigit():
        raise ValueError(f"{_quoted(told)} is no number")
    found = Fraction(told)
    if kind is Type.COUNT and (found < 0 or found.denominator != 1):
        raise ValueError(f"{_quoted(told)} is no count: a whole number from 0 is wanted")
    return found


def none_value(kind: Type) -> Value:
    """The value of the state `none`, and of silence where silence means no."""
    if kind in NUMERIC:
        return Fraction(0)
    return "no" if kind is Type.YES_NO else NOTHING


def shown(value: Value) -> str:
    """A value as text."""
    return value.isoformat() if isinstance(value, date) else str(value)


def _quoted(text: str) -> str:
    return f"'{text[:40]}…'" if len(text) > 40 else f"'{text}'"


def _order(left: Value, right: Value) -> int | None:
    """-1, 0 or 1; None where the two have no order."""
    if isinstance(left, Fraction) and isinstance(right, Fraction):
        return (left > right) - (left < right)
    if isinstance(left, date) and isinstance(right, date):
        return (left > right) - (left < right)
    return None


COMPARE: Mapping[str, Callable[[Value, Value], bool]] = {
    "==": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    ">": lambda left, right: _order(left, right) == 1,
    "<": lambda left, right: _order(left, right) == -1,
    ">=": lambda left, right: _order(left, right) in (0, 1),
    "<=": lambda left, right: _order(left, right) in (0, -1),
}
