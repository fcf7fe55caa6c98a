"""The rows of the pack as frozen records: what a file in `pack/` turns into.

Every row carries `source`, `date`, `certainty` and `reply` (the named party's answer, if one was given).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from custodes.model.rules import RuleBook
from custodes.model.vocab import Certainty


@dataclass(frozen=True, slots=True)
class Cited:
    """Where a row comes from and how far it carries."""

    source: str
    date: str
    certainty: Certainty
    reply: str | None = None


@dataclass(frozen=True, slots=True)
class OwnerEdge:
    """`owner` holds a company from `since` to `until` (ISO dates of any precision; empty: open)."""

    owner: str
    kind: str
    since: str
    until: str
    share: str
    certainty: Certainty
    note: str = ""


@dataclass(frozen=True, slots=True)
class Supplier:
    """A company: maker, component maker or owner."""

    id: str
    name: str
    legal_name: str
    native_names: tuple[str, ...]
    country: str | None
    roles: tuple[str, ...]
    owners: tuple[OwnerEdge, ...]
    cited: Cited


@dataclass(frozen=True, slots=True)
class Line:
    """A product line or sub-brand name that points to a brand."""

    name: str
    weak: bool
    device_type: str | None
    source: str
    beside: bool = False  # explains words only where the brand itself is named


@dataclass(frozen=True, slots=True)
class MakerEdge:
    """`supplier` built goods sold under a brand: all of them, most, some, one line, or named models."""

    supplier: str
    kind: str  # own relabel successor near-identical licensed platform firmware alleged
    scope: str  # default all most some some-of-line line models
    lines: tuple[str, ...]
    models: tuple[str, ...]
    classes: tuple[str, ...]
    since: str
    until: str
    evidence: str
    note: str
    cited: Cited


@dataclass(frozen=True, slots=True)
class Component:
    """A part seen inside named models of a brand; never true of the brand as a whole."""

    supplier: str
    part: str
    names: tuple[str, ...]
    models: tuple[str, ...]
    evidence: str
    cited: Cited


@dataclass(frozen=True, slots=True)
class Examples:
    """Texts a rule must match and a near miss it must not."""

    match: tuple[str, ...]
    near_miss: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Brand:
    """A name on the box."""

    id: str
    name: str
    supplier: str | None
    aliases: tuple[str, ...]
    weak_aliases: tuple[str, ...]
    lines: tuple[Line, ...]
    makers: tuple[MakerEdge, ...]
    components: tuple[Component, ...]
    examples: Examples
    cited: Cited

    def for_some_goods(self, edge: MakerEdge) -> bool:
        """Whether an edge holds for some classes of goods only: another firm's, not the brand's own."""
        return bool(edge.classes) and edge.supplier != self.supplier


@dataclass(frozen=True, slots=True)
class Grammar:
    """A model-code form. `pattern` is for the code as lower-case letters and digits only, whole code. `written`: how it
    must begin as it is written, a dash between its pieces whatever stands there; empty where that tells nothing."""

    id: str
    brand: str
    device_type: str
    prefixes: tuple[str, ...]
    pattern: str
    alone: bool
    examples: Examples
    cited: Cited
    written: str = ""


@dataclass(frozen=True, slots=True)
class SerialShape:
    """A serial-number form that points to the supplier that numbers its goods so."""

    id: str
    supplier: str
    pattern: str
    examples: Examples
    cited: Cited
    model_group: bool = False  # the first group of the pattern is the true model inside the serial


@dataclass(frozen=True, slots=True)
class Other:
    """A name that must not be taken for a watched one: another company, a place, ordinary words."""

    id: str
    text: str
    kind: str
    examples: Examples
    cited: Cited


@dataclass(frozen=True, slots=True)
class Registrant:
    """Organisation names of the address registry that belong to a supplier."""

    supplier: str
    starts: tuple[str, ...]
    cited: Cited


@dataclass(frozen=True, slots=True)
class Pack:
    """Everything read from one pack and its overlays, before compilation."""

    id: str
    version: str
    date: date
    suppliers: dict[str, Supplier]
    brands: dict[str, Brand]
    grammars: dict[str, Grammar]
    serials: dict[str, SerialShape]
    others: dict[str, Other]
    registrants: tuple[Registrant, ...]
    words: dict[str, object]
    calibration: dict[str, float]
    sentences: dict[str, str]
    rulebook: RuleBook
    countries: dict[str, tuple[str, ...]]
    overlays: tuple[str, ...] = ()
    digest: str = ""
    base: str = ""  # the folder under the overlays, where it is not the bundled pack
