"""The evidence of one device while it is weighed, and what several steps ask of it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from custodes.attribution.identifiers import IdentifierClue, from_mac, from_serial
from custodes.attribution.mention import Mention, Resolution
from custodes.knowledge import Knowledge
from custodes.model.assessment import Because
from custodes.model.vocab import Field, Reason, Status

Cells = Mapping[str, str]
Resolver = Callable[[str], Resolution]

NAMING = (Field.MAKE, Field.MODEL, Field.DESCRIPTION, Field.DEVICE_TYPE)
PROPOSING = (Field.DRIVER, Field.HARDWARE, Field.NAME, Field.NOTES, Field.FIRMWARE)


@dataclass(slots=True)
class Case:
    """The evidence of one device while it is weighed."""

    knowledge: Knowledge
    as_at: date
    resolved: list[tuple[str, str, Resolution]] = field(default_factory=list)  # (field, text, what it says)
    identifiers: list[IdentifierClue] = field(default_factory=list)
    mapped: frozenset[str] = frozenset()
    bought: str = ""

    @property
    def key(self) -> Hashable:
        """All that an attribution on one day depends on: units alike in it are of one attribution."""
        told = tuple([(name, text) for name, text, _ in self.resolved])
        return told, tuple(self.identifiers), self.mapped, self.bought


def gather(
    records: Sequence[Cells],
    mapped: frozenset[str],
    resolver: Resolver,
    knowledge: Knowledge,
    as_at: date,
    seen: Sequence[IdentifierClue] = (),
) -> Case:
    """Resolve the cells of all records, and read the identifiers; `seen` are those that the network showed."""
    case = Case(knowledge, as_at, identifiers=list(seen), mapped=mapped)
    _resolve_cells(case, records, (*NAMING, Field.DRIVER, Field.NOTES), resolver)
    if not any(r.mentions for name, _, r in case.resolved if name in NAMING):
        _resolve_cells(case, records, (Field.HARDWARE, Field.NAME, Field.FIRMWARE), resolver)
    read = {(name, "") for name in (Field.MAC, Field.SERIAL)}
    for cells in records:
        for name, reader in ((Field.MAC, from_mac), (Field.SERIAL, from_serial)):
            text = cells.get(name, "")
            if (name, text) in read:
                continue
            read.add((name, text))
            clue = reader(text, knowledge)
            if clue and clue.supplier not in {c.supplier for c in case.identifiers if c.kind == clue.kind}:
                case.identifiers.append(clue)
        case.bought = case.bought or _iso(cells.get(Field.PURCHASED) or cells.get(Field.INSTALLED) or "")
    return case


def _resolve_cells(case: Case, records: Sequence[Cells], fields: Sequence[str], resolver: Resolver) -> None:
    """Resolve the given cells of all records, each distinct text once."""
    for name in fields:
        for text in dict.fromkeys([cells.get(name) for cells in records]):
            if text:
                case.resolved.append((str(name), text, resolver(text)))


def _iso(text: str) -> str:
    head = text[:10]
    try:
        return date.fromisoformat(head).isoformat()
    except ValueError:
        return head[:4] if head[:4].isdigit() and (len(text) == 4 or head[4:5] in "-/.") else ""


def naming_text(case: Case) -> str:
    """All that the naming cells say, as one text."""
    return " ".join(text for name, text, _ in case.resolved if name in NAMING)


def described(case: Case) -> tuple[str | None, str | None]:
    """Model and device type, where no label was found to go with them."""
    model = next((r.model for name, _, r in case.resolved if name == Field.MODEL and r.model), None)
    device_type = next((r.device_type for _, _, r in case.resolved if r.device_type), None)
    return model, device_type


def lower(mention: Mention, reason: Reason, text: str, weight: float = -3.0) -> Mention:
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


def quote(text: str) -> str:
    """A cell as it is quoted in a sentence."""
    return text if len(text) <= 40 else text[:37] + "…"
