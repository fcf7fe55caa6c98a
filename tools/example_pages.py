"""The two pages of the example estate that are written from data: its configuration and its README."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from typing import Any


def toml_value(value: Any) -> str:
    """Text, true, false, a list of text, or a table in one line."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{json.dumps(k)} = {toml_value(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(toml_value(item) for item in value) + "]"
    return str(value) if value in ("true", "false") else json.dumps(value, ensure_ascii=False)


def toml_bytes(tables: Mapping[str, Any], label: str) -> bytes:
    """The estate's configuration, read back once to be sure that it is one."""
    lines = [f"# {label} Made by tools/make_example.py.", ""]
    for table, entries in tables.items():
        single = isinstance(entries, Mapping)
        for entry in [entries] if single else entries:
            lines.append(f"[{table}]" if single else f"[[{table}]]")
            lines += [f"{key} = {toml_value(value)}" for key, value in entry.items() if value != ""]
            lines.append("")
    text = "\n".join(lines)
    tomllib.loads(text)
    return text.encode()


def in_words(must: Mapping[str, Any]) -> str:
    """The `must` of a trap in one line for people."""
    parts = []
    for key, value in must.items():
        if key.endswith(("merges_with", "merge_with")):
            value = ", ".join(f"{where['file']} row {where['row']}" for where in value)
        elif isinstance(value, Mapping):
            value = ", ".join(f"{name}: {kind}" for name, kind in value.items())
        elif isinstance(value, list):
            value = ", ".join(value)
        label = key.replace("_", " ")
        said = "no" if value is False else value
        parts.append(label if value is True else f"{label}: {said}")
    return "; ".join(parts)


def readme_bytes(facts: Mapping[str, Any], head: str) -> bytes:
    """The page beside the data: what it is, and row by row what each trap is for."""
    lines = [head.rstrip(), ""]
    lines += ["## Files", "", "| file | rows | first row | planted passwords |", "|---|---|---|---|"]
    for entry in facts["files"]:
        lines.append(f"| `{entry['file']}` | {entry['rows']} | {entry['first_row']} | {entry['secrets']} |")
    lines += ["", f"{facts['rows']} rows in all.", "", "## What the words of `must` mean", ""]
    lines += [f"- **{word.replace('_', ' ')}**: {meaning}" for word, meaning in facts["must_words"].items()]
    for entry in facts["files"]:
        here = [trap for trap in facts["traps"] if trap["file"] == entry["file"]]
        if here:
            lines += ["", f"## {entry['file']}", "", "| row | shows | trap | must |", "|---|---|---|---|"]
        for trap in here:
            cells = [str(trap["row"]), f"`{trap['shows']}`", trap["what"], in_words(trap["must"])]
            lines.append("| " + " | ".join(cell.replace("|", "/") for cell in cells) + " |")
    return ("\n".join(lines) + "\n").encode()
