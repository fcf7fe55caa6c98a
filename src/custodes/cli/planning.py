"""`custodes plan`: in which order equipment is removed, within what there is."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

from custodes.cli.assessing import Request, assessed, progress
from custodes.cli.output import columns, print_json, printable
from custodes.estate.plan_file import NAME, read_plan_file
from custodes.estate.planning import build
from custodes.findings.planning.solving import solve
from custodes.model.errors import BadInput, BadUsage
from custodes.publication.plans import plan_object, plan_text


def plan_main(request: Request, plan: Path | None, seconds: float) -> int:
    """Print the plan; 1 if there is none."""
    if find_spec("ortools") is None:
        raise BadUsage("plans need an extra", remedy="pip install 'custodes[plan]'")
    path = plan or request.path / NAME
    if not path.is_file():
        raise BadInput(
            "there is no plan file", where=str(path), remedy="write plan.yaml (docs/plan.md), or give --plan"
        )
    done = assessed(request)
    planned = build(read_plan_file(path, done.estate), done.estate, done.assessment.devices)
    progress()(f"planning {len(planned.problem.jobs)} removals")
    found = solve(planned.problem, seconds)
    if request.form == "table":
        sys.stdout.write(printable(plan_text(planned.problem, found, columns()), keep_lines=True))
    else:
        days = [(one.first.isoformat(), one.last.isoformat()) for one in planned.periods]
        print_json([plan_object(planned.problem, days, found)], "jsonl")
    return 0 if found.when else 1
