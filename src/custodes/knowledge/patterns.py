"""Which regular expressions reference data may hold: bounded, without nested repeats, without look-around."""

from __future__ import annotations

import re
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

from custodes.model.errors import KnowledgeError

MAX_REPEAT = 64
_REPEATS = (codes.MAX_REPEAT, codes.MIN_REPEAT)
#: Everything a pattern may be made of; look-around, back-references, conditions and atomic groups are not.
_ALLOWED = (
    *_REPEATS,
    codes.LITERAL,
    codes.NOT_LITERAL,
    codes.ANY,
    codes.IN,
    codes.BRANCH,
    codes.SUBPATTERN,
)


def require_safe(pattern: str, file: str, row: str) -> None:
    """Raise KnowledgeError unless `pattern` compiles and cannot run away on hostile text."""
    where = f"{file} row {row!r}"
    if not pattern:
        raise KnowledgeError("no pattern", where=where)
    try:
        tree = parser.parse(pattern)
    except re.error as error:
        raise KnowledgeError(f"the pattern does not compile: {error}", where=where) from None
    problem = _problem(list(tree), inside_repeat=False)
    if problem:
        raise KnowledgeError(problem, where=where, remedy="write the repeat out, with an upper bound")


#: What RE2 and Hyperscan read too, and what cannot run away in any engine: no look-around, no back-reference.
_LINEAR = (*_ALLOWED, codes.AT)
#: An escape that RE2 and Hyperscan do not read as Python does.
_ESCAPE = re.compile(r"(?<!\\)(?:\\\\)*\\[^dDwWsSbBnrtfvx\W_]|(?<!\\)(?:\\\\)*\\[BZA]")
#: The most times that a counted repeat may repeat: larger ones blow up an automaton.
MOST_COUNTED = 200


def require_linear(pattern: str, where: str, row: str) -> None:
    """Raise KnowledgeError unless a pattern over free text compiles and no engine can run away on it."""
    place = f"{where} row {row!r}"
    if not pattern:
        raise KnowledgeError("no pattern", where=place)
    try:
        tree = parser.parse(pattern)
    except (re.error, OverflowError) as error:
        raise KnowledgeError(f"the pattern does not compile: {error}", where=place) from None
    problem = _nonlinear(list(tree), inside_repeat=False)
    foreign = _ESCAPE.search(pattern)
    if not problem and foreign is not None:
        problem = f"the pattern uses {foreign.group()!r}, which not every engine reads: write the sign itself"
    if not problem and re.compile(pattern).match(""):
        problem = "the pattern matches the empty text"
    if problem:
        raise KnowledgeError(problem, where=place, remedy="write it without look-around and without nested repeats")


def _nonlinear(tree: list[Any], *, inside_repeat: bool) -> str:
    for operator, argument in tree:
        if operator not in _LINEAR:
            return "the pattern uses look-around, a back-reference or another part that is not allowed"
        if operator in _REPEATS:
            low, high = argument[0], argument[1]
            if inside_repeat and high > 1 and low != high:
                return "the pattern repeats inside a repeat"
            if (high is not codes.MAXREPEAT and high > MOST_COUNTED) or low > MOST_COUNTED:
                return f"the pattern counts a repeat beyond {MOST_COUNTED}"
            found = _nonlinear(list(argument[2]), inside_repeat=inside_repeat or high > 1)
        else:
            parts = (part for part, _ in _parts(operator, argument, inside_repeat))
            found = next(filter(None, (_nonlinear(part, inside_repeat=inside_repeat) for part in parts)), "")
        if found:
            return found
    return ""


def _problem(tree: list[Any], *, inside_repeat: bool) -> str:
    for operator, argument in tree:
        found = _own_problem(operator, argument, inside_repeat) or next(
            filter(
                None, (_problem(part, inside_repeat=inner) for part, inner in _parts(operator, argument, inside_repeat))
            ),
            "",
        )
        if found:
            return found
    return ""


def _own_problem(operator: Any, argument: Any, inside_repeat: bool) -> str:
    """What is wrong with one part of a pattern itself."""
    if operator not in _ALLOWED:
        return "the pattern uses look-around, an anchor, a back-reference or another part that is not allowed"
    if operator is codes.IN and any(kind is codes.CATEGORY for kind, _ in argument):
        return "the pattern uses a class such as \\d: write [0-9] or [A-Z]"
    if operator is codes.LITERAL and not chr(argument).isalnum():
        return "the pattern holds a separator: codes are compared as letters and digits only, leave it out"
    if operator in _REPEATS:
        upper = argument[1]
        if upper is codes.MAXREPEAT or upper > MAX_REPEAT:
            return f"the pattern repeats without an upper bound of {MAX_REPEAT}"
        if inside_repeat and upper > 1:
            return "the pattern repeats inside a repeat"
    return ""


def _parts(operator: Any, argument: Any, inside_repeat: bool) -> list[tuple[list[Any], bool]]:
    """The patterns inside one part, each with whether it stands inside a repeat."""
    if operator in _REPEATS:
        return [(list(argument[2]), inside_repeat or argument[1] > 1)]
    if operator is codes.BRANCH:
        return [(list(one), inside_repeat) for one in argument[1]]
    if operator is codes.SUBPATTERN:
        return [(list(argument[-1]), inside_repeat)]
    return []
