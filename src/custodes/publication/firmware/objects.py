"""Images and differences as the JSON of the commands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from custodes.findings.vulnerabilities.components import Weakness
from custodes.model.firmware import Change, Component, Coverage, Entry, Fact, Image, Kind, Lineage, Region


def image_object(image: Image) -> dict[str, Any]:
    """What `custodes firmware inspect` prints."""
    return {
        "name": image.name,
        "sha256": image.sha256,
        "size": image.size,
        "wrapper": image.wrapper,
        "identity": dict(image.identity),
        "contents": [_content(entry) for entry in image.entries],
        "components": [_component(one) for one in image.components],
        "facts": [_fact(fact) for fact in image.facts],
        "coverage": coverage_object(image.coverage),
    }


def fetched_object(image: Image) -> dict[str, Any]:
    """What a file that a device fetched holds: the same without the list of its contents."""
    told = image_object(image)
    files = sum(one["kind"] == Kind.FILE for one in told.pop("contents"))
    return {key: value for key, value in told.items() if key not in ("sha256", "size")} | {"files": files}


def drift_object(old: Image, new: Image, changes: Sequence[Change]) -> dict[str, Any]:
    """What `custodes firmware diff` prints."""
    return {
        "old": _side(old),
        "new": _side(new),
        "drift": [change_object(change) for change in changes],
        "opaque": {"old": list(map(_region, old.coverage.opaque)), "new": list(map(_region, new.coverage.opaque))},
    }  # fmt: skip


def _side(image: Image) -> dict[str, Any]:
    told = {"name": image.name, "sha256": image.sha256, "size": image.size, "wrapper": image.wrapper}
    return {**told, "identity": dict(image.identity), "coverage": coverage_object(image.coverage)}


def change_object(change: Change) -> dict[str, Any]:
    """A row of drift. `grade_from` and `grade_to` only where the grade changed, `before` where the value did."""
    told: dict[str, Any] = {
        "change": change.change, "kind": change.kind, "value": change.value, "path": change.path,
        "old_path": change.old_path, "grade": change.grade,
    }  # fmt: skip
    if change.before is not None:
        told["before"] = change.before
    if change.grade_from is not None:
        told["grade_from"], told["grade_to"] = change.grade_from, change.grade
    return {**told, "evidence": dict(change.evidence)}


def coverage_object(coverage: Coverage) -> dict[str, Any]:
    """How much was looked into."""
    return {
        "bytes": coverage.bytes,
        "explained": coverage.explained,
        "share": round(coverage.explained / coverage.bytes, 4) if coverage.bytes else None,
        "by_strings": coverage.by_strings,
        "opaque": [_region(region) for region in coverage.regions if region.opaque],
        "unknown": [_region(region) for region in coverage.regions if not region.opaque],
        "limits": list(coverage.limits),
        "problems": list(coverage.problems),
        "missing": list(coverage.missing),
    }


def lineage_object(one: Lineage) -> dict[str, Any]:
    """What an image has in common with known code."""
    return {"name": one.name, "share": one.share, "of_reference": one.of_reference, "shared": one.shared,
            "told": one.told, "strings": list(one.strings), "source": one.source, "date": one.date}  # fmt: skip


def weakness_object(one: Weakness) -> dict[str, Any]:
    """A known fault of a component. `status`: affected, where the version lies in the range; otherwise candidate."""
    listed = one.advisory.exploited
    return {"id": one.advisory.id, "component": one.component.name, "version": one.component.version,
            "path": one.component.fact.path, "status": "affected" if one.sure else "candidate",
            "exploited_since": listed.since if listed else None, "likelihood": one.advisory.likelihood,
            "source": one.advisory.source, "published": one.advisory.published or None}  # fmt: skip


def _region(region: Region) -> dict[str, Any]:
    return {
        "path": region.path,
        "offset": region.offset,
        "size": region.size,
        "entropy": region.entropy,
        "why": region.why,
    }


def _content(entry: Entry) -> dict[str, Any]:
    told: dict[str, Any] = {
        "path": entry.path, "sha256": entry.sha256 or None, "size": entry.size,
        "mode": None if entry.mode is None else f"{entry.mode:04o}", "kind": entry.kind, "volume": entry.volume,
        "offset": entry.offset, "inside": list(entry.inside),
    }  # fmt: skip
    return {**told, "link": entry.link} if entry.kind is Kind.LINK else told


def _component(one: Component) -> dict[str, Any]:
    told = {"name": one.name, "version": one.version, "purl": one.purl, "cpe": one.cpe or None}
    return {**told, "path": one.fact.path, "grade": one.fact.grade}


def _fact(fact: Fact) -> dict[str, Any]:
    return {"kind": fact.kind, "value": fact.value, "path": fact.path, "volume": fact.volume, "offset": fact.offset,
            "grade": fact.grade, "rule": fact.rule, "text": fact.note or None}  # fmt: skip
