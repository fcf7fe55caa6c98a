"""Every reader of containers under a fuzzer that is guided by what it reaches: 15 seconds each, ten minutes in long."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import images_made as made
import pyarrow as pa
import pytest

HERE = Path(__file__).parent
TARGETS = ("squashfs", "ubi", "ubifs", "jffs2", "cramfs", "ext", "zip", "tar", "cpio", "uimage", "fit", "trx", "swkh",
           "gzip", "xz", "zstd", "bzip2", "lzma", "lz4", "image", "facts")  # fmt: skip


def seed(target: str, work: Path) -> list[bytes]:
    """What the fuzzer begins with."""
    root = work / "root"
    made.write(root / "a.conf", "colour=blue\n")
    (root / "link").symlink_to("a.conf")
    if target in ("squashfs", "image"):
        return [made.squashfs(root, work / name, name).read_bytes() for name in ("gzip", "xz", "lzo", "lz4")]
    if target in ("jffs2", "cramfs"):
        made.run("mkfs.cramfs", root, work / "cramfs")
        return [made.jffs2(root, work / "jffs2").read_bytes(), (work / "cramfs").read_bytes()]
    if target == "ext":
        made.run("mke2fs", "-q", "-t", "ext4", "-b", "1024", "-I", "128", "-N", "16", "-d", root, work / "ext", "128K")
        return [(work / "ext").read_bytes()]
    if target in ("ubi", "ubifs"):
        whole = made.ubi(root, work / "ubi")
        return [whole.read_bytes()[:8_192], (work / "ubi.ubifs").read_bytes()[:16_384]]
    if target in ("uimage", "fit"):
        (work / "body").write_bytes(gzip.compress(b"made up " * 20))
        made.run("mkimage", "-f", "auto", "-A", "arm", "-T", "kernel", "-C", "gzip", "-d", work / "body", work / "fit")
        return [made.uimage(work / "body", work / "image", packing="gzip").read_bytes(), (work / "fit").read_bytes()]
    return _plain(target)


def _tar(way: int) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=way) as archive:
        for name in ("a", "a" * (90 if way == tarfile.USTAR_FORMAT else 110)):
            archive.addfile(tarfile.TarInfo(name))
    return out.getvalue()[:5_120]


def _plain(target: str) -> list[bytes]:
    held, out = b"made up " * 20, io.BytesIO()
    if target == "zip":
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("a", held)
    if target == "tar":
        return [_tar(way) for way in (tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT)]
    if target == "lz4":
        return [bytes(pa.compress(held, "lz4", asbytes=True)), made.old_lz4(held)]
    packed = {"gzip": gzip.compress(held), "xz": lzma.compress(held), "bzip2": bz2.compress(held),
              "lzma": lzma.compress(held, lzma.FORMAT_ALONE), "zstd": bytes(pa.compress(held, "zstd", asbytes=True)),
              "cpio": b"070701" + b"00000001" * 11 + b"00000002" + b"0" * 8 + b"a\0\0\0",
              "trx": struct.pack("<4s4I", b"HDR0", 60, 0, 1 << 16, 28) + bytes(40),
              "swkh": b"SWKH" + bytes(200), "facts": b"root:x:0:0::/:/bin/sh\n::respawn:/bin/sh\n"}  # fmt: skip
    return [packed.get(target) or out.getvalue()]


@pytest.mark.timeout(1_000)
@pytest.mark.parametrize("target", TARGETS)
def test_no_input_ends_a_reader(target: str, tmp_path: Path, fuzz: Callable[..., None]) -> None:
    fuzz(HERE / "fuzz_firmware.py", target, seed(target, tmp_path), 131_072)
