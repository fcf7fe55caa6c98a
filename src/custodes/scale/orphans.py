"""Processes that end with whoever began them."""

from __future__ import annotations

import ctypes
import signal
import sys

#: As <sys/prctl.h> has it.
_PDEATHSIG = 1


def ends_with_its_parent() -> None:
    """Should whoever began this process be killed, it ends too: another may write to the same folder by then.

    On Linux; elsewhere it ends behind the work that it has in hand.
    """
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(_PDEATHSIG, int(signal.SIGKILL))
