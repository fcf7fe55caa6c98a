"""One text to the brands it names. Pure: the same text and knowledge give the same answer, byte for byte."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from custodes.attribution import score, weigh
from custodes.attribution.mention import Mention, Resolution
from custodes.attribution.names import NameHit
from custodes.attribution.scene import Scene, read_scene
from custodes.attribution.tokens import CODE_LIKE, NUMBER
from custodes.knowledge import Knowledge
from custodes.knowledge.text import plain
from custodes.model.vocab import Reason, Status

MAX_CHARS = 4096
#: Stands where a longer text was cut: what follows may take anything back.
CUT = " [cut?]"
_BLANK_MARKS = "-–—?./* "


def resolve_text(raw: str, knowledge: Knowledge, question: str = "", *, explain: bool = True) -> Resolution:
    """Find the brands in one cell or sentence.

    `question`: what was asked, if the text is an answer. Without `explain` the evidence is weighed but not
    written out; nothing else differs.
    """
    raw = prepared(raw)
    if not raw or not raw.strip(_BLANK_MARKS):
        return Resolution((), Reason.BLANK)
    scene = read_scene(raw, knowledge, explain)
    absent = _absent(scene)
    if absent is not None:
        return Resolution((), absent)
    mentions = _mentions(scene)
    if question:
        mentions = _asked(mentions, question, knowledge) if mentions else _from_question(question, scene)
    reading = scene.reading
    return Resolution(
        tuple(mentions),
        None if mentions else _why_nothing(scene),
        tuple([flag for flag, _ in reading.flags]) if reading.flags else (),
        tuple([scene.words.words[index] for index in reading.unexplained]) if reading.unexplained else (),
        scene.model,
        scene.device_type,
        tuple([brand for code in scene.codes for brand in code.brands]) if scene.codes else (),
        scene.words.squashed,
    )


def prepared(raw: str) -> str:
    """A text as it is read: without logins, and cut where it is longer than is looked at."""
    raw = _without_login(raw.strip())
    return raw if len(raw) <= MAX_CHARS else raw[:MAX_CHARS] + CUT


_LOGIN = re.compile(r"(\b[a-z][a-z0-9+.-]{1,15}(?::|%3a)?(?://|%2f%2f))([^\s/@]{1,160})(?=@|%40)", re.IGNORECASE)


def _without_login(raw: str) -> str:
    """A text in which the login of a web address is blanked sign by sign: a password is no model number."""
    if "@" not in raw and "%40" not in raw:
        return raw
    return _LOGIN.sub(lambda match: match[1] + " " * len(match[2]), raw)


def _absent(scene: Scene) -> Reason | None:
    """Why a text that is nothing but a phrase for "no make" is so: blank, not held, refused."""
    words = scene.words.words
    if len(words) > scene.knowledge.longest_no_make:
        return None
    word = scene.knowledge.no_make.get(" ".join(words))
    return Reason(word) if word else None


def _mentions(scene: Scene) -> list[Mention]:
    by_brand: dict[str, list[NameHit]] = {}
    beside = False
    for hit in scene.names:
        alias = hit.alias
        beside = beside or alias.beside
        if alias.kind != "other":
            by_brand.setdefault(alias.target, []).append(hit)
    if beside or len(by_brand) > 1:
        by_brand = _without_parents(_without_explainers(by_brand), scene.knowledge)
    reading = scene.reading
    unclear = bool(by_brand) and not reading.flags and (bool(reading.unexplained) or len(by_brand) > 1)
    organisation = _registered(scene) if unclear else None
    if organisation == "":
        return []
    if organisation:
        by_brand = {organisation: by_brand.get(organisation, [])}
    strong = 0
    for hits in by_brand.values():
        strong += bool(organisation) or not all([hit.weak for hit in hits])
    mentions = [
        weigh.named(scene, brand, hits, several=strong > 1, registered=bool(organisation))
        for brand, hits in by_brand.items()
    ]
    if not strong:
        mentions += weigh.from_codes(scene, set(by_brand))
        known = {mention.brand for mention in mentions}
        mentions += [weigh.guessed(scene, i, b) for i, b in scene.guessed.items() if b not in known]
    return mentions if len(mentions) < 2 else _dedupe(mentions)


def _dedupe(mentions: Iterable[Mention]) -> list[Mention]:
    best: dict[str, Mention] = {}
    for mention in mentions:
        held = best.get(mention.brand)
        if held is None or (score.RANK[mention.status], -mention.score) < (score.RANK[held.status], -held.score):
            best[mention.brand] = mention
    return list(best.values())


def _without_explainers(by_brand: Mapping[str, list[NameHit]]) -> dict[str, list[NameHit]]:
    """Drop brands hit only by names that explain a word beside the brand's own name."""
    return {brand: hits for brand, hits in by_brand.items() if not all(hit.alias.beside for hit in hits)}


