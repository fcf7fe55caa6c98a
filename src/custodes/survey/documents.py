"""YAML and JSON files read with the line of every value, so that each fault can say where it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import yaml

from custodes.survey.faults import Faults

MAX_BYTES = 16 * 1024 * 1024
MOST_VALUES = 500_000
DEEPEST = 40
LANGUAGES = ("en", "cy")


@dataclass(frozen=True, slots=True)
class Node:
    """A value and the line it begins on. `value`: mapping of text to Node, list of Nodes, or a scalar.

    Numbers with a point are Decimals as written, so that "83.0" keeps its precision. Days stay texts.
    """

    value: Any
    line: int

    @property
    def is_mapping(self) -> bool:
        """Whether this is a mapping."""
        return isinstance(self.value, dict)

    def get(self, key: str) -> Node | None:
        """The value of a key; None if it is absent or null."""
        found = self.value.get(key) if isinstance(self.value, dict) else None
        return found if isinstance(found, Node) and found.value is not None else None

    def text(self, key: str) -> str:
        """The scalar of a key as text; empty if it is absent, null or no scalar."""
        found = self.get(key)
        return "" if found is None or isinstance(found.value, (dict, list)) else as_text(found.value)

    def items(self, key: str) -> list[Node]:
        """The list of a key; empty if it is absent or no list."""
        found = self.get(key)
        return found.value if found is not None and isinstance(found.value, list) else []

    def line_of(self, key: str) -> int:
        """The line of a key's value, or of the mapping if it has no such key."""
        found = self.get(key)
        return found.line if found is not None else self.line


def as_text(value: Any) -> str:
    """A scalar as it is compared: YAML's `yes` and `no` are the words they were written as."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def read(path: Path, faults: Faults) -> Node | None:
    """The top mapping of a file. A file that cannot be read is one fault, and gives None."""
    name = path.name
    try:
        if path.stat().st_size > MAX_BYTES:
            faults.add(name, 1, f"the file is larger than {MAX_BYTES // 1024 // 1024} MB")
            return None
        text = path.read_text(encoding="utf-8-sig")
        _check_depth(text)
        top = yaml.compose(text, yaml.CSafeLoader)
        found = _Reader(name, faults).node(top) if top is not None else None
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, _TooMuch) as error:
        mark = getattr(error, "problem_mark", None)
        why = getattr(error, "problem", None) or str(error).split("\n")[0] or type(error).__name__
        faults.add(name, mark.line + 1 if mark is not None else 1, f"cannot be read: {str(why)[:160]}")
        return None
    if found is None or not found.is_mapping:
        faults.add(name, 1, "the file holds no mapping of keys to values")
        return None
    return found


def _check_depth(text: str) -> None:
    """Refuse what is nested too deep before the composer, which calls itself for each level, sees it."""
    depth = 0
    for event in yaml.parse(text, yaml.CSafeLoader):
        if isinstance(event, (yaml.SequenceStartEvent, yaml.MappingStartEvent)):
            depth += 1
        elif isinstance(event, (yaml.SequenceEndEvent, yaml.MappingEndEvent)):
            depth -= 1
        if depth > 2 * DEEPEST:
            raise _TooMuch(f"more than {DEEPEST} levels or {MOST_VALUES:,} values")


class _TooMuch(ValueError):
    """Deeper or longer than anything that people write; also how a file of aliases that multiply looks."""


@dataclass(slots=True)
class _Reader:
    """Turns the parser's nodes into ours, within limits."""

    name: str
    faults: Faults
    values: int = 0

    def node(self, node: yaml.Node, depth: int = 0) -> Node:
        """One value with all that is in it."""
        self.values += 1
        if depth > DEEPEST or self.values > MOST_VALUES:
            raise _TooMuch(f"more than {DEEPEST} levels or {MOST_VALUES:,} values")
        line = node.start_mark.line + 1
        if isinstance(node, yaml.SequenceNode):
            return Node([self.node(item, depth + 1) for item in node.value], line)
        if isinstance(node, yaml.MappingNode):
            return Node(self._mapping(node, depth), line)
        return Node(_scalar(node), line)

    def _mapping(self, node: yaml.MappingNode, depth: int) -> dict[str, Node]:
        found: dict[str, Node] = {}
        for key, value in node.value:
            word = as_text(_scalar(key)) if isinstance(key, yaml.ScalarNode) else ""
            if not word or word in found:
                why = f"the key `{word[:40]}` stands twice" if word else "a key must be a text"
                self.faults.add(self.name, key.start_mark.line + 1, why)
                continue
            found[word] = self.node(value, depth + 1)
        return found


_READERS: Mapping[str, Callable[[str], Any]] = {
    "tag:yaml.org,2002:bool": lambda text: text.lower() in ("yes", "true", "on"),
    "tag:yaml.org,2002:null": lambda _: None,
    "tag:yaml.org,2002:int": lambda text: int(text.replace("_", "")),
    "tag:yaml.org,2002:float": lambda text: Decimal(text.replace("_", "")),
}


def _scalar(node: yaml.Node) -> Any:
    """A scalar; a number that is written otherwise than in plain decimals stays the text it is."""
    reader = _READERS.get(node.tag)
    text = str(node.value)
    if reader is None:
        return text
    try:
        found = reader(text)
    except (ValueError, InvalidOperation):
        return text
    return found if not isinstance(found, Decimal) or found.is_finite() else text


def rows(top: Node, key: str, name: str, faults: Faults) -> Iterator[Node]:
    """The mappings listed under a key; anything else there is a fault."""
    listed = top.get(key)
    if listed is None or not isinstance(listed.value, list):
        faults.add(name, top.line_of(key), f"`{key}` is wanted: a list")
        return
    for item in listed.value:
        if item.is_mapping:
            yield item
        else:
            faults.add(name, item.line, f"an entry of `{key}` is a mapping of keys to values")


def named_rows(top: Node, key: str, name: str, faults: Faults) -> Iterator[tuple[str, Node]]:
    """The mappings listed under a key, by `id`. One without an id, or with one that stands twice, is a fault."""
    word = key.removesuffix("s")
    seen: set[str] = set()
    for node in rows(top, key, name, faults):
        found = node.text("id")
        if not found or found in seen:
            article = "an" if word[0] in "aeiou" else "a"
            why = f"{word} '{found[:60]}' stands twice" if found else f"{article} {word} wants an `id`"
            faults.add(name, node.line_of("id"), why)
            continue
        seen.add(found)
        yield found, node


def texts(node: Node, key: str, name: str, faults: Faults) -> list[str]:
    """The texts listed under a key; a single text where a list is wanted is a fault."""
    found = node.get(key)
    if found is not None and not isinstance(found.value, list):
        faults.add(
            name, found.line, f"`{key}` is a list: [{as_text(found.value)[:40] if not found.is_mapping else '...'}]"
        )
    return [as_text(item.value) for item in node.items(key) if not isinstance(item.value, (dict, list))]


def in_languages(node: Node, key: str) -> dict[str, str]:
    """A text in its languages: `{en: ..., cy: ...}`, or a plain text, which is English. Empty ones are left out."""
    found = node.get(key)
    if found is not None and found.is_mapping:
        return {language: found.text(language) for language in LANGUAGES if found.text(language)}
    return {"en": node.text(key)} if node.text(key) else {}
