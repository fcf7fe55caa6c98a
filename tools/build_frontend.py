"""The style sheet of the service's pages: govuk-frontend, taken from its registry package into the package tree.

    python tools/build_frontend.py build/frontend/govuk-frontend-6.3.0.tgz

`make frontend` fetches the package first. It is checked by hash; of its files only the style sheet is taken, without
the reserved typeface and the crest, which only services of the government may use. It is git-ignored, and the wheel
carries it with its licence.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import sys
import tarfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "src/custodes/service/web/static/govuk"
WANTED = "3d91fd1353e32e306a8ae493b44ba9c0277348b5dbc08442a3e63d822e516048"
SHEET = "package/dist/govuk/govuk-frontend.min.css"
_FACE = re.compile(r"@font-face\{[^}]*\}")
_TYPEFACE = re.compile(r'"?GDS Transport"?,')
_CREST = re.compile(r"[a-z-]*(?:background|mask)-image:url\([^)]*crest[^)]*\);?")


def main(archive: Path) -> int:
    """Write the style sheet; returns the exit code."""
    if hashlib.sha256(archive.read_bytes()).hexdigest() != WANTED:
        print(f"{archive.name} is not of the known release", file=sys.stderr)
        return 1
    with tarfile.open(archive) as package:
        stream = package.extractfile(SHEET)
        assert stream is not None
        text = stream.read().decode()
    for pattern in (_FACE, _TYPEFACE, _CREST):
        text, many = pattern.subn("", text)
        if not many:
            print(f"nothing was found for {pattern.pattern}: the package is built in another way", file=sys.stderr)
            return 1
    if "url(" in text or "Transport" in text:
        print("something that is fetched or reserved is left in the style sheet", file=sys.stderr)
        return 1
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "govuk-frontend.min.css").write_text(text, encoding="utf-8")
    shutil.copyfile(ROOT / "tools/licences/govuk-frontend.txt", OUT / "LICENCE.txt")
    print(f"style sheet: {OUT.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
