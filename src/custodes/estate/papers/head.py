"""Values of the head of a paper: who, when, from what, and the totals."""

from __future__ import annotations

from collections import Counter
from typing import Any

from custodes import __version__
from custodes.estate.config import Body
from custodes.estate.papers.catalogue import HEAD, TABLES, readings, value
from custodes.estate.papers.desk import (
    COVERED,
    EXCEPTED,
    NOT_COVERED,
    NOT_DETERMINED,
    Desk,
    not_known,
    or_not_known,
    quantity,
    sensitive_count,
    told,
)
from custodes.model.papers import Cell
from custodes.model.rules import asks_the_body, force_words
from custodes.model.vocab import Status

#: Of one maker: a smaller number may point to one place.
FEW = 5
readings(HEAD, lambda desk, _: desk.live)


@value(HEAD, "body.name", "the body or bodies that the paper is about")
def body_name(desk: Desk, _: Any) -> Cell:
    return or_not_known("; ".join(body.name for body in desk.bodies))


@value(HEAD, "body.kind", "which kind of body it is")
def body_kind(desk: Desk, _: Any) -> Cell:
    book = desk.knowledge.pack.rulebook
    kinds = [book.body_aliases.get(body.kind, body.kind) for body in desk.bodies] or [desk.ruling.body_kind]
    names = [book.bodies[kind].name for kind in dict.fromkeys(kinds) if kind in book.bodies]
    return or_not_known("; ".join(names))


@value(HEAD, "on", "the day that the paper speaks of")
def on(desk: Desk, _: Any) -> Cell:
    return told(desk.assessment.as_at.isoformat())


@value(HEAD, "knowledge", "version and day of the reference data, and as known on which day")
def knowledge(desk: Desk, _: Any) -> Cell:
    pack = desk.knowledge.pack
    known = f", rules as known on {desk.ruling.known}" if desk.ruling.known else ""
    return told(f"{desk.knowledge.version} of {pack.date.isoformat()}{known}; program {__version__}")


@value(HEAD, "marking", "the marking chosen")
def marking(desk: Desk, _: Any) -> Cell:
    return told(desk.assessment.marking or "none was chosen")


@value(HEAD, "country", "the country asked for")
def country(desk: Desk, _: Any) -> Cell:
    return told(desk.country) if desk.country else not_known("no country was asked for (--country)")


@value(HEAD, "systems", "the systems in scope")
def systems(desk: Desk, _: Any) -> Cell:
    names = dict.fromkeys(device.system for device in desk.assessment.devices if device.system)
    names |= dict.fromkeys(f"{one.name} (no record of it)" for one in desk.silent_systems())
    return or_not_known("; ".join(names), "neither the records nor the configuration name a system")


@value(HEAD, "sites", "the places in scope; sensitive ones are counted, not named")
def sites(desk: Desk, _: Any) -> Cell:
    names = sorted({d.site for d in desk.assessment.devices if d.site and not d.sensitive})
    hidden = len({d.site for d in desk.assessment.devices if d.sensitive})
    named = "; ".join(names[:30]) + (f"; and {len(names) - 30} more" if len(names) > 30 else "")
    more = f"{'; and ' if named else ''}{hidden} sensitive, not named here" if hidden else ""
    return or_not_known(named + more, "neither the records nor the configuration name a site")


@value(HEAD, "sites.all", "every place in scope, sensitive ones too: for a paper that does not leave the body")
def sites_all(desk: Desk, _: Any) -> Cell:
    names = sorted({d.site for d in desk.assessment.devices if d.site})
    return or_not_known("; ".join(names), "neither the records nor the configuration name a site")


@value(HEAD, "sites.leased", "the places that belong to a landlord")
def sites_leased(desk: Desk, _: Any) -> Cell:
    open_, hidden = _leased(desk, sensitive=False), len(_leased(desk, sensitive=True))
    named = "; ".join([*open_, *([f"and {hidden} sensitive, not named here"] if hidden else [])])
    return or_not_known(named, "no landlord is told for any place")


@value(HEAD, "sites.leased.all", "the places that belong to a landlord, sensitive ones too")
def sites_leased_all(desk: Desk, _: Any) -> Cell:
    names = sorted({*_leased(desk, sensitive=False), *_leased(desk, sensitive=True)})
    return or_not_known("; ".join(names), "no landlord is told for any place")


def _leased(desk: Desk, *, sensitive: bool) -> list[str]:
    names = {d.site for d in desk.assessment.devices if d.landlord and d.site and d.sensitive is sensitive}
    names |= {s.name for s in desk.estate.sites.values() if s.landlord and s.sensitive is sensitive}
    return sorted(names)


@value(HEAD, "sources", "the files read, the day of which each speaks, and its hash")
def sources(desk: Desk, _: Any) -> Cell:
    files = {account.file: account for account in desk.assessment.files}
    return told("; ".join(_source(a.file, a.dated, a.sha256) for a in files.values()))


def _source(file: str, dated: str, sha256: str) -> str:
    return f"{file} ({'of ' + dated if dated else 'its day is not told'}; sha256 {sha256[:16]}…)"


