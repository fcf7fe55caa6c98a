"""`measures`, `what-if` and the comparison of two editions of a list: flows over the rule book."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from custodes.estate.config import Estate
from custodes.estate.flows import Options, assess
from custodes.estate.ruling import Bench, Ruling
from custodes.knowledge import Knowledge, knowledge
from custodes.knowledge.rulebook import read_rule
from custodes.measures.answer import InForce, in_words, on_body, on_day
from custodes.measures.firms import kind_of_body
from custodes.measures.reach import editions_on, members_on
from custodes.measures.subject import Asked
from custodes.model.assessment import Device
from custodes.model.days import known_on
from custodes.model.errors import BadInput
from custodes.model.rules import Answer, CompanyList, Force, Rule, RuleBook, Version

#: States of a rule on a day, in the order in which they are shown.
STATES = ("in force", "began or ended about then", "proposed", "not yet", "ended", "withdrawn")


def rules_on(loaded: Knowledge, asked: Asked) -> list[dict[str, Any]]:
    """Every rule with its state on a day, its version, and its force on a kind of body (or on those it speaks to)."""
    book = loaded.pack.rulebook
    rows = [_row(on_day(rule, asked.day, asked.known), asked, book) for rule in book.rules.values()]
    order = {word: place for place, word in enumerate(STATES)}
    return sorted(rows, key=lambda row: (order[row["state"]], row["jurisdiction"], row["since"], row["id"]))


def _row(state: InForce, asked: Asked, book: RuleBook) -> dict[str, Any]:
    rule = state.rule
    version = state.version or rule.versions[0]
    body = on_body(version, rule, asked, book)
    return {
        "id": rule.id,
        "name": rule.name,
        "jurisdiction": rule.jurisdiction,
        "state": _state(state, asked),
        "force": str(Force.WITHDRAWN if state.withdrawn else body.force),
        "missing": list(body.missing) if asked.kind and not state.withdrawn else [],
        "announced": rule.announced,
        "since": rule.versions[0].since,
        "version": version.label,
        "amended": version.text,
        "about": rule.about,
        "actions": [action.do for action in version.actions],
        "doing": in_words(version, book),
        "by": [action.by for action in version.actions if action.by],
        "exceptions": [{"id": item.id, "text": item.text, "until": item.until} for item in version.exemptions],
        "binds": rule.binds,
        "certainty": rule.certainty,
        "source": rule.source,
    }


def _state(state: InForce, asked: Asked) -> str:
    if state.sure is Answer.YES and state.version is not None and _only_proposed(state.version):
        return "proposed"
    if state.sure is Answer.UNKNOWN:
        return "began or ended about then"
    if state.sure is Answer.YES:
        return "in force"
    if state.withdrawn is not None:
        return "withdrawn"
    over = any(known_on(e.recorded, asked.known) and e.day <= asked.day for e in state.rule.endings)
    return "ended" if over else "not yet"


def _only_proposed(version: Version) -> bool:
    forces = {one.force for one in version.reached} | {version.elsewhere}
    return Force.PROPOSED in forces and forces <= {Force.PROPOSED, Force.NONE}


def timeline(loaded: Knowledge, known: str = "") -> list[dict[str, str]]:
    """Every dated event of the rule book, in order: announced, in force, amended, due, ended, withdrawn, edition."""
    book = loaded.pack.rulebook
    events = [event for rule in book.rules.values() for event in rule_events(rule, known)]
    for row in book.lists.values():
        for edition in row.editions:
            if known_on(edition.recorded, known):
                text = f"{row.name}: edition with {len(edition.members)} suppliers of this reference data"
                events.append({"day": edition.day, "event": "list edition", "id": row.id, "text": text})
    return sorted(events, key=lambda event: (event["day"], event["id"], event["event"]))


def rule_events(rule: Rule, known: str = "") -> Iterator[dict[str, str]]:
    """The dated events of one rule: day, event, id, text; as they were known on a day."""

    def event(day: str, what: str, text: str = "") -> dict[str, str]:
        return {"day": day, "event": what, "id": rule.id, "text": f"{rule.name}: {text}" if text else rule.name}

    if rule.announced:
        yield event(rule.announced, "announced")
    for place, version in enumerate(rule.versions):
        if version.since and known_on(version.recorded, known):
            yield event(version.since, "amended" if place else "in force", version.text)
        for action in version.actions if known_on(version.recorded, known) else ():
            if action.by:
                yield event(action.by, "due", action.do)
    for ending in rule.endings:
        if known_on(ending.recorded, known):
            yield event(ending.day, "withdrawn" if ending.withdrawn else "ended", ending.text)


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Live units that a proposed rule would reach: at least `yes`, at most `yes` + `unknown`."""

    rule: str
    name: str
    yes: int
    unknown: int
    no: int
    missing: tuple[tuple[str, int], ...]
    groups: tuple[dict[str, Any], ...]


