"""Questions that go out to landlords, installers, contract holders and site teams, and their answers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to find out. `id` is stable: the same question has the same id in every run.

    `addressee_kind`: landlord | installer | contract | site. `settles` counts the devices one answer settles.
    """

    id: str
    addressee_kind: str
    addressee: str
    site: str
    subject: str  # the device, or the group of devices
    place: str
    missing: str  # what is missing
    todo: str  # what to do: photograph the label, read the MAC from the switch port, ask for the model
    settles: int
    devices: tuple[str, ...] = ()  # ids, so that an answer becomes evidence about them


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer as it came back. `state` is empty, "could not find out", "not held" or "refused".

    `damaged` names the columns whose value a spreadsheet turned into a number or a date: they are shown
    and are no evidence. `devices`: of which it was asked, where who hands it on still knows that.
    """

    question: str
    state: str = ""
    make: str = ""
    model: str = ""
    serial: str = ""
    mac: str = ""
    firmware: str = ""
    answered_by: str = ""
    date: str = ""
    remark: str = ""
    damaged: tuple[str, ...] = ()
    file: str = ""
    sheet: str = ""
    row: int = 0
    devices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """One place in a returned workbook that cannot be taken over, and why."""

    sheet: str
    cell: str
    why: str
