r"""Speed of firmware beside unsquashfs, unblob, diffoscope and cve-bin-tool, on the same files in one run.

    python bench/firmware_speed.py [--data OLD NEW] [--seed 1] [--peers FOLDERS] [--slow]

Without `--data` a pair is made of Debian's packages for ARM, of two releases (`python tools/armhf_packages.py --bench`
fetches them): flat flashes with a boot loader, the kernel of Debian's installer, a root file system of Squashfs (xz)
with programs and libraries such as cameras have, and settings in JFFS2, written by seed. Compared first: the SHA-256
of every file of the root file system, ours against unsquashfs's. CPU seconds (user and system, children too) and peak
memory of whole processes, imports included. Peers: `unsquashfs` (unpacks to disk, and no more); with `--slow`, where
the folders of peers have them, `diffoscope` on both unpacked trees (it takes minutes), `unblob` with `unsquashfs`
under the name `sasquatch`, and the checkers of `cve-bin-tool`, started without the page that it fetches, on the
unpacked tree. One that is not there is said so; what one finds and the other does not is printed. The goals: a pair of
19 MB in 6 CPU seconds and 300 MB; rules over 500 MB a second; 7 times unblob, 15 times diffoscope, 10 times
cve-bin-tool.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from capture_speed import run

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "evidence" / "firmware"))
import images_made as made  # type: ignore[import-not-found]

OURS = """
import json, sys
from pathlib import Path
from custodes.evidence.firmware.opening import open_image
from custodes.model.firmware import Kind, Limits
image = open_image(Path(sys.argv[1]).read_bytes(), "image", Limits())
held = {entry.path: entry.sha256 for entry in image.entries if entry.volume == sys.argv[2] and entry.kind is Kind.FILE}
print(json.dumps(sorted((path, digest) for path, digest in held.items() if "/content" not in path)))
"""
DIFF = """
import json, sys
from pathlib import Path
from custodes.estate.firmware import compare, signs_of
from custodes.model.firmware import Limits
_, _, changes = compare(Path(sys.argv[1]), Path(sys.argv[2]), signs_of(()), Limits())
print(json.dumps(len(changes)))
"""
UNSQUASH = """
import subprocess, sys
subprocess.run(["unsquashfs", "-q", "-n", "-processors", "1", "-d", sys.argv[2], sys.argv[1]], check=True)
print("null")
"""
FACTS = """
import json, sys
from pathlib import Path
from custodes.estate.firmware import signs_of
from custodes.evidence.firmware.facts.reading import with_facts
from custodes.model.firmware import Coverage, Entry, Image
root = Path(sys.argv[1])
files = sorted(path for path in root.rglob("*") if path.is_file() and not path.is_symlink())
entries = [Entry("tree", str(path.relative_to(root)), data=memoryview(path.read_bytes())) for path in files]
image = with_facts(Image("tree", "", 0, "", {}, tuple(entries), Coverage(0, 0, 0)), signs_of(()))
print(json.dumps(sorted({(one.name, one.version) for one in image.components})))
"""
CHECKERS = """
import json, sys
import cve_bin_tool.version_signature as signature
class Offline:
    def __init__(self, *given): pass
    def __enter__(self): return self
    def __exit__(self, *given): pass
    def get_mapping_data(self): return []
signature.VersionSignatureDb = Offline
from cve_bin_tool.version_scanner import VersionScanner
rows = VersionScanner(should_extract=False, validate=False).recursive_scan(sys.argv[1])
print(json.dumps(sorted({(row.product_info.product, row.product_info.version) for row in rows})))
"""
BENCH = made.PACKAGES / "bench"
#: What cve-bin-tool calls otherwise than we do.
NAMES = {"dropbear_ssh": "dropbear", "libcurl": "curl", "linux_kernel": "linux"}
CALL = "import subprocess, sys; subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL); print('null')"


def make(folder: Path, seed: int) -> tuple[Path, Path]:
    """Two versions of about 19 MB."""
    if not any((BENCH / "v2").glob("*.deb")):
        sys.exit(f"there are no packages in {BENCH}: fetch them first (`python tools/armhf_packages.py --bench`)")
    work = folder / "work"
    work.mkdir(exist_ok=True)
    images = []
    for version in ("v1", "v2"):
        root = made.tree(folder / version, version)
        made.packages(root, version, BENCH)
        dice = random.Random(seed)
        for number in range(40):
            lines = [f"key{line}={dice.randrange(10**6)}" for line in range(dice.randrange(5, 400))]
            made.write(root / f"etc/app/part{number}.ini", "\n".join(lines) + f"\nversion={version[1:]}\n")
        out = work / f"flat-{version}.bin"
        images.append(made.flat(root, version, out, kernel=_kernel(version, work)))
    return images[0], images[1]


def _kernel(version: str, work: Path) -> bytes:
    """The kernel of Debian's installer, packed as it is, in an image of U-Boot."""
    (file,) = (BENCH / version).glob("debian-installer-*.deb")
    folder = work / f"installer-{version}"
    made.run("dpkg-deb", "-x", file, folder)
    held = next(path for path in sorted(folder.rglob("vmlinuz")) if not path.is_symlink())
    return Path(made.uimage(held, work / f"kernel-{version}.uimage")).read_bytes()


def unpacked(image: Path, folder: Path) -> Path:
    """The root file system of a flat image, as unsquashfs unpacks it."""
    data = image.read_bytes()
    (folder / "squashfs").write_bytes(data[data.index(b"hsqs") :])
    out = folder / f"tree-{image.stem}"
    run("unsquashfs", [sys.executable, "-c", UNSQUASH, str(folder / "squashfs"), str(out)])
    return out


