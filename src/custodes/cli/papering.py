"""`custodes form`: fill a form from an estate, write it, freeze it; or write a frozen copy out again."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from custodes.cli.assessing import Request, assessed
from custodes.cli.output import note, print_json, printable
from custodes.estate.flows import Assessed
from custodes.estate.papers import Beside, Earlier, fill, listing
from custodes.knowledge import Knowledge, files, knowledge
from custodes.model.errors import BadUsage
from custodes.model.papers import Form, Paper


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to do with a form: `out` the file, `freeze` the archive, `since` an earlier copy, `filled` a workbook."""

    form: str
    out: Path | None = None
    freeze: Path | None = None
    since: Path | None = None
    filled: Path | None = None


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
    if is_frozen(request.path):
        _again(wanted, request)
        return
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
    from custodes.publication.papers import WRITERS

    if wanted.freeze is not None and wanted.out is None:
        raise BadUsage("--freeze keeps the file that is signed", remedy="give --out FILE.xlsx too")
    if wanted.out is not None and wanted.out.suffix.lower() not in WRITERS:
        raise BadUsage(f"no paper is written as {wanted.out.name[-40:]!r}", remedy=f"end it in {', '.join(WRITERS)}")


def _form(key: str, loaded: Knowledge) -> Form:
    found = loaded.forms.get(key)
    if found is None:
        near = get_close_matches(key, list(loaded.forms), 1)
        known = f"did you mean {near[0]!r}? " if near else ""
        raise BadUsage(f"there is no form {key[:60]!r}", remedy=f"{known}`custodes form` lists them")
    return found


def _filled(form: Form, wanted: Wanted, request: Request, loaded: Knowledge) -> tuple[Paper, Assessed]:
    from custodes.publication.papers.filled import read_filled

    done = assessed(request)
    earlier = _earlier(wanted.since) if wanted.since else Earlier()
    identified = _first_identified([*done.estate.papers, *([wanted.since] if wanted.since else [])])
    beside = Beside(earlier, identified)
    paper = fill(form, done, loaded, request.ruling, beside)
    if wanted.filled is not None:
        beside = Beside(earlier, identified, read_filled(wanted.filled, paper))
        paper = fill(form, done, loaded, request.ruling, beside)
        note(f"{wanted.filled.name}: {len(beside.filled)} answers of a person taken over")
    return paper, done


def _earlier(path: Path) -> Earlier:
    """An earlier frozen copy, or the JSON that `assess --format json` or `--out` wrote."""
    from custodes.publication.papers.frozen import ASSESSMENT, is_frozen, read_part

    try:
        document = read_part(path, ASSESSMENT) if is_frozen(path) else json.loads(path.read_text(encoding="utf-8"))
        devices = {str(one["device"]): one for one in document["devices"]}
        summary = document["summary"]
        return Earlier(str(summary["as_at"]), str(summary["pack"]["version"]), devices)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadUsage(
            f"--since {str(path)[-60:]!r} is no earlier copy",
            why=type(error).__name__,
            remedy="give an archive of --freeze, or the JSON of `custodes assess --format json`",
        ) from None


def _first_identified(papers: list[Path]) -> Earlier:
    """The first day of each identification over all earlier copies."""
    from custodes.publication.papers.frozen import PAPER, is_frozen, read_part

    first: dict[str, str] = {}
    for path in papers:
        if not is_frozen(path):
            continue
        found: Mapping[str, str] = read_part(path, PAPER).get("identified", {})
        for key, day in found.items():
            first[str(key)] = min(str(day), first.get(str(key), str(day)))
    return Earlier(identified=first)


def _show(paper: Paper, form: str) -> None:
    if form == "table":
        from custodes.publication.papers.screen import render_paper

        sys.stdout.write(render_paper(paper, shutil.get_terminal_size((100, 24)).columns))
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
    note("keep it in the folder `papers` of the estate: it says when something was first identified")


def _again(wanted: Wanted, request: Request) -> None:
    """A frozen copy written out again, with the knowledge of its day whatever this program knows now."""
    from custodes.publication.papers.frozen import open_frozen

    frozen = open_frozen(request.path)
    paper = frozen.paper
    if wanted.form != paper.form:
        raise BadUsage(f"this copy is of the form {paper.form!r}", remedy=f"custodes form {paper.form} {request.path}")
    if wanted.filled or wanted.since or wanted.freeze:
        raise BadUsage("a frozen copy is not filled in or frozen again", remedy="start from the estate")
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
