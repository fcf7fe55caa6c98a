"""`declared.yaml` of an estate: what the body declared, read and brought to the makes that it names.

    - {make: Hikvision, says: none, dated: 2026-10-03, source: "reply to question 4 of the survey"}
    - {make: DJI, says: count, number: 12, body: northmarch, system: drones, dated: 2025-06-01, source: FOI 2025/113}

Each declaration is taken or refused by itself; the file is never written.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from custodes.estate.config import Estate
from custodes.estate.sites import body_spellings
from custodes.knowledge import Knowledge
from custodes.knowledge.files import read_document
from custodes.knowledge.text import squash
from custodes.model.days import is_day
from custodes.model.declarations import Declaration, Says
from custodes.model.errors import KnowledgeError

_KEYS = ("make", "says", "number", "body", "system", "dated", "source")


def read_declarations(path: Path, estate: Estate, knowledge: Knowledge) -> tuple[list[Declaration], list[str]]:
    """The declarations of a file, and what is wrong with others of it."""
    try:
        rows = read_document(path)
    except KnowledgeError as error:
        return [], [f"{path.name} cannot be read: {error.why or error.what}"]
    found: list[Declaration] = []
    faults: list[str] = []
    for number, row in enumerate(rows if isinstance(rows, list) else [rows], 1):
        place = f"{path.name} declaration {number}"
        one = _read(row, place, estate, knowledge)
        if isinstance(one, Declaration):
            found.append(one)
        else:
            faults.append(f"{place}: {one}; left out")
    return found, faults


def _read(row: Any, place: str, estate: Estate, knowledge: Knowledge) -> Declaration | str:
    if not isinstance(row, Mapping):
        return "it is no mapping of keys to values"
    fault = _fault(row, estate)
    if fault:
        return fault
    make = str(row["make"])
    brands, suppliers = _named(make, knowledge)
    if not brands and not suppliers:
        return f"the make {make[:60]!r} is not known to the reference data"
    body = body_spellings(estate.bodies).get(squash(str(row.get("body") or "")), "")
    dated, source = (str(row.get(key) or "") for key in ("dated", "source"))
    says, system = Says(str(row["says"])), str(row.get("system") or "")
    return Declaration(says, make, brands, suppliers, body, system, int(row.get("number") or 0), dated, source, place)


def _fault(row: Mapping[Any, Any], estate: Estate) -> str:
    strange = sorted(str(key) for key in row if key not in _KEYS)
    if strange:
        return f"{strange[0][:40]!r} is no key of a declaration; known are {', '.join(_KEYS)}"
    if not row.get("make") or str(row.get("says")) not in list(Says):
        return f"make names a make, and says is one of {', '.join(Says)}"
    number = row.get("number")
    if row["says"] == Says.COUNT and (not isinstance(number, int) or isinstance(number, bool) or number < 0):
        return "a count needs its number"
    if row.get("dated") and not is_day(str(row["dated"])):
        return f"dated {str(row['dated'])[:40]!r} is no date"
    if row.get("body") and squash(str(row["body"])) not in body_spellings(estate.bodies):
        return f"the body {str(row['body'])[:60]!r} is not configured"
    if row.get("system") and row["system"] not in estate.systems:
        return f"the system {str(row['system'])[:60]!r} is not configured"
    return ""


def _named(make: str, knowledge: Knowledge) -> tuple[frozenset[str], frozenset[str]]:
    """Brands and suppliers of that name: the label, and who makes it."""
    told = squash(make)
    brands = {
        key
        for key, row in knowledge.pack.brands.items()
        if told in (squash(key), *map(squash, (row.name, *row.aliases)))
    }
    suppliers = {key for key, row in knowledge.pack.suppliers.items() if told in (squash(key), squash(row.name))}
    suppliers |= {supplier for key in brands if (supplier := knowledge.brand(key).supplier)}
    return frozenset(brands), frozenset(suppliers)
