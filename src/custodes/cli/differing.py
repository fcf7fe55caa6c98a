"""`custodes diff OLD NEW`: what differs between two assessments, and why."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from custodes.cli.output import columns, print_json, printable
from custodes.cli.papering import earlier_copy
from custodes.estate.differing import differences
from custodes.estate.papers import Earlier
from custodes.model.changes import Cause, Difference
from custodes.publication.text import clean, hang

_MOST = 12


def diff_main(old: Path, new: Path, form: str) -> None:
    """Print what differs."""
    before, after = earlier_copy(old, "OLD"), earlier_copy(new, "NEW")
    found = differences(before.devices, after.devices)
    if form != "table":
        print_json([_object(one) for one in found], form)
        return
    sys.stdout.write(printable(_text(before, after, found), keep_lines=True))


def _object(one: Difference) -> dict[str, object]:
    told = {"cause": one.cause.name.lower(), "device": one.device, "name": one.name, "field": one.field}
    return {**told, "subject": one.subject, "old": one.old or None, "new": one.new or None}


def _text(before: Earlier, after: Earlier, found: Sequence[Difference]) -> str:
    wide = columns()
    head = f"from {before.on} (reference data {before.pack}, {len(before.devices):,} devices) "
    lines = hang(head + f"to {after.on} (reference data {after.pack}, {len(after.devices):,} devices)", wide)
    if not found:
        lines += ["", "Nothing differs."]
    for cause in Cause:
        held = [one for one in found if one.cause is cause]
        if held:
            devices = len({one.device for one in held})
            lines += ["", f"{cause.value.capitalize()}: {len(held):,} differences at {devices:,} devices"]
            for one in held[:_MOST]:
                lines += hang(clean(_said(one)), wide, "  ", "      ")
            if len(held) > _MOST:
                lines.append(f"  ... and {len(held) - _MOST:,} more; --format json has all")
    return "\n".join(lines) + "\n"


def _said(one: Difference) -> str:
    name = f"{one.name or one.device}: "
    subject = f" {one.subject}" if one.subject else ""
    if one.field == "device":
        return f"{name}{'new, ' + one.new if one.new else 'gone, ' + one.old}"
    if one.field == "replaced":
        return f"{name}replaced: {one.old} -> {one.new}"
    if one.field == "finding":
        return f"{name}{'new' if one.new else 'no longer'}: {one.new or one.old}"
    return f"{name}{one.field.replace('_', ' ')}{subject}: {one.old or 'not told'} -> {one.new or 'not told'}"
