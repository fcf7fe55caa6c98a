"""From one reply and the rules that hold for it to clues: who is on the label, whose platform, what kind of device."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from functools import lru_cache
from typing import Any, NamedTuple

from custodes.attribution import identifiers
from custodes.attribution.mention import Resolution
from custodes.attribution.text import resolve_text
from custodes.attribution.wire.match import Hit
from custodes.knowledge import Knowledge
from custodes.knowledge.fingerprints import Family, Fingerprint
from custodes.knowledge.text import squash
from custodes.model.assessment import Because
from custodes.model.vocab import Certainty, Status
from custodes.model.wire import Part, Reply

#: A maker's name in the place that a protocol has for it; in a name that a user may have given; in free text.
LABEL, GIVEN, SPOKEN = 4.0, 2.2, 2.2
#: Fields that a user may have filled in: what is read there proposes a name and never asserts it.
CHOSEN = frozenset(("dhcp.hostname", "snmp.sysname", "wsd.scope-name", "tls.subject", "tls.issuer", "rtsp.sdp", "name"))
#: A text of a platform, which firmware under other labels keeps: the brand it proposes where nothing else names one.
PLATFORM_BRAND = 1.2
#: Fields in which nobody is looked for by name: pages speak of many.
UNREAD = frozenset(("http.body",))
#: What another program concluded from an answer that is not at hand.
VERDICT = 1.5
#: A model code that one maker's numbering explains.
CODE = 2.4
#: One too short to be told from others' without the maker's name: it supports a label and asserts none.
SHORT_CODE = 1.0
#: A label that the reference data does not have.
STRANGE = 1.2
#: What a fingerprint of low certainty can carry at most: it never asserts.
LOW_AT_MOST = 1.0
_MEMORY = 50_000


class Sign(NamedTuple):
    """What a clue counts for, without its words: one object for all texts that the same rule holds for.

    `bare`: a name in a text that speaks of no equipment: perhaps that of a host, a share, a site or a customer;
    `brand`: the name on the box; `supplier`: whose platform, address block or numbering; `watches`: whether it shows a
    device that watches; `label`: whether it is the label itself, which a platform does not overrule; `kind`, `field`
    and `source` are those of its evidence. Any of what it speaks of may be left open.
    """

    kind: str
    brand: str | None = None
    brand_name: str = ""
    supplier: str | None = None
    watches: bool | None = None
    device_type: str | None = None
    weight: float = 0.0
    label: bool = False
    low: bool = False
    field: str = ""
    source: str = ""
    bare: bool = False


class Clue(NamedTuple):
    """One reason. `place`: where it was read: what one text says twice counts once."""

    because: Because
    sign: Sign
    place: str = ""


class _Said(NamedTuple):
    """What a rule says in a field, whatever the text."""

    rule: Fingerprint
    meaning: str
    reference: str
    weight: float
    signs: tuple[Sign, ...]


def clues_of(
    reply: Reply, hits: Mapping[tuple[str, str], Sequence[Hit]], names: Set[str], knowledge: Knowledge
) -> list[Clue]:
    """Every clue of a reply. `hits`: the rules that hold for each of its (field, text) pairs; `names`: the texts that
    may name a brand."""
    found: list[Clue] = []
    family = knowledge.families.get(reply.family)
    if family is not None:
        found += _of_family(family)
    for (field, text), held in hits.items():
        shown, place = f"{field} “{text[:120]}”: ", squash(text)
        for hit in held:
            found += _of_rule(field, shown, place, hit, knowledge)
    if reply.parts:
        found += _of_parts(reply, knowledge)
    if not any(clue.sign.brand for clue in found):
        for field, text in reply.texts:
            if field in UNREAD or text not in names:
                continue
            weight = VERDICT if field.startswith("scan.") else SPOKEN
            bare = not _of_equipment(text, knowledge)
            found += _spoken(field, text, weight, knowledge, label=False, bare=bare)
    return found


def _of_family(family: Family) -> Iterator[Clue]:
    """Whose platform a protocol is; and, where nothing else names a label, the brand it stands for."""
    because = Because(
        "protocol", family.sentence, f"families/{family.id}", weight=family.weight, source=family.cited.source
    )
    low = family.cited.certainty is Certainty.LOW
    yield _clue(because, supplier=family.supplier, watches=family.surveillance, device_type=family.device_type, low=low)
    if family.brand is not None:
        yield _clue(because, brand=family.brand, weight=family.brand_weight, low=low)


def _clue(because: Because, place: str = "", **told: Any) -> Clue:
    """A clue whose sign is of this evidence, and weighs what that does where nothing else is told."""
    weight = told.pop("weight", because.weight)
    return Clue(because, Sign(because.kind, weight=weight, field=because.field, source=because.source, **told), place)


def _of_rule(field: str, shown: str, place: str, hit: Hit, knowledge: Knowledge) -> Iterator[Clue]:
    """What a fingerprint says. `shown`: the text as evidence cites it; `place`: as it is told from others."""
    known, key = _said_by_rules(knowledge), (id(hit.rule), field)
    said = known.get(key)
    if said is None:
        said = known[key] = _said(hit.rule, field, knowledge)
    source = said.rule.cited.source
    because = Because("fingerprint", shown + said.meaning, said.reference, field, weight=said.weight, source=source)
    for sign in said.signs:
        yield Clue(because, sign, place)


@lru_cache(maxsize=4)
def _said_by_rules(_knowledge: Knowledge) -> dict[tuple[int, str], _Said]:
    """Rules that held, by identity (each is kept with what it says) and field."""
    return {}


def _said(rule: Fingerprint, field: str, knowledge: Knowledge) -> _Said:
    """What a rule says in a field. One of a brand and a family is of the platform, whoever's label is on it."""
    low = rule.cited.certainty is Certainty.LOW
    weight = min(rule.weight, LOW_AT_MOST) if low else rule.weight
    both = rule.brand is not None and rule.family is not None
    source = rule.cited.source
    sign = Sign(
        "fingerprint",
        None if both else rule.brand,
        rule.brand_name,
        rule.family,
        rule.surveillance,
        rule.device_type,
        weight,
        label=not both and (rule.brand is not None or bool(rule.brand_name)),
        low=low or field in CHOSEN,
        field=field,
        source=source,
    )
    signs = [sign]
    if both:
        carried = min(weight, PLATFORM_BRAND)
        signs.append(Sign("fingerprint", rule.brand, weight=carried, low=True, field=field, source=source))
    return _Said(rule, _meaning(rule, knowledge), f"fingerprints/{rule.id}", weight, tuple(signs))


