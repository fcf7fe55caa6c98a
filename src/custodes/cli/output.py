"""What leaves the program on a terminal: JSON to stdout, everything else to stderr, no control characters."""

from __future__ import annotations

import json
import shutil
import sys
import unicodedata
from collections.abc import Iterable
from typing import Any

_BIDI = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def printable(text: str, *, keep_lines: bool = False) -> str:
    """Text without control and direction characters, safe for a terminal."""
    if text.isprintable():
        return text
    kept = []
    for mark in text:
        if mark == "\n" and keep_lines:
            kept.append(mark)
        elif mark in _BIDI or unicodedata.category(mark) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp"):
            kept.append(" " if mark in "\t\n\r" else "")
        else:
            kept.append(mark)
    return "".join(kept)


def dump(value: Any) -> str:
    """One JSON value on one line, readable letters kept."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:  # a lone surrogate came in as an escape: it goes out as one
        return json.dumps(value, separators=(",", ":"))
    return text


def print_json(rows: Iterable[Any], form: str) -> None:
    """`jsonl`: an object a line; `json`: one array of the same objects."""
    out = sys.stdout
    if form == "jsonl":
        for row in rows:
            out.write(dump(row) + "\n")
    else:
        out.write("[")
        for index, row in enumerate(rows):
            out.write(("," if index else "") + "\n" + dump(row))
        out.write("\n]\n")
    out.flush()


def note(text: str) -> None:
    """A message for a person, to stderr."""
    sys.stderr.write(printable(text, keep_lines=True) + "\n")
    sys.stderr.flush()


def columns() -> int:
    """How wide the terminal is; 100 where that is not told."""
    return shutil.get_terminal_size((100, 24)).columns
