"""Units of an estate and what is wrong with some of them, all drawn from one seed."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace

from made_estate.goods import Goods, goods

SITES_OF_A_BODY = 8
UNITS_OF_A_BODY = 500
PLACES = ("North Gate", "Yard", "Reception", "Stair", "Corridor", "Car Park", "Roof", "Lift", "Custody", "Ramp")
SITE_WORDS = ("Quay", "Mill", "Castle", "Station", "Market", "Abbey", "Forge", "Harbour")
SITE_ENDS = ("House", "Court", "Yard", "Hall")


@dataclass
class Unit:
    """One device. `then`, `now`: its address when the register was written and when the network was looked at.
    `planted`: what was planted on it, empty for most; `clean`: whether every source has it without a slip; `slipped`: a
    slip was made already: no unit has two."""

    id: str
    body: str
    site: str
    name: str
    goods: Goods
    model: str
    serial: str
    mac: str
    firmware: str
    then: str
    now: str
    recorder: str
    channel: int
    in_sources: frozenset[str] = frozenset(("register", "vms", "handover", "scan"))
    planted: str = ""
    clean: bool = False
    slipped: bool = False
    told: dict[str, str] = field(default_factory=dict)  # what one source says otherwise, "source.field"


@dataclass(frozen=True)
class Made:
    """An estate: its units and sites by body, how it was drawn, what bodies declared."""

    seed: int
    size: int
    units: list[Unit]
    sites: dict[str, list[tuple[str, str]]]  # body -> (site id, name)
    declared: list[dict[str, object]]
    contradictions: list[dict[str, object]]
    near_misses: list[dict[str, object]]


#: Kinds of contradiction of one unit, and of near misses, each planted on this share of the units.
PLANTED = ("make", "model", "firmware", "life", "unit", "not-recorded")
NEAR = ("make-spelled", "firmware-written", "model-longer", "life-spare", "address-moved", "name-written")
SHARE = 0.004
#: A body whose sources are without a slip.
TIDY = "b0"


def make(seed: int, size: int) -> Made:
    """An estate of `size` units."""
    chance = random.Random(f"estate {seed} {size}")
    bodies = [f"b{number}" for number in range(max(2, size // UNITS_OF_A_BODY))]
    sites = {body: _sites(body, chance) for body in bodies}
    units = _units(size, bodies, sites, chance)
    contradictions, near = _plant(units, chance)
    _repeat_blocks(units, chance)
    declared, told = _declare(units, bodies, chance)
    return Made(seed, size, units, sites, declared, contradictions + told, near)


def _sites(body: str, chance: random.Random) -> list[tuple[str, str]]:
    names = [f"{word} {end}" for word in SITE_WORDS for end in SITE_ENDS]
    chosen = chance.sample(names, SITES_OF_A_BODY)
    return [(f"{body}-s{number}", name) for number, name in enumerate(chosen)]


def _units(size: int, bodies: list[str], sites: dict[str, list[tuple[str, str]]], chance: random.Random) -> list[Unit]:
    kinds = goods()
    places: dict[str, int] = dict.fromkeys(bodies, 0)
    names: dict[tuple[str, str], int] = {}
    serials = {kind.brand: chance.randrange(10**8) for kind in kinds}
    macs: dict[str, int] = {}
    found = []
    for number in range(size):
        body = bodies[number % len(bodies)]
        site, _ = chance.choice(sites[body])
        kind = chance.choice(kinds)
        serials[kind.brand] += chance.choice((1, 1, 1, 2, 7, 40))  # bought in boxes: numbers stand close together
        prefix = chance.choice(kind.prefixes)
        macs[prefix] = macs.get(prefix, chance.randrange(1 << 22)) + chance.choice((1, 1, 2, 5, 300))
        place = chance.choice(PLACES)
        names[site, place] = names.get((site, place), 0) + 1
        at, places[body] = places[body], places[body] + 1
        here = _address(at)
        found.append(
            Unit(
                id=f"u{number}",
                body=body,
                site=site,
                name=f"{place} {names[site, place]:02d}",
                goods=kind,
                model=chance.choice(kind.models),
                serial=f"{kind.brand[:2].upper()}{serials[kind.brand]:09d}",
                mac=f"{prefix}{macs[prefix] % (1 << 24):06x}",
                firmware=f"{chance.randint(1, 9)}.{chance.randint(0, 30)}.{chance.randint(0, 9)}",
                then=here,
                now=here,
                recorder=f"NVR-{body}-{at // 16:03d}",
                channel=at % 16 + 1,
            )
        )
    _churn(found, chance)
    for unit in found:
        unit.clean = unit.body == TIDY
    return found


def _address(place: int) -> str:
    """Private addresses, the same in every body."""
    return f"10.{place // 60_000}.{place // 250 % 240}.{place % 250 + 2}"


def _churn(units: list[Unit], chance: random.Random) -> None:
    """Give every sixth address of a body to another unit of it."""
    by_body: dict[str, list[Unit]] = {}
    for unit in units:
        by_body.setdefault(unit.body, []).append(unit)
    for members in by_body.values():
        moved = chance.sample(members, len(members) // 6)
        addresses = [unit.now for unit in moved]
        for unit, address in zip(moved, addresses[1:] + addresses[:1], strict=True):
            unit.now = address


def _plant(units: list[Unit], chance: random.Random) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    """What contradicts itself and what only seems to, on units that are otherwise without a slip."""
    number = max(1, int(len(units) * SHARE))
    rest = [unit for unit in units if unit.body != TIDY]
    chosen = iter(chance.sample(rest, min(len(rest), number * (len(PLANTED) + len(NEAR) + 4))))
    kinds = goods()
    contradictions: list[dict[str, object]] = []
    near: list[dict[str, object]] = []
    tidy = iter(chance.sample([unit for unit in units if unit.body == TIDY], number))
    for about in PLANTED + NEAR:
        for _ in range(number):
            # what is in no record can only be told where every record has its numbers
            unit = next(tidy if about == "not-recorded" else chosen, None)
            while unit is not None and about == "model" and not unit.goods.others(unit.model):
                unit = next(chosen, None)
            if unit is None:
                return contradictions, near
            unit.planted, unit.clean = about, True
            _say(unit, about, kinds, chance, units)
            row: dict[str, object] = {"about": about, "device": unit.id, "body": unit.body}
            (contradictions if about in PLANTED else near).append(row)
    return contradictions, near


def _say(unit: Unit, about: str, kinds: tuple[Goods, ...], chance: random.Random, units: list[Unit]) -> None:
    """Let one source say it otherwise."""
    name, firmware = unit.goods.name, f"0.{chance.randint(1, 9)}.{chance.randint(0, 9)}"
    other = chance.choice([kind for kind in kinds if kind.houses.isdisjoint(unit.goods.houses)]).name
    model = chance.choice(unit.goods.others(unit.model) or [unit.model])
    nothing = {"vms.make": "", "vms.model": "", "register.model": "", "handover.model": ""}
    unit.told |= {
        # the papers name another maker than the unit shows on the network
        "make": {**nothing, "register.make": other, "handover.make": other},
        "model": {"handover.model": model},
        "firmware": {"register.firmware": firmware},
        "life": {"register.status": "Decommissioned"},
        "make-spelled": {"register.make": f"{name.upper()} "},
        "firmware-written": {"register.firmware": f"V{unit.firmware}"},
        "model-longer": {"handover.model": f"{name} {unit.model}"},
        "life-spare": {"register.status": "In use (spare lamp fitted)"},
        "name-written": {"vms.name": unit.name.upper().replace(" ", "_")},
    }.get(about, {})
    if about == "address-moved":
        unit.then = "10.250.1.1"
    if about == "not-recorded":
        unit.in_sources = frozenset(("scan",))
    if about == "unit":  # the register and the installer have the unit that hung there before
        old = replace(unit, id=f"{unit.id}-old", in_sources=frozenset(("register", "handover")), told={})
        old.serial = f"{unit.serial[:-4]}{(int(unit.serial[-4:]) + 4_321) % 10_000:04d}"
        old.mac = f"{unit.mac[:6]}{(int(unit.mac[6:], 16) ^ 0x5A5A5A):06x}"
        unit.in_sources = frozenset(("vms", "scan"))
        units.append(old)


def _repeat_blocks(units: list[Unit], chance: random.Random) -> None:
    """MAC addresses used twice: by units of two bodies, and copied down to another unit in one body's register."""
    plain = [unit for unit in units if not unit.planted and not unit.clean]
    for _ in range(max(1, len(units) // 250)):
        one, other = chance.sample(plain, 2)
        if one.body != other.body:
            other.mac = one.mac
        elif not one.told and not other.told:
            one.clean = True  # so that the register surely has it twice
            other.told["register.mac"] = one.mac
            other.told["register.serial"] = other.serial


def _declare(
    units: list[Unit], bodies: list[str], chance: random.Random
) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    """What bodies answered when they were asked: in turn, some deny a make that they have, some count it rightly, some
    count too few of it."""
    declared: list[dict[str, object]] = []
    contradictions: list[dict[str, object]] = []
    for place, body in enumerate(bodies):
        makes = [unit.goods.brand for unit in units if unit.body == body and not unit.planted]
        make = chance.choice(sorted(set(makes)))
        number = (None, makes.count(make) + len(units), 1)[place % 3]
        row: dict[str, object] = {"body": body, "make": make, "says": "none" if number is None else "count"}
        declared.append({**row, "number": number or 0, "dated": "2026-03-01", "source": "reply to question 4"})
        if place % 3 != 1:
            contradictions.append({"about": "declared", "device": "", "body": body, "make": make})
    return declared, contradictions
