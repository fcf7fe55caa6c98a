"""Makes the virtual environment; on Debian installs the missing venv module first, if it may."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path


def main(folder: str) -> int:
    """Create the environment at `folder`. Returns the exit code."""
    if sys.version_info < (3, 11):  # noqa: UP036 - the Makefile runs this with whatever python3 there is
        print(f"custodes needs Python 3.11 or newer; this is {sys.version.split()[0]}", file=sys.stderr)
        return 2
    done = subprocess.run([sys.executable, "-m", "venv", folder], capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return 0
    shutil.rmtree(folder, ignore_errors=True)
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    packages = [f"python{version}-venv"]
    helper = Path(__file__).with_name("debian_packages.py")
    if subprocess.run([sys.executable, helper, *packages], check=False).returncode:
        return 2
    os.execv(sys.executable, [sys.executable, "-m", "venv", folder])
    return 2


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))
