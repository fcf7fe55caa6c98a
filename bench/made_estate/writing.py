"""An estate written to files, with the slips of each kind of source, and its truth beside."""

from __future__ import annotations

import csv
import json
import random
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from xml.sax.saxutils import quoteattr

from made_estate.faults import BODY, configured, write_faults
from made_estate.units import Made, Unit

REGISTER = ("Asset Tag", "Body", "Site", "Camera Name", "Manufacturer", "Model", "Serial Number", "MAC Address",
            "IP Address", "Firmware", "Status", "Note")  # fmt: skip
VMS = ("Camera Name", "Recorder", "Channel", "Site", "Manufacturer", "Model", "IP Address", "MAC Address", "Firmware")
HANDOVER = ("Body", "Site", "Camera", "Recorder", "Channel", "Make", "Model", "Serial No", "MAC", "Firmware")
HANDOVER_FIELDS = ("body", "site", "name", "hardware", "channel", "make", "model", "serial", "mac", "firmware")
VMS_FIELDS = ("name", "hardware", "channel", "site", "make", "model", "address", "mac", "firmware")
DATED = {"register": "2026-01-15", "vms": "2026-11-02", "handover": "2023-04-20", "scan": "2026-11-10"}
SYNTHETIC = "SYNTHETIC: every device is invented"

Row = Mapping[str, str]
Rows = dict[str, list[tuple[str, int]]]


def _mapping(fields: tuple[str, ...]) -> str:
    head = HANDOVER if fields is HANDOVER_FIELDS else VMS
    return ", ".join(f'"{name}" = "{field}"' for name, field in zip(head, fields, strict=True))


def write(made: Made, folder: Path) -> int:
    """Write sources, configuration, what was declared, and the truth. Gives the number of rows."""
    folder.mkdir(parents=True, exist_ok=True)
    chance = random.Random(f"writing {made.seed} {made.size}")
    rows: Rows = {unit.id: [] for unit in made.units}
    names = {site: name for sites in made.sites.values() for site, name in sites}
    tags = {unit.id: f"{unit.body.upper()}{place:06d}" for place, unit in enumerate(made.units)}
    register = _drawn("register", 0.93, made.units, chance)
    _table(folder / "register.csv", REGISTER, [(u, _register(u, tags, names, chance)) for u in register], rows)
    handover = _drawn("handover", 0.85, made.units, chance)
    _table(folder / "handover.csv", HANDOVER, [(u, _handover(u, names, chance)) for u in handover], rows)
    for body in made.sites:
        own = [unit for unit in made.units if unit.body == body]
        listed = _drawn("vms", 0.95, own, chance)
        _table(folder / f"vms-{body}.csv", VMS, [(u, _vms(u, names, chance)) for u in listed], rows)
        _scan(folder / f"scan-{body}.xml", _seen(own, rows, chance), names, chance, rows)
    faults = write_faults(folder, chance)
    (folder / "custodes.toml").write_text("\n".join(_configuration(made)), encoding="utf-8")
    (folder / "declared.yaml").write_text(json.dumps(made.declared, indent=1), encoding="utf-8")
    truth = {
        "synthetic": True,
        "seed": made.seed,
        "size": made.size,
        "devices": [{"id": unit.id, "body": unit.body, "rows": rows[unit.id]} for unit in made.units]
        + [{"id": one["device"], "body": BODY, "rows": one["rows"]} for one in faults],
        "contradictions": [{**one, "rows": rows.get(str(one["device"]), [])} for one in made.contradictions],
        "near_misses": [{**one, "rows": rows[str(one["device"])]} for one in made.near_misses],
        "faults": faults,
    }
    (folder / "truth.json").write_text(json.dumps(truth, indent=0), encoding="utf-8")
    return sum(map(len, rows.values())) + len(faults)


def _drawn(source: str, share: float, units: list[Unit], chance: random.Random) -> list[Unit]:
    """Who stands in a source: most units; each on which something was planted, if it is of that source at all."""
    here = [u for u in units if source in u.in_sources and (u.planted or u.clean or chance.random() < share)]
    return chance.sample(here, len(here))


def _seen(units: list[Unit], rows: Rows, chance: random.Random) -> list[Unit]:
    """Who stands in a scan: only units of which some record is kept, but for those that are planted without."""
    return [u for u in _drawn("scan", 0.92, units, chance) if rows[u.id] or u.planted]


def _table(path: Path, head: tuple[str, ...], told: list[tuple[Unit, Row]], rows: Rows) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, head, lineterminator="\n")
        writer.writeheader()
        for number, (unit, row) in enumerate(told, 2):
            writer.writerow(row)
            rows[unit.id].append((path.name, number))


def _register(unit: Unit, tags: Mapping[str, str], names: Mapping[str, str], chance: random.Random) -> Row:
    sure = unit.clean
    return {
        "Asset Tag": tags[unit.id],
        "Body": unit.body,
        "Site": names[unit.site],
        "Camera Name": unit.name,
        "Manufacturer": _told(unit, "register", "make", unit.goods.name),
        "Model": _told(unit, "register", "model", unit.model if sure or chance.random() < 0.95 else ""),
        "Serial Number": _typed(unit, "register", "serial", unit.serial, 0.75, 0.02, chance),
        "MAC Address": _typed(unit, "register", "mac", unit.mac, 0.75, 0.02, chance),
        "IP Address": unit.then if sure or chance.random() < 0.8 else "",
        "Firmware": _told(unit, "register", "firmware", unit.firmware if chance.random() < 0.6 else ""),
        "Status": _told(unit, "register", "status", "In use"),
        "Note": SYNTHETIC,
    }


