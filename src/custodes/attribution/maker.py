"""From a label to the actual maker: dated edges, what identifiers say, and why nothing is established."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import date

from custodes.attribution import graph
from custodes.attribution.case import NAMING, Case, described, naming_text
from custodes.attribution.identifiers import IdentifierClue
from custodes.attribution.mention import Mention
from custodes.knowledge import Knowledge
from custodes.model.assessment import Attribution, Because, Candidate
from custodes.model.vocab import Field, Reason, Status

#: From this confidence a maker is "probably"; below it sources only say that some goods of the name are theirs.
LIKELY = 0.5
#: Confidence of a maker that a person judged.
JUDGED = 0.97


def with_maker(case: Case, mention: Mention, source: str, extra: Sequence[Because]) -> Attribution:
    """The attribution of a label that was found, with its makers and owners."""
    knowledge = case.knowledge
    row = knowledge.brand(mention.brand)
    model = _model(case, mention)
    found = list(graph.makers(row, model, naming_text(case), case.bought, case.as_at, knowledge))
    found, clues, contradiction, platform = _with_identifiers(case, row.supplier, found)
    status, reason = mention.status, mention.reason
    if contradiction and status is Status.ASSERTED:
        status, reason = Status.REVIEW, Reason.CONTRADICTION
    established = next((item for item in found if item.established), None)
    coded = _made_elsewhere(case, mention.brand, established) or platform
    if status is not Status.ASSERTED or coded:
        established = None
        found = [dataclasses.replace(item, established=False) for item in found]
    likely = bool(found) and found[0].confidence >= LIKELY
    maker_status = Status.ASSERTED if established else Status.REVIEW if likely else Status.UNKNOWN
    maker = established or (found[0] if likely and len(found) == 1 else None)
    chain = graph.owners(maker.supplier, case.as_at, knowledge) if maker else ()
    part = graph.component(row, model)
    because = [dataclasses.replace(item, field=item.field or source) for item in mention.evidence]
    because += [*extra, *clues, *_edge_evidence(found)]
    return Attribution(
        status,
        round(min(mention.confidence + (0.005 if clues and not contradiction else 0.0), 0.995), 3),
        mention.brand,
        mention.brand_name,
        model,
        mention.device_type or described(case)[1],
        established.supplier if established else None,
        established.name if established else None,
        maker_status,
        coded or _maker_reason(found, established, contradiction, status),
        tuple(found),
        part[0] if part else None,
        chain[0].supplier if chain and established else None,
        chain[0].name if chain and established else None,
        chain,
        reason,
        tuple(because),
    )


def _made_elsewhere(case: Case, brand: str, established: Candidate | None) -> str:
    """Why the maker of a label is in question: the model number on it is of another firm's numbering; else empty."""
    if established is None:
        return ""
    for name, text, resolution in case.resolved:
        if name not in NAMING or not resolution.code_brands or brand in resolution.code_brands:
            continue
        suppliers = {case.knowledge.brand(one).supplier for one in resolution.code_brands}
        known = {one for one in suppliers if one}
        if known and not any(_one_house(case, one, established.supplier) for one in known):
            names = " or ".join(sorted(case.knowledge.pack.suppliers[one].name for one in known))
            return f"the model number “{text[:40]}” is of the numbering of {names}: check who built it"
    return ""


def _one_house(case: Case, one: str, other: str) -> bool:
    return one == other or _same_group(case, one, other)


def from_identifiers(
    case: Case, clues: Sequence[IdentifierClue], model: str | None, device_type: str | None, reason: Reason
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
    found: tuple[Candidate, ...] = (_pointed_to(case, clues[0]),)
    if brand is not None:
        row = knowledge.brand(brand)
        found = graph.makers(row, model, naming_text(case), case.bought, case.as_at, knowledge) or found
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
        because=tuple(clue.because for clue in clues),
    )


