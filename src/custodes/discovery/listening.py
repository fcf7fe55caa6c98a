"""Passive capture on an interface of this machine, through libpcap: what passes is written down, nothing is sent.

The frames go to a file first, as evidence does; what they show is read from there, exactly as from a file of others.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from custodes.model.errors import BadInput, BadUsage

#: Milliseconds after which frames that came are handed over, and bytes of each frame that are stored.
_HAND_OVER, SNAP = 100, 262_144
_BUFFER = 16 * 1024 * 1024
#: Seconds between looks; the system's buffer holds what comes meanwhile.
_REST = 0.01


@dataclass(frozen=True, slots=True)
class Listened:
    """What a capture took: frames, and those that the system had no room for."""

    frames: int
    dropped: int


def listen(
    interface: str, out: Path, seconds: float, tell: Callable[[int, float], None], most: int = 1 << 62
) -> Listened:
    """Write every frame of an interface to a file, for so long or up to so many. `tell`: frames and seconds so far.

    Raises BadUsage without the extra, BadInput where the system does not let us.
    """
    cypcap = _library()
    try:
        source = cypcap.create(interface)
        source.set_snaplen(SNAP)
        source.set_promisc(True)
        source.set_timeout(_HAND_OVER)
        source.set_buffer_size(_BUFFER)
        source.set_immediate_mode(True)
        source.activate()
    except cypcap.Error as error:
        remedy = "name an interface of `ip link`; capturing needs the right CAP_NET_RAW, which root has"
        why = str(error)[:160]
        raise BadInput("it cannot be listened to", where=interface[:60], why=why, remedy=remedy) from None
    with source, source.dump_open(str(out)) as dumper:
        frames = _write(source, dumper, seconds, tell, most)
        lost = source.stats()
    return Listened(frames, int(lost.drop) + int(lost.ifdrop))


def _write(source: Any, dumper: Any, seconds: float, tell: Callable[[int, float], None], most: int) -> int:
    """Frames as they come. A capture that waits wakes only when some come, so it is looked at again and again."""
    began = said = time.monotonic()
    frames = 0
    source.setnonblock(True)
    try:
        while frames < most and (now := time.monotonic()) - began < seconds:
            if now - said >= 1:
                said = now
                tell(frames, now - began)
            for head, data in source:
                if head is None:
                    break
                dumper.dump(head, data)
                frames += 1
            time.sleep(_REST)
    except KeyboardInterrupt:  # whoever listens may have heard enough
        pass
    return frames


def _library() -> Any:
    try:
        import cypcap
    except ImportError:
        raise BadUsage("listening needs an extra", remedy="pip install 'custodes[live]'") from None
    return cypcap
