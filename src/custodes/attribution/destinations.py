"""Where traffic went: a stack of statements, the nearest to the device first, each with its source; then whose it is.

A device's own DNS answer says most, then the name it asked for in TLS or QUIC, then the name in its request of HTTP,
then what the address is called the other way round (PTR), then a list of addresses, last the network it is in. What is
not known stays open: a network's country is no statement of where a machine stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from custodes.attribution.graph import owners
from custodes.attribution.places import Place, place_of
from custodes.knowledge import Knowledge
from custodes.knowledge.services import Called, registrable
from custodes.model.assessment import Because
from custodes.model.captures import Peer
from custodes.model.vocab import Status

#: Where a name was read, the nearest to the device first, in words.
_ORIGINS = {
    "dns": "the device was told this address for {name}",
    "sni": "the device asked for {name} when it connected",
    "host": "the device named {name} in its request",
    "ptr": "the address is called {name} by whoever holds it",
}


@dataclass(frozen=True, slots=True)
class Destination:
    """Whose a peer is. `service`: empty where only its operator is told; `supplier`: id of the pack, if it has one;
    `domain`: the registered part of its name; `home`: country of the operator; `owners`: who owns it, nearest first;
    `place`: its network and countries."""

    service: str = ""
    operator: str = ""
    supplier: str | None = None
    purpose: str = ""
    domain: str = ""
    status: Status = Status.UNKNOWN
    because: tuple[Because, ...] = ()
    home: str = ""
    owners: tuple[str, ...] = ()
    place: Place = field(default_factory=Place)


def destination(peer: Peer, day: date, knowledge: Knowledge) -> Destination:
    """Whose a peer is, as its names on that day say, else its address."""
    because: list[Because] = []
    best: Called | None = None
    domain = ""
    for origin, name in _named(peer):
        domain = domain or registrable(name)
        because.append(Because("name", _ORIGINS[origin].format(name=name), field=origin))
        called = knowledge.services.of_name(name, day)
        if called is not None and (best is None or _better(called, best)):
            best = called
    best = best or knowledge.services.of_address(peer.ip, peer.port, day)
    place = place_of(peer.ip, best.service if best and best.exact else None, knowledge)
    if best is None:
        status = Status.ASSERTED if place.operator else Status.UNKNOWN
        reasons = (*because, *place.because)
        return Destination(operator=place.operator, domain=domain, status=status, because=reasons, place=place)
    row = best.service
    because.append(Because("service", _sentence(best), f"services/{row.id}", source=row.cited.source))
    status = Status.ASSERTED if row.asserts else Status.REVIEW
    told = row.service if best.exact else ""
    purpose = row.purpose if best.exact else ""
    home = (knowledge.pack.suppliers[row.supplier].country or "") if row.supplier else ""
    above = tuple(link.name for link in owners(row.supplier, day, knowledge)) if row.supplier else ()
    reasons = (*because, *place.because)
    return Destination(told, row.operator, row.supplier, purpose, domain, status, reasons, home, above, place)


def _named(peer: Peer) -> Iterator[tuple[str, str]]:
    """The names of a peer with where they were read, the nearest to the device first."""
    order = list(_ORIGINS)
    known = ((origin, name) for name, origin in peer.names.items() if origin in order)
    return iter(sorted(known, key=lambda pair: order.index(pair[0])))


def _better(one: Called, other: Called) -> bool:
    """Whether a finding outweighs an earlier one: attested before a lead, exact before a domain's operator."""
    return (one.service.asserts, one.exact) > (other.service.asserts, other.exact)


def _sentence(called: Called) -> str:
    row = called.service
    run_by = f", run by {row.operator}" if row.operator else ""
    told = f"{row.service}{run_by}" if called.exact else f"a name in a domain of {row.operator}"
    if called.how == "address":
        told = f"this address was {row.service}"
    return told if row.asserts else f"perhaps {told}: a lead"
