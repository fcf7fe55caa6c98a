"""The components of an image as CycloneDX 1.6. No clock enters it: the same image gives the same bytes."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from custodes.findings.vulnerabilities.components import Weakness
from custodes.model.errors import BadUsage
from custodes.model.firmware import Component as Found
from custodes.model.firmware import Image

if TYPE_CHECKING:
    from cyclonedx.model.component import Component as Part
    from cyclonedx.model.vulnerability import Vulnerability

#: CycloneDX wants a time; that of reading is no property of an image.
_NO_TIME = datetime(1980, 1, 1, tzinfo=UTC)
_SPACE = uuid.UUID("6d1f3f0e-2f0b-5d5e-9d0a-3c1c8c6f4a11")


def cyclonedx(image: Image, weak: Sequence[Weakness] = ()) -> str:
    """The bill of materials as JSON. Raises BadUsage without the extra."""
    try:
        from cyclonedx.model import HashAlgorithm, HashType
        from cyclonedx.model.bom import Bom, BomMetaData
        from cyclonedx.model.component import Component, ComponentType
        from cyclonedx.output.json import JsonV1Dot6
    except ImportError:
        raise BadUsage("CycloneDX needs an extra", remedy="pip install 'custodes[firmware]'") from None
    whole = Component(
        name=image.name, type=ComponentType.FIRMWARE, bom_ref=f"sha256:{image.sha256}",
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=image.sha256)],
    )  # fmt: skip
    parts = [_part(held) for held in _grouped(image).values()]
    bom = Bom(
        components=parts, serial_number=uuid.uuid5(_SPACE, image.sha256),
        metadata=BomMetaData(component=whole, timestamp=_NO_TIME),
    )  # fmt: skip
    for one in weak:
        bom.vulnerabilities.add(_fault(one))
    bom.metadata.tools.components.clear()
    bom.register_dependency(whole, parts)
    return str(JsonV1Dot6(bom).output_as_string(indent=1)) + "\n"


def _fault(one: Weakness) -> Vulnerability:
    from cyclonedx.model.impact_analysis import ImpactAnalysisState
    from cyclonedx.model.vulnerability import BomTarget, Vulnerability, VulnerabilityAnalysis, VulnerabilitySource

    reference = f"{one.component.name}@{one.component.version}"
    told = "its version lies in the range" if one.sure else "whether its version is affected cannot be told"
    return Vulnerability(
        bom_ref=f"{one.advisory.id}@{reference}", id=one.advisory.id, affects=[BomTarget(ref=reference)],
        source=VulnerabilitySource(name=one.advisory.source),
        analysis=VulnerabilityAnalysis(state=ImpactAnalysisState.IN_TRIAGE, detail=told),
    )  # fmt: skip


def _grouped(image: Image) -> dict[tuple[str, str], list[Found]]:
    found: dict[tuple[str, str], list[Found]] = defaultdict(list)
    for one in image.components:
        found[one.name, one.version].append(one)
    return dict(sorted(found.items()))


def _part(held: list[Found]) -> Part:
    from cyclonedx.model.component import Component, ComponentType
    from cyclonedx.model.component_evidence import ComponentEvidence, Occurrence
    from packageurl import PackageURL

    first = held[0]
    places = [
        Occurrence(
            bom_ref=f"{one.fact.path}@{one.fact.offset}",
            location=one.fact.path,
            offset=one.fact.offset,
            additional_context=f"grade {one.fact.grade}",
        )
        for one in held
    ]
    return Component(
        name=first.name, version=first.version, type=ComponentType.LIBRARY, bom_ref=f"{first.name}@{first.version}",
        purl=PackageURL.from_string(first.purl) if first.purl.startswith("pkg:") else None, cpe=first.cpe or None,
        evidence=ComponentEvidence(occurrences=places),
    )  # fmt: skip
