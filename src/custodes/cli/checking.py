"""`custodes checks`: what an estate is looked through for, and the self-assessment out and in."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from custodes.cli.assessing import Request, assessed_with
from custodes.cli.output import columns, note, print_json, printable
from custodes.estate.checking import Brought, check
from custodes.model.checks import Says
from custodes.model.errors import BadUsage
from custodes.publication.checks.said import result_object, results_text
from custodes.publication.checks.workbook import read_self_assessment, write_self_assessment


@dataclass(frozen=True, slots=True)
class Checking:
    """What is asked besides the estate: files of attestations, where the workbook goes, whether to fail."""

    attested: Sequence[Path] = ()
    ask: Path | None = None
    fail: bool = False


def checks_main(request: Request, asked: Checking) -> int:
    """Print the answers; 1 if something falls short and that was asked."""
    if asked.ask is not None and asked.ask.suffix.lower() != ".xlsx":
        raise BadUsage("--ask writes a workbook", remedy="name a file that ends in .xlsx")
    if asked.ask is not None and asked.ask.exists():
        _refuse_answers(asked.ask)
    done, options = assessed_with(request, keep_units=True)
    found = check(done, options, brought([*done.estate.attested, *asked.attested]))
    for fault in found.faults:
        note(fault)
    if asked.ask is not None:
        count = write_self_assessment(found.results, asked.ask, marking=request.marking, as_at=options.as_at)
        note(f"{asked.ask}: {count:,} questions")
    if request.form == "table":
        sys.stdout.write(printable(results_text(found.results, done.assessment, columns()), keep_lines=True))
    else:
        print_json([result_object(one) for one in found.results], request.form)
    return 1 if asked.fail and any(one.says is Says.SHORTFALL for one in found.results) else 0


def brought(files: Sequence[Path]) -> Brought:
    """What persons attest in files: workbooks read here, texts by who takes them."""
    books = [path for path in files if path.suffix.lower() == ".xlsx"]
    lines = [line for path in books for line in read_self_assessment(path)]
    return Brought([path for path in files if path not in books], lines)


def _refuse_answers(path: Path) -> None:
    """A workbook that was filled in is never written over; nor is any other file of that name."""
    if read_self_assessment(path):
        raise BadUsage(f"{path.name} holds answers and is not written over", remedy="name another file after --ask")
