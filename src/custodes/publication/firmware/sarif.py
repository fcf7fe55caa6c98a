"""What images say and how they differ as SARIF 2.1.0, for tools that show findings in files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any

from custodes import __version__
from custodes.model.firmware import Change, Fact, Image

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {"A": "warning", "B": "note", "C": "note", "D": "none"}


def image_sarif(image: Image) -> str:
    """The facts of an image."""
    rows = [_of_fact(fact) for fact in image.facts if fact.kind != "component"]
    return _log([image], rows)


def drift_sarif(old: Image, new: Image, changes: Sequence[Change]) -> str:
    """The differences of two images."""
    return _log([old, new], [_of_change(change) for change in changes])


def _of_fact(fact: Fact) -> dict[str, Any]:
    text = f"{fact.kind}: {fact.value}" + (f" ({fact.note})" if fact.note else "")
    return _row(fact.kind, text, fact.path, fact.offset, str(fact.grade), (fact.kind, fact.value, fact.path))


def _of_change(change: Change) -> dict[str, Any]:
    before = f" (was {change.before})" if change.before else ""
    text = f"{change.change} {change.kind}: {change.value}{before}"
    offset = change.evidence.get("offset")
    key = (change.change, change.kind, change.value, change.path)
    return _row(f"{change.kind}-{change.change}", text, change.path, offset, str(change.grade or "D"), key)


def _row(rule: str, text: str, path: str, offset: object, grade: str, key: Iterable[str]) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": {"uri": _uri(path)}}
    if isinstance(offset, int):
        place["region"] = {"byteOffset": offset, "byteLength": 0}
    print_ = hashlib.sha256("\n".join(key).encode("utf-8", "surrogateescape")).hexdigest()
    return {
        "ruleId": rule, "level": _LEVELS[grade], "message": {"text": text.encode("utf-8", "replace").decode()},
        "locations": [{"physicalLocation": place}], "partialFingerprints": {"custodes/1": print_},
        "properties": {"grade": grade},
    }  # fmt: skip


def _uri(path: str) -> str:
    from urllib.parse import quote

    return quote(path.encode("utf-8", "surrogateescape"))


def _log(images: Sequence[Image], rows: list[dict[str, Any]]) -> str:
    rules = [{"id": name} for name in sorted({row["ruleId"] for row in rows})]
    driver = {"name": "custodes", "version": __version__, "rules": rules}
    artifacts = [
        {"location": {"uri": _uri(image.name)}, "length": image.size, "hashes": {"sha-256": image.sha256}}
        for image in images
    ]
    log = {"$schema": _SCHEMA, "version": "2.1.0",
           "runs": [{"tool": {"driver": driver}, "artifacts": artifacts, "results": rows}]}  # fmt: skip
    return json.dumps(log, indent=1, ensure_ascii=False) + "\n"
