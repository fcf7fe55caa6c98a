"""Whom a survey asked, and when: bodies and waves."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from custodes.survey.documents import Node, named_rows, texts
from custodes.survey.faults import Faults
from custodes.survey.values import read_date

BODY_COLUMNS = ("body", "name", "kind", "invited_from", "invited_to")


@dataclass(frozen=True, slots=True)
class Body:
    """One body. `invited_from`, `invited_to`: empty means open. `follows`: bodies it is the successor of."""

    id: str
    name: str
    kind: str
    invited_from: date | None
    invited_to: date | None
    line: int
    follows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wave:
    """One time of asking. `kinds`: kinds of body it goes to; none means every kind."""

    id: str
    opened: date
    closed: date | None
    questionnaire: str
    kinds: frozenset[str]
    title: str
    line: int

    def invites(self, body: Body) -> bool:
        """Whether it goes to a body: the body was to be asked on the day the wave opened."""
        begun = body.invited_from is None or body.invited_from <= self.opened
        going = body.invited_to is None or self.opened <= body.invited_to
        return begun and going and (not self.kinds or body.kind in self.kinds)


def read_waves(top: Node, file: str, faults: Faults) -> dict[str, Wave]:
    """The waves of a file, in the order they opened."""
    found: dict[str, Wave] = {}
    for name, node in named_rows(top, "waves", file, faults):
        opened, closed = (day_of(node, key, file, faults) for key in ("opened", "closed"))
        if opened is None:
            if not node.text("opened"):
                faults.add(file, node.line, f"wave '{name[:60]}' has no day on which it `opened`")
            continue
        if closed is not None and closed < opened:
            faults.add(file, node.line_of("closed"), f"wave '{name[:60]}' closed before it opened")
        kinds = frozenset(texts(node, "kinds", file, faults))
        found[name] = Wave(name, opened, closed, node.text("questionnaire"), kinds, node.text("title"), node.line)
    return dict(sorted(found.items(), key=lambda item: (item[1].opened, item[0])))


def day_of(node: Node, key: str, file: str, faults: Faults) -> date | None:
    """The day under a key; none where there is none, or what stands there is none, which is a fault."""
    text = node.text(key)
    if not text:
        return None
    try:
        return read_date(text)
    except ValueError as error:
        faults.add(file, node.line_of(key), f"`{key}`: {error}")
        return None


def read_bodies(path: Path, faults: Faults) -> dict[str, Body]:
    """The bodies of a CSV file, in its order."""
    found: dict[str, Body] = {}
    for line, row in csv_rows(path, BODY_COLUMNS, faults):
        name = row["body"].strip()
        if not name:
            faults.add(path.name, line, "no body in the first column")
        elif name in found:
            faults.add(path.name, line, f"body '{name[:60]}' stands already in line {found[name].line}")
        else:
            days = [_cell_day(row[key], key, path.name, line, faults) for key in ("invited_from", "invited_to")]
            follows = tuple(part.strip() for part in row.get("follows", "").split(";") if part.strip())
            shown = row["name"].strip() or name
            found[name] = Body(name, shown, row["kind"].strip(), days[0], days[1], line, follows)
            if days[0] and days[1] and days[1] < days[0]:
                faults.add(path.name, line, f"body '{name[:60]}' is no longer asked before it is asked first")
    return found


def _cell_day(text: str, column: str, file: str, line: int, faults: Faults) -> date | None:
    told = text.strip()
    if not told:
        return None
    try:
        return read_date(told)
    except ValueError as error:
        faults.add(file, line, f"{column}: {error}")
        return None


def csv_rows(path: Path, columns: tuple[str, ...], faults: Faults) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Rows of a CSV file with the line each begins on. Missing columns and rows of another length are faults."""
    line = 1
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(stream, strict=True)
            header = [name.strip() for name in next(reader, [])]
            missing = [name for name in columns if name not in header]
            if missing or len(set(header)) != len(header):
                why = f"columns are missing: {', '.join(missing)}" if missing else "two columns have one name"
                faults.add(path.name, 1, why)
                return
            line = reader.line_num + 1
            for row in reader:
                if len(row) == len(header):
                    if any(map(str.strip, row)):
                        yield line, dict(zip(header, row, strict=True))
                elif any(map(str.strip, row)):
                    faults.add(path.name, line, f"{len(row)} cells where the header has {len(header)}")
                line = reader.line_num + 1
    except (UnicodeDecodeError, csv.Error, OSError) as error:
        faults.add(path.name, line, f"cannot be read from here on: {str(error)[:160]}")
