"""Scans as sources of an estate: hosts merged to devices, identified, handed on as sightings beside register rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from custodes.attribution.identifiers import from_mac, normal_mac
from custodes.attribution.wire.weigh import Identity
from custodes.estate.behind import told_apart
from custodes.estate.sightings import Sighting
from custodes.estate.wire import devices_of
from custodes.evidence.scans import Scan
from custodes.evidence.wire.read import read_reply
from custodes.knowledge import Knowledge
from custodes.model.registers import Account, Skip
from custodes.model.scans import Host
from custodes.model.vocab import Field, Reason, RowKind, Status
from custodes.model.wire import Reply

#: What a scan can tell of a device: for the reason that is given where it does not.
MAPPED = frozenset((Field.MAKE, Field.MODEL, Field.FIRMWARE, Field.SERIAL, Field.MAC, Field.ADDRESS, Field.NAME))
FAINT = "seen on the network, and nothing it says tells that it watches"
OTHER = "seen on the network: by what it says no device that watches"


@dataclass(slots=True)
class _Heard:
    """One device of a scan: its hosts and all their replies. `place`: its number among the devices of one address."""

    hosts: list[Host]
    replies: tuple[Reply, ...]
    place: int | None = None


def sightings_of(scan: Scan, source: int, file: str, knowledge: Knowledge) -> tuple[list[Sighting], Account]:
    """Every host of a scan as a sighting, those of one device joined by MAC, else by address; and the file's account.

    Hosts that say nothing of watching are `faint`: they count only where a record of another source is joined to them.
    """
    account = Account(file, scan.kind.id, scan.kind.name, 1.0, "scan", seen_on_network=True)
    hosts = []
    for host in scan.hosts:
        if host.refused:
            account.skipped.append(Skip(host.row, host.refused))
            account.gaps.append(f"host {host.row}: {host.refused}")
        elif host.absent:
            account.rows += 1
            account.skipped.append(Skip(host.row, host.absent))
        else:
            account.rows += 1
            hosts.append(host)
        if host.left_out:
            account.gaps.append(f"host {host.row}: {host.left_out}")
    devices = list(_merged(hosts, account))
    identities = devices_of([device.replies for device in devices], knowledge)
    found = [
        (device, _of(device, identity, source, file, knowledge))
        for device, identity in zip(devices, identities, strict=True)
    ]
    return sorted(_each_row(found), key=lambda sighting: sighting.row), account


def _each_row(found: Sequence[tuple[_Heard, list[Sighting]]]) -> Iterator[Sighting]:
    """The sightings; of several devices in one row those that watch, and if none does the first stands for all."""
    telling = {host.row for device, sightings in found if not sightings[0].faint for host in device.hosts}
    for device, sightings in found:
        if device.place is None or not sightings[0].faint:
            yield from sightings
        else:
            yield from (one for one in sightings if one.row not in telling)
            telling.update(one.row for one in sightings)


def _merged(hosts: Sequence[Host], account: Account) -> Iterator[_Heard]:
    """Hosts of one MAC address are one device; without one, hosts of one address and time, which a file is. Devices
    behind one address are told apart where their replies do."""
    grouped: dict[str, list[Host]] = {}
    for host in hosts:
        mac = normal_mac(host.mac)
        grouped.setdefault(f"mac {mac}" if mac else f"at {host.address or f'row {host.row}'}", []).append(host)
    for group in grouped.values():
        heard = [(host, read_reply(one.protocol, one.encoding, one.raw)) for host in group for one in host.heard]
        found = told_apart([reply for _, reply in heard])
        if len(found.devices) == 1:
            yield _Heard(group, tuple(reply for _, reply in heard))
            continue
        rows: set[int] = set()
        for place, own in enumerate(found.devices):
            hosts = list({heard[index][0].row: heard[index][0] for index in own}.values())
            rows.update(host.row for host in hosts)
            yield _Heard(hosts, tuple(heard[index][1] for index in own), place)
        several = f"could be of any of the {len(found.devices)} devices behind its address"
        account.skipped += [Skip(host.row, several) for host in group if host.row not in rows]
        if any(heard[index][0].row in rows for index in found.loose):
            account.gaps.append(f"host {group[0].row}: some answers {several}, and are counted for none")


def _of(device: _Heard, identity: Identity, source: int, file: str, knowledge: Knowledge) -> list[Sighting]:
    """The sightings of a device: the first carries what it is, the others are the same unit seen again."""
    cells = _cells(identity, _goods_made(knowledge))
    card = next((host.mac for host in device.hosts if host.mac), "") if device.place is None else ""
    mac = card or identity.mac or ""
    clue = from_mac(mac, knowledge) if mac else None
    only = clue is not None and clue.whole and clue.supplier not in _makers_of_other_goods(knowledge)
    made = (identity.brand, identity.device_type) in _goods_made(knowledge) and identity.status is Status.ASSERTED
    tells = identity.surveillance is True or made or (only and identity.surveillance is None)
    reason = OTHER if identity.surveillance is False else FAINT
    found = []
    for host in device.hosts:
        own = {Field.ADDRESS: host.address, Field.NAME: host.name, Field.MAC: mac}
        told = {str(key): text for key, text in (*own.items(), *cells.items()) if text}
        sighting = Sighting(file, "", host.row, source, RowKind.DEVICE, told, (), MAPPED, seen=True)
        sighting.faint = "" if tells else reason
        sighting.because = tuple(
            item if item.source else replace(item, source=f"{file} host {host.row}") for item in identity.because
        )
        sighting.platforms = identity.platforms
        sighting.ports = _once(host.listens)
        sighting.reason = identity.reason or Reason.NO_BRAND
        sighting.unit = (
            f"{source}|{device.hosts[0].row}|{device.place}"  # one device, whether or not an identifier may say so
        )
        found.append(sighting)
    return found


@lru_cache(maxsize=4096)
def _once(ports: tuple[str, ...]) -> tuple[str, ...]:
    """The same ports as one object: most hosts of an estate are alike in them."""
    return ports


@lru_cache(maxsize=4)
def _makers_of_other_goods(knowledge: Knowledge) -> frozenset[str]:
    """Suppliers of whose goods some do not watch, as a fingerprint or their own trade shows: of these an address block
    alone tells nothing."""
    brands = {rule.brand for rule in knowledge.fingerprints if rule.surveillance is False and rule.brand}
    named = {knowledge.brand(brand).supplier for brand in brands}
    wide = {key for key, row in knowledge.pack.suppliers.items() if not _WIDE.isdisjoint(row.roles)}
    return frozenset(key for key in named | wide if key)


@lru_cache(maxsize=4)
def _goods_made(knowledge: Knowledge) -> frozenset[tuple[str | None, str | None]]:
    """(brand, kind) of the goods whose numbering is known: a maker's switch is its equipment as its cameras are."""
    return frozenset((row.brand, row.device_type) for row in knowledge.pack.grammars.values())


#: Trades that sell more than what watches.
_WIDE = frozenset(("telecoms", "router", "owner", "mobile app", "cloud only", "modules"))


def _cells(identity: Identity, made: frozenset[tuple[str | None, str | None]]) -> dict[Field, str]:
    """What an identity says, in the cells of a register: a label that is only likely goes where it can but propose."""
    name = identity.brand_name or ""
    sure = identity.status is Status.ASSERTED
    proposed = identity.status is Status.REVIEW
    foreign = proposed and identity.brand is None and identity.reason is None  # a name that the pack does not have
    told = {
        Field.MAKE: name if sure or foreign else "",
        Field.DRIVER: name if proposed and not foreign else "",
        Field.MODEL: identity.model or "",
        Field.FIRMWARE: identity.firmware or "",
        Field.SERIAL: identity.serial or "",
    }
    if identity.device_type and (identity.surveillance or (identity.brand, identity.device_type) in made):
        told[Field.DEVICE_TYPE] = identity.device_type
    return told
