"""`custodes rollup`: sums over assessed tables brought up to date, and tables of them."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from custodes.cli.large import listed, pairs
from custodes.cli.output import note, print_json, printable
from custodes.estate.tables.rollup import table, update
from custodes.model.errors import BadUsage


@dataclass(frozen=True, slots=True)
class Wanted:
    """A table of the sums: by which dimensions, and where."""

    by: str
    where: tuple[str, ...]


def main(results: Sequence[str], cube: Path, body: str, wanted: Wanted, form: str) -> None:
    """Bring the sums up to date where results are given, and print the table that is asked for."""
    asked = bool(wanted.by or wanted.where)
    if not (results or asked):
        raise BadUsage("what is to be summed?", remedy="give results of `assess --in`, or --by for a table of the sums")
    if results:
        done = update(results, cube, body)
        told = f"{done.new:,} files summed, {done.held:,} had been, {done.removed:,} sums taken away"
        note(f"{told}; {done.rows:,} rows in {printable(str(cube))}")
        if done.left_out:
            note(f"{done.left_out:,} rows of the tables were left out when they were assessed, and are in no sum")
    if not asked:
        return
    rows = table(cube, listed(wanted.by), pairs("--where", wanted.where, "supplier=hikvision"))
    if form != "table":
        print_json(rows, form)
        return
    sys.stdout.write(_plain(rows))


def _plain(rows: Sequence[dict[str, object]]) -> str:
    """A table for people; a dash where nobody is named."""
    if not rows:
        return "no device\n"
    heads = {"least": "at least", "most": "at most"}
    lines = [[heads.get(name, name) for name in rows[0]]]
    lines += [
        [f"{one:,}" if isinstance(one, int) else printable(str(one or "-")) for one in row.values()] for row in rows
    ]
    widths = [max(len(line[place]) for line in lines) for place in range(len(lines[0]))]
    numbers = {place for place, name in enumerate(rows[0]) if name in heads}
    told = (
        "  ".join(
            text.rjust(width) if place in numbers else text.ljust(width)
            for place, (text, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )
    return "\n".join(told) + "\n"


def _cell(one: object) -> str:
    return f"{one:,}" if isinstance(one, int) else printable(str(one or "-"))
