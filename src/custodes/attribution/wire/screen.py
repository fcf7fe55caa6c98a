"""Which rules may hold for which texts: one pass over all texts at once, with no pattern that can run away.

Two engines with the same answers: Hyperscan where the machine has it, else RE2's set. What they name is looked at again
by RE2, rule by rule (`match.py`), so neither decides anything.
"""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Sequence
from itertools import accumulate
from typing import Any, Protocol

from custodes.attribution.wire import tails
from custodes.knowledge import cache

hyperscan: Any
try:
    import hyperscan
except ImportError:  # no wheel for this machine: RE2 gives the same answers
    hyperscan = None

#: A byte is a sign in texts of ASCII alone, which is quicker; others are read as UTF-8, in a database of their own.
_FLAGS = hyperscan.HS_FLAG_CASELESS | hyperscan.HS_FLAG_MULTILINE if hyperscan is not None else 0
#: Texts that are joined, by line ends, and scanned in one go.
MOST_JOINED = 65_536


class Screen(Protocol):
    """Names the patterns that may match."""

    def hits(self, texts: Sequence[str]) -> list[list[int]]:
        """For each pattern the places of the texts it may match, in order, each once. No text holds a line end."""


def screen(patterns: Sequence[str], *, engine: str = "") -> Screen:
    """The screen over patterns (RE2 syntax). `engine`: "hyperscan" or "re2"; the fastest there is if left out."""
    if engine == "re2" or hyperscan is None:
        return _Re2Screen(patterns)
    return _HyperScreen(patterns)


class _Re2Screen:
    def __init__(self, patterns: Sequence[str]) -> None:
        import re2

        options = re2.Options()
        options.case_sensitive = False
        options.log_errors = False
        self._many = len(patterns)
        self._set = re2.Set.SearchSet(options)
        for pattern in patterns:
            self._set.Add(pattern)
        self._set.Compile()

    def hits(self, texts: Sequence[str]) -> list[list[int]]:
        """As of the protocol."""
        found: list[list[int]] = [[] for _ in range(self._many)]
        for place, text in enumerate(texts):
            for pattern in self._set.Match(text) or ():
                found[pattern].append(place)
        return found


class _HyperScreen:
    def __init__(self, patterns: Sequence[str]) -> None:
        self._many = len(patterns)
        self._patterns = tuple(patterns)
        self._held: dict[int, tuple[Any, Any]] = {}
        self._of(_FLAGS)

    def _of(self, flags: int) -> tuple[Any, Any]:
        """Database and working memory for texts of one kind, made when the first such text comes."""
        if flags not in self._held:
            database = _database(self._patterns, flags)
            self._held[flags] = database, hyperscan.Scratch(database)
        return self._held[flags]

    def hits(self, texts: Sequence[str]) -> list[list[int]]:
        """As of the protocol."""
        found: list[list[int]] = [[] for _ in range(self._many)]
        for first in range(0, len(texts), MOST_JOINED):
            self._scan(texts[first : first + MOST_JOINED], first, found)
        return found

    def _scan(self, texts: Sequence[str], first: int, found: list[list[int]]) -> None:
        joined = "\n".join(texts)
        data = joined.encode()
        plain = len(data) == len(joined)
        lengths = map(len, texts) if plain else (len(text.encode()) for text in texts)
        sums = list(accumulate(lengths))  # a text ends where all before it and itself end, and one sign a line end
        heard: list[tuple[int, int]] = []
        hear = heard.append

        def note(pattern: int, _start: int, end: int, _flags: int, _context: Any) -> None:
            hear((end, pattern))

        database, scratch = self._of(_FLAGS if plain else _FLAGS | hyperscan.HS_FLAG_UTF8)
        database.scan(data, match_event_handler=note, scratch=scratch)
        heard.sort()  # ends come nearly in order: sorting what is nearly so is cheap
        place, limit = 0, sums[0]
        for end, pattern in heard:
            while end > limit:
                place += 1
                limit = sums[place] + place
            places = found[pattern]
            if not places or places[-1] != first + place:
                places.append(first + place)


def _database(patterns: Sequence[str], flags: int) -> Any:
    """The compiled database of patterns without their tails: from the cache, or built and kept there."""
    told = [platform.machine(), hyperscan.__version__, tails.EDITION, str(flags), *patterns]
    key = hashlib.sha256("\0".join(told).encode()).hexdigest()[:32]
    path = cache.path(f"fingerprints-{key}.hs")
    if path is not None and path.is_file():
        try:
            return hyperscan.loadb(path.read_bytes(), hyperscan.HS_MODE_BLOCK)
        except (hyperscan.HyperscanError, OSError, ValueError):
            pass  # of another version of the library, or damaged: built anew
    database = hyperscan.Database()
    expressions = [tails.without_tail(pattern).encode() for pattern in patterns]
    numbers = list(range(len(expressions)))
    database.compile(expressions=expressions, ids=numbers, elements=len(numbers), flags=flags)
    if path is not None:
        cache.keep(path, lambda: bytes(hyperscan.dumpb(database)))
    return database