def what_if(
    rule_file: Path, estate: Estate, options: Options, progress: Callable[[str], None] = lambda _: None
) -> WhatIf:
    """What a proposed rule would reach in an estate. A rule that names no bodies is taken to speak to this one."""
    loaded = knowledge(options.packs)
    rule = read_rule(rule_file, loaded.pack.rulebook, loaded.pack.suppliers)
    versions = tuple(
        version if version.reached else dataclasses.replace(version, elsewhere=Force.PROPOSED)
        for version in rule.versions
    )
    rule = dataclasses.replace(rule, versions=versions)
    book = dataclasses.replace(loaded.pack.rulebook, rules={rule.id: rule})
    done = assess(estate, options, progress)
    ruling = Ruling((rule.id,), "", options.ruling.known, options.ruling.body_kind)
    bench = Bench(estate, loaded, options.as_at, ruling, book)
    live = [device for device in bench.rule(done.assessment.devices) if device.live]
    return _counted(rule, live)


def _counted(rule: Rule, live: Sequence[Device]) -> WhatIf:
    answers: Counter[str] = Counter()
    missing: Counter[str] = Counter()
    groups: dict[tuple[str, str, str], Counter[str]] = {}
    for device in live:
        said = device.measures[0]
        reaches = str(said["reaches"])
        answers[reaches] += device.quantity
        if reaches == Answer.UNKNOWN:
            facts = said["missing"]
            for fact in facts if isinstance(facts, list) else ():
                missing[str(fact)] += device.quantity
        told = device.attribution
        maker = told.oem_name or (f"label {told.brand_name}" if told.brand_name else "make not known")
        groups.setdefault((device.body, device.system, maker), Counter())[reaches] += device.quantity
    rows = tuple(
        {"body": body, "system": system, "maker": maker, "yes": found["yes"], "unknown": found["unknown"]}
        for (body, system, maker), found in sorted(groups.items())
        if found["yes"] or found["unknown"]
    )
    counts = (answers["yes"], answers["unknown"], answers["no"])
    return WhatIf(rule.id, rule.name, *counts, tuple(missing.most_common()), rows)


def list_changes(loaded: Knowledge, old: str, new: str) -> list[dict[str, str]]:
    """Members added and dropped between `LIST@DAY` and `LIST@DAY`; suppliers by id, other members by name."""
    before, after = _members(loaded, old), _members(loaded, new)
    changes = [{"change": "added", "member": name} for name in sorted(after - before)]
    return changes + [{"change": "removed", "member": name} for name in sorted(before - after)]


def _members(loaded: Knowledge, text: str) -> frozenset[str]:
    key, _, day = text.partition("@")
    row = loaded.pack.rulebook.lists.get(key)
    if row is None:
        known = ", ".join(sorted(loaded.pack.rulebook.lists))
        raise BadInput(f"there is no list {key[:60]!r} in the reference data", remedy=f"one of: {known}")
    try:
        date.fromisoformat(day)
    except ValueError:
        raise BadInput(f"{day[:40]!r} is no day", remedy="write LIST@YYYY-MM-DD") from None
    return members_on(row, day, "")[0] | _others(row, day)


def _others(row: CompanyList, day: str) -> frozenset[str]:
    """Members that are no supplier of the reference data, by the name the edition prints."""
    found: frozenset[str] = frozenset()
    for edition in editions_on(row, day, ""):
        found = frozenset(edition.others) | (frozenset() if edition.complete else found)
    return found


def asked_of(kind: str, place: str, as_at: date, known: str, loaded: Knowledge) -> Asked:
    """The question of `measures`, the kind of body in any of its spellings."""
    return Asked(as_at.isoformat(), known, kind_of_body(kind, loaded.pack.rulebook), place)


__all__ = ["WhatIf", "asked_of", "list_changes", "rule_events", "rules_on", "timeline", "what_if"]
