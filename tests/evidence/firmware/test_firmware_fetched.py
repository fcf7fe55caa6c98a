"""The bridge: what devices fetch over the wire is looked into, and what devices of different names have in common."""

from __future__ import annotations

import gzip
import hashlib
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import images_made as made

sys.path.insert(0, str(Path(__file__).parents[1] / "captures"))
import wire_made as wire
from jsonschema import Draft202012Validator

from custodes.estate.capturing import grouped, watch
from custodes.estate.fetched import look
from custodes.evidence.firmware.facts.signs import Signs
from custodes.knowledge import knowledge
from custodes.model.firmware import Limits
from custodes.model.registers import Limits as ReadingLimits
from custodes.publication.schemas import schema


def fetch(folder: Path, image: bytes, name: str, host: str) -> Path:
    """A capture in which the camera fetches an update."""
    body = wire.talk(wire.get(f"/firmware/{name}", host), wire.answer(image), size=1_200)
    return wire.pcap(folder / f"{host}.pcap", body)


def image_of(tmp_path: Path, name: str) -> bytes:
    """An update with one program that all have and one of its own."""
    root = tmp_path / name
    made.write(root / "usr/bin/shared", b"\x7fELF\0LPR_RecognizePlate\0" + b"kit of the maker " * 60)
    made.write(root / "etc/name", f"this is {name}\n")
    return made.squashfs(root, tmp_path / f"{name}.img").read_bytes()


def test_a_fetched_file_is_looked_into(tmp_path: Path) -> None:
    image = image_of(tmp_path, "a")
    capture = fetch(tmp_path, image, "update.bin", "a.example")
    command = [sys.executable, "-m", "custodes.cli.main", "capture", capture, "--inspect", "--format"]
    done = subprocess.run([*map(str, command), "jsonl"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    for row in rows:
        Draft202012Validator(schema("capture")).validate(row)
    ((fetched,),) = [row["objects"] for row in rows if row["objects"]]
    assert fetched["sha256"] == hashlib.sha256(image).hexdigest()
    assert (fetched["firmware"]["wrapper"], fetched["firmware"]["files"]) == ("squashfs", 2)
    assert "reads number plates" in {fact["value"] for fact in fetched["firmware"]["facts"]}
    words = subprocess.run([*map(str, command), "table"], capture_output=True, text=True).stdout
    assert "in it: reads number plates (C)" in words
    plain = subprocess.run([*map(str, command[:-2]), "--format", "jsonl"], capture_output=True, text=True).stdout
    held = [one for line in plain.splitlines() for one in json.loads(line)["objects"]]
    assert held and all("firmware" not in one for one in held)


def test_what_devices_of_different_names_have_in_common_is_told(tmp_path: Path, signs: Signs) -> None:
    known = knowledge()
    found = []
    for number, (name, brand) in enumerate((("a", "First"), ("b", "Second"), ("c", "First"))):
        packed = gzip.compress(image_of(tmp_path, name), mtime=0)
        capture = fetch(tmp_path, packed, f"{name}.bin", f"{name}.example")
        (group,), _ = grouped([capture], ReadingLimits())
        _, devices = watch(group, ReadingLimits(), known, keep=True)
        (device,) = [one for one in devices if one.station.notes.objects]
        station = replace(device.station, mac=f"02:00:00:00:01:0{number}")
        found.append(replace(device, station=station, identity=device.identity._replace(brand_name=brand)))
    looked = look(found, signs, Limits())
    shared = {key[0][-1]: [(row.path, row.devices) for row in rows] for key, rows in looked.shared.items()}
    assert shared == {
        "0": [("usr/bin/shared", (("02:00:00:00:01:01", "Second"),))],
        "1": [("usr/bin/shared", (("02:00:00:00:01:00", "First"), ("02:00:00:00:01:02", "First")))],
        "2": [("usr/bin/shared", (("02:00:00:00:01:01", "Second"),))],
    }
