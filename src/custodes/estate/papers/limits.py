"""What was not looked at: printed on every paper, so that nobody takes silence for an answer."""

from __future__ import annotations

from collections import Counter

from custodes.estate.papers.catalogue import sentences
from custodes.estate.papers.desk import Desk, quantity

#: The product class that names every kind of equipment a rule can speak of.
EVERYTHING = "any-equipment"


@sentences("not-looked-at", "what was not looked at, and what the counts leave out")
def not_looked_at(desk: Desk) -> list[str]:
    """Sentences, the broadest first."""
    return [*_kinds(desk), *_bodiless(desk), *_places(desk), *_ways(desk), *_rows(desk)]


@sentences("not-looked-at-short", "the same in a few lines, for a page of one side")
def short(desk: Desk) -> list[str]:
    """Kinds, ways of looking, and rows left out, without lists."""
    apart = quantity(device for device in desk.assessment.devices if not device.live)
    return [
        _kinds(desk)[0],
        f"{_ways(desk)[0]} Firmware, parts inside and traffic were not looked at.",
        f"{apart:,} devices not in use are in no figure; {len(desk.assessment.skipped):,} rows became no device.",
    ]


@sentences("not-looked-at-public", "the same without any place, system or file, for a copy that leaves the body")
def public(desk: Desk) -> list[str]:
    """Kinds and ways of looking; nothing that points to a place or a file."""
    apart = quantity(device for device in desk.assessment.devices if not device.live)
    return [*_kinds(desk), *_ways(desk), f"{apart:,} devices that the records call not in use are in no figure."]


@sentences("not-looked-at-models", "what a list of models cannot hold, for a paper that goes to a supplier")
def models(_: Desk) -> list[str]:
    """Nothing about the estate: a supplier is told only what the list is made from."""
    return [
        "The list is made from the names and models in our records. Equipment without either is not in it, and no unit "
        "was opened or looked at for it.",
        "Services, software and spare parts are not in it. Add what you supply to us and do not find.",
    ]


def _kinds(desk: Desk) -> list[str]:
    book = desk.knowledge.pack.rulebook
    met: set[str] = set()
    untold = 0
    for device in desk.assessment.devices:
        if desk.bench.kind_told(device):
            met |= desk.bench.subject(device, desk.bench.body_of(device)).classes
        else:
            untold += device.quantity
    in_use = {device.system_id for device in desk.assessment.devices}
    met |= {book.class_of_system.get(one.kind, "") for key, one in desk.estate.systems.items() if key in in_use}
    absent = sorted(book.class_names.get(key, key) for key in book.classes.get(EVERYTHING, frozenset()) - met)
    said = [f"No record of these kinds of equipment was given: {', '.join(absent)}."] if absent else []
    if untold:
        said[-1:] = [" ".join((*said[-1:], f"Of {untold:,} devices no record tells the kind: they may be of any."))]
    return [*said, "Services (carriers, cloud, monitoring) were not looked at; only equipment in the records was."]


def _bodiless(desk: Desk) -> list[str]:
    """Devices of an estate of several bodies that name none: a paper about one body does not hold them."""
    return [f"{desk.bodiless:,} devices name no body: they are in no paper about one body."] if desk.bodiless else []


def _places(desk: Desk) -> list[str]:
    met = {device.site_id for device in desk.assessment.devices}
    silent = [site for site in desk.estate.sites.values() if site.id not in met]
    named = sorted(site.name for site in silent if not site.sensitive)
    hidden = sum(site.sensitive for site in silent)
    said = [f"No record speaks of these sites: {', '.join(named)}."] if named else []
    said += [f"No record speaks of {hidden} sensitive sites, not named here."] if hidden else []
    empty = sorted(system.name for system in desk.silent_systems())
    return [*said, *([f"No record speaks of these systems: {', '.join(empty)}."] if empty else [])]


def _ways(desk: Desk) -> list[str]:
    live = quantity(desk.live)
    seen = quantity(device for device in desk.live if device.seen)
    parts = quantity(device for device in desk.live if device.part)
    made = quantity(device for device in desk.live if device.assembled)
    network = (
        f"Seen on the network: {seen:,} of {live:,}; the others stand in registers only."
        if seen
        else "The network was not looked at: everything is from registers."
    )
    return [
        network,
        f"Parts inside (processor, radio module): told of {parts:,} of {live:,} units; of the others not looked at.",
        f"Place of assembly: told by a label or paper for {made:,} of {live:,}; of the others not known.",
        "Firmware and what a device talks to were not looked at for this paper.",
    ]


def _rows(desk: Desk) -> list[str]:
    said = []
    apart = quantity(device for device in desk.assessment.devices if not device.live)
    if apart:
        said.append(f"{apart:,} devices that the records call not in use are in no count, unless the line says so.")
    if desk.assessment.skipped:
        reasons = Counter(skip.reason for skip in desk.assessment.skipped)
        named = "; ".join(f"{count:,}: {reason}" for reason, count in reasons.most_common(6))
        more = f"; and {len(reasons) - 6} more reasons" if len(reasons) > 6 else ""
        said.append(f"{len(desk.assessment.skipped):,} rows became no device ({named}{more}).")
    gaps = [f"{account.file}: {gap}" for account in desk.assessment.files for gap in account.gaps]
    gaps += [finding.text for finding in desk.assessment.findings if finding.kind == "not-read"]
    gaps = list(dict.fromkeys(gaps))
    return [*said, *(f"Not read: {gap}" for gap in gaps[:10])]
