"""From what a test found and what a person attested to the answer of one check. Evidence stands before attestation; a
shortfall against a code to which regard must be had is "no evidence that regard was had", and never more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from custodes.findings.checks import network, records, rules
from custodes.findings.checks.scope import Scope, Test
from custodes.model.checks import Attestation, Attests, Check, Outcome, Result, Says, Way
from custodes.model.days import is_day, span
from custodes.model.errors import BadInput, did_you_mean

TESTS: Mapping[str, Test] = {
    "recorded": records.recorded,
    "maker-known": records.maker_known,
    "register-credentials": records.register_credentials,
    "firmware-recorded": records.firmware_recorded,
    "declared": records.declared,
    "serials": records.serials,
    "broadcast": records.broadcast,
    "register-network": network.register_network,
    "services": network.services,
    "in-the-clear": network.in_the_clear,
    "cloud": network.cloud,
    "clear-updates": network.clear_updates,
    "outward": network.outward,
    "destinations": network.destinations,
    "exposed": network.exposed,
    "bound": rules.bound,
    "core-network": rules.core_network,
    "exploited": rules.exploited,
    "latent": rules.latent,
}
NO_REGARD = "no evidence that regard was had"


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom one answer speaks of. `duty`: in words, how the rule stands to it under which regard must be had; `meant`:
    whether the configuration says that there is equipment of the kinds that the check is for."""

    body: str = ""
    system: str = ""
    name: str = ""
    duty: str = ""
    meant: bool = False


def judge(check: Check, subject: Subject, scope: Scope, attested: Sequence[Attestation]) -> Result:
    """The answer to one check for one subject. `attested`: what was attested of it by that day, in any order."""
    ordered = sorted(attested, key=lambda one: one.on)
    last = ordered[-1] if ordered else None
    found = Result(check, Says.NOT_KNOWN, subject.body, subject.system, subject.name)
    found = replace(found, attested=last, earlier=tuple(ordered[:-1]))
    if check.kinds and not scope.devices and last is None and not subject.meant:
        return replace(found, says=Says.NOT_APPLICABLE, text="nothing of this kind is on record here")
    if check.way is Way.NOT_TESTABLE and last is None:
        return replace(found, says=Says.NOT_TESTABLE, text=check.note)
    if check.way in (Way.ATTESTED, Way.NOT_TESTABLE):
        says, text = _attested(check, last, subject, scope.as_at)
        return replace(found, says=says, text=text)
    outcome = _test(check)(check, scope)
    found = replace(found, outcome=outcome)
    says, text = _tested(outcome)
    if check.way is Way.AUTOMATIC:
        return replace(found, says=says, text=text)
    if says is Says.SHORTFALL:
        although = f"; although {_sentence(last, scope.as_at)}" if last and last.answer is Attests.YES else ""
        return replace(found, says=says, text=text + although)
    told, words = _attested(check, last, subject, scope.as_at)
    return replace(found, says=told, text=f"{words}; {text}")


def _test(check: Check) -> Test:
    if check.test not in TESTS:
        remedy = did_you_mean(check.test, TESTS) or f"known: {', '.join(TESTS)}"
        raise BadInput(f"the check {check.id} asks for a test {check.test[:40]!r} that is not known", remedy=remedy)
    return TESTS[check.test]


def _tested(outcome: Outcome) -> tuple[Says, str]:
    """What a test says by itself."""
    if outcome.missing:
        return Says.NOT_KNOWN, f"not known, because {outcome.missing}"
    if outcome.short:
        more = f", of {len(outcome.unknown):,} it cannot be told" if outcome.unknown else ""
        return Says.SHORTFALL, f"{len(outcome.short):,} of {outcome.looked:,}{more}"
    if not outcome.looked:
        return Says.NOT_KNOWN, "not known, because nothing in use is on record here"
    if outcome.unknown:
        return Says.NOT_KNOWN, f"none seen, but of {len(outcome.unknown):,} it cannot be told"
    return Says.NONE_SEEN, f"none seen among {outcome.looked:,}"


def _attested(check: Check, last: Attestation | None, subject: Subject, as_at: date) -> tuple[Says, str]:
    """What a person's word says, with the edition or day it names."""
    if last is None:
        return Says.NOT_ANSWERED, _regard(check, "nobody has answered", subject)
    told = _sentence(last, as_at)
    if last.answer is Attests.NOT_APPLICABLE:
        return Says.NOT_APPLICABLE, told
    if last.answer is Attests.NOT_KNOWN:
        return Says.NOT_KNOWN, _regard(check, told, subject)
    if last.answer is Attests.NO:
        return Says.ATTESTED_NOT, _regard(check, told, subject)
    if last.answer is Attests.PART:
        return Says.IN_PART, _regard(check, told, subject)
    lapsed = _term(check, last, as_at)
    return (lapsed[0], f"{told}, but {lapsed[1]}") if lapsed else (Says.ATTESTED, told)


def _regard(check: Check, text: str, subject: Subject) -> str:
    if not check.regard:
        return text
    return f"{text}: {NO_REGARD}" + (f" ({subject.duty})" if subject.duty else "")


def _sentence(one: Attestation | None, as_at: date) -> str:
    if one is None:
        return ""
    days = (as_at - date.fromisoformat(one.on)).days
    term = f" ({one.term})" if one.term else ""
    shown = f", shown by {one.evidence}" if one.evidence else ", nothing shown"
    return f"attested “{one.answer}”{term} by {one.by} on {one.on}, {days:,} days before{shown}"


def _term(check: Check, one: Attestation, as_at: date) -> tuple[Says, str] | None:
    """Why a yes does not hold on the day: its edition ran out, its day has gone by, or neither is told."""
    if not check.term:
        return None
    if not one.term:
        return Says.NOT_KNOWN, f"the {check.term} is not told"
    if check.term == "edition" and not check.editions:
        return None
    until = check.editions.get(one.term) if check.term == "edition" else one.term if is_day(one.term) else None
    if until is None:
        known = ", ".join(check.editions)
        why = f"it is none of {known}" if known else "it is no day"
        return Says.NOT_KNOWN, f"the {check.term} {one.term[:40]!r} cannot be read: {why}"
    first, last = span(until)
    on = "on" if first == last else "in"
    if as_at > last:
        return Says.SHORTFALL, f"that ran out {on} {until}"
    if as_at < first or first == last:
        return None
    return Says.NOT_KNOWN, f"that runs out {on} {until}, and the day is not told"
