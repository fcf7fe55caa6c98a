"""A person's own mapping of columns to fields: reading it, and proposing one."""

from __future__ import annotations

import collections.abc
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from custodes.evidence.registers import credentials
from custodes.evidence.registers.columns import Column
from custodes.evidence.registers.plan import Plan
from custodes.evidence.registers.text import compact, printable
from custodes.model.errors import BadInput
from custodes.model.vocab import Field, RowKind

if TYPE_CHECKING:
    from custodes.evidence.registers.reader import Prepared

KEEP, DROP = "keep", "drop"
_KEYS = ("version", "header_row", "row_kind", "columns")
_MAX = 1 << 20
_WORDS = frozenset([*(one.value for one in Field), KEEP, DROP])


#: Heading to field, "keep" or "drop".
Heads = collections.abc.Mapping[str, str]


@dataclass(slots=True)
class Mapping:
    """A mapping file as read. `columns`: compact heading -> (field, "keep" or "drop", line)."""

    where: str
    header_row: int | None = None
    headless: bool = False
    row_kind: RowKind | None = None
    columns: dict[str, tuple[str, int]] = field(default_factory=dict)
    shown: dict[str, str] = field(default_factory=dict)

    def knows(self, head: str) -> bool:
        """Whether the file names this heading."""
        return bool(head.strip()) and compact(head) in self.columns

    def apply(self, plan: Plan) -> None:
        """Put the person's choices over the plan. A credential column stays dropped whatever they say."""
        chosen: list[tuple[Column, str]] = [
            (column, self.columns[compact(column.header)][0])
            for column in plan.columns
            if compact(column.header) in self.columns and not (column.dropped and column.how != "values")
        ]
        wanted = {Field(word) for _, word in chosen if word not in (KEEP, DROP)}
        for column in plan.columns:
            if column.field in wanted:
                column.field, column.values, column.translate = None, {}, None
        done: set[Field] = set()
        for column, word in chosen:
            target = None if word in (KEEP, DROP) or Field(word) in done else Field(word)
            column.field, column.how, column.values, column.dropped = target, "user", {}, word == DROP
            column.translate = None
            if target:
                done.add(target)
        if self.row_kind:
            plan.row_kind = self.row_kind

    def check(self, plans: Sequence[Plan]) -> None:
        """Raises BadInput if a heading of the file is in no sheet."""
        seen = {compact(column.header) for plan in plans for column in plan.columns}
        for head, (_, line) in self.columns.items():
            if head not in seen:
                raise BadInput(
                    f'no column is headed "{self.shown[head]}"',
                    where=f"{self.where} line {line}" if line else self.where,
                    remedy="take the heading exactly as it stands in the register, or delete the line",
                )


