"""One watched process: pieces of a job in, their results into their place, what happens onto its line.

    python -m custodes.scale.child

Lines of JSON. In: first the job, then `{piece, skip}`. Out: `{at}` before each batch, `{done}` or `{refused}` or
`{fault}` after each piece. Nothing else reaches that line: whatever a library prints goes to stderr.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from typing import Any

from custodes.model.errors import CustodesError
from custodes.scale.job import Job
from custodes.scale.knowledge_file import knowledge_of, settle
from custodes.scale.pieces import Piece
from custodes.scale.results import work


def main() -> None:
    """Until its input ends."""
    out = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)

    def say(**told: Any) -> None:
        out.write(json.dumps(told).encode() + b"\n")

    job = Job.read(sys.stdin.readline())
    held = knowledge_of(job)
    settle()
    for line in sys.stdin:
        asked = json.loads(line)
        skip = {int(number): why for number, why in asked["skip"].items()}
        try:
            done = work(job, Piece(**asked["piece"]), held, skip=skip, told=lambda number: say(at=number))
            say(done=done.text())
        except CustodesError as error:
            say(refused=[error.what, error.where, error.why, error.remedy])
        except Exception as error:
            place = traceback.extract_tb(error.__traceback__)[-1]
            say(fault=f"{type(error).__name__} in {place.name}, line {place.lineno}")


if __name__ == "__main__":
    main()
