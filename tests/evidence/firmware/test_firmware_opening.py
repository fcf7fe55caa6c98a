"""Containers made by the tools that makers use are opened to the same bytes, rights and links."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import lzma
import os
import shutil
import struct
import subprocess
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import images_made as made
import pyarrow as pa
import pytest

from custodes.evidence.firmware.opening import open_image
from custodes.model.firmware import Image, Kind, Limits

HIKVISION = Path(os.environ.get("CUSTODES_DATA", "")) / "firmware/hikvision"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A small tree with what file systems have."""
    root = tmp_path / "root"
    made.write(root / "etc/app/a.conf", "name=camera\n" * 50)
    made.write(root / "bin/program", os.urandom(9_000) + bytes(70_000) + b"end" * 5_000, 0o755)
    made.write(root / "bin/setuid", b"\x7fELF" + bytes(300), 0o4755)
    made.write(root / "empty", b"")
    made.write(root / "var/page", bytes(4_096))
    (root / "bin/sh").symlink_to("program")
    (root / "folder").mkdir()
    return root


def opened(data: bytes, **limits: Any) -> Image:
    """An image, opened."""
    return open_image(data, "image", Limits(**limits))


def tree_of(image: Image) -> dict[str, tuple[int | None, str]]:
    """Rights, and the hash or the target of a link, by path."""
    return {
        entry.path: (entry.mode, entry.link if entry.kind is Kind.LINK else entry.sha256)
        for entry in image.entries
        if entry.volume and entry.kind in (Kind.FILE, Kind.LINK)
    }


def wanted(root: Path, *, rights: bool = True) -> dict[str, tuple[int | None, str]]:
    """The same of a tree on disk."""
    return {
        name: (mode if rights else None, held if isinstance(held, str) else hashlib.sha256(held).hexdigest())
        for name, (mode, held) in made.contents(root).items()
    }


@pytest.mark.parametrize("packing", ["gzip", "xz", "lzma", "lzo", "zstd", "lz4"])
def test_squashfs(root: Path, tmp_path: Path, packing: str) -> None:
    image = opened(made.squashfs(root, tmp_path / "image", packing).read_bytes())
    assert tree_of(image) == wanted(root)
    assert image.wrapper == "squashfs"
    assert image.coverage.explained == image.coverage.bytes and not image.coverage.problems


def test_a_packing_that_is_not_read_is_told(root: Path, tmp_path: Path) -> None:
    data = bytearray(made.squashfs(root, tmp_path / "image").read_bytes())
    data[20:22] = (9).to_bytes(2, "little")
    image = opened(bytes(data))
    assert any("squashfs" in problem for problem in image.coverage.problems)
    assert image.coverage.explained < len(data) / 4  # what it is filled up with
    assert [entry.path for entry in image.entries] == ["squashfs"]


@pytest.mark.parametrize("order", ["-l", "-b"])
@pytest.mark.parametrize("packing", ["size", "none", "priority"])
def test_jffs2(root: Path, tmp_path: Path, order: str, packing: str) -> None:
    out = tmp_path / "image"
    made.run("mkfs.jffs2", order, "-m", packing, "-e", "0x10000", "-r", root, "-o", out, "--squash-uids")
    assert tree_of(opened(out.read_bytes())) == wanted(root)


@pytest.mark.parametrize("packing", ["rtime", "lzo", "zlib"])
def test_packings_of_jffs2(root: Path, tmp_path: Path, packing: str) -> None:
    out = tmp_path / "image"
    others = [name for name in ("zlib", "rtime", "lzo") if name != packing]
    switches = [one for name in others for one in ("-x", name)]
    made.run("mkfs.jffs2", "-n", *switches, "-X", packing, "-e", "0x10000", "-r", root, "-o", out, "--squash-uids")
    assert tree_of(opened(out.read_bytes())) == wanted(root)


@pytest.mark.parametrize("packing", ["none", "lzo", "zlib", "zstd"])
def test_ubifs_in_ubi(root: Path, tmp_path: Path, packing: str) -> None:
    image = opened(made.ubi(root, tmp_path / "image", packing).read_bytes())
    assert tree_of(image) == wanted(root)
    assert image.wrapper == "ubi"
    assert {entry.volume for entry in image.entries} == {"rootfs"}


def test_ubi_whose_blocks_lie_in_another_order(root: Path, tmp_path: Path) -> None:
    raw = made.ubi(root, tmp_path / "image").read_bytes()
    size = 128 * 1024
    blocks = [raw[at : at + size] for at in range(0, len(raw), size)]
    assert tree_of(opened(b"".join(reversed(blocks)))) == wanted(root)


