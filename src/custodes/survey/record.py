"""Adds rows to the answers of a survey folder: all of them or none, and only what says something new."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from custodes.model.errors import BadInput
from custodes.survey.answers import COLUMNS

EXTRA = ("wave", "lead")


def append(
    path: Path, rows: Iterable[Mapping[str, str]], columns: Sequence[str] = COLUMNS, *, always: bool = False
) -> int:
    """Append rows (column to text) to a file of answers or other `columns`; returns how many.

    A row that stands there already, recorded on whatever day, is left out. Columns that the file has not and a row
    needs are added to it. `always`: a row is added even if it stands there already.
    """
    header, held = _read(path, columns)
    missing = [name for name in columns if name not in header]
    if missing:
        raise BadInput("columns are missing", where=f"{path.name}:1", why=", ".join(missing))
    wanted = [dict(row) for row in rows]
    needed = [name for name in EXTRA if any(row.get(name) for row in wanted) and name not in header]
    heads = [*header, *needed]
    rest = [[*row, *("" for _ in needed)] for row in held]
    telling = [place for place, name in enumerate(heads) if name != "recorded_at"]

    def said(cells: Sequence[str]) -> tuple[str, ...]:
        return tuple(cells[place] for place in telling if place < len(cells))

    known = {said(row) for row in rest}
    added = []
    for row in wanted:
        cells = [row.get(name, "") for name in heads]
        if always or said(cells) not in known:
            known.add(said(cells))
            added.append(cells)
    if added:
        _replace(path, [heads, *rest, *added])
    return len(added)


def clashing(path: Path, rows: Iterable[Mapping[str, str]]) -> list[Mapping[str, str]]:
    """Rows that say another thing than one of the file that was recorded on the same day: which holds nobody knows."""
    header, cells = _read(path, COLUMNS)
    held: dict[tuple[str, ...], list[tuple[str, tuple[str, ...]]]] = {}
    for line in cells:
        row = dict(zip(header, line, strict=False))
        held.setdefault(_place(row), []).append((row.get("wave", ""), _said(row)))
    return [
        row
        for row in rows
        if any(
            said != _said(row) and (not wave or wave == row.get("wave", "") or not row.get("wave"))
            for wave, said in held.get(_place(row), ())
        )
    ]


def _place(row: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(row.get(name, "") for name in ("body", "question", "part", "recorded_at"))


def _said(row: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(row.get(name, "") for name in ("state", "value", "lead"))


def _read(path: Path, columns: Sequence[str]) -> tuple[list[str], list[list[str]]]:
    if not path.is_file():
        return list(columns), []
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(stream)
            header = [name.strip() for name in next(reader, [])]
            return header or list(columns), [row for row in reader if any(row)]
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadInput("the file cannot be read", where=path.name, why=str(error)[:120]) from None


def _replace(path: Path, rows: Iterable[Sequence[str]]) -> None:
    """A whole new file in the place of the old one, at once."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    staged = path.with_name(f".{path.name}.new")
    staged.write_text(out.getvalue(), encoding="utf-8")
    staged.replace(path)
