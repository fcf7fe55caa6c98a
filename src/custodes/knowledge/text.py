"""How text is folded before it is compared: used for the pack's own names and for what people wrote, alike."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

_EAST = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uff66-\uff9f"
#: A word: a run of letters and digits. East Asian scripts are written without blanks: each sign is a word.
WORD = re.compile(f"[^\\W_{_EAST}]+|[{_EAST}]")
_EAST_ASIAN = re.compile(f"[{_EAST}]")
_DROPPED = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u2122\u00ae\u00a9\u2120]")
_DASHES = re.compile("[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]")
#: ASCII that is no letter and no digit.
_MARKS = bytes(code for code in range(128) if not chr(code).isalnum())
_BLANKS = re.compile(r"[^\S\n]{2,}|[\t\r\f\v]")


def fold(text: str) -> str:
    """Lower case, compatibility forms unified, invisible signs and trade marks dropped, one kind of dash and blank."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", _DROPPED.sub("", text))
        text = _DASHES.sub("-", text).casefold()
        return _BLANKS.sub(" ", text)
    text = text.lower()
    return _BLANKS.sub(" ", text) if "  " in text or not text.isprintable() else text


def words(text: str) -> list[str]:
    """The words of a text, folded."""
    return WORD.findall(fold(text))


def squash(text: str) -> str:
    """Letters and digits only, folded: the key under which names and codes are compared."""
    if text.isascii():
        return text.encode().lower().translate(None, _MARKS).decode()
    return "".join(words(text))


def plain(text: str) -> str:
    """Words joined by one blank: how organisation names are compared."""
    return " ".join(words(text))


#: What stands in brackets.
BRACKETS = re.compile(r"\([^()]*\)")


def bare_name(text: str) -> str:
    """The words of an organisation's name as `plain` gives them, without what stands in brackets."""
    return plain(BRACKETS.sub(" ", text))


_CLAUSES = re.compile(r"[,;.:()\n/]|\s[-–—]\s")


def clauses(text: str) -> list[list[str]]:
    """The words of each clause of a note or status: "removed - not in use" is two."""
    return [words(clause) for clause in _CLAUSES.split(text)]


def has_phrase(spoken: Sequence[str], phrases: Iterable[str]) -> bool:
    """Whether one of `phrases` (as `plain` gives them) stands in a text, of which these are the words."""
    joined = f" {' '.join(spoken)} "
    return any(f" {one} " in joined for one in phrases)


def some_of(names: Sequence[str], most: int) -> str:
    """The first names of many, and how many more there are."""
    told = ", ".join(names[:most])
    return f"{told} and {len(names) - most:,} more" if len(names) > most else told


def is_east_asian(text: str) -> bool:
    """Whether a name is written without blanks between words, so that word boundaries cannot be asked for."""
    return _EAST_ASIAN.search(text) is not None