def test_cramfs(root: Path, tmp_path: Path) -> None:
    for order in ("little", "big"):
        out = tmp_path / order
        made.run("mkfs.cramfs", "-N", order, root, out)
        found = {path: held for path, (_, held) in tree_of(opened(out.read_bytes())).items()}
        assert found == {path: held for path, (_, held) in wanted(root).items()}


@pytest.mark.parametrize("kind", ["ext2", "ext3", "ext4"])
@pytest.mark.parametrize("block", ["1024", "4096"])
def test_ext(root: Path, tmp_path: Path, kind: str, block: str) -> None:
    made.write(root / "large", os.urandom(700_000))
    for number in range(200):
        made.write(root / "many" / f"a file with a long name {number}", f"{number}\n")
    out = tmp_path / "image"
    made.run("mke2fs", "-q", "-t", kind, "-b", block, "-d", root, out, "12M")
    image = opened(out.read_bytes())
    assert tree_of(image) == wanted(root)
    assert not image.coverage.problems and image.wrapper == "ext"


def test_cpio(root: Path) -> None:
    names = "\n".join(str(path.relative_to(root)) for path in sorted(root.rglob("*")))
    done = subprocess.run(["cpio", "-o", "-H", "newc", "--quiet"], input=names.encode(), cwd=root, capture_output=True)
    assert done.returncode == 0
    assert tree_of(opened(done.stdout)) == wanted(root)
    assert tree_of(opened(gzip.compress(done.stdout))) == wanted(root)


def test_links_of_one_file_in_archives(root: Path) -> None:
    (root / "bin/again").hardlink_to(root / "bin/program")
    done = subprocess.run(["cpio", "-o", "-H", "newc", "--quiet"], input=b".\nbin\nbin/again\nbin/program\n", cwd=root,
                          capture_output=True)  # fmt: skip
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        archive.add(root / "bin", "bin")
    held = (0o755, hashlib.sha256((root / "bin/program").read_bytes()).hexdigest())
    for data in (done.stdout, out.getvalue()):
        found = tree_of(opened(data))
        assert found["bin/again"] == found["bin/program"] == held
        assert "content" not in {entry.path for entry in opened(data).entries}


def test_tar(root: Path) -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for path in sorted(root.iterdir()):
            archive.add(path, path.name)
    assert tree_of(opened(out.getvalue())) == wanted(root)
    assert tree_of(opened(bytes(pa.compress(out.getvalue(), "zstd", asbytes=True)))) == wanted(root)


@pytest.mark.parametrize("mark", [b"PK", b"DH"])
def test_zip_under_either_mark(mark: bytes) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/b.txt", "text " * 100)
        archive.writestr("c.bin", b"\x01\x02" * 500)
    image = opened(mark + out.getvalue()[2:])
    assert {entry.path: bytes(entry.data) for entry in image.entries} == {
        "a/b.txt": b"text " * 100, "c.bin": b"\x01\x02" * 500,
    }  # fmt: skip
    assert image.wrapper == ("zip" if mark == b"PK" else "dh-zip")


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress, bz2.compress,
                                  lambda data: lzma.compress(data, lzma.FORMAT_ALONE),
                                  lambda data: bytes(pa.compress(data, "zstd", asbytes=True)),
                                  lambda data: bytes(pa.compress(data, "lz4", asbytes=True)),
                                  lambda data: made.old_lz4(data)])  # fmt: skip
def test_streams(pack: Callable[[bytes], bytes]) -> None:
    held = b"some text of a program\n" * 3_000
    image = opened(pack(held))
    assert [bytes(entry.data) for entry in image.entries] == [held]
    behind = opened(bytes([9, 8, 7]) * 2_000 + pack(held) + bytes([7, 8]) * 3_000)
    assert held in [bytes(entry.data) for entry in behind.entries]


@pytest.mark.parametrize("packing", ["none", "gzip", "bzip2", "lzma", "lz4"])
def test_images_of_u_boot(tmp_path: Path, packing: str) -> None:
    body, out = tmp_path / "body", tmp_path / "image"
    held = bytes(range(256)) * 300
    pack = {"none": bytes, "gzip": gzip.compress, "bzip2": bz2.compress,
            "lzma": lambda data: lzma.compress(data, lzma.FORMAT_ALONE),
            "lz4": lambda data: bytes(pa.compress(data, "lz4", asbytes=True))}[packing]  # fmt: skip
    body.write_bytes(pack(held))
    image = opened(made.uimage(body, out, packing=packing).read_bytes())
    assert [(entry.path, bytes(entry.data)) for entry in image.entries] == [("uimage/kernel", held)]
    assert image.identity == {"header_name": "made-up"}