def _meaning(rule: Fingerprint, knowledge: Knowledge) -> str:
    """What a rule says, as evidence words it."""
    said = []
    if rule.brand is not None or rule.brand_name:
        said.append(f"as {knowledge.brand(rule.brand).name if rule.brand else rule.brand_name} announces itself")
    if rule.family is not None:
        said.append(f"the platform of {knowledge.pack.suppliers[rule.family].name}")
    if not said:
        kind = rule.device_type or "device"
        said.append(f"words of a {kind} that watches" if rule.surveillance else "words of no device that watches")
    return ", ".join(said)


def _of_parts(reply: Reply, knowledge: Knowledge) -> Iterator[Clue]:
    """What the parts of a structured reply say."""
    labels: set[str | None] = set()
    for text in reply.of(Part.LABEL):
        if squash(text) not in knowledge.no_labels:
            named = list(_spoken("label", text, LABEL, knowledge, label=True)) or [_strange(text)]
            labels.update(clue.sign.brand for clue in named)
            yield from named
    for text in reply.of(Part.MODEL):
        yield from _of_model(text, labels, knowledge)
    for text in reply.of(Part.NAME):
        yield from _spoken("name", text, GIVEN, knowledge, label=False)
    for part, read in ((Part.MAC, identifiers.from_mac), (Part.SERIAL, identifiers.from_serial)):
        clue = read(reply.first(part), knowledge)
        if clue is not None:
            yield _clue(clue.because, supplier=clue.supplier)


def _of_equipment(text: str, knowledge: Knowledge) -> bool:
    """Whether a text says by itself that it speaks of a device that watches, by its words or by a model code."""
    return bool(_watches(_resolved(text, knowledge).device_type, knowledge))


def _spoken(
    field: str, text: str, weight: float, knowledge: Knowledge, *, label: bool, bare: bool = False
) -> Iterator[Clue]:
    """Brands that a text names. Free text is read as a register's cell is: what takes a name back is heard. `bare`:
    the text speaks of no equipment."""
    resolution = _resolved(text, knowledge)
    for mention in resolution.mentions:
        if mention.status is Status.UNKNOWN:
            continue
        told = mention.kind.startswith("code")  # a host may be called by what looks like a code
        stated = field not in CHOSEN and not field.startswith("scan.")
        sure = mention.status is Status.ASSERTED and stated
        carried = weight if sure else 1.0
        words = f"{field} “{text[:120]}” names {mention.brand_name}"
        because = Because("brand-name", words, field=field, weight=carried)
        yield _clue(
            because, squash(text), brand=mention.brand, label=label, low=not sure, bare=bare or (not label and told)
        )


def _strange(text: str) -> Clue:
    """A label that the reference data does not have: said as it stands, and never asserted."""
    because = Because("label", f"the label says “{text[:60]}”, a name that is not in the reference data", field="label")
    return _clue(because, brand_name=text[:60], weight=STRANGE, label=True)


def _of_model(text: str, labels: Set[str | None], knowledge: Knowledge) -> Iterator[Clue]:
    """Whose numbering a model code is of, or the brand that a model text names. `labels`: the brands beside it."""
    resolution = _resolved(text, knowledge)
    kind = resolution.device_type
    brands = tuple(dict.fromkeys(resolution.code_brands))
    if len(brands) == 1:
        name = knowledge.brand(brands[0]).name
        mention = next((item for item in resolution.mentions if item.brand == brands[0]), None)
        kind = (mention.device_type if mention is not None else None) or kind
        clear = mention is not None or brands[0] in labels
        weight = CODE if clear else SHORT_CODE
        told = f"the model “{text[:60]}” is of the numbering of {name}"
        yield _clue(
            Because("model-code", told, field="model", weight=weight),
            squash(text),
            brand=brands[0],
            watches=_watches(kind, knowledge),
            device_type=kind,
            low=not clear,
        )
    else:
        yield from _spoken("model", text, GIVEN, knowledge, label=False)


def _watches(kind: str | None, knowledge: Knowledge) -> bool | None:
    if kind is None:
        return None
    if kind in knowledge.other_goods:
        return False
    return True if kind in WATCHING else None


#: Kinds of device, in the words of the pack, that watch or record what others watch.
WATCHING = frozenset(
    ("camera", "ptz", "thermal camera", "recorder", "encoder", "anpr", "body-worn", "vehicle video", "drone")
)


@lru_cache(maxsize=_MEMORY)
def _resolved(text: str, knowledge: Knowledge) -> Resolution:
    return resolve_text(text, knowledge, explain=False)
