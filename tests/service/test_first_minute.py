"""The first minute: the wheel, `custodes serve` in an empty folder, the page; no database server, nothing else."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import venv
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright
from running import free_port

ROOT = Path(__file__).parents[2]
pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program of the wheel, in an environment of its own; what it depends on is this one's."""
    place = tmp_path_factory.mktemp("wheel")
    source = place / "source"
    shutil.copytree(ROOT, source, ignore=shutil.ignore_patterns(".*", "build", "dist", "tests", "published"))
    build = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", str(place), "."]
    subprocess.run(build, cwd=source, check=True, capture_output=True)
    (wheel,) = place.glob("*.whl")
    venv.create(place / "env")
    python = place / "env/bin/python"
    install = [sys.executable, "-m", "pip", "--python", str(python), "install", "-q", "--no-deps", "--no-index"]
    subprocess.run([*install, str(wheel)], check=True, capture_output=True)
    own = next((place / "env/lib").glob("python*/site-packages"))
    others = [path for path in sys.path if path.endswith("site-packages")]
    (own / "others.pth").write_text("\n".join(others), encoding="utf-8")
    where = subprocess.run([python, "-c", "import custodes; print(custodes.__file__)"], capture_output=True, text=True)
    assert str(own) in where.stdout, where
    return place / "env/bin/custodes"


@pytest.fixture
def served(program: Path, tmp_path: Path) -> Iterator[tuple[str, Path]]:
    port = free_port()
    log = tmp_path / "log"
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("CUSTODES_", "DATABASE_"))}
    folder = tmp_path / "empty"
    folder.mkdir()
    with log.open("wb") as out:
        process = subprocess.Popen(
            [program, "serve", "--port", str(port)], cwd=folder, env=environment, stdout=out, stderr=out,
            start_new_session=True,
        )  # fmt: skip
    try:
        yield f"http://127.0.0.1:{port}", log
    finally:
        os.killpg(os.getpgid(process.pid), signal.SIGKILL)
        process.wait()


def link(log: Path) -> str:
    """The one-time link, once it is printed."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        found = re.search(r"once:\s+(http\S+)", log.read_text(encoding="utf-8"))
        if found:
            return found[1]
        time.sleep(0.1)
    raise AssertionError(log.read_text(encoding="utf-8"))


def test_from_an_empty_folder_to_an_example_in_a_minute(
    served: tuple[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    begun = time.monotonic()
    url, log = served
    invitation = link(log)
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page()
        for _ in range(100):
            try:
                page.goto(f"{url}/")
                break
            except Exception:
                time.sleep(0.2)
        first = time.monotonic() - begun
        assert page.locator("h1").count() == 1
        page.goto(invitation)
        page.fill("input[name=email]", "admin@example.org")
        page.fill("input[name=name]", "The administrator")
        page.fill("input[name=password]", "a long enough password")
        page.click("main button[type=submit]")
        if page.url.endswith("/login/") or "login" in page.url:
            page.fill("input[name=login]", "admin@example.org")
            page.fill("input[name=password]", "a long enough password")
            page.click("main button[type=submit]")
        page.goto(f"{url}/estate/northmarch/")
        for _ in range(120):
            if "devices in use" in page.inner_text("main"):
                break
            time.sleep(0.5)
            page.reload()
        text = page.inner_text("main")
        whole = time.monotonic() - begun
        assert "2,288 devices in use" in text and "invented example" in text
        page.goto(f"{url}/office/")
        assert "Example survey" in page.inner_text("main")
        browser.close()
    with capsys.disabled():
        print(f"\nfirst page after {first:.1f} s, the example worked out after {whole:.1f} s")
    assert (log.parent / "empty" / "custodes-data" / "service.sqlite3").stat().st_size > 0
