"""From what stands in a text to mentions with a status: evidence for, evidence against, and the caps."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from custodes.attribution import context, score
from custodes.attribution.codes import CodeHit
from custodes.attribution.mention import Evidence, Mention
from custodes.attribution.names import NameHit
from custodes.attribution.scene import Scene
from custodes.attribution.tokens import CODE_LIKE
from custodes.knowledge import Knowledge
from custodes.knowledge.rows import Brand
from custodes.model.assessment import Because
from custodes.model.vocab import Certainty, Reason, Status

#: A code of fewer letters and digits is never enough by itself.
SHORTEST_CODE = 5
_EQUIPMENT_KINDS = frozenset(("device", "code", CODE_LIKE))


def named(scene: Scene, brand: str, hits: Sequence[NameHit], *, several: bool, registered: bool) -> Mention:
    """The mention of a brand that the text names, or whose registered company name the text is."""
    if not (scene.explain or registered or several) and _nothing_against(scene):
        return _unopposed(scene, brand, hits)
    row = scene.knowledge.pack.brands[brand]
    evidence = Evidence(scene.explain)
    weak = not registered
    for hit in hits:
        weak = weak and hit.weak
        _add_name(scene, evidence, hit, row)
    if not hits:
        text = f"the text is a registered company name of {row.name}"
        evidence.add(score.NAME, lambda: Because("brand-name", text, weight=score.NAME))
    agreeing = [code for code in scene.codes if brand in code.brands] if scene.codes else ()
    if agreeing:
        _add_code(scene, evidence, agreeing[0], brand, None if weak else score.AGREEING_CODE)
    _add_equipment(scene, evidence)
    taken, reason, capped = False, None, False
    if not registered:
        if scene.reading.flags:
            taken, reason = _taken_back(scene, hits, evidence)
        capped, reason = _caps(scene, evidence, reason, several=several, weak=weak and not agreeing)
    other = None if agreeing or not scene.codes else _foreign_code(scene, brand, hits)
    if other is not None:
        capped, reason = _add_foreign(scene, evidence, row, other, capped, reason)
    if not registered and not agreeing and "business" in scene.reading.kinds:
        capped, reason = _another_firm(scene, evidence, brand, capped, reason)
    if row.cited.certainty is Certainty.LOW:
        capped, reason = True, reason or Reason.LOW_CERTAINTY
    status = score.band(evidence.total, capped=capped, taken_back=taken)
    kind = "name+code" if agreeing else "weak" if weak else "several" if several else "name"
    return build(scene, row, evidence, status, reason, kind, other)


def _nothing_against(scene: Scene) -> bool:
    """Whether every word beside a brand's names is one of equipment, of places or of codes, and none a trade."""
    reading = scene.reading
    if reading.flags or reading.unexplained:
        return False
    return "business" not in reading.kinds


def _unopposed(scene: Scene, brand: str, hits: Sequence[NameHit]) -> Mention:
    """The mention of a brand in a text with `_nothing_against` it: most texts, and few outcomes, so remembered.

    The same answer as the whole weighing gives, without its evidence.
    """
    code = other = None
    if scene.codes:
        code = next((_certainty(hit, brand) for hit in scene.codes if brand in hit.brands), None)
        other = _foreign_code(scene, brand, hits) if code is None else None
    equipment = not _EQUIPMENT_KINDS.isdisjoint(scene.reading.kinds)
    weights = tuple([_name_weight(hit) for hit in hits])
    weak = all([hit.weak for hit in hits])
    held = _outcome(scene.knowledge, brand, weights, weak, code, equipment, other)
    return Mention(
        brand,
        held.brand_name,
        scene.model,
        scene.device_type,
        held.status,
        held.reason,
        held.score,
        held.confidence,
        held.kind,
        (),
        other,
    )


