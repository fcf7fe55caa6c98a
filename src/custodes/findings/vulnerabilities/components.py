"""Known faults of programs inside an image, by the versions that they carry.

A version is a sign, no proof: makers mend a fault without a new version, or leave out the part that has it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from custodes.findings.vulnerabilities.versions import within
from custodes.knowledge.text import squash
from custodes.model.firmware import Component
from custodes.model.rules import Answer
from custodes.model.vulnerabilities import Advisory, Affected


@dataclass(frozen=True, slots=True)
class Weakness:
    """A fault that a component may have. `sure`: its version is in the range; otherwise that cannot be told."""

    advisory: Advisory
    component: Component
    sure: bool


def weaknesses(components: Iterable[Component], advisories: Iterable[Advisory]) -> list[Weakness]:
    """Faults of components in the order of both; one row for each fault and each name and version."""
    known: dict[str, list[tuple[Advisory, Affected]]] = {}
    for advisory in advisories:
        for affected in advisory.affected:
            for product in affected.products:
                known.setdefault(squash(product), []).append((advisory, affected))
    found: dict[tuple[str, str, str], Weakness] = {}
    for component in components:
        for one in _of(component, known):
            key = (one.advisory.id, component.name, component.version)
            if key not in found or (one.sure and not found[key].sure):
                found[key] = one
    return list(found.values())


def _of(component: Component, known: dict[str, list[tuple[Advisory, Affected]]]) -> Iterator[Weakness]:
    parts = component.cpe.split(":")
    vendor, product = (squash(parts[3]), squash(parts[4])) if len(parts) > 5 else ("", "")
    for name in dict.fromkeys((product, squash(component.name))):
        for advisory, affected in known.get(name, ()):
            # a name alone can be another company's product: it counts for what is told to be a part of others
            if squash(affected.vendor) != vendor and not advisory.component:
                continue
            answer = within(component.version, affected.ranges)
            if answer is not Answer.NO and within(component.version, affected.fixed) is not Answer.YES:
                yield Weakness(advisory, component, answer is Answer.YES)
