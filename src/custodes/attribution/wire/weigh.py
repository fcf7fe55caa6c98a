"""Clues of one reply, weighed: the label, the maker, what is watched, and how sure. Contradictions stay visible."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from custodes.attribution import graph
from custodes.attribution.identifiers import IdentifierClue
from custodes.attribution.wire.clues import WATCHING, Clue
from custodes.attribution.wire.match import Hit
from custodes.knowledge import Knowledge
from custodes.knowledge.text import squash
from custodes.model.assessment import Because, Candidate
from custodes.model.vocab import Reason, Status
from custodes.model.wire import Part, Reply

#: From this sum of weights a label is asserted; from the second it is "probably, check".
ASSERT_FROM, REVIEW_FROM = 2.0, 0.5
#: A second label that carries this share of the first one's weight contradicts it.
RIVAL = 0.6
#: Parts that an identity says again.
_TOLD = frozenset((Part.MODEL, Part.FIRMWARE, Part.SERIAL, Part.MAC))
#: The kind of device that rules give to software which relays another device.
RELAY = "relay"
#: What a platform seen on the wire carries for the maker, where no source ties the label to it.
PLATFORM = 0.85
#: What a platform's protocol carries for the device being one that watches.
PLATFORM_WATCHES = 1.5


class Identity(NamedTuple):
    """What one reply says of its device. `brand`: id of the pack; None for a name that it does not have.

    `platforms`: whose platform the protocols and texts of the device show, whatever its label says.
    """

    brand: str | None = None
    brand_name: str | None = None
    model: str | None = None
    firmware: str | None = None
    serial: str | None = None
    mac: str | None = None
    device_type: str | None = None
    surveillance: bool | None = None
    status: Status = Status.UNKNOWN
    confidence: float = 0.0
    makers: tuple[Candidate, ...] = ()
    reason: Reason | None = None
    because: tuple[Because, ...] = ()
    platforms: tuple[IdentifierClue, ...] = ()


def weigh(
    replies: Sequence[Reply],
    hits: Mapping[tuple[str, str], Sequence[Hit]],
    clues: Sequence[Clue],
    knowledge: Knowledge,
) -> Identity:
    """The identity in the replies of one device. `hits`: the rules that hold for their texts, `clues`: what `clues_of`
    made of each. The same clue in several replies counts once."""
    told = _told(replies, hits)
    clues = list({(clue.because.rule or clue.because.text, clue.brand, clue.supplier): clue for clue in clues}.values())
    if any(clue.device_type == RELAY for clue in clues):
        return _relay(told, clues)
    brand, name, total, contradiction = _label(clues, knowledge)
    watches = _watches(clues)
    low = all(clue.low for clue in clues if clue.brand == brand) if brand else False
    status = Status.UNKNOWN
    reason: Reason | None = None
    if name:
        status = Status.ASSERTED if total >= ASSERT_FROM and not low else Status.REVIEW
        if status is Status.REVIEW and total < REVIEW_FROM:
            status = Status.UNKNOWN
        if contradiction or (status is Status.ASSERTED and _several(clues)):
            status, reason = Status.REVIEW, Reason.CONTRADICTION
    if status is Status.UNKNOWN:
        reason = Reason.NO_BRAND
    makers = _makers(brand, told.get("model"), clues, knowledge) if status is not Status.UNKNOWN or not name else ()
    return Identity(
        brand,
        name or None,
        told.get("model"),
        told.get("firmware"),
        told.get("serial"),
        told.get("mac"),
        _device_type(clues, watches),
        watches,
        status,
        _confidence(status, total),
        makers,
        reason,
        tuple(_evidence(clues, brand, name)),
        tuple(_platforms(clues)),
    )


def _several(clues: Sequence[Clue]) -> bool:
    """Whether protocols of two platforms answer: two devices behind one address, or a text that was copied."""
    shown = {clue.supplier for clue in clues if clue.because.kind == "protocol" and clue.supplier and not clue.brand}
    return len(shown) > 1


def _platforms(clues: Sequence[Clue]) -> Iterable[IdentifierClue]:
    """The platform of each clue that shows one, each supplier once."""
    shown = {clue.supplier: clue.because for clue in reversed(clues) if _of_platform(clue) and not clue.low}
    return (IdentifierClue(supplier, "platform", because, True) for supplier, because in shown.items() if supplier)


def _of_platform(clue: Clue) -> bool:
    return clue.supplier is not None and not clue.brand and clue.because.kind in ("protocol", "fingerprint")


def _relay(told: Mapping[str, str], clues: Sequence[Clue]) -> Identity:
    """Software that passes on another device's picture: the name it gives is not its own."""
    because = tuple(_evidence(clues, None, ""))
    return Identity(
        None,
        None,
        told.get("model"),
        told.get("firmware"),
        told.get("serial"),
        told.get("mac"),
        RELAY,
        False,
        reason=Reason.RELAY,
        because=because,
    )


def _label(clues: Sequence[Clue], knowledge: Knowledge) -> tuple[str | None, str, float, bool]:
    """Brand, its name, the weight for it, and whether another label stands against it."""
    labelled = {_key(clue) for clue in clues if clue.label and _key(clue)}
    heaviest: dict[tuple[str, str], float] = {}
    for clue in clues:
        key = _key(clue)
        if key and not (labelled and key not in labelled and not clue.because.field):
            place = (key, clue.place)
            heaviest[place] = max(heaviest.get(place, 0.0), clue.weight)
    totals: dict[str, float] = {}
    for (key, _), weight in heaviest.items():
        totals[key] = totals.get(key, 0.0) + weight
    if not totals:
        return None, "", 0.0, False
    given = {_key(clue) for clue in clues if clue.brand and clue.because.field == "label"}
    known = {clue.brand for clue in clues if clue.brand}
    ranked = sorted(totals, key=lambda key: (key not in given, key not in labelled, -totals[key], key))
    first = ranked[0]
    rivals = [
        key
        for key in ranked[1:]
        if totals[key] >= RIVAL * totals[first] and not ({first, key} <= known and _one_house(first, key, knowledge))
    ]
    clue = next(item for item in clues if _key(item) == first)
    name = knowledge.brand(clue.brand).name if clue.brand else clue.brand_name
    return clue.brand, name, totals[first], bool(rivals)


