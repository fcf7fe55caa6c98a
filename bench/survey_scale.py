"""Import and figures of a large survey: CPU seconds, wall seconds and peak memory, each step in its own process.

    python bench/survey_scale.py [--bodies 10000] [--questions 500] [--waves 3] [--data FOLDER] [--seed 1]

`--data`: a survey folder that exists already, whose answers.csv is imported as it is. First a small folder of the
same shape is counted from the CSV in memory and from the store, and the figures compared equal. There is no peer: no
survey tool gives bounds; the count of answers a second is beside a plain reading of the CSV by Arrow.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

STATES = ["answered"] * 12 + ["not_known", "refused", "not_answered", "none", "withdrawn"]


def make(folder: Path, bodies: int, questions: int, waves: int, seed: int) -> None:
    """A folder of random answers: every body, question and wave has a row."""
    chance = random.Random(seed)
    folder.mkdir(parents=True, exist_ok=True)
    asked: list[dict[str, Any]] = []
    for number in range(questions):
        kind = "count" if number % 5 == 4 else "yes_no"
        gate = {"==": [{"source": "answers", "identifier": f"q{number - 1}"}, "yes"]} if number % 5 in (1, 2) else None
        asked.append({"id": f"q{number}", "text": f"Question {number}", "type": kind, "when": gate})
    sections = [{"id": "s", "title": "S", "questions": asked}]
    days = [f"20{20 + wave}-01-01" for wave in range(waves)]
    made = {
        "questionnaire": {"id": "q", "version": "1", "title": "Large", "sections": sections},
        "waves": {"waves": [{"id": f"w{wave}", "opened": day} for wave, day in enumerate(days)]},
        "figures": {"figures": [_figure(item, wave) for wave in range(waves) for item in asked]},
    }
    for name, content in made.items():
        (folder / f"{name}.yaml").write_text(json.dumps(content), encoding="utf-8")
    rows = "".join(f"body{number},Body {number},force,,\n" for number in range(bodies))
    (folder / "bodies.csv").write_text("body,name,kind,invited_from,invited_to\n" + rows, encoding="utf-8")
    with (folder / "answers.csv").open("w", encoding="utf-8") as out:
        out.write("body,question,part,value,state,valid_at,recorded_at,source,wave\n")
        for wave, day in enumerate(days):
            for body in range(bodies):
                states = chance.choices(STATES, k=questions)
                numbers = chance.choices(range(200), k=questions)
                out.writelines(
                    _row(body, item, state, number, day, wave)
                    for item, state, number in zip(asked, states, numbers, strict=True)
                )


def _figure(item: dict[str, Any], wave: int) -> dict[str, Any]:
    base = {"id": f"w{wave}.{item['id']}", "question": item["id"], "wave": f"w{wave}"}
    if item["type"] == "count":
        return {**base, "kind": "total", "unit": "device"}
    return {**base, "kind": "share", "unit": "body", "denominator": "returned"}


def _row(body: int, item: dict[str, Any], state: str, number: int, day: str, wave: int) -> str:
    value = "" if state != "answered" else str(number) if item["type"] == "count" else "yes" if number < 90 else "no"
    return f"body{body},{item['id']},,{value},{state},,{day},made up,w{wave}\n"


def run(step: str, folder: Path) -> dict[str, Any]:
    """One step in this process: its figures as JSON on stdout."""
    started, cpu = time.perf_counter(), time.process_time()
    count = (run_import if step == "import" else run_figures if step == "figures" else run_plain)(folder)
    return {
        "count": count,
        "wall": time.perf_counter() - started,
        "cpu": time.process_time() - cpu,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def run_import(folder: Path) -> int:
    """The answers streamed into the store."""
    from custodes.survey.faults import Faults
    from custodes.survey.folder import read_frame
    from custodes.survey.ingest import ingest

    faults = Faults()
    asked = read_frame(folder, faults)
    assert asked is not None
    rows = ingest(folder / "answers.csv", folder, asked[1], faults, lambda _: None)
    assert not faults.found, faults.found[:3]
    return rows


def run_figures(folder: Path) -> int:
    """Every figure from the store."""
    from custodes.survey.folder import load

    survey = load(folder)
    return len([survey.figure(definition, None) for definition in survey.figures.values()])


def run_plain(folder: Path) -> int:
    """For scale: the CSV read by Arrow as texts, nothing checked and nothing kept."""
    import pyarrow as pa
    import pyarrow.csv

    options = pyarrow.csv.ConvertOptions(column_types=dict.fromkeys(("value", "valid_at", "part"), pa.string()))
    reader = pyarrow.csv.open_csv(folder / "answers.csv", convert_options=options)
    return sum(batch.num_rows for batch in reader)


def equal(arguments: argparse.Namespace) -> None:
    """Figures of a small folder from memory and from the store, compared."""
    from custodes.survey.folder import load

    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "small"
        make(folder, 40, 25, arguments.waves, arguments.seed)
        held = load(folder)
        first = [held.figure(item, None) for item in held.figures.values()]
        run_import(folder)
        stored = load(folder)
        if first != [stored.figure(item, None) for item in stored.figures.values()]:
            sys.exit("figures from memory and from the store differ: no times are given")
        print(f"figures equal from memory and from the store: {len(first)}")


def main() -> None:
    """Make or take the data, run every step, print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--bodies", type=int, default=10_000)
    parser.add_argument("--questions", type=int, default=500)
    parser.add_argument("--waves", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--one", choices=["plain", "import", "figures"], help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        print(json.dumps(run(arguments.one, arguments.data)))
        return
    equal(arguments)
    place = Path(tempfile.mkdtemp()) if arguments.data is None else None
    folder = arguments.data or Path(str(place)) / "large"
    if place is not None:
        make(folder, arguments.bodies, arguments.questions, arguments.waves, arguments.seed)
    print(f"{'':12}{'count':>14}{'wall s':>9}{'CPU s':>9}{'peak MB':>9}")
    for step in ("plain", "import", "figures"):
        command = [sys.executable, __file__, "--one", step, "--data", str(folder)]
        found = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        print(f"{step:12}{found['count']:>14,}{found['wall']:>9.1f}{found['cpu']:>9.1f}{found['peak_mb']:>9.0f}")
    if place is not None:
        shutil.rmtree(place)


if __name__ == "__main__":
    main()
