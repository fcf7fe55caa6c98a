"""One text to the brands it names. Pure: the same text and knowledge give the same answer, byte for byte."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from custodes.attribution import context, score, spelling
from custodes.attribution.codes import CodeHit, find_codes
from custodes.attribution.mention import Mention, Resolution
from custodes.attribution.names import NameHit, find_names
from custodes.attribution.tokens import CODE_LIKE, NUMBER, Words, cut, word_kind
from custodes.knowledge import Knowledge
from custodes.knowledge.rows import Brand
from custodes.knowledge.text import plain
from custodes.model.assessment import Because
from custodes.model.vocab import Certainty, Reason, Status

MAX_CHARS = 4096
_LIST_GAPS = frozenset({",", ";", "&", "+", "\n", "|", "and"})


@dataclass(slots=True)
class _Scene:
    """Everything known about one text while its mentions are built."""

    raw: str
    words: Words
    names: list[NameHit]
    codes: list[CodeHit]
    reading: context.Reading
    knowledge: Knowledge
    guessed: dict[int, str]

    def span(self, first: int, last: int) -> tuple[int, int]:
        return self.words.spans[first][0], self.words.spans[last][1]

    def shown(self, first: int, last: int) -> str:
        start, end = self.span(first, last)
        source = self.raw if len(self.raw) == len(self.words.text) else self.words.text
        return source[start:end]


def resolve_text(raw: str, knowledge: Knowledge, question: str = "") -> Resolution:
    """Find the brands in one cell or sentence. `question`: what was asked, if the text is an answer."""
    raw = raw[:MAX_CHARS].strip()
    absent = _absent(raw, knowledge)
    if absent is not None:
        return Resolution((), absent)
    scene = _read(raw, knowledge)
    mentions = _mentions(scene)
    if not mentions and question:
        mentions = _from_question(question, scene)
    reason = None if mentions else _why_nothing(scene)
    return Resolution(
        tuple(mentions),
        reason,
        tuple(flag for flag, _ in scene.reading.flags),
        tuple(scene.words.words[index] for index in scene.reading.unexplained),
        _model(scene),
        _device_type(scene),
    )


def _absent(raw: str, knowledge: Knowledge) -> Reason | None:
    if not raw:
        return Reason.BLANK
    word = knowledge.no_make.get(plain(raw))
    if word is None and raw.strip("-–—?./* ") == "":
        word = "blank"
    return Reason(word) if word else None


def _read(raw: str, knowledge: Knowledge) -> _Scene:
    words = cut(raw)
    classes = knowledge.word_class
    kinds: dict[str, str] = {}

    def kind_of(word: str) -> str:
        found = kinds.get(word)
        if found is None:
            found = kinds[word] = word_kind(word, classes)
        return found

    names = find_names(words, knowledge)
    codes = find_codes(words, knowledge, kind_of)
    reading = context.read_context(words, [kind_of(word) for word in words.words], names, codes)
    guessed = spelling.guesses(words, reading, knowledge)
    if guessed:
        left = tuple(index for index in reading.unexplained if index not in guessed)
        reading = context.Reading(reading.kinds, reading.flags, left)
    return _Scene(raw, words, names, codes, reading, knowledge, guessed)


def _mentions(scene: _Scene) -> list[Mention]:
    by_brand: dict[str, list[NameHit]] = {}
    for hit in scene.names:
        if hit.alias.kind != "other":
            by_brand.setdefault(hit.alias.target, []).append(hit)
    alone = [brand for brand, hits in by_brand.items() if all(hit.alias.beside for hit in hits)]
    for brand in alone:
        del by_brand[brand]
    named = _without_parents(by_brand, scene.knowledge)
    organisation = _registered(scene, named)
    if organisation == "":
        return []
    if organisation:
        named = {organisation: named.get(organisation, [])}
    strong = {brand for brand, hits in named.items() if organisation or not all(h.alias.weak for h in hits)}
    several = len(strong) > 1
    mentions = [_named(scene, brand, hits, several, bool(organisation)) for brand, hits in named.items()]
    if not strong:
        mentions += _from_codes(scene, set(named))
        known = {mention.brand for mention in mentions}
        mentions += [_guess(scene, i, b) for i, b in scene.guessed.items() if b not in known]
    return _dedupe(mentions)


def _dedupe(mentions: Iterable[Mention]) -> list[Mention]:
    order = {Status.ASSERTED: 0, Status.REVIEW: 1, Status.UNKNOWN: 2}
    best: dict[str, Mention] = {}
    for mention in mentions:
        held = best.get(mention.brand)
        if held is None or (order[mention.status], -mention.score) < (order[held.status], -held.score):
            best[mention.brand] = mention
    return list(best.values())


def _without_parents(by_brand: Mapping[str, list[NameHit]], knowledge: Knowledge) -> dict[str, list[NameHit]]:
    """Drop the owner's own brand where its sub-brand is named too ("EZVIZ (Hikvision)" is one device)."""
    owners = {
        edge.supplier
        for brand in by_brand
        for edge in knowledge.brand(brand).makers
        if edge.kind == "own" and edge.supplier != knowledge.brand(brand).supplier
    }
    kept = {
        brand: hits
        for brand, hits in by_brand.items()
        if knowledge.brand(brand).supplier not in owners or knowledge.brand(brand).supplier is None
    }
    return kept or dict(by_brand)


