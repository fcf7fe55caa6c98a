"""Advisories and tables about known faults that a user brings: CSAF 2.0, KEV, NVD, CVE records, EPSS."""

from custodes.evidence.advisories.reading import read_advisories

__all__ = ["read_advisories"]
