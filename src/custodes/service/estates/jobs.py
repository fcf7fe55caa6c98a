"""What is worked out from an estate's folder, in a process of its own: an assessment, images, a form, a folder."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from custodes.estate.config import Estate, load_estate
from custodes.estate.flows import Assessed, Options, assess
from custodes.estate.papers import Earlier
from custodes.estate.plan_file import NAME as PLAN
from custodes.estate.ruling import Ruling
from custodes.model.errors import BadInput, BadUsage, CustodesError
from custodes.model.questions import Answer
from custodes.model.registers import Limits
from custodes.publication.tables import write_json
from custodes.service.estates import results
from custodes.service.estates.unpacking import unpacked

Job = Mapping[str, Any]
Step = Callable[[str], None]
#: Seconds for one file: work in the background may take longer than a person at a terminal waits.
SECONDS = 300.0
PLAN_SECONDS = 30.0
#: What the page of an image or of two shows: parts, facts of a kind, changes.
MOST_PARTS, MOST_FACTS, MOST_CHANGES = 200, 40, 400


def assess_job(job: Job, step: Step) -> None:
    """An estate folder to everything that the pages show of it."""
    done = assessed(job, step, keep_units=True)
    out = Path(job["out"])
    step("writing what was found")
    results.write(done, out)
    if (Path(job["folder"]) / PLAN).is_file():
        _plan(Path(job["folder"]) / PLAN, done, out, step)
    before = Path(job["before"]) if job.get("before") else None
    if before is not None:
        step("comparing with the last time")
        results.write_changes(before, out)


def assessed(job: Job, step: Step, *, keep_units: bool = False) -> Assessed:
    """The assessment of a job's folder. Raises BadInput."""
    estate = load_estate(Path(job["folder"]))
    refused: list[str] = []
    options = Options(
        date.fromisoformat(job["as_at"]),
        marking=job.get("marking", ""),
        answers=tuple(_answers(Path(job["folder"]), estate, refused)),
        advisories=estate.advisories,
        ruling=Ruling(country=job.get("country", "")),
        limits=Limits(seconds=SECONDS),
        keep_units=keep_units,
    )
    done = assess(estate, options, step)
    for answer in done.unmatched:
        refused.append(f"{answer.file} row {answer.row}: answers no question of this estate ({answer.question})")
    if refused:
        (Path(job["out"]) / results.REFUSED).write_text(json.dumps(refused), encoding="utf-8")
    return done


def _answers(folder: Path, estate: Estate, refused: list[str]) -> list[Answer]:
    """Answers given here, and those of workbooks that came back."""
    from custodes.publication.ask import check_answers

    found: list[Answer] = []
    for file in estate.answers:
        try:
            answers, wrong = check_answers(file)
        except BadInput as error:
            refused.append(str(error))
            continue
        found += answers
        refused += [f"{file.name} {one.sheet}!{one.cell}: {one.why}" for one in wrong]
    given = folder / "answers.json"
    if given.is_file():
        rows = json.loads(given.read_text(encoding="utf-8"))
        found += [
            Answer(**{**row, "devices": tuple(row.get("devices", ()))}, file="answered here", row=place)
            for place, row in enumerate(rows, 1)
        ]
    return found


def _plan(path: Path, done: Assessed, out: Path, step: Step) -> None:
    """The removal plan, or why there is none: a fault in its file is no fault of the assessment."""
    from custodes.estate.plan_file import read_plan_file
    from custodes.estate.planning import build
    from custodes.publication.plans import plan_object

    told: dict[str, Any]
    if find_spec("ortools") is None:
        told = {"error": "plans need an extra on the server: pip install 'custodes[plan]'"}
    else:
        try:
            from custodes.findings.planning.solving import solve

            planned = build(read_plan_file(path, done.estate), done.estate, done.assessment.devices)
            step(f"planning {len(planned.problem.jobs)} removals")
            found = solve(planned.problem, PLAN_SECONDS)
            days = [(one.first.isoformat(), one.last.isoformat()) for one in planned.periods]
            told = plan_object(planned.problem, days, found)
        except CustodesError as error:
            told = {"error": str(error)}
    write_json(out / results.PLAN, told)