def _registered(scene: _Scene, named: Mapping[str, object]) -> str | None:
    """Brand id if the whole text is a registered name of its supplier; "" if of another company; else None."""
    if not named or not (scene.reading.unexplained or scene.reading.flags or len(named) > 1):
        return None
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


def _named(scene: _Scene, brand: str, hits: Sequence[NameHit], several: bool, registered: bool) -> Mention:
    row = scene.knowledge.brand(brand)
    evidence = [_name_evidence(scene, hit, row) for hit in hits] or [
        Because("brand-name", f"the text is a registered company name of {row.name}", weight=score.NAME)
    ]
    weak = bool(hits) and all(hit.alias.weak for hit in hits) and not registered
    agreeing = [code for code in scene.codes if brand in code.brands]
    other = [] if agreeing else _foreign_codes(scene, brand)
    added = None if weak else score.AGREEING_CODE
    evidence += [_code_evidence(scene, code, brand, added) for code in agreeing[:1]]
    if _equipment(scene):
        evidence.append(Because("context", "words of equipment stand beside it", weight=score.EQUIPMENT_WORD))
    first, last = (hits[0].first, hits[-1].last) if hits else (0, len(scene.words.words) - 1)
    taken, reason = (None, None) if registered else _taken_back(scene, hits, evidence)
    capped = bool(taken)
    if not registered:
        capped, reason = _caps(scene, evidence, reason, several=several, weak=weak and not agreeing)
        capped = capped or bool(taken)
    if other:
        code_brand = scene.knowledge.brand(other[0].brands[0])
        text = f"the model code is one that {code_brand.name} uses"
        evidence.append(Because("model-code", text, weight=score.CONTRADICTION, against=True))
        contradiction = not _sells_others_goods(row)
        capped, reason = capped or contradiction, reason or (Reason.CONTRADICTION if contradiction else None)
    if row.cited.certainty is Certainty.LOW:
        capped, reason = True, reason or Reason.LOW_CERTAINTY
    summed = score.total([item for item in evidence if not (other and item.kind == "model-code")])
    status = score.band(summed, capped=capped, taken_back=taken is not None)
    if weak and status is Status.ASSERTED and not agreeing:
        status = Status.REVIEW
    kind = "name+code" if agreeing else "weak" if weak else "several" if several else "name"
    return _build(scene, row, evidence, status, reason, kind, (first, last), other[0].brands[0] if other else None)


def _sells_others_goods(row: Brand) -> bool:
    """Whether a maker edge says this brand sells goods built by others: then a foreign code contradicts nothing."""
    return any(edge.supplier != row.supplier for edge in row.makers)


def _foreign_codes(scene: _Scene, brand: str) -> list[CodeHit]:
    return [
        code
        for code in scene.codes
        if brand not in code.brands
        and len(code.brands) == 1
        and any(g.row.alone and g.row.cited.certainty is Certainty.HIGH for g in code.grammars)
    ]


def _name_evidence(scene: _Scene, hit: NameHit, row: Brand) -> Because:
    shown = scene.shown(hit.first, hit.last)
    if hit.alias.weak:
        kind, weight, text = "brand-name", score.WEAK, f"“{shown}” may mean {row.name}"
    elif hit.alias.kind == "line":
        kind, weight, text = "product-line", score.LINE, f"“{shown}” is a product line of {row.name}"
    else:
        kind, weight, text = "brand-name", score.NAME, f"the text names {row.name} (“{shown}”)"
    return Because(kind, text, f"brands/{row.id}", span=scene.span(hit.first, hit.last), weight=weight, source=row.cited.source)


