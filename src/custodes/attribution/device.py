"""All that the records say of one device, joined to one attribution with its reasons.

Cells have roles. A make cell names the brand; a model cell confirms or contradicts it; a type, description or
note can only take an assertion away; a driver or a device's name can only propose. Identifiers speak about
the actual maker, not about the label.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from custodes.attribution import graph, score
from custodes.attribution.identifiers import IdentifierClue, from_mac, from_serial
from custodes.attribution.mention import Mention, Resolution
from custodes.knowledge import Knowledge
from custodes.knowledge.text import words
from custodes.model.assessment import Attribution, Because, Candidate
from custodes.model.vocab import Field, Reason, Status

Cells = Mapping[str, str]
Resolver = Callable[[str], Resolution]

NAMING = (Field.MAKE, Field.MODEL, Field.DESCRIPTION, Field.DEVICE_TYPE)
PROPOSING = (Field.DRIVER, Field.HARDWARE, Field.NAME, Field.NOTES, Field.FIRMWARE)
#: Flags that take an assertion away when they stand in a naming cell.
CELL_FLAGS = (
    "negation",
    "past",
    "accessory",
    "compatible",
    "service",
    "doubt",
    "future",
    "purpose",
    "person",
    "part",
)
#: A note of so few words that it can only be about the unit itself.
SHORT_NOTE = 3
SHORT_NOTE_FLAGS = ("past", "future", "negation", "doubt", "accessory", "compatible", "part", "purpose")
#: From this confidence a maker is "probably"; below it sources only say that some goods of the name are theirs.
LIKELY = 0.5
#: Cells that may name the label, the strongest first.
_GROUPS: tuple[tuple[str, ...], ...] = (
    (Field.MAKE,),
    (Field.MODEL,),
    (Field.DESCRIPTION, Field.DEVICE_TYPE),
    (Field.HARDWARE, Field.NAME),
    (Field.DRIVER, Field.FIRMWARE),
    (Field.NOTES,),
)
_ORDER = {Status.ASSERTED: 0, Status.REVIEW: 1, Status.UNKNOWN: 2}


@dataclass(slots=True)
class _Case:
    """The evidence of one device while it is weighed."""

    knowledge: Knowledge
    as_at: date
    resolved: list[tuple[str, str, Resolution]] = field(default_factory=list)  # (field, text, what it says)
    identifiers: list[IdentifierClue] = field(default_factory=list)
    damaged: list[Because] = field(default_factory=list)
    mapped: frozenset[str] = frozenset()
    bought: str = ""


def attribute_device(
    records: Sequence[Cells],
    damaged: Sequence[Because],
    mapped: frozenset[str],
    resolver: Resolver,
    knowledge: Knowledge,
    as_at: date,
) -> Attribution:
    """Attribute one device from the cells of its rows (field name to text; absent or empty cells left out).

    `mapped`: canonical fields that any of the source files had a column for, so that "the register has no
    make" can be told from "this row's make is blank". `resolver` is `resolve_text` with a memory.
    """
    case = _gather(records, damaged, mapped, resolver, knowledge, as_at)
    mention, source_field = _label(case)
    if mention is None:
        return _without_label(case)
    mention, extra = _weigh(case, mention, source_field)
    if mention.status is Status.UNKNOWN:
        return _taken_away(case, mention, source_field)
    return _with_maker(case, mention, source_field, extra)


def _gather(
    records: Sequence[Cells],
    damaged: Sequence[Because],
    mapped: frozenset[str],
    resolver: Resolver,
    knowledge: Knowledge,
    as_at: date,
) -> _Case:
    case = _Case(knowledge, as_at, damaged=list(damaged), mapped=mapped)
    _resolve_cells(case, records, (*NAMING, Field.DRIVER, Field.NOTES), resolver)
    if not any(r.mentions for name, _, r in case.resolved if name in NAMING):
        _resolve_cells(case, records, (Field.HARDWARE, Field.NAME, Field.FIRMWARE), resolver)
    for cells in records:
        for name, reader in ((Field.MAC, from_mac), (Field.SERIAL, from_serial)):
            text = cells.get(name) or ""
            clue = reader(text, knowledge) if text else None
            if clue and clue.supplier not in {c.supplier for c in case.identifiers if c.kind == clue.kind}:
                case.identifiers.append(clue)
        case.bought = case.bought or _iso(cells.get(Field.PURCHASED) or "")
    return case


def _resolve_cells(case: _Case, records: Sequence[Cells], fields: Sequence[str], resolver: Resolver) -> None:
    """Resolve the given cells of all records, each distinct text once."""
    for name in fields:
        for text in dict.fromkeys(cells[name] for cells in records if cells.get(name)):
            case.resolved.append((str(name), text, resolver(text)))


def _iso(text: str) -> str:
    head = text[:10]
    try:
        return date.fromisoformat(head).isoformat()
    except ValueError:
        return head[:4] if head[:4].isdigit() and (len(text) == 4 or head[4:5] in "-/.") else ""


def _label(case: _Case) -> tuple[Mention | None, str]:
    """The best mention of the strongest cell that names anything."""
    for group in _GROUPS:
        found = [
            (mention, name)
            for name, _, resolution in case.resolved
            if name in group
            for mention in resolution.mentions
            if mention.status is not Status.UNKNOWN
        ]
        if not found:
            continue
        found.sort(key=lambda item: (_ORDER[item[0].status], -item[0].score, item[0].brand))
        best, name = found[0]
        rivals = {item[0].brand for item in found if item[0].status is best.status} - {best.brand}
        if rivals and not _same_house(case, best.brand, rivals):
            best = _lower(best, Reason.SEVERAL_BRANDS, "several makes are named and the record does not say which")
        return best, name
    return None, ""


def _same_house(case: _Case, brand: str, rivals: set[str]) -> bool:
    """Whether every rival is the owner's own name for the same goods (a sub-brand and its parent)."""
    row = case.knowledge.brand(brand)
    house = {edge.supplier for edge in row.makers} | {row.supplier}
    return all(case.knowledge.brand(rival).supplier in house for rival in rivals)


