"""`custodes sanitise`: a capture that can be given away."""

from __future__ import annotations

import sys
from pathlib import Path

from custodes.cli.output import note, printable
from custodes.evidence.captures.sanitise import sanitise
from custodes.model.registers import Limits

_STAYS = (
    "what stays: addresses of devices, names they asked for, and messages in which they tell their name, model and "
    "serial number; look at it before you give it away"
)


def main(file: Path, out: Path) -> None:
    """Write it, and say what was left out and what stays."""
    done = sanitise(file, out, Limits(), lambda frames: note(f"{frames:,} frames so far"))
    if done.problem:
        note(f"read up to frame {done.frames}: {done.problem}")
    if done.left_out:
        note(f"{done.left_out} frames of another kind of link than the first are left out")
    told = f"{done.frames} frames, {done.removed} bytes left out, {done.kept} bytes of headers and names kept"
    sys.stdout.write(printable(f"{out}: {told}") + "\n" + _STAYS + "\n")
