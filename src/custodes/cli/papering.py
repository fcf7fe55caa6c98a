"""`custodes form`: fill a form from an estate, write it, freeze it; or write a frozen copy out again."""

from __future__ import annotations

import dataclasses
import json
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from custodes.cli.assessing import SECONDS, Request, assessed
from custodes.cli.output import columns, note, print_json, printable
from custodes.estate.flows import Assessed
from custodes.estate.papers import Beside, Earlier, check_earlier, fill, listing
from custodes.knowledge import Knowledge, files, knowledge
from custodes.model.errors import BadUsage, did_you_mean
from custodes.model.papers import Form, Identified, Paper
from custodes.model.registers import Limits


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to do with a form: `out` the file, `freeze` the archive, `since` an earlier copy, `filled` a workbook.

    `body`: of an estate of several, the one it is about. `expect`: the hash that a frozen copy's manifest must have.
    """

    form: str
    out: Path | None = None
    freeze: Path | None = None
    since: Path | None = None
    filled: Path | None = None
    body: str = ""
    expect: str = ""


def list_main(packs: tuple[Path, ...], form: str, only: str | None) -> None:
    """The forms there are; `only` one was named, but nothing to fill it from."""
    loaded = knowledge(packs)
    forms = [_form(only, loaded)] if only else list(loaded.forms.values())
    if form != "table":
        print_json(
            [{k: getattr(one, k) for k in ("id", "title", "version", "filled_by", "goes_to")} for one in forms], form
        )
        return
    for one in forms:
        sys.stdout.write(printable(f"{one.id:24} {one.title}\n{'':24} by: {one.filled_by}", keep_lines=True) + "\n")
    note("custodes form ID PATH --out FILE.xlsx|docx|pdf|json")


def values_main(form: str) -> None:
    """Every name that a form may use."""
    rows = listing()
    if form != "table":
        print_json(rows, form)
        return
    for row in rows:
        sys.stdout.write(f"{row['for']:24} {row['name']:28} {row['what']}\n")


def form_main(wanted: Wanted, request: Request) -> None:
    """Run `custodes form ID PATH`."""
    from custodes.publication.papers.frozen import is_frozen

    _check_out(wanted)
    _refuse_overwriting(wanted, [request.path])
    if is_frozen(request.path):
        _again(wanted, request)
        return
    if wanted.expect:
        raise BadUsage(
            "--expect is about a frozen copy, and this is none", remedy="give the archive that --freeze wrote"
        )
    loaded = knowledge(request.packs)
    form = _form(wanted.form, loaded)
    if form.before:
        note(form.before)
    paper, done = _filled(form, wanted, request, loaded)
    if wanted.out is None or request.form != "table":
        _show(paper, request.form)
    if wanted.out is not None:
        _write(paper, wanted.out)
    if wanted.freeze is not None and wanted.out is not None:
        _freeze(wanted.freeze, paper, wanted.out, done, loaded)


def _check_out(wanted: Wanted) -> None:
    """What is asked to be written can be, and takes the place of no copy that was signed."""
    from custodes.publication.papers import WRITERS

    if wanted.freeze is not None and wanted.out is None:
        raise BadUsage("--freeze keeps the file that is signed", remedy="give --out FILE.xlsx too")
    if wanted.out is not None and wanted.out.suffix.lower() not in WRITERS:
        raise BadUsage(f"no paper is written as {wanted.out.name[-40:]!r}", remedy=f"end it in {', '.join(WRITERS)}")
    if wanted.freeze is not None and wanted.freeze.exists():
        raise BadUsage(
            f"--freeze {str(wanted.freeze)[-60:]!r} is there already: a copy that was signed is never written over",
            remedy="give it another name",
        )
    if wanted.freeze is not None and wanted.freeze.suffix.lower() != ".zip":
        raise BadUsage(f"--freeze {wanted.freeze.name[-40:]!r} is an archive", remedy="end it in .zip")


def _refuse_overwriting(wanted: Wanted, inputs: list[Path]) -> None:
    """Nothing that is read is ever written over."""
    read = {path.resolve() for path in (*inputs, wanted.since, wanted.filled) if path is not None}
    for option, target in (("--out", wanted.out), ("--freeze", wanted.freeze)):
        if target is not None and target.resolve() in read:
            raise BadUsage(f"{option} {str(target)[-60:]!r} is a file that is read", remedy="give it another name")


def _form(key: str, loaded: Knowledge) -> Form:
    found = loaded.forms.get(key)
    if found is None:
        remedy = f"{did_you_mean(key, loaded.forms)} `custodes form` lists them".strip()
        raise BadUsage(f"there is no form {key[:60]!r}", remedy=remedy)
    return found


def _filled(form: Form, wanted: Wanted, request: Request, loaded: Knowledge) -> tuple[Paper, Assessed]:
    from custodes.publication.papers.frozen import is_frozen

    done = assessed(request)
    estate = done.estate
    _refuse_overwriting(wanted, [*(one.file for one in estate.sources), *estate.answers, *estate.papers])
    earlier = earlier_copy(wanted.since) if wanted.since else Earlier()
    since = [wanted.since] if wanted.since and is_frozen(wanted.since) else []
    beside = Beside(earlier, [_identified(path) for path in (*estate.papers, *since)])
    paper = fill(form, done, loaded, request.ruling, beside, wanted.body)
    if wanted.filled is not None:
        beside = _with_answers(beside, wanted.filled, paper)
        paper = fill(form, done, loaded, request.ruling, beside, wanted.body)
    return paper, done


def _with_answers(beside: Beside, workbook: Path, paper: Paper) -> Beside:
    from custodes.evidence.registers import raw_tables
    from custodes.publication.papers.filled import read_filled

    found = read_filled(workbook.name, raw_tables(workbook, limits=Limits(seconds=SECONDS)), paper)
    note(f"{workbook.name}: {len(found.answers)} answers of a person taken over")
    if found.unplaced:
        note(f"{len(found.unplaced)} answers are to lines that no record has any more: see the paper's last section")
    return dataclasses.replace(beside, filled=found.answers, unplaced=found.unplaced)


def earlier_copy(path: Path, option: str = "--since") -> Earlier:
    """An earlier frozen copy, or the JSON that `assess --format json` or `--out` wrote."""
    from custodes.publication.papers.frozen import ASSESSMENT, is_frozen, read_part

    try:
        document = read_part(path, ASSESSMENT) if is_frozen(path) else json.loads(path.read_text(encoding="utf-8"))
        summary = document["summary"]
        found = Earlier(str(summary["as_at"]), str(summary["pack"]["version"]), tuple(document["devices"]))
        check_earlier(found)
    except (OSError, ValueError, LookupError, TypeError, RecursionError) as error:
        raise BadUsage(
            f"{option} {str(path)[-60:]!r} is no earlier copy",
            why=type(error).__name__,
            remedy="give an archive of --freeze, or the JSON of `custodes assess --format json`",
        ) from None
    return found


def _identified(path: Path) -> list[Identified]:
    """What one earlier paper identified. Raises BadInput: a copy that cannot be read may hold the day a clock began."""
    from custodes.publication.papers.frozen import open_frozen

    return list(open_frozen(path).paper.identified)


def _show(paper: Paper, form: str) -> None:
    if form == "table":
        from custodes.publication.papers.screen import render_paper

        sys.stdout.write(render_paper(paper, columns()))
        return
    from custodes.publication.papers import paper_payload

    print_json([paper_payload(paper)], "jsonl")


def _write(paper: Paper, out: Path) -> None:
    from custodes.publication.papers import write_paper
    from custodes.publication.text import file_marking

    note(f"{paper.title}: {write_paper(out, paper)}")
    tail = file_marking(paper.marking)
    if tail and tail not in out.name:
        note(f"the marking does not stand in the file name; it would as {out.stem}{tail}{out.suffix}")


def _freeze(archive: Path, paper: Paper, out: Path, done: Assessed, loaded: Knowledge) -> None:
    from custodes.publication.papers.frozen import freeze
    from custodes.publication.tables import assessment_text

    digest = freeze(archive, paper, out, assessment_text(done.assessment), files.contents(loaded.pack.overlays))
    note(f"frozen copy: {archive}; sha256 of its manifest: {digest}")
    if paper.identified and paper.on != date.today():
        note(
            f"identified on {paper.on.isoformat()}, the day asked about; if it was found today, freeze one of today too"
        )
    note("keep it in the folder `papers` of the estate: it says when something was first identified")


def _again(wanted: Wanted, request: Request) -> None:
    """A frozen copy written out again, with the knowledge of its day whatever this program knows now."""
    from custodes.publication.papers.frozen import open_frozen

    frozen = open_frozen(request.path)
    paper = frozen.paper
    _refuse_unheeded(wanted, request, paper)
    note(f"sha256 of the manifest of {request.path.name}: {frozen.digest}")
    if wanted.expect and wanted.expect.casefold() != frozen.digest:
        raise BadUsage(
            "this is not the copy that was expected: its manifest has another hash",
            remedy="compare it with the hash written beside the signature",
        )
    if wanted.out is None or request.form != "table":
        _show(paper, request.form)
    if wanted.out is None:
        return
    from custodes.publication.papers import write_paper

    write_paper(wanted.out, paper)
    signed_kind = Path(frozen.signed_name).suffix.lower()
    if wanted.out.suffix.lower() == signed_kind and wanted.out.read_bytes() != frozen.signed:
        wanted.out.write_bytes(frozen.signed)
        note("this program lays the form out otherwise than the one that made it: the signed file itself was written")
    note(f"{paper.title}, as frozen on {paper.on.isoformat()}: {wanted.out}")


def _refuse_unheeded(wanted: Wanted, request: Request, paper: Paper) -> None:
    """A frozen copy stands as it was signed: an option that would change it is refused, not passed over."""
    if wanted.form != paper.form:
        raise BadUsage(f"this copy is of the form {paper.form!r}", remedy=f"custodes form {paper.form} {request.path}")
    given = {
        "--filled": wanted.filled,
        "--since": wanted.since,
        "--freeze": wanted.freeze,
        "--body": wanted.body,
        "--as-at": request.as_at,
        "--marking": request.marking,
        "--mapping": request.mapping,
        "--answers": request.answers,
        "--pack": request.packs,
        "--country": request.ruling.country,
        "--as-known": request.ruling.known,
        "--body-kind": request.ruling.body_kind,
    }
    unheeded = [option for option, value in given.items() if value]
    if unheeded:
        raise BadUsage(
            f"a frozen copy takes no {', '.join(unheeded)}: it stands as signed", remedy="start from the estate"
        )
