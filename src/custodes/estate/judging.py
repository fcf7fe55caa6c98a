"""`judgements.yaml` of an estate: read, and brought to the records that are meant.

    - say: same                  # or: not-same, make, maker, site
      of: [register.csv:3, scan.xml:7]     # or mac:..., serial:..., or the id of a device as it is printed
      by: A. Tester
      date: 2026-11-20
      because: looked at both labels
    - {say: make, of: ["mac:AC:CC:8E:00:00:02"], make: Axis, by: A. Tester, date: 2026-11-20}

Each judgement is taken or refused by itself, in the order of the file; the file is never written.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from custodes.attribution.identifiers import normal_mac
from custodes.estate.sightings import Sighting
from custodes.knowledge.files import read_document
from custodes.knowledge.text import squash
from custodes.model.days import is_day
from custodes.model.errors import KnowledgeError
from custodes.model.judgements import Judgement, Say
from custodes.model.vocab import Field

_KEYS = frozenset(("say", "of", "by", "date", "because", "make", "maker", "site"))
_SHORTEST_SERIAL = 4


@dataclass(slots=True)
class Placed:
    """A judgement with the places of the sightings it is of. `heads`: one place for each record or device that it
    names; `contradicted`: whether an earlier judgement says otherwise, so that it was left out."""

    judgement: Judgement
    sightings: list[int]
    heads: list[int]
    contradicted: bool = False


def read_judgements(path: Path) -> tuple[list[Judgement], list[str]]:
    """The judgements of a file, and what is wrong with others of it."""
    try:
        rows = read_document(path)
    except KnowledgeError as error:
        return [], [f"cannot be read: {error.why or error.what}"]
    found: list[Judgement] = []
    faults: list[str] = []
    for number, row in enumerate(rows if isinstance(rows, list) else [rows], 1):
        fault = _fault(row)
        if fault:
            faults.append(f"judgement {number}: {fault}")
            continue
        say = Say(str(row["say"]))
        value = str(row.get(say.value) or "")
        of = tuple(str(one) for one in row["of"])
        told = (str(row["by"]), str(row["date"]), str(row.get("because") or ""))
        found.append(Judgement(say, of, *told, value, f"{path.name} judgement {number}"))
    return found, faults


def _fault(row: Any) -> str:
    if not isinstance(row, Mapping):
        return "it is no mapping of keys to values"
    strange = sorted(str(key) for key in row if key not in _KEYS)
    if strange:
        return f"{strange[0][:40]!r} is no key of a judgement; known are {', '.join(sorted(_KEYS))}"
    if row.get("say") not in [say.value for say in Say]:
        return f"say is one of {', '.join(Say)}"
    of = row.get("of")
    if not isinstance(of, list) or not of:
        return "of names no record: give a list"
    if row["say"] in (Say.SAME, Say.NOT_SAME) and len(of) < 2:
        return f"{row['say']} needs two records at least"
    if not row.get("by") or not is_day(str(row.get("date") or "")):
        return "by and date tell who judged it, and on which day (YYYY-MM-DD)"
    if row["say"] in (Say.MAKE, Say.MAKER, Say.SITE) and not row.get(row["say"]):
        return f"it tells no {row['say']}"
    return ""


def place(
    judgements: Sequence[Judgement], sightings: Sequence[Sighting], devices: Mapping[str, Sequence[int]]
) -> tuple[list[Placed], list[str]]:
    """Judgements with the sightings they are of, and those of which a record is not there. `devices`: the places of the
    sightings of each device that the records alone make."""
    known = _known(sightings) | {key: list(places) for key, places in devices.items()}
    found: list[Placed] = []
    faults: list[str] = []
    for one in judgements:
        missing = [name for name in one.of if _key(name) not in known]
        if missing:
            faults.append(f"{one.place}: there is no record {missing[0][:60]!r}; left out")
            continue
        held = [known[_key(name)] for name in one.of]
        places = list(dict.fromkeys(index for group in held for index in group))
        found.append(Placed(one, places, [group[0] for group in held]))
    return found, faults


def _known(sightings: Sequence[Sighting]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for index, one in enumerate(sightings):
        for key in _names(one):
            found[key].append(index)
    return dict(found)


def _names(one: Sighting) -> Iterator[str]:
    yield f"{one.file}:{one.row}"
    if one.sheet:
        yield f"{one.file}:{one.sheet}:{one.row}"
    mac = normal_mac(one.cells.get(Field.MAC, ""))
    if mac:
        yield f"mac:{mac}"
    serial = squash(one.cells.get(Field.SERIAL, ""))
    if len(serial) >= _SHORTEST_SERIAL:
        yield f"serial:{serial}"


def _key(name: str) -> str:
    """A name of a record as it is looked up."""
    kind, _, rest = name.strip().partition(":")
    if kind == "mac":
        return f"mac:{normal_mac(rest)}"
    return f"serial:{squash(rest)}" if kind == "serial" else name.strip()
