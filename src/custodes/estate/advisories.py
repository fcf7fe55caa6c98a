"""What is known of faults in devices, of the pack and brought along, to be held against what an estate has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from custodes.evidence.advisories import read_advisories
from custodes.findings.first import gap_finding, mended_finding
from custodes.findings.vulnerabilities.matching import Vulnerabilities
from custodes.knowledge import Knowledge, files
from custodes.knowledge.vulnerabilities import Makers, load_vulnerabilities
from custodes.model.assessment import Finding
from custodes.model.errors import BadInput
from custodes.model.vulnerabilities import Advisory, Exploited


def known_faults(
    loaded: Knowledge, packs: Sequence[Path], as_at: date, brought: Sequence[Path]
) -> tuple[Vulnerabilities, list[Finding]]:
    """The advisories of the pack, of packs over it and of files that were brought, ready to be held against devices;
    and what of those files could not be read, or only otherwise than it is written. Raises KnowledgeError."""
    advisories, findings = all_advisories(packs, brought)
    makers = Makers(loaded.pack.brands.values(), loaded.pack.suppliers.values())
    return Vulnerabilities(advisories, makers, as_at), findings


def all_advisories(packs: Sequence[Path], brought: Sequence[Path]) -> tuple[list[Advisory], list[Finding]]:
    """The same, not yet ready to be held against devices."""
    advisories = list(load_vulnerabilities(files.layers(packs)))
    exploited: dict[str, Exploited] = {}
    likelihood: dict[str, float] = {}
    findings: list[Finding] = []
    for path in brought:
        try:
            one = read_advisories(path)
        except (BadInput, OSError) as error:
            why = error.what if isinstance(error, BadInput) else type(error).__name__
            findings.append(gap_finding(path.name, f"could not be read at all: {why}"))
            continue
        advisories += one.advisories
        exploited.update(one.exploited)
        likelihood.update(one.likelihood)
        if one.problems:
            findings.append(mended_finding(one.name, one.problems))
    return [_with_tables(one, exploited, likelihood) for one in advisories], findings


def _with_tables(one: Advisory, exploited: Mapping[str, Exploited], likelihood: Mapping[str, float]) -> Advisory:
    """An advisory with what tables that were brought say of its fault; without them as it is."""
    return replace(
        one, exploited=exploited.get(one.id, one.exploited), likelihood=likelihood.get(one.id, one.likelihood)
    )
