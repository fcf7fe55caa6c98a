"""`assess`, `explain`, `ask`, `map` and `demo`: call estate, render through publication."""

from __future__ import annotations

import dataclasses
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from importlib import resources
from pathlib import Path

from custodes.cli.output import columns, note, print_json
from custodes.estate.config import load_estate
from custodes.estate.flows import UNITS_A_SECOND, Assessed, Options, assess
from custodes.estate.ruling import Ruling
from custodes.findings.first import SEVERITIES
from custodes.model.assessment import Assessment, Device
from custodes.model.errors import BadInput, BadUsage
from custodes.model.lean import without_pandas
from custodes.model.quiet import without_collector
from custodes.model.registers import Limits

SLOW_SECONDS = 2.0
SECONDS = 20.0  # allowed for one file
#: Units a second that can be attributed and written at length: into tables (--out), into a copy (--annotate).
WRITTEN_A_SECOND = {(False, False): UNITS_A_SECOND, (True, False): 650, (False, True): 800, (True, True): 450}
#: Of an annotated copy: the columns added, and the cells that can be written in a second.
ADDED_COLUMNS, CELLS_A_SECOND = 9, 40_000


@dataclass(frozen=True, slots=True)
class Request:
    """The options that the commands of this module share."""

    path: Path
    form: str
    as_at: str | None = None
    marking: str = ""
    mapping: Path | None = None
    answers: tuple[Path, ...] = ()
    packs: tuple[Path, ...] = ()
    ruling: Ruling = field(default_factory=Ruling)
    seconds: float = SECONDS
    advisories: tuple[Path, ...] = ()


def asking(
    request: Request, measures: Sequence[str], country: str | None, known: str | None, body_kind: str
) -> Request:
    """The request with what is asked about rules and origin."""
    code = (country or "").upper()
    if code and not (len(code) == 2 and code.isalpha() and code.isascii()):
        raise BadUsage(f"--country {country!r:.20} is no country", remedy="two letters, as in ISO 3166")
    day = read_day(known, "--as-known")
    ruling = Ruling(tuple(measures), code, day.isoformat() if day else "", body_kind)
    return dataclasses.replace(request, ruling=ruling)


def read_day(text: str | None, option: str = "--as-at") -> date | None:
    """The day asked for, if one was. Raises BadUsage."""
    if text is None:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise BadUsage(f"{option} {text[:40]!r} is no date", remedy="write YYYY-MM-DD") from None
    if not 1900 <= day.year <= 2200:
        raise BadUsage(f"{option} {text[:40]!r} lies too far off", remedy="a year from 1900 to 2200 is meant")
    return day


def progress() -> Callable[[str], None]:
    """A line on stderr for each stage, once two seconds have gone by."""
    start = time.monotonic()

    def say(stage: str) -> None:
        if time.monotonic() - start >= SLOW_SECONDS or sys.stderr.isatty():
            note(f"  … {stage}")

    return say


def assessed(request: Request, units_a_second: int = UNITS_A_SECOND) -> Assessed:
    """The assessment that a request asks for. `units_a_second`: fewer where it is written out at length after."""
    return assessed_with(request, units_a_second)[0]


def assessed_with(
    request: Request, units_a_second: int = UNITS_A_SECOND, *, keep_units: bool = False
) -> tuple[Assessed, Options]:
    """The same, with the options that it was made with. `keep_units`: with what each record said."""
    from custodes.publication.ask import check_answers

    asked_for = read_day(request.as_at)
    estate = load_estate(request.path, request.mapping)
    for file in estate.own:
        note(f"{file.name}: written by custodes, so not read as a register")
    answers = []
    for file in (*request.answers, *estate.answers):
        found, refusals = check_answers(file)
        answers += found
        for refusal in refusals:
            note(f"{file.name} {refusal.sheet}!{refusal.cell}: not taken over: {refusal.why}")
    options = Options(
        asked_for or estate.as_at or date.today(),  # the only clock that an answer hangs on
        request.packs,
        request.marking,
        answers=tuple(answers),
        advisories=(*request.advisories, *estate.advisories),
        ruling=request.ruling,
        limits=Limits(seconds=request.seconds),
        units_a_second=units_a_second,
        keep_units=keep_units,
    )
    done = assess(estate, options, progress())
    for answer in done.unmatched:
        note(f"{answer.file} row {answer.row}: answers no question of this estate ({answer.question})")
    return done, options


