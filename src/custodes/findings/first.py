"""The first findings: what a person should look at in a register, said without accusing anybody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from custodes.findings.identity import finding_id
from custodes.model.assessment import Device, Finding
from custodes.model.registers import Credentials
from custodes.model.vocab import Reason, Status

#: Order of severity, mildest first: for `--fail-on`.
SEVERITIES = ("note", "check", "serious")


@dataclass(frozen=True, slots=True)
class Seen:
    """What the records say beside the device itself: shared identifiers, cloud cells, numbers that are none."""

    clashes: Sequence[str] = ()
    cloud: Sequence[str] = ()
    uncounted: Sequence[str] = ()


def device_findings(device: Device, seen: Seen, sentences: Mapping[str, str]) -> tuple[Finding, ...]:
    """Everything to be said about one device."""
    return tuple((*_of_attribution(device, sentences), *_of_records(device, seen)))


def _of_attribution(device: Device, sentences: Mapping[str, str]) -> Iterator[Finding]:
    attribution = device.attribution
    against = [item for item in attribution.because if item.against and item.kind in ("mac-block", "serial-shape")]
    for item in against:
        label = attribution.brand_name or "nothing"
        text = f"the label says {label}, but {item.text}"
        yield _finding(
            "label-contradicts-identifier",
            "serious",
            text,
            device,
            "photograph the label and the board of this unit",
        )
    if attribution.reason is Reason.CONTRADICTION and not against:
        yield _finding("records-contradict", "check", "the records name different makers", device, "look at the unit")
    if attribution.status is Status.UNKNOWN and device.live:
        why = sentences.get(str(attribution.reason), str(attribution.reason))
        yield _finding(
            "make-not-known", "check", f"make not known because {why}", device, "ask, or photograph the label"
        )
    if not device.live:
        yield _finding("not-live", "note", f"not counted as in use: the record says “{device.status_text}”", device)
    for item in attribution.because:
        if item.kind == "damage":
            yield _finding("damaged-identifier", "check", item.text, device, "export again with the column set to text")


def _of_records(device: Device, seen: Seen) -> Iterator[Finding]:
    for text in seen.cloud:
        yield _finding(
            "cloud-enrolled",
            "serious",
            f"enrolled in a cloud or name service ({text})",
            device,
            "ask whether this is wanted; if not, remove it there",
        )
    for text in seen.uncounted:
        told = f"the number of units “{text}” cannot be read as one: counted as one unit"
        yield _finding("quantity-not-read", "check", told, device, "correct the number in the register")
    for text in seen.clashes:
        yield _finding("identifier-shared", "check", text, device, "read the identifier from the units again")


def _finding(kind: str, severity: str, text: str, device: Device, step: str = "") -> Finding:
    return Finding(finding_id(kind, device.id, text), kind, severity, text, device.id, device.sources, step)


def credential_finding(file: str, found: Credentials) -> Finding | None:
    """One finding for each file that held credentials; it names columns, never values."""
    if not (found.columns or found.values):
        return None
    columns = ", ".join(found.columns) if found.columns else "no column of their own"
    text = f"{file} held credentials ({columns}; {found.values} values): dropped before anything was kept"
    step = "export again without passwords, delete this copy, and change the passwords if it was sent around"
    return Finding(finding_id("credentials", file, text), "credentials-in-register", "serious", text, next_step=step)


def gap_finding(file: str, gap: str) -> Finding:
    """A part of a file that could not be read."""
    return Finding(finding_id("gap", file, gap), "not-read", "serious", f"{file}: {gap}")


def mended_finding(file: str, problems: Sequence[str]) -> Finding:
    """What a file of advisories has wrong, and how it was read all the same."""
    more = f" and {len(problems) - _MOST_STATES} more" if len(problems) > _MOST_STATES else ""
    text = f"{file}: read otherwise than it is written, or in part: {'; '.join(problems[:_MOST_STATES])}{more}"
    return Finding(finding_id("advisory", file, text), "advisory-mended", "note", text)


_CORRECT = "correct it in the file"


def judgement_finding(fault: str) -> Finding:
    """A person's judgement that could not be taken."""
    return Finding(finding_id("judgement", fault), "judgement-not-taken", "check", fault, next_step=_CORRECT)


def declaration_finding(fault: str) -> Finding:
    """A declaration that could not be taken."""
    return Finding(finding_id("declared", fault), "declaration-not-taken", "check", fault, next_step=_CORRECT)


def not_seen_finding(body: str, missing: int, total: int, dated: str) -> Finding:
    """What of a body's records was not seen where its network was looked at: that is not to say it is not there."""
    of = f"of {body}" if body else "of those in the records"
    text = f"{missing:,} of {total:,} units {of} were not seen on the network" + (f" on {dated}" if dated else "")
    text += ": not visible from where it was looked is not absent"
    step = "look from inside their networks, or ask where they are"
    return Finding(finding_id("not-seen", body, dated), "not-seen", "note", text, next_step=step)


_MOST_STATES = 8


def status_finding(file: str, states: Mapping[str, int]) -> Finding:
    """Words of a file's status column that the program does not understand, each with its number of devices."""
    ranked = sorted(states.items(), key=lambda item: (-item[1], item[0]))
    named = ", ".join(f"“{text[:40]}” ({count:,})" for text, count in ranked[:_MOST_STATES])
    more = f" and {len(ranked) - _MOST_STATES} more" if len(ranked) > _MOST_STATES else ""
    text = f"{file}: states not understood, or that say two things: {named}{more}. Their devices are counted as in use."
    step = "say in the register which of them are not in use"
    return Finding(finding_id("status", file, text), "status-not-understood", "check", text, next_step=step)
