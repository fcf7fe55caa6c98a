"""Firmware images from files to what they hold, and to what differs between two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from custodes.attribution.lineage import lineage
from custodes.estate.advisories import all_advisories
from custodes.evidence.firmware.facts.reading import with_facts
from custodes.evidence.firmware.facts.signs import Signs
from custodes.evidence.firmware.opening import open_image
from custodes.evidence.firmware.strings import strings_of
from custodes.findings.drift.comparing import drift
from custodes.findings.vulnerabilities.components import Weakness, weaknesses
from custodes.knowledge import files
from custodes.knowledge.firmware import load_signs
from custodes.knowledge.lineage import references
from custodes.model.assessment import Finding
from custodes.model.errors import BadInput
from custodes.model.firmware import Change, Image, Limits, Lineage, Reference


def signs_of(overlays: Sequence[Path]) -> Signs:
    """The signs of the bundled pack and of packs over it. Raises KnowledgeError."""
    return Signs(load_signs(files.layers(overlays)))


def read_image(path: Path, limits: Limits) -> bytes:
    """The bytes of an image. Raises BadInput for a folder, an empty file, or one larger than is read."""
    if path.is_dir():
        raise BadInput("this is a folder", where=path.name, remedy="give the file of the image")
    size = path.stat().st_size
    if size > limits.image:
        why = f"{size // 2**20} MiB; up to {limits.image // 2**20} MiB are read"
        raise BadInput("the image is too large", where=path.name, why=why, remedy="raise --max-image")
    if not size:
        raise BadInput("the file is empty", where=path.name)
    return path.read_bytes()


def inspect(
    path: Path, signs: Signs, limits: Limits, workers: int = 1, *, deep: bool = False, beside: Image | None = None
) -> Image:
    """What an image holds, and what its files say: the same for every number of workers. `deep`: unblob opens what no
    reader knows; `beside`: an image in memory, whose contents are not kept twice. Raises BadInput."""
    held = {entry.sha256: entry.data for entry in beside.entries if entry.sha256} if beside else {}
    opened = open_image(read_image(path, limits), path.name, limits, deep=deep, held=held)
    return with_facts(opened, signs, workers, limits.seconds)


def weak_parts(image: Image, packs: Sequence[Path], brought: Sequence[Path]) -> tuple[list[Weakness], list[Finding]]:
    """Known faults of the programs in an image, and what of the files that were brought could not be read."""
    advisories, findings = all_advisories(packs, brought)
    return weaknesses(image.components, advisories), findings


def make_reference(paths: Sequence[Path], reference: Reference, limits: Limits) -> Reference:
    """A reference with the strings of images. Raises BadInput."""
    hashes: set[int] = set()
    for path in paths:
        hashes |= strings_of(open_image(read_image(path, limits), path.name, limits).entries).keys()
    return replace(reference, hashes=sorted(hashes))


def related(image: Image, known: Sequence[Path]) -> list[Lineage]:
    """What an image has in common with known code, most related first. Raises BadInput for a file that is none."""
    return lineage(strings_of(image.entries), references(known))


def compare(
    old: Path, new: Path, signs: Signs, limits: Limits, workers: int = 1, *, deep: bool = False
) -> tuple[Image, Image, list[Change]]:
    """Both images, and all that differs between them. Raises BadInput."""
    before = inspect(old, signs, limits, workers, deep=deep)
    after = inspect(new, signs, limits, workers, deep=deep, beside=before)
    return before, after, drift(before, after)