@without_collector()
def assess_main(request: Request, out: Path | None, annotate: Path | None, fail_on: str | None) -> int:
    """Run `custodes assess`; returns the exit code."""
    without_pandas()
    if fail_on is not None and fail_on not in SEVERITIES:
        raise BadUsage(f"--fail-on {fail_on[:40]!r} is not known", remedy=f"one of {', '.join(SEVERITIES)}")
    if out is not None:
        _make_folder(out)
    if annotate is not None:
        _check_annotated(request.path, annotate)
    done = assessed(request, WRITTEN_A_SECOND[out is not None, annotate is not None])
    if annotate is not None:
        _check_size(done.assessment, request)
    _print(done.assessment, request.form, str(request.path))
    if out is not None:
        write_all(done.assessment, out)
    if annotate is not None:
        _annotate(request, done, annotate)
    return _exit(done.assessment, fail_on)


def _check_annotated(register: Path, copy: Path) -> None:
    """The annotated copy never takes the place of the register itself."""
    if not register.is_file():
        raise BadUsage("--annotate takes one register file, not a folder", remedy="name the file itself")
    if copy.exists() and copy.samefile(register):
        raise BadUsage(f"--annotate {copy} would overwrite the register", remedy="give the copy another name")
    if copy.is_dir() or not copy.absolute().parent.is_dir():
        raise BadUsage(f"--annotate {copy} cannot be written", remedy="name a file in a folder that exists")


