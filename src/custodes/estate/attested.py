"""What persons attest of an estate: `attested.yaml`, workbooks that came back, each line taken or refused by itself.

    - {check: SCC-01, system: town-cctv, answer: yes, by: head of CCTV, date: 2026-10-01, evidence: "DPIA 3, May 2026"}

The files are never written. A later line about the same does not remove an earlier one: it stands before it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from custodes.estate.config import Body, Estate, System
from custodes.knowledge.files import read_document
from custodes.knowledge.text import squash
from custodes.model.checks import Attestation, Attests
from custodes.model.days import is_day
from custodes.model.errors import KnowledgeError, did_you_mean

KEYS = ("check", "body", "system", "answer", "by", "date", "evidence", "term", "note")
_NEEDED = ("check", "answer", "by", "date")
#: YAML reads a bare yes or no as true or false.
_BARE = {True: Attests.YES, False: Attests.NO}


def read_attested(
    path: Path, checks: Collection[str], estate: Estate, as_at: date
) -> tuple[list[Attestation], list[str]]:
    """The attestations of a file, and what is wrong with others of it."""
    try:
        rows = read_document(path)
    except KnowledgeError as error:
        return [], [f"{path.name} cannot be read: {error.why or error.what}"]
    listed = rows if isinstance(rows, list) else [] if rows is None else [rows]
    placed = ((f"{path.name} line {number}", row) for number, row in enumerate(listed, 1))
    return take(placed, checks, estate, as_at)


def take(
    rows: Iterable[tuple[str, Any]], checks: Collection[str], estate: Estate, as_at: date
) -> tuple[list[Attestation], list[str]]:
    """The attestations of lines, each with its place, and what is wrong with others."""
    found: list[Attestation] = []
    faults: list[str] = []
    for place, row in rows:
        one = _read(row, place, checks, estate, as_at)
        if isinstance(one, Attestation):
            found.append(one)
        else:
            faults.append(f"{place}: {one}; left out")
    return found, faults


def _read(row: Any, place: str, checks: Collection[str], estate: Estate, as_at: date) -> Attestation | str:
    if not isinstance(row, Mapping):
        return "it is no mapping of keys to values"
    told = {str(key): value for key, value in row.items() if value not in (None, "")}
    answer = _BARE.get(told["answer"]) if isinstance(told.get("answer"), bool) else told.get("answer")
    texts = {key: str(value).strip() for key, value in told.items()} | {"answer": str(answer or "").strip().casefold()}
    return (
        _fault(told, texts, checks, as_at)
        or _fault_of_place(texts, estate)
        or Attestation(
            texts["check"],
            Attests(texts["answer"]),
            texts["by"],
            texts["date"],
            texts.get("evidence", ""),
            texts.get("term", ""),
            texts.get("note", ""),
            _one_of(texts.get("body", ""), estate.bodies) or "",
            _one_of(texts.get("system", ""), estate.systems) or "",
            place,
        )
    )


def _fault(told: Mapping[str, Any], texts: Mapping[str, str], checks: Collection[str], as_at: date) -> str:
    strange = sorted(key for key in told if key not in KEYS)
    if strange:
        return f"{strange[0][:40]!r} is no key of an attestation; known are {', '.join(KEYS)}"
    wrong = [key for key, value in told.items() if not isinstance(value, str | int | float)]
    if wrong:
        return f"{wrong[0]} is one text, no list and no mapping"
    lacking = [key for key in _NEEDED if not texts.get(key)]
    if lacking:
        return f"{lacking[0]} is not told"
    if texts["check"] not in checks:
        hint = did_you_mean(texts["check"], sorted(checks))
        return f"there is no check {texts['check'][:40]!r}" + (f" ({hint})" if hint else "")
    if texts["answer"] not in list(Attests):
        return f"answer is one of {', '.join(Attests)}, not {texts['answer'][:40]!r}"
    if not is_day(texts["date"]) or len(texts["date"]) != 10:
        return f"date {texts['date'][:40]!r} is no day; write YYYY-MM-DD"
    if texts["date"] > as_at.isoformat():
        return f"date {texts['date']} is after the day that is asked about"
    return ""


def _fault_of_place(texts: Mapping[str, str], estate: Estate) -> str:
    body, system = texts.get("body", ""), texts.get("system", "")
    if _one_of(body, estate.bodies) is None:
        return f"the body {body[:60]!r} is not configured, or several are called so"
    if _one_of(system, estate.systems) is None:
        return f"the system {system[:60]!r} is not configured, or several are called so"
    home = estate.systems[_one_of(system, estate.systems) or ""].body if system else ""
    if body and home and home != _one_of(body, estate.bodies):
        return f"the system {system[:60]!r} is not of the body {body[:60]!r}"
    return ""


def _one_of(text: str, configured: Mapping[str, Body] | Mapping[str, System]) -> str | None:
    """The id of what is configured by that id or name; the id as it is written comes first. None if none is, or
    several."""
    if text in configured or not text:
        return text
    named = [key for key, one in configured.items() if squash(text) in (squash(key), squash(one.name))]
    return named[0] if len(named) == 1 else None
