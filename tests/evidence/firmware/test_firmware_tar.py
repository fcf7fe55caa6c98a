"""Tar archives as Debian's tar writes them are read to the same bytes as the library reads; lying ones end."""

from __future__ import annotations

import io
import os
import tarfile
import time
from pathlib import Path

import images_made as made
import pytest

from custodes.evidence.firmware.budget import Budget, Damaged, Enough, Opened
from custodes.evidence.firmware.containers.tar import read_tar
from custodes.model.firmware import Kind, Limits

LONG = "a-name-of-some-length/" * 14
SPARSE = "holes.bin"


def _read(data: bytes) -> Opened | None:
    opened = Opened(Budget(Limits()))
    end = read_tar(memoryview(data), 0, opened)
    assert end is None or 0 < end <= len(data)
    return opened if end is not None else None


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A tree with long names, links of both kinds, a file with holes, one behind it."""
    root = tmp_path / "root"
    made.write(root / "etc/app.conf", "colour=blue\n")
    made.write(root / "bin/program", os.urandom(70_001), 0o4755)
    made.write(root / LONG / "deep.txt", b"far down")
    made.write(root / "naïve.txt", b"text")
    (root / "bin/sh").symlink_to(LONG + "deep.txt")
    os.link(root / "etc/app.conf", root / "hard.conf")
    with (root / SPARSE).open("wb") as file:
        for number in range(40):
            file.seek(number << 16)
            file.write(b"here")
        file.truncate(4 << 20)
    made.write(root / "zz/last", b"the last one")
    return root


@pytest.mark.parametrize("way", ["gnu", "oldgnu", "pax", "posix", "ustar"])
@pytest.mark.parametrize("sparse", [(), ("--sparse",), ("--sparse", "--sparse-version=0.1")])
def test_what_tar_writes(root: Path, tmp_path: Path, way: str, sparse: tuple[str, ...]) -> None:
    if way == "ustar":  # it has no room for such names, and no holes
        made.run("rm", "-rf", root / LONG.split("/", maxsplit=1)[0], root / "bin/sh")
        sparse = ()
    out = tmp_path / "a.tar"
    made.run("tar", f"--format={way}", "--sort=name", *sparse, "-C", root, "-cf", out, ".")
    opened = _read(out.read_bytes())
    assert opened is not None
    found = {part.name: part for part in opened.parts}
    with tarfile.open(out) as archive:
        expected = {member.name: member for member in archive}
        assert set(found) == set(expected)
        for name, member in expected.items():
            part = found[name]
            assert (part.mode, part.owner) == (member.mode & 0o7777, (member.uid, member.gid))
            assert (part.kind is Kind.FOLDER, part.kind is Kind.LINK) == (member.isdir(), member.issym()), name
            if member.issym():
                assert part.link == member.linkname
            elif part.kind is Kind.FILE and part.read:
                held = archive.extractfile(member)
                assert held is not None and bytes(part.data) == held.read(), name
    unread = [part.name for part in opened.parts if not part.read]
    assert unread == (["./" + SPARSE] if sparse else [])
    assert len(opened.problems) == len(unread)


def _header(name: str, size: bytes, kind: bytes = tarfile.REGTYPE) -> bytes:
    """A header whose size field has these twelve bytes."""
    info = tarfile.TarInfo(name)
    info.type = kind
    head = bytearray(info.tobuf(tarfile.GNU_FORMAT)[:512])
    head[124:136] = size
    head[148:156] = b" " * 8
    head[148:156] = b"%06o\0 " % sum(head)
    return bytes(head)


BELOW = b"\xff" * 11 + b"\x00"  # minus 256
FAR_BELOW = b"\xff\x80" + bytes(10)
HUGE = b"\x80" + b"\x7f" * 11


@pytest.mark.parametrize("size", [BELOW, FAR_BELOW, HUGE])
@pytest.mark.parametrize("kind", [b"0", b"L", b"K", b"x", b"g", b"S", b"5", b"1", b"Z"])
@pytest.mark.timeout(20)
def test_sizes_that_lie(size: bytes, kind: bytes) -> None:
    first = _header("first", b"%011o\0" % 3) + b"abc".ljust(512, b"\0")
    for data in (_header("lies", size, kind) + bytes(4_096), first + _header("lies", size, kind) + bytes(4_096)):
        try:
            opened = _read(data)
        except (Enough, Damaged):
            continue
        if opened is not None and data.startswith(first):
            assert bytes(opened.parts[0].data) == b"abc"


@pytest.mark.timeout(20)
def test_records_that_pretend_to_be_long() -> None:
    records = b"1 " * (1 << 19)
    data = _header("x", b"%011o\0" % len(records), tarfile.XHDTYPE) + records
    data += _header("file", b"%011o\0" % 3) + b"abc".ljust(512, b"\0") + bytes(1_024)
    started = time.process_time()
    opened = _read(data)
    assert opened is not None and [part.name for part in opened.parts] == ["file"]
    assert time.process_time() - started < 5


def test_a_size_of_a_record_counts() -> None:
    """A member over 8 GiB has its size in a record; here a small one has."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:
        info = tarfile.TarInfo("file")
        info.size, info.pax_headers = 5, {"size": "5", "comment": "made up"}
        archive.addfile(info, io.BytesIO(b"12345"))
        archive.addfile(tarfile.TarInfo("next"))
    opened = _read(out.getvalue())
    assert opened is not None
    assert [(part.name, bytes(part.data)) for part in opened.parts] == [("file", b"12345"), ("next", b"")]
