"""Images that lie: nothing is written, nothing runs on for ever, and what was readable is given."""

from __future__ import annotations

import gzip
import io
import os
import random
import resource
import struct
import subprocess
import sys
import tarfile
import time
import zipfile
from pathlib import Path
from typing import Any

import images_made as made
import pytest

from custodes.evidence.firmware.budget import Budget, Damaged
from custodes.evidence.firmware.facts.accounts import accounts
from custodes.evidence.firmware.facts.services import services
from custodes.evidence.firmware.hiding import hidden
from custodes.evidence.firmware.opening import open_image
from custodes.evidence.firmware.packing import unzstd
from custodes.model.firmware import Entry, Image, Kind, Limits


def opened(data: bytes, **limits: Any) -> Image:
    """An image, opened."""
    return open_image(data, "image", Limits(**limits))


def _zip(members: dict[str, bytes], links: dict[str, str] | None = None) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, held in members.items():
            archive.writestr(name, held)
        for name, target in (links or {}).items():
            info = zipfile.ZipInfo(name)
            info.external_attr = 0o120777 << 16
            archive.writestr(info, target)
    return out.getvalue()


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "a/../../b", "..", "./x", "a//b"])
def test_names_lead_nowhere(name: str) -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        info = tarfile.TarInfo(name)
        info.size = 3
        archive.addfile(info, io.BytesIO(b"abc"))
    for data in (out.getvalue(), _zip({name: b"abc"})):
        (entry,) = [one for one in opened(data).entries if one.kind is Kind.FILE]
        assert not entry.path.startswith("/") and ".." not in entry.path.split("/")


def test_links_are_told_and_not_followed() -> None:
    image = opened(_zip({"a": b"text\n"}, {"out": "/etc/shadow", "loop": "loop"}))
    assert {entry.path: entry.link for entry in image.entries if entry.kind is Kind.LINK} == {
        "out": "/etc/shadow", "loop": "loop",
    }  # fmt: skip


