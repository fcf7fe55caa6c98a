"""Whether a device calls somewhere at a steady beat that nothing explains. A beat alone is no fault.

The spread is told robustly: by the median of intervals and the median of what they differ from it by, so that a few
missed or late calls change nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from custodes.attribution.destinations import Destination
from custodes.model.assessment import Because
from custodes.model.captures import Peer

SECOND = 1_000_000_000
#: Calls nearer together than this are one call.
TOGETHER = 2 * SECOND
#: A beat has at least so many intervals of at least so many seconds, that spread by so small a share of their median.
LEAST_INTERVALS, LEAST_SECONDS, MOST_SPREAD = 8, 5.0, 0.1
#: Names and time are asked for at a beat by every device.
_OFFERED = frozenset((53, 123))


@dataclass(frozen=True, slots=True)
class Rhythm:
    """A steady beat towards a peer: seconds between calls, how many calls, and the share by which intervals spread."""

    peer: Peer
    every: float
    times: int
    spread: float
    because: tuple[Because, ...]


def rhythms(external: Sequence[tuple[Peer, Destination]]) -> tuple[Rhythm, ...]:
    """The steady beats of a device towards peers of which no known service explains it."""
    found = (_rhythm(peer) for peer, whose in external if not whose.service and peer.port not in _OFFERED)
    return tuple(one for one in found if one is not None)


def _rhythm(peer: Peer) -> Rhythm | None:
    calls: list[int] = []
    for time in sorted(peer.up.begun):
        if not calls or time - calls[-1] >= TOGETHER:
            calls.append(time)
    gaps = [(later - earlier) / SECOND for earlier, later in pairwise(calls)]
    if len(gaps) < LEAST_INTERVALS:
        return None
    middle = median(gaps)
    spread = median(abs(gap - middle) for gap in gaps) / middle
    if middle < LEAST_SECONDS or spread > MOST_SPREAD:
        return None
    text = f"{len(calls)} calls, one every {middle:.0f} s, of which half differ by less than {spread * middle:.1f} s"
    return Rhythm(peer, middle, len(calls), spread, (Because("rhythm", f"{text}; no known service explains it"),))
