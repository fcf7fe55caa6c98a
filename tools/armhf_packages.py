"""Fetch Debian's packages for another machine, of two releases, into build/armhf: parts that test images are made of.

    python tools/armhf_packages.py [--bench]

With `--bench` more of them, in build/armhf/bench: what the images are made of that speed is measured on, with the
kernel of Debian's installer. They are never installed: APT is told of a machine and of lists of its own, and the
packages are only unpacked.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

FOLDER = Path("build/armhf")
RELEASES = {"v1": "bullseye", "v2": "bookworm"}
PACKAGES = (
    "busybox-static", "dropbear-bin", "wpasupplicant", "dnsmasq-base", "zlib1g", "libcurl4", "mosquitto", "lighttpd",
    "hostapd", "iptables", "u-boot-sunxi",
)  # fmt: skip
ONLY = {"v1": ("libssl1.1",), "v2": ("libssl3",)}
BENCH = ("libc6", "libstdc++6", "libsqlite3-0", "ethtool", "iw")
BENCH_ONLY = {
    "v1": ("debian-installer-11-netboot-armhf", "libavcodec58"),
    "v2": ("debian-installer-12-netboot-armhf", "libavcodec59"),
}
KEYS = "/usr/share/keyrings/debian-archive-keyring.gpg"


def apt(*command: str, folder: Path, config: Path) -> None:
    """Run a command of APT on the other machine's lists. Leaves the program with what it said if it fails."""
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, "APT_CONFIG": str(config)}, capture_output=True, text=True
    )
    if done.returncode:
        sys.exit(f"{' '.join(command)}: {done.stderr.strip()[-400:]}")


def mirror() -> str:
    """Where this machine gets Debian from. Leaves the program if APT knows nowhere."""
    command = ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages"]
    told = subprocess.run(command, capture_output=True, text=True).stdout.split()
    found = sorted({uri for uri in told if uri.rstrip("/").endswith("/debian")})
    if not found:
        sys.exit("APT has no lists of Debian's packages: run `apt-get update` first")
    return found[0]


def prepare(root: Path) -> Path:
    """A configuration of APT that touches nothing of this machine."""
    for name in ("lists/partial", "cache/archives/partial"):
        (root / name).mkdir(parents=True, exist_ok=True)
    (root / "status").touch()
    site = mirror()
    (root / "sources.list").write_text(
        "".join(f"deb [arch=armhf signed-by={KEYS}] {site} {release} main\n" for release in RELEASES.values())
    )
    config = root / "apt.conf"
    config.write_text(
        f'Dir::Etc::sourcelist "{root}/sources.list";\nDir::Etc::sourceparts "-";\nDir::State::lists "{root}/lists";\n'
        f'Dir::State::status "{root}/status";\nDir::Cache "{root}/cache";\nAPT::Architecture "armhf";\n'
        'APT::Architectures { "armhf"; };\nAPT::Sandbox::User "root";\n'
    )
    return config


def fetch(root: Path, wanted: Mapping[Path, tuple[str, ...]]) -> None:
    """Fetch what is missing of the packages of each folder, which is named as a version."""
    missing = {
        folder: [name for name in names if not list(folder.glob(f"{name}_*.deb"))] for folder, names in wanted.items()
    }
    if not any(missing.values()):
        return
    print(f"fetching {sum(map(len, missing.values()))} Debian packages that test images are made of", flush=True)
    config = prepare(root)
    apt("apt-get", "update", "-q", folder=root, config=config)
    for folder, names in missing.items():
        folder.mkdir(parents=True, exist_ok=True)
        for name in names:
            apt("apt-get", "download", "-q", f"{name}/{RELEASES[folder.name]}", folder=folder, config=config)


def main() -> None:
    """Fetch what is missing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bench", action="store_true", help="what speed is measured on, too")
    asked = parser.parse_args()
    root = FOLDER.resolve()
    wanted: dict[Path, tuple[str, ...]] = {root / version: (*PACKAGES, *ONLY[version]) for version in RELEASES}
    if asked.bench:
        wanted |= {root / "bench" / version: (*BENCH, *BENCH_ONLY[version]) for version in RELEASES}
    fetch(root, wanted)


if __name__ == "__main__":
    main()