def test_devices_are_told(tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()
    made.run("mksquashfs", tmp_path / "root", tmp_path / "image", "-p", "null c 666 0 0 1 3", "-quiet", "-no-progress")
    (entry,) = opened((tmp_path / "image").read_bytes()).entries
    assert (entry.path, entry.kind) == ("null", Kind.DEVICE)


@pytest.fixture(scope="session")
def bomb() -> bytes:
    """3 GB of nothing in 3 MB."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("bomb", "w", force_zip64=True) as into,
    ):
        piece = bytes(16 << 20)
        for _ in range(192):
            into.write(piece)
        into.write(b"")
    return out.getvalue()


def test_a_bomb_stops_at_the_limits(bomb: bytes, tmp_path: Path) -> None:
    file = tmp_path / "bomb.zip"
    file.write_bytes(bomb)
    started = time.monotonic()
    command = [sys.executable, "-m", "custodes.cli.main", "firmware", "inspect", file, "--format", "json"]
    there = {**os.environ, "TMPDIR": str(tmp_path)}
    done = subprocess.run(
        list(map(str, command)), capture_output=True, text=True, cwd=tmp_path, env=there,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30)),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert time.monotonic() - started < 20
    assert "256 MiB unpacked" in done.stdout
    assert sorted(tmp_path.iterdir()) == [file]


def test_one_packing_that_holds_too_much_for_its_size() -> None:
    image = opened(gzip.compress(bytes(64 << 20)), ratio=100.0)
    assert any("more than 1 to 100" in told for told in image.coverage.limits)


def test_ten_thousand_archives_in_one_another() -> None:
    data = b"the innermost text\n"
    for _ in range(10_000):
        data = gzip.compress(data, 0)
    image = opened(data, seconds=15.0)
    assert any("containers in one another" in told for told in image.coverage.limits)
    wide = opened(_zip({f"{number}.gz": gzip.compress(b"text\n") for number in range(10_000)}), files=5_000)
    assert any("5000 files" in told for told in wide.coverage.limits) and len(wide.entries) >= 4_000


MARKS = b"PK\x03\x04hsqsUBI#\x01\x1f\x8b\x08\0BZh9\x5d\0\0\x80\0070701\x28\xb5\x2f\xfd"


@pytest.mark.parametrize("mark", [MARKS, b"PK\x03\x04"])
def test_marks_without_containers_end_soon(mark: bytes) -> None:
    started = time.monotonic()
    data = mark * 60_000 + bytes(20 << 20)
    assert opened(data).coverage.bytes == len(data)
    assert time.monotonic() - started < 20


def test_time_is_a_limit(tmp_path: Path) -> None:
    made.write(tmp_path / "root/a", os.urandom(3 << 20))
    image = opened(made.squashfs(tmp_path / "root", tmp_path / "image").read_bytes(), seconds=0.0)
    assert any("seconds" in told for told in image.coverage.limits)


IMAGES = ("squashfs", "jffs2", "ubi", "cramfs", "zip", "tar", "cpio", "update", "uimage", "gzip")


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """A small image of each format."""
    work = tmp_path_factory.mktemp("small")
    root = work / "root"
    made.write(root / "etc/a.conf", "colour=blue\n" * 9)
    made.write(root / "bin/program", random.Random(1).randbytes(3_000) + bytes(3_000), 0o755)
    (root / "link").symlink_to("etc/a.conf")
    made.run("mkfs.cramfs", root, work / "cramfs")
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        archive.add(root, "root")
    body = b"#!/bin/sh\necho made up\n"
    (work / "body").write_bytes(gzip.compress(body * 40))
    names = "\n".join(str(path.relative_to(root)) for path in sorted(root.rglob("*")))
    cpio = subprocess.run(["cpio", "-o", "-H", "newc", "--quiet"], input=names.encode(), cwd=root, capture_output=True)
    return {
        "squashfs": made.squashfs(root, work / "squashfs").read_bytes(),
        "jffs2": made.jffs2(root, work / "jffs2").read_bytes(),
        "ubi": made.ubi(root, work / "ubi").read_bytes(),
        "cramfs": (work / "cramfs").read_bytes(),
        "zip": _zip({"a": b"text" * 100, "b/c": bytes(5_000)}),
        "tar": out.getvalue(),
        "cpio": cpio.stdout,
        "update": struct.pack("<7I36x32s3I", 0x484B5753, 0, 64, 1, 1, 2, 3, b"a", 108, len(body), 0) + body,
        "uimage": made.uimage(work / "body", work / "uimage", packing="gzip").read_bytes(),
        "gzip": gzip.compress(bytes(range(256)) * 40),
    }


@pytest.mark.parametrize("name", IMAGES)
def test_every_prefix_gives_an_answer(small: dict[str, bytes], name: str) -> None:
    data = small[name]
    for size in sorted({*range(0, min(len(data), 400), 7), *range(0, len(data), max(len(data) // 60, 1))}):
        image = opened(data[:size], seconds=10.0)
        assert image.coverage.explained + image.coverage.by_strings <= size


@pytest.mark.parametrize("name", IMAGES)
def test_wrong_bytes_give_an_answer(small: dict[str, bytes], name: str) -> None:
    dice = random.Random(name)
    data = small[name]
    for _ in range(60):
        wrong = bytearray(data)
        for _ in range(dice.choice((1, 2, 8))):
            wrong[dice.randrange(min(len(data), dice.choice((64, 512, len(data)))))] = dice.choice(
                (0, 255, dice.randrange(256))
            )
        image = opened(bytes(wrong), seconds=10.0, bytes=64 << 20)
        assert image.coverage.bytes == len(data)


def test_a_folder_that_holds_itself(small: dict[str, bytes]) -> None:
    data = bytearray(small["cramfs"])
    inode = data[64:76]
    data[76 : 76 + 12] = inode[:8] + data[84:88]  # the first entry has the root's place, and is a folder
    data[76:78] = inode[0:2]
    offset = int.from_bytes(inode[8:12], "little") >> 6
    named = int.from_bytes(data[84:88], "little") & 0x3F
    data[84:88] = (offset << 6 | named).to_bytes(4, "little")
    image = opened(bytes(data))
    assert any("holds itself" in problem for problem in image.coverage.problems)


def test_bad_input_is_said_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    for name, told in (("empty", "the file is empty"), (".", "this is a folder"), ("none", "cannot be read")):
        command = [sys.executable, "-m", "custodes.cli.main", "firmware", "inspect", name]
        done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
        assert done.returncode == 2 and told in done.stderr and len(done.stderr.splitlines()) <= 4


def test_damaged_packings_take_no_memory_with_them() -> None:
    """Found by fuzzing: a frame of Zstandard whose one block claims more than its frame, met many times."""
    frame = bytes.fromhex("28b52ffd20820301630003b5b5")
    before = _pages()
    for _ in range(2_000):
        with pytest.raises(Damaged):
            unzstd(frame, Budget(Limits()))
    assert (_pages() - before) * 4_096 < 200 << 20


def _pages() -> int:
    """Pages of memory that this process holds or has been promised."""
    return int(Path("/proc/self/statm").read_text().split()[0])


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "piece", ["a", "pwd", "a_key", "wepkey=", "option key", "://", "$1$", "a:b", "-u ", "Aa1/", " "]
)
def test_a_line_of_a_million_letters_is_looked_through_at_once(piece: str) -> None:
    """Expressions that go back over a long word again and again would take hours here."""
    long = piece * (1_000_000 // len(piece))
    entries = [Entry("v", path) for path in ("etc/init.d/x", "etc/inittab", "etc/passwd", "etc/shadow", "x.service")]
    for text in (long, f"password{long}", f"/bin/sh {long} &", f"start-stop-daemon {long}"):
        hidden(text)
        for entry in entries:
            list(services(entry, text))
            list(accounts(entry, text.encode()))


def test_a_file_that_is_more_than_may_be_unpacked_is_not_told_as_empty(tmp_path: Path) -> None:
    root = tmp_path / "root"
    made.write(root / "large", random.Random(1).randbytes(400_000))
    made.write(root / "small", "colour=blue\n")
    made.run("mkfs.cramfs", root, tmp_path / "cramfs")
    image = opened((tmp_path / "cramfs").read_bytes(), bytes=100_000)
    held = {entry.path: entry for entry in image.entries if entry.kind is Kind.FILE and entry.volume}
    assert held["small"].sha256 and not held["large"].sha256
    assert any("large: not read" in problem for problem in image.coverage.problems)
