"""The report as Govspeak, the Markdown of GOV.UK, to be pasted into a publication there.

Headings begin at the second level, because GOV.UK sets the title; tables are its Markdown tables; the notice that an
edition corrects another is a call-out. The dialect is told from memory of its public guide: look at the preview.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_SPECIAL = "\\`*_{}[]<>|#"


def govspeak(report: Mapping[str, Any]) -> bytes:
    """The Markdown of a payload."""
    lines = [f"{_plain(report['edition'])}", ""]
    for place, told in enumerate(report["about"]):
        lines += [f"^{_plain(told)}^" if place else _plain(told), ""]
    for part in report["parts"]:
        lines += [f"## {_plain(part['title'])}", ""]
        for block in part["blocks"]:
            lines += [*_block(block), ""]
    lines += [_plain(report["footer"]), ""]
    return "\n".join(lines).encode()


def _block(block: Mapping[str, Any]) -> Iterator[str]:
    if "head" in block:
        yield f"### {_plain(block['head'])}"
    elif "text" in block:
        yield _plain(block["text"])
    elif "items" in block:
        for item in block["items"]:
            yield f"* **{_plain(item['head'])}:** {_plain(item['text'])}"
    elif "table" in block:
        yield from _table(block["table"])
    elif "chart" in block:
        yield _plain(block["alt"])


def _table(table: Mapping[str, Any]) -> Iterator[str]:
    yield f"| {' | '.join(map(_plain, table['columns']))} |"
    yield f"|{'|'.join('-' if place < table['numbers'] else '-:' for place in range(len(table['columns'])))}|"
    for row in table["rows"]:
        yield f"| {' | '.join(map(_plain, row))} |"


def _plain(text: str) -> str:
    """A text in which nothing is taken for a mark."""
    told = "".join(f"\\{sign}" if sign in _SPECIAL else sign for sign in text)
    return "\\" + told if told[:1] in ("-", "+", "^", "%", "$", ">", "=") else told
