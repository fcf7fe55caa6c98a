"""Known faults of the bundled pack and of packs over it, and the names under which their vendors are known here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from custodes.knowledge import files
from custodes.knowledge.citing import cited_of, fail, require_shape, text_of
from custodes.knowledge.files import Folders, Raw
from custodes.knowledge.rows import Brand, Supplier
from custodes.knowledge.text import squash
from custodes.knowledge.version_ranges import ranges
from custodes.model.vocab import Certainty
from custodes.model.vulnerabilities import Advisory, Affected, Exploited, Range

_LEGAL = re.compile(
    r"\b(?:co|ltd|inc|corp|corporation|company|limited|gmbh|llc|ag|technology|technologies|systems|solutions|security"
    r"|communications|electronics|the)\b\.?",
    re.IGNORECASE,
)
#: A vendor's name that only begins with one that is known must share so many letters with it.
_SHORTEST = 5


def load_vulnerabilities(folders: Folders) -> tuple[Advisory, ...]:
    """The advisories of packs in the order of their ids, without those of low certainty. Raises KnowledgeError."""
    found = [_advisory(raw) for _, raw in sorted(files.merged(folders, "vulnerabilities").items())]
    return tuple(one for one in found if one is not None)


def _advisory(raw: Raw) -> Advisory | None:
    require_shape(raw, "vulnerabilities")
    row = raw.row
    cited = cited_of(raw, row)
    if cited.certainty is Certainty.LOW:
        return None
    told = row.get("exploited") or {}
    exploited = Exploited(str(told.get("since", "")), str(told.get("due", ""))) if told else None
    affected = tuple(_affected(raw, one) for one in row.get("affected") or ())
    cve = text_of(raw, row, "cve")
    return Advisory(
        cve, text_of(raw, row, "what"), affected, cited.source, cited.date, bool(row.get("component")), exploited
    )


def _affected(raw: Raw, row: Mapping[str, Any]) -> Affected:
    products = tuple(map(str, row.get("products") or ()))
    return Affected(
        text_of(raw, row, "vendor"),
        products,
        _ranges(raw, row, "versions"),
        _ranges(raw, row, "fixed"),
        text_of(raw, row, "note"),
        bool(row.get("partly")),
    )


def _ranges(raw: Raw, row: Mapping[str, Any], key: str) -> tuple[Range, ...]:
    found, faults = ranges(text_of(raw, row, key))
    if faults:
        raise fail(raw, f"{key} holds no version: {', '.join(faults)}", 'write ">=1.0|<=1.4", "1.2" or "*"')
    return found


class Makers:
    """Ids of brands and suppliers by the names that advisories give to vendors."""

    def __init__(self, brands: Iterable[Brand], suppliers: Iterable[Supplier]) -> None:
        self._named: dict[str, set[str]] = {}
        for one in suppliers:
            for name in (one.id, one.name, one.legal_name, *one.native_names):
                self._named.setdefault(squash(name), set()).add(one.id)
        for brand in brands:
            for name in (brand.id, brand.name, *brand.aliases):
                self._named.setdefault(squash(name), set()).add(brand.id)
        self._named.pop("", None)
        self._first = {name[:_SHORTEST] for name in self._named if len(name) >= _SHORTEST}

    def ids(self, vendor: str) -> frozenset[str]:
        """Every id under which a vendor may be known; empty if there is none."""
        for name in (squash(vendor), squash(_LEGAL.sub(" ", vendor))):
            if name in self._named:
                return frozenset(self._named[name])
        key = squash(vendor)
        if key[:_SHORTEST] not in self._first:
            return frozenset()
        for end in range(len(key) - 1, _SHORTEST - 1, -1):
            if key[:end] in self._named and key[end:] in _TAILS:
                return frozenset(self._named[key[:end]])
        return frozenset()


#: What vendors' names of databases add to the name of the company: "dahuasecurity".
_TAILS = frozenset(("security", "technology", "technologies", "systems", "solutions", "corp", "inc", "digital", "cctv"))
