"""An offline bundle: the wheel, every wheel it needs for 64-bit Windows and Linux, checksums, and how to install.

Run by `make bundle` after `make wheel`. Wheels are fetched by hash from `requirements/publish.txt`; nothing in the
bundle is built on the machine that installs it, and the installing machine needs no internet.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
DIST = ROOT / "dist"
PLATFORMS = {
    "windows": ("win_amd64",),
    "linux": ("manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64"),
}
PYTHONS = ("3.11", "3.12", "3.13")
FIXED_DATE = (2020, 1, 1, 0, 0, 0)
HOWTO = """custodes, offline bundle

Needs Python 3.11, 3.12 or 3.13 for 64-bit Windows or Linux, and no internet.
Check the files first: SHA256SUMS lists every file with its checksum.

Windows (PowerShell, in this folder):
  py -3 -m venv custodes
  custodes\\Scripts\\python -m pip install --no-index --find-links wheels-windows --find-links . custodes[publish]
  custodes\\Scripts\\custodes demo

Linux:
  python3 -m venv custodes
  custodes/bin/python -m pip install --no-index --find-links wheels-linux --find-links . custodes[publish]
  custodes/bin/custodes demo
"""


def requirements_for(name: str, folder: Path) -> Path:
    """The pinned packages for one system: its own markers taken off, those of other systems left out.

    pip reads markers for the machine it runs on, not for the one it downloads for.
    """
    kept: list[str] = []
    wanted = True
    for line in (ROOT / "requirements/publish.txt").read_text(encoding="utf-8").splitlines():
        if line and not line[0].isspace() and not line.startswith("#"):
            windows_only = "; sys_platform == 'win32'" in line
            wanted = name == "windows" or not windows_only
            line = line.replace(" ; sys_platform == 'win32'", "")
        if wanted:
            kept.append(line)
    target = folder / f"requirements-{name}.txt"
    target.write_text("\n".join(kept) + "\n", encoding="utf-8")
    return target


def download(name: str, platforms: tuple[str, ...], into: Path, pinned: Path) -> None:
    """Fetch the base's wheels for one system and every supported Python."""
    for python in PYTHONS:
        command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q", "download", "--only-binary=:all:"]
        command += ["--python-version", python, "--implementation", "cp", "--require-hashes", "--no-deps"]
        for platform in platforms:
            command += ["--platform", platform]
        print(f"wheels for {name}, Python {python}")
        subprocess.run([*command, "-r", str(pinned), "-d", str(into)], check=True)


def checksums(folder: Path) -> str:
    """One line a file: SHA-256 and path, in path order."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return "".join(
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder).as_posix()}\n" for path in files
    )


def pack(folder: Path, target: Path) -> None:
    """Zip a folder with fixed dates and order, so that the same wheels give the same bytes."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            info = zipfile.ZipInfo(path.relative_to(folder).as_posix(), FIXED_DATE)
            info.external_attr = 0o644 << 16
            archive.writestr(info, path.read_bytes())


def main() -> None:
    """Build the bundle and say where it lies."""
    wheels = sorted(DIST.glob("custodes-*.whl"))
    if not wheels:
        sys.exit("there is no wheel in dist/: run `make bundle`")
    stage = DIST / "bundle"
    shutil.rmtree(stage, ignore_errors=True)
    stage.mkdir(parents=True)
    shutil.copy(wheels[-1], stage)
    for name, platforms in PLATFORMS.items():
        download(name, platforms, stage / f"wheels-{name}", requirements_for(name, DIST))
    (stage / "INSTALL.txt").write_text(HOWTO, encoding="utf-8", newline="\r\n")
    for name in ("LICENSE", "NOTICE"):
        shutil.copy(ROOT / name, stage)
    sums = checksums(stage)
    (stage / "SHA256SUMS").write_text(sums, encoding="utf-8", newline="\n")
    target = DIST / f"{wheels[-1].name.split('-py3')[0]}-offline.zip"
    pack(stage, target)
    print(f"{target}: {target.stat().st_size / 1e6:.0f} MB, {len(sums.splitlines())} files")


if __name__ == "__main__":
    main()
