"""The same folder gives the same bytes: in another place, time zone and locale, under another name, on another day."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest
from publishing_sample import EXAMPLE

from custodes.publication.proof.verify import verify

ZONES = ("UTC", "Asia/Tokyo", "America/St_Johns", "Pacific/Chatham", "Europe/London")
LOCALES = ("C", "C.UTF-8", "POSIX")


def hashes(bundle: Path) -> dict[str, str]:
    return {
        path.relative_to(bundle).as_posix(): sha256(path.read_bytes()).hexdigest()
        for path in sorted(bundle.rglob("*"))
        if path.is_file()
    }


def built(folder: Path, number: int, key: Path) -> dict[str, str]:
    survey = folder / f"a copy {number}" / "of the survey"
    shutil.copytree(EXAMPLE, survey)
    for path in survey.iterdir():
        os.utime(path, (1_000_000_000 + number * 86_400, 1_000_000_000 + number * 86_400))
    out = folder / ("x" * (number % 7 + 1)) / f"out-{number}"
    environment = {
        **os.environ,
        "TZ": ZONES[number % len(ZONES)],
        "LC_ALL": LOCALES[number % len(LOCALES)],
        "PYTHONHASHSEED": str(number),
        "HOME": str(folder),
    }
    command = [sys.executable, "-m", "custodes.cli.main", "publish", survey, "--out", out, "--key", key]
    if number % 2 and shutil.which("faketime"):
        command = ["faketime", "-f", f"+{number * 400}d", *command]
    done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert verify(out).wrong == []
    found = hashes(out)
    shutil.rmtree(out)
    return found


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "key"
    command = [sys.executable, "-m", "custodes.cli.main", "key", path, "--name", "example.org/survey"]
    subprocess.run(command, check=True, capture_output=True)
    return path


def test_two_builds_are_the_same(tmp_path: Path, key: Path) -> None:
    first, second = (built(tmp_path, number, key) for number in (0, 3))
    assert len(first) > 250
    assert first == second


@pytest.mark.long
def test_twenty_builds_are_the_same(tmp_path: Path, key: Path) -> None:
    first = built(tmp_path, 0, key)
    assert all(built(tmp_path, number, key) == first for number in range(1, 20))


def test_each_of_the_five_parts_makes_another_edition() -> None:
    from custodes.publication.edition.stamp import Stamp, templates_version

    parts = ["edition", "2026-01-01", "code", "knowledge", "redaction", templates_version()]
    changed = [Stamp(*parts[:place], "another", *parts[place + 1 :], {}).digest() for place in range(6)]
    assert len({Stamp(*parts, {}).digest(), Stamp(*parts, {"rows": "0"}).digest(), *changed}) == 8