def _without_parents(by_brand: dict[str, list[NameHit]], knowledge: Knowledge) -> dict[str, list[NameHit]]:
    """Drop the owner's own brand where its sub-brand is named too ("EZVIZ (Hikvision)" is one device)."""
    if len(by_brand) < 2:
        return by_brand
    rows = {brand: knowledge.brand(brand) for brand in by_brand}
    owners = {
        edge.supplier
        for row in rows.values()
        for edge in row.makers
        if edge.kind == "own" and edge.supplier != row.supplier
    }
    kept = {
        brand: hits
        for brand, hits in by_brand.items()
        if rows[brand].supplier is None or rows[brand].supplier not in owners
    }
    return kept or by_brand


def _registered(scene: Scene) -> str | None:
    """Brand id if the whole text is a registered name of its supplier; "" if of another company; else None."""
    if any(kind in ("code", NUMBER, CODE_LIKE) for kind in scene.reading.kinds):
        return None
    knowledge = scene.knowledge
    name = plain(scene.raw)
    if name not in knowledge.registered_organisations:
        return None
    supplier = knowledge.registrants.supplier(name)
    if supplier is None:
        return ""
    return knowledge.brand_of_supplier.get(supplier)


#: What a question may speak of other than equipment that is held: an answer to it is no statement of what is there.
_ASKED = frozenset(("negation", "past", "future", "service", "person", "placename"))


def _asked(mentions: list[Mention], question: str, knowledge: Knowledge) -> list[Mention]:
    """The makes of an answer, for checking where the question asks for what is not, was, may come to be, or is no
    equipment."""
    if _flags_of(question, knowledge).isdisjoint(_ASKED):
        return mentions
    calibration = knowledge.pack.calibration
    return [
        item._replace(
            status=Status.REVIEW,
            reason=Reason.QUESTION,
            confidence=score.confidence(calibration, Status.REVIEW, item.kind),
        )
        if item.status is Status.ASSERTED
        else item
        for item in mentions
    ]


@lru_cache(1_024)
def _flags_of(question: str, knowledge: Knowledge) -> frozenset[str]:
    """What a question says of what it asks for; many answers have one question."""
    return frozenset(flag for flag, _ in read_scene(prepared(question), knowledge, explain=False).reading.flags)


def _from_question(question: str, scene: Scene) -> list[Mention]:
    """An answer that names nothing, to a question that names a brand, with a count in it: "check"."""
    if NUMBER not in scene.reading.kinds or scene.reading.flags:
        return []
    found = resolve_text(question, scene.knowledge, explain=False).mentions
    return [weigh.asked(scene, mention.brand) for mention in found]


def _why_nothing(scene: Scene) -> Reason:
    others = scene.knowledge.pack.others
    kinds = {others[hit.alias.target].kind for hit in scene.names if hit.alias.kind == "other"}
    if kinds:
        return Reason.OTHER_COMPANY if "company" in kinds else Reason.PLACE_OR_PERSON
    said = scene.knowledge.not_given.search(" ".join(scene.words.words))
    if said is not None:
        return Reason(scene.knowledge.no_make[said.group()])
    if any(not hit.alias.beside for hit in scene.names):
        return Reason.OTHER_COMPANY
    return Reason.AMBIGUOUS_CODE if scene.codes else Reason.NO_BRAND
