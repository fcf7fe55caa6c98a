"""One watched process: pieces of a job in, their results into their place, what happens onto its line.

    python -m custodes.scale.child

Lines of JSON. In: first the job, then `{piece, skip}`. Out: `{at}` before each batch, before it is read and before
results are written; `{done}` or `{refused}` or `{fault}` after each piece. Nothing else reaches that line: whatever a
library prints goes to stderr.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from typing import Any

from custodes.model.errors import CustodesError
from custodes.model.lean import without_pandas
from custodes.scale.job import Job
from custodes.scale.knowledge_file import knowledge_of, settle
from custodes.scale.orphans import ends_with_its_parent
from custodes.scale.pieces import Piece
from custodes.scale.results import READING, work


def main() -> None:
    """Until its input ends."""
    without_pandas()
    out = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)

    def say(**told: Any) -> None:
        out.write(json.dumps(told).encode() + b"\n")

    ends_with_its_parent()
    job = Job.read(sys.stdin.readline())
    held = knowledge_of(job)
    settle()
    for line in sys.stdin:
        asked = json.loads(line)
        skip = {int(number): why for number, why in asked["skip"].items()}
        at: int | str = READING

        def told(what: int | str) -> None:
            nonlocal at
            at = what
            say(at=what)

        try:
            say(done=work(job, Piece(**asked["piece"]), held, skip=skip, told=told).text())
        except CustodesError as error:
            say(refused=[error.what, error.where, error.why, error.remedy])
        except OSError as error:
            what = "the table cannot be read" if at == READING else "the results cannot be written"
            where = job.source if at == READING else job.out
            say(refused=[what, where, error.strerror or str(error), "make room or mend it: the run goes on from here"])
        except Exception as error:
            place = traceback.extract_tb(error.__traceback__)[-1]
            say(fault=f"{type(error).__name__} in {place.name}, line {place.lineno}")


if __name__ == "__main__":
    main()