def _lower(mention: Mention, reason: Reason, text: str, weight: float = -3.0) -> Mention:
    """The same mention, not asserted any more, with the evidence that lowered it."""
    against = Because("context", text, weight=weight, against=True)
    status = Status.REVIEW if mention.status is Status.ASSERTED else mention.status
    evidence = (*mention.evidence, against)
    return mention._replace(
        status=status,
        reason=mention.reason or reason,
        evidence=evidence,
        score=mention.score + weight,
    )


def _weigh(case: _Case, mention: Mention, source: str) -> tuple[Mention, list[Because]]:
    """Confirm or lower the label by the other cells. Returns the mention and further evidence."""
    extra: list[Because] = []
    named_by_code = "code" in mention.kind and source in (Field.NAME, Field.HARDWARE)
    if source in PROPOSING and source != Field.HARDWARE and not named_by_code:
        mention = _lower(mention, Reason.WEAK_NAME, f"only the {_WORDS[source]} names it", -1.0)
    for name, text, resolution in case.resolved:
        if name in NAMING:
            mention = _naming_cell(case, mention, name, text, resolution)
        elif name == Field.NOTES:
            mention = _note(case, mention, resolution, text)
        if name != source:
            extra += _confirming(mention, name, resolution)
    return mention, extra


_WORDS = {"driver": "driver", "name": "device's name", "notes": "note", "firmware": "firmware text"}


def _naming_cell(case: _Case, mention: Mention, name: str, text: str, resolution: Resolution) -> Mention:
    own = any(item.brand == mention.brand and item.status is Status.ASSERTED for item in resolution.mentions)
    flags = [flag for flag in resolution.flags if flag in CELL_FLAGS]
    cell = f"the {name.replace('_', ' ')} cell"
    accessory = _is_accessory(case, text, flags)
    if not accessory and name != Field.MAKE and _speaks_of_a_device(case, text):
        flags = [flag for flag in flags if flag not in ("accessory", "part")]
    if set(flags) == {"part"} and _coded(case, mention, but=name):
        flags = []
    if flags and not own:
        lowered = _lower(mention, score.REASONS[flags[0]], f"{cell} says “{_short(text)}”")
        if accessory and name != Field.MAKE:
            return lowered._replace(status=Status.UNKNOWN, reason=Reason.ACCESSORY)
        return lowered
    if name in (Field.MODEL, Field.DEVICE_TYPE) and resolution.unexplained and not own and not resolution.model:
        return _lower(mention, Reason.UNEXPLAINED_WORDS, f"{cell} “{_short(text)}” is not understood", -2.0)
    return _contradicting_code(case, mention, name, resolution)


