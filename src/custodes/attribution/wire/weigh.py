"""Clues of one reply, weighed: the label, the maker, what is watched, and how sure. Contradictions stay visible."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from custodes.attribution import graph
from custodes.attribution.identifiers import IdentifierClue
from custodes.attribution.wire.clues import WATCHING, Clue, Sign
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


class Weighed(NamedTuple):
    """A sign, and the place it was read at, by number."""

    sign: Sign
    place: int


class Verdict(NamedTuple):
    """What signs come to. `against`: which of them are for another label; `platforms`: whose platform is shown, and by
    which of them."""

    brand: str | None
    name: str
    device_type: str | None
    watches: bool | None
    status: Status
    confidence: float
    makers: tuple[Candidate, ...]
    reason: Reason | None
    against: tuple[bool, ...]
    platforms: tuple[tuple[str, int], ...]


def weigh(
    replies: Sequence[Reply],
    hits: Mapping[tuple[str, str], Sequence[Hit]],
    clues: Sequence[Clue],
    knowledge: Knowledge,
) -> Identity:
    """The identity in the replies of one device. `hits`: the rules that hold for their texts, `clues`: what `clues_of`
    made of each. The same clue in several replies counts once."""
    told = _told(replies, hits)
    clues = list(
        {(clue.because.rule or clue.because.text, clue.sign.brand, clue.sign.supplier): clue for clue in clues}.values()
    )
    places: dict[str, int] = {}
    weighed = tuple([Weighed(clue.sign, places.setdefault(clue.place, len(places))) for clue in clues])
    model = told.get("model")
    asked = model if any([one.brand and knowledge.edge_keys[one.brand] for one, _ in weighed]) else None
    found = _verdict(weighed, asked, knowledge)
    return Identity(
        found.brand,
        found.name or None,
        model,
        told.get("firmware"),
        told.get("serial"),
        told.get("mac"),
        found.device_type,
        found.watches,
        found.status,
        found.confidence,
        found.makers,
        found.reason,
        _evidence(clues, found.against),
        tuple([IdentifierClue(key, "platform", clues[at].because, True) for key, at in found.platforms]),
    )


@lru_cache(maxsize=16_384)
def _verdict(weighed: tuple[Weighed, ...], model: str | None, knowledge: Knowledge) -> Verdict:
    """What signs come to, wherever they were read: remembered, since most devices show what others do. `model`: only
    where the makers of a label depend on it."""
    signs = [one.sign for one in weighed]
    if any(sign.device_type == RELAY for sign in signs):
        # software that passes on another device's picture: the name it gives is not its own
        nothing = tuple(False for _ in signs)
        return Verdict(None, "", RELAY, False, Status.UNKNOWN, 0.0, (), Reason.RELAY, nothing, ())
    brand, name, total, contradiction = _label(weighed, knowledge)
    watches = _watches(signs)
    low = all(sign.low for sign in signs if sign.brand == brand) if brand else False
    status = Status.UNKNOWN
    reason: Reason | None = None
    if name:
        status = Status.ASSERTED if total >= ASSERT_FROM and not low else Status.REVIEW
        if status is Status.REVIEW and total < REVIEW_FROM:
            status = Status.UNKNOWN
        if status is Status.ASSERTED and not watches and _bare(signs, brand):
            status, reason = Status.REVIEW, Reason.WEAK_NAME
        if contradiction or (status is Status.ASSERTED and _several(signs)):
            status, reason = Status.REVIEW, Reason.CONTRADICTION
    if status is Status.UNKNOWN:
        reason = Reason.NO_BRAND
    makers = _makers(brand, model, signs, knowledge) if status is not Status.UNKNOWN or not name else ()
    return Verdict(
        brand,
        name,
        _device_type(signs, watches),
        watches,
        status,
        _confidence(status, total),
        makers,
        reason,
        tuple(_is_against(sign, brand, name) for sign in signs),
        _platforms(signs),
    )


def _bare(signs: Sequence[Sign], brand: str | None) -> bool:
    """Whether a label stands only in texts that speak of no equipment."""
    told = [sign for sign in signs if sign.brand == brand and not sign.low]
    return bool(told) and all(sign.bare for sign in told)


def _several(signs: Sequence[Sign]) -> bool:
    """Whether protocols of two platforms answer: two devices behind one address, or a text that was copied."""
    shown = {sign.supplier for sign in signs if sign.kind == "protocol" and sign.supplier and not sign.brand}
    return len(shown) > 1


def _platforms(signs: Sequence[Sign]) -> tuple[tuple[str, int], ...]:
    """Whose platform is shown, each supplier once, and the place of the first sign of it."""
    shown: dict[str, int] = {}
    for place, sign in reversed(list(enumerate(signs))):
        if sign.supplier and not sign.brand and sign.kind in ("protocol", "fingerprint") and not sign.low:
            shown[sign.supplier] = place
    return tuple(shown.items())


def _label(weighed: Sequence[Weighed], knowledge: Knowledge) -> tuple[str | None, str, float, bool]:
    """Brand, its name, the weight for it, and whether another label stands against it."""
    signs = [one.sign for one in weighed]
    labelled = {_key(sign) for sign in signs if sign.label and _key(sign)}
    heaviest: dict[tuple[str, int], float] = {}
    for sign, place in weighed:
        key = _key(sign)
        if key and not (labelled and key not in labelled and not sign.field):
            heaviest[key, place] = max(heaviest.get((key, place), 0.0), sign.weight)
    totals: dict[str, float] = {}
    for (key, _), weight in heaviest.items():
        totals[key] = totals.get(key, 0.0) + weight
    if not totals:
        return None, "", 0.0, False
    given = {_key(sign) for sign in signs if sign.brand and sign.field == "label"}
    known = {sign.brand for sign in signs if sign.brand}
    ranked = sorted(totals, key=lambda key: (key not in given, key not in labelled, -totals[key], key))
    first = ranked[0]
    rivals = [
        key
        for key in ranked[1:]
        if totals[key] >= RIVAL * totals[first] and not ({first, key} <= known and _one_house(first, key, knowledge))
    ]
    sign = next(one for one in signs if _key(one) == first)
    name = knowledge.brand(sign.brand).name if sign.brand else sign.brand_name
    return sign.brand, name, totals[first], bool(rivals)


def _key(sign: Sign) -> str:
    return sign.brand or sign.brand_name


def _is_against(sign: Sign, brand: str | None, name: str) -> bool:
    """Whether a sign is for another label than the one that was found."""
    other = _key(sign)
    return bool(other) and bool(name) and squash(other) != squash(brand or name)


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


def _watches(signs: Sequence[Sign]) -> bool | None:
    """Whether it watches: by the heaviest signs that tell; None where none does, or two are alike."""
    if any(_leaves_open(sign) for sign in signs):
        signs = [sign for sign in signs if sign.kind != "protocol"]
    yes = max((_watch_weight(sign) for sign in signs if sign.watches is True), default=0.0)
    no = max((sign.weight for sign in signs if sign.watches is False), default=0.0)
    if yes == no:
        return None
    return yes > no


def _leaves_open(sign: Sign) -> bool:
    """Whether a kind is told that may have a camera or none, as a door station: its protocol does not decide then."""
    told = sign.kind in ("model-code", "fingerprint") and sign.device_type
    return bool(told) and sign.watches is None and sign.device_type not in WATCHING


def _watch_weight(sign: Sign) -> float:
    """A platform is built into door controllers, switches and alarms too: what says the kind of device outweighs it."""
    return min(sign.weight, PLATFORM_WATCHES) if sign.kind == "protocol" else sign.weight


def _device_type(signs: Sequence[Sign], watches: bool | None) -> str | None:
    fitting = [sign for sign in signs if sign.device_type and sign.watches in (watches, None)]
    return max(fitting, key=lambda sign: sign.weight).device_type if fitting else None


def _makers(brand: str | None, model: str | None, signs: Sequence[Sign], knowledge: Knowledge) -> tuple[Candidate, ...]:
    """Who may have built it: the sourced edges of the label, and the platform that the wire shows."""
    found: list[Candidate] = []
    if brand is not None:
        found = list(_edges(brand, model if knowledge.edge_keys[brand] else None, knowledge))
    for sign in signs:
        if sign.supplier is None or sign.brand:
            continue
        held = next((item for item in found if item.supplier == sign.supplier), None)
        if held is not None:
            sure = held.established or (sign.kind in ("protocol", "fingerprint") and held.confidence >= 0.38)
            better = round(1 - (1 - held.confidence) * 0.4, 3)
            found[found.index(held)] = replace(held, confidence=better, established=sure)
        elif sign.kind in ("protocol", "fingerprint"):
            name = knowledge.pack.suppliers[sign.supplier].name
            weight = round(min(PLATFORM, 1 - math.exp(-sign.weight)), 3)
            found.append(Candidate(sign.supplier, name, weight, False, "platform", sign.source))
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


def _evidence(clues: Sequence[Clue], against: Sequence[bool]) -> tuple[Because, ...]:
    """Every clue once, those for another label as against."""
    seen: dict[tuple[str, str, str], Because] = {}
    for (because, *_), other in zip(clues, against, strict=True):
        key = (because.kind, because.text, because.rule)
        if key not in seen:
            seen[key] = replace(because, against=True) if other else because
    return tuple(seen.values())
