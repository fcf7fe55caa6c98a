"""Makes firmware images with the tools that makers use, out of Debian's packages for ARM and scripts of our own.

No maker's binary is in them. The packages lie in build/armhf (`make test` fetches them). What differs between the two
versions is known by construction: `DRIFT`. All of it is synthetic: names, addresses and accounts are invented.
"""

from __future__ import annotations

import os
import shutil
import stat
import struct
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa

PACKAGES = Path(__file__).parents[3] / "build/armhf"
KEY = bytes.fromhex("bacdbcfed6caddd3bab9a3abbfcbb5be")
#: A day of 2025: times inside images never come from the clock.
TIME = 1_750_000_000
COMPONENTS = (
    "busybox-static", "dropbear-bin", "wpasupplicant", "dnsmasq-base", "zlib1g", "libcurl4", "mosquitto", "lighttpd",
    "hostapd", "u-boot-sunxi",
)  # fmt: skip

PRIVATE_KEY = """-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
-----END PRIVATE KEY-----
"""
CERTIFICATE = """-----BEGIN CERTIFICATE-----
MIIBQDCB86ADAgECAhRfQNQGYQ7CAhaeM2kmyUwwGTkAADAFBgMrZXAwFzEVMBMG
A1UEAwwMY2FtLmV4YW1wbGUuMB4XDTI1MDEwMTAwMDAwMFoXDTM1MDEwMTAwMDAw
-----END CERTIFICATE-----
"""
SCRIPT = "".join(f"# step {number}\nconfigure step{number} --level 3 || exit 1\n" for number in range(4_000))


def run(*command: str | Path, **more: object) -> None:
    """Run a tool. Raises CalledProcessError with what it said."""
    done = subprocess.run([str(one) for one in command], capture_output=True, text=True, **more)  # type: ignore[call-overload]
    if done.returncode:
        raise RuntimeError(f"{command[0]}: {done.stderr[-600:]}")


