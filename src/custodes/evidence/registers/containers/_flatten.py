"""Nested JSON or YAML objects as one row of texts under dotted headings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from custodes.evidence.registers.cells import number_text
from custodes.evidence.registers.credentials import is_credential_header

_NAMES = ("name", "key", "label", "field")
_VALUES = ("value", "val", "text")
_DEPTH = 6


def flatten(item: Mapping[str, Any], limit: int) -> dict[str, str]:
    """`{"a": {"b": 1}}` -> `{"a.b": "1"}`; lists are joined by `; `; at most `limit` headings.

    A list of name/value pairs becomes one heading per name, so that a password among them is seen.
    """
    row: dict[str, str] = {}
    _walk("", item, row, limit, 0)
    return row


def heading(path: str) -> str:
    """A dotted heading; if any step of it names a credential, the whole of it must read so."""
    return f"{path} (credential)" if any(map(is_credential_header, path.split("."))) else path


def _walk(path: str, value: Any, row: dict[str, str], limit: int, depth: int) -> None:
    if depth > _DEPTH or (len(row) >= limit and path not in row):
        return
    if isinstance(value, Mapping):
        pair = _pair(value)
        if pair and is_credential_header(pair[0]):
            value = {key: inner for key, inner in value.items() if inner is not pair[1]}
            _walk(f"{path}.{pair[0]}" if path else pair[0], pair[1], row, limit, depth + 1)
        for key, inner in value.items():
            _walk(f"{path}.{key}" if path else str(key), inner, row, limit, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            pair = _pair(inner)
            if pair:
                _walk(f"{path}.{pair[0]}", pair[1], row, limit, depth + 1)
            else:
                _walk(path, inner, row, limit, depth + 1)
    elif value is not None and value != "":
        text = _text(value)
        row[path] = f"{row[path]}; {text}" if path in row else text


def _pair(item: Any) -> tuple[str, Any] | None:
    if not isinstance(item, Mapping) or len(item) > 4:
        return None
    name = next((item[key] for key in _NAMES if isinstance(item.get(key), str)), None)
    held = next((key for key in _VALUES if key in item), None)
    return (name, item[held]) if name and held else None


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return number_text(value)
    text = str(value)
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
