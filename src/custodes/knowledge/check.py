"""Checks the rows of a pack against their published schemas, before any code relies on them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from custodes.knowledge import files
from custodes.knowledge.files import KINDS

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import ValidationError

#: Words that may never stand as a source: they name nothing that a reader can open.
_NO_SOURCES = ("memory", "none", "unknown", "seed", "github-index")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with one row."""

    kind: str
    row: str
    file: str
    what: str


def schema(kind: str) -> dict[str, Any]:
    """The published JSON schema of one kind of row."""
    path = files.bundled() / "schema" / f"{kind}.schema.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


@lru_cache(maxsize=32)
def _validator(kind: str) -> Draft202012Validator:
    from jsonschema import Draft202012Validator  # only to check: nothing else waits for it

    return Draft202012Validator(schema(kind))


def schema_names() -> list[str]:
    """Every schema that the pack publishes."""
    return sorted(path.name.removesuffix(".schema.json") for path in (files.bundled() / "schema").glob("*.json"))


def check_rows(overlays: Sequence[Path] = ()) -> Iterator[Fault]:
    """Faults of every row of the bundled pack and of the overlays."""
    for kind in KINDS:
        validator = _validator(kind)
        for folder in (files.bundled(), *overlays):
            for raw in files.rows(folder, kind, overlay=folder in overlays):
                name = str(raw.row.get("id", "?"))
                for error in _errors(validator, raw):
                    place = "/".join(map(str, error.absolute_path))
                    yield Fault(kind, name, raw.file, f"{place}: {error.message}"[:300])
                yield from _source_faults(kind, name, raw)


#: What an own pack may leave out: it speaks for its writer, who knows where a row is from and for whom a form is.
_OWN_MAY_LACK = frozenset(
    ("source", "date", "certainty", "reply", "examples", "filled_by", "goes_to", "about", "signs", "example")
)


def shape_faults(kind: str, raw: files.Raw) -> Iterator[str]:
    """What of one row is not of the published schema of its kind: "place in the row: what is wrong"."""
    for error in _errors(_validator(kind), raw):
        yield f"{'/'.join(map(str, error.absolute_path))}: {error.message}"[:300]


def misspelt(kind: str, raw: files.Raw) -> Iterator[str]:
    """Keys of one row, at any depth, that its schema does not know: what they say would be lost in silence."""
    for error in _validator(kind).iter_errors(dict(raw.row)):
        for one in (error, *error.context):
            if one.validator == "additionalProperties":
                place = "/".join(map(str, one.absolute_path))
                yield f"{place}: {one.message}"[:300] if place else one.message[:300]


def _errors(validator: Draft202012Validator, raw: files.Raw) -> Iterator[ValidationError]:
    """The faults of one row; a row of an own pack may lack what the readers fill in."""
    for error in validator.iter_errors(dict(raw.row)):
        lacks = error.validator == "required" and isinstance(error.instance, dict)
        missing = set(error.validator_value) - set(error.instance) if lacks else set()
        if raw.overlay and missing and missing <= _OWN_MAY_LACK:
            continue
        yield error


def _source_faults(kind: str, name: str, raw: files.Raw) -> Iterator[Fault]:
    cited = [raw.row, *(raw.row.get("makers") or ()), *(raw.row.get("components") or ())]
    for row in cited:
        source = str(row.get("source", "")).lower()
        for part in source.split(" ; "):
            if any(part.strip().startswith(word) for word in _NO_SOURCES):
                yield Fault(kind, name, raw.file, f"the source {part[:60]!r} is nothing a reader can open")
