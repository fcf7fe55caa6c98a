"""Fingerprints and protocol families of the pack: what a text or a protocol on the wire says of its device.

A fingerprint is a regular expression over one field, in RE2's syntax, so that no reply can make it run away.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from custodes.knowledge import files, patterns, recog
from custodes.knowledge.citing import cited_of, fail, require_shape
from custodes.knowledge.files import Folders, Raw
from custodes.knowledge.rows import Brand, Cited, Supplier
from custodes.knowledge.text import squash
from custodes.model.errors import KnowledgeError, did_you_mean

#: What a pattern may capture, by the names of its groups.
CAPTURES = ("label", "model", "firmware", "serial", "mac", "hardware")
_ID = re.compile(r"[a-z0-9][a-z0-9.-]{0,79}")


@dataclass(frozen=True, slots=True)
class Sample:
    """A text that a fingerprint must match, and what it must capture there."""

    text: str
    captures: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What a text in one of `fields` says. `pattern` is RE2, looked for anywhere in the text unless anchored.

    `brand`: id of the name on the box; `brand_name`: how an own rule calls a brand that the pack does not have;
    `family`: supplier id of the platform the text shows, whoever's label is on it. `surveillance`: whether the text by
    itself shows a device that watches; None if it does not tell. `fixed`: what a match says beside its captures.
    """

    id: str
    fields: tuple[str, ...]
    pattern: str
    brand: str | None
    brand_name: str
    family: str | None
    device_type: str | None
    surveillance: bool | None
    fixed: Mapping[str, str]
    weight: float
    samples: tuple[Sample, ...]
    near_misses: tuple[str, ...]
    cited: Cited
    order: int = 0

    @property
    def captures(self) -> tuple[str, ...]:
        """The groups of the pattern, in order."""
        return _groups(self.pattern)


@lru_cache(maxsize=8192)
def _groups(pattern: str) -> tuple[str, ...]:
    """The groups of a pattern, in order: asked for in every field that a rule names."""
    return tuple(re.compile(pattern).groupindex) if "(?P<" in pattern else ()


@dataclass(frozen=True, slots=True)
class Family:
    """A protocol that replies are told by. `supplier`: whose platform speaks it; None where many makers do.

    `brand`: the brand it stands for where a reply carries no other label, with the weight `brand_weight`;
    `sentence`: how evidence words it.
    """

    id: str
    supplier: str | None
    brand: str | None
    device_type: str | None
    surveillance: bool | None
    weight: float
    brand_weight: float
    sentence: str
    cited: Cited


def load_families(
    folders: Folders, suppliers: Mapping[str, Supplier], brands: Mapping[str, Brand]
) -> dict[str, Family]:
    """Every protocol family by id. Raises KnowledgeError naming file, line and row."""
    found = {}
    for key, raw in files.merged(folders, "families").items():
        require_shape(raw, "families")
        row = raw.row
        _require(raw, "supplier", row.get("supplier"), suppliers)
        _require(raw, "brand", row.get("brand"), brands)
        found[key] = Family(
            key,
            row.get("supplier"),
            row.get("brand"),
            row.get("device_type"),
            row.get("surveillance"),
            float(row["weight"]),
            float(row.get("brand_weight", 0.0)),
            str(row["sentence"]),
            cited_of(raw, raw.row),
        )
    return found


def load_fingerprints(
    folders: Folders, suppliers: Mapping[str, Supplier], brands: Mapping[str, Brand]
) -> tuple[tuple[Fingerprint, ...], tuple[str, ...]]:
    """Every fingerprint in the order of the files, and what of XML files beside the pack was refused, and why.

    Raises KnowledgeError for a row of a pack that names an id nobody knows or whose pattern could run away.
    """
    listed = list(files.merged(folders, "fingerprints").values())
    found = [_fingerprint(raw, number, suppliers, brands) for number, raw in enumerate(listed)]
    refused: list[str] = []
    names = {squash(name): key for key, brand in brands.items() for name in (*brand.aliases, brand.name)}
    for folder, overlay in folders:
        for path in sorted(folder.glob("*.xml")) if overlay else ():
            for row in recog.rows_of(path):
                raw = Raw({**row, "brand": names.get(squash(str(row["brand_name"])))}, str(path), False)
                try:
                    found.append(_fingerprint(raw, len(found), suppliers, brands))
                except KnowledgeError as error:
                    refused.append(f"{path.name}, {row['id']}: {error.what}")
    return tuple(found), tuple(refused)


def _fingerprint(raw: Raw, order: int, suppliers: Mapping[str, Supplier], brands: Mapping[str, Brand]) -> Fingerprint:
    require_shape(raw, "fingerprints")
    row = raw.row
    if not _ID.fullmatch(str(row["id"])):
        raise fail(raw, "an id is small letters, digits, dots and dashes")
    _require(raw, "brand", row.get("brand"), brands)
    _require(raw, "family", row.get("family"), suppliers)
    pattern = str(row["pattern"])
    if not files.is_installed(raw.file):  # of the pack that is part of the program a test has shown it
        patterns.require_linear(pattern, files.place_of(raw) if raw.overlay else raw.file, str(row["id"]))
    examples = row.get("examples") or {}
    samples = tuple(_sample(item) for item in examples.get("match", ()))
    found = Fingerprint(
        str(row["id"]),
        tuple(row["fields"]),
        pattern,
        row.get("brand"),
        str(row.get("brand_name") or ""),
        row.get("family"),
        row.get("device_type"),
        row.get("surveillance"),
        {key: str(value) for key, value in (row.get("says") or {}).items()},
        float(row.get("weight", DEFAULT_WEIGHT)),
        samples,
        tuple(map(str, examples.get("near_miss", ()))),
        cited_of(raw, raw.row),
        order,
    )
    for name in found.captures:
        if name not in CAPTURES:
            raise fail(raw, f"no capture is called {name!r}", f"one of {', '.join(CAPTURES)}")
    return found


#: The weight of a rule that gives none: a plain maker's word in a field made for it.
DEFAULT_WEIGHT = 3.0


def _sample(item: Any) -> Sample:
    if isinstance(item, Mapping):
        return Sample(str(item["text"]), {key: str(value) for key, value in item.items() if key != "text"})
    return Sample(str(item), {})


def faults(rule: Fingerprint) -> Iterable[str]:
    """What speaks against a rule: a pattern that could run away, and its own examples. Python's engine reads them; RE2
    agrees, as a test shows."""
    try:
        patterns.require_linear(rule.pattern, "fingerprints", rule.id)
    except KnowledgeError as error:
        yield error.what
        return
    regex = compiled(rule.pattern)
    for sample in rule.samples:
        match = regex.search(sample.text)
        if match is None:
            yield f"does not match {sample.text[:60]!r}"
            continue
        told = {key: value for key, value in match.groupdict().items() if value}
        if told != dict(sample.captures):
            yield f"captures {told} from {sample.text[:60]!r}, not {dict(sample.captures)}"
    for text in rule.near_misses:
        if regex.search(text):
            yield f"matches its near miss {text[:60]!r}"


def compiled(pattern: str) -> re.Pattern[str]:
    """A pattern as Python reads it: case does not matter, `^` and `$` stand at the ends of the text."""
    return re.compile(pattern, re.IGNORECASE | re.ASCII)


def _require(raw: Raw, key: str, value: object, known: Mapping[str, object]) -> None:
    if value is not None and value not in known:
        hint = did_you_mean(str(value), known, 0.7)
        raise fail(raw, f"{key} {str(value)[:60]!r} is no id of the reference data", hint)