def hashes(tree: Path) -> list[list[str]]:
    """Path and SHA-256 of each file."""
    files = [path for path in tree.rglob("*") if path.is_file() and not path.is_symlink()]
    return sorted([str(path.relative_to(tree)), hashlib.sha256(path.read_bytes()).hexdigest()] for path in files)


def scan_rate(tree: Path) -> tuple[float, float]:
    """Megabytes, and CPU seconds of the rules over them, in one process that is warm."""
    from custodes.estate.firmware import signs_of

    signs = signs_of(())
    held = [path.read_bytes() for path in tree.rglob("*") if path.is_file() and not path.is_symlink()]
    for _ in range(2):
        begun = time.process_time()
        for data in held:
            for _found in signs.find(data, "usr/bin/x", text=False):
                pass
    return sum(map(len, held)) / 1e6, time.process_time() - begun


def main() -> None:
    """Compare, then print one line a program."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, nargs=2, metavar=("OLD", "NEW"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--peers", default="", help="folder of programs, such as .venv-peer/bin")
    parser.add_argument("--slow", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        old, new = asked.data or make(folder, asked.seed)
        trees = [unpacked(image, folder) for image in (old, new)]
        for image, tree in zip((old, new), trees, strict=True):
            told = json.loads(run("custodes", [sys.executable, "-c", OURS, str(image), "squashfs"])[2])
            if told != hashes(tree):
                sys.exit(f"the files of {image.name} differ from those of unsquashfs")
            print(f"{image.name}: {image.stat().st_size / 1e6:.1f} MB, {len(told)} files: equal to unsquashfs's")
        _print("custodes diff, both images", run("custodes", [sys.executable, "-c", DIFF, str(old), str(new)]))
        for image in (old, new):
            _print(
                f"custodes opens {image.name}", run("custodes", [sys.executable, "-c", OURS, str(image), "squashfs"])
            )
        again = folder / "again"
        call = [sys.executable, "-c", UNSQUASH, str(folder / "squashfs"), str(again)]
        _print(f"unsquashfs {_version('unsquashfs', '-version')} (to disk)", run("unsquashfs", call))
        size, seconds = scan_rate(trees[1])
        print(f"rules over {size:.0f} MB: {seconds:.2f} CPU s, {size / seconds:.0f} MB/s")
        if asked.slow:
            _slow(trees, (old, new), folder, asked.peers)


def _slow(trees: list[Path], images: tuple[Path, Path], folder: Path, peers: str) -> None:
    if shutil.which("diffoscope"):
        call = ["diffoscope", "--new-file", "--json", str(folder / "out.json"), *map(str, trees)]
        _print(
            f"diffoscope {_version('diffoscope', '--version')} on the trees",
            run("diffoscope", [sys.executable, "-c", CALL, *call]),
        )
    else:
        print("diffoscope is not installed")
    unblob = shutil.which("unblob", path=peers or None)
    if unblob:
        shim = folder / "shim"
        shim.mkdir()
        (shim / "sasquatch").write_text('#!/bin/sh\n[ "$1" = -le ] && shift\nexec unsquashfs "$@"\n')
        (shim / "sasquatch").chmod(0o755)
        os.environ["PATH"] = f"{shim}:{peers}:{os.environ['PATH']}"
        for image, tree in zip(images, trees, strict=True):
            out = folder / f"unblob-{image.stem}"
            call = [unblob, "-e", str(out), "--log", str(folder / "unblob.log"), str(image)]
            name = f"unblob {_version(unblob, '--version')}, {image.name}"
            _print(name, run("unblob", [sys.executable, "-c", CALL, *call]))
            print(f"unblob gave {_alike(out, tree)} of {len(hashes(tree))} files")
    else:
        print("unblob is not among the peers")
    _components(trees[1], peers)


def _alike(out: Path, tree: Path) -> int:
    """Files of a tree whose bytes lie somewhere in a folder."""
    there = {digest for _, digest in hashes(out)}
    return sum(digest in there for _, digest in hashes(tree))


def _components(tree: Path, peers: str) -> None:
    """What both find in one unpacked tree, and how fast."""
    ours = run("custodes", [sys.executable, "-c", FACTS, str(tree)])
    _print("custodes, all facts of the tree", ours)
    program = shutil.which("cve-bin-tool", path=peers or None)
    if program is None:
        print("cve-bin-tool is not among the peers")
        return
    theirs = run("cve-bin-tool", [str(Path(program).parent / "python"), "-c", CHECKERS, str(tree)])
    _print(f"cve-bin-tool {_version(program, '--version')}, checkers", theirs)
    held = {tuple(one) for one in json.loads(ours[2])}
    other = {(NAMES.get(name, name), version) for name, version in json.loads(theirs[2].strip().splitlines()[-1])}
    print(
        f"components: {len(held & other)} alike; only ours {sorted(held - other)}; only theirs {sorted(other - held)}"
    )


def _version(program: str, switch: str) -> str:
    done = subprocess.run([program, switch], capture_output=True, text=True)
    return next((word for word in (done.stdout + done.stderr).split() if word[:1].isdigit()), "")


def _print(name: str, done: tuple[float, float, str]) -> None:
    print(f"{name:44} {done[0]:7.2f} CPU s {done[1]:6.0f} MB peak")


if __name__ == "__main__":
    main()
