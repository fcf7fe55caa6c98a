"""Counts for pages: live devices only, each by its quantity, at least / at most / not known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from custodes.model.assessment import Assessment, Attribution, Device, Finding
from custodes.model.vocab import Status
from custodes.publication import words as w


@dataclass(slots=True)
class Tally:
    """One maker or one label: how many devices are established as its, and how many probably are."""

    name: str
    established: int = 0
    probable: int = 0
    owner: str = ""
    models: Counter[str] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        """Established and probable together, for the order of a table."""
        return self.established + self.probable


@dataclass(frozen=True, slots=True)
class Count:
    """Live devices split by how sure, the tallies behind it, and why the rest is not known."""

    established: int
    probable: int
    unknown: int
    tallies: tuple[Tally, ...]
    reasons: tuple[tuple[str, int], ...]

    def at_most(self, tally: Tally) -> int:
        """What `tally` could reach: its established devices and every one not established for another."""
        return tally.established + self.probable + self.unknown


@dataclass(frozen=True, slots=True)
class Totals:
    """Everything counted once for all pages."""

    live: int
    not_live: int
    makers: Count
    labels: Count


def quantity(devices: Iterable[Device]) -> int:
    """How many pieces of equipment the entries stand for."""
    return sum(device.quantity for device in devices)


def totals(assessment: Assessment) -> Totals:
    """All counts of an assessment; devices that are not live are counted apart and nowhere else."""
    live = [device for device in assessment.devices if device.live]
    return Totals(
        live=quantity(live),
        not_live=quantity(device for device in assessment.devices if not device.live),
        makers=_count(live, lambda a: a.maker_status, w.maker_name, assessment.words, maker=True),
        labels=_count(live, lambda a: a.status, w.label_name, assessment.words, maker=False),
    )


def _count(
    devices: Iterable[Device],
    status_of: Callable[[Attribution], Status],
    name_of: Callable[[Attribution], str],
    words: Mapping[str, str],
    *,
    maker: bool,
) -> Count:
    tallies: dict[str, Tally] = {}
    reasons: Counter[str] = Counter()
    sums: Counter[Status] = Counter()
    for device in devices:
        attribution, status = device.attribution, status_of(device.attribution)
        sums[status] += device.quantity
        if status == Status.UNKNOWN:
            reasons[w.why_not(attribution, words, maker=maker)] += device.quantity
            continue
        name = name_of(attribution) or "no name to give yet"
        tally = tallies.setdefault(name, Tally(name))
        if status == Status.ASSERTED:
            tally.established += device.quantity
        else:
            tally.probable += device.quantity
        tally.owner = tally.owner or w.owner_text(attribution)
    ordered = sorted(tallies.values(), key=lambda t: (-t.total, t.name))
    return Count(
        established=sums[Status.ASSERTED],
        probable=sums[Status.REVIEW],
        unknown=sums[Status.UNKNOWN],
        tallies=tuple(ordered),
        reasons=tuple(sorted(reasons.items(), key=lambda item: (-item[1], item[0]))),
    )


def all_findings(assessment: Assessment) -> list[Finding]:
    """Findings of the estate and of its devices, each once, serious first."""
    seen: dict[str, Finding] = {finding.id: finding for finding in assessment.findings}
    for device in assessment.devices:
        for finding in device.findings:
            seen.setdefault(finding.id, finding)
    return sorted(seen.values(), key=w.severity_rank)


def lost_rows(assessment: Assessment, file: str) -> int:
    """Data rows of `file` that are in no device and in no list of skipped rows; should be none."""
    rows = sum(account.rows for account in assessment.files if account.file == file)
    told = {(s.sheet, s.row) for d in assessment.devices for s in d.sources if s.file == file}
    told |= {(s.sheet, s.row) for s in assessment.skipped if s.file == file}
    told |= {(m.sheet, m.row) for m in assessment.merged if m.file == file}
    return max(0, rows - len(told))


def reading_counts(assessment: Assessment) -> list[tuple[str, Counter[str]]]:
    """For each of the five readings, live quantities by answer; empty when no reading was asked for."""
    live = [device for device in assessment.devices if device.live]
    if not any(device.origin for device in live):
        return []
    counted: list[tuple[str, Counter[str]]] = []
    for key in w.READINGS:
        counter: Counter[str] = Counter()
        for device in live:
            counter[w.reading(str(device.origin.get(key, "")))] += device.quantity
        counted.append((key, counter))
    return counted


def rule_counts(assessment: Assessment) -> dict[str, int] | None:
    """Live quantities by the strongest thing a rule says of a device; None when no rule was asked for."""
    live = [device for device in assessment.devices if device.live]
    if assessment.rules is None and not any(device.measures for device in live):
        return None
    counts = dict.fromkeys(("binds", "described", "unknown", "none"), 0)
    for device in live:
        counts[_strongest(device)] += device.quantity
    return counts


def _strongest(device: Device) -> str:
    reached = [m for m in device.measures if m.get("reaches") == "yes"]
    if any(map(w.asks_the_body, reached)):
        return "binds"
    if any(m.get("reaches") == "unknown" and w.asks_the_body(m) for m in device.measures):
        return "unknown"
    if reached:
        return "described"
    unsure = any(m.get("reaches") == "unknown" for m in device.measures)
    return "unknown" if unsure or device.attribution.maker_status is not Status.ASSERTED else "none"