def _check_size(assessment: Assessment, request: Request) -> None:
    """Every cell of the register is written back: too many of them are refused before anything is said."""
    cells = sum(one.rows * (len(one.mapped) + len(one.unmapped) + ADDED_COLUMNS) for one in assessment.files)
    if cells > CELLS_A_SECOND * request.seconds:
        wanted = -(-cells // CELLS_A_SECOND)
        raise BadUsage(
            f"--annotate would write {cells:,} cells, which takes longer than the {request.seconds:g} seconds allowed",
            remedy=f"--seconds {wanted} allows it",
        )


def _make_folder(out: Path) -> None:
    """The folder of the output files, before any work is done for them."""
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise BadUsage(f"{out} cannot be made a folder: {why}", remedy="name a new folder, or one of yours") from None
    if not os.access(out, os.W_OK):
        raise BadUsage(f"{out} cannot be written to", remedy="name a new folder, or one of yours")


def _exit(assessment: Assessment, fail_on: str | None) -> int:
    if fail_on is None:
        return 0
    least = SEVERITIES.index(fail_on)
    return int(any(SEVERITIES.index(item.severity) >= least for item in assessment.findings))


def _print(assessment: Assessment, form: str, path: str) -> None:
    if form == "table":
        from custodes.publication.terminal import render_summary

        width = columns()
        colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
        sys.stdout.write(render_summary(assessment, width, colour, path) + "\n")
        return
    from custodes.publication.tables import assessment_text, device_texts

    if form == "jsonl":
        sys.stdout.writelines(f"{text}\n" for text in device_texts(assessment))
    else:
        sys.stdout.writelines(assessment_text(assessment))
        sys.stdout.write("\n")


def write_all(assessment: Assessment, out: Path) -> list[Path]:
    """Write every file of `--out`; the marking stands in the file names too."""
    from custodes.publication import tables
    from custodes.publication.report import render_report
    from custodes.publication.text import file_marking

    tail = file_marking(assessment.marking)
    report = out / f"report{tail}.html"
    report.write_text(render_report(assessment), encoding="utf-8")
    devices, table = out / f"devices{tail}", tables.device_rows(assessment)
    written = [
        report,
        tables.write_xlsx(devices.with_name(devices.name + ".xlsx"), assessment, table),
        tables.write_csv(devices.with_name(devices.name + ".csv"), assessment, table),
        tables.write_parquet(devices.with_name(devices.name + ".parquet"), assessment, table),
        tables.write_text(devices.with_name(devices.name + ".json"), tables.assessment_text(assessment, indent=1)),
        tables.write_findings(out / f"findings{tail}.json", assessment),
    ]
    note(f"report: {report}")
    return written


def _annotate(request: Request, done: Assessed, out: Path) -> None:
    from custodes.evidence.registers import is_credential_header, may_hold_secret, raw_tables, scrub
    from custodes.publication.annotate import annotate

    annotate(
        request.path,
        out,
        done.assessment,
        lambda: raw_tables(request.path),
        marking=request.marking,
        blank_cells=is_credential_header,
        scrub=scrub,
        may_hold=may_hold_secret,
    )
    note(f"your workbook with the answers: {out}")


def explain_main(request: Request, wanted: str) -> None:
    """Run `custodes explain`."""
    done = assessed(request)
    device = find_device(done.assessment, wanted)
    if request.form == "table":
        from custodes.publication.terminal import render_explain

        width = columns()
        sys.stdout.write(render_explain(device, done.assessment, width) + "\n")
        return
    from custodes.publication.tables import device_payload

    print_json([device_payload(device)], "jsonl")


def find_device(assessment: Assessment, wanted: str) -> Device:
    """The device that an id, a name, a place or FILE:ROW means. Raises BadUsage naming near ones."""
    key = wanted.strip().casefold()
    by_id = [d for d in assessment.devices if d.id.casefold() == key]
    by_row = [
        d for d in assessment.devices if any(key in (f"{s.file}:{s.row}".casefold(), str(s.row)) for s in d.sources)
    ]
    by_name = [d for d in assessment.devices if d.name.casefold() == key]
    by_place = [d for d in assessment.devices if d.location.casefold() == key]
    found = by_id or by_name or by_place or by_row
    if len(found) == 1:
        return found[0]
    if found:
        listed = ", ".join(f"{d.id} ({d.sources[0].file} row {d.sources[0].row})" for d in found[:5])
        raise BadUsage(f"{len(found)} devices are called {wanted[:60]!r}", remedy=f"name one by id: {listed}")
    part = [d.name for d in assessment.devices if key and key in d.name.casefold()][:3]
    hint = f"perhaps: {', '.join(part)}" if part else "`custodes assess --format jsonl` lists the ids"
    raise BadUsage(f"there is no device {wanted[:60]!r}", remedy=hint)


def ask_main(request: Request, out: Path) -> None:
    """Run `custodes ask`."""
    from dataclasses import asdict

    from custodes.publication.ask import write_questions

    done = assessed(request)
    asked = done.questions
    if request.form != "table":
        print_json([asdict(question) for question in asked], request.form)
    if not asked:
        note("nothing to ask: the maker of every device in use is established")
        return
    files = write_questions(asked, out, marking=request.marking, as_at=done.assessment.as_at)
    total = sum(question.settles for question in asked)
    note(f"{len(asked)} questions for {len(files)} addressees; {total} devices hang on them")
    for file in files:
        note(f"  {file}")
    note(f"filled in, they are read back with:  custodes assess {request.path} --answers FILE")


def map_main(file: Path, packs: tuple[Path, ...]) -> None:
    """Run `custodes map`."""
    from custodes.evidence.registers import propose_mapping

    if not file.is_file():
        raise BadInput("there is no such file", where=str(file), remedy="check the path")
    formats = tuple(pack / "register_formats" for pack in packs if (pack / "register_formats").is_dir())
    sys.stdout.write(propose_mapping(file, formats_dirs=formats))


def demo_main(out: Path) -> None:
    """Run `custodes demo`: the bundled estate, summary on the screen, report in a folder."""
    example = Path(str(resources.files("custodes.estate") / "example"))
    _make_folder(out)
    done = assessed(Request(example, "table"))
    _print(done.assessment, "table", str(example))
    write_all(done.assessment, out)
