"""From the name on the box to who built it and who owns that: dated, sourced edges, never per brand alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from custodes.knowledge import Knowledge
from custodes.knowledge.rows import Brand, MakerEdge, OwnerEdge
from custodes.knowledge.text import squash, words
from custodes.model.assessment import Candidate, OwnerLink
from custodes.model.days import begun
from custodes.model.rules import Answer
from custodes.model.vocab import Certainty

_SURE = {Certainty.HIGH: 0.97, Certainty.MEDIUM: 0.8, Certainty.LOW: 0.4}
_SHARE = {
    "default": 1.0,
    "all": 1.0,
    "models": 1.0,
    "line": 1.0,
    "most": 0.65,
    "some-of-line": 0.5,
    "some": 0.4,
}
_OWN_KINDS = ("own",)
_UNPROVEN_KINDS = ("alleged", "near-identical", "platform", "successor")
MAX_DEPTH = 8


def makers(
    brand: Brand, model: str | None, text: str, bought: str, as_at: date, knowledge: Knowledge
) -> tuple[Candidate, ...]:
    """Makers that may have built a unit of this brand, most likely first; at most one is established.

    `model` and `text` are as read from the register; `bought` an ISO date of any precision, or empty. An edge
    that began after `as_at` says nothing on that day.
    """
    day = as_at.isoformat()
    known = [edge for edge in brand.makers if not edge.since or day[: len(edge.since)] >= edge.since]
    if any(map(brand.for_some_goods, known)) and _names_other_goods(text, knowledge):
        known = [edge for edge in known if not brand.for_some_goods(edge)]
    matched = [edge for edge in known if _applies(edge, model, text) and _in_period(edge, bought)]
    specific = [edge for edge in matched if edge.scope in ("models", "line", "some-of-line")]
    doubtful = any(edge.scope in ("some", "most", "some-of-line") for edge in matched)
    considered = specific or matched
    found: dict[str, Candidate] = {}
    for edge in considered:
        candidate = _candidate(edge, bought, knowledge, alone=_stands_alone(edge, considered, doubtful))
        held = found.get(candidate.supplier)
        if held is None or candidate.confidence > held.confidence:
            found[candidate.supplier] = candidate
    ordered = sorted(found.values(), key=lambda item: (-item.confidence, item.supplier))
    established = [item for item in ordered if item.established]
    if len(established) > 1:
        return tuple(
            Candidate(c.supplier, c.name, min(c.confidence, 0.5), False, c.relation, c.source) for c in ordered
        )
    return tuple(ordered)


def _stands_alone(edge: MakerEdge, considered: Sequence[MakerEdge], doubtful: bool) -> bool:
    """Whether an edge may establish the maker: nothing else in sight says another firm built some of it."""
    others = {other.supplier for other in considered if other.supplier != edge.supplier and other is not edge}
    if edge.scope == "default":
        return not others and not doubtful
    return edge.scope in ("all", "models", "line")


def _candidate(edge: MakerEdge, bought: str, knowledge: Knowledge, *, alone: bool) -> Candidate:
    certainty = edge.cited.certainty
    confidence = _SURE[certainty] * _SHARE[edge.scope]
    if edge.kind in _UNPROVEN_KINDS:
        confidence *= 0.7
    own = edge.kind in _OWN_KINDS
    enough = certainty is Certainty.HIGH or (own and certainty is Certainty.MEDIUM)
    open_period = bool(bought) or not (edge.since or edge.until)
    established = alone and enough and edge.kind not in _UNPROVEN_KINDS and (open_period or own)
    name = knowledge.pack.suppliers[edge.supplier].name
    return Candidate(edge.supplier, name, round(confidence, 3), established, edge.kind, edge.cited.source)


def _applies(edge: MakerEdge, model: str | None, text: str) -> bool:
    if edge.scope == "models":
        return any(_same_model(wanted, model, text) for wanted in edge.models)
    if edge.scope in ("line", "some-of-line"):
        whole = squash(text)
        code = squash(model or "")
        return any(
            line and (line in whole if not _is_code(line) else code.startswith(line) or whole.startswith(line))
            for line in map(squash, edge.lines)
        )
    return True


def _names_other_goods(text: str, knowledge: Knowledge) -> bool:
    """Whether a text speaks of a television or telephone and of no equipment that watches."""
    if not text:
        return False
    types = {knowledge.device_types[word] for word in words(text) if word in knowledge.device_types}
    return bool(types) and types <= knowledge.other_goods


def _is_code(line: str) -> bool:
    """A short run of capitals given as a line is the start of model codes, not a word of its own."""
    return len(line) <= 4 and line.isalpha()


def _same_model(wanted: str, model: str | None, text: str) -> bool:
    pattern = re.escape(squash(wanted)).replace("xx", "[0-9a-z]{2}")
    for seen in (squash(model or ""), squash(text)):
        if seen and re.search(
            f"(^|[^0-9]){pattern}([^0-9]|$)" if pattern[:1].isdigit() else f"{pattern}([^0-9]|$)", seen
        ):
            return True
    return False


def _in_period(edge: MakerEdge, bought: str) -> bool:
    """Whether a purchase on `bought` may fall under the edge; unknown dates may."""
    if not bought:
        return True
    if edge.since and bought[: len(edge.since)] < edge.since[: len(bought)]:
        return False
    return not (edge.until and bought[: len(edge.until)] > edge.until[: len(bought)])


def owners(supplier: str, as_at: date, knowledge: Knowledge) -> tuple[OwnerLink, ...]:
    """The owner chain on a day, nearest first; holders without control and weak sources are left out."""
    chain: list[OwnerLink] = []
    seen = {supplier}
    current = supplier
    while len(chain) < MAX_DEPTH:
        held = [edge for edge in knowledge.pack.suppliers[current].owners if _holds(edge, as_at)]
        if not held:
            break
        edge = held[-1]
        row = knowledge.pack.suppliers[edge.owner]
        if edge.owner in seen:
            break
        seen.add(edge.owner)
        source = knowledge.pack.suppliers[current].cited.source
        chain.append(
            OwnerLink(row.id, row.name, row.country or "", edge.since, edge.until, str(edge.certainty), source)
        )
        current = edge.owner
    return tuple(chain)


def owner_sets(supplier: str, as_at: date, knowledge: Knowledge) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """All controlling owners on a day, nearest first: those that surely hold, and those of which the day is not sure.

    A bare year or month in which an edge begins or ends leaves it open whether it held on a day inside.
    """
    sure: dict[str, bool] = {supplier: True}
    queue = [supplier]
    while queue:
        current = queue.pop(0)
        for edge in knowledge.pack.suppliers[current].owners:
            held = _held(edge, as_at.isoformat())
            if held is Answer.NO or edge.owner == supplier:
                continue
            known = sure[current] and held is Answer.YES
            if edge.owner not in sure or (known and not sure[edge.owner]):
                sure[edge.owner] = known
                queue.append(edge.owner)
    owners = [key for key in sure if key != supplier]
    return tuple(key for key in owners if sure[key]), tuple(key for key in owners if not sure[key])


def owner_edges(supplier: str, knowledge: Knowledge) -> list[OwnerEdge]:
    """Every edge to an owner above a supplier, on whatever day it held."""
    suppliers = knowledge.pack.suppliers
    met, queue = set[str](), [supplier]
    found: list[OwnerEdge] = []
    while queue:
        key = queue.pop()
        if key not in met and key in suppliers:
            met.add(key)
            found += suppliers[key].owners
            queue += [edge.owner for edge in suppliers[key].owners]
    return found


def _controls(edge: OwnerEdge) -> bool:
    """Whether an edge says anything of control: no minority holding, no weak source."""
    return edge.kind != "minority" and edge.certainty is not Certainty.LOW


def _held(edge: OwnerEdge, day: str) -> Answer:
    if not _controls(edge):
        return Answer.NO
    since = begun(edge.since, day) if edge.since else Answer.YES
    until = begun(edge.until, day) if edge.until else Answer.NO
    if since is Answer.NO or until is Answer.YES:
        return Answer.NO
    return Answer.UNKNOWN if Answer.UNKNOWN in (since, until) else Answer.YES


def _holds(edge: OwnerEdge, as_at: date) -> bool:
    if not _controls(edge):
        return False
    day = as_at.isoformat()
    if edge.since and day[: len(edge.since)] < edge.since:
        return False
    return not (edge.until and day[: len(edge.until)] >= edge.until and day >= edge.until)


def component(brand: Brand, model: str | None) -> tuple[str, str] | None:
    """(supplier id, sentence) of a part seen in this very model, if every sighting names one maker."""
    if not model:
        return None
    code = squash(model)
    hits = [item for item in brand.components if any(squash(name) and squash(name) in code for name in item.models)]
    suppliers = {item.supplier for item in hits}
    if len(suppliers) != 1:
        return None
    item = hits[0]
    return item.supplier, f"a {item.part} seen in this model ({', '.join(item.names) or 'part not named'})"
