"""Images and differences on a terminal, for a person who is no engineer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from custodes.findings.vulnerabilities.components import Weakness
from custodes.model.firmware import Change, Coverage, Image, Kind, Lineage
from custodes.publication.text import clean, hang, shorten, wrap

_NAMES = {"capability": "ability", "service": "service", "endpoint": "address", "account": "account", "key": "key",
          "certificate": "certificate", "module": "module", "mode": "rights", "link": "link"}  # fmt: skip
_WORDS = {"added": "new", "changed": "changed", "moved": "moved", "removed": "gone"}
_TOLD = ("capability", "service", "account", "key", "endpoint", "certificate", "module", "mode")
_MOST = 40
_NOTHING = "Nothing differs but what every build changes: times and places inside the image."
_GRADE_LINE = (
    "Grades: A set up to run, B linked, C a text in a program, D the name of a file. A text is a sign, not a proof."
)


def drift_text(old: Image, new: Image, changes: Sequence[Change], columns: int) -> str:
    """What an upgrade added, with what was not looked into."""
    lines = [clean(f"{old.name} -> {new.name}"), ""]
    if not changes:
        closed = any(image.coverage.limits or image.coverage.problems or image.coverage.opaque for image in (old, new))
        told = "Nothing that could be read differs; not all of it could be." if closed else _NOTHING
        lines += wrap(told, columns)
    heavy = heavy_changes(changes)
    for change in heavy[:_MOST]:
        lines += _change(change, columns)
    if len(heavy) > _MOST:
        lines.append(f"... and {len(heavy) - _MOST} more; --format json has all")
    lines += ["", *wrap(_rest(changes), columns)] if changes else []
    lines += _uncovered(new.coverage, columns)
    if heavy:
        lines += ["", *wrap(_GRADE_LINE, columns)]
    return "\n".join(lines) + "\n"


def heavy_changes(changes: Sequence[Change]) -> list[Change]:
    """What a person should see, fact by fact, the gravest first."""
    heavy = [one for one in changes if one.kind in _TOLD and (one.kind != "mode" or one.grade is not None)]
    return sorted((part for one in heavy for part in _parts(one)), key=_weight)


def _weight(change: Change) -> tuple[int, int]:
    """What a person should see first: by kind, and what is new before what is gone."""
    return _TOLD.index(change.kind), list(_WORDS).index(change.change)


def _parts(change: Change) -> Iterator[Change]:
    """A row that tells several facts, fact by fact."""
    facts = change.evidence.get("facts")
    if not facts:
        yield change
        return
    for told in facts:
        yield replace(change, value=told["value"], grade=told["grade"], before=told["before"], evidence=told)


def _change(change: Change, columns: int) -> Iterator[str]:
    name = _NAMES.get(change.kind, change.kind).upper()
    grade = f" (grade {change.grade}" if change.grade else ""
    if grade and change.grade_from:
        grade += f", was {change.grade_from}"
    head = f"{_WORDS[change.change].upper()} {name}"
    told = shorten(clean(change.value), max(columns - 22, 20))
    yield f"{head:<20}  {told}"
    place = clean(change.path)
    offset = change.evidence.get("offset")
    text = change.evidence.get("text")
    where = place + (f" at {offset:#x}" if isinstance(offset, int) and not text else "")
    if text and change.kind in ("capability", "module"):
        where += f'  "{shorten(clean(str(text)), 60)}"' + (f" at {offset:#x}" if isinstance(offset, int) else "")
    yield f"{'':<20}  {where}{grade + ')' if grade else ''}"
    if change.before is not None:
        yield f"{'':<20}  was: {shorten(clean(change.before), max(columns - 27, 20))}"


def _rest(changes: Sequence[Change]) -> str:
    told = []
    components = sorted({_component(one) for one in changes if one.kind == "component"})
    if components:
        more = ", ..." if len(components) > 12 else ""
        told.append(f"{len(components)} components differ ({', '.join(components[:12])}{more}).")
    files = Counter(one.change for one in changes if one.kind in ("file", "link", "mode") and one.grade is None)
    if files:
        order = [change for change in ("added", "removed", "changed", "moved") if files[change]]
        told.append(f"Files, links and rights: {', '.join(f'{files[one]} {_WORDS[one]}' for one in order)}.")
    return " ".join(told)


def _component(change: Change) -> str:
    value = clean(change.value)
    return (
        f"{clean(change.before)} -> {value.rsplit(' ', 1)[-1]}"
        if change.before
        else f"{_WORDS[change.change]}: {value}"
    )


def _uncovered(coverage: Coverage, columns: int) -> list[str]:
    lines = [""]
    size = sum(region.size for region in coverage.opaque)
    if coverage.opaque:
        first = coverage.opaque[0]
        place = f" at {first.offset:#x}" if first.offset is not None else ""
        parts = f"{len(coverage.opaque)} places, the first {clean(first.path)}{place}"
        lines += wrap(f"Not looked into: {size:,} bytes in {parts}: {first.why}. Nothing can be said of them.", columns)
    if coverage.by_strings:
        share = coverage.by_strings / coverage.bytes
        lines += wrap(f"Read as texts only, since it lies in no known container: {share:.0%} of the image.", columns)
    for told in (*(f"A limit was reached: {limit}." for limit in coverage.limits), *coverage.problems[:8]):
        lines += wrap(clean(told), columns)
    if not (coverage.opaque or coverage.by_strings or coverage.limits or coverage.problems):
        lines.append("All of the image was looked into.")
    return lines


def lineage_text(found: Sequence[Lineage], columns: int) -> str:
    """Whose code an image shares; empty where nothing was compared."""
    if not found:
        return ""
    lines = ["", "Whose code"]
    for one in (row for row in found if row.told):
        told = (
            f"shares code lineage with {clean(one.name)} ({one.share:.2f}: {one.shared:,} strings of its own in common)"
        )
        lines += wrap(told, columns)
        lines += [f"    {shorten(clean(text), columns - 4)}" for text in one.strings[:3]]
    if not any(one.told for one in found):
        lines += wrap(f"not known: too little in common with the {len(found)} references it was held against", columns)
    lines += wrap("Common code shows a common descent, not an owner: kits are licensed, and copied.", columns)
    return "\n".join(lines) + "\n"


def weakness_text(found: Sequence[Weakness], columns: int) -> str:
    """Known faults of the programs inside; empty where none is known."""
    if not found:
        return ""
    lines = ["", f"Known faults of its programs ({len(found)})"]
    for one in found[:_MOST]:
        listed = f", exploited since {one.advisory.exploited.since}" if one.advisory.exploited else ""
        sure = "in the affected range" if one.sure else "whether it is affected cannot be told"
        told = f"{one.advisory.id}  {one.component.name} {one.component.version}: {sure}{listed}"
        lines += hang(clean(told), columns, "  ", "    ")
    lines += wrap("A maker can have mended a fault without a new version.", columns)
    return "\n".join(lines) + "\n"


def image_text(image: Image, columns: int) -> str:
    """What is in an image."""
    kinds = Counter(entry.kind for entry in image.entries)
    volumes = len({entry.volume for entry in image.entries if entry.volume})
    lines = [
        clean(f"{image.name}: {image.size:,} bytes, {image.wrapper}"),
        *wrap(f"{kinds[Kind.FILE]} files, {kinds[Kind.LINK]} links in {volumes} file systems", columns),
    ]
    if image.identity:
        told = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in image.identity.items())
        lines += wrap(clean(f"The header says: {told}."), columns)
    if image.components:
        lines += ["", "Components"]
        seen = sorted({(one.name, one.version) for one in image.components})
        lines += wrap(", ".join(clean(f"{name} {version}") for name, version in seen), columns)
    for kind in _TOLD:
        held = [fact for fact in image.facts if fact.kind == kind]
        if held:
            lines += ["", f"{_NAMES[kind].capitalize()} ({len(held)})"]
            for fact in held[:_MOST]:
                room = max(columns - 6 - min(len(fact.path), 48), 24)
                lines.append(f"  {fact.grade}  {shorten(clean(fact.value), room)}  {clean(fact.path)}")
            if len(held) > _MOST:
                lines.append(f"  ... and {len(held) - _MOST} more; --format json has all")
    lines += _uncovered(image.coverage, columns)
    return "\n".join([*lines, "", *wrap(_GRADE_LINE, columns)]) + "\n"
