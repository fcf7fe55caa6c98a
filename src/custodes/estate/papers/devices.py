"""Lines about single devices in use."""

from __future__ import annotations

from custodes.estate.papers.catalogue import lines, readings, value
from custodes.estate.papers.desk import (
    COVERED,
    EXCEPTED,
    NOT_COVERED,
    NOT_DETERMINED,
    Desk,
    Judged,
    likely,
    not_known,
    or_not_known,
    told,
)
from custodes.estate.papers.systems import owned_by, why_maker
from custodes.model.assessment import Device
from custodes.model.papers import Cell
from custodes.model.vocab import Status

#: What a reader must see comes first.
_ORDER = {COVERED: 0, NOT_DETERMINED: 1, EXCEPTED: 2, NOT_COVERED: 3}


def _sorted(desk: Desk) -> list[Device]:
    return sorted(desk.live, key=lambda device: _ORDER[desk.judged(device).answer])


DEVICES = lines("devices", "one line for each device in use, those of which the form's rule speaks first")(
    lambda desk: ((device.id, device) for device in _sorted(desk))
)


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


OF_RECORDS = dict(DEVICES)  # true of any device; what follows, of one in use
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
    return owned_by(device.owner, device.landlord, desk.bench.body_of(device).name or device.body)


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
        return f"not settled: {'; '.join(judged.missing)}"
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
