"""Two assessments of one estate, as files, to what differs between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from custodes.estate.papers.again import of_machine, pair
from custodes.findings.changes import compare
from custodes.model.changes import Difference


def differences(old: Sequence[Mapping[str, object]], new: Sequence[Mapping[str, object]]) -> list[Difference]:
    """What differs between the devices of two assessments. Raises KeyError or TypeError for what are none."""
    return compare(old, new, pair([of_machine(one) for one in new], [of_machine(one) for one in old]))
