"""Records of single faults: those of the NVD (its interface 2.0, or one record a file) and of the CVE programme (5.x).

Sources: NVD CVE API 2.0 schema; CVE record format 5.1.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from custodes.evidence.advisories.shapes import a_list, a_map, words_of
from custodes.knowledge.version_ranges import ranges
from custodes.model.vulnerabilities import Advisory, Affected, Bound, Catalogue, Exploited, Range

_DEEPEST = 12
_ENDS = (("versionStartIncluding", ">="), ("versionStartExcluding", ">"),
         ("versionEndIncluding", "<="), ("versionEndExcluding", "<"))  # fmt: skip
_NOTHING = ("", "-", "*", "n/a", "unspecified")


def read_nvd(document: Mapping[str, Any], name: str) -> Catalogue:
    """The faults of an answer of the NVD, or of one of its records."""
    rows = [a_map(a_map(row).get("cve")) for row in a_list(document.get("vulnerabilities"))] or [document]
    problems: list[str] = []
    found = []
    for place, row in enumerate(rows, 1):
        identity = str(row.get("id") or "")
        if not identity.startswith("CVE-"):
            problems.append(f"record {place} has no CVE: left out")
            continue
        affected = _grouped(_of_configurations(row))
        if not affected:
            problems.append(f"{identity}: the record names no product")
        since = str(row.get("cisaExploitAdd") or "")
        exploited = Exploited(since, str(row.get("cisaActionDue") or "")) if since else None
        dated = str(row.get("lastModified") or "")[:10]
        found.append(Advisory(identity, "", affected, f"NVD record {identity}", dated, exploited=exploited))
    dated = str(document.get("timestamp") or "")[:10] or max((one.published for one in found), default="")
    return Catalogue(name, "NVD", dated, tuple(found), problems=tuple(problems))


def _of_configurations(row: Mapping[str, Any]) -> Iterator[tuple[str, str, tuple[Range, ...]]]:
    waiting: list[tuple[Any, int]] = [(one, 0) for one in a_list(row.get("configurations"))]
    while waiting:
        node, depth = waiting.pop(0)
        told = a_map(node)
        for match in a_list(told.get("cpeMatch")):
            one = a_map(match)
            if one.get("vulnerable"):
                yield from _of_match(one)
        if depth < _DEEPEST:
            waiting += [(below, depth + 1) for key in ("nodes", "children") for below in a_list(told.get(key))]


def _of_match(one: Mapping[str, Any]) -> Iterator[tuple[str, str, tuple[Range, ...]]]:
    parts = words_of(str(one.get("criteria") or ""))
    if len(parts) < 6:
        return
    vendor, product, version = parts[3], parts[4], parts[5]
    bounds = tuple(Bound(sign, str(one[key])) for key, sign in _ENDS if one.get(key))
    if not bounds and version not in _NOTHING:
        bounds = (Bound("=", version),)
    # a record with neither bounds nor a version does not say that every version is affected
    yield vendor, product.removesuffix("_firmware").replace("_", " "), (bounds,) if bounds else ()


def read_cve(document: Mapping[str, Any], name: str) -> Catalogue:
    """The fault of a record of the CVE programme; where its own publisher names nothing, what others added."""
    identity = str(a_map(document.get("cveMetadata")).get("cveId") or "")
    dated = str(a_map(document.get("cveMetadata")).get("dateUpdated") or "")[:10]
    containers = a_map(document.get("containers"))
    parts = [a_map(containers.get("cna")), *(a_map(one) for one in a_list(containers.get("adp")))]
    affected = _grouped(row for part in parts for row in _of_container(part))
    problems = () if affected else (f"{identity}: the record names no product",)
    if not identity.startswith("CVE-"):
        return Catalogue(name, "CVE", dated, problems=("the record has no CVE: left out",))
    return Catalogue(name, "CVE", dated, (Advisory(identity, "", affected, f"CVE record {identity}", dated),),
                     problems=problems)  # fmt: skip


def _of_container(part: Mapping[str, Any]) -> Iterator[tuple[str, str, tuple[Range, ...]]]:
    for row in a_list(part.get("affected")):
        one = a_map(row)
        vendor, product = str(one.get("vendor") or ""), str(one.get("product") or "")
        if vendor.lower() in _NOTHING or product.lower() in _NOTHING:
            continue
        told: list[Range] = []
        for version in a_list(one.get("versions")):
            told += _of_version(a_map(version))
        everything = [()] if one.get("defaultStatus") == "affected" and not a_list(one.get("versions")) else []
        yield vendor, product, tuple(dict.fromkeys([*told, *everything]))


def _of_version(one: Mapping[str, Any]) -> list[Range]:
    if one.get("status") != "affected":
        return []
    start, end = str(one.get("version") or ""), str(one.get("lessThan") or one.get("lessThanOrEqual") or "")
    if end:
        bounds = [] if start in ("0", *_NOTHING) else [Bound(">=", start)]
        if end not in ("*", "unspecified"):
            bounds.append(Bound("<" if one.get("lessThan") else "<=", end))
        return [tuple(bounds)]
    return list(ranges(start)[0]) if start not in _NOTHING else []


def _grouped(rows: Iterator[tuple[str, str, tuple[Range, ...]]]) -> tuple[Affected, ...]:
    """Products of one vendor and one range stand together, as they were published: in their order."""
    found: dict[tuple[str, tuple[Range, ...]], dict[str, None]] = {}
    for vendor, product, told in rows:
        found.setdefault((vendor, told), {})[product] = None
    return tuple(Affected(vendor, tuple(products), told) for (vendor, told), products in found.items())