def _coded(case: _Case, mention: Mention, but: str = "") -> bool:
    """Whether a naming cell (other than `but`) holds a model code of the very brand."""
    return any(mention.brand in r.code_brands for name, _, r in case.resolved if name in NAMING and name != but)


def _is_accessory(case: _Case, text: str, flags: Sequence[str]) -> bool:
    """Whether the thing a cell names is an accessory or a service.

    "X for Y" is X; "X on Y" is X; otherwise the last word of a compound is the thing.
    """
    if "purpose" in flags or (not text.isalpha() and _accessory_code(case, text)):
        return True
    spoken = words(text)
    cut = next((at for at, word in enumerate(spoken) if word in case.knowledge.placing and at), len(spoken))
    head = spoken[cut - 1 : cut]
    return bool(head) and case.knowledge.word_class.get(head[0]) in ("flag:accessory", "flag:service")


def _accessory_code(case: _Case, text: str) -> bool:
    return any(told == text and r.device_type == "accessory" for _, told, r in case.resolved)


def _speaks_of_a_device(case: _Case, text: str) -> bool:
    return not case.knowledge.device_types.keys().isdisjoint(words(text))


def _contradicting_code(case: _Case, mention: Mention, name: str, resolution: Resolution) -> Mention:
    row = case.knowledge.brand(mention.brand)
    house = {edge.supplier for edge in row.makers} | {row.supplier}
    for other in resolution.mentions:
        if other.brand == mention.brand or other.status is not Status.ASSERTED:
            continue
        supplier = case.knowledge.brand(other.brand).supplier
        if supplier in house:
            continue
        return _lower(
            mention,
            Reason.CONTRADICTION,
            f"the {name.replace('_', ' ')} cell points to {other.brand_name}",
            -4.0,
        )
    return mention


def _note(case: _Case, mention: Mention, resolution: Resolution, text: str) -> Mention:
    """A note can take an assertion away: if it takes this very name back, names another, or says the unit is gone."""
    short = len(text.split()) <= SHORT_NOTE
    flags = set(resolution.flags)
    same = [item for item in resolution.mentions if item.brand == mention.brand]
    others = [item for item in resolution.mentions if item.brand != mention.brand]
    if same:
        gone = any(item.status is Status.UNKNOWN for item in others)
        doubtful = same[0].status is Status.UNKNOWN or (same[0].status is Status.REVIEW and not gone)
    elif others:
        present = [item for item in others if item.status is not Status.UNKNOWN]
        doubtful = bool(present) and ("past" in flags or short or present[0].status is Status.ASSERTED)
    elif short:
        doubtful = bool(flags & set(SHORT_NOTE_FLAGS)) and not (
            flags <= {"accessory", "part"} and _coded(case, mention)
        )
    else:
        doubtful = bool(flags & {"accessory", "compatible"}) and not _coded(case, mention)
    if doubtful:
        why = "the note speaks of it as removed, former, compatible, an accessory or another make"
        return _lower(mention, Reason.QUESTION, f"{why}: “{_short(text)}”")
    return mention


def _confirming(mention: Mention, name: str, resolution: Resolution) -> list[Because]:
    for item in resolution.mentions:
        if item.brand == mention.brand and item.status is not Status.UNKNOWN:
            first = next((e for e in item.evidence if not e.against and e.kind != "context"), None)
            if first is not None:
                return [dataclasses.replace(first, field=name)]
    return []


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:37] + "…"


def _taken_away(case: _Case, mention: Mention, source: str) -> Attribution:
    """A name that another cell takes away altogether: the row is about an accessory or a service."""
    because = tuple(dataclasses.replace(item, field=item.field or source) for item in mention.evidence)
    return Attribution(Status.UNKNOWN, 0.0, device_type=_described(case)[1], reason=mention.reason, because=because)


def _without_label(case: _Case) -> Attribution:
    """No cell names a make: an identifier may still propose one, otherwise "not known, because"."""
    reason = _why_unknown(case)
    against = tuple(
        dataclasses.replace(item, field=name)
        for name, _, resolution in case.resolved
        for mention in resolution.mentions
        for item in mention.evidence
    )
    whole = [clue for clue in case.identifiers if clue.whole]
    model, device_type = _described(case)
    if len({clue.supplier for clue in whole}) == 1 and not against:
        return _from_identifiers(case, whole, model, device_type, reason)
    return Attribution(
        Status.UNKNOWN,
        0.0,
        model=model,
        device_type=device_type,
        reason=reason,
        because=against + tuple(clue.because for clue in case.identifiers) + tuple(case.damaged),
    )


