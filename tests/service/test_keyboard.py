"""A whole return, from signing in to the chief officer's signature, by keyboard alone and with scripts off."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playing import BODIES, PASSWORD, hub
from playwright.sync_api import Page, sync_playwright
from running import Running, free_port

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]
A = BODIES[0]
SET_UP = """
import os, sys
sys.path[:0] = [sys.argv[1]]
from pathlib import Path
from custodes.service.commands import start, upgrade
start(); upgrade()
from playing import Play
Play.begun(Path(os.environ["CUSTODES_HOME"]))
"""
STATE = """
import json
from custodes.service.commands import start
start()
from custodes.service.access.scope import EVERYTHING, within
from custodes.service.returns.models import Recorded, Return
with within(EVERYTHING):
    rows = {row.question: row.value for row in Recorded.objects.filter(body_id="ashire")}
    print(json.dumps([Return.objects.get(body_id="ashire").state, rows]))
"""


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Running]:
    made = Running(tmp_path / "home", f"http://localhost:{free_port()}")
    environment = {**os.environ, "CUSTODES_HOME": str(made.home)}
    here = str(Path(__file__).parent)
    subprocess.run([sys.executable, "-c", SET_UP, here], env=environment, check=True, capture_output=True)
    made.start()
    try:
        yield made
    finally:
        made.stop()


class Keys:
    """Somebody who has a keyboard and nothing else."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def to(self, selector: str) -> None:
        """Tab by Tab to an element, which must then be seen to have the focus."""
        for _ in range(150):
            self.page.keyboard.press("Tab")
            if self.page.locator(f"{selector}:focus").count():
                return
        raise AssertionError(f"{selector} cannot be reached by keyboard on {self.page.url}")

    def link(self, text: str, *, whole: bool = False) -> None:
        """Follows a link, or presses a button, that says so."""
        for _ in range(150):
            self.page.keyboard.press("Tab")
            focused = self.page.locator("a:focus, button:focus")
            told = " ".join((focused.text_content() or "").split()) if focused.count() else ""
            if told and (text in told if not whole else text == told):
                self.send()
                return
        raise AssertionError(f"“{text}” cannot be reached by keyboard on {self.page.url}")

    def send(self) -> None:
        """Enter, and the page that follows."""
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def write(self, selector: str, text: str, *, send: bool = False) -> None:
        """Types into a field."""
        self.to(selector)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)
        if send:
            self.send()

    def choose(self, places: int) -> None:
        """Chooses the answer so many places behind the first, and sends it."""
        self.to("input[name=value]")
        self.page.keyboard.press("Space")
        for _ in range(places):
            self.page.keyboard.press("ArrowDown")
        self.send()

    def day(self, name: str, *parts: str) -> None:
        """Types a day into its three fields."""
        for field, part in zip(("day", "month", "year"), parts, strict=True):
            self.write(f"#{name}-{field}", part)

    def sign_in(self, email: str) -> None:
        """With a password."""
        self.page.goto("/")
        self.link("Sign in")
        self.write("input[name=login]", email)
        self.write("input[name=password]", PASSWORD, send=True)
        assert "/home/" in self.page.url, self.page.inner_text("main")


def test_a_whole_return_by_keyboard_and_without_scripts(service: Running) -> None:
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])

        def keys(role: str) -> Keys:
            context = browser.new_context(base_url=service.url, java_script_enabled=False)
            made = Keys(context.new_page())
            made.sign_in(f"{role}@{A}.example")
            made.link("The first wave")
            assert made.page.url.endswith(hub(A))
            return made

        one = keys("coordinator")
        one.link("Camera systems")
        one.link("Change Do you use cameras?")
        one.choose(0)
        one.write("#value", "12", send=True)
        one.choose(1)
        assert one.page.url.endswith("/sections/cctv/"), one.page.url
        one.link("Back to the return")
        one.link("Systems")
        one.write("#name", "Town", send=True)
        one.write("#value", "the council")
        one.link("Save and go on")
        one.link("Back to the return")
        one.link("Body-worn video")
        one.link("Change Since when?")
        one.day("value", "3", "4", "2020")
        one.link("Save and go on")
        one.choose(1)
        one.link("Back to the return")
        assert one.page.inner_text("main").count("Complete") >= 3, one.page.inner_text("main")
        officer = keys("sro")
        officer.link("complete")
        officer.day("as_at", "2", "2", "2026")
        officer.link("It is complete")
        assert officer.page.url.endswith(hub(A)), officer.page.inner_text("main")
        chief = keys("chief")
        chief.link("Sign", whole=True)
        chief.to("#agreed")
        chief.page.keyboard.press("Space")
        chief.link("Sign", whole=True)
        assert "Signed" in chief.page.inner_text("main"), chief.page.inner_text("main")
        browser.close()
    environment = {**os.environ, "CUSTODES_HOME": str(service.home)}
    done = subprocess.run([sys.executable, "-c", STATE], env=environment, check=True, capture_output=True, text=True)
    state, rows = json.loads(done.stdout.splitlines()[-1])
    assert state == "signed_off"
    told = {"cctv.use": "yes", "cctv.many": "12", "cctv.kind": "new", "sys.owner": "the council"}
    assert rows == told | {"worn.since": "2020-04-03", "worn.concern": "no"}
