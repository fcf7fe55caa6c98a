"""Text as people wrote it: safe to print, and headings brought to one form for comparison."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_NOT_WORD = re.compile(r"[\W_]+", re.UNICODE)
_SPACES = re.compile(r"\s+")
_PARTS = re.compile(r"[/|()\[\]\n\r,;·•&+]+| - | – | (?:and|und|et|en) ", re.IGNORECASE)


def printable(text: str, limit: int = 80) -> str:
    """`text` on one line without control, format or surrogate characters, cut to `limit` characters."""
    seen = "".join(ch if unicodedata.category(ch)[0] != "C" else " " for ch in text[: limit * 8])
    flat = _SPACES.sub(" ", seen).strip()
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"


def unaccented(text: str) -> str:
    """`text` without combining marks, so that é and e compare equal (ł, ø, ß stay as they are)."""
    split = unicodedata.normalize("NFKD", text)
    return unicodedata.normalize("NFC", "".join(ch for ch in split if not "\u0300" <= ch <= "\u036f"))


@lru_cache(maxsize=8192)
def words(text: str) -> str:
    """A heading as lower-case words: `HardwareAddress`, `hardware_address` -> `hardware address`."""
    flat = unicodedata.normalize("NFKC", text[:200])
    flat = _CAMEL.sub(" ", flat)
    return _NOT_WORD.sub(" ", unaccented(flat).casefold()).strip()


def compact(text: str) -> str:
    """A heading without spaces: `Hardware Address` and `hardwareaddress` are the same."""
    return words(text).replace(" ", "")


def parts(text: str) -> list[str]:
    """The pieces of a heading written in two languages or with a remark: `Hersteller / Make (if known)`."""
    return [piece.strip() for piece in _PARTS.split(text) if piece.strip()]


def listed(text: str) -> list[str]:
    """The words of `text`: a readable way to write a long list."""
    return text.split()
