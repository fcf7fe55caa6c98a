"""Text from registers made safe to show: no control characters, no hidden direction changes, known widths."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

#: Control characters, bidirectional overrides and isolates, zero-width marks, tags and non-characters.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"
)
_TERMINAL = re.compile("(?:\x1b\\[|\x9b)[0-?]*[ -/]*[@-~]")  # colours and cursor moves, whole
_SURROGATE = re.compile("[\ud800-\udfff]")
_LINES = re.compile("\r\n|[\r\n\x85\u2028\u2029]")
_SPACES = re.compile(r"[ \t\u00a0]+")
_FORMULA_START = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_JSON_UNSAFE = re.compile(
    "[\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\uffff\U000e0000-\U000e007f]"
)


def clean(value: object) -> str:
    """`value` as one line of visible text: hidden and control characters out, line ends as spaces."""
    if value is None:
        return ""
    if isinstance(value, str) and value.isascii() and value.isprintable() and "  " not in value:
        return value.strip()  # what nearly every text is
    return _SPACES.sub(" ", " ".join(clean_lines(value).split("\n"))).strip()


def clean_lines(value: object) -> str:
    """`value` as visible text that keeps its line ends and tabs; lone surrogates become U+FFFD."""
    text = str(value)
    if text.isascii() and text.isprintable():
        return text
    text = _LINES.sub("\n", _TERMINAL.sub("", text))
    return _SURROGATE.sub("\ufffd", _HIDDEN.sub("", text))


def looks_live(text: str) -> bool:
    """Whether a spreadsheet could take `text` for a formula or a command."""
    return text.startswith(_FORMULA_START) or text.lstrip().startswith(_FORMULA_START)


def no_formula(value: object) -> str:
    """`value` for a CSV cell: cleaned, and with an apostrophe before anything a spreadsheet would run."""
    text = clean(value)
    return "'" + text if looks_live(text) or looks_live(str(value)) else text


def escape_json(text: str) -> str:
    """JSON text with every invisible or direction-changing character written as an escape. Loses nothing."""
    return _JSON_UNSAFE.sub(_json_escape, text)


def _json_escape(match: re.Match[str]) -> str:
    point = ord(match.group())
    if point <= 0xFFFF:
        return f"\\u{point:04x}"
    point -= 0x10000
    return f"\\u{0xD800 + (point >> 10):04x}\\u{0xDC00 + (point & 0x3FF):04x}"


def width(text: str) -> int:
    """How many terminal columns `text` takes: wide characters count two, combining marks none."""
    if text.isascii():
        return len(text)
    return sum(map(_char_width, text))


def _char_width(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def shorten(text: str, columns: int) -> str:
    """`text` cut to `columns` terminal columns, with an ellipsis where something was cut."""
    if width(text) <= columns:
        return text
    kept, used = [], 0
    for char in text:
        used += _char_width(char)
        if used > columns - 1:
            break
        kept.append(char)
    return "".join(kept).rstrip() + "…"


def pad(text: str, columns: int) -> str:
    """`text` shortened or filled with spaces to exactly `columns` terminal columns."""
    text = shorten(text, columns)
    return text + " " * (columns - width(text))


def wrap(text: str, columns: int) -> list[str]:
    """`text` in lines of at most `columns` terminal columns, broken at spaces where there are any."""
    lines: list[str] = []
    line = ""
    for word in _pieces(text.split(), max(columns, 4)):
        joined = f"{line} {word}" if line else word
        if line and width(joined) > columns:
            lines.append(line)
            line = word
        else:
            line = joined
    return [*lines, line] if line else lines


def hang(text: str, columns: int, first: str = "", rest: str = "") -> list[str]:
    """`text` wrapped, the first line after `first`, the others after `rest`."""
    lines = wrap(text, columns - max(width(first), width(rest))) or [""]
    return [first + lines[0], *(rest + line for line in lines[1:])]


def _pieces(words: list[str], columns: int) -> Iterator[str]:
    for word in words:
        rest = word
        while width(rest) > columns:
            head, used = "", 0
            for char in rest:
                used += _char_width(char)
                if used > columns:
                    break
                head += char
            yield head
            rest = rest[len(head) :]
        if rest:
            yield rest


def file_marking(marking: str) -> str:
    """A marking as the tail of a file name: "-OFFICIAL-SENSITIVE", or "" if there is none."""
    kept = "".join(mark if mark.isalnum() else "-" for mark in clean(marking))
    joined = "-".join(part for part in kept.split("-") if part)[:60]
    return f"-{joined}" if joined else ""