@pytest.mark.parametrize("outside", [[], ["-E"]])
def test_trees_of_images(root: Path, tmp_path: Path, outside: list[str]) -> None:
    made.squashfs(root, tmp_path / "root.img")
    (tmp_path / "kernel.gz").write_bytes(gzip.compress(b"made-up kernel " * 999))
    (tmp_path / "image.its").write_text("""/dts-v1/; / { description = "made up"; #address-cells = <1>;
      images { kernel { description = "k"; data = /incbin/("kernel.gz"); type = "kernel"; arch = "arm"; os = "linux";
                 compression = "gzip"; load = <0>; entry = <0>; };
               rootfs { description = "r"; data = /incbin/("root.img"); type = "ramdisk"; arch = "arm"; os = "linux";
                 compression = "none"; }; };
      configurations { default = "c"; c { kernel = "kernel"; ramdisk = "rootfs"; }; }; };""")
    made.run("mkimage", *outside, "-f", "image.its", "image.fit", cwd=tmp_path)
    image = opened((tmp_path / "image.fit").read_bytes())
    assert image.wrapper == "fit"
    assert tree_of(image) == wanted(root)
    assert any(bytes(entry.data) == b"made-up kernel " * 999 for entry in image.entries)


def test_trx(root: Path, tmp_path: Path) -> None:
    kernel = gzip.compress(b"made-up kernel " * 999)
    image = made.squashfs(root, tmp_path / "root.img").read_bytes()
    start = 28 + len(kernel) + (-len(kernel) % 4)
    head = struct.pack("<4sIIIIII", b"HDR0", start + len(image), 0, 1 << 16, 28, start, 0)
    found = opened(head + kernel.ljust(start - 28, b"\0") + image)
    assert found.wrapper == "trx"
    assert tree_of(found) == wanted(root)


def test_update_in_the_clear_with_either_order_of_fields() -> None:
    body = b"#!/bin/sh\necho made up\n" * 20
    for fields in ((108, len(body)), (len(body), 108)):
        head = struct.pack("<7I36x", 0x484B5753, 0, 64, 1, 255, 850, 1)
        image = opened(head + struct.pack("<32s3I", b"", *fields, sum(body)) + body)
        assert image.identity == {"device_class": 850, "language": 255, "oem_code": 1}
        assert [(entry.path, bytes(entry.data)) for entry in image.entries] == [("file-1", body)]


@pytest.mark.skipif(not HIKVISION.is_dir(), reason="CUSTODES_DATA is not set")
def test_a_genuine_update(signs: Any) -> None:
    from custodes.estate.firmware import inspect

    (file,) = HIKVISION.glob("*.bin")
    image = inspect(file, signs, Limits())
    assert image.wrapper == "swkh"
    assert (image.identity["device_class"], image.identity["oem_code"]) == (850, 1)
    services = {fact.value for fact in image.facts if fact.kind == "service"}
    assert {"telnet server", "ISAPI over HTTP"} <= services
    assert ("lwip", "1.3.1") in {(one.name, one.version) for one in image.components}


@pytest.mark.parametrize("wrapper", sorted(made.WRAPPERS))
@pytest.mark.parametrize("version", ["v1", "v2"])
def test_the_whole_camera_in_each_wrapper(pair: Any, wrapper: str, version: str) -> None:
    image = opened(pair.image(wrapper, version).read_bytes())
    assert wanted(pair.tree(version)).items() <= tree_of(image).items()
    assert not image.coverage.problems and not image.coverage.limits and not image.coverage.opaque
    assert image.coverage.explained + image.coverage.by_strings == image.coverage.bytes


def test_encrypted_bytes_are_opaque_and_counted() -> None:
    image = opened(b"\1made-up code\2" * 14_043 + os.urandom(262_144))
    (region,) = image.coverage.opaque
    assert abs(region.size - 262_144) <= 65_536 and "encrypted" in region.why
    assert image.coverage.explained == 0
    assert image.coverage.by_strings + region.size == image.coverage.bytes
    assert any("--deep" in told for told in image.coverage.missing)


def test_what_is_in_packed_files_of_a_file_system(root: Path, tmp_path: Path) -> None:
    made.write(root / "usr/web.tar.gz", gzip.compress(_tar({"index.html": b"<html>made up</html>"})))
    image = opened(made.squashfs(root, tmp_path / "image").read_bytes())
    paths = {entry.path for entry in image.entries}
    assert {"usr/web.tar.gz", "usr/web.tar.gz/content", "usr/web.tar.gz/content/index.html"} <= paths


def _tar(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, held in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(held)
            archive.addfile(info, io.BytesIO(held))
    return out.getvalue()


def test_tools_are_there() -> None:
    for tool in ("mksquashfs", "mkfs.jffs2", "mkfs.ubifs", "ubinize", "mkimage", "mkfs.cramfs", "cpio"):
        assert shutil.which(tool) or Path("/usr/sbin", tool).exists(), tool
