"""Records of single faults: those of the NVD (its interface 2.0, or one record a file) and of the CVE programme (5.x).

Sources: NVD CVE API 2.0 schema; CVE record format 5.1.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from custodes.evidence.advisories.shapes import a_list, a_map, words_of
from custodes.knowledge.version_ranges import bound, ranges
from custodes.model.vulnerabilities import Advisory, Affected, Catalogue, Exploited, Range

_DEEPEST = 12


@dataclass(frozen=True, slots=True)
class _Row:
    """One product of a record with its ranges."""

    vendor: str
    product: str
    ranges: tuple[Range, ...]
    fixed: tuple[Range, ...] = ()


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
        if row.get("vulnStatus") == "Rejected":
            problems.append(f"{identity}: the record was withdrawn: left out")
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


def _of_configurations(row: Mapping[str, Any]) -> Iterator[_Row]:
    waiting = deque((one, 0) for one in a_list(row.get("configurations")))
    while waiting:
        node, depth = waiting.popleft()
        told = a_map(node)
        if told.get("negate"):
            continue
        for match in a_list(told.get("cpeMatch")):
            one = a_map(match)
            if one.get("vulnerable"):
                yield from _of_match(one)
        if depth < _DEEPEST:
            waiting.extend((below, depth + 1) for key in ("nodes", "children") for below in a_list(told.get(key)))


def _of_match(one: Mapping[str, Any]) -> Iterator[_Row]:
    parts = words_of(str(one.get("criteria") or ""))
    if len(parts) < 6:
        return
    vendor, product, version = parts[3], parts[4], parts[5]
    if len(parts) > 6 and version not in _NOTHING and parts[6] not in _NOTHING:
        version = f"{version} {parts[6].replace('_', ' ')}"
    told = [bound(sign, str(one[key])) for key, sign in _ENDS if one.get(key)]
    if not told and version not in _NOTHING:
        told = [bound("=", version)]
    bounds = tuple(one for one in told if one is not None)
    # a record with neither bounds nor a version does not say that every version is affected
    readable = bool(bounds) and len(bounds) == len(told)
    yield _Row(vendor, product.removesuffix("_firmware").replace("_", " "), (bounds,) if readable else ())


def read_cve(document: Mapping[str, Any], name: str) -> Catalogue:
    """The fault of a record of the CVE programme; where its own publisher names nothing, what others added."""
    identity = str(a_map(document.get("cveMetadata")).get("cveId") or "")
    dated = str(a_map(document.get("cveMetadata")).get("dateUpdated") or "")[:10]
    containers = a_map(document.get("containers"))
    parts = [a_map(containers.get("cna")), *(a_map(one) for one in a_list(containers.get("adp")))]
    affected = next((told for part in parts if (told := _grouped(_of_container(part)))), ())
    problems = () if affected else (f"{identity}: the record names no product",)
    if not identity.startswith("CVE-"):
        return Catalogue(name, "CVE", dated, problems=("the record has no CVE: left out",))
    return Catalogue(name, "CVE", dated, (Advisory(identity, "", affected, f"CVE record {identity}", dated),),
                     problems=problems)  # fmt: skip


def _of_container(part: Mapping[str, Any]) -> Iterator[_Row]:
    for row in a_list(part.get("affected")):
        one = a_map(row)
        vendor, product = str(one.get("vendor") or ""), str(one.get("product") or "")
        if vendor.lower() in _NOTHING or product.lower() in _NOTHING:
            continue
        versions = [a_map(version) for version in a_list(one.get("versions"))]
        told = tuple(found for version in versions for found in _of_version(version, "affected"))
        free = tuple(found for version in versions for found in _of_version(version, "unaffected"))
        everything = one.get("defaultStatus") == "affected"
        if versions and not everything and all(version.get("status") == "unaffected" for version in versions):
            continue
        whole: tuple[Range, ...] = ((),) if everything and not versions else ()
        yield _Row(vendor, product, tuple(dict.fromkeys((*told, *whole))), tuple(dict.fromkeys(free)))


def _of_version(one: Mapping[str, Any], status: str) -> list[Range]:
    """The range of an entry that has this status; where the status changes inside it, the part before or behind."""
    changes = [a_map(change) for change in a_list(one.get("changes"))]
    start, end = str(one.get("version") or ""), str(one.get("lessThan") or one.get("lessThanOrEqual") or "")
    if one.get("status") != status:
        return [(found,) for change in changes if change.get("status") == status
                and (found := bound(">=", str(change.get("at"))))]  # fmt: skip
    if not end:
        return list(ranges(start)[0]) if start not in _NOTHING else []
    told = [] if start.lower() in ("0", *_NOTHING) else [bound(">=", start)]
    if changes:
        told.append(bound("<", str(changes[0].get("at"))))
    elif end.lower() not in ("*", "unspecified"):
        told.append(bound("<" if one.get("lessThan") else "<=", end))
    return [] if any(limit is None for limit in told) else [tuple(limit for limit in told if limit is not None)]


def _grouped(rows: Iterable[_Row]) -> tuple[Affected, ...]:
    """Products of one vendor and one range stand together, as they were published: in their order."""
    found: dict[tuple[str, tuple[Range, ...], tuple[Range, ...]], dict[str, None]] = {}
    for row in rows:
        found.setdefault((row.vendor, row.ranges, row.fixed), {})[row.product] = None
    return tuple(Affected(vendor, tuple(products), told, free) for (vendor, told, free), products in found.items())