def _from_identifiers(
    case: _Case, clues: Sequence[IdentifierClue], model: str | None, device_type: str | None, reason: Reason
) -> Attribution:
    """A unit whose records name no make, but whose address block or serial form is one firm's.

    Two kinds of identifier, or one beside a model code of that firm, are enough for the firm's own goods; a
    firm that sells others' goods is proposed with its sources.
    """
    knowledge = case.knowledge
    supplier = clues[0].supplier
    brand = knowledge.brand_of_supplier.get(supplier)
    name = knowledge.pack.suppliers[supplier].name
    coded = any(brand in resolution.code_brands for _, _, resolution in case.resolved)
    sure = coded or len({clue.kind for clue in clues}) > 1
    found: tuple[Candidate, ...] = (Candidate(supplier, name, 0.6, False, "identifier", clues[0].because.source),)
    if brand is not None:
        text = " ".join(text for field_name, text, _ in case.resolved if field_name in NAMING)
        found = graph.makers(knowledge.brand(brand), model, text, case.bought, case.as_at, knowledge) or found
    established = next((item for item in found if item.established), None) if sure else None
    chain = graph.owners((established or found[0]).supplier, case.as_at, knowledge)
    return Attribution(
        Status.ASSERTED if coded else Status.REVIEW,
        0.97 if coded else 0.6,
        brand,
        knowledge.brand(brand).name if brand else name,
        model,
        device_type,
        established.supplier if established else None,
        established.name if established else None,
        Status.ASSERTED if established else Status.REVIEW,
        "" if established else "only an identifier points to it",
        found if sure else tuple(dataclasses.replace(item, established=False) for item in found),
        owner=chain[0].supplier if chain and established else None,
        owner_name=chain[0].name if chain and established else None,
        owners=chain,
        reason=None if coded else reason,
        because=tuple(clue.because for clue in clues) + tuple(case.damaged),
    )


def _described(case: _Case) -> tuple[str | None, str | None]:
    model = next((r.model for name, _, r in case.resolved if name == Field.MODEL and r.model), None)
    device_type = next((r.device_type for _, _, r in case.resolved if r.device_type), None)
    return model, device_type


def _why_unknown(case: _Case) -> Reason:
    """The most telling reason: what the make cell says, else the model cell, else the lack of any column."""
    taken = [m.reason for n, _, r in case.resolved if n in NAMING for m in r.mentions if m.reason]
    if taken:
        return taken[0]
    for group in ((Field.MAKE,), (Field.MODEL, Field.DESCRIPTION, Field.DEVICE_TYPE)):
        reasons = [r.reason for name, _, r in case.resolved if name in group and r.reason]
        telling = [reason for reason in reasons if reason not in (Reason.BLANK, Reason.NO_BRAND)]
        if telling:
            return telling[0]
        if reasons and group == (Field.MAKE,):
            return reasons[0]
    if Field.MAKE in case.mapped:
        return Reason.BLANK
    if Field.MODEL in case.mapped and any(name == Field.MODEL for name, _, _ in case.resolved):
        return Reason.NO_BRAND
    return Reason.NO_MAKE_COLUMN


def _with_maker(case: _Case, mention: Mention, source: str, extra: Sequence[Because]) -> Attribution:
    knowledge = case.knowledge
    row = knowledge.brand(mention.brand)
    model = _model(case, mention)
    text = " ".join(text for name, text, _ in case.resolved if name in NAMING)
    found = list(graph.makers(row, model, text, case.bought, case.as_at, knowledge))
    found, clues, contradiction = _with_identifiers(case, row.supplier, found)
    status, reason = mention.status, mention.reason
    if contradiction and status is Status.ASSERTED:
        status, reason = Status.REVIEW, Reason.CONTRADICTION
    established = next((item for item in found if item.established), None)
    if status is not Status.ASSERTED:
        established = None
    likely = bool(found) and found[0].confidence >= LIKELY
    maker_status = Status.ASSERTED if established else Status.REVIEW if likely else Status.UNKNOWN
    maker = established or (found[0] if likely and len(found) == 1 else None)
    chain = graph.owners(maker.supplier, case.as_at, knowledge) if maker else ()
    part = graph.component(row, model)
    because = [dataclasses.replace(item, field=item.field or source) for item in mention.evidence]
    because += [*extra, *clues, *_edge_evidence(found), *case.damaged]
    return Attribution(
        status,
        round(min(mention.confidence + (0.005 if clues and not contradiction else 0.0), 0.995), 3),
        mention.brand,
        mention.brand_name,
        model,
        mention.device_type or _described(case)[1],
        established.supplier if established else None,
        established.name if established else None,
        maker_status,
        _maker_reason(found, established, contradiction, status),
        tuple(found),
        part[0] if part else None,
        chain[0].supplier if chain and established else None,
        chain[0].name if chain and established else None,
        chain,
        reason,
        tuple(because),
    )


