"""Signs of the pack, compiled into one set of rules of YARA-X and looked for in a file."""

from __future__ import annotations

import copy
import fnmatch
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import re2
import yara_x

from custodes.knowledge.firmware import Sign
from custodes.model.errors import KnowledgeError

#: Places of one sign in one file that are looked at.
_MOST = 2_000
_TEXT = 96
#: Passes of the search, beside one for each sign that is looked for apart.
_WHERE = ("all", "texts", "named")


@dataclass(frozen=True, slots=True)
class Found:
    """A sign in a file: where, how long, and the text it stands in. `taken`: the version, if it takes one."""

    sign: Sign
    offset: int
    length: int
    text: str
    taken: str = ""


class Signs:
    """The signs, ready to be looked for. Raises KnowledgeError for a sign that is wrong."""

    def __init__(self, signs: Mapping[str, Sign]) -> None:
        self._signs = list(signs.values())
        #: Signs of the same patterns are looked for once.
        groups: dict[tuple[object, ...], list[Sign]] = {}
        for sign in self._signs:
            groups.setdefault((sign.patterns, sign.every, sign.unless, _where(sign)), []).append(sign)
        self._groups = list(groups.values())
        names = {_rooted(one) for sign in self._signs for one in sign.names}
        self._names = re.compile("|".join(map(fnmatch.translate, sorted(names))) or r"(?!)")
        self._scopes = sorted({one for sign in self._signs for one in sign.scope})
        try:
            apart = [_where(group[0]) for group in self._groups if group[0].apart]
            self._rules = {where: self._compiled(where) for where in (*_WHERE, *apart)}
        except yara_x.CompileError as error:
            raise KnowledgeError("a sign of firmware does not compile", why=str(error)[:400]) from None
        self._arm()

    def again(self) -> Signs:
        """The same signs for another thread: rules are shared, scanners are not."""
        other = copy.copy(self)
        other._arm()
        return other

    def _arm(self) -> None:
        self._scanners: dict[str, Any] = {where: yara_x.Scanner(rules) for where, rules in self._rules.items()}
        for scanner in self._scanners.values():
            scanner.max_matches_per_pattern(_MOST)

    def _compiled(self, where: str) -> Any:
        """Rules of one pass: for all files, for texts, for files of some names, or one sign that would slow the
        others."""
        held = [(number, group[0]) for number, group in enumerate(self._groups) if _where(group[0]) == where]
        source = "\n".join(_rule(number, sign) for number, sign in held)
        return yara_x.compile(source)

    def find(self, data: bytes, path: str, *, text: bool) -> Iterator[Found]:
        """Every sign in a file, in the order of the pack and then of the file. `text`: whether the file is one."""
        left = {where for where, wanted in (("texts", text), ("named", self._scoped(path))) if not wanted}
        asked = [where for where in self._scanners if where not in left]
        framed = b"\0" + data + b"\0"  # signs look at what stands before and behind them
        rules = [rule for where in asked for rule in self._scanners[where].scan(framed).matching_rules]
        matching = sorted(((int(rule.identifier[1:]), rule) for rule in rules), key=lambda pair: pair[0])
        for number, rule in matching:
            for sign in self._groups[number]:
                if sign.scope and not any(fnmatch.fnmatchcase(path, one) for one in sign.scope):
                    continue
                if not _excused(rule, sign, path):
                    patterns = [one for one in rule.patterns if one.identifier.startswith("$p")]
                    places = [place for one in (patterns[-1:] if sign.every else patterns) for place in one.matches]
                    yield from _taken(sign, data, sorted(_unframed(place, len(data)) for place in places))

    def _scoped(self, path: str) -> bool:
        return any(fnmatch.fnmatchcase(path, one) for one in self._scopes)

    def named(self, path: str) -> Iterator[Sign]:
        """Signs that the name of a file is."""
        lowered = "/" + path.lower()
        if self._names.match(lowered):
            for sign in self._signs:
                if any(fnmatch.fnmatchcase(lowered, one) for one in map(_rooted, sign.names)):
                    yield sign


def _unframed(place: Any, size: int) -> tuple[int, int]:
    """Where a place is without the bytes that were put around the data."""
    start, end = max(place.offset - 1, 0), min(place.offset - 1 + place.length, size)
    return start, end - start


def _rooted(name: str) -> str:
    """A name with stars, to be held against a whole path."""
    return name if name.startswith(("*", "/")) else f"*/{name}"


def _where(sign: Sign) -> str:
    """In which pass a sign is looked for."""
    return "named" if sign.scope else "texts" if sign.texts else sign.id if sign.apart else "all"


def _excused(rule: Any, sign: Sign, path: str) -> bool:
    """Whether a text is there that makes the sign another's; not in the file that it names."""
    name = path.rsplit("/", 1)[-1]
    there = {int(one.identifier[2:]) for one in rule.patterns if one.identifier.startswith("$u") and list(one.matches)}
    return any(not name.startswith(sign.unless[number]) for number in there)


def _rule(number: int, sign: Sign) -> str:
    lines = "\n".join(f"  $p{place} = {pattern}" for place, pattern in enumerate(sign.patterns))
    condition = f"{'all' if sign.every else 'any'} of ($p*)"
    if sign.unless:
        lines += "\n" + "\n".join(f'  $u{place} = "{text}"' for place, text in enumerate(sign.unless))
        condition += "".join(f" and #u{place} >= 0" for place in range(len(sign.unless)))
    return f"rule s{number} {{ strings:\n{lines}\n condition: {condition} }}"


def _taken(sign: Sign, data: bytes, places: list[tuple[int, int]]) -> Iterator[Found]:
    if not sign.take:
        for offset, length in places:
            yield Found(sign, offset, length, text_at(data, offset, length))
        return
    expression = _compiled(sign.take)
    found: dict[str, tuple[int, int]] = {}
    for offset, length in places:
        match = expression.search(b"\0" * (offset == 0) + data[max(offset - 1, 0) : offset + length + 8] + b"\0")
        if match:
            found.setdefault(match.group(1).decode("ascii", "replace"), (offset, length))
    if sign.single and len(found) != 1:
        return
    for version, (offset, length) in found.items():
        yield Found(sign, offset, length, text_at(data, offset, length), version)


@lru_cache(maxsize=1_024)
def _compiled(expression: str) -> Any:
    return re2.compile(expression.encode())


def text_at(data: bytes, offset: int, length: int) -> str:
    """The text around a place, up to the ends of its line or of its string."""
    start, end = offset, offset + length
    while start < end and not 32 < data[start] < 127:
        start += 1  # what is found may begin and end with what parts strings
    while end > start and not 32 < data[end - 1] < 127:
        end -= 1
    first, last = start, end
    while start > 0 and first - start < _TEXT and 32 <= data[start - 1] < 127:
        start -= 1
    while end < len(data) and end - last < _TEXT and 32 <= data[end] < 127:
        end += 1
    return data[start:end].strip().decode("ascii", "replace")
