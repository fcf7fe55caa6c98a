"""What differs between two images: all of it, nothing else, and the same each time."""

from __future__ import annotations

import io
import json
import os
import shutil
import struct
import subprocess
import sys
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import images_made as made
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from custodes.estate.firmware import compare
from custodes.evidence.firmware.facts.signs import Signs
from custodes.evidence.firmware.opening import open_image
from custodes.findings.drift.comparing import drift
from custodes.model.firmware import Change, Coverage, Entry, Image, Kind, Limits
from custodes.publication.schemas import schema

SIGNS = {"+": {"added", "changed"}, "-": {"removed"}, "~": {"changed", "added"}, "e": {"moved", "changed", "added"}}


def cli(*words: str | Path) -> str:
    """What the program prints."""
    command = [sys.executable, "-m", "custodes.cli.main", "firmware", *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("wrapper", sorted(made.WRAPPERS))
def test_everything_that_was_changed_is_told(pair: Any, wrapper: str) -> None:
    told = json.loads(cli("diff", pair.image(wrapper, "v1"), pair.image(wrapper, "v2"), "--format", "json"))
    Draft202012Validator(schema("firmware-diff")).validate(told)
    for item in made.truth()["drift"]:  # type: ignore[attr-defined]
        signs = SIGNS[item["kind"][-1]]
        needles = [item["value"].split(":")[0]] if item.get("value") else item.get("strings") or [""]
        rows = [row for row in told["drift"] if row["change"] in signs and row["path"].endswith(item["file"])]
        assert any(one in json.dumps(row) for row in rows for one in needles), item
    assert "9876543210987654321098" not in json.dumps(told)  # the hash of a password
    assert "MC4CAQAwBQYDK2Vw" not in json.dumps(told)  # a private key


@pytest.mark.parametrize("wrapper", sorted(made.WRAPPERS))
def test_components_are_those_that_the_packages_have(pair: Any, wrapper: str) -> None:
    names = {"busybox-static": "busybox", "dropbear-bin": "dropbear", "wpasupplicant": "wpa_supplicant",
             "dnsmasq-base": "dnsmasq", "zlib1g": "zlib", "libssl1.1": "openssl", "libssl3": "openssl",
             "libcurl4": "curl"}  # fmt: skip
    for version in ("v1", "v2"):
        told = json.loads(cli("inspect", pair.image(wrapper, version), "--format", "json"))
        Draft202012Validator(schema("firmware-inspect")).validate(told)
        have = {(one["name"], one["version"]) for one in told["components"]}
        for package, full in made.truth()["components"][version].items():  # type: ignore[index]
            name = names.get(package, package)
            upstream = full.split(":", 1)[-1].split("-")[0].split("+")[0].removesuffix(".dfsg")
            assert any(name == a and (upstream.startswith(b) or b.startswith(upstream)) for a, b in have), (
                name,
                upstream,
            )
        whole = {(name, number) for name, number in have if name in names.values()}
        assert len({name for name, _ in whole}) == len(whole)  # none in two versions


@pytest.mark.parametrize("wrapper", sorted(made.WRAPPERS))
def test_a_rebuild_with_other_times_differs_in_nothing(pair: Any, signs: Signs, wrapper: str, tmp_path: Path) -> None:
    again = made.WRAPPERS[wrapper](pair.tree("v1"), "v1", tmp_path / "again.bin", time=made.TIME + 86_400)
    assert again.read_bytes() != pair.image(wrapper, "v1").read_bytes()
    assert compare(pair.image(wrapper, "v1"), again, signs, Limits())[2] == []
    assert compare(again, again, signs, Limits())[2] == []


def _swap(root: Path) -> None:
    one, two = root / "usr/bin/program", root / "usr/bin/other"
    first, second = one.read_bytes(), two.read_bytes()
    one.write_bytes(second)
    two.write_bytes(first)


def _relink(root: Path) -> None:
    (root / "etc/link").unlink()
    (root / "etc/link").symlink_to("/elsewhere")


def _file_to_link(root: Path) -> None:
    (root / "etc/a.conf").unlink()
    (root / "etc/a.conf").symlink_to("b.conf")


def _flip(root: Path) -> None:
    held = bytearray((root / "usr/bin/program").read_bytes())
    held[len(held) // 2] ^= 1
    (root / "usr/bin/program").write_bytes(held)


def _script(root: Path) -> None:
    made.write(root / "etc/setup.sh", made.SCRIPT.replace("step2500 --level 3", "step2500 --level 4"))


def _accounts(root: Path) -> None:
    made.write(root / "etc/passwd", "".join(f"user{number}:x:0:0::/:/bin/sh\n" for number in range(9)))


def _rich(root: Path) -> None:
    text = b"\x7fELF\0LPR_RecognizePlate\0FaceDetect_Init\0gender_recognize\0telnetd -l\0http://x.camera.example/a\0"
    text += b"BusyBox v1.30.1\0dropbear_2020.81\0dnsmasq-2.85\0AudioCapture_Start\0" + made.PRIVATE_KEY.encode()
    made.write(root / "usr/bin/new", text, 0o4755)


EDITS: dict[str, tuple[Callable[[Path], object], set[str]]] = {
    "a sign in a long script": (_script, {"etc/setup.sh"}),
    "a bit of a program": (_flip, {"usr/bin/program"}),
    "two files exchanged": (_swap, {"usr/bin/program", "usr/bin/other"}),
    "one of two twins gone": (lambda root: (root / "etc/twin.conf").unlink(), {"etc/twin.conf"}),
    "a twin more": (lambda root: shutil.copy(root / "etc/a.conf", root / "etc/third.conf"), {"etc/third.conf"}),
    "rights": (lambda root: (root / "usr/bin/program").chmod(0o4755), {"usr/bin/program"}),
    "rights of a folder": (lambda root: (root / "etc").chmod(0o777), {"etc"}),
    "a link": (_relink, {"etc/link"}),
    "a file that becomes a link": (_file_to_link, {"etc/a.conf"}),
    "a file gone": (lambda root: (root / "etc/b.conf").unlink(), {"etc/b.conf"}),
    "a file moved": (lambda root: (root / "etc/b.conf").rename(root / "usr/b.conf"), {"etc/b.conf", "usr/b.conf"}),
    "a file emptied": (lambda root: (root / "etc/b.conf").write_bytes(b""), {"etc/b.conf"}),
    "a new program with much in it": (_rich, {"usr/bin/new"}),
    "a new file in new folders": (lambda root: made.write(root / "x/y/z.conf", "a=1\n"), {"x/y/z.conf"}),
    "an empty folder": (lambda root: (root / "var").mkdir(), {"var"}),
    "accounts": (_accounts, {"etc/passwd"}),
}  # fmt: skip


@pytest.mark.parametrize("name", EDITS)
@pytest.mark.parametrize("wrap", ["squashfs", "jffs2", "ubi"])
def test_one_edit_gives_rows_of_its_own_paths_only(name: str, wrap: str, tmp_path: Path, signs: Signs) -> None:
    root = tmp_path / "root"
    made.write(root / "usr/bin/program", b"\x7fELF" + bytes(range(256)) * 50 + b"BusyBox v1.30.1\0", 0o755)
    made.write(root / "usr/bin/other", b"\x7fELF\0other\0dnsmasq-2.85\0telnetd -l\0", 0o755)
    made.write(root / "etc/setup.sh", made.SCRIPT)
    made.write(root / "etc/passwd", "root:x:0:0::/:/bin/sh\n")
    for conf in ("a.conf", "twin.conf"):
        made.write(root / "etc" / conf, "colour=blue\n")
    made.write(root / "etc/b.conf", "colour=green\n")
    (root / "etc/link").symlink_to("a.conf")
    image = {"squashfs": made.squashfs, "jffs2": made.jffs2, "ubi": made.ubi}[wrap]
    old = image(root, tmp_path / "old", time=made.TIME)
    edit, paths = EDITS[name]
    edit(root)
    new = image(root, tmp_path / "new", time=made.TIME + 86_400)
    rows = compare(old, new, signs, Limits())[2]
    touched = {row.path for row in rows} | {row.old_path for row in rows if row.old_path}
    assert touched == paths
    assert 1 <= len(rows) <= 6


def test_a_setting_switched_on_is_stronger(tmp_path: Path, signs: Signs) -> None:
    images = []
    for value in ("0", "1"):
        made.write(tmp_path / value / "etc/cloud.ini", f"p2p_enable={value}\n")
        images.append(made.squashfs(tmp_path / value, tmp_path / f"image{value}"))
    rows = compare(*images, signs, Limits())[2]
    (row,) = [row for row in rows if row.kind == "capability"]
    assert (row.change, row.grade_from, row.grade) == ("changed", "C", "A")
    (file,) = [row for row in rows if row.kind == "file"]
    assert file.evidence["lines"] == ["-p2p_enable=0", "+p2p_enable=1"]


def test_a_script_that_comes_to_where_scripts_are_run_is_a_new_service(tmp_path: Path, signs: Signs) -> None:
    root = tmp_path / "root"
    made.write(root / "usr/off/S98t", "#!/bin/sh\ntelnetd -l /bin/sh &\n", 0o755)
    old = made.squashfs(root, tmp_path / "old")
    (root / "etc/init.d").mkdir(parents=True)
    (root / "usr/off/S98t").rename(root / "etc/init.d/S98t")
    rows = compare(old, made.squashfs(root, tmp_path / "new"), signs, Limits())[2]
    told = {(row.change, row.kind, row.path) for row in rows}
    assert {("added", "service", "etc/init.d/S98t"), ("moved", "file", "etc/init.d/S98t")} <= told


def test_slots_are_told_by_what_they_hold(tmp_path: Path, signs: Signs) -> None:
    slots = []
    for name in ("a", "b"):
        made.write(tmp_path / name / "etc/name", f"slot {name}\n")
        made.write(tmp_path / name / "bin/same", b"\x7fELF same in both" * 50)
        slots.append(made.padded(made.squashfs(tmp_path / name, tmp_path / f"{name}.img").read_bytes()))
    (tmp_path / "ab").write_bytes(slots[0] + slots[1])
    (tmp_path / "ba").write_bytes(slots[1] + slots[0])
    (tmp_path / "only").write_bytes(slots[1])
    assert compare(tmp_path / "ab", tmp_path / "ba", signs, Limits())[2] == []
    rows = compare(tmp_path / "ab", tmp_path / "only", signs, Limits())[2]
    assert {(row.change, row.path.rsplit("/", 2)[-2]) for row in rows} == {("removed", "etc"), ("removed", "bin")}


def test_a_file_too_large_to_unpack_hides_no_other(tmp_path: Path, signs: Signs) -> None:
    root = tmp_path / "root"
    made.write(root / "etc/z.conf", "v=1\n")
    with (root / "etc/a.img").open("wb") as file:
        file.truncate(300 << 20)
    made.squashfs(root, tmp_path / "old")
    made.write(root / "etc/z.conf", "v=2\n")
    made.squashfs(root, tmp_path / "new")
    before, _, rows = compare(tmp_path / "old", tmp_path / "new", signs, Limits(bytes=64 << 20))
    assert {row.path for row in rows} == {"etc/z.conf"}
    assert any("a.img: not read" in told for told in before.coverage.problems)
    assert "etc/a.img" in {entry.path for entry in before.entries}


def test_names_that_an_archive_has_twice(signs: Signs) -> None:
    def archive(*members: tuple[str, str]) -> Image:
        out = io.BytesIO()
        with warnings.catch_warnings(), zipfile.ZipFile(out, "w") as into:
            warnings.simplefilter("ignore")
            for name, held in members:
                into.writestr(name, held)
        return open_image(out.getvalue(), "image", Limits())

    rows = drift(archive(("a", "1"), ("a", "2")), archive(("a", "3"), ("a", "2")))
    assert [row.path for row in rows] == ["a"]


def test_bare_metal_is_compared_by_its_strings(signs: Signs) -> None:
    def image(text: bytes) -> Image:
        return open_image(b"\1\2\3\xfe" * 5_000 + text + b"\0" + b"\3\2\1\xfe" * 5_000, "image", Limits())

    (row,) = drift(image(b"old name of it"), image(b"LPR_RecognizePlate"))
    assert row.evidence["strings_added"] == ["LPR_RecognizePlate"]
    assert row.evidence["strings_removed"] == ["old name of it"]


def test_each_run_gives_the_same_bytes_at_any_number_of_workers(pair: Any, tmp_path: Path) -> None:
    runs = 20 if os.environ.get("CUSTODES_LONG") else 3
    images = (pair.image("flat", "v1"), pair.image("flat", "v2"))
    told = {cli("diff", *images, "--format", "json") for _ in range(runs)}
    papers = set()
    for workers in (1, 2, 8):
        out = tmp_path / f"{workers}.json"
        told.add(cli("diff", *images, "--format", "json", "--workers", str(workers), "--sarif", out))
        papers.add(out.read_bytes())
    assert len(told) == len(papers) == 1


def test_sarif_and_cyclonedx(pair: Any, tmp_path: Path) -> None:
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    for run in ("a", "b"):
        papers = ("--cyclonedx", tmp_path / f"{run}.cdx", "--sarif", tmp_path / f"{run}.sarif")
        cli("inspect", pair.image("flat", "v2"), *papers)
    bill = (tmp_path / "a.cdx").read_text()
    assert bill == (tmp_path / "b.cdx").read_text()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(bill) is None
    told = json.loads(bill)
    assert told["metadata"]["component"]["type"] == "firmware"
    openssl = next(part for part in told["components"] if part["name"] == "openssl")
    assert openssl["evidence"]["occurrences"][0]["location"].endswith("libcrypto.so.3")
    log = json.loads((tmp_path / "a.sarif").read_text())
    (run_,) = log["runs"]
    rules = {rule["id"] for rule in run_["tool"]["driver"]["rules"]}
    assert log["version"] == "2.1.0" and {row["ruleId"] for row in run_["results"]} == rules
    assert len({row["partialFingerprints"]["custodes/1"] for row in run_["results"]}) == len(run_["results"])


def test_without_the_extra_one_line_says_what_to_install(tmp_path: Path) -> None:
    code = "import sys; sys.modules['yara_x'] = None\nimport importlib.util as u; real = u.find_spec\n"
    code += "u.find_spec = lambda name, *a: None if name == 'yara_x' else real(name, *a)\n"
    code += "from custodes.cli.main import run; sys.argv = ['custodes', 'firmware', 'inspect', 'x']; run()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 2 and "pip install 'custodes[firmware]'" in done.stderr


def test_the_words_for_a_person(pair: Any) -> None:
    told = cli("diff", pair.image("flat", "v1"), pair.image("flat", "v2"))
    lines = told.splitlines()
    assert lines[2].startswith("NEW ABILITY")
    for needed in ("NEW SERVICE", "NEW ACCOUNT", "NEW KEY", "NEW ADDRESS", "reads number plates", "components differ"):
        assert needed in told
    assert max(map(len, lines)) <= 140
    assert cli("inspect", pair.image("hikvision", "v1")).splitlines()[0].endswith("digicap")


NAMES = st.sampled_from(["a", "b", "c/d", "c/e", "f"])
TREES = st.dictionaries(NAMES, st.tuples(st.binary(max_size=3), st.sampled_from([0o644, 0o755])), max_size=5)


def _image(tree: dict[str, tuple[bytes, int]]) -> Image:
    import hashlib

    entries = [
        Entry("root", path, Kind.FILE, True, mode, (0, 0), len(held), hashlib.sha256(held).hexdigest(), data=held)
        for path, (held, mode) in tree.items()
    ]
    return Image("x", "", 1, "x", {}, entries, Coverage(1, 1, 0))


@given(TREES, TREES)
@settings(max_examples=300)
def test_each_place_that_differs_has_a_row_and_no_other(old: dict[str, Any], new: dict[str, Any]) -> None:
    rows: list[Change] = drift(_image(old), _image(new))
    told = {row.path for row in rows} | {row.old_path for row in rows if row.old_path}
    assert told == {path for path in {*old, *new} if old.get(path) != new.get(path)}
    assert drift(_image(old), _image(old)) == []


def _elf(sections: dict[str, bytes], claimed: int | None = None) -> bytes:
    """A program of named sections (ELF, 64 bits, little end first), after the specification. `claimed`: the size that
    each of them gives itself."""
    held = {
        **sections,
        ".bss": b"",
        ".shstrtab": b"\0" + b"".join(name.encode() + b"\0" for name in [*sections, ".bss", ".shstrtab"]),
    }
    body, rows, name_at = b"", [bytes(64)], 1
    for name, data in held.items():
        kind, size = (8, 4_096) if name == ".bss" else (1, claimed if claimed and name in sections else len(data))
        rows.append(struct.pack("<IIQQQQIIQQ", name_at, kind, 0, 0, 64 + len(body), size, 0, 0, 1, 0))
        body, name_at = body + data, name_at + len(name) + 1
    head = b"\x7fELF\x02\x01\x01".ljust(16, b"\0")
    head += struct.pack("<HHIQQQIHHHHHH", 2, 62, 1, 0, 0, 64 + len(body), 0, 64, 0, 0, 64, len(rows), len(rows) - 1)
    return head + body + b"".join(rows)


def test_of_a_program_its_sections_are_told_that_hold_other_bytes() -> None:
    old = _elf({".text": b"\1" * 40, ".rodata": b"colour=blue", ".note": b"build 1"})
    new = _elf({".text": b"\1" * 40, ".rodata": b"colour=blue", ".note": b"build 2", ".plates": b"LPR"})
    assert _changed(old, new).evidence["sections"] == {
        "added": [".plates"],
        "removed": [],
        "changed": [".note", ".shstrtab"],
    }


def test_sections_that_claim_more_than_there_is_are_not_read() -> None:
    old, new = (_elf({f".s{number}": text for number in range(900)}, 1 << 20) for text in (b"a" * 1_200, b"b" * 1_200))
    row = _changed(old, new)
    assert row.evidence["sections"] == {"added": [], "removed": [], "changed": []}


def _changed(old: bytes, new: bytes) -> Change:
    (row,) = drift(*(Image("x", "", 0, "", {}, [Entry("", "bin/x", sha256=str(hash(data)), size=len(data), data=data)],
                           Coverage(0, 0, 0)) for data in (old, new)))  # fmt: skip
    return row
