"""Publishing: a long report beside WeasyPrint, a log of a million events checked, a survey of a thousand bodies.

    python bench/publish_speed.py [--seed 1] [--rows 5600] [--bodies 1000] [--events 1000000] [--data DIR] --peers BIN

`--data`: a survey folder for the last part; without it one is made. `--peers`: the folder of programs of the
environment that WeasyPrint is installed in. Both set the same table of answers (the appendix of the report) with a
title and headers that repeat on each page, tagged (PDF/UA-1), in the same font; the texts of both are read back and
compared as words before any time is told. WeasyPrint is given its fastest documented setting for long tables (fixed
table layout, no image optimisation). CPU seconds are those of each process without its imports.
"""

from __future__ import annotations

import argparse
import json
import platform
import re
import resource
import subprocess
import sys
import tempfile
import time
import unicodedata
from pathlib import Path
from typing import Any

from made_survey import make

WEASY = """
import json, resource, sys, time, weasyprint
html = open(sys.argv[1], encoding="utf-8").read()
started = time.process_time()
weasyprint.HTML(string=html).write_pdf(sys.argv[2], pdf_variant="pdf/ua-1", optimize_images=False)
took = time.process_time() - started
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"cpu": took, "mb": peak, "version": weasyprint.__version__}))
"""
OURS = """
import json, resource, sys, time
import pikepdf, typst
from fontTools.ttLib import TTFont
from custodes.publication.annual.print import pdf
started = time.process_time()
data = pdf(json.load(open(sys.argv[1], encoding="utf-8")))
open(sys.argv[2], "wb").write(data)
took = time.process_time() - started
print(json.dumps({"cpu": took, "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
"""
CHECK = """
import json, resource, sys, time
from pathlib import Path
from custodes.publication.proof.verify import verify
started = time.process_time()
found = verify(Path(sys.argv[1]))
took = time.process_time() - started
first = [found.wrong[0].path, found.wrong[0].entry] if found.wrong else None
print(json.dumps({"cpu": took, "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "wrong": first}))
"""