@lru_cache(maxsize=8192)
def _outcome(
    knowledge: Knowledge,
    brand: str,
    weights: tuple[float, ...],
    weak: bool,
    code: Certainty | None,
    equipment: bool,
    other: str | None,
) -> Mention:
    """How far names of these weights, a code of the brand or of an `other` and words of equipment carry it."""
    row = knowledge.pack.brands[brand]
    total = sum(weights)
    if code is not None:
        total += score.CODE[code] if weak else score.AGREEING_CODE
    if equipment:
        total += score.EQUIPMENT_WORD
    alone = weak and code is None
    reason = Reason.WEAK_NAME if alone else None
    if other is not None and not _sells_others_goods(row):
        reason = reason or Reason.CONTRADICTION
    if row.cited.certainty is Certainty.LOW:
        reason = reason or Reason.LOW_CERTAINTY
    status = score.band(total, capped=reason is not None, taken_back=False)
    kind = "name+code" if code is not None else "weak" if weak else "name"
    confidence = score.confidence(knowledge.pack.calibration, status, kind)
    return Mention(brand, row.name, None, None, status, reason, round(total, 4), confidence, kind, ())


def from_codes(scene: Scene, known: set[str]) -> list[Mention]:
    """Mentions that rest on model codes alone. A code of several makers proposes each and asserts none."""
    found = []
    for code in scene.codes:
        usable = [g.row for g in code.grammars if g.row.alone and g.row.brand not in known]
        best = max((score.CODE[row.cited.certainty] for row in usable), default=0.0)
        leading = dict.fromkeys(row.brand for row in usable if score.CODE[row.cited.certainty] == best)
        found += [_code(scene, code, brand, shared=len(leading) > 1) for brand in leading]
    return found


def guessed(scene: Scene, index: int, brand: str) -> Mention:
    """The mention of a brand that a word may be a misspelling of: never more than "probably, check"."""
    row = scene.knowledge.pack.brands[brand]
    evidence = Evidence(scene.explain)
    text = f"“{scene.shown(index, index)}” is one or two letters away from {row.name}"
    span = scene.words.span(index, index)
    evidence.add(score.SPELLING, lambda: Because("spelling", text, span=span, weight=score.SPELLING))
    _add_equipment(scene, evidence)
    taken, reason = _taken_back(scene, [CodeHit(index, index, (), ())], evidence)
    _, reason = _caps(scene, evidence, reason or Reason.SPELLING, several=False, weak=False)
    status = score.band(evidence.total, capped=True, taken_back=taken)
    return build(scene, row, evidence, status, reason, "spelling", None)


def asked(scene: Scene, brand: str) -> Mention:
    """The mention of a brand that stands only in the question an answer was given to."""
    row = scene.knowledge.pack.brands[brand]
    evidence = Evidence(scene.explain)
    _against(evidence, score.WEAK, f"{row.name} stands in the question, not in the answer")
    return build(scene, row, evidence, Status.REVIEW, Reason.QUESTION, "question", None)


def build(
    scene: Scene,
    row: Brand,
    evidence: Evidence,
    status: Status,
    reason: Reason | None,
    kind: str,
    code_brand: str | None,
) -> Mention:
    """A mention from its weighed evidence."""
    return Mention(
        row.id,
        row.name,
        scene.model,
        scene.device_type,
        status,
        None if status is Status.ASSERTED else reason,
        round(evidence.total, 4),
        score.confidence(scene.knowledge.pack.calibration, status, kind),
        kind,
        tuple(evidence.items),
        code_brand,
    )


