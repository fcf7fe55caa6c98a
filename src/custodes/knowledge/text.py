"""How text is folded before it is compared: used for the pack's own names and for what people wrote, alike."""

from __future__ import annotations

import re
import unicodedata

#: A word: a run of letters and digits; East Asian scripts apart from the others, so that a Latin model code
#: written against a Chinese name is a word of its own.
WORD = re.compile(
    r"[^\W_\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uff66-\uff9f]+"
    r"|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uff66-\uff9f]+"
)
_EAST_ASIAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def fold(text: str) -> str:
    """Lower case, compatibility forms unified, invisible characters dropped."""
    if text.isascii():
        return text.lower()
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).casefold()


def words(text: str) -> list[str]:
    """The words of a text, folded."""
    return WORD.findall(fold(text))


def squash(text: str) -> str:
    """Letters and digits only, folded: the key under which names and codes are compared."""
    return "".join(words(text))


def plain(text: str) -> str:
    """Words joined by one blank: how organisation names are compared."""
    return " ".join(words(text))


def is_east_asian(text: str) -> bool:
    """Whether a name is written without blanks between words, so that word boundaries cannot be asked for."""
    return _EAST_ASIAN.search(text) is not None
