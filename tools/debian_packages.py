"""Installs Debian packages that are not there yet; says the one line to run where it may not."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys


def installed(package: str) -> bool:
    """Whether dpkg knows the package as installed."""
    done = subprocess.run(["dpkg-query", "-W", "-f=${Status}", package], capture_output=True, text=True, check=False)
    return done.stdout == "install ok installed"


def main(packages: list[str]) -> int:
    """Install what is missing. Returns the exit code."""
    if shutil.which("dpkg-query") is None or shutil.which("apt-get") is None:
        print(f"not a Debian system: please install {' '.join(packages)} yourself", file=sys.stderr)
        return 0 if all(shutil.which(package) for package in packages) else 2
    missing = [package for package in packages if not installed(package)]
    if not missing:
        return 0
    prefix = [] if os.geteuid() == 0 else ["sudo", "-n"] if shutil.which("sudo") else None
    if prefix is None:
        print(f"missing Debian packages; run as root:  apt-get install -y {' '.join(missing)}", file=sys.stderr)
        return 2
    print(f"installing Debian packages: {' '.join(missing)}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "update", "-q"],
        ["apt-get", "install", "-y", "-q", "--no-install-recommends", *missing],
    ):
        done = subprocess.run([*prefix, *command], env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            print(done.stderr[-2000:], file=sys.stderr)
            print(f"failed; run as root:  apt-get install -y {' '.join(missing)}", file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
