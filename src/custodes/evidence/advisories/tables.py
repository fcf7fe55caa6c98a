"""Catalogues and tables about many faults: which are exploited (KEV), how likely their use is (EPSS)."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from typing import Any

from custodes.evidence.advisories.shapes import a_list, a_map
from custodes.model.vulnerabilities import Catalogue, Exploited

#: A longer line is no row of the table; the reader of the standard library would end at it.
_LONGEST = 1_000
_CVE = re.compile(r"CVE-\d{4}-\d{4,}")


def read_kev(document: Mapping[str, Any], name: str) -> Catalogue:
    """CISA's catalogue of faults that are known to be exploited."""
    found: dict[str, Exploited] = {}
    problems: list[str] = []
    dated = str(document.get("dateReleased") or document.get("catalogVersion") or "")[:10].replace(".", "-")
    for place, row in enumerate(a_list(document.get("vulnerabilities")), 1):
        one = a_map(row)
        cve, since = str(one.get("cveID") or ""), str(one.get("dateAdded") or "")
        if not _CVE.fullmatch(cve) or not since:
            problems.append(f"entry {place} has no CVE or no day: left out")
            continue
        ransomware = str(one.get("knownRansomwareCampaignUse") or "")
        found[cve] = Exploited(since, str(one.get("dueDate") or ""), ransomware, dated)
    return Catalogue(name, "KEV", dated, exploited=found, problems=tuple(problems))


def read_epss(text: str, name: str) -> Catalogue:
    """FIRST's daily table: CVE, likelihood of use within thirty days, its rank."""
    lines = text.splitlines()
    head = lines[0] if lines and lines[0].startswith("#") else ""
    day = re.search(r"score_date:(\d{4}-\d\d-\d\d)", head)
    found: dict[str, float] = {}
    problems: list[str] = []
    plain = (line for line in lines if not line.startswith("#") and len(line) <= _LONGEST)
    for row in csv.DictReader(plain, quoting=csv.QUOTE_NONE):
        cve = (row.get("cve") or "").strip()
        try:
            value = float(row.get("epss") or "")
        except ValueError:
            value = -1.0
        if _CVE.fullmatch(cve) and 0 <= value <= 1:
            found[cve] = value
        elif len(problems) < 8:
            problems.append(f"a row of {cve[:40] or 'no CVE'} holds no likelihood: left out")
    return Catalogue(name, "EPSS", day[1] if day else "", likelihood=found, problems=tuple(problems))
