"""Write the pack's baseline of open code: hashes of the strings in Debian's packages for ARM, of both releases.

    python tools/build_baseline.py DATE [FOLDER...]     # FOLDER: more folders of packages (.deb)

`python tools/armhf_packages.py` fetches the packages. Only hashes of strings are written, no code.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from custodes.evidence.firmware.strings import strings_of
from custodes.knowledge.files import bundled
from custodes.knowledge.lineage import written
from custodes.model.firmware import Entry, Reference


def main() -> None:
    """Unpack, hash, write."""
    day, *more = sys.argv[1:]
    files = sorted(
        file for folder in ("build/armhf/v1", "build/armhf/v2", *more) for file in Path(folder).glob("*.deb")
    )
    hashes: set[int] = set()
    for file in files:
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(["dpkg-deb", "-x", file, folder], check=True)
            parts = [path for path in Path(folder).rglob("*") if path.is_file() and not path.is_symlink()]
            kept = [path for path in parts if "/usr/share/" not in str(path)]
            hashes |= strings_of(Entry("", path.name, data=path.read_bytes()) for path in kept).keys()
    source = "https://packages.debian.org/ (armhf, bullseye and bookworm): " + ", ".join(
        sorted({file.name.split("_")[0] for file in files})
    )
    out = bundled() / "lineage" / "debian-armhf.json"
    out.parent.mkdir(exist_ok=True)
    out.write_text(written(Reference("open code as Debian builds it for ARM", True, source, day, sorted(hashes))))
    print(f"{out.name}: {len(files)} packages, {len(hashes):,} strings, {out.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
