"""Claims on the traffic of devices as rows of CSV: device, claim, values, and who said it where and when."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from custodes.evidence.captures.mud import read_mud
from custodes.model.claims import WITH_VALUES, Claim, Claimed, Entry
from custodes.model.errors import BadInput

COLUMNS = ("id", "device", "claim", "values", "said_by", "source", "date")
_REMEDY = f"give columns {', '.join(COLUMNS)}; claim is one of {', '.join(Claim)}"
MOST_ROWS = 100_000
#: What people write for countries, and is none of their codes.
_NO_CODES = frozenset(("UK", "EU", "EN"))
_DOMAIN = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]{0,250}[a-z0-9])?\.[a-z0-9-]{2,63}")


def read_claims(path: Path) -> list[Claimed]:
    """The claims of a file, in order. Several values stand between semicolons. Raises BadInput with the line."""
    found: list[Claimed] = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines)
            missing = {"device", "claim"} - set(reader.fieldnames or ())
            if missing:
                what = f"the claims have no column {', '.join(sorted(missing))}"
                raise BadInput(what, where=path.name, remedy=_REMEDY)
            for row in reader:
                if any((value or "").strip() for value in row.values() if isinstance(value, str)):
                    found.append(_claim(row, f"{path.name} line {reader.line_num}", path.parent, len(found) + 1))
                if len(found) > MOST_ROWS:
                    raise BadInput(f"there are more than {MOST_ROWS} claims", where=path.name)
    except (UnicodeDecodeError, csv.Error):
        raise BadInput("the claims are no CSV in UTF-8", where=path.name, remedy=_REMEDY) from None
    except OSError as error:
        raise BadInput(f"it cannot be read: {error.strerror}", where=str(path)) from None
    if not found:
        raise BadInput("there is no claim in it", where=path.name, remedy=_REMEDY)
    return found


def _claim(row: Mapping[str | None, str | None], where: str, folder: Path, number: int) -> Claimed:
    told = {str(key).strip(): (value or "").strip() for key, value in row.items() if isinstance(value, str) and key}
    if not told.get("device"):
        raise BadInput("a claim on no device", where=where, remedy="give an address, a label, or * for all")
    try:
        kind = Claim(told["claim"])
    except ValueError:
        raise BadInput(f"{told['claim'][:40]!r} is no kind of claim", where=where, remedy=_REMEDY) from None
    values = tuple(value.strip() for value in told.get("values", "").split(";") if value.strip())
    if (kind in WITH_VALUES) != bool(values):
        what = f"the claim {kind} names nothing" if not values else f"the claim {kind} takes no values"
        raise BadInput(what, where=where, remedy="values stand between semicolons")
    if kind in (Claim.ONLY_COUNTRIES, Claim.NOT_COUNTRIES):
        values = tuple(map(str.upper, values))
        if any(len(value) != 2 or not value.isalpha() or value in _NO_CODES for value in values):
            raise BadInput(
                "a country is no code of two letters",
                where=where,
                remedy="as ISO 3166-1 has them: GB, not UK; no groups such as EU",
            )
    if kind is Claim.ONLY_NAMES:
        values = tuple(value.lower().removeprefix("*.").strip(".") for value in values)
        if any(not _DOMAIN.fullmatch(value) for value in values):
            raise BadInput("a name is no domain", where=where, remedy="as example.org, without https:// and paths")
    found = Claimed(
        told.get("id") or str(number), told["device"], kind, values,
        told.get("said_by", ""), told.get("source", ""), told.get("date", ""),
    )  # fmt: skip
    return replace(found, entries=_profile(folder, values, where)) if kind is Claim.MUD else found


def _profile(folder: Path, values: tuple[str, ...], where: str) -> tuple[Entry, ...]:
    if len(values) != 1 or Path(values[0]).is_absolute() or ".." in Path(values[0]).parts:
        raise BadInput(
            "a MUD file is named otherwise than beside the claims", where=where, remedy="give its name alone"
        )
    return read_mud(folder / values[0])
