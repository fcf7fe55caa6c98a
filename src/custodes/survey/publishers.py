"""Who publishes claims, with dated predecessors and successors: who said it then, and who answers for it now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from custodes.model.errors import did_you_mean
from custodes.survey.asked import day_of
from custodes.survey.documents import Node, named_rows, texts
from custodes.survey.faults import Faults


@dataclass(frozen=True, slots=True)
class Publisher:
    """An office, a ministry, a paper. `since`, `until`: empty means open; `follows`: those it is the successor of."""

    id: str
    name: str
    since: date | None
    until: date | None
    follows: tuple[str, ...]
    line: int

    def was_there(self, day: date) -> bool:
        """Whether it was one on a day."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


def read_publishers(top: Node, file: str, faults: Faults) -> dict[str, Publisher]:
    """The publishers of a file of claims; one with a fault is left out."""
    found: dict[str, Publisher] = {}
    listed = named_rows(top, "publishers", file, faults) if top.get("publishers") is not None else ()
    for name, node in listed:
        days = [day_of(node, key, file, faults) for key in ("since", "until")]
        if days[0] and days[1] and days[0] > days[1]:
            faults.add(file, node.line_of("until"), f"publisher '{name[:60]}' ends before it begins")
            continue
        follows = tuple(texts(node, "follows", file, faults))
        found[name] = Publisher(name, node.text("name") or name, days[0], days[1], follows, node.line)
    for one in found.values():
        for before in one.follows:
            if before not in found:
                hint = did_you_mean(before, found)
                why = f"publisher '{one.id[:60]}' follows no publisher '{before[:60]}'{'; ' + hint if hint else ''}"
                faults.add(file, one.line, why)
        if one.id in _behind(one.id, found):
            faults.add(file, one.line, f"publisher '{one.id[:60]}' is its own successor")
    return found


def answering(publisher: str, publishers: Mapping[str, Publisher]) -> tuple[str, ...]:
    """Names of those who answer today for what a publisher said: the last of its successors; itself if it has none."""
    behind = _behind(publisher, publishers)
    followed = {before for one in publishers.values() for before in one.follows}
    return tuple(publishers[key].name for key in behind or [publisher] if key not in followed or not behind)


def _behind(publisher: str, publishers: Mapping[str, Publisher]) -> list[str]:
    """All that came after, nearest first."""
    found: list[str] = []
    queue = [publisher]
    while queue:
        before = queue.pop(0)
        later = [key for key, one in publishers.items() if before in one.follows and key not in found]
        found += later
        queue += later
    return found
