"""The wheel and the offline bundle, built and installed for real. Run by `make long`: it takes minutes."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    subprocess.run(["make", "bundle"], cwd=ROOT, check=True, capture_output=True)
    (archive,) = (ROOT / "dist").glob("*-offline.zip")
    folder = tmp_path_factory.mktemp("bundle")
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(folder)
    return folder


def test_every_file_has_its_checksum(bundle: Path) -> None:
    lines = (bundle / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    listed = {line[66:]: line[:64] for line in lines}
    found = {path.relative_to(bundle).as_posix() for path in bundle.rglob("*") if path.is_file()} - {"SHA256SUMS"}
    assert set(listed) == found
    for name, digest in listed.items():
        assert hashlib.sha256((bundle / name).read_bytes()).hexdigest() == digest, name


def test_windows_wheels_are_complete(bundle: Path) -> None:
    names = {path.name.split("-")[0].lower().replace("_", "-") for path in (bundle / "wheels-windows").iterdir()}
    linux = {path.name.split("-")[0].lower().replace("_", "-") for path in (bundle / "wheels-linux").iterdir()}
    assert names - linux == {"colorama"}
    assert linux <= names
    assert any("win_amd64" in path.name for path in (bundle / "wheels-windows").iterdir())


def test_the_bundle_installs_without_any_registry_and_runs(bundle: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "env", with_pip=True)
    pip = [tmp_path / "env/bin/python", "-m", "pip", "install", "-q", "--no-index"]
    finds = ["--find-links", bundle / "wheels-linux", "--find-links", bundle, "custodes[publish]"]
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PIP_", "PYTHON"))}
    subprocess.run([*map(str, pip), *map(str, finds)], check=True, env=environment)
    done = subprocess.run(
        [tmp_path / "env/bin/custodes", "demo"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
        env=environment,
    )
    assert "INVENTED EXAMPLE" in done.stdout
    example = next((tmp_path / "env").rglob("estate/example/custodes.toml")).parent
    paper = [tmp_path / "env/bin/custodes", "form", "board-page", example, "--out", tmp_path / "board.pdf"]
    subprocess.run([*map(str, paper)], check=True, env=environment)
    assert (tmp_path / "board.pdf").read_bytes().startswith(b"%PDF")
    assert (tmp_path / "report" / "report.html").is_file()
    assert sys.version_info >= (3, 11)