def _key(clue: Clue) -> str:
    return clue.brand or clue.brand_name


def _one_house(one: str, other: str, knowledge: Knowledge) -> bool:
    """Whether two labels are of one house: a relabelled device names both, which is no contradiction."""
    rows = [knowledge.pack.brands.get(key) for key in (one, other)]
    if rows[0] is None or rows[1] is None:
        return False
    houses = [{edge.supplier for edge in row.makers} | {row.supplier or row.id} for row in rows if row]
    return bool(houses[0] & houses[1])


def _told(replies: Sequence[Reply], hits: Mapping[tuple[str, str], Sequence[Hit]]) -> dict[str, str]:
    """Model, firmware, serial and MAC: as the structured reply says, else as the heaviest rule captured it."""
    found: dict[str, str] = {}
    for reply in replies:
        for part, text in reply.parts:
            if part in _TOLD and text:
                found.setdefault(part, text)
    heard = [hit for held in hits.values() for hit in held if hit.captures or hit.rule.fixed]
    if len(heard) > 1:
        heard.sort(key=lambda hit: (-hit.rule.weight, hit.rule.order))
    for hit in heard:
        for key, value in (*hit.captures.items(), *hit.rule.fixed.items()):
            if value:
                found.setdefault(key, value)
    return found


def _watches(clues: Sequence[Clue]) -> bool | None:
    """Whether it watches: by the heaviest clues that tell; None where none does, or two are alike."""
    if any(_leaves_open(clue) for clue in clues):
        clues = [clue for clue in clues if clue.because.kind != "protocol"]
    yes = max((_watch_weight(clue) for clue in clues if clue.watches is True), default=0.0)
    no = max((clue.weight for clue in clues if clue.watches is False), default=0.0)
    if yes == no:
        return None
    return yes > no


def _leaves_open(clue: Clue) -> bool:
    """Whether a kind is told that may have a camera or none, as a door station: its protocol does not decide then."""
    told = clue.because.kind in ("model-code", "fingerprint") and clue.device_type
    return bool(told) and clue.watches is None and clue.device_type not in WATCHING


def _watch_weight(clue: Clue) -> float:
    """A platform is built into door controllers, switches and alarms too: what says the kind of device outweighs it."""
    return min(clue.weight, PLATFORM_WATCHES) if clue.because.kind == "protocol" else clue.weight


def _device_type(clues: Sequence[Clue], watches: bool | None) -> str | None:
    fitting = [clue for clue in clues if clue.device_type and clue.watches in (watches, None)]
    return max(fitting, key=lambda clue: clue.weight).device_type if fitting else None


def _makers(brand: str | None, model: str | None, clues: Sequence[Clue], knowledge: Knowledge) -> tuple[Candidate, ...]:
    """Who may have built it: the sourced edges of the label, and the platform that the wire shows."""
    found: list[Candidate] = []
    if brand is not None:
        found = list(_edges(brand, model if knowledge.edge_keys[brand] else None, knowledge))
    for clue in clues:
        if clue.supplier is None or clue.brand:
            continue
        held = next((item for item in found if item.supplier == clue.supplier), None)
        if held is not None:
            sure = held.established or (clue.because.kind in ("protocol", "fingerprint") and held.confidence >= 0.38)
            better = round(1 - (1 - held.confidence) * 0.4, 3)
            found[found.index(held)] = replace(held, confidence=better, established=sure)
        elif clue.because.kind in ("protocol", "fingerprint"):
            name = knowledge.pack.suppliers[clue.supplier].name
            weight = round(min(PLATFORM, 1 - math.exp(-clue.weight)), 3)
            found.append(Candidate(clue.supplier, name, weight, False, "platform", clue.because.source))
    established = [item for item in found if item.established]
    if len({item.supplier for item in established}) > 1:
        found = [replace(item, established=False) for item in found]
    return tuple(sorted(found, key=lambda item: (not item.established, -item.confidence, item.supplier)))


@lru_cache(maxsize=8192)
def _edges(brand: str, model: str | None, knowledge: Knowledge) -> tuple[Candidate, ...]:
    """The makers that the sourced edges of a label name; `model` only where an edge depends on one."""
    return graph.makers(knowledge.brand(brand), model, model or "", "", knowledge.pack.date, knowledge)


def _confidence(status: Status, total: float) -> float:
    """How sure: a share that grows with the weight, within what each band may say."""
    if status is Status.UNKNOWN:
        return 0.0
    share = 1 - math.exp(-total)
    return round(min(share, 0.99 if status is Status.ASSERTED else 0.7), 3)


def _evidence(clues: Iterable[Clue], brand: str | None, name: str) -> Iterable[Because]:
    """Every clue once, those for another label as against."""
    seen: set[tuple[str, str, str]] = set()
    for clue in clues:
        key = (clue.because.kind, clue.because.text, clue.because.rule)
        if key in seen:
            continue
        seen.add(key)
        other = _key(clue)
        against = bool(other) and bool(name) and squash(other) != squash(brand or name)
        yield replace(clue.because, against=against) if against else clue.because
