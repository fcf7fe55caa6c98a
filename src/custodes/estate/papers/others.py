"""Lines about makers, rules, files, questions, changes and clocks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from custodes.estate.papers.catalogue import lines, value
from custodes.estate.papers.changes import changes
from custodes.estate.papers.desk import Desk, groups, likely, not_known, or_not_known, told
from custodes.estate.papers.systems import reasons
from custodes.model.assessment import FileAccount
from custodes.model.days import in_words
from custodes.model.papers import Cell, Clock
from custodes.model.rules import force_words
from custodes.model.vocab import Status


@dataclass(frozen=True, slots=True)
class Maker:
    """One maker at one body, or those of which the maker is not known."""

    body: str
    name: str
    established: int
    probable: int


def _makers(desk: Desk) -> Iterator[tuple[str, Maker]]:
    named = groups(desk.live, lambda d: (desk.bench.body_of(d).name or d.body,))
    for (body,), devices in named.items():
        sure: Counter[str] = Counter()
        probable: Counter[str] = Counter()
        unknown = 0
        for device in devices:
            told_ = device.attribution
            if told_.maker_status is Status.ASSERTED:
                sure[told_.oem_name or ""] += device.quantity
            elif told_.maker_status is Status.REVIEW and told_.candidates:
                probable[likely(told_)] += device.quantity
            else:
                unknown += device.quantity
        for name in sorted({*sure, *probable}, key=lambda one: (-sure[one], -probable[one], one)):
            yield f"{body}|{name}", Maker(body, name, sure[name], probable[name])
        if unknown:
            yield f"{body}|", Maker(body, "not known", 0, unknown)


MAKERS = lines("makers", "one line for each actual maker at each body, and one for those not known")(_makers)
value(MAKERS, "maker.body", "the body")(lambda _, maker: or_not_known(maker.body, "no body is told"))
value(MAKERS, "maker.name", "the actual maker")(lambda _, maker: told(maker.name))
value(MAKERS, "maker.established", "devices in use established as its")(lambda _, maker: told(maker.established))
value(MAKERS, "maker.not_established", "devices in use that are probably its, or not known whose")(
    lambda _, maker: told(maker.probable)
)

Said = Mapping[str, object]


def _rules(desk: Desk) -> Iterator[tuple[str, Said]]:
    for said in desk.assessment.rules or ():
        if said["reaches"] != "no":
            yield f"{said['id']}|{said['force']}|{said['reaches']}", said


RULES = lines("rules", "one line for each rule that says something here, and for those that speak to the body")(_rules)
value(RULES, "rule.id", "its id in the reference data")(lambda _, said: told(str(said["id"])))
value(RULES, "rule.name", "its name")(lambda _, said: told(str(said["name"])))
value(RULES, "rule.by", "the next day by which it asks something")(lambda _, said: told(str(said["by"]) or "none"))


@value(RULES, "rule.of_devices", "whether it speaks of devices: yes, no or cannot tell")
def rule_of_devices(_: Desk, said: Said) -> Cell:
    if said["about"] != "device":
        return told("no")
    return told({"yes": "yes", "unknown": "cannot tell"}.get(str(said["reaches"]), "no"))


@value(RULES, "rule.force", "its force on the body at hand")
def rule_force(_: Desk, said: Said) -> Cell:
    return told(force_words(str(said["force"]), bool(said["addressed"])))


@value(RULES, "rule.devices", "how many devices in use it speaks of, or may speak of")
def rule_devices(_: Desk, said: Said) -> Cell:
    if said["about"] == "body":
        return told("speaks to the body, not of devices")
    count = int(str(said["devices"]))
    return told(f"{count:,}" if said["reaches"] == "yes" else f"cannot tell: {count:,}")


def _files(desk: Desk) -> Iterator[tuple[str, FileAccount]]:
    for account in desk.assessment.files:
        yield f"{account.file}|{account.sheet}", account


FILES = lines("files", "one line for each file or sheet read")(_files)
value(FILES, "file.name", "file and sheet")(
    lambda _, one: told(f"{one.file}, sheet {one.sheet}" if one.sheet else one.file)
)
value(FILES, "file.dated", "the day of which it speaks")(
    lambda _, one: or_not_known(one.dated, "the configuration does not tell it")
)
value(FILES, "file.rows", "data rows")(lambda _, one: told(one.rows))
value(FILES, "file.devices", "devices first read in it")(lambda _, one: told(one.devices))
value(FILES, "file.merged", "rows folded into a device of another row")(lambda _, one: told(one.merged))
value(FILES, "file.skipped", "rows that became no device")(lambda _, one: told(one.skipped))
value(FILES, "file.sha256", "hash of the file")(lambda _, one: told(one.sha256))
value(FILES, "file.format", "how it was read")(lambda _, one: told(one.format_name))


@dataclass(frozen=True, slots=True)
class Open:
    """Something that would turn "not known" into known."""

    text: str
    settles: int


STEPS = lines("next-steps", "what would change the answer most, the most first")(
    lambda desk: ((step.text, step) for step in _steps(desk))
)
value(STEPS, "step.text", "what to do")(lambda _, one: told(one.text))
value(STEPS, "step.settles", "how many devices hang on it")(lambda _, one: told(one.settles))


def _steps(desk: Desk) -> list[Open]:
    if not desk.live:
        return [Open("Give a register: the records name no device in use, so nothing is established.", 0)]
    return [Open(step.text, step.settles) for step in desk.assessment.next_steps][:3]


REASONS = lines("reasons", "why makers are not known, each reason with its number")(
    lambda desk: ((why, Open(why, count)) for why, count in reasons(desk, desk.live))
)
value(REASONS, "reason.text", "the reason")(lambda _, one: told(one.text))
value(REASONS, "reason.devices", "devices in use")(lambda _, one: told(one.settles))

BEFORE = lines("identified-before", "what an earlier paper identified by the form's rule and this one does not")(
    lambda desk: ((one.record.device, one) for one in desk.no_longer)
)
value(BEFORE, "before.item", "what it was called")(lambda _, one: or_not_known(one.record.name, "no record named it"))
value(BEFORE, "before.site", "the site")(lambda _, one: or_not_known(one.record.site, "no record told it"))
value(BEFORE, "before.model", "brand and model")(
    lambda _, one: or_not_known(" ".join(filter(None, (one.record.brand, one.record.model))), "no record told it")
)
value(BEFORE, "before.maker", "the actual maker then")(lambda _, one: or_not_known(one.record.maker, "not told"))
value(BEFORE, "before.quantity", "how many pieces")(lambda _, one: told(one.record.quantity))
value(BEFORE, "before.identified", "the day on which it was first identified")(lambda _, one: told(one.record.day))
value(BEFORE, "before.now", "what these records say of it")(lambda _, one: told(one.now))

CHANGES = lines("changes", "what differs from an earlier copy: equipment, what we know, rules")(
    lambda desk: ((change.kind, change) for change in changes(desk))
)
value(CHANGES, "change.kind", "equipment changed, we know more, or rules changed")(lambda _, one: told(one.kind))
value(CHANGES, "change.devices", "how many devices")(
    lambda _, one: not_known(one.text) if one.devices is None else told(one.devices)
)
value(CHANGES, "change.text", "what it is")(lambda _, one: told(one.text if one.devices is not None else ""))

CLOCKS = lines("clocks", "the clauses of the form that want a report, and by when")(
    lambda desk: ((clock.clause, clock) for clock in _wanted(desk))
)
value(CLOCKS, "clock.clause", "the clause")(lambda _, clock: told(clock.clause))
value(CLOCKS, "clock.text", "what it wants")(lambda _, clock: told(clock.text))


def _wanted(desk: Desk) -> list[Clock]:
    """The clocks of the clauses that a person names ("52.204-25"); every clock where none is named, or another."""
    named = set(_CLAUSE.findall(desk.person("clause")))
    found = [clock for clock in desk.form.clocks if named & set(_CLAUSE.findall(clock.clause))]
    return found or list(desk.form.clocks)


_CLAUSE = re.compile(r"\d+\.\d+-\d+")


@value(CLOCKS, "clock.due", "by when, counted from the day of first identification")
def clock_due(desk: Desk, clock: Clock) -> Cell:
    day = desk.first_identified()
    if not day:
        open_ = desk.undetermined()
        if open_:
            return not_known(f"nothing was identified, but {open_:,} items are not determined: it starts if one is")
        return told("it has not started by this paper: nothing was identified")
    start = date.fromisoformat(day)
    if clock.hours:
        return told(
            f"{clock.hours} hours after it was identified on {in_words(start)}: the paper knows the day, not the hour"
        )
    holidays = "Mondays to Fridays are counted; public holidays, which the program does not know, make it later"
    if clock.after_first:
        return told(f"{clock.business_days} business days after the first report is sent ({holidays})")
    try:
        return told(f"{in_words(business_day(start, clock.business_days))} ({holidays})")
    except OverflowError:
        return not_known(f"no calendar has a day {clock.business_days} business days after {start}")


def business_day(start: date, count: int) -> date:
    """The day `count` business days after `start`; Saturdays and Sundays are none."""
    day = start
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < 5
    return day
