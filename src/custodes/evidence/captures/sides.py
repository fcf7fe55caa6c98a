"""Which end of traffic is the site's: by what devices say of their addresses, else by who passes on for many."""

from __future__ import annotations

from collections.abc import Sequence

from custodes.evidence.captures.addresses import is_external, is_group, made_of
from custodes.evidence.captures.desk import Desk
from custodes.model.captures import Ends, Sum

#: A link address with more addresses of the site than these passes on for others.
MOST_OWN = 3
#: The first port that is no service's by convention (RFC 6335).
FIRST_FREE = 1_024


class Sides:
    """Which end of a way is the site's, and which addresses are a device's own."""

    def __init__(self, sums: Sequence[tuple[Ends, Sum]], desk: Desk) -> None:
        self._desk = desk
        self.gateways: set[bytes] = set(desk.routers)
        self._prefixes: dict[bytes, set[bytes]] = {}
        self._opened: dict[tuple[bytes, bytes], int] = {}
        self.sources: dict[bytes, dict[bytes, None]] = {}
        self.near: dict[bytes, dict[bytes, None]] = {}
        self._users: dict[bytes, int] = {}
        self._holders = {address: mac for mac, held in desk.bound.items() for address in held}
        for ends, _ in sums:
            self._look(ends)
            if not is_group(ends.source):
                self.sources.setdefault(ends.source_mac or ends.source, {}).setdefault(ends.source)
        self.gateways.discard(b"")
        self._find_holders()

    def _look(self, ends: Ends) -> None:
        """What one way tells of who passes on for others."""
        out, back = is_external(ends.source), is_external(ends.target)
        if out and not back and not is_group(ends.target):
            self.gateways.add(ends.source_mac)
        if back and not out:
            self.gateways.add(ends.target_mac)
        if out and back:
            self._prefixes.setdefault(ends.source_mac, set()).add(_prefix(ends.source))
            self._prefixes.setdefault(ends.target_mac, set()).add(_prefix(ends.target))
            pair = (ends.source_mac, ends.target_mac)
            self._opened[pair] = self._opened.get(pair, 0) + _began(ends)
            if self._owns(ends.source_mac, ends.source) and not self._owns(ends.target_mac, ends.target):
                self.gateways.add(ends.target_mac)

    def _find_holders(self) -> None:
        """Addresses of the site that one link address alone sends from are its own, if it has few."""
        for held in self.sources.values():
            for address in held:
                self._users[address] = self._users.get(address, 0) + 1
        for mac, held in self.sources.items():
            alone = [address for address in held if self._users[address] == 1 and not is_external(address)]
            if len(mac) == 6 and len(alone) <= 2 * MOST_OWN:
                for address in alone:
                    self._holders.setdefault(address, mac)

    def party(self, party: bytes) -> bytes:
        """The device that a link address or, where the link has none, an address stands for."""
        return party if len(party) == 6 else self._holders.get(party, party)

    def decide(self, ends: Ends) -> bool | None:
        """Of two addresses that are both out on the internet: whether the sender is the site's; None if both are."""
        if _prefix(ends.source) == _prefix(ends.target):
            return None  # neighbours: a network of the site's with addresses of the internet
        mine, theirs = self._owns(ends.source_mac, ends.source), self._owns(ends.target_mac, ends.target)
        if mine or theirs:
            return None if mine and theirs else mine
        mac, other = ends.source_mac, ends.target_mac
        passed_on, passes_on = (self._users.get(one, 0) > 1 for one in (ends.source, ends.target))
        if passed_on != passes_on:
            return passes_on  # an address behind several link addresses was passed on by one of them
        few, many = (len(self._prefixes.get(one, ())) for one in (mac, other))
        if few != many:
            return few < many
        if (mac in self.gateways) != (other in self.gateways):
            return other in self.gateways
        opened, answered = self._opened.get((mac, other), 0), self._opened.get((other, mac), 0)
        return opened > answered if mac and other and opened != answered else _began(ends)

    def _owns(self, mac: bytes, address: bytes) -> bool:
        return bool(mac) and (address in self._desk.bound.get(mac, ()) or made_of(address, mac))

    def own(self, party: bytes) -> list[bytes]:
        """The addresses that are a device's own."""
        bound = [address for address in self._desk.bound.get(party, ()) if not is_group(address)]
        used = self.sources.get(party, {})
        seen = [
            address
            for address in used
            if (not is_external(address) or address in self.near.get(party, ()))
            and self._holders.get(address, party) == party
        ]
        passes_on = party in self.gateways and len([one for one in seen if len(one) == 4]) > MOST_OWN
        near = [] if passes_on else [*seen, *self.near.get(party, ())]
        if len(party) != 6:
            near.append(party)
        kept = dict.fromkeys((*bound, *near))
        return sorted((one for one in kept if not is_group(one)), key=lambda one: (len(one), one))


def _began(ends: Ends) -> bool:
    """Whether a way is that of whoever began: by a service's port where one end has one, else by its first frame."""
    if (ends.sport < FIRST_FREE) != (ends.dport < FIRST_FREE) and min(ends.sport, ends.dport) > 0:
        return ends.dport < FIRST_FREE
    return ends.opened


def _prefix(address: bytes) -> bytes:
    return address[:8] if len(address) == 16 else address[:3]
