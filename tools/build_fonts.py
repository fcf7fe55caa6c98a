"""The fonts that papers are set in, taken from Debian's packages into the package tree (git-ignored), for the wheel.

    python tools/build_fonts.py

Noto Sans comes as it is, checked by hash. Of Noto Sans CJK a small part is cut: the signs that the reference data
uses for names in native script. Both are under the SIL Open Font Licence, which is copied beside them. Needs `apt-get`
and `dpkg-deb`; nothing is installed.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTCollection, TTFont

from custodes.publication.papers.print import EASTERN, LATIN

ROOT = Path(__file__).resolve().parent.parent
PACK = ROOT / "src/custodes/knowledge/pack"
OUT = ROOT / "src/custodes/publication/papers/fonts"
CJK, CJK_FAMILY = "NotoSansCJK-Regular.ttc", "Noto Sans CJK SC"


def main() -> int:
    """Write the fonts; returns the exit code."""
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        print("the fonts are taken from Debian's packages: run this on Debian", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        unpacked = Path(folder)
        for package in ("fonts-noto-core", "fonts-noto-cjk"):
            _unpack(package, unpacked)
        OUT.mkdir(parents=True, exist_ok=True)
        for name, wanted in LATIN.items():
            source = next(unpacked.rglob(name))
            if hashlib.sha256(source.read_bytes()).hexdigest() != wanted:
                print(f"{name} is not of the known release: papers would come out with other bytes", file=sys.stderr)
                return 1
            shutil.copyfile(source, OUT / name)
        _cut(next(unpacked.rglob(CJK)), OUT / EASTERN)
        for package in ("fonts-noto-core", "fonts-noto-cjk"):
            shutil.copyfile(unpacked / f"usr/share/doc/{package}/copyright", OUT / f"{package}.LICENCE.txt")
    print(f"fonts: {OUT.relative_to(ROOT)}")
    return 0


def _unpack(package: str, into: Path) -> None:
    subprocess.run(["apt-get", "download", "-q", package], cwd=into, check=True, capture_output=True)
    archive = next(into.glob(f"{package}_*.deb"))
    subprocess.run(["dpkg-deb", "-x", archive, into], check=True)


def _cut(collection: Path, out: Path) -> None:
    """The signs of the reference data that Noto Sans lacks, out of the collection."""
    latin = set(TTFont(OUT / "NotoSans-Regular.ttf").getBestCmap())
    text = "".join(path.read_text(encoding="utf-8") for path in sorted(PACK.rglob("*.yaml")))
    wanted = {ord(sign) for sign in text if sign.isprintable()} - latin
    font = next(one for one in TTCollection(collection).fonts if one["name"].getDebugName(1) == CJK_FAMILY)
    options = subset.Options(layout_features=[], name_IDs=["*"], notdef_outline=True, recalc_timestamp=False)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=wanted)
    cutter.subset(font)
    font.save(out, reorderTables=None)


if __name__ == "__main__":
    raise SystemExit(main())
