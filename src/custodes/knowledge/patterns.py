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


def _problem(tree: list[Any], *, inside_repeat: bool) -> str:
    for operator, argument in tree:
        if operator not in _ALLOWED:
            return "the pattern uses look-around, an anchor, a back-reference or another part that is not allowed"
        if operator in _REPEATS:
            _, upper, body = argument
            if upper is codes.MAXREPEAT or upper > MAX_REPEAT:
                return f"the pattern repeats without an upper bound of {MAX_REPEAT}"
            if inside_repeat and upper > 1:
                return "the pattern repeats inside a repeat"
            found = _problem(list(body), inside_repeat=inside_repeat or upper > 1)
        elif operator is codes.BRANCH:
            found = next(filter(None, (_problem(list(one), inside_repeat=inside_repeat) for one in argument[1])), "")
        elif operator is codes.SUBPATTERN:
            found = _problem(list(argument[-1]), inside_repeat=inside_repeat)
        else:
            found = ""
        if found:
            return found
    return ""
