"""What rules say of a device, as findings: who is bound, who is only described, and which days matter.

The force stands in every one of them, and none says more of a body than its force does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import date

from custodes.model.assessment import Device, Finding
from custodes.model.rules import Answer, Force

#: Forces by which a rule asks something of the body itself, in the words that say so.
ON_THE_BODY = {
    Force.BINDS: "binds this body",
    Force.FUNDING: "is a condition of federal award money",
    Force.CONTRACT: "is a term of the contract",
}
_ELSEWHERE = {
    Force.INSTRUCTS: "instructs others; it does not bind this body",
    Force.ADVICE: "is advice; it does not bind this body",
    Force.UNDERTAKING: "is an undertaking; it does not bind by law",
    Force.LISTED: "is a list without a duty for this body",
    Force.PROPOSED: "is only proposed; it binds nobody yet",
}
SOON_DAYS = 366


def rule_findings(device: Device, as_at: date) -> tuple[Finding, ...]:
    """The findings about rules on one live device."""
    if not device.live:
        return ()
    return tuple(_all(device, as_at))


def _all(device: Device, as_at: date) -> Iterator[Finding]:
    described = []
    for said in device.measures:
        if said["reaches"] != Answer.YES.value:
            if _excepted(said):
                yield _finding("exception-claimed", "check", device, said, as_at, _exception_text(said))
            continue
        force = Force(str(said["force"]))
        if force in ON_THE_BODY or (said["addressed"] and force is Force.INSTRUCTS):
            yield _finding("bound-by-rule", "serious", device, said, as_at, _bound_text(said, force))
            yield from _deadline(device, said, as_at)
        elif force in _ELSEWHERE:
            described.append(said)
            if said["addressed"]:
                yield from _deadline(device, said, as_at)
    if described:
        told = "; ".join(f"{said['name']}: {_ELSEWHERE[Force(str(said['force']))]}" for said in described)
        text = f"no rule found here binds this body because of it; it is described by others: {told}"
        bound = any(Force(str(m["force"])) in ON_THE_BODY for m in device.measures if m["reaches"] == Answer.YES.value)
        text = f"it is also described by: {told}" if bound else text
        yield _finding("described-by-rule", "note", device, described[0], as_at, text)


def _bound_text(said: Mapping[str, object], force: Force) -> str:
    does = ON_THE_BODY.get(force, "instructs this body (an instruction, not a law)")
    about = f" about {said['doing']}" if said["doing"] else ""
    because = "; ".join(map(str, said["because"])) if isinstance(said["because"], list) else ""
    return f"{said['name']} {does}{about}" + (f": {because}" if because else "")


def _excepted(said: Mapping[str, object]) -> bool:
    because = said["because"]
    return isinstance(because, list) and any(str(text).startswith("exception: ") for text in because)


def _exception_text(said: Mapping[str, object]) -> str:
    because = said["because"]
    first = str(because[0]) if isinstance(because, list) and because else ""
    return f"{said['name']} does not reach it, because an exception is claimed ({first.removeprefix('exception: ')})"


def _deadline(device: Device, said: Mapping[str, object], as_at: date) -> Iterator[Finding]:
    """A day by which the rule asks something: gone by, or to come within about a year."""
    by = str(said["by"])
    if not by:
        return
    day = as_at.isoformat()
    if day[: len(by)] > by:
        yield _finding("deadline-passed", "serious", device, said, as_at, f"{said['name']}: its day was {by}")
        return
    if len(by) < 10 or (date.fromisoformat(by) - as_at).days <= SOON_DAYS:
        yield _finding("deadline-coming", "check", device, said, as_at, f"{said['name']}: its day is {by}")


def _finding(kind: str, severity: str, device: Device, said: Mapping[str, object], as_at: date, text: str) -> Finding:
    text = f"{text} (force on this body: {said['force']})"
    digest = hashlib.sha256("|".join((kind, device.id, text)).encode("utf-8", "surrogatepass")).hexdigest()[:10]
    day = as_at.isoformat()
    return Finding(f"f-{digest}", kind, severity, text, device.id, device.sources, "", str(said["id"]), day)
