"""Register formats as data: loading, checking, and how well each fits a row of headings."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from custodes.evidence.registers.text import compact, parts, printable, words
from custodes.model.errors import KnowledgeError
from custodes.model.vocab import Certainty, Field, RowKind

GENERIC = "generic"
_OWN_MAY_LACK = frozenset(("source", "date", "certainty", "examples"))


@dataclass(frozen=True, slots=True)
class Format:
    """One register format. Headings are kept in compact form (see `text.compact`)."""

    id: str
    name: str
    source: str
    date: str
    certainty: Certainty
    row_kind: RowKind
    containers: frozenset[str]
    marks: frozenset[str]
    required: tuple[frozenset[str], ...]
    typical: frozenset[str]
    least: float
    absent: frozenset[str]
    fields: Mapping[str, tuple[Field, int]]
    ignore: frozenset[str]
    drop: frozenset[str]
    values: Mapping[Field, Mapping[str, str]]
    qualifiers: frozenset[str] = frozenset()
    wrappers: frozenset[str] = frozenset()
    count_or_money: frozenset[str] = frozenset()
    sellers: frozenset[str] = frozenset()
    flags: Mapping[str, frozenset[str]] = field(default_factory=dict)
    priority: int = 0
    seen_on_network: bool = False
    examples: Mapping[str, Any] = field(default_factory=dict)

    def score(self, heads: Sequence[str], container: str = "", marks: frozenset[str] = frozenset()) -> float:
        """How surely a row of headings is this format: 0.0 (it is not) to 1.0."""
        if self.id == GENERIC or (container and self.containers and container not in self.containers):
            return 0.0
        if not self.marks <= marks:
            return 0.0
        have = {compact(head) for head in heads}
        if not all(group & have for group in self.required):
            return 0.0
        if self.absent & have:
            return 0.0
        share = len(self.typical & have) / len(self.typical) if self.typical else 1.0
        return round(0.6 + 0.4 * share, 3) if share >= self.least else 0.0


@dataclass(frozen=True)
class Formats:
    """All formats in force, and the generic headings that stand behind every one of them."""

    known: tuple[Format, ...]
    generic: Format

    @cached_property
    def heads(self) -> frozenset[str]:
        """Every heading that some format uses, in compact form."""
        return frozenset().union(self.generic.fields, *(one.fields for one in self.known))

    def best(self, heads: Sequence[str], container: str, marks: frozenset[str] = frozenset()) -> tuple[Format, float]:
        """The best format and its score; the generic one (score up to 0.5) if none fits."""
        ranked = sorted(
            ((one.score(heads, container, marks), one.priority, one) for one in self.known),
            key=lambda item: (-item[0], -item[1], -len(item[2].typical), item[2].id),
        )
        if ranked and ranked[0][0] > 0:
            return ranked[0][2], ranked[0][0]
        filled = [head for head in heads if head.strip()]
        told = sum(1 for head in filled if generic_field(self.generic, head))
        return self.generic, round(0.5 * told / len(filled), 3) if filled else 0.0

    def knows(self, head: str) -> bool:
        """Whether any format uses this heading."""
        squeezed = compact(head)
        return bool(squeezed) and (
            generic_field(self.generic, head) is not None
            or any(squeezed in one.fields or squeezed in one.typical for one in self.known)
        )


def generic_field(generic: Format, head: str) -> tuple[Field, int] | None:
    """Field and rank (smaller is surer) that the generic headings give for `head`."""
    squeezed = compact(head)
    if squeezed in generic.fields:
        return generic.fields[squeezed]
    pieces = parts(head)
    if len(pieces) > 1:
        return _of_pieces(generic, pieces)
    steps = [step for step in head.split(".") if compact(step) not in generic.wrappers]
    if 0 < len(steps) <= head.count("."):
        return generic_field(generic, ".".join(steps))
    bare = "".join(token for token in words(head).split() if token not in generic.qualifiers)
    if bare and bare != squeezed and bare in generic.fields:
        found, rank = generic.fields[bare]
        return found, rank + 2_000
    return None


#: What a heading must be understood in every word for: "Make (previous)" is no make.
_NAMING = frozenset((Field.MAKE, Field.MODEL, Field.DESCRIPTION))


def _of_pieces(generic: Format, pieces: Sequence[str]) -> tuple[Field, int] | None:
    """The field of a heading in two languages or with a remark. A remark nobody knows takes back what names a make."""
    held = [generic.fields[compact(piece)] for piece in pieces if compact(piece) in generic.fields]
    if not held:
        return None
    rest = [piece for piece in pieces if compact(piece) not in generic.fields]
    strange = any(word not in generic.qualifiers for piece in rest for word in words(piece).split())
    if strange and held[0][0] in _NAMING:
        return None
    if {Field.MAKE} < {one for one, _ in held} <= {Field.MAKE, Field.MODEL, Field.DEVICE_TYPE}:
        return Field.DESCRIPTION, 1_000
    return held[0][0], held[0][1] + 1_000


def load(formats_dirs: Sequence[Path] = ()) -> Formats:
    """The formats of the pack, with those in `formats_dirs` added or replaced by id.

    Raises KnowledgeError naming the file and the place in it.
    """
    rows: dict[str, Format] = dict(_shipped())
    for folder in formats_dirs:
        rows.update(_folder(folder, own=True))
    generic = rows.pop(GENERIC, None)
    if generic is None:
        raise KnowledgeError("the generic register format is missing", where="register_formats")
    return Formats(tuple(rows.values()), generic)


@lru_cache(maxsize=1)
def _shipped() -> dict[str, Format]:
    return _folder(resources.files("custodes.knowledge") / "pack" / "register_formats")


@lru_cache(maxsize=1)
def _schema() -> dict[str, Any]:
    place = resources.files("custodes.knowledge") / "pack" / "schema" / "register_formats.schema.json"
    loaded: dict[str, Any] = json.loads(place.read_text(encoding="utf-8"))
    return loaded


def _folder(folder: Traversable, *, own: bool = False) -> dict[str, Format]:
    if not folder.is_dir():
        return {}
    found: dict[str, Format] = {}
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        if entry.name.endswith((".yaml", ".yml")):
            one = parse(entry.read_text(encoding="utf-8"), f"register_formats/{entry.name}", own=own)
            if one.id in found:
                raise KnowledgeError(f"two formats have the id {printable(one.id)}", where=entry.name)
            found[one.id] = one
    return found


def parse(text: str, where: str, *, own: bool = False) -> Format:
    """One format from its YAML text. Raises KnowledgeError naming the place.

    A user's `own` format may leave out source, date, certainty and examples: it stands for itself.
    """
    try:
        raw = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - safe loaders only
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f"line {mark.line + 1}" if mark else "somewhere"
        raise KnowledgeError(f"not valid YAML at {line}", where=where, remedy="check indentation and quotes") from None
    schema = _schema()
    if own:
        schema = {**schema, "required": [key for key in schema["required"] if key not in _OWN_MAY_LACK]}
    faults = sorted(jsonschema.Draft202012Validator(schema).iter_errors(raw), key=lambda one: str(one.path))
    if faults:
        place = "/".join(str(step) for step in faults[0].absolute_path) or "the top level"
        raise KnowledgeError(printable(faults[0].message, 160), where=f"{where} at {place}")
    return _compile({"source": f"own reference data, {where}", "date": "", "certainty": "high", "examples": {}, **raw})


def _compile(raw: Mapping[str, Any]) -> Format:
    fields: dict[str, tuple[Field, int]] = {}
    for name, headings in raw["fields"].items():
        for rank, heading in enumerate(headings):
            fields.setdefault(compact(heading), (Field(name), rank))
    sign = raw.get("signature", {})
    return Format(
        id=raw["id"],
        name=raw["name"],
        source=raw["source"],
        date=str(raw["date"]),
        certainty=Certainty(raw["certainty"]),
        row_kind=RowKind(raw.get("row_kind", "device")),
        containers=frozenset(raw.get("containers", ())),
        marks=frozenset(raw.get("marks", ())),
        required=tuple(frozenset(compact(one) for one in _group(entry)) for entry in sign.get("required", ())),
        typical=frozenset(compact(one) for one in sign.get("typical", ())),
        absent=frozenset(compact(one) for one in sign.get("absent", ())),
        least=float(sign.get("least", 0.4)),
        fields=fields,
        ignore=frozenset(compact(one) for one in raw.get("ignore", ())),
        drop=frozenset(compact(one) for one in raw.get("drop", ())),
        values={
            Field(name): {str(k): str(v) for k, v in table.items()} for name, table in raw.get("values", {}).items()
        },
        qualifiers=frozenset(word for one in raw.get("qualifiers", ()) for word in words(one).split()),
        wrappers=frozenset(compact(one) for one in raw.get("wrappers", ())),
        count_or_money=frozenset(compact(one) for one in raw.get("count_or_money", ())),
        sellers=frozenset(compact(one) for one in raw.get("sellers", ())),
        flags={kind: frozenset(map(compact, told)) for kind, told in raw.get("flags", {}).items()},
        priority=int(raw.get("priority", 0)),
        seen_on_network=raw.get("seen_on_network", False),
        examples=raw["examples"],
    )


def _group(entry: str | Sequence[str]) -> Sequence[str]:
    return [entry] if isinstance(entry, str) else entry
