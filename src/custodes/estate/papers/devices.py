"""Lines about single devices, about models, makers, and purchases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from custodes.estate.papers.catalogue import lines, readings, value
from custodes.estate.papers.desk import (
    COVERED,
    NOT_DETERMINED,
    Desk,
    Judged,
    groups,
    likely,
    not_known,
    or_not_known,
    quantity,
    told,
)
from custodes.estate.papers.systems import why_maker
from custodes.model.assessment import Device
from custodes.model.days import read_day
from custodes.model.papers import Cell
from custodes.model.vocab import Status

DEVICES = lines("devices", "one line for each device that the records count as in use")(
    lambda desk: ((device.id, device) for device in desk.live)
)
PURCHASES = lines("purchases", "devices whose records tell of money, and those that the form's rule may speak of")(
    lambda desk: ((device.id, device) for device in desk.assessment.devices if _purchase(desk, device))
)


def _purchase(desk: Desk, device: Device) -> bool:
    return bool(device.paid) or desk.judged(device).answer in (COVERED, NOT_DETERMINED)


def _plain(name: str, what: str, attribute: str) -> None:
    value(DEVICES, name, what)(lambda _, device: or_not_known(getattr(device, attribute), "the records do not tell it"))


for _name, _what in (
    ("name", "what the body calls it"),
    ("location", "where in the site"),
    ("site", "the site"),
    ("system", "the system"),
    ("quantity", "how many pieces the line stands for"),
    ("serial", "its serial number"),
    ("mac", "its network address on the card"),
    ("firmware", "its firmware"),
    ("installer", "who installed it"),
    ("landlord", "the landlord"),
    ("contract", "the contract"),
):
    _plain(f"device.{_name}", _what, _name)


@value(DEVICES, "device.id", "its id, made from its content")
def device_id(_: Desk, device: Device) -> Cell:
    return told(device.id)


@value(DEVICES, "device.brand", "the name on the box")
def brand(_: Desk, device: Device) -> Cell:
    return or_not_known(device.attribution.brand_name or "", "no record names it")


@value(DEVICES, "device.model", "model or part number")
def model(_: Desk, device: Device) -> Cell:
    return or_not_known(device.attribution.model or "", "no record names it")


@value(DEVICES, "device.type", "what kind of thing it is")
def type_(_: Desk, device: Device) -> Cell:
    return or_not_known(device.attribution.device_type or "", "no record names it")


@value(DEVICES, "device.maker", "the actual maker, if it is established or probable")
def maker(desk: Desk, device: Device) -> Cell:
    return maker_cell(desk, device)


@value(DEVICES, "device.how_sure", "established; probably, check; or not known")
def how_sure(_: Desk, device: Device) -> Cell:
    words = {Status.ASSERTED: "established", Status.REVIEW: "probably, check", Status.UNKNOWN: "not known"}
    return told(words[device.attribution.maker_status])


@value(DEVICES, "device.owner_of_maker", "the owner of the maker on the day")
def owner_of_maker(_: Desk, device: Device) -> Cell:
    return or_not_known(device.attribution.owner_name or "", "the reference data tells no owner")


@value(DEVICES, "device.because", "the evidence, for and against")
def because(_: Desk, device: Device) -> Cell:
    texts = [("although " if item.against else "") + item.text for item in device.attribution.because]
    return told("; ".join(dict.fromkeys(texts)) or "no evidence")


@value(DEVICES, "device.read_in", "the files and rows")
def read_in(_: Desk, device: Device) -> Cell:
    places = (f"{s.file}{', sheet ' + s.sheet if s.sheet else ''}, row {s.row}" for s in device.sources)
    return told("; ".join(places))


PURCHASES.update(DEVICES)  # what follows is of devices in use, or of money, alone
readings(DEVICES, lambda _, device: [device])


def maker_cell(desk: Desk, device: Device) -> Cell:
    """The actual maker of a device as a paper gives it."""
    attribution = device.attribution
    if attribution.maker_status is Status.ASSERTED:
        return told(attribution.oem_name or attribution.brand_name or "")
    if attribution.maker_status is Status.REVIEW:
        named = likely(attribution)
        return told(f"probably {named}, check" if named else "check")
    return not_known(why_maker(desk, device))


@value(DEVICES, "device.ownership", "own, landlord's, or another owner's")
def device_ownership(desk: Desk, device: Device) -> Cell:
    if device.landlord:
        return told("landlord")
    if not device.owner:
        return not_known("nobody is told to own it")
    body = desk.bench.body_of(device).name
    return told("own" if body and (body.startswith(device.owner) or device.owner.startswith(body)) else "another owner")


@value(DEVICES, "device.determination", "what the form's rule says of it, in the words of the form")
def determination(desk: Desk, device: Device) -> Cell:
    judged = desk.judged(device)
    if judged.answer == NOT_DETERMINED:
        return Cell(desk.word(judged.answer), why="; ".join(judged.missing))
    return told(desk.word(judged.answer))


@value(DEVICES, "device.concern", "why the form's rule speaks of it, or what is missing to say so")
def concern(desk: Desk, device: Device) -> Cell:
    return told(why(desk.judged(device)))


def why(judged: Judged) -> str:
    """Why a rule speaks of a device, or what is missing to say so."""
    if judged.answer == NOT_DETERMINED:
        return "missing: " + "; ".join(judged.missing)
    return "; ".join(judged.because) if judged.answer == COVERED else ""


@value(DEVICES, "device.exception", "the exception that is claimed for it")
def exception(desk: Desk, device: Device) -> Cell:
    return told(desk.judged(device).exception or "none claimed")


@value(DEVICES, "device.in_use", "that the records count it as in use")
def in_use(_: Desk, device: Device) -> Cell:
    return told(
        f"in use, as its record says: {device.status_text}" if device.status_text else "no record says otherwise"
    )


@value(DEVICES, "device.purpose", "what its system serves, if that is told")
def purpose(desk: Desk, device: Device) -> Cell:
    purposes = desk.bench.subject(device, desk.bench.body_of(device)).purposes
    words = ", ".join(sorted(word.replace("-", " ") for word in purposes or ()))
    return or_not_known(words, "what its system serves is not told")


@value(DEVICES, "device.identified", "the day on which it was first found to be spoken of by the form's rule")
def identified(desk: Desk, device: Device) -> Cell:
    return told(desk.identified(device) if desk.judged(device).answer == COVERED else "")


@dataclass(frozen=True, slots=True)
class Same:
    """Devices in use of one label, model and maker, of which the form's rule says the same."""

    devices: list[Device]

    @property
    def one(self) -> Device:
        """Any of them."""
        return self.devices[0]