def write(path: Path, text: str | bytes, mode: int = 0o644) -> None:
    """A file with its rights."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    path.chmod(mode)


def version_of(package: str, version: str) -> str:
    """The version of a package in a release, by its file name."""
    (file,) = (PACKAGES / version).glob(f"{package}_*.deb")
    return file.name.split("_")[1].replace("%3a", ":")


def packages(root: Path, version: str, folder: Path = PACKAGES) -> None:
    """Unpack the programs and libraries of a release; papers, languages, boot loaders and installers stay out."""
    for file in sorted((folder / version).glob("*.deb")):
        if not file.name.startswith(("u-boot", "debian-installer")):
            run("dpkg-deb", "-x", file, root)
    for name in ("usr/share/doc", "usr/share/man", "usr/share/locale", "usr/share/bash-completion"):
        shutil.rmtree(root / name, ignore_errors=True)


def camera(root: Path) -> None:
    """What the made-up camera has beside its packages."""
    write(root / "etc/passwd", "root:x:0:0:root:/root:/bin/sh\nnobody:x:99:99::/:/bin/false\n")
    write(root / "etc/shadow", "root:$1$abcdefgh$0123456789012345678901:19000:0:99999:7:::\n", 0o600)
    write(root / "etc/inittab", "::sysinit:/etc/init.d/rcS\n::askfirst:/bin/sh\n")
    write(root / "etc/init.d/rcS", "#!/bin/sh\nmount -a\n/usr/bin/ipcserver &\n", 0o755)
    write(root / "etc/app/cloud.ini", "[cloud]\np2p_enable=0\nserver=cloud.camera.example\n")
    write(root / "etc/app/update.conf", "url=http://update.camera.example/v1/check\n")
    write(root / "etc/app/setup.sh", SCRIPT, 0o755)
    write(root / "etc/app/old.conf", "colour=blue\n")
    write(root / "etc/app/legacy.conf", "this file is gone in the next version\n")
    write(root / "usr/lib/modules/sensor.ko", module("sensor", "5.10.1 SMP mod_unload ARMv7"))
    (root / "etc/localtime").symlink_to("../usr/share/zoneinfo/UTC")
    server = root / "bin/busybox"
    write(root / "usr/bin/ipcserver", server.read_bytes() + b"\0RTSP/1.0 200 OK\0MotionDetect_Start\0", 0o755)


def module(name: str, magic: str) -> bytes:
    """A module of the kernel: a small ELF with the section that tells what it is."""
    info = f"license=GPL\0name={name}\0vermagic={magic}\0depends=\0".encode()
    names = b"\0.modinfo\0.shstrtab\0"
    head = b"\x7fELF\x01\x01\x01" + bytes(9)
    at = 52 + len(info) + len(names)
    head += struct.pack("<HHIIIIIHHHHHH", 1, 40, 1, 0, 0, at, 0, 52, 0, 0, 40, 3, 2)
    sections = bytes(40) + struct.pack("<10I", 1, 1, 2, 0, 52, len(info), 0, 0, 1, 0)
    sections += struct.pack("<10I", 10, 3, 0, 0, 52 + len(info), len(names), 0, 0, 1, 0)
    return head + info + names + sections


def upgrade(root: Path) -> None:
    """What the second version changes beside its packages."""
    write(root / "etc/init.d/S99debug", "#!/bin/sh\n/usr/sbin/telnetd -p 2323 -l /bin/sh &\n", 0o755)
    with (root / "etc/passwd").open("a") as file:
        file.write("service:x:0:0:service:/root:/bin/sh\n")
    write(root / "etc/shadow", "root:$1$zyxwvuts$9876543210987654321098:19000:0:99999:7:::\n", 0o600)
    write(root / "etc/ssl/private/device.key", PRIVATE_KEY, 0o600)
    write(root / "etc/app/cloud.ini", "[cloud]\np2p_enable=1\nserver=203.0.113.77:8800\n")
    write(root / "etc/app/update.conf", "url=http://update2.camera.example/v2/check\n")
    write(root / "etc/app/setup.sh", SCRIPT.replace("step2500 --level 3", "step2500 --level 4"), 0o755)
    (root / "etc/app/old.conf").rename(root / "etc/app/moved.conf")
    (root / "etc/app/legacy.conf").unlink()
    write(root / "usr/lib/modules/exfat.ko", module("exfat", "5.10.1 SMP mod_unload ARMv7"))
    (root / "etc/localtime").unlink()
    (root / "etc/localtime").symlink_to("../usr/share/zoneinfo/Asia/Shanghai")
    (root / "usr/bin/ipcserver").write_bytes(
        (root / "usr/bin/ipcserver").read_bytes() + b"LPR_RecognizePlate\0FaceDetect_Init\0AudioCapture_Start\0"
    )
    (root / "usr/bin/ipcserver").chmod(0o4755)


DRIFT = (
    {"kind": "service +", "file": "etc/init.d/S99debug", "value": "telnetd"},
    {"kind": "account +", "file": "etc/passwd", "value": "service"},
    {"kind": "account ~", "file": "etc/shadow", "value": "root"},
    {"kind": "key +", "file": "etc/ssl/private/device.key"},
    {"kind": "config ~", "file": "etc/app/cloud.ini", "value": "p2p_enable"},
    {"kind": "endpoint +", "file": "etc/app/cloud.ini", "value": "203.0.113.77:8800"},
    {"kind": "endpoint +", "file": "etc/app/update.conf", "value": "update2.camera.example"},
    {"kind": "script ~", "file": "etc/app/setup.sh", "strings": ["--level 4"]},
    {"kind": "move", "file": "etc/app/moved.conf"},
    {"kind": "file -", "file": "etc/app/legacy.conf"},
    {"kind": "module +", "file": "usr/lib/modules/exfat.ko", "value": "exfat"},
    {"kind": "link ~", "file": "etc/localtime", "value": "Asia/Shanghai"},
    {"kind": "capability +", "file": "usr/bin/ipcserver", "strings": ["LPR_RecognizePlate"]},
    {"kind": "capability +", "file": "usr/bin/ipcserver", "strings": ["FaceDetect_Init"]},
    {"kind": "mode ~", "file": "usr/bin/ipcserver", "value": "4755"},
)


def tree(root: Path, version: str) -> Path:
    """The root file system of a version."""
    root.mkdir(parents=True)
    packages(root, version)
    camera(root)
    if version == "v2":
        upgrade(root)
    return root


def truth() -> dict[str, object]:
    """What differs and which versions are in."""
    drift = [{**item, "kind": "move e" if item["kind"] == "move" else item["kind"]} for item in DRIFT]
    held = {}
    for version, ssl in (("v1", "libssl1.1"), ("v2", "libssl3")):
        names = (*(name for name in COMPONENTS if name != "u-boot-sunxi"), ssl)
        held[version] = {name: version_of(name, version) for name in names}
    return {"synthetic": True, "drift": drift, "components": held}


def aged(root: Path, time: int) -> None:
    """Set the times of all files."""
    for path in [root, *root.rglob("*")]:
        os.utime(path, (time, time), follow_symlinks=False)


def squashfs(root: Path, out: Path, packing: str = "xz", time: int = TIME) -> Path:
    """A file system of Squashfs."""
    clock = ("-mkfs-time", str(time), "-all-time", str(time))
    run("mksquashfs", root, out, "-comp", packing, *clock, "-all-root", "-noappend", "-quiet", "-no-progress")
    return out


def jffs2(root: Path, out: Path, order: str = "-l", time: int = TIME) -> Path:
    """A file system of JFFS2."""
    aged(root, time)
    run("mkfs.jffs2", order, "-n", "-e", "0x10000", "-r", root, "-o", out, "--squash-uids")
    return out


def ubi(root: Path, out: Path, packing: str = "lzo", time: int = TIME) -> Path:
    """A volume of UBIFS in UBI."""
    aged(root, time)
    volume = out.with_suffix(".ubifs")
    run(
        "mkfs.ubifs",
        "-m",
        "2048",
        "-e",
        "124KiB",
        "-c",
        "2000",
        "-x",
        packing,
        "-r",
        root,
        "-o",
        volume,
        "--squash-uids",
    )
    config = out.with_suffix(".cfg")
    config.write_text(
        f"[rootfs]\nmode=ubi\nimage={volume}\nvol_id=0\nvol_type=dynamic\nvol_name=rootfs\nvol_flags=autoresize\n"
    )
    run("ubinize", "-m", "2048", "-p", "128KiB", "-s", "2048", "-o", out, config)
    return out


def uimage(body: Path, out: Path, kind: str = "kernel", packing: str = "none", time: int = TIME) -> Path:
    """An image of U-Boot."""
    run("mkimage", "-A", "arm", "-O", "linux", "-T", kind, "-C", packing, "-n", "made-up", "-d", body, out,
        env={**os.environ, "SOURCE_DATE_EPOCH": str(time)})  # fmt: skip
    return out


def old_lz4(data: bytes) -> bytes:
    """The older stream of LZ4 that kernels are packed in: blocks of 8 MiB, each behind its length."""
    block = 8 << 20
    packed = [bytes(pa.compress(data[at : at + block], "lz4_raw", asbytes=True)) for at in range(0, len(data), block)]
    return b"\x02\x21\x4c\x18" + b"".join(len(one).to_bytes(4, "little") + one for one in packed)


def padded(data: bytes, size: int = 65_536) -> bytes:
    """Filled up to whole blocks with what erased flash holds."""
    return data + b"\xff" * (-len(data) % size)


def boot(version: str, work: Path) -> bytes:
    """The boot loader of a release."""
    (file,) = (PACKAGES / version).glob("u-boot-sunxi_*.deb")
    folder = work / f"boot-{version}"
    if not folder.exists():
        run("dpkg-deb", "-x", file, folder)
    return (folder / "usr/lib/u-boot/A20-OLinuXino-Lime2/u-boot-sunxi-with-spl.bin").read_bytes()


def made_up_kernel(version: str, work: Path, time: int = TIME) -> bytes:
    """A made-up kernel, packed, in an image of U-Boot."""
    number = {"v1": "5.10.1", "v2": "5.15.2"}[version]
    text = f"Linux version {number} (made@up) (gcc 10.2) #1 SMP\n".encode()
    body = work / f"kernel-{version}.gz"
    raw = work / f"kernel-{version}"
    raw.write_bytes(b"made-up code \0\1\2" * 4_000 + text + b"\0made up\0" * 1_000)
    run("gzip", "-9nfk", raw)
    return uimage(body, work / f"kernel-{version}.uimage", packing="gzip", time=time).read_bytes()


def flat(root: Path, version: str, out: Path, time: int = TIME, kernel: bytes | None = None) -> Path:
    """A flash: boot loader, kernel (a made-up one unless another is given), root file system, settings."""
    work = out.parent
    settings = work / f"settings-{out.name}"
    write(settings / "device.conf", "name=camera\nzone=UTC\n")
    parts = [
        boot(version, work), kernel or made_up_kernel(version, work, time),
        squashfs(root, out.with_suffix(".squashfs"), time=time).read_bytes(),
        jffs2(settings, out.with_suffix(".jffs2"), time=time).read_bytes(),
    ]  # fmt: skip
    out.write_bytes(b"".join(map(padded, parts)))
    return out


def dh_zip(root: Path, version: str, out: Path, time: int = TIME) -> Path:
    """An update as one maker wraps it: ZIP with another mark, each member behind a header of U-Boot."""
    work = out.parent
    image = squashfs(root, out.with_suffix(".squashfs"), time=time)
    members = {
        "Install": b'{"Commands": ["burn kernel-x.img", "burn romfs-x.squashfs.img"]}\n',
        "kernel-x.img": made_up_kernel(version, work, time),
        "romfs-x.squashfs.img": uimage(image, out.with_suffix(".uimage"), "filesystem", time=time).read_bytes(),
    }
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in members.items():
            info = zipfile.ZipInfo(name, (2025, 6, 15 if time == TIME else 16, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, body)
    data = bytearray(out.read_bytes())
    data[:2] = b"DH"
    out.write_bytes(data)
    return out


def covered(root: Path, version: str, out: Path, time: int = TIME) -> Path:
    """An update as another maker wraps it: a covered header with a table of files."""
    image = squashfs(root, out.with_suffix(".squashfs"), time=time).read_bytes()
    files = {
        "uImage": made_up_kernel(version, out.parent, time),
        "rootfs.img": image,
        "start.sh": b"#!/bin/sh\necho made up\n",
    }
    head = 0x40 + 44 * len(files)
    table, place = b"", head
    for name, body in files.items():
        table += struct.pack("<32sIII", name.encode(), len(body), place, sum(body) & 0xFFFFFFFF)
        place += len(body)
    plain = struct.pack("<7I36x", 0x484B5753, 0, head, len(files), 1, 2, 77) + table
    hidden = bytes(byte ^ KEY[(index + (index >> 4)) & 15] for index, byte in enumerate(plain))
    out.write_bytes(hidden + b"".join(files.values()))
    return out


def ubi_image(root: Path, version: str, out: Path, time: int = TIME) -> Path:
    """A flash under UBI."""
    return ubi(root, out, time=time)


WRAPPERS: dict[str, Callable[..., Path]] = {
    "flat": flat, "ubi": ubi_image, "dahua": dh_zip, "hikvision": covered,
}  # fmt: skip


def contents(root: Path) -> dict[str, tuple[int, bytes | str]]:
    """What a tree holds: rights, and bytes or where a link leads."""
    found: dict[str, tuple[int, bytes | str]] = {}
    for path in sorted(root.rglob("*")):
        name, held = str(path.relative_to(root)), path.lstat()
        if path.is_symlink():
            found[name] = (stat.S_IMODE(held.st_mode), str(path.readlink()))
        elif path.is_file():
            found[name] = (stat.S_IMODE(held.st_mode), path.read_bytes())
    return found