def _code(scene: Scene, code: CodeHit, brand: str, *, shared: bool) -> Mention:
    row = scene.knowledge.pack.brands[brand]
    evidence = Evidence(scene.explain)
    _add_code(scene, evidence, code, brand, None)
    capped, reason = False, None
    if scene.words.ends[code.last] - scene.words.starts[code.first] < SHORTEST_CODE:
        _against(evidence, score.SHORT_CODE, "the code is short")
        capped, reason = True, Reason.AMBIGUOUS_CODE
    if shared:
        _against(evidence, score.SEVERAL, "several makers use codes of this form")
        capped, reason = True, Reason.AMBIGUOUS_CODE
    taken, why = _taken_back(scene, [code], evidence)
    capped_more, reason = _caps(scene, evidence, why or reason, several=False, weak=False)
    certainty = min((g.row.cited.certainty for g in code.grammars if g.row.brand == brand), key=_rank)
    if certainty is Certainty.LOW:
        capped, reason = True, reason or Reason.LOW_CERTAINTY
    if "device" in scene.reading.kinds:
        evidence.add(score.EQUIPMENT_WORD, _beside)
    status = score.band(evidence.total, capped=capped or capped_more, taken_back=taken)
    return build(scene, row, evidence, status, reason, f"code-{certainty.value}", None)


def _rank(certainty: Certainty) -> int:
    return (Certainty.HIGH, Certainty.MEDIUM, Certainty.LOW).index(certainty)


def _beside() -> Because:
    return Because("context", "words of equipment stand beside it", weight=score.EQUIPMENT_WORD)


def _add_equipment(scene: Scene, evidence: Evidence) -> None:
    if not _EQUIPMENT_KINDS.isdisjoint(scene.reading.kinds):
        evidence.add(score.EQUIPMENT_WORD, _beside)


def _name_weight(hit: NameHit) -> float:
    return score.WEAK if hit.weak else score.LINE if hit.alias.kind == "line" else score.NAME


def _certainty(code: CodeHit, brand: str) -> Certainty:
    return next(item.row.cited.certainty for item in code.grammars if item.row.brand == brand)


def _add_name(scene: Scene, evidence: Evidence, hit: NameHit, row: Brand) -> None:
    weight = _name_weight(hit)
    if not evidence.tell:
        evidence.total += weight
        return

    def tell() -> Because:
        shown = scene.shown(hit.first, hit.last)
        kind, text = "brand-name", f"the text names {row.name} (“{shown}”)"
        if hit.weak:
            text = f"“{shown}” may mean {row.name}"
        elif hit.alias.kind == "line":
            kind, text = "product-line", f"“{shown}” is a product line of {row.name}"
        span = scene.words.span(hit.first, hit.last)
        return Because(kind, text, f"brands/{row.id}", span=span, weight=weight, source=row.cited.source)

    evidence.add(weight, tell)


def _add_code(scene: Scene, evidence: Evidence, code: CodeHit, brand: str, weight: float | None) -> None:
    grammar = next(item for item in code.grammars if item.row.brand == brand).row
    counted = score.CODE[grammar.cited.certainty] if weight is None else weight
    if not evidence.tell:
        evidence.total += counted
        return

    def tell() -> Because:
        name = scene.knowledge.brand(brand).name
        return Because(
            "model-code",
            f"“{scene.shown(code.first, code.last).upper()}” has the form of {name} model codes",
            f"models/{grammar.id}",
            span=scene.words.span(code.first, code.last),
            weight=counted,
            source=grammar.cited.source,
        )

    evidence.add(counted, tell)


def _add_foreign(
    scene: Scene, evidence: Evidence, row: Brand, other: str, capped: bool, reason: Reason | None
) -> tuple[bool, Reason | None]:
    """A model code of another maker beside the name: a contradiction, unless the brand sells others' goods."""
    name = scene.knowledge.brand(other).name
    evidence.add(0.0, lambda: Because("model-code", f"the model code is one that {name} uses", against=True))
    if _sells_others_goods(row):
        return capped, reason
    return True, reason or Reason.CONTRADICTION


def _sells_others_goods(row: Brand) -> bool:
    return any(edge.supplier != row.supplier for edge in row.makers)


def _another_firm(
    scene: Scene, evidence: Evidence, brand: str, capped: bool, reason: Reason | None
) -> tuple[bool, Reason | None]:
    """A trade beside the name that is in none of the firm's own names: perhaps another firm of that name."""
    own = scene.knowledge.own_words(brand)
    kinds = scene.reading.kinds
    strange = [
        word for word, kind in zip(scene.words.words, kinds, strict=True) if kind == "business" and word not in own
    ]
    if not strange:
        return capped, reason
    _against(evidence, score.UNEXPLAINED, f"no name of the firm holds “{strange[0]}”: it may be another firm")
    return True, reason or Reason.OTHER_COMPANY


