"""`survey foi`: parse, call one function of the survey room, render."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from custodes.cli.assessing import progress, read_day
from custodes.cli.output import columns, note, print_json, printable
from custodes.cli.surveying import pick
from custodes.model.errors import BadInput, BadUsage
from custodes.survey.foi.campaign import Line
from custodes.survey.foi.regimes import Regime


@dataclass(frozen=True, slots=True)
class Requesting:
    """What is wanted of a round of requests."""

    paths: tuple[Path, ...]
    sent: str | None
    act: str | None
    on: str | None
    out: Path | None
    reviews: Path | None
    complaints: Path | None
    marking: str
    earlier: Path | None
    typed: Path | None


def foi_main(asked: Requesting, form: str) -> None:
    """Run `custodes survey foi`."""
    from custodes.attribution.naming import letter_namer
    from custodes.knowledge import knowledge
    from custodes.publication.foi import line_object, render_round
    from custodes.survey.foi.campaign import Round, table
    from custodes.survey.foi.inbox import messages
    from custodes.survey.foi.regimes import regimes

    act = pick(asked.act, regimes(), "Act")
    if not _without_replies(asked, form, regimes().get(act)):
        return
    on = read_day(asked.on, "--on") or date.today()
    if asked.out is not None and asked.out.suffix.lower() not in (".csv", ".xlsx"):
        raise BadUsage("the table is written as .csv or .xlsx", where=str(asked.out))
    round_ = Round(read_day(asked.sent, "--sent"), regimes().get(act), on, letter_namer(knowledge()))
    tell = progress()
    found = []
    for path in asked.paths:
        for message in messages(path, note):
            found.append(message)
            if len(found) % 50 == 0:
                tell(f"read {len(found):,} replies")
    if not found:
        raise BadInput("no reply could be read", where=", ".join(map(str, asked.paths))[:200])
    lines = table(found, round_)
    _write_files(asked, lines, on)
    if form != "table":
        print_json(map(line_object, lines), form)
        return
    sys.stdout.write(render_round(lines, columns()))


def _write_files(asked: Requesting, lines: Sequence[Line], on: date) -> None:
    from custodes.publication.foi import write_complaints, write_reviews, write_table

    if asked.out is not None:
        note(f"written: {write_table(lines, asked.out, on, asked.marking)}")
    if asked.reviews is not None:
        note(f"{len(write_reviews(lines, asked.reviews, on, asked.marking)):,} letters in {asked.reviews}")
    if asked.complaints is not None:
        note(f"{len(write_complaints(lines, asked.complaints, on, asked.marking)):,} complaints in {asked.complaints}")


def _without_replies(asked: Requesting, form: str, act: Regime | None) -> bool:
    """What needs no replies; whether there are replies to go on with. Raises BadUsage if nothing is asked for."""
    if asked.typed is not None:
        _typed(asked.typed, form)
    if asked.earlier is not None:
        _warn_of_like(asked.earlier, read_day(asked.sent, "--sent"), act)
    if not asked.paths and asked.typed is None and asked.earlier is None:
        raise BadUsage("no replies are given", remedy="name exports, mail, PDF, XLSX, CSV, zips or folders")
    return bool(asked.paths)


def _typed(path: Path, form: str) -> None:
    """Say of each figure typed twice whether the two agree."""
    from custodes.survey.faults import Faults, SurveyRefused
    from custodes.survey.foi.campaign import typed_twice

    faults = Faults()
    found = typed_twice(path, faults)
    if faults.found:
        raise SurveyRefused(faults.sorted())
    if form != "table":
        print_json(map(asdict, found), form)
        return
    open_ = [item for item in found if not item.holds]
    sys.stdout.write(f"{len(found):,} figures typed, {len(found) - len(open_):,} hold, {len(open_):,} to settle\n")
    for item in open_:
        told = (
            f"  line {item.line}: {item.body}: {item.first or 'nothing'} or {item.second or 'nothing'} ({item.place})"
        )
        sys.stdout.write(printable(told) + "\n")


def _warn_of_like(path: Path, day: date | None, regime: Regime | None) -> None:
    """Warn of requests that a law lets a body add together with the ones about to be sent."""
    from custodes.survey.faults import Faults, SurveyRefused
    from custodes.survey.foi.campaign import earlier, like_requests

    if day is None or regime is None:
        raise BadUsage("--earlier wants --sent and --act: the day and the law")
    faults = Faults()
    sent = earlier(path, faults)
    if faults.found:
        raise SurveyRefused(faults.sorted())
    near = like_requests(sent, day, regime)
    within = regime.like_requests_within_days
    for body, many in sorted(near.items()):
        note(
            f"{body}: {many:,} sent within {within} working days before {day.isoformat()}; "
            "like ones may be added together"
        )
    if not near:
        note(
            f"no request within {within} working days before {day.isoformat()}"
            if within
            else "this Act names no such days"
        )