def _code_evidence(scene: _Scene, code: CodeHit, brand: str, weight: float | None = None) -> Because:
    grammar = next(item for item in code.grammars if item.row.brand == brand).row
    name = scene.knowledge.brand(brand).name
    return Because(
        "model-code",
        f"“{scene.shown(code.first, code.last).upper()}” has the form of {name} model codes",
        f"models/{grammar.id}",
        span=scene.span(code.first, code.last),
        weight=score.CODE[grammar.cited.certainty] if weight is None else weight,
        source=grammar.cited.source,
    )


def _taken_back(
    scene: _Scene, hits: Sequence[NameHit | CodeHit], evidence: list[Because]
) -> tuple[str | None, Reason | None]:
    """The flag that governs every place the brand stands in, with the evidence against it added."""
    flags = [context.governing_flag(scene.words, scene.reading, hit.first, hit.last) for hit in hits]
    if not flags or not all(flags):
        return None, None
    flag = flags[0] or ""
    evidence.append(
        Because("context", f"the text speaks of it as {_FLAG_WORDS[flag]}", f"vocabulary/{flag}", weight=score.TAKEN_BACK, against=True)
    )
    return flag, score.REASONS[flag]


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
    scene: _Scene, evidence: list[Because], reason: Reason | None, *, several: bool, weak: bool
) -> tuple[bool, Reason | None]:
    """Everything that keeps a mention from being asserted, each with its evidence."""
    reading = scene.reading
    capped = weak
    if weak:
        reason = reason or Reason.WEAK_NAME
    if reading.unexplained:
        left = ", ".join(f"“{scene.words.words[index]}”" for index in reading.unexplained[:4])
        evidence.append(
            Because("context", f"not every word is explained: {left}", weight=score.UNEXPLAINED, against=True)
        )
        capped, reason = True, reason or Reason.UNEXPLAINED_WORDS
    if reading.flags:
        flag = reading.flags[0][0]
        evidence.append(
            Because("context", "a word of doubt, absence or accessory stands in the text", f"vocabulary/{flag}", weight=score.DOUBT, against=True)
        )
        capped, reason = True, reason or score.REASONS[flag]
    if several and not _is_list(scene):
        evidence.append(
            Because("context", "several makes are named and the text does not say which", weight=score.SEVERAL, against=True)
        )
        capped, reason = True, reason or Reason.SEVERAL_BRANDS
    return capped, reason


def _is_list(scene: _Scene) -> bool:
    """Whether the names stand in a plain list: commas, "and", line ends between them."""
    hits = [hit for hit in scene.names if hit.alias.kind != "other" and not hit.alias.weak]
    for left, right in zip(hits, hits[1:], strict=False):
        if left.alias.target == right.alias.target:
            continue
        gaps = {gap.strip() for gap in scene.words.gaps[left.last : right.first]}
        between = set(scene.words.words[left.last + 1 : right.first])
        if not (gaps & _LIST_GAPS or "and" in between):
            return False
        if any("/" in gap or "(" in gap for gap in gaps):
            return False
    return True


def _equipment(scene: _Scene) -> bool:
    return any(kind in ("device", "code", CODE_LIKE) for kind in scene.reading.kinds)


def _from_codes(scene: _Scene, named: set[str]) -> list[Mention]:
    found = []
    for code in scene.codes:
        usable = [g for g in code.grammars if g.row.alone and g.row.brand not in named]
        brands = list(dict.fromkeys(g.row.brand for g in usable))
        best = max((score.CODE[g.row.cited.certainty] for g in usable), default=0.0)
        leading = [b for b in brands if any(g.row.brand == b and score.CODE[g.row.cited.certainty] == best for g in usable)]
        if len(leading) != 1:
            found += [_code_mention(scene, code, brand, shared=True) for brand in leading]
        else:
            found.append(_code_mention(scene, code, leading[0], shared=False))
    return found


def _code_mention(scene: _Scene, code: CodeHit, brand: str, *, shared: bool) -> Mention:
    row = scene.knowledge.brand(brand)
    evidence = [_code_evidence(scene, code, brand)]
    length = scene.words.ends[code.last] - scene.words.starts[code.first]
    capped, reason = False, None
    if length < 5:
        evidence.append(Because("context", "the code is short", weight=score.SHORT_CODE, against=True))
        capped, reason = True, Reason.AMBIGUOUS_CODE
    if shared:
        evidence.append(Because("context", "several makers use codes of this form", weight=score.SEVERAL, against=True))
        capped, reason = True, Reason.AMBIGUOUS_CODE
    taken, why = _taken_back(scene, [code], evidence)
    capped_more, reason = _caps(scene, evidence, why or reason, several=False, weak=False)
    certainty = min((g.row.cited.certainty for g in code.grammars if g.row.brand == brand), key=_rank)
    if certainty is Certainty.LOW:
        capped, reason = True, reason or Reason.LOW_CERTAINTY
    if _equipment_word(scene):
        evidence.append(Because("context", "words of equipment stand beside it", weight=score.EQUIPMENT_WORD))
    status = score.band(score.total(evidence), capped=capped or capped_more, taken_back=taken is not None)
    kind = f"code-{certainty}"
    return _build(scene, row, evidence, status, reason, kind, (code.first, code.last), None)


