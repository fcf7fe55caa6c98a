"""Writes what `custodes.toml` holds: texts, numbers, yes and no, lists, small tables. Reading is the library's."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def document(tables: Iterable[tuple[str, Mapping[str, Any]]]) -> str:
    """Tables with their heads, `[estate]` or `[[site]]`; what is empty is left out."""
    lines: list[str] = []
    for head, told in tables:
        rows = [f"{bare(key)} = {_value(value)}" for key, value in told.items() if value not in ("", None, [], {}, ())]
        lines += [head, *rows, ""]
    return "\n".join(lines)


def bare(key: str) -> str:
    """A key as it stands in a table or its head: quoted where it is no plain word."""
    return key if _BARE.fullmatch(key) else _text(key)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{bare(str(key))} = {_value(one)}" for key, one in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_value, value)) + "]"
    return _text(str(value))


def _text(text: str) -> str:
    """A basic string: as JSON has it, but for one sign and for halves of pairs, which TOML does not take."""
    whole = text.encode("utf-8", "replace").decode("utf-8")
    return json.dumps(whole, ensure_ascii=False).replace("\x7f", "\\u007f")