@value(HEAD, "rule.name", "the rule that the form asks about")
def rule_name(desk: Desk, _: Any) -> Cell:
    rule = desk.knowledge.pack.rulebook.rules.get(desk.form.measure)
    return told(f"{rule.name} ({rule.id})") if rule else not_known("the form asks about no rule")


@value(HEAD, "rule.force", "the force of that rule on the body, on the day")
def rule_force(desk: Desk, _: Any) -> Cell:
    if not desk.form.measure:
        return not_known("the form asks about no rule")
    said = []
    for body in desk.bodies or [Body("", "")]:
        force = desk.bench.force_of(desk.form.measure, body)
        text = f"not known: {force.missing[0]}" if force.missing else force_words(force.force, force.addressed)
        said.append(f"{body.name}: {text}" if len(desk.bodies) > 1 else text)
    return told("; ".join(said))


@value(HEAD, "count.total", "devices in the records, in use or not")
def count_total(desk: Desk, _: Any) -> Cell:
    return told(quantity(desk.assessment.devices))


@value(HEAD, "count.live", "devices that the records count as in use")
def count_live(desk: Desk, _: Any) -> Cell:
    return told(quantity(desk.live))


@value(HEAD, "count.established", "devices in use whose actual maker is established")
def count_established(desk: Desk, _: Any) -> Cell:
    return told(desk.sure(desk.live, Status.ASSERTED))


@value(HEAD, "count.probable", "devices in use whose actual maker is probable and to be checked")
def count_probable(desk: Desk, _: Any) -> Cell:
    return told(desk.sure(desk.live, Status.REVIEW))


@value(HEAD, "count.not_known", "devices in use whose actual maker is not known")
def count_not_known(desk: Desk, _: Any) -> Cell:
    return told(desk.sure(desk.live, Status.UNKNOWN))


def _count_judged(name: str, answer: str, what: str) -> None:
    value(HEAD, name, what)(lambda desk, _: told(desk.counted(desk.live, answer)))


_count_judged("count.covered", COVERED, "devices in use of which the form's rule speaks")
_count_judged("count.not_covered", NOT_COVERED, "devices in use with an established maker of which it does not speak")
_count_judged("count.not_determined", NOT_DETERMINED, "devices in use of which that cannot be told")
_count_judged("count.excepted", EXCEPTED, "devices in use for which an exception is claimed")


@value(HEAD, "count.sensitive", "devices in use at sites that are told to be sensitive: at least and at most")
def count_sensitive(desk: Desk, _: Any) -> Cell:
    return sensitive_count(desk, desk.live)


@value(HEAD, "makers.small", "how many makers have fewer than five devices in use, established or not")
def makers_small(desk: Desk, _: Any) -> Cell:
    return told(sum(one.established + one.probable < FEW for _, one in TABLES["makers"].lines(desk)))


@value(HEAD, "identified.first", "the first day on which a device was found to be spoken of by the form's rule")
def identified_first(desk: Desk, _: Any) -> Cell:
    day = desk.first_identified()
    if day:
        return told(day)
    open_ = desk.undetermined()
    return told("nothing was identified" + (f"; {open_:,} are not determined, and may be" if open_ else ""))


@value(
    HEAD, "answer.makers", "one sentence: how many devices, and how far their makers are known; at least and at most"
)
def answer_makers(desk: Desk, _: Any) -> Cell:
    live = quantity(desk.live)
    if desk.country:
        count = desk.reading(desk.live, "maker")
        sure = f"at least {count.yes:,} and at most {count.most:,} were built by a firm of {desk.country}"
        return told(f"Of {live:,} devices in use, {sure}; who built {count.unknown:,} of them is not known.")
    known, probable = desk.sure(desk.live, Status.ASSERTED), desk.sure(desk.live, Status.REVIEW)
    rest = live - known - probable
    return told(
        f"Of {live:,} devices in use, the actual maker is established for {known:,}, probable and to be checked for "
        f"{probable:,}, and not known for {rest:,}."
    )


@value(HEAD, "answer.rules", "one sentence: what rules say of the devices, with their force on the body")
def answer_rules(desk: Desk, _: Any) -> Cell:
    if not desk.assessment.body_told:
        return told("Which rule binds this body cannot be said: its kind is not told.")
    counts: Counter[str] = Counter()
    for device in desk.live:
        counts[_strongest(device.measures)] += device.quantity
    least, open_, described = counts["asks"], counts["cannot tell"], counts["described"]
    if least or open_:
        most = least + open_
        told_rules = f"At least {least:,} and at most {most:,} are reached by a rule that asks something of this body"
        return told(told_rules + (f"; {described:,} are only described by others." if described else "."))
    if described:
        return told(
            f"No rule that binds this body was found for any of them; {described:,} are described by rules without "
            "binding force on it."
        )
    return told("No rule was found that speaks of any of them; those of unknown make may still be.")


def _strongest(measures: Any) -> str:
    asking = [m for m in measures if asks_the_body(str(m["force"]), bool(m["addressed"]))]
    if any(m["reaches"] == "yes" for m in asking):
        return "asks"
    if any(m["reaches"] == "unknown" for m in asking):
        return "cannot tell"
    return "described" if any(m["reaches"] == "yes" for m in measures) else "none"