def _models(desk: Desk) -> Iterator[tuple[str, Same]]:
    def key(device: Device) -> tuple[str, ...]:
        told_ = device.attribution
        return (told_.brand_name or "", told_.model or "", told_.oem or "", desk.judged(device).answer)

    for parts, devices in groups([d for d in desk.live if d.attribution.brand_name or d.attribution.oem], key).items():
        yield "|".join(parts), Same(devices)


MODELS = lines("models", "one line for each label and model in use that a record names")(_models)


def _as_of_one(name: str) -> None:
    """What is the same of every device of the group is asked of one of them."""
    of_device = DEVICES[f"device.{name}"]
    value(MODELS, f"model.{name}", of_device.what)(lambda desk, same: of_device.make(desk, same.one))


for _name in ("brand", "model", "type", "maker", "determination", "concern"):
    _as_of_one(_name)


@value(MODELS, "model.quantity", "how many are in use")
def model_quantity(_: Desk, same: Same) -> Cell:
    return told(quantity(same.devices))


@value(MODELS, "model.systems", "the systems that use it")
def model_systems(_: Desk, same: Same) -> Cell:
    names = sorted({device.system for device in same.devices if device.system})
    return or_not_known("; ".join(names), "the records name no system")


@value(MODELS, "model.purpose", "what its systems serve, if that is told")
def model_purpose(desk: Desk, same: Same) -> Cell:
    found = {str(purpose(desk, device).value) for device in same.devices}
    return told("; ".join(sorted(found)))


@value(MODELS, "model.identified", "the day on which one was first found to be spoken of by the form's rule")
def model_identified(desk: Desk, same: Same) -> Cell:
    return told(min(desk.identified(device) for device in same.devices))


@value(MODELS, "model.evidence", "the evidence for the maker")
def model_evidence(_: Desk, same: Same) -> Cell:
    texts = (item.text for item in same.one.attribution.because if not item.against)
    return told("; ".join(dict.fromkeys(texts)) or "no evidence")


def _money(name: str, what: str) -> None:
    def make(_: Desk, device: Device) -> Cell:
        texts = dict.fromkeys(paid.text for paid in device.paid if paid.what == name)
        return or_not_known("; then ".join(texts), "no record tells it")

    value(PURCHASES, f"paid.{name}", what)(make)


for _name, _what in (
    ("award", "number of the award; several where records differ, the first read first"),
    ("fund", "the fund; several where records differ, the first read first"),
    ("order", "purchase order"),
    ("invoice", "invoice"),
    ("seller", "who sold it"),
    ("amount", "what was paid"),
):
    _money(_name, _what)


def obligated_on(device: Device) -> str:
    """The first day on which money was committed, or else of the purchase; empty if no record tells it."""
    days = [day for day in (read_day(paid.text) for paid in device.paid if paid.what == "obligated") if day]
    return min(days) if days else device.bought


@value(PURCHASES, "paid.obligated", "the day on which the money was committed; else of the purchase")
def obligated(_: Desk, device: Device) -> Cell:
    return or_not_known(obligated_on(device), "no record tells a day that can be read")


@value(PURCHASES, "paid.covered", "what the form's rule says of it on the day on which the money was committed")
def covered_then(desk: Desk, device: Device) -> Cell:
    day = obligated_on(device)
    if len(day) < 10:
        judged = desk.judged(device)
        if judged.answer in (COVERED, NOT_DETERMINED):
            lacks = "the day on which the money was committed" if not day else f"the day in {day}"
            return Cell(desk.word(NOT_DETERMINED), why="; ".join((lacks, *judged.missing)))
        return told(desk.word(judged.answer))
    judged = desk.judged_on(device, date.fromisoformat(day))
    if judged.answer == NOT_DETERMINED:
        return Cell(desk.word(judged.answer), why="; ".join(judged.missing))
    note = f" ({judged.because[0]})" if judged.because and judged.answer != COVERED else ""
    return told(desk.word(judged.answer) + note)


@value(PURCHASES, "paid.recoded", "whether records name different funds, awards or days, and where each stands")
def recoded(_: Desk, device: Device) -> Cell:
    said = []
    for what in ("fund", "award", "obligated"):
        texts = {paid.text: paid.where for paid in reversed(device.paid) if paid.what == what}
        if len(texts) > 1:
            named = (f"{text} ({where.file} row {where.row})" for text, where in reversed(texts.items()))
            said.append(f"{what}: " + "; ".join(named))
    return told(" | ".join(said) or "one account in all records" if device.paid else "no record tells of money")
