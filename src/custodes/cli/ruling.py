"""`measures` and `what-if`: parse, call one flow, render."""

from __future__ import annotations

import sys
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from custodes.cli.assessing import Request, progress, read_day
from custodes.cli.output import columns, note, print_json, printable
from custodes.estate.config import load_estate
from custodes.estate.flows import Options
from custodes.estate.rule_flows import asked_of, rules_on, timeline, what_if
from custodes.estate.ruling import Ruling
from custodes.knowledge import knowledge


@dataclass(frozen=True, slots=True)
class When:
    """For which day and body the rules are asked for, as given on the command line."""

    as_at: str | None
    known: str | None
    body_kind: str
    place: str


def measures_main(when: When, in_time: bool, form: str, packs: tuple[Path, ...]) -> None:
    """Run `custodes measures`."""
    loaded = knowledge(packs)
    day = read_day(when.as_at) or date.today()
    known = read_day(when.known, "--as-known")
    told = known.isoformat() if known else ""
    if in_time:
        events = [event for event in timeline(loaded, told) if when.as_at is None or event["day"] <= day.isoformat()]
        if form != "table":
            print_json(events, form)
            return
        from custodes.publication.rules import render_timeline

        sys.stdout.write(render_timeline(events, columns()))
        return
    rows = rules_on(loaded, asked_of(when.body_kind, when.place, day, told, loaded))
    if form != "table":
        print_json(rows, form)
        return
    from custodes.publication.rules import render_rules

    sys.stdout.write(render_rules(rows, day, columns(), bool(when.body_kind)))


def what_if_main(rule: Path, request: Request, body_kind: str) -> None:
    """Run `custodes what-if`."""
    estate = load_estate(request.path, request.mapping)
    as_at = read_day(request.as_at) or estate.as_at or date.today()
    options = Options(as_at, request.packs, ruling=Ruling(body_kind=body_kind))
    found = what_if(rule, estate, options, progress())
    if request.form != "table":
        print_json([asdict(found)], request.form)
        return
    out = sys.stdout
    out.write(printable(f"{found.name} ({found.rule})") + "\n")
    out.write(f"  would reach at least {found.yes:,} and at most {found.yes + found.unknown:,} live devices\n")
    for row in found.groups:
        told = f"{row['body'] or 'no body'}, {row['system'] or 'no system'}, {row['maker']}"
        out.write(printable(f"  {row['yes']:>6,} yes {row['unknown']:>6,} not known   {told}") + "\n")
    for fact, count in found.missing:
        out.write(printable(f"  {count:,} hang on: {fact}") + "\n")
    note("a proposed rule: what it would reach, not what anybody must do")
