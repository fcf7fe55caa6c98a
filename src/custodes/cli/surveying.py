"""`survey`: parse, call one function of the survey room, render."""

from __future__ import annotations

import sys
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from custodes.cli.assessing import read_day
from custodes.cli.output import columns, note, print_json, printable
from custodes.model.errors import BadInput, BadUsage, did_you_mean
from custodes.survey.answers import Frame
from custodes.survey.faults import Fault, Faults, SurveyRefused
from custodes.survey.figures import Figure
from custodes.survey.folder import Survey, load, read
from custodes.survey.questionnaire import Questionnaire
from custodes.survey.sentences import SYNTHETIC


def check_main(path: Path, form: str) -> int:
    """Run `custodes survey check`: every fault as FILE:LINE: reason; exit 2 if there is one."""
    survey, faults = read(path)
    found = sorted({*faults.found, *faults.outside, *(_plan_faults(survey) if survey is not None else ())})
    if form != "table":
        print_json(({"file": item.file, "line": item.line, "reason": item.reason} for item in found), form)
    else:
        for item in found:
            sys.stdout.write(printable(str(item)) + "\n")
        for file, more in sorted(faults.more.items()):
            sys.stdout.write(printable(f"{file}: and {more:,} more") + "\n")
    for item in sorted(faults.notes):
        note(f"note: {item}")
    if found or survey is None:
        note(f"{len(found) + sum(faults.more.values()):,} faults")
        return 2
    sizes = (len(survey.bodies), len(survey.questionnaire.questions), len(survey.figures), len(survey.claims))
    note("{:,} bodies, {:,} questions, {:,} figures, {:,} claims: no fault".format(*sizes))
    return 0


def _plan_faults(survey: Survey) -> tuple[Fault, ...]:
    """The faults of `publication.yaml`, if there is one."""
    from custodes.publication.redaction.policy import read_plan

    try:
        read_plan(survey)
    except SurveyRefused as refused:
        return tuple(refused.faults)
    return ()


def import_main(path: Path, files: tuple[Path, ...], recorded: str | None) -> int:
    """Run `custodes survey import`: return workbooks into answers.csv, or a CSV into the store of the folder."""
    from custodes.survey.folder import read_frame

    faults = Faults()
    asked = read_frame(path, faults)
    if asked is None or faults.found:
        raise SurveyRefused(faults.sorted())
    books = [file for file in files if file.suffix.lower() != ".csv"]
    if books and len(books) < len(files):
        raise BadUsage("a CSV of answers and workbooks are imported in two steps")
    if books:
        day = read_day(recorded, "--recorded-at") or date.today()
        return _import_returns(path, books, asked[:2], day)
    if len(files) > 1:
        raise BadUsage("one file of answers is imported at a time")
    return _import_csv(path, files[0] if files else None, asked[1])


def _import_csv(path: Path, file: Path | None, frame: Frame) -> int:
    from custodes.cli.assessing import progress
    from custodes.survey.folder import ANSWERS
    from custodes.survey.ingest import ingest

    faults = Faults()
    source = file or path / ANSWERS
    if (path / ANSWERS).is_file() and source.resolve() != (path / ANSWERS).resolve():
        remedy = f"add its rows to {ANSWERS}, or take that file away"
        raise BadUsage(f"the folder has an {ANSWERS} of its own", where=str(source), remedy=remedy)
    rows = ingest(source, path, frame, faults, progress())
    if faults.found:
        for item in faults.sorted():
            sys.stdout.write(printable(str(item)) + "\n")
        note(f"{len(faults.found) + sum(faults.more.values()):,} faults: nothing was imported")
        return 2
    note(f"{rows:,} answers imported from {source.name}")
    return 0


def _import_returns(path: Path, books: Sequence[Path], asked: tuple[Questionnaire, Frame], day: date) -> int:
    """Each workbook is taken whole or refused by cell; one that is refused keeps none of the others out."""
    from custodes.publication.returns.read import read_return
    from custodes.publication.returns.rows import clashes, rows_of
    from custodes.survey.folder import ANSWERS
    from custodes.survey.record import append

    refused = 0
    for book in books:
        try:
            found = read_return(book, *asked)
        except BadInput as error:
            sys.stdout.write(printable(str(error), keep_lines=True) + "\n")
            refused += 1
            continue
        if not found.refusals:
            found.refusals += clashes(found, path / ANSWERS, day)
        for refusal in found.refusals:
            sys.stdout.write(printable(f"{book.name}: {refusal.sheet}!{refusal.cell}: {refusal.why}") + "\n")
        if found.refusals:
            refused += 1
            continue
        added = append(path / ANSWERS, rows_of(found, day, len(asked[1].waves) > 1))
        note(f"{book.name}: {found.body}, {len(found.answers):,} answers, {added:,} of them new")
    note(f"{len(books) - refused:,} returns taken, {refused:,} refused" + (" whole" if refused else ""))
    return 2 if refused else 0


