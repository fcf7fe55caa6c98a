"""`custodes firmware`: images, opened and compared."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from custodes.cli.output import columns, dump, note, printable
from custodes.estate.firmware import compare, inspect, make_reference, related, signs_of, weak_parts
from custodes.knowledge.lineage import written
from custodes.model.firmware import Limits, Reference
from custodes.publication.firmware.cyclonedx import cyclonedx
from custodes.publication.firmware.objects import (
    change_object,
    drift_object,
    image_object,
    lineage_object,
    weakness_object,
)
from custodes.publication.firmware.page import render_page
from custodes.publication.firmware.sarif import drift_sarif, image_sarif
from custodes.publication.firmware.words import drift_text, image_text, lineage_text, weakness_text

_LARGE = 32 << 20


@dataclass(frozen=True, slots=True)
class Asked:
    """How images are to be read, and what is to be printed of them."""

    form: str
    overlays: tuple[Path, ...]
    limits: Limits
    workers: int = 1
    sarif: Path | None = None
    cyclonedx: Path | None = None
    lineage: tuple[Path, ...] = ()
    deep: bool = False
    page: Path | None = None
    advisories: tuple[Path, ...] = ()


def limits(image: int, unpacked: int, seconds: float) -> Limits:
    """The limits that options ask for; sizes in MiB."""
    return Limits(image=image << 20, bytes=unpacked << 20, seconds=seconds)


def inspect_main(path: Path, asked: Asked) -> None:
    """Print what is in an image."""
    _tell(path)
    image = inspect(path, signs_of(asked.overlays), asked.limits, asked.workers, deep=asked.deep)
    if asked.sarif is not None:
        asked.sarif.write_text(image_sarif(image), encoding="utf-8")
    weak, unread = weak_parts(image, asked.overlays, asked.advisories)
    for one in unread:
        note(one.text)
    if asked.cyclonedx is not None:
        asked.cyclonedx.write_text(cyclonedx(image, weak), encoding="utf-8")
    told = image_object(image) | {"vulnerabilities": [weakness_object(row) for row in weak]}
    found = related(image, asked.lineage) if asked.lineage else []
    if asked.lineage:
        told["lineage"] = [lineage_object(one) for one in found]
    wide = columns()
    _print(told, asked.form, lambda: image_text(image, wide) + weakness_text(weak, wide) + lineage_text(found, wide))


def reference_main(paths: Sequence[Path], reference: Reference, out: Path) -> None:
    """Write a reference of known code."""
    made = make_reference(paths, reference, Limits())
    out.write_text(written(made), encoding="utf-8")
    note(f"{out}: {len(made.hashes):,} strings of {reference.name}")


def diff_main(old: Path, new: Path, asked: Asked) -> None:
    """Print what differs between two images."""
    _tell(old, new)
    before, after, changes = compare(old, new, signs_of(asked.overlays), asked.limits, asked.workers, deep=asked.deep)
    if asked.sarif is not None:
        asked.sarif.write_text(drift_sarif(before, after, changes), encoding="utf-8")
    if asked.page is not None:
        asked.page.write_text(render_page(before, after, changes), encoding="utf-8")
    if asked.form == "jsonl":
        sys.stdout.writelines(dump(change_object(change)) + "\n" for change in changes)
        return
    told = drift_object(before, after, changes)
    _print(told, asked.form, lambda: drift_text(before, after, changes, columns()))


def _tell(*paths: Path) -> None:
    """Say that it goes on, where it takes longer than a moment."""
    if sum(path.stat().st_size for path in paths if path.is_file()) > _LARGE:
        note("opening " + ", ".join(printable(path.name) for path in paths))


def _print(told: dict[str, Any], form: str, text: Any) -> None:
    sys.stdout.write(printable(text(), keep_lines=True) if form == "table" else dump(told) + "\n")
    sys.stdout.flush()
