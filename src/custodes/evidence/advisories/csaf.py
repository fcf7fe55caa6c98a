"""CSAF 2.0: products by branches and by relationships; what stands in the wrong field is read as it is meant.

Source: OASIS CSAF 2.0, sections 3.2.2 (product tree) and 3.2.3 (vulnerabilities).
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from custodes.evidence.advisories.shapes import a_list, a_map
from custodes.knowledge.version_ranges import ranges
from custodes.model.vulnerabilities import Advisory, Affected, Catalogue, Range

_DEEPEST = 30
_AFFECTED = ("known_affected", "first_affected", "last_affected")
_FIXED = ("fixed", "first_fixed", "known_not_affected")
_VERSIONED = ("product_version", "product_version_range")
_NAMED = ("product_name", "product_family")
#: A name of a model where a version should be: letters before the first digit, a hyphen or an X for any sign.
_MODEL = re.compile(
    r"^(?=.*\d|.*X)[A-Z]{2,6}[A-Z0-9]{0,20}(?:[-_][A-Z0-9()/]{1,30}){1,6}(?: series)?$|^[A-Z]{2,8}\d[A-Z0-9]{0,20}XX$"
)
#: The same without a hyphen, as capitals and digits in one word; a version has dots or begins with a V.
_PLAIN_MODEL = re.compile(r"^(?!V\d)(?=.*\d)[A-Z]{1,4}[A-Z0-9]{4,20}$")
_LONGEST = 200
#: How a part can be on a whole so that the version is that of the part: firmware on a camera.
_ON = ("installed_on", "installed_with")
_FIRMWARE_NAME = re.compile(r"^v\d+(?:\.\d+){1,4}$", re.IGNORECASE)
_DAY = re.compile(r"^(<=|<)\s*(\d{6}|\d{8})$")


@dataclass(frozen=True, slots=True)
class _Product:
    vendor: str
    product: str
    versions: str = ""
    note: str = ""


def read_csaf(document: Mapping[str, Any], name: str) -> Catalogue:
    """Every fault of a paper. What cannot be read is named in `problems`; the rest is given."""
    problems: list[str] = []
    paper = a_map(document.get("document"))
    tracking = a_map(paper.get("tracking"))
    products = _products(a_map(document.get("product_tree")), problems)
    identity = str(tracking.get("id") or name)
    dated = str(tracking.get("current_release_date") or "")[:10]
    publisher = str(a_map(paper.get("publisher")).get("name") or "")
    source = f"{publisher} {identity}".strip()
    found = []
    for place, fault in enumerate(a_list(document.get("vulnerabilities")), 1):
        cve = str(a_map(fault).get("cve") or "")
        if not cve:
            problems.append(f"vulnerability {place} has no CVE: left out")
            continue
        affected = _affected(a_map(a_map(fault).get("product_status")), products, problems)
        what = str(a_map(a_map(fault).get("cwe")).get("name") or a_map(fault).get("title") or "")
        found.append(Advisory(cve, what[:200], tuple(affected), source, dated))
    return Catalogue(name, "CSAF 2.0", dated, tuple(found), problems=tuple(dict.fromkeys(problems)))


def _affected(status: Mapping[str, Any], products: Mapping[str, _Product], problems: list[str]) -> Iterator[Affected]:
    fixed: dict[tuple[str, str], list[Range]] = {}
    for one in _named(status, _FIXED, products, problems):
        fixed.setdefault((one.vendor, one.product), []).extend(ranges(one.versions)[0] if one.versions else ())
    grouped: dict[tuple[str, str, str], list[Range]] = {}
    for one in _named(status, _AFFECTED, products, problems):
        told, faults = ranges(one.versions) if one.versions else ((), [])
        if faults:
            told = ()
            problems.append(f"{one.product}: no version can be read in {', '.join(faults)!r}")
        note = one.note or (f"no version can be read in {faults[0]!r}" if faults else "")
        grouped.setdefault((one.vendor, one.product, note), []).extend(told)
    for (vendor, product, note), held in grouped.items():
        free = tuple(dict.fromkeys(fixed.get((vendor, product), ())))
        yield Affected(vendor, (product,) if product else (), tuple(dict.fromkeys(held)), free, note)


def _named(
    status: Mapping[str, Any], keys: tuple[str, ...], products: Mapping[str, _Product], problems: list[str]
) -> Iterator[_Product]:
    for key in keys:
        for number in a_list(status.get(key)):
            product = products.get(str(number))
            if product is None:
                problems.append(f"product {str(number)[:60]!r} is named and described nowhere: left out")
            else:
                yield product


def _products(tree: Mapping[str, Any], problems: list[str]) -> dict[str, _Product]:
    """Products by their id: those of branches, those named alone, and those that others run on."""
    found: dict[str, _Product] = {}
    for identity, product in _branches(tree, problems):
        found[identity] = _mended(product, problems)
    for row in a_list(tree.get("full_product_names")):
        one = a_map(row)
        found.setdefault(str(one.get("product_id")), _Product("", str(one.get("name") or "")))
    _related(a_list(tree.get("relationships")), found, problems)
    return found


def _branches(tree: Mapping[str, Any], problems: list[str]) -> Iterator[tuple[str, _Product]]:
    waiting = [(branch, "", "", "", 0) for branch in reversed(a_list(tree.get("branches")))]
    while waiting:
        branch, vendor, product, versions, depth = waiting.pop()
        one = a_map(branch)
        name, category = " ".join(str(one.get("name") or "")[:_LONGEST].split()), str(one.get("category") or "")
        if category == "vendor":
            vendor = name
        elif category in _VERSIONED:
            versions = name
        elif category in _NAMED or not product:
            product = name
        leaf = a_map(one.get("product"))
        if leaf.get("product_id"):
            yield str(leaf["product_id"]), _Product(vendor, product, versions)
        if depth >= _DEEPEST:
            problems.append(f"branches below {name[:60]!r} are deeper than {_DEEPEST}: left out")
            continue
        waiting += [(below, vendor, product, versions, depth + 1) for below in reversed(a_list(one.get("branches")))]


def _related(rows: list[Any], found: dict[str, _Product], problems: list[str]) -> None:
    """Products that are one thing on another: firmware on a camera has the version of the one and the name of the
    other; what only holds a part keeps its own version. One may rest on another of them; what goes round is named."""
    left = {str(a_map(a_map(row).get("full_product_name")).get("product_id")): a_map(row) for row in rows}
    waiting: dict[str, list[str]] = {}
    for key, row in left.items():
        for other in _rests_on(row):
            waiting.setdefault(other, []).append(key)
    ready = deque(key for key, row in left.items() if all(one in found for one in _rests_on(row)))
    while ready:
        key = ready.popleft()
        if key not in left or not all(one in found for one in _rests_on(left[key])):
            continue
        row = left.pop(key)
        part, whole = (found[one] for one in _rests_on(row))
        versions = (part.versions or whole.versions) if row.get("category") in _ON else whole.versions
        note = "by a relationship: one thing on another"
        found[key] = _Product(whole.vendor or part.vendor, whole.product, versions, note)
        ready.extend(waiting.get(key, ()))
    if left:
        problems.append(f"relationships that rest on each other or on nothing: {', '.join(sorted(left)[:3])[:120]}")


def _rests_on(row: Mapping[str, Any]) -> tuple[str, str]:
    return str(row.get("product_reference")), str(row.get("relates_to_product_reference"))


def _mended(product: _Product, problems: list[str]) -> _Product:
    """A product as it is meant: names twice encoded, names of models where versions should be, and the reverse."""
    vendor, name = _decoded(product.vendor), _decoded(product.product)
    told = replace(product, vendor=vendor, product=name)
    if vendor != product.vendor or name != product.product:
        told = replace(told, note="its name was encoded twice")
    model = re.sub(r"(?:\s+and|,|;)+\s*$", "", product.versions).strip()
    if _PLAIN_MODEL.match(model) or (_MODEL.match(model) and not re.search(r"\d\.\d", model)):
        told = replace(told, product=model, versions="", note="the name of a model stood where its version should be")
    day = _DAY.match(product.versions)
    if _FIRMWARE_NAME.match(name) and day:
        versions = f"{day[1]} {name} build {day[2]}"
        told = replace(told, product="", versions=versions, note="a version stood where the product should be")
    if told.note:
        problems.append(f"{(told.product or vendor)[:60]}: {told.note}")
    return told


def _decoded(text: str) -> str:
    """A text that was taken for Latin-1 and encoded again."""
    for encoding in ("cp1252", "latin-1"):
        try:
            return text.encode(encoding).decode("utf-8")
        except (UnicodeEncodeError, UnicodeDecodeError):
            continue
    return text