def load(path: Path) -> Mapping:
    """The mapping file at `path`. Raises BadInput naming line and key."""
    name = printable(path.name)
    node, why, line = None, "", 0
    try:
        if path.stat().st_size > _MAX:
            why = "it is larger than 1 MiB"
        else:
            node = yaml.compose(path.read_text(encoding="utf-8-sig"), Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        why, line = "it is not valid YAML: check indentation and quotes", mark.line + 1 if mark else 0
    except (OSError, UnicodeDecodeError, RecursionError):
        why = "it cannot be read as UTF-8 text"
    if why:
        where = f"{name} line {line}" if line else name
        raise BadInput("the mapping cannot be used", where=where, why=why, remedy="write a new one with `custodes map`")
    if not isinstance(node, yaml.MappingNode):
        raise _fault(name, 1, "a mapping is a list of `key: value` lines")
    return _read(name, node)


def from_table(where: str, table: Heads) -> Mapping:
    """A mapping given as a table of heading to field, as an estate's configuration holds it. Raises BadInput."""
    found = Mapping(where)
    for head, word in table.items():
        if word not in _WORDS or not compact(head):
            raise BadInput(
                f'"{printable(credentials.scrub(str(word))[0], 30)}" is no field',
                where=f'{where}, mapping of "{printable(credentials.scrub(head)[0], 40)}"',
                remedy=f"fields: {', '.join(sorted(_WORDS))}",
            )
        found.columns[compact(head)] = (word, 0)
        found.shown[compact(head)] = printable(credentials.scrub(head)[0], 40)
    return found


def _read(name: str, node: yaml.MappingNode) -> Mapping:
    found = Mapping(name)
    for key, value in node.value:
        line = key.start_mark.line + 1
        word = str(getattr(key, "value", ""))
        if word not in _KEYS:
            raise _fault(name, line, f'the key "{printable(word, 40)}" is not known', f"known keys: {', '.join(_KEYS)}")
        if word == "columns":
            _columns(found, value, line)
        else:
            _setting(found, word, value, line)
    if not found.columns:
        raise _fault(name, 1, 'the key "columns" is missing or empty')
    return found


def _setting(found: Mapping, word: str, value: Any, line: int) -> None:
    text = str(value.value) if isinstance(value, yaml.ScalarNode) else ""
    if word == "version" and text != "1":
        raise _fault(found.where, line, "version must be 1")
    if word == "row_kind":
        kinds = [kind.value for kind in RowKind]
        if text not in kinds:
            raise _fault(found.where, line, "row_kind is not known", f"one of: {', '.join(kinds)}")
        found.row_kind = RowKind(text)
    if word == "header_row":
        if text.lower() in ("none", "null", "~", ""):
            found.headless = True
        elif text.isdecimal() and 0 < int(text) < 10_000:
            found.header_row = int(text)
        else:
            raise _fault(found.where, line, "header_row must be a record number from 1, or none")


def _columns(found: Mapping, node: Any, line: int) -> None:
    if not isinstance(node, yaml.MappingNode):
        raise _fault(found.where, line, '"columns" must hold lines of `heading: field`')
    fields: dict[str, int] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        head = str(key.value) if isinstance(key, yaml.ScalarNode) else ""
        word = str(value.value).strip() if isinstance(value, yaml.ScalarNode) else ""
        shown = printable(credentials.scrub(head)[0], 40)
        if not compact(head):
            raise _fault(found.where, line, "a heading is missing")
        if word not in _WORDS:
            why = f'"{printable(credentials.scrub(word)[0], 30)}" is no field'
            raise _fault(found.where, line, f'{why} (heading "{shown}")', f"fields: {', '.join(sorted(_WORDS))}")
        if word in fields:
            raise _fault(found.where, line, f'two headings give the field "{word}" (first in line {fields[word]})')
        if word not in (KEEP, DROP):
            fields[word] = line
        found.columns[compact(head)] = (word, line)
        found.shown[compact(head)] = shown


def _fault(name: str, line: int, what: str, remedy: str = "") -> BadInput:
    return BadInput(what, where=f"{name} line {line}", remedy=remedy)


_REASONS = {
    "format": "known from the format",
    "heading": "from its heading",
    "values": "from its values",
    "user": "as you said",
    "credential": "credentials are never read",
}


def propose(one: Prepared) -> str:
    """YAML text of a mapping for one table: each column, its field, and as a comment why and two examples."""
    plan = one.plan
    assert plan is not None
    lines = [
        f"# Mapping for {printable(one.path.name)}: which column holds what.",
        f"# Recognised as: {plan.format.name} (score {plan.score:.2f}, certainty {plan.format.certainty}).",
        "# Change the word after the colon, save, and read the register again with this file.",
        "# keep = keep as it is, unmapped; drop = never read.",
        f"# Fields: {', '.join(one.value for one in Field)}",
        "version: 1",
        f"header_row: {one.header_row if one.header_row else 'none'}",
        f"row_kind: {plan.row_kind.value}",
        "columns:",
    ]
    seen: set[str] = set()
    secrets = {
        row[column.index].strip()
        for column in plan.columns
        if column.dropped
        for row in one.sample
        if column.index < len(row)
    }
    for column in plan.columns:
        squeezed = compact(column.header)
        if squeezed and squeezed not in seen:
            seen.add(squeezed)
            lines.append(_line(column, [row[column.index] for row in one.sample if column.index < len(row)], secrets))
    return "\n".join(lines) + "\n"


def _line(column: Column, cells: Sequence[str], secrets: set[str]) -> str:
    word = DROP if column.dropped else column.field.value if column.field else KEEP
    head = column.header.replace("\\", "\\\\").replace('"', '\\"')
    why = _REASONS["credential" if column.dropped else column.how] if word != KEEP else "not recognised"
    shown = "" if column.dropped else "; ".join(dict.fromkeys(_examples(column, cells, secrets)))
    told = "e.g." if column.field else "looks like"
    return f'  "{head}": {word}  # {why}' + (f"; {told} {shown}" if shown else "")


def _shape(text: str) -> str:
    """A value with its letters and digits hidden: nothing that names no field is shown, for it may be a secret."""
    return "".join("9" if ch.isdigit() else "a" if ch.isalpha() else ch for ch in text)


def _examples(column: Column, cells: Sequence[str], secrets: set[str]) -> list[str]:
    """Two values of a column, nothing that was seen in a credential column among them."""
    found: list[str] = []
    for cell in cells:
        text, hits = credentials.scrub(cell.strip())
        hits += sum(1 for secret in secrets if len(secret) > 3 and secret in text)
        shown = credentials.REMOVED if hits else printable(text, 30).replace("#", "")
        shown = shown if column.field or hits else _shape(shown)
        if shown and shown not in found:
            found.append(shown)
        if len(found) == 2:
            break
    return found
