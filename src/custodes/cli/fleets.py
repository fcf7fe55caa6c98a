"""`custodes drone count`: fleets by brand and by actual maker, at least and at most, with the reasons."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from custodes.cli import fleet_answers
from custodes.cli.assessing import progress
from custodes.cli.fleet_answers import Into
from custodes.cli.output import print_json, printable
from custodes.cli.surveying import pick
from custodes.estate.config import load_estate
from custodes.estate.fleet import Fleet, Range, Row
from custodes.estate.fleet_bodies import by_body
from custodes.estate.fleet_flows import counted
from custodes.estate.flows import Options
from custodes.knowledge import Knowledge, knowledge


@dataclass(frozen=True, slots=True)
class Counting:
    """What is asked."""

    path: Path
    form: str
    packs: tuple[Path, ...]
    on: date
    into: Into | None = None


def main(asked: Counting) -> None:
    """Count and print."""
    estate = load_estate(asked.path)
    fleet = counted(estate, Options(asked.on, asked.packs), progress())
    loaded = knowledge(asked.packs)
    if asked.into is not None:
        wanted = asked.into.wanted
        pick(wanted.brand, loaded.pack.brands, "brand")
        pick(wanted.maker, loaded.pack.suppliers, "maker")
        fleet_answers.main(by_body(fleet, loaded, wanted), asked.into)
    if asked.form != "table":
        print_json([fleet_object(fleet, loaded)], "jsonl")
        return
    _print(fleet, loaded)


def fleet_object(fleet: Fleet, loaded: Knowledge) -> dict[str, Any]:
    """The counts as they are printed. `upper` null: nobody can say how many at most."""
    suppliers = loaded.pack.suppliers
    return {
        "aircraft": _range(fleet.whole),
        "docks": _range(fleet.docks),
        "bodies": {
            "told": fleet.told,
            "told_in_part": fleet.partly,
            "none": fleet.none,
            "refused": fleet.refused,
            "unclear": fleet.unclear,
        },
        "by_brand": [
            {"brand": key, "name": loaded.brand(key).name} | _range(told) for key, told in fleet.brands.items()
        ],
        "by_maker": [
            {"supplier": key, "name": suppliers[key].name}
            | _range(told)
            | {
                "upper_with_relabels": fleet.relabels[key].upper,
                "upper_of_told_with_relabels": fleet.relabels[key].told,
                "reasons_with_relabels": _reasons(fleet.relabels[key].why),
            }
            for key, told in fleet.makers.items()
        ],
        "rows": [_row(row) for row in fleet.rows],
    }


def _row(row: Row) -> dict[str, Any]:
    answer = "none" if row.answer.none else "refused" if row.answer.refused and not row.answer.parts else "told"
    parts = [
        {
            "text": part.text,
            "brand": part.sure,
            "maybe": sorted(part.maybe),
            "dock": part.dock,
            "lower": part.number.lower if part.number else 0,
            "upper": part.number.upper if part.number else None,
            "why": part.number.why if part.number else "",
        }
        for part in row.answer.parts
    ]
    place = {"file": row.file, "row": row.row, "body": row.body, "text": row.text}
    return place | {"answer": answer, "left_out": row.left_out or None, "parts": parts}


def _range(told: Range) -> dict[str, Any]:
    return {"lower": told.lower, "upper": told.upper, "upper_of_told": told.told, "reasons": _reasons(told.why)}


def _reasons(why: Mapping[str, int]) -> list[dict[str, Any]]:
    return [{"reason": text, "rows": rows} for text, rows in sorted(why.items(), key=lambda pair: (-pair[1], pair[0]))]


def _print(fleet: Fleet, loaded: Knowledge) -> None:
    out = Console(file=sys.stdout, highlight=False, soft_wrap=not sys.stdout.isatty())
    out.print(
        f"{fleet.told:,} bodies told numbers ({fleet.partly:,} of them in part), {fleet.none:,} have none, "
        f"{fleet.refused:,} refused: a refusal is not nought"
        + (f"; {fleet.unclear:,} gave no answer that can be read" if fleet.unclear else "")
    )
    out.print(f"aircraft: {_words(fleet.whole)}; docks: {_words(fleet.docks)}")
    for title, table in (("brand", fleet.brands), ("actual maker", fleet.makers)):
        grid = Table(box=None, pad_edge=False)
        numbers = ["at least", "at most", "of those told", *(["with relabels"] if title != "brand" else [])]
        for name in (title, *numbers, "why not one number"):
            grid.add_column(name, justify="right" if name in numbers else "left")
        for key, told in sorted(table.items(), key=lambda pair: -pair[1].lower):
            name = loaded.brand(key).name if title == "brand" else loaded.pack.suppliers[key].name
            relabels = () if title == "brand" else (_most(fleet.relabels[key].told),)
            why = told.why if title == "brand" else fleet.relabels[key].why
            reasons = "; ".join(f"{one['reason']} ({one['rows']})" for one in _reasons(why))
            figures = (f"{told.lower:,}", _most(told.upper), _most(told.told), *relabels)
            grid.add_row(printable(name), *figures, printable(reasons))
        out.print()
        out.print(grid)
    left = [row for row in fleet.rows if row.left_out]
    if left:
        out.print(f"\nnot counted: {len(left):,} rows, {', '.join(sorted({row.left_out for row in left}))}")


def _most(upper: int | None) -> str:
    return "open" if upper is None else f"{upper:,}"


def _words(told: Range) -> str:
    if told.upper == told.lower:
        return f"{told.lower:,}"
    return f"at least {told.lower:,}, {'no upper end' if told.upper is None else f'at most {told.upper:,}'}"
