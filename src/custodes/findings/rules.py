"""What rules say of a device, as findings: who is bound, who is only described, and which days matter.

The force stands in every one of them, and none says more of a body than its force does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from custodes.findings.identity import finding_id
from custodes.model.assessment import Device, Finding
from custodes.model.rules import Answer, Force, asks_the_body

#: What a force that asks something of the body is said to do.
_ASKS = {
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


Said = Mapping[str, object]
_Told = tuple[str, str, str, str]  # kind, severity, id of the rule, text


class RuleFindings:
    """The findings about rules, for one day. What is said of many devices is put into words once."""

    def __init__(self, as_at: date) -> None:
        self._as_at = as_at
        self._told: dict[int, list[_Told]] = {}
        self._kept: list[Sequence[Said]] = []

    def of(self, device: Device, measures: Sequence[Said]) -> tuple[Finding, ...]:
        """The findings of one live device of which `measures` are said."""
        if not device.live or not measures:
            return ()
        told = self._told.get(id(measures))
        if told is None:
            self._kept.append(measures)  # so that its id stays its own
            told = self._told[id(measures)] = list(_all(measures, self._as_at))
        day = self._as_at.isoformat()
        return tuple(
            Finding(finding_id(kind, device.id, text), kind, severity, text, device.id, device.sources, "", rule, day)
            for kind, severity, rule, text in told
        )


def _all(measures: Sequence[Said], as_at: date) -> Iterator[_Told]:
    described = []
    bound = False
    for said in measures:
        if said["reaches"] != Answer.YES.value:
            if _excepted(said):
                yield _told("exception-claimed", "check", said, _exception_text(said))
            continue
        force = Force(str(said["force"]))
        if asks_the_body(force, bool(said["addressed"])):
            bound = True
            yield _told("bound-by-rule", "serious", said, _bound_text(said, force))
            yield from _deadline(said, as_at)
        elif force in _ELSEWHERE:
            described.append(said)
            if said["addressed"]:
                yield from _deadline(said, as_at)
    if described:
        told = "; ".join(f"{said['name']}: {_ELSEWHERE[Force(str(said['force']))]}" for said in described)
        text = "it is also described by" if bound else "described by rules that do not bind this body"
        yield _told("described-by-rule", "note", described[0], f"{text}: {told}")


def _bound_text(said: Mapping[str, object], force: Force) -> str:
    does = _ASKS.get(force, "instructs this body (an instruction, not a law)")
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


def _deadline(said: Said, as_at: date) -> Iterator[_Told]:
    """A day by which the rule asks something: gone by, or to come within about a year."""
    by = str(said["by"])
    if not by:
        return
    if as_at.isoformat()[: len(by)] > by:
        yield _told("deadline-passed", "serious", said, f"{said['name']}: its day was {by}")
        return
    if len(by) < 10 or (date.fromisoformat(by) - as_at).days <= SOON_DAYS:
        yield _told("deadline-coming", "check", said, f"{said['name']}: its day is {by}")


def _told(kind: str, severity: str, said: Said, text: str) -> _Told:
    return kind, severity, str(said["id"]), f"{text} (force on this body: {said['force']})"
