"""Keeps a process for work in the background: begins it, and begins it again should it end, while its parent is there.

CUSTODES_PARENT=NUMBER python -m custodes.service.keeping
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from types import FrameType

#: Seconds after which one that ended is begun again, and between two looks.
AGAIN, LOOK = 2.0, 0.5


class _Told(Exception):
    """The parent says that it is over."""


def keep(parent: int) -> None:
    """Until the parent has ended, or says so."""
    signal.signal(signal.SIGTERM, _over)
    process: subprocess.Popen[bytes] | None = None
    told = {**os.environ, "CUSTODES_PARENT": str(os.getpid())}
    try:
        while os.getppid() == parent:
            if process is None:
                with suppress(OSError):  # no room for a process just now: the next time
                    process = subprocess.Popen([sys.executable, "-P", "-m", "custodes.service", "worker"], env=told)
            elif process.poll() is not None:
                time.sleep(AGAIN)
                process = None
                continue
            time.sleep(LOOK)
    except _Told:
        pass
    finally:
        if process is not None and process.poll() is None:
            process.terminate()
            process.wait()


def _over(_number: int, _frame: FrameType | None) -> None:
    raise _Told


if __name__ == "__main__":
    keep(int(os.environ["CUSTODES_PARENT"]))