def inspect_job(job: Job, step: Step) -> None:
    """What is in a firmware image."""
    from custodes.estate.firmware import inspect, signs_of, weak_parts
    from custodes.model.firmware import Limits as ImageLimits
    from custodes.publication.firmware.objects import image_object, weakness_object

    step("opening the image")
    image = inspect(Path(job["image"]), signs_of(()), ImageLimits(image=1 << 30, seconds=SECONDS))
    weak, _ = weak_parts(image, (), ())
    told = image_object(dataclasses.replace(image, name=job["name"]))
    kinds: dict[str, list[Any]] = {}
    for fact in told.pop("facts"):
        kinds.setdefault(fact["kind"], []).append(fact)
    told |= {
        "contents": len(told["contents"]),
        "components": told["components"][:MOST_PARTS],
        "vulnerabilities": [weakness_object(one) for one in weak[:MOST_PARTS]],
        "kinds": {kind: {"many": len(rows), "rows": rows[:MOST_FACTS]} for kind, rows in sorted(kinds.items())},
    }
    write_json(Path(job["out"]) / results.IMAGE, told)


def compare_job(job: Job, step: Step) -> None:
    """What a newer image has that the older one had not."""
    from custodes.estate.firmware import compare, signs_of
    from custodes.model.firmware import Limits as ImageLimits
    from custodes.publication.firmware.objects import drift_object
    from custodes.publication.firmware.page import render_page

    step("comparing the images")
    limits = ImageLimits(image=1 << 30, seconds=SECONDS)
    old, new, changes = compare(Path(job["old"]), Path(job["new"]), signs_of(()), limits)
    old, new = (dataclasses.replace(image, name=name) for image, name in zip((old, new), job["names"], strict=True))
    out = Path(job["out"])
    told = drift_object(old, new, changes)
    drift = told.pop("drift")
    heavy = [one for one in drift if one["kind"] not in ("file", "string")]
    told |= {
        "changes": heavy[:MOST_CHANGES],
        "left": max(0, len(heavy) - MOST_CHANGES),
        "files": sum(one["kind"] == "file" for one in drift),
    }
    write_json(out / results.DRIFT, told)
    (out / "page.html").write_text(render_page(old, new, changes), encoding="utf-8")


def form_job(job: Job, step: Step) -> None:
    """A form, filled from the estate and from a copy that came back; as files, and frozen if that is asked for."""
    from custodes.estate.papers import Beside, fill
    from custodes.knowledge import files, knowledge
    from custodes.publication.papers import WRITERS, paper_payload, write_paper
    from custodes.publication.papers.frozen import freeze, open_frozen
    from custodes.publication.tables import assessment_text

    done = assessed(job, step)
    loaded = knowledge(())
    form = loaded.forms[job["form"]]
    step(f"filling in: {form.title}")
    ruling = Ruling(country=job.get("country", ""))
    identified = [list(open_frozen(path).paper.identified) for path in done.estate.papers]
    beside = Beside(_earlier(job), identified)
    paper = fill(form, done, loaded, ruling, beside, job["body"])
    if job.get("filled"):
        from custodes.evidence.registers import raw_tables
        from custodes.publication.papers.filled import read_filled

        book = Path(job["filled"])
        read = read_filled(book.name, raw_tables(book, limits=Limits(seconds=SECONDS)), paper)
        beside = dataclasses.replace(beside, filled=read.answers, unplaced=read.unplaced)
        paper = fill(form, done, loaded, ruling, beside, job["body"])
    out = Path(job["out"])
    write_json(out / results.PAPER, paper_payload(paper))
    refused = []
    for end in WRITERS:
        try:
            write_paper(out / f"{form.id}{end}", paper)
        except BadUsage as error:
            refused.append(f"{end}: {error}")
    if refused:
        write_json(out / results.REFUSED, refused)
    if job.get("freeze"):
        signed = out / f"{form.id}{job['freeze']}"
        digest = freeze(
            out / "frozen.zip", paper, signed, assessment_text(done.assessment), files.contents(loaded.pack.overlays)
        )
        (out / "frozen.sha256").write_text(digest, encoding="ascii")


def _earlier(job: Job) -> Earlier:
    """The assessment before the last, for what changed since; nothing where there is none."""
    told = results.assessment(Path(job["before"])) if job.get("before") else None
    if told is None:
        return Earlier()
    summary = told["summary"]
    return Earlier(str(summary["as_at"]), str(summary["pack"]["version"]), tuple(told["devices"]))


def bring_job(job: Job, step: Step) -> None:
    """A whole estate folder in a ZIP, to files beside the job; which of them is the folder."""
    step("taking the folder apart")
    out = Path(job["out"])
    place = out / results.BROUGHT
    place.mkdir()
    root = unpacked(Path(job["packed"]), place)
    (out / results.ROOT).write_text(str(root.relative_to(place)), encoding="utf-8")


JOBS: Mapping[str, Callable[[Job, Step], None]] = {
    "assess": assess_job,
    "inspect": inspect_job,
    "compare": compare_job,
    "form": form_job,
    "bring": bring_job,
}