def _foreign_code(scene: Scene, brand: str, hits: Sequence[NameHit]) -> str | None:
    """The other maker that a code beside the name surely is of. A product line is a weaker word than a name: a code
    that would name its maker by itself is enough against it."""
    lines = bool(hits) and all([hit.alias.kind == "line" for hit in hits])
    enough = (Certainty.HIGH, Certainty.MEDIUM) if lines else (Certainty.HIGH,)
    for code in scene.codes:
        brands = code.brands
        if len(brands) == 1 and brand not in brands:
            for grammar in code.grammars:
                if grammar.row.alone and grammar.row.cited.certainty in enough:
                    return brands[0]
    return None


def _taken_back(scene: Scene, hits: Sequence[NameHit | CodeHit], evidence: Evidence) -> tuple[bool, Reason | None]:
    """Whether a flag governs every place the brand stands in; the evidence against it is added."""
    if not scene.reading.flags or not hits:
        return False, None
    follow = scene.knowledge.succession
    flags = [context.governing_flag(scene.words, scene.reading, hit.first, hit.last, follow) for hit in hits]
    flag = flags[0]
    if flag is None or not all(flags):
        return False, None
    text, rule = f"the text speaks of it as {_FLAG_WORDS[flag]}", f"vocabulary/{flag}"
    evidence.add(score.TAKEN_BACK, lambda: Because("context", text, rule, weight=score.TAKEN_BACK, against=True))
    return True, score.REASONS[flag]


_FLAG_WORDS = {
    "negation": "absent",
    "past": "former or removed",
    "future": "planned, not present",
    "accessory": "something an accessory belongs to",
    "compatible": "something to be compatible with",
    "purpose": "what something else is for",
    "service": "the subject of a service, licence or course",
    "person": "a person's name",
    "placename": "part of a place name",
}


def _caps(
    scene: Scene, evidence: Evidence, reason: Reason | None, *, several: bool, weak: bool
) -> tuple[bool, Reason | None]:
    """Everything that keeps a mention from being asserted, each with its evidence."""
    reading = scene.reading
    capped = weak
    if weak:
        reason = reason or Reason.WEAK_NAME
    if reading.unexplained:
        left = ", ".join(f"“{scene.words.words[index]}”" for index in reading.unexplained[:4])
        _against(evidence, score.UNEXPLAINED, f"not every word is explained: {left}")
        capped, reason = True, reason or Reason.UNEXPLAINED_WORDS
    if reading.flags:
        _against(evidence, score.DOUBT, "a word of doubt, absence, past or accessory stands in the text")
        capped, reason = True, reason or score.REASONS[reading.flags[0][0]]
    if several and not _is_list(scene):
        _against(evidence, score.SEVERAL, "several makes are named and the text does not say which")
        capped, reason = True, reason or Reason.SEVERAL_BRANDS
    return capped, reason


def _against(evidence: Evidence, weight: float, text: str) -> None:
    evidence.add(weight, lambda: Because("context", text, weight=weight, against=True))


def _is_list(scene: Scene) -> bool:
    """Whether the names stand in a plain list: commas, "and", line ends between them."""
    hits = [hit for hit in scene.names if hit.alias.kind != "other" and not hit.weak]
    for left, right in pairwise(hits):
        if left.alias.target == right.alias.target:
            continue
        gaps = scene.words.gaps[left.last : right.first]
        listed = any(gap.strip() in (",", ";", "&", "+", "|") or "\n" in gap for gap in gaps)
        if not (listed or "and" in scene.words.words[left.last + 1 : right.first]):
            return False
        if any("/" in gap or "(" in gap for gap in gaps):
            return False
    return True