def as_judged(found: Attribution, supplier: str, as_at: date, knowledge: Knowledge) -> Attribution:
    """An attribution with the actual maker that a person judged it to have: who opened the unit knows more than sources
    about goods of its name. The label stays as it was told."""
    name = knowledge.pack.suppliers[supplier].name
    judged = Candidate(supplier, name, JUDGED, True, "judged", "a person's judgement")
    others = tuple(
        dataclasses.replace(item, established=False) for item in found.candidates if item.supplier != supplier
    )
    chain = graph.owners(supplier, as_at, knowledge)
    return dataclasses.replace(
        found,
        oem=supplier,
        oem_name=name,
        maker_status=Status.ASSERTED,
        maker_reason="",
        candidates=(judged, *others),
        owner=chain[0].supplier if chain else None,
        owner_name=chain[0].name if chain else None,
        owners=chain,
    )


def under_another_name(
    case: Case, clues: Sequence[IdentifierClue], model: str | None, device_type: str | None, reason: Reason
) -> Attribution:
    """A unit whose label is a name that the reference data does not have, and whose identifiers are one firm's.

    The label stays not known; the firm is proposed as the maker, never established.
    """
    return Attribution(
        Status.UNKNOWN,
        0.0,
        model=model,
        device_type=device_type,
        maker_status=Status.REVIEW,
        maker_reason="only an identifier points to it, and the label says another name",
        candidates=(_pointed_to(case, clues[0]),),
        owners=graph.owners(clues[0].supplier, case.as_at, case.knowledge),
        reason=reason,
        because=tuple(clue.because for clue in clues),
    )


def _model(case: Case, mention: Mention) -> str | None:
    for wanted in (Field.MODEL, Field.DESCRIPTION, Field.HARDWARE, Field.NAME):
        for name, text, resolution in case.resolved:
            if name == wanted and resolution.model:
                return resolution.model
            if name == wanted == Field.MODEL and not resolution.mentions and len(text) <= 40:
                return text.upper()
    return mention.model


def _with_identifiers(
    case: Case, own: str | None, found: list[Candidate]
) -> tuple[list[Candidate], list[Because], bool, str]:
    """Bring in what MAC, serial and protocols say. A supporting one may establish a sourced edge; another MAC or serial
    contradicts, and another's platform puts the maker in question (the last value says why), not the label.
    """
    clues: list[Because] = []
    contradiction, platform = False, ""
    for clue in case.identifiers:
        match = next((item for item in found if item.supplier == clue.supplier), None)
        if match is not None:
            clues.append(clue.because)
            found[found.index(match)] = _supported(match, own)
        elif clue.supplier == own or not clue.whole or _same_group(case, clue.supplier, own):
            clues.append(clue.because)
        else:
            other = _pointed_to(case, clue)
            found.append(other)
            if clue.kind == "platform":
                clues.append(clue.because)
                platform = f"on the network it shows the platform of {other.name}: check who built it"
            else:
                clues.append(dataclasses.replace(clue.because, against=True))
                contradiction = True
    found.sort(key=lambda item: (-item.confidence, item.supplier))
    established = [item for item in found if item.established]
    if len(established) > 1:
        found = [dataclasses.replace(item, established=False) for item in found]
    return found, clues, contradiction, platform


def _pointed_to(case: Case, clue: IdentifierClue) -> Candidate:
    """The firm that an identifier points to, where no edge of the label does."""
    name = case.knowledge.pack.suppliers[clue.supplier].name
    return Candidate(clue.supplier, name, 0.6, False, "identifier", clue.because.source)


def _supported(candidate: Candidate, own: str | None) -> Candidate:
    """A sourced candidate that an identifier supports: established unless its edge is weak."""
    strong = candidate.supplier == own or candidate.confidence >= 0.38
    confidence = round(1 - (1 - candidate.confidence) * 0.15, 3)
    return dataclasses.replace(candidate, confidence=confidence, established=candidate.established or strong)


def _same_group(case: Case, supplier: str, own: str | None) -> bool:
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
