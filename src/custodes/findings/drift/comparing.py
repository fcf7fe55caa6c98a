"""The differences of two images as rows: of files, rights, links, and of what the files say."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from custodes.findings.drift.evidence import of_change, of_one
from custodes.findings.drift.pairing import Key, Pairs, paired
from custodes.model.firmware import Change, Entry, Fact, Image, Kind

#: Rows that one file may have; what is more is told in fewer.
MOST_ROWS = 6
#: What a person should see first.
KINDS = ("capability", "service", "account", "key", "endpoint", "certificate", "module", "component", "build", "oem",
         "mode", "link", "file")  # fmt: skip
_Values = dict[tuple[str, str], Fact]


def drift(old: Image, new: Image) -> list[Change]:
    """All that differs, by path and then by weight. Each file whose bytes, rights or link differ has a row."""
    pairs = paired(old, new)
    shown = _shown(pairs)
    rows: dict[Key, list[Change]] = defaultdict(list)
    for key, change in _places(pairs, shown):
        rows[key].append(change)
    for key, change in _facts(old, new, pairs, shown):
        rows[key].append(change)
    room = MOST_ROWS // len(rows) if 1 < len(rows) < 3 else MOST_ROWS  # an exchange of two files is one change
    found = [change for key in rows for change in _fewer(rows[key], room)]
    return sorted(found, key=lambda one: (one.path, KINDS.index(one.kind), one.change, one.value))


def _shown(pairs: Pairs) -> Mapping[Key, str]:
    """How a place is called: by its path, with its file system where two have the same path."""
    keys = {*pairs.old, *pairs.new}
    count = Counter(path for _, path in keys)
    return {key: key[1] if count[key[1]] == 1 or not key[0] else f"{key[0]}/{key[1]}" for key in keys}


def _places(pairs: Pairs, shown: Mapping[Key, str]) -> Iterator[tuple[Key, Change]]:
    came_from = set(pairs.moved.values())
    for key in sorted({*pairs.old, *pairs.new}):
        before, after = pairs.old.get(key), pairs.new.get(key)
        if after is not None and key in pairs.moved:
            source = pairs.moved[key]
            before = pairs.old[source]
            yield key, Change("moved", "file", _value(after), shown[key], shown[source], evidence=of_one(after))
            yield from ((key, change) for change in _rights(before, after, shown[key]))
        elif before is not None and after is not None:
            yield from ((key, change) for change in _both(before, after, shown[key]))
        elif after is not None and not _implied(key, after, pairs.new):
            twin = pairs.twins.get(key)
            told = {"replaces": shown[twin], **of_change(pairs.old[twin], after)} if twin else of_one(after)
            yield key, Change("added", _kind(after), _value(after), shown[key], evidence=told)
        elif before is not None and key not in came_from and not _implied(key, before, pairs.old):
            yield key, Change("removed", _kind(before), _value(before), shown[key], evidence=of_one(before))


def _implied(key: Key, entry: Entry, places: Mapping[Key, Entry]) -> bool:
    """Whether a folder is there for what lies in it, or something is what a packed file holds: those have rows."""
    volume, path = key
    if entry.kind is Kind.FOLDER:
        return any(other[0] == volume and other[1].startswith(path + "/") for other in places)
    holder = places.get((volume, path.rsplit("/", 1)[0]))
    return path.endswith("/content") and holder is not None and holder.opened


def _both(before: Entry, after: Entry, path: str) -> Iterator[Change]:
    if before.kind is not after.kind:
        yield Change(
            "changed",
            "file",
            _value(after),
            path,
            before=_value(before),
            evidence={"from": before.kind, "to": after.kind},
        )
        return
    if before.sha256 != after.sha256:
        yield Change("changed", "file", _value(after), path, before=_value(before), evidence=of_change(before, after))
    if before.link != after.link:
        told = {"from": before.link, "to": after.link}
        yield Change("changed", "link", after.link, path, before=before.link, evidence=told)
    yield from _rights(before, after, path)


def _rights(before: Entry, after: Entry, path: str) -> Iterator[Change]:
    old, new = _mode(before, after), _mode(after, before)
    if old != new:
        yield Change("changed", "mode", new, path, before=old, evidence={"from": old, "to": new})


def _mode(entry: Entry, other: Entry) -> str:
    """The rights in octal, with the owner where that differs."""
    if entry.mode is None or other.mode is None:
        return ""
    told = f"{entry.mode:04o}"
    if entry.owner is not None and other.owner is not None and entry.owner != other.owner:
        told += f" owner {entry.owner[0]}:{entry.owner[1]}"
    return told


def _kind(entry: Entry) -> str:
    return "link" if entry.kind is Kind.LINK else "file"


def _value(entry: Entry) -> str:
    if entry.kind is Kind.LINK:
        return entry.link
    return f"{entry.size} bytes" if entry.kind is Kind.FILE else str(entry.kind)


def _facts(old: Image, new: Image, pairs: Pairs, shown: Mapping[Key, str]) -> Iterator[tuple[Key, Change]]:
    names = {theirs: ours for ours, theirs in pairs.volumes.items()}
    target = {source: key for key, source in (*pairs.moved.items(), *pairs.twins.items())}
    before = _by_place(old.facts, lambda volume: names.get(volume, f"old {volume}" if volume else ""))
    after = _by_place(new.facts, lambda volume: volume)
    before = {target.get(key, key): held for key, held in before.items()}
    grades = _grades(old.facts)
    gone: dict[Key, _Values] = {}
    fresh: dict[Key, _Values] = {}
    for key in sorted({*before, *after}):
        had, has = before.get(key, {}), after.get(key, {})
        if key not in shown or not _touched(key, pairs):
            continue
        for name in sorted(had.keys() & has.keys()):
            if had[name].grade != has[name].grade:
                yield key, _changed(had[name], has[name], shown[key])
        gone[key] = {name: fact for name, fact in had.items() if name not in has}
        fresh[key] = {name: fact for name, fact in has.items() if name not in had}
        yield from ((key, change) for change in _same_subject(gone[key], fresh[key], shown[key]))
    yield from _across(gone, fresh, shown)
    for key, held in fresh.items():
        for fact in held.values():
            earlier = grades.get((fact.kind, fact.value))
            change = _row("added", fact, shown[key])
            yield key, replace(change, grade_from=earlier if earlier != fact.grade else None)
    for key, held in gone.items():
        for fact in held.values():
            yield key, _row("removed", fact, shown[key])


def _touched(key: Key, pairs: Pairs) -> bool:
    """Whether anything of a place differs: what its bytes say cannot differ otherwise."""
    if key in pairs.moved:
        return True  # what starts by itself depends on where it lies
    before, after = pairs.old.get(key), pairs.new.get(key)
    return before is None or after is None or (before.sha256, before.mode) != (after.sha256, after.mode)


def _by_place(facts: Sequence[Fact], name: Any) -> dict[Key, _Values]:
    found: dict[Key, _Values] = defaultdict(dict)
    for fact in facts:
        found[name(fact.volume), fact.path][fact.kind, fact.value] = fact
    return found


def _grades(facts: Iterable[Fact]) -> dict[tuple[str, str], Any]:
    """The strongest grade of each fact in an image, wherever it is."""
    found: dict[tuple[str, str], Any] = {}
    for fact in facts:
        held = found.get((fact.kind, fact.value))
        if held is None or fact.grade < held:
            found[fact.kind, fact.value] = fact.grade
    return found


def _same_subject(gone: _Values, fresh: _Values, path: str) -> Iterator[Change]:
    """Another value of the same thing in the same file: a change of it."""
    for name, fact in list(fresh.items()):
        if not fact.subject:
            continue
        match = next(
            (one for one, held in gone.items() if held.kind == fact.kind and held.subject == fact.subject), None
        )
        if match is not None:
            yield _changed(gone.pop(match), fresh.pop(name), path)


def _across(gone: dict[Key, _Values], fresh: dict[Key, _Values], shown: Mapping[Key, str]
            ) -> Iterator[tuple[Key, Change]]:  # fmt: skip
    """A component in another version in another file, as libraries are that carry it in their names."""
    lost: dict[str, list[tuple[Key, tuple[str, str]]]] = defaultdict(list)
    for key, held in gone.items():
        for name, fact in held.items():
            if fact.kind == "component":
                lost[fact.subject].append((key, name))
    for key in sorted(fresh):
        for name, fact in list(fresh[key].items()):
            if fact.kind == "component" and len(lost.get(fact.subject, ())) == 1:
                source, old_name = lost.pop(fact.subject)[0]
                old = gone[source].pop(old_name)
                yield key, replace(_changed(old, fresh[key].pop(name), shown[key]), old_path=shown[source])


def _row(change: str, fact: Fact, path: str) -> Change:
    told = {"rule": fact.rule, "offset": fact.offset, "text": fact.note}
    evidence = {key: value for key, value in told.items() if value not in (None, "")}
    return Change(change, fact.kind, fact.value, path, grade=fact.grade, evidence=evidence)


def _changed(old: Fact, new: Fact, path: str) -> Change:
    row = _row("changed", new, path)
    grades = old.grade if old.grade != new.grade else None
    before = old.value if old.value != new.value else None
    return replace(row, before=before, grade_from=grades)


def _fewer(rows: list[Change], most: int) -> list[Change]:
    """At most so many rows of one file: those of one kind in one, then the weightiest, the rest in the file's own."""
    if len(rows) <= most:
        return rows
    own = [row for row in rows if row.kind in ("file", "link") or (row.kind == "mode" and row.grade is None)]
    groups: dict[tuple[str, str], list[Change]] = defaultdict(list)
    for row in rows:
        if row not in own:
            groups[row.kind, row.change].append(row)
    merged = [_merged(groups[key]) for key in sorted(groups, key=lambda key: (KINDS.index(key[0]), key[1]))]
    room = max(most - len(own), 0)
    kept, rest = merged[:room], merged[room:]
    if rest and own:
        told = [{"change": row.change, "kind": row.kind, "value": row.value} for row in rest]
        own[0] = replace(own[0], evidence={**own[0].evidence, "also": told})
    return [*own, *kept]


def _merged(rows: list[Change]) -> Change:
    if len(rows) == 1:
        return rows[0]
    ordered = sorted(rows, key=lambda row: (str(row.grade), row.value))
    facts = [{"value": row.value, "grade": row.grade, "before": row.before, **row.evidence} for row in ordered]
    shown = "; ".join(row.value for row in ordered)
    return replace(ordered[0], value=shown, before=None, evidence={"facts": facts})