def ran(program: str, code: str, *arguments: object) -> dict[str, Any]:
    """What a program printed as JSON."""
    done = subprocess.run([program, "-c", code, *map(str, arguments)], check=True, capture_output=True, text=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def report(rows: int, seed: int, folder: Path) -> dict[str, Any]:
    """A payload whose appendix has so many rows."""
    from custodes.publication.annual.payload import payload
    from custodes.publication.edition.content import release
    from custodes.publication.opendata.tables import tables
    from custodes.publication.redaction.policy import read_plan
    from custodes.publication.site.build import Head
    from custodes.survey.folder import load

    survey = load(make(folder, -(-rows // 100), 119, seed, missing=0.0))
    found = release(survey, read_plan(survey), "1", None)
    answers = next(table for table in tables(found) if table.name == "answers")
    cut = type(answers)(answers.name, answers.title, answers.means, answers.columns, answers.key, answers.rows[:rows])
    told = payload(found, Head("bench/report", found.log.size, "A" * 44, "AAAAAA-AAAAAA", ""), [cut])
    told["parts"] = told["parts"][-1:]
    return told


def page(told: dict[str, Any]) -> str:
    """The same as HTML."""
    from html import escape

    text, table = (block for block in told["parts"][0]["blocks"])
    grid = table["table"]
    head = "".join(f"<th>{escape(name)}</th>" for name in grid["columns"])
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in grid["rows"])
    style = "body{font:6.5pt 'Noto Sans'}table{table-layout:fixed;width:100%;border-collapse:collapse}"
    style += "td,th{border:.4pt solid}"
    return (
        f'<!doctype html><html lang="en"><head><title>{escape(told["title"])}</title><style>{style}</style></head>'
        f"<body><h1>{escape(told['title'])}</h1><h2>{escape(told['parts'][0]['title'])}</h2><p>{escape(text['text'])}</p>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></body></html>"
    )


def words(path: Path) -> list[str]:
    """The ids of bodies and questions that a PDF prints, in order."""
    from pypdf import PdfReader

    text = " ".join(page.extract_text() for page in PdfReader(path).pages)
    return re.findall(r"body-\d{4}|q\d{3}", unicodedata.normalize("NFKC", text))


def paper(asked: argparse.Namespace, folder: Path) -> None:
    """Both papers of the same table."""
    told = report(asked.rows, asked.seed, folder / "survey")
    fonts = folder / "told.json"
    fonts.write_text(json.dumps(told), encoding="utf-8")
    (folder / "told.html").write_text(page(told), encoding="utf-8")
    ours = ran(sys.executable, OURS, fonts, folder / "ours.pdf")
    theirs = ran(str(asked.peers / "python"), WEASY, folder / "told.html", folder / "theirs.pdf")
    grid = told["parts"][0]["blocks"][1]["table"]
    first, second = words(folder / "ours.pdf"), words(folder / "theirs.pdf")
    same = sorted(first) == sorted(second) and len(first) >= asked.rows
    print(f"  {len(grid['rows']):,} rows; the same words in both: {'yes' if same else 'NO'}")
    for name, one, file in (
        ("custodes (Typst, pikepdf)", ours, "ours.pdf"),
        (f"WeasyPrint {theirs['version']}", theirs, "theirs.pdf"),
    ):
        size = (folder / file).stat().st_size / 1e6
        print(f"  {name:26} {one['cpu']:8.1f} CPU s  {one['mb']:7.0f} MB  file {size:.2f} MB")
    print(f"  {theirs['cpu'] / ours['cpu']:.1f} times as fast")


def log(asked: argparse.Namespace, folder: Path) -> None:
    """A log of many events: checked whole, and with one byte of one event changed."""
    from custodes.publication.proof.bundle import LOG_FILE, seal
    from custodes.publication.proof.keys import Signer
    from custodes.publication.proof.log import EDITION, ROW, Log

    bundle = folder / "bundle"
    bundle.mkdir()
    made = Log.begun("bench/log", {})
    for number in range(asked.events):
        made.add(
            ROW, {"body": f"body-{number % 1000}", "question": f"q{number % 119}", "value": "yes", "at": "2026-03-01"}
        )
    made.add(EDITION, {"id": "first", "files": {}}, "first")
    seal(bundle, made, "bench/log", Signer("bench/log", bytes(32)))
    whole = ran(sys.executable, CHECK, bundle)
    size = (bundle / LOG_FILE).stat().st_size
    with (bundle / LOG_FILE).open("r+b") as stream:
        stream.seek(size // 2)
        byte = stream.read(1)
        stream.seek(size // 2)
        stream.write(bytes([byte[0] ^ 1]))
    changed = ran(sys.executable, CHECK, bundle)
    print(f"  {asked.events:,} events, {size / 1e6:.0f} MB: whole in {whole['cpu']:.1f} CPU s, {whole['mb']:.0f} MB")
    print(f"  one bit changed: {changed['cpu']:.1f} CPU s, named {changed['wrong']}")


def site(asked: argparse.Namespace, folder: Path) -> None:
    """A survey of many bodies, published whole."""
    survey = asked.data or make(folder / "many", asked.bodies, 119, asked.seed)
    out = folder / "site"
    started = time.monotonic()
    command = [sys.executable, "-m", "custodes.cli.main", "publish", survey, "--out", out]
    subprocess.run(command, check=True, capture_output=True)
    took, used = time.monotonic() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    files = [path for path in out.rglob("*") if path.is_file()]
    front = (out / "index.html").stat().st_size / 1000
    print(f"  {took:.1f} s, at most {used.ru_maxrss / 1024:.0f} MB, {len(files):,} files, front page {front:.0f} kB")


def main() -> None:
    """From the command line."""
    asked = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--rows", type=int, default=5600)
    asked.add_argument("--bodies", type=int, default=1000)
    asked.add_argument("--events", type=int, default=1_000_000)
    asked.add_argument("--data", type=Path)
    asked.add_argument("--peers", type=Path, required=True)
    told = asked.parse_args()
    print(f"Python {platform.python_version()}, seed {told.seed}")
    for name, part in (("The report", paper), ("The log", log), ("The site", site)):
        print(name)
        with tempfile.TemporaryDirectory() as folder:
            part(told, Path(folder))


if __name__ == "__main__":
    main()
