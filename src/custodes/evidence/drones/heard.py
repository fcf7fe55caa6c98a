"""What a capture heard of unmanned aircraft: every identity with its transmitter, frames counted, refusals counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from custodes.evidence.captures.files import Capture
from custodes.evidence.drones.links import DJI, Refused, known, sent
from custodes.evidence.drones.messages import Told, dji_drone_id, open_drone_id
from custodes.model.drones import RadioIdentity, metres
from custodes.model.registers import Limits

#: Identities of one capture that are kept; more are counted.
MOST_IDENTITIES = 100_000


@dataclass(slots=True)
class Heard:
    """All of a capture. `refused`: why frames or parts were left out, with how many; `links`: link types not read."""

    capture: str
    frames: int = 0
    carrying: int = 0
    identities: list[RadioIdentity] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    links: Counter[int] = field(default_factory=Counter)
    problem: str = ""


def listen(path: Path, limits: Limits, *, operator: bool = False) -> Heard:
    """Read a capture. Raises BadInput if it is none. Places of operators are kept only with `operator`."""
    capture = Capture(path, limits)
    heard = Heard(path.name)
    found: dict[tuple[str, str, str, str], RadioIdentity] = {}
    last: dict[tuple[str, str], list[RadioIdentity]] = {}
    for frame in capture.frames:
        heard.frames += 1
        if not known(frame.link):
            heard.links[frame.link] += 1
            continue
        for item in sent(frame.link, frame.data):
            if isinstance(item, Refused):
                heard.refused[item.reason] += 1
                continue
            heard.carrying += 1
            told = (
                dji_drone_id(item.payload) if item.protocol == DJI else open_drone_id(item.payload, operator=operator)
            )
            heard.refused.update(told.faults or ())
            sender = (item.protocol, item.transmitter)
            named = list(_named(sender, told, found, heard))
            if named:
                last[sender] = named
            for identity in named or last.get(sender) or [_nameless(sender, found, heard)]:
                _note(identity, told, frame.time, counts=bool(named) or not identity.text)
    heard.identities = [item for key, item in found.items() if key[3] or not last.get(key[:2])]
    heard.problem = capture.problem
    return heard


def _named(
    sender: tuple[str, str], told: Told, found: dict[tuple[str, str, str, str], RadioIdentity], heard: Heard
) -> Iterator[RadioIdentity]:
    for kind, text in told.ids:
        key = (*sender, kind, text)
        if key not in found and len(found) >= MOST_IDENTITIES:
            heard.refused["more identities than are kept"] += 1
            continue
        yield found.setdefault(key, RadioIdentity(heard.capture, *key))


def _nameless(
    sender: tuple[str, str], found: dict[tuple[str, str, str, str], RadioIdentity], heard: Heard
) -> RadioIdentity:
    """The transmitter itself, as long as it gives no identity."""
    return found.setdefault((*sender, "", ""), RadioIdentity(heard.capture, *sender))


def _note(identity: RadioIdentity, told: Told, time: int, *, counts: bool) -> None:
    identity.frames += counts
    identity.operator = told.operator or identity.operator
    identity.operator_place = told.operator_place or identity.operator_place
    if told.place is not None:
        place = (time, *told.place)
        identity.places = [*identity.places[:1], place] if _far(identity.places, place) else identity.places or [place]


def _far(places: list[tuple[int, float, float]], place: tuple[int, float, float]) -> bool:
    """Whether a place is the farthest yet from the first one: two are enough to tell that one cannot be at both."""
    return bool(places) and (len(places) < 2 or metres(places[0], place) > metres(places[0], places[1]))
