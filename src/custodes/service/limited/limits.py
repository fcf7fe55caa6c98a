"""What a process that reads strange files may use: time, memory, room, and, where the system allows it, no network."""

from __future__ import annotations

import ctypes
import os
import resource
import sys
from contextlib import suppress
from pathlib import Path

from custodes.scale.orphans import ends_with_its_parent

_NEWUSER, _NEWNET = 0x10000000, 0x40000000


def confine(seconds: int, memory: int, room: int) -> None:
    """Holds this process and all that it begins. `memory` and `room` (of one file) in bytes."""
    for what, most in (
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, room),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        held = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (held, held))  # the hard limit too: it cannot be raised again
    ends_with_its_parent()
    without_network()


def without_network() -> bool:
    """Leaves the network, if the system lets an ordinary process do so. Readers open no socket in any case."""
    if not sys.platform.startswith("linux"):
        return False
    user, group = os.getuid(), os.getgid()
    if ctypes.CDLL(None, use_errno=True).unshare(_NEWUSER | _NEWNET) != 0:
        return False
    with suppress(OSError):  # who one is stays the same: a file made by nobody could not be written
        for name, text in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
            Path("/proc/self", name).write_text(text, encoding="ascii")
    return True
