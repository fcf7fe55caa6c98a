"""Whose code: strings in common with known code, open code subtracted; kits of the same descent and of another."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path

import images_made as made
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custodes.attribution.lineage import lineage
from custodes.evidence.firmware.strings import hash_of
from custodes.knowledge.lineage import read_reference, references, written
from custodes.model.errors import BadInput
from custodes.model.firmware import Reference


def kit(seed: int, count: int = 2_000) -> list[bytes]:
    """Strings of a made-up kit."""
    dice = random.Random(seed)
    return [f"kit{seed}_function_{dice.randrange(10**9)}".encode() for _ in range(count)]


def program(path: Path, strings: list[bytes]) -> Path:
    """A program that holds strings."""
    made.write(path, b"\x7fELF\1\1\1\0" + b"\0".join(strings) + b"\0")
    return path


def cli(*words: object) -> subprocess.CompletedProcess[str]:
    """What the program prints."""
    command = [sys.executable, "-m", "custodes.cli.main", "firmware", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True)


def test_a_rebrand_is_told_and_another_kit_is_not(tmp_path: Path, pair: object) -> None:
    first, second = kit(1), kit(2)
    options = ("--source", "made up", "--date", "2026-11-26", "--out")
    for name, strings in (("First kit", first), ("Second kit", second)):
        file = program(tmp_path / f"{name}.elf", strings)
        assert cli("reference", file, "--name", name, *options, tmp_path / f"{name}.json").returncode == 0
    known = ("--lineage", tmp_path / "First kit.json", "--lineage", tmp_path / "Second kit.json")
    busybox = (pair.tree("v1") / "bin/busybox").read_bytes()  # type: ignore[attr-defined]
    root = tmp_path / "root"
    made.write(root / "bin/busybox", busybox)
    program(root / "usr/lib/sdk.so", [*first[:1_600], *kit(3, 400)])
    image = made.squashfs(root, tmp_path / "image")
    told = json.loads(cli("inspect", image, *known, "--format", "json").stdout)["lineage"]
    assert [(row["name"], row["told"]) for row in told] == [("First kit", True), ("Second kit", False)]
    assert told[0]["shared"] == 1_600 and 0.75 < told[0]["share"] < 0.9 and told[1]["shared"] == 0
    assert "shares code lineage with First kit (0.8" in cli("inspect", image, *known).stdout
    made.write(root / "usr/lib/sdk.so", b"\x7fELF" + b"\0".join(kit(4)))
    other = made.squashfs(root, tmp_path / "other")
    assert "not known: too little in common" in cli("inspect", other, *known).stdout


def test_open_code_alone_tells_nothing(pair: object, tmp_path: Path) -> None:
    baseline = references([])
    assert [one.baseline for one in baseline] == [True]
    busybox = pair.tree("v1") / "bin/busybox"  # type: ignore[attr-defined]
    out = tmp_path / "kit.json"
    assert (
        cli("reference", busybox, "--name", "Kit", "--source", "x", "--date", "2026-11-26", "--out", out).returncode
        == 0
    )
    ((row),) = json.loads(cli("inspect", busybox, "--lineage", out, "--format", "json").stdout)["lineage"]
    assert not row["told"] and row["shared"] < 20


STRINGS = st.sets(st.integers(0, 60), max_size=40)


@given(STRINGS, STRINGS, STRINGS, STRINGS)
def test_shares_are_shares(own: set[int], one: set[int], two: set[int], common: set[int]) -> None:
    made_up = {hash_of(b"%08d" % number): b"%08d" % number for number in own}
    known = [
        Reference(name, name == "open", "", "", sorted(hash_of(b"%08d" % number) for number in held))
        for name, held in (("one", one), ("two", two), ("open", common))
    ]
    rows = {row.name: row for row in lineage(made_up, known)}
    assert set(rows) == {"one", "two"}
    assert sum(row.share for row in rows.values()) <= 1.001
    assert rows["one"].shared == len((own & one) - common)


def test_references_are_read_as_they_were_written(tmp_path: Path) -> None:
    reference = Reference("x", False, "source", "2026-11-26", sorted({0, 1, (1 << 64) - 1}))
    path = tmp_path / "x.json"
    path.write_text(written(reference))
    found = read_reference(path)
    assert (found.name, list(found.hashes)) == ("x", list(reference.hashes))
    for text in ("{}", "[]", "no json", '{"form": "custodes:lineage:1"}', written(reference).replace('"AAAA', '"A')):
        path.write_text(text)
        with pytest.raises(BadInput):
            read_reference(path)