def pack_main(path: Path, out: Path, wave: str | None, bodies: tuple[str, ...], marking: str) -> None:
    """Run `custodes survey pack`: a return workbook for each invited body."""
    from custodes.cli.assessing import progress
    from custodes.publication.returns.rows import pack
    from custodes.survey.folder import questionnaire_file
    from custodes.survey.published import keep

    survey = load(path, note)
    asked = survey.waves[pick(wave, survey.waves, "wave") or survey.last_wave]
    wanted = _wanted(bodies, survey.bodies, "body")
    files = pack(survey, asked, wanted, out, marking, progress())
    if not files:
        raise BadUsage("nobody was asked in this wave", where=asked.id)
    note(f"{len(files):,} return workbooks for wave {asked.id} in {out}")
    kept = keep(path, questionnaire_file(path), (survey.questionnaire.id, survey.questionnaire.version))
    if kept is not None:
        note(f"kept as it went out: {kept.relative_to(path)}; a changed questionnaire now wants a new `version`")


@dataclass(frozen=True, slots=True)
class Asked:
    """What of a survey is wanted. `known`: with what was recorded up to this day."""

    path: Path
    form: str
    known: str | None = None
    edition: str | None = None
    wave: str | None = None
    ids: tuple[str, ...] = ()


def figures_main(asked: Asked) -> None:
    """Run `custodes survey figures`."""
    from custodes.survey.output import figure_object

    survey = load(asked.path, note)
    editions = _editions(survey, asked)
    if asked.form != "table":
        print_json((figure_object(figure, name) for name, figures in editions for figure in figures), asked.form)
        return
    from custodes.publication.survey import render_figures

    sys.stdout.write(render_figures(editions, columns()))
    if survey.answers.synthetic():
        note(SYNTHETIC)


def _editions(survey: Survey, asked: Asked) -> list[tuple[str, Sequence[Figure]]]:
    """The editions wanted, oldest first, each with its figures: all, one, or the answers as known on a day."""
    from custodes.survey.output import edition_figures

    wanted = _wanted(asked.ids, survey.figures, "figure")
    wave = pick(asked.wave, survey.waves, "wave")
    day = read_day(asked.known, "--as-known")
    if asked.edition:
        edition = survey.editions[pick(asked.edition, survey.editions, "edition")]
        return [(edition.id, list(edition_figures(survey, edition, wanted)))]
    definitions = [item for item in survey.figures.values() if not wanted or item.id in wanted]
    if day is not None or wave:
        name = day.isoformat() if day else _latest(survey)
        return [(name, [survey.figure(item, day, wave) for item in definitions])]
    found: list[tuple[str, Sequence[Figure]]] = [
        (item.id, list(edition_figures(survey, item, wanted))) for item in survey.editions.values()
    ]
    latest = survey.answers.latest()
    last_cut = max((item.cut for item in survey.editions.values()), default=date.min)
    if not found or (latest is not None and latest > last_cut):
        found.append((_latest(survey), [survey.figure(item, None) for item in definitions]))
    return found


def _latest(survey: Survey) -> str:
    latest = survey.answers.latest()
    return latest.isoformat() if latest is not None else "nothing recorded"


def pick(word: str | None, known: Collection[str], what: str) -> str:
    """A word that must be one of the known ones; empty if none is given. Raises BadUsage with the nearest."""
    if not word:
        return ""
    if word not in known:
        raise BadUsage(
            f"there is no {what} '{word[:60]}'", remedy=did_you_mean(word, known) or f"one of: {_few(known)}"
        )
    return word


def _few(known: Collection[str]) -> str:
    names = list(known)
    return ", ".join(names[:12]) + (" ..." if len(names) > 12 else "") if names else "none is defined"


def _wanted(ids: Sequence[str], known: Collection[str], what: str) -> tuple[str, ...]:
    return tuple(pick(name, known, what) for name in ids)


def claims_main(asked: Asked) -> None:
    """Run `custodes survey claims`."""
    from custodes.survey.output import claim_object
    from custodes.survey.verdicts import judge

    survey = load(asked.path, note)
    wanted = _wanted(asked.ids, survey.claims, "claim")
    day = read_day(asked.known, "--as-known")
    judged = [judge(claim, survey, day) for name, claim in survey.claims.items() if not wanted or name in wanted]
    if asked.form != "table":
        print_json(map(claim_object, judged), asked.form)
        return
    from custodes.publication.survey import render_claims

    sys.stdout.write(render_claims(judged, columns()))


def compare_main(asked: Asked, first: str, second: str) -> None:
    """Run `custodes survey compare`."""
    from custodes.survey.compare import compare
    from custodes.survey.output import change_object

    survey = load(asked.path, note)
    waves = (survey.waves[pick(first, survey.waves, "wave")], survey.waves[pick(second, survey.waves, "wave")])
    wanted = _wanted(asked.ids, survey.figures, "figure")
    day = read_day(asked.known, "--as-known")
    changes = []
    for definition in survey.figures.values():
        if definition.id in wanted or (not wanted and definition.wave in ("", second)):
            try:
                changes.append(compare(definition, survey, waves, day))
            except BadUsage as error:
                if wanted or "cannot be compared" not in error.what:
                    raise
                note(f"{definition.id}: {error.what}")
    if asked.form != "table":
        print_json(map(change_object, changes), asked.form)
        return
    from custodes.publication.survey import render_changes

    sys.stdout.write(render_changes(changes, columns()))
