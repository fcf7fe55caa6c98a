"""`survey edition`, `confirm` and `new`: parse, call one function of the survey room, render."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from custodes.cli.assessing import read_day
from custodes.cli.output import columns, note, print_json, printable
from custodes.cli.surveying import pick
from custodes.model.errors import BadUsage
from custodes.publication.text import clean, no_formula
from custodes.survey.confirmations import ASKED, COLUMNS, FILE, KINDS, REPLIES, round_of
from custodes.survey.corrections import Correction
from custodes.survey.faults import listed
from custodes.survey.folder import Survey, load
from custodes.survey.sentences import SYNTHETIC


def since_main(path: Path, name: str | None, since: str, form: str) -> int:
    """Run `custodes survey edition NAME --since OTHER`: what differs between any two editions."""
    from custodes.publication.survey import render_correction
    from custodes.survey.corrections import correction
    from custodes.survey.output import correction_object

    survey = load(path, note)
    if name is None:
        raise BadUsage(
            "--since wants an edition to set beside it", remedy=f"one of: {', '.join(survey.editions)}"[:200]
        )
    after, before = (survey.editions[pick(one, survey.editions, "edition")] for one in (name, since))
    if before.cut > after.cut or before is after:
        raise BadUsage(f"'{before.id}' is no earlier edition than '{after.id}'", remedy="give the later one first")
    found = correction(survey, before, after)
    if form != "table":
        print_json([correction_object(found)], form)
    else:
        sys.stdout.write(printable("\n".join(render_correction(found, columns())) + "\n", keep_lines=True))
    return 0


def edition_main(path: Path, name: str | None, freeze: bool, form: str) -> int:
    """Run `custodes survey edition`: list editions and what each corrects; show, freeze or rebuild one."""
    from custodes.publication.survey import render_edition
    from custodes.survey.corrections import corrections
    from custodes.survey.freezing import content, rebuilt
    from custodes.survey.freezing import freeze as write
    from custodes.survey.output import correction_object, edition_figures

    survey = load(path, note)
    wide = columns()
    notices = {found.after.id: found for found in corrections(survey)}
    if name is None:
        if freeze:
            raise BadUsage("--freeze wants an edition", remedy=f"one of: {', '.join(survey.editions)}"[:200])
        _list(survey, notices, form)
        return 0
    edition = survey.editions[pick(name, survey.editions, "edition")]
    stands = round_of(edition.id, survey.events)
    if freeze:
        note(f"frozen: {write(survey, edition, stands)}")
        note(stands.sentence())
        return 0
    same, why = rebuilt(survey, edition)
    if form != "table":
        kept = {**content(survey, edition, stands), "rebuilds": same, "differs": why}
        if edition.id in notices:
            kept["correction"] = correction_object(notices[edition.id])
        print_json([kept], form)
    else:
        figures = list(edition_figures(survey, edition))
        told = render_edition(edition, figures, notices.get(edition.id), stands, wide)
        sys.stdout.write(printable(told, keep_lines=True))
    if survey.answers.synthetic():
        note(SYNTHETIC)
    if same is not None:
        note("frozen, and rebuilt to the same figures" if same else "frozen, and does NOT rebuild to the same figures")
        for item in why:
            note(f"  {item}")
    return 0 if same in (None, True) else 1


def _list(survey: Survey, notices: Mapping[str, Correction], form: str) -> None:
    """Every edition with what it corrects."""
    from custodes.publication.survey import render_correction
    from custodes.survey.output import correction_object

    if form != "table":
        print_json(map(correction_object, notices.values()), form)
        return
    wide = columns()
    for edition in survey.editions.values():
        found = notices.get(edition.id)
        lines = render_correction(found, wide) if found else [f"Edition {edition.id}, the first"]
        sys.stdout.write(printable("\n".join(lines), keep_lines=True) + "\n\n")


@dataclass(frozen=True, slots=True)
class Confirming:
    """What is wanted of a confirmation round."""

    path: Path
    edition: str
    out: Path | None
    reply_by: str | None
    marking: str
    party: str
    reply: str
    on: str | None
    remark: str


def _check_confirming(asked: Confirming, survey: Survey) -> None:
    """Refuse options that do not go together, and a party that nobody knows."""
    if asked.out is not None and asked.party:
        raise BadUsage("letters are written or a reply is recorded, not both at once")
    if asked.party:
        suppliers = {name for figure in survey.figures.values() for name in figure.names}
        pick(asked.party, {*survey.bodies, *suppliers}, "body or supplier that a figure names")
    elif asked.remark or asked.reply != REPLIES[0]:
        raise BadUsage("--reply and --remark want --party: whose reply is it?")


def confirm_main(asked: Confirming, form: str) -> None:
    """Run `custodes survey confirm`: write the letters, record a reply, or say how the round stands."""
    from custodes.survey.record import append

    survey = load(asked.path, note)
    edition = survey.editions[pick(asked.edition, survey.editions, "edition")]
    day = read_day(asked.on, "--on") or date.today()
    _check_confirming(asked, survey)
    if asked.out is not None:
        from custodes.publication.letters import Posting, letters, write_letters

        reply_by = read_day(asked.reply_by, "--reply-by") or day + timedelta(days=14)
        wanted = letters(survey, edition)
        posting = Posting(reply_by, day, asked.marking, survey.answers.synthetic())
        write_letters(wanted, edition, asked.out, posting)
        rows = [
            dict(zip(COLUMNS, (edition.id, item.party, item.kind, ASKED, day.isoformat(), ""), strict=True))
            for item in wanted
        ]
        append(asked.path / FILE, rows, COLUMNS)
        note(f"{len(wanted):,} letters in {asked.out}, and written down in {FILE}")
        return
    if asked.party:
        if asked.reply not in REPLIES:
            raise BadUsage(f"--reply is {listed(REPLIES)}, not '{asked.reply[:40]}'")
        kind = KINDS[0] if asked.party in survey.bodies else KINDS[1]
        cells = (edition.id, asked.party, kind, asked.reply, day.isoformat(), no_formula(clean(asked.remark)))
        append(asked.path / FILE, [dict(zip(COLUMNS, cells, strict=True))], COLUMNS, always=True)
        note(f"{asked.party}: {asked.reply} on {day.isoformat()}")
        return
    stands = round_of(edition.id, survey.events)
    if form != "table":
        print_json(
            [
                {
                    "edition": edition.id,
                    "asked": list(stands.asked),
                    "confirmed": list(stands.confirmed),
                    "disputed": list(stands.disputed),
                    "replied": list(stands.replied),
                    "silent": list(stands.silent),
                    "sentence": stands.sentence(),
                }
            ],
            form,
        )
        return
    sys.stdout.write(printable(stands.sentence()) + "\n")
    for word, parties in (("disputed", stands.disputed), ("no answer yet", stands.silent)):
        for party in parties:
            remark = stands.notes.get(party, "")
            sys.stdout.write(printable(f"  {word}: {party}{': ' + remark if remark else ''}") + "\n")


def new_main(path: Path) -> None:
    """Run `custodes survey new`: a small survey folder to start from."""
    from custodes.survey.starter import write_starter

    for name in write_starter(path):
        note(f"written: {path / name}")
    note(f"next: fill in bodies.csv and questionnaire.yaml, then `custodes survey check {path}`")
