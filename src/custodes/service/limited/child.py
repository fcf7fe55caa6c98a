"""The process that reads what was uploaded: held to limits, without Django and without the database.

    python -m custodes.service.limited.child JOB.json

A job names its module, its kind, and the folders to read and to write. Each line on stdout tells a stage; bad input is
one JSON line on stderr.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from custodes.service.limited.limits import confine

GIB = 1 << 30
#: Of a whole job: seconds of CPU time, bytes of memory, bytes of one file.
SECONDS, MEMORY, ROOM = 1800, 12 * GIB, 4 * GIB


def step(text: str) -> None:
    """One stage, for whoever watches."""
    sys.stdout.write(text.replace("\n", " ")[:120] + "\n")
    sys.stdout.flush()


def main(path: Path) -> int:
    """Does a job. Returns 0, or 2 for bad input."""
    confine(SECONDS, MEMORY, ROOM)
    from custodes.model.errors import CustodesError

    job: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    jobs = import_module(job["module"]).JOBS
    try:
        jobs[job["kind"]](job, step)
    except CustodesError as error:
        sys.stderr.write(json.dumps({"error": str(error)}) + "\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
