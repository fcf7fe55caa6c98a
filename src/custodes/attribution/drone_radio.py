"""What identities sent by radio say, taken together: never proof of who sends, and never one aircraft at two places."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations

from custodes.attribution.drones import DroneSerial, look_up
from custodes.knowledge import Knowledge
from custodes.model.assessment import Because
from custodes.model.drones import RadioIdentity, metres
from custodes.model.vocab import Status

#: Places that are farther apart than this and could not be flown between in time are two aircraft's, or a forger's.
APART_METRES, FASTEST_METRES_A_SECOND = 2_000.0, 150.0
#: Transmitters of one serial number that are compared with each other.
MOST_COMPARED = 64
FORGEABLE = "sent by radio, which anybody can forge: it proves neither who made nor who flies it"


def judged(identities: Sequence[RadioIdentity], knowledge: Knowledge) -> list[DroneSerial]:
    """For each identity what its serial number says; at most likely, and with what speaks against it."""
    against = _contradictions(identities)
    found = []
    for place, identity in enumerate(identities):
        answer = _answer(identity, knowledge)
        answer.because += against.get(place, ())
        found.append(answer)
    return found


def _answer(identity: RadioIdentity, knowledge: Knowledge) -> DroneSerial:
    if identity.kind != "serial-number":
        answer = DroneSerial(identity.text)
        answer.because.append(Because("radio", _no_serial(identity)))
        return answer
    answer = look_up(identity.text, knowledge)
    if answer.status is Status.ASSERTED:
        answer.status = Status.REVIEW
    answer.makers = tuple(replace(item, established=False) for item in answer.makers)
    answer.because.append(Because("radio", FORGEABLE))
    return answer


def _no_serial(identity: RadioIdentity) -> str:
    if not identity.text:
        return "no identity was sent while it was heard"
    if identity.kind == "none":
        return "sent as an identity of no kind: not as a serial number, whatever its form"
    return f"sent as a {identity.kind}, not as a serial number"


def _contradictions(identities: Sequence[RadioIdentity]) -> dict[int, list[Because]]:
    """For each identity, by its place, what speaks against one aircraft having sent all under its serial number."""
    groups: dict[str, list[int]] = defaultdict(list)
    for place, identity in enumerate(identities):
        if identity.kind == "serial-number":
            groups[identity.text].append(place)
    found: dict[int, list[Because]] = {}
    for places in groups.values():
        told = [(place, at) for place in places[:MOST_COMPARED] for at in identities[place].places]
        for text in dict.fromkeys(_apart(told)):
            for place in places:
                found.setdefault(place, []).append(Because("radio", text, against=True))
            break
    return found


def _apart(told: Sequence[tuple[int, tuple[int, float, float]]]) -> Iterator[str]:
    for (_, one), (_, other) in combinations(told, 2):
        distance, seconds = metres(one, other), abs(one[0] - other[0]) / 1e9
        if distance > APART_METRES and distance > FASTEST_METRES_A_SECOND * seconds:
            yield (
                f"the same serial number {distance / 1000:,.0f} km apart within {seconds:,.0f} s: "
                "one of the two is forged or wrong; it is counted once"
            )
