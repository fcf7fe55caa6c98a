"""Where on the internet an address is: whose network, registered where, standing where, as dated tables say.

Three countries are kept apart: that of the register of addresses, that of the network's system, and estimates of where
the machine stands. None of them is where an operator is at home. Where tables differ the country is disputed; where
many places answer for one address it is not known where the machine stands.
"""

from __future__ import annotations

from dataclasses import dataclass

from custodes.knowledge import Knowledge
from custodes.knowledge.networks import Says, Told
from custodes.knowledge.services import Service
from custodes.model.assessment import Because

_SENTENCES = {
    Says.ORIGIN: "announced by AS{value}",
    Says.ORGANISATION: "that system is of {value}",
    Says.SYSTEM: "that system is of {value}, by its register",
    Says.REGISTERED: "the block of addresses is registered in {value}",
    Says.HOSTING: "the machine is estimated to stand in {value}",
    Says.OPERATOR: "run by {value}",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Whose network an address is in and what is told of countries (ISO 3166-1, two letters).

    `hosting`: estimates, each once, the user's own first; `disputed`: None where nothing is told that could differ.
    """

    system: str = ""
    organisation: str = ""
    system_country: str = ""
    registered: str = ""
    hosting: tuple[str, ...] = ()
    operator: str = ""
    disputed: bool | None = None
    because: tuple[Because, ...] = ()


def place_of(address: str, service: Service | None, knowledge: Knowledge) -> Place:
    """What the tables tell of an address, at which this service was found."""
    told = knowledge.networks.of(address)
    if not told:
        return Place()
    first: dict[Says, str] = {}
    for one in told:
        first.setdefault(one.says, one.value)
    because = [_because(one) for one in told]
    delivery = service if service is not None and service.anywhere else None
    delivery = delivery or _delivery(first.get(Says.ORIGIN, ""), knowledge)
    hosting = tuple(dict.fromkeys(one.value for one in told if one.says is Says.HOSTING))
    registers = {one.value for one in told if one.says in (Says.REGISTERED, Says.SYSTEM)}
    if delivery is not None:
        text = f"{delivery.service} answers from many places: where the machine stands is not known"
        because.append(Because("network", text, f"services/{delivery.id}", source=delivery.cited.source))
        hosting = ()
    disputed = len(hosting) > 1 or len(registers) > 1 if hosting or registers else None
    return Place(
        first.get(Says.ORIGIN, ""),
        first.get(Says.ORGANISATION, ""),
        first.get(Says.SYSTEM, ""),
        first.get(Says.REGISTERED, ""),
        hosting,
        first.get(Says.OPERATOR, ""),
        disputed,
        tuple(because),
    )


def _delivery(system: str, knowledge: Knowledge) -> Service | None:
    found = knowledge.services.of_system(system) if system else None
    return found if found is not None and found.anywhere else None


def _because(told: Told) -> Because:
    text = _SENTENCES[told.says].format(value=told.value)
    return Because("network", f"{text}, as of {told.origin.date}", told.origin.id, source=told.origin.source)
