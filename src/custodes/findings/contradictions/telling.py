"""A contradiction as a finding: both sides in words, what to do. It says that they differ, never who is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from custodes.findings.identity import finding_id
from custodes.model.assessment import Finding
from custodes.model.contradictions import About, Side
from custodes.model.sources import SourceRow

_SERIOUS = frozenset((About.MAKE, About.LIFE, About.DECLARED, About.NOT_RECORDED))
_WHAT = {
    About.MAKE: "the make is told in two ways",
    About.MODEL: "the model is told in two ways",
    About.FIRMWARE: "the firmware is told in two ways",
    About.SITE: "the site is told in two ways",
    About.LIFE: "out of use by one, at work by the other",
    About.UNIT: "two units are told at one place",
    About.NOT_RECORDED: "on the network, in no record of the body",
    About.DECLARED: "told otherwise than the body declared",
}
_STEP = {
    About.MAKE: "photograph the label and the board of this unit",
    About.MODEL: "read the model on the label",
    About.FIRMWARE: "read the version on the unit itself, and put it into the register",
    About.SITE: "look where the unit is",
    About.LIFE: "look whether it is still there; if it is, it is in use",
    About.UNIT: "look which unit hangs there: it may have been replaced, or a number is written wrong",
    About.NOT_RECORDED: "find out what it is and whose, and put it into the register",
    About.DECLARED: "tell whoever was answered, with the devices, or show why they are none",
}


def contradiction(
    about: About, sides: Sequence[Side], device: str = "", subject: str = "", sources: Sequence[SourceRow] = ()
) -> Finding:
    """The finding. `subject`: the body or system that it is about, if no device; `sources`: more records behind it."""
    told = "; ".join(_words(side) for side in sides)
    text = f"{subject}: {_WHAT[about]}: {told}" if subject else f"{_WHAT[about]}: {told}"
    parts = (about, device or subject, *(f"{side.standing} {side.value}" for side in sides))
    identity = finding_id(*parts, prefix="C-")
    where = dict.fromkeys((*(side.where for side in sides if side.where), *sources))
    severity = "serious" if about in _SERIOUS else "check"
    return Finding(
        identity, "contradiction", severity, text, device, tuple(where), _STEP[about], about=about, sides=tuple(sides)
    )


def perhaps_one(device: str, sides: Sequence[Side]) -> Finding:
    """Two units told at one place whose numbers differ by one sign: a slip of a hand, or two units of one box."""
    found = contradiction(About.UNIT, sides, device)
    text = f"perhaps one unit, with a slip in a number: {'; '.join(_words(side) for side in sides)}"
    step = "read the number on the unit, and judge it in judgements.yaml"
    return replace(found, kind="perhaps-one-unit", text=text, next_step=step, about="")


def _words(side: Side) -> str:
    source = f"{side.where.file} row {side.where.row}" if side.where else side.told_in
    day = side.dated or "no day told"
    old = f", {side.age:,} days before" if side.age else ""
    return f"{side.standing} “{side.value}” ({source}, {day}{old})"