def _handover(unit: Unit, names: Mapping[str, str], chance: random.Random) -> Row:
    placed = chance.random() < 0.5
    return {
        "Body": unit.body,
        "Site": names[unit.site],
        "Camera": unit.name,
        "Recorder": unit.recorder if placed else "",
        "Channel": str(unit.channel) if placed else "",
        "Make": _told(unit, "handover", "make", unit.goods.name),
        "Model": _told(unit, "handover", "model", unit.model),
        "Serial No": _typed(unit, "handover", "serial", unit.serial, 0.9, 0.03, chance),
        "MAC": _typed(unit, "handover", "mac", unit.mac, 0.4, 0.03, chance),
        "Firmware": "",
    }


def _vms(unit: Unit, names: Mapping[str, str], chance: random.Random) -> Row:
    plain = not unit.clean and chance.random() < 0.1  # never renamed since it was plugged in
    return {
        "Camera Name": f"Camera {unit.channel:02d}" if plain else _told(unit, "vms", "name", unit.name),
        "Recorder": unit.recorder,
        "Channel": str(unit.channel),
        "Site": names[unit.site],
        "Manufacturer": _told(unit, "vms", "make", unit.goods.name),
        "Model": _told(unit, "vms", "model", unit.model),
        "IP Address": unit.now,
        "MAC Address": _mac(unit.mac, chance) if unit.clean or chance.random() < 0.9 else "",
        "Firmware": _told(unit, "vms", "firmware", unit.firmware),
    }


def _told(unit: Unit, source: str, what: str, text: str) -> str:
    return unit.told.get(f"{source}.{what}", text)


def _typed(unit: Unit, source: str, what: str, text: str, there: float, slips: float, chance: random.Random) -> str:
    """An identifier as a hand has it: mostly there, mostly right."""
    text = unit.told.get(f"{source}.{what}", text)
    if not unit.clean and chance.random() >= there:
        return ""
    if not (unit.clean or unit.slipped) and f"{source}.{what}" not in unit.told and chance.random() < slips:
        text, unit.slipped = _slip(text, chance), True
    return _mac(text, chance) if what == "mac" else text


def _slip(text: str, chance: random.Random) -> str:
    """One slip of the fingers in the later half: a sign mistaken, or two changed over."""
    place = chance.randrange(len(text) // 2, len(text) - 1)
    if chance.random() < 0.3 and text[place] != text[place + 1]:
        return text[:place] + text[place + 1] + text[place] + text[place + 2 :]
    other = chance.choice([sign for sign in "0123456789" if sign != text[place]])
    return text[:place] + other + text[place + 1 :]


def _mac(digits: str, chance: random.Random) -> str:
    pairs = re.findall("..", digits)
    return chance.choice((":".join(pairs), "-".join(pairs).upper(), digits.upper()))


def _scan(path: Path, units: list[Unit], names: Mapping[str, str], chance: random.Random, rows: Rows) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(f"<nmaprun><!-- {SYNTHETIC} -->\n")
        for number, unit in enumerate(units, 1):
            near = unit.clean or chance.random() < 0.7
            mac = f'<address addr="{_mac(unit.mac, chance)}" addrtype="mac"/>' if near else ""
            named = not unit.clean and chance.random() < 0.5
            host = re.sub("[^a-z0-9]+", "-", f"{names[unit.site]} {unit.name}".lower())
            name = f'<hostnames><hostname name="{host}.cctv.example"/></hostnames>' if named else ""
            text = quoteattr(unit.goods.text)[1:-1]
            file.write(
                f'<host><address addr="{unit.now}" addrtype="ipv4"/>{mac}{name}<ports><port protocol="tcp" portid="80">'
                f'<state state="open"/>{unit.goods.said.format(text)}</port></ports></host>\n'
            )
            rows[unit.id].append((path.name, number))
        file.write("</nmaprun>\n")


def _configuration(made: Made) -> Iterator[str]:
    yield f"# {SYNTHETIC}"
    yield '[estate]\ntitle = "An estate made up whole"\nas_at = "2026-11-26"\nsynthetic = true\n'
    for body, sites in made.sites.items():
        yield f'[[body]]\nid = "{body}"\nname = "{body}"\nkind = "police-force"\n'
        for site, name in sites:
            yield f'[[site]]\nid = "{site}"\nname = "{name}"\n'
    yield f'[[source]]\nfile = "register.csv"\ndated = "{DATED["register"]}"\n'
    yield f'[[source]]\nfile = "handover.csv"\ndated = "{DATED["handover"]}"\nstanding = "stated"'
    yield f"mapping = {{ {_mapping(HANDOVER_FIELDS)} }}\n"
    for body in made.sites:
        yield f'[[source]]\nfile = "vms-{body}.csv"\nbody = "{body}"\ndated = "{DATED["vms"]}"'
        yield f"mapping = {{ {_mapping(VMS_FIELDS)} }}\n"
        yield f'[[source]]\nfile = "scan-{body}.xml"\nbody = "{body}"\ndated = "{DATED["scan"]}"\n'
    yield configured()