def _model(case: _Case, mention: Mention) -> str | None:
    for wanted in (Field.MODEL, Field.DESCRIPTION, Field.HARDWARE, Field.NAME):
        for name, text, resolution in case.resolved:
            if name == wanted and resolution.model:
                return resolution.model
            if name == wanted == Field.MODEL and not resolution.mentions and len(text) <= 40:
                return text.upper()
    return mention.model


def _with_identifiers(
    case: _Case, own: str | None, found: list[Candidate]
) -> tuple[list[Candidate], list[Because], bool]:
    """Bring in what MAC and serial say. A supporting one may establish a sourced edge; another contradicts."""
    clues: list[Because] = []
    contradiction = False
    for clue in case.identifiers:
        match = next((item for item in found if item.supplier == clue.supplier), None)
        if match is not None:
            clues.append(clue.because)
            found[found.index(match)] = _supported(match, own)
        elif clue.supplier == own or not clue.whole or _same_group(case, clue.supplier, own):
            clues.append(clue.because)
        else:
            clues.append(dataclasses.replace(clue.because, against=True))
            name = case.knowledge.pack.suppliers[clue.supplier].name
            found.append(Candidate(clue.supplier, name, 0.6, False, "identifier", clue.because.source))
            contradiction = True
    found.sort(key=lambda item: (-item.confidence, item.supplier))
    established = [item for item in found if item.established]
    if len(established) > 1:
        found = [dataclasses.replace(item, established=False) for item in found]
    return found, clues, contradiction


def _supported(candidate: Candidate, own: str | None) -> Candidate:
    """A sourced candidate that an identifier supports: established unless its edge is weak."""
    strong = candidate.supplier == own or candidate.confidence >= 0.38
    confidence = round(1 - (1 - candidate.confidence) * 0.15, 3)
    return dataclasses.replace(candidate, confidence=confidence, established=candidate.established or strong)


def _same_group(case: _Case, supplier: str, own: str | None) -> bool:
    if own is None:
        return False
    chain = {link.supplier for link in graph.owners(own, case.as_at, case.knowledge)}
    back = {link.supplier for link in graph.owners(supplier, case.as_at, case.knowledge)}
    return supplier in chain or own in back


def _edge_evidence(found: Sequence[Candidate]) -> list[Because]:
    return [
        Because("edge", f"{_RELATION.get(item.relation, 'reported as built by')} {item.name}", source=item.source)
        for item in found
        if item.relation and item.relation != "identifier"
    ]


_RELATION = {
    "own": "sold under its own name by",
    "relabel": "goods of this name are reported as built by",
    "successor": "successor of a range built by",
    "near-identical": "reported as near-identical to goods of",
    "licensed": "uses technology licensed from",
    "platform": "uses the app platform of",
    "firmware": "firmware supplied by",
    "alleged": "alleged to be built by",
}


def _maker_reason(
    found: Sequence[Candidate], established: Candidate | None, contradiction: bool, status: Status
) -> str:
    if established:
        return ""
    if contradiction:
        return "the label and an identifier of the unit point to different firms"
    if status is not Status.ASSERTED:
        return "the name on the label is itself not established"
    if not found:
        return "no source says who builds goods of this name"
    names = " and ".join(dict.fromkeys(item.name for item in found))
    if found[0].confidence < LIKELY:
        return f"sources report only that some goods of this name were built by {names}; the unit decides"
    if len(found) > 1:
        return f"sources name several makers for goods of this name ({names}); the unit decides"
    return "the source covers only part of the range or is not strong enough: check the unit"
