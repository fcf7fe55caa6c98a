"""Which replies a change of the reference data can touch: all others identify what they identified before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from custodes.attribution.changes import Changes, changes, others, reordered
from custodes.attribution.touching import Touching
from custodes.attribution.wire.match import Matcher
from custodes.knowledge import Knowledge
from custodes.knowledge.fingerprints import Fingerprint
from custodes.model.wire import Part, Reply

#: Parts of a reply that show a maker by themselves.
_NUMBERS = (Part.MAC, Part.SERIAL)


def touching_replies(old: Knowledge, new: Knowledge) -> TouchingReplies | str:
    """The changes between two editions, held against replies; or why any reply may be touched."""
    found = changes(old, new)
    if found.everything:
        return found.everything
    if old.pack.serials != new.pack.serials or old.mac_table != new.mac_table:
        return "forms of serial numbers, or the registry of addresses, differ"
    rules = [{one.id: replace(one, order=0) for one in edition.fingerprints} for edition in (old, new)]
    if reordered(*rules):
        return "the fingerprints stand in another order"
    return TouchingReplies(found, old, new, rules)


class TouchingReplies:
    """The changes between two editions, held against replies."""

    def __init__(self, found: Changes, old: Knowledge, new: Knowledge, rules: Sequence[dict[str, Fingerprint]]) -> None:
        self._text = Touching(found, old, new).text
        changed = {
            (number, key): rule
            for number, edition in enumerate(rules)
            for key, rule in edition.items()
            if rules[1 - number].get(key) != rule or rule.brand in found.brands or rule.family in found.suppliers
        }
        self._matcher = Matcher.of(changed.values())
        told_of = (row for one in (old, new) for row in one.families.values())
        self._families = others(old.families, new.families) | {
            row.id for row in told_of if row.brand in found.brands or row.supplier in found.suppliers
        }
        # an address or a serial number names a firm in no words
        self._numbers = bool(found.suppliers or found.brands)

    def replies(self, replies: Sequence[Reply]) -> list[bool]:
        """Whether what is made of each may be another now."""
        found = [self._said(reply) for reply in replies]
        by_field: dict[str, list[tuple[int, str]]] = {}
        for place, reply in enumerate(replies):
            for field, text in () if found[place] else reply.texts:
                by_field.setdefault(field, []).append((place, text))
        for field, pairs in by_field.items():
            for (place, _), hits in zip(pairs, self._matcher.match(field, [text for _, text in pairs]), strict=True):
                found[place] = found[place] or bool(hits)
        return found

    def _said(self, reply: Reply) -> bool:
        if reply.family in self._families or (self._numbers and any(reply.first(part) for part in _NUMBERS)):
            return True
        spoken = (*(text for _, text in reply.texts), *(text for _, text in reply.parts))
        return any(self._text(text) for text in dict.fromkeys(spoken))