def _rank(certainty: Certainty) -> int:
    return (Certainty.HIGH, Certainty.MEDIUM, Certainty.LOW).index(certainty)


def _equipment_word(scene: _Scene) -> bool:
    return "device" in scene.reading.kinds


def _guess(scene: _Scene, index: int, brand: str) -> Mention:
    row = scene.knowledge.brand(brand)
    text = f"“{scene.shown(index, index)}” is one or two letters away from {row.name}"
    evidence = [Because("spelling", text, span=scene.span(index, index), weight=score.SPELLING)]
    if _equipment(scene):
        evidence.append(Because("context", "words of equipment stand beside it", weight=score.EQUIPMENT_WORD))
    hit = CodeHit(index, index, ())
    taken, reason = _taken_back(scene, [hit], evidence)
    _, reason = _caps(scene, evidence, reason or Reason.SPELLING, several=False, weak=False)
    status = score.band(score.total(evidence), capped=True, taken_back=taken is not None)
    return _build(scene, row, evidence, status, reason, "spelling", (index, index), None)


def _build(
    scene: _Scene,
    row: Brand,
    evidence: Sequence[Because],
    status: Status,
    reason: Reason | None,
    kind: str,
    place: tuple[int, int],
    code_brand: str | None,
) -> Mention:
    del place
    summed = score.total(evidence)
    return Mention(
        row.id,
        row.name,
        _model(scene),
        _device_type(scene),
        status,
        None if status is Status.ASSERTED else reason,
        summed,
        score.confidence(scene.knowledge.pack.calibration, status, kind),
        kind,
        tuple(evidence),
        code_brand,
    )


def _from_question(question: str, scene: _Scene) -> list[Mention]:
    """An answer that names nothing, to a question that names a brand, with a count in it: "check"."""
    if NUMBER not in scene.reading.kinds or scene.reading.flags:
        return []
    asked = resolve_text(question, scene.knowledge)
    return [
        _build(
            scene,
            scene.knowledge.brand(mention.brand),
            [Because("context", f"{mention.brand_name} stands in the question, not in the answer", weight=score.WEAK)],
            Status.REVIEW,
            Reason.QUESTION,
            "question",
            (0, 0),
            None,
        )
        for mention in asked.mentions
    ]


def _why_nothing(scene: _Scene) -> Reason:
    if any(hit.alias.kind == "other" for hit in scene.names):
        kinds = {scene.knowledge.pack.others[h.alias.target].kind for h in scene.names if h.alias.kind == "other"}
        return Reason.OTHER_COMPANY if "company" in kinds else Reason.PLACE_OR_PERSON
    folded = f" {plain(scene.raw)} "
    for phrase, reason in scene.knowledge.no_make.items():
        if reason != "blank" and f" {phrase} " in folded:
            return Reason(reason)
    if scene.names:
        return Reason.OTHER_COMPANY
    if scene.codes:
        return Reason.AMBIGUOUS_CODE
    return Reason.NO_BRAND


def _model(scene: _Scene) -> str | None:
    """The model as written, in capitals: a known code, else the first code-like run, else a product line."""
    if scene.codes:
        return scene.shown(scene.codes[0].first, scene.codes[0].last).upper()
    for index, kind in enumerate(scene.reading.kinds):
        if kind == CODE_LIKE:
            last = index
            while last + 1 < len(scene.words.words) and scene.words.gaps[last] in ("-", "/", "_"):
                last += 1
            first = index
            while first and scene.words.gaps[first - 1] in ("-", "/", "_") and scene.reading.kinds[first - 1] != "name":
                first -= 1
            return scene.shown(first, last).upper()
    for hit in scene.names:
        if hit.alias.kind == "line":
            return hit.alias.shown
    return None


def _device_type(scene: _Scene) -> str | None:
    types = scene.knowledge.device_types
    for word in scene.words.words:
        found = types.get(word)
        if found:
            return found
    for code in scene.codes:
        return code.grammars[0].row.device_type or None
    for hit in scene.names:
        if hit.alias.device_type:
            return hit.alias.device_type
    return None
