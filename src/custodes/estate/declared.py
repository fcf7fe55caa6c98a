"""`declared.yaml` of an estate: what the body declared, read and brought to the makes that it names.

    - {make: Hikvision, says: none, dated: 2026-10-03, source: "reply to question 4 of the survey"}
    - {make: DJI, says: count, number: 12, body: northmarch, system: drones, dated: 2025-06-01, source: FOI 2025/113}

Each declaration is taken or refused by itself; the file is never written.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from custodes.estate.config import Estate
from custodes.estate.sites import body_spellings
from custodes.knowledge import Knowledge
from custodes.knowledge.files import read_document
from custodes.knowledge.naming import named
from custodes.knowledge.text import squash
from custodes.model.days import is_day
from custodes.model.declarations import Declaration, Says
from custodes.model.errors import KnowledgeError

_KEYS = ("make", "says", "number", "body", "system", "dated", "source")


def read_declarations(
    path: Path, estate: Estate, knowledge: Knowledge, as_at: date
) -> tuple[list[Declaration], list[str]]:
    """The declarations of a file, and what is wrong with others of it."""
    try:
        rows = read_document(path)
    except KnowledgeError as error:
        return [], [f"{path.name} cannot be read: {error.why or error.what}"]
    found: list[Declaration] = []
    faults: list[str] = []
    listed = rows if isinstance(rows, list) else [] if rows is None else [rows]
    for number, row in enumerate(listed, 1):
        place = f"{path.name} declaration {number}"
        one = _read(row, place, estate, knowledge, as_at)
        if isinstance(one, Declaration):
            found.append(one)
        else:
            faults.append(f"{place}: {one}; left out")
    return found, faults


def _read(row: Any, place: str, estate: Estate, knowledge: Knowledge, as_at: date) -> Declaration | str:
    if not isinstance(row, Mapping):
        return "it is no mapping of keys to values"
    told = {str(key): value for key, value in row.items() if value is not None}
    system = _system(str(told.get("system") or ""), estate)
    fault = _fault(told, estate, as_at) or ("" if system is not None else f"the system {told['system']!r} is unknown")
    if fault:
        return fault
    make = str(told["make"])
    brands, suppliers = named(make, knowledge)
    if not brands and not suppliers:
        return f"the make {make[:60]!r} is not known to the reference data"
    body = body_spellings(estate.bodies).get(squash(str(told.get("body") or "")), "")
    dated, source = (str(told.get(key) or "") for key in ("dated", "source"))
    number = int(told.get("number") or 0)
    return Declaration(_says(told), make, brands, suppliers, body, system or "", number, dated, source, place)


def _says(told: Mapping[str, Any]) -> Says:
    """What is declared; YAML reads a bare no as false."""
    return Says.NONE if told["says"] is False else Says(str(told["says"]).casefold())


def _system(text: str, estate: Estate) -> str | None:
    """The id of a configured system by its id or name; None if there is none."""
    if not text:
        return ""
    return next((key for key, one in estate.systems.items() if squash(text) in (squash(key), squash(one.name))), None)


def _fault(told: Mapping[str, Any], estate: Estate, as_at: date) -> str:
    strange = sorted(key for key in told if key not in _KEYS)
    if strange:
        return f"{strange[0][:40]!r} is no key of a declaration; known are {', '.join(_KEYS)}"
    wrong = [key for key, value in told.items() if isinstance(value, list | Mapping)]
    if wrong:
        return f"{wrong[0]} is one text or number, no list and no mapping"
    if not told.get("make"):
        return "make names no make"
    if told.get("says") is not False and str(told.get("says")).casefold() not in list(Says):
        return f"says is one of {', '.join(Says)}, not {str(told.get('says'))[:40]!r}"
    return _fault_of_number(told) or _fault_of_place(told, estate) or _fault_of_day(told, as_at)


def _fault_of_number(told: Mapping[str, Any]) -> str:
    number = told.get("number")
    whole = isinstance(number, int) and not isinstance(number, bool) and number >= 0
    if (number is not None or told["says"] == Says.COUNT) and not whole:
        return f"number is a whole number, written without quotes; read was {str(number)[:40]!r}"
    return ""


def _fault_of_place(told: Mapping[str, Any], estate: Estate) -> str:
    if told.get("body") and squash(str(told["body"])) not in body_spellings(estate.bodies):
        return f"the body {str(told['body'])[:60]!r} is not configured"
    return ""


def _fault_of_day(told: Mapping[str, Any], as_at: date) -> str:
    day = str(told.get("dated") or "")
    if day and not is_day(day):
        return f"dated {day[:40]!r} is no date"
    if day > as_at.isoformat():
        return f"dated {day} is after the day that is asked about"
    return ""
