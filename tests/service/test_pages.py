"""Pages in Chromium: axe on every template, by keyboard alone, with scripts off, in both languages."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playing import BODIES, SURVEY, WAVE, hub
from playwright.sync_api import Browser, BrowserContext, sync_playwright
from running import Running, free_port

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]
A = BODIES[0]
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@dataclass(frozen=True)
class Site:
    """A service that runs, and who is signed in how."""

    url: str
    cookies: dict[str, str]
    run: int
    token: str
    numbers: dict[str, int]
    names: dict[str, str]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    place = tmp_path_factory.mktemp("pages") / "home"
    done = subprocess.run(
        [sys.executable, Path(__file__).with_name("staging.py"), place], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    told = json.loads(done.stdout.splitlines()[-1])
    service = Running(place, f"http://localhost:{free_port()}")
    service.start()
    try:
        yield Site(service.url, **told)
    finally:
        service.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as player:
        made = player.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield made
        made.close()


def context(browser: Browser, site: Site, who: str, **more: Any) -> BrowserContext:
    """A browser in which somebody is signed in: a role, and a body unless it is one of the office."""
    made = browser.new_context(base_url=site.url, **more)
    if who:
        made.add_cookies([{"name": "sessionid", "value": site.cookies[who], "url": site.url}])
    return made


def kinds(site: Site) -> dict[str, list[tuple[str, str]]]:
    """Who looks at what: every template of the service."""
    section = hub(A, "sections", "cctv")
    office = f"/office/{SURVEY}"
    estate = f"/estate/{A}"
    return {
        "": [
            ("front", "/"), ("sign in", "/account/login/"), ("invitation", f"/invitation/{site.token}/"),
            ("gone", "/invitation/x/"), ("error", "/nothing"),
        ],
        f"coordinator {A}": [
            ("home", "/home/"), ("account", "/home/account/"), ("tokens", "/home/tokens/"), ("hub", hub(A)),
            ("section", section), ("part", hub(A, "sections", "systems")),
            ("yes or no", section + "questions/cctv.use/"), ("count", section + "questions/cctv.many/"),
            ("choice", section + "questions/cctv.kind/"),
            ("date", hub(A, "sections", "worn") + "questions/worn.since/"),
            ("text", f'{hub(A, "sections", "systems")}questions/sys.owner/?part=Townyakmark'),
            ("check", hub(A, "check")), ("delegate", hub(A, "people")), ("people", f"/bodies/{A}/people/"),
            ("history", hub(A, "history")), ("confirm", f"/confirm/{A}/{SURVEY}/first/"),
            ("second factor", "/account/2fa/"), ("password", "/account/password/change/"),
        ],
        f"sro {A}": [
            ("complete", hub(A, "complete")), ("workbook", hub(A, "workbook")), ("decline", hub(A, "decline")),
        ],
        f"chief {A}": [("sign", hub(A, "sign"))],
        "office_admin ": [
            ("office", "/office/"), ("upload", "/surveys/upload/"), ("everybody", "/people/"), ("survey", f"{office}/"),
            ("board", f"{office}/waves/{WAVE}/"), ("review", f"{office}/waves/{WAVE}/{A}/"),
            ("editions", f"{office}/editions/"), ("edition", f"{office}/editions/first/"),
            ("run", f"{office}/runs/{site.run}/"), ("audit", "/audit/"), ("rounds", "/rounds/"),
            ("round", f"/rounds/{site.numbers['round']}/"),
            ("round line", f"/rounds/{site.numbers['round']}/lines/{site.names['line']}/"),
        ],
        f"estate_manager {A}": [
            ("estate", f"{estate}/"), ("estate files", f"{estate}/files/"), ("register", f"{estate}/register/"),
            ("estate file", f"{estate}/files/{site.numbers['upload']}/"),
            ("device", f"{estate}/devices/{site.names['ident']}/"), ("queue", f"{estate}/queue/"),
            ("estate question", f"{estate}/queue/{site.names['key']}/"), ("findings", f"{estate}/findings/"),
            ("map", f"{estate}/map/"), ("destinations", f"{estate}/destinations/"),
            ("firmware", f"{estate}/firmware/"), ("drift", f"{estate}/firmware/runs/{site.numbers['image']}/"),
            ("plan", f"{estate}/plan/"), ("forms", f"{estate}/forms/"), ("settings", f"{estate}/settings/"),
            ("form", f"{estate}/forms/runs/{site.numbers['form']}/"), ("judgements", f"{estate}/judgements/"),
            ("estate run", f"{estate}/runs/{site.numbers['run of estate']}/"), ("changes", f"{estate}/changes/"),
        ],
    }  # fmt: skip


def test_axe_finds_nothing(site: Site, browser: Browser, tmp_path: Path) -> None:
    axe, faults, many = Axe(), [], 0
    for who, pages in kinds(site).items():
        for width, language in ((320, "en"), (1280, "cy")):
            made = context(browser, site, who, viewport={"width": width, "height": 900})
            page = made.new_page()
            page.goto(f"/?lang={language}")
            for name, place in pages:
                answer = page.goto(place)
                assert answer is not None and answer.status < 500, (name, place)
                assert name in ("gone", "error") or answer.status == 200, (name, place, answer.status)
                found = axe.run(page, options=WCAG)
                faults += [
                    (name, width, one["id"], [node["target"] for node in one["nodes"]][:3])
                    for one in found.response["violations"]
                ]
                wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1")
                faults += [(name, width, "scrolls sideways", [])] if wide else []
                shots = os.environ.get("CUSTODES_SHOTS")
                if shots:
                    page.screenshot(path=f"{shots}/{name.replace(' ', '-')}-{width}.png", full_page=True)
                many += 1
            made.close()
    assert faults == [], "\n".join(map(str, faults))
    assert many > 60


def test_axe_finds_nothing_where_a_workbook_differs(site: Site, browser: Browser, tmp_path: Path) -> None:
    """A page that no address leads to: a workbook that says otherwise than what was answered on the web."""
    from openpyxl import load_workbook

    made = context(browser, site, f"sro {A}", viewport={"width": 320, "height": 900})
    page = made.new_page()
    path = tmp_path / "return.xlsx"
    path.write_bytes(page.request.get(hub(A)[:-1] + "/workbook.xlsx").body())
    book = load_workbook(path)
    sheet = book["cctv"]
    rows = {sheet.cell(row, 1).value: row for row in range(1, 20)}
    sheet.cell(rows["cctv.use"], 6).value = "yes / ie"
    sheet.cell(rows["cctv.many"], 6).value = 4321
    book.save(path)
    page.goto(hub(A, "workbook"))
    page.set_input_files("#file", path)
    page.get_by_role("button", name="Upload").click()
    page.get_by_label("4321").wait_for()
    found = Axe().run(page, options=WCAG)
    assert [one["id"] for one in found.response["violations"]] == []
    if shots := os.environ.get("CUSTODES_SHOTS"):
        page.screenshot(path=f"{shots}/workbook-differs-320.png", full_page=True)
    made.close()


def test_nothing_comes_from_elsewhere_and_no_script_is_refused(site: Site, browser: Browser) -> None:
    made = context(browser, site, f"coordinator {A}")
    page = made.new_page()
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    for _, place in kinds(site)[f"coordinator {A}"]:
        page.goto(place)
    made.close()
    assert asked and all(one.startswith(site.url) or one.startswith("data:") for one in asked)
    assert [one for one in said if "Content Security Policy" in one] == []


def test_a_question_by_keyboard_alone_and_without_scripts(site: Site, browser: Browser) -> None:
    """From the hub to an answer and on: Tab, Enter, Space and letters."""
    made = context(browser, site, f"coordinator {A}", java_script_enabled=False)
    page = made.new_page()
    page.goto(hub(A))

    def to(text: str) -> None:
        """Tabs to the link or button that says so, which must then be seen to have the focus."""
        for _ in range(120):
            page.keyboard.press("Tab")
            if page.locator(":focus").count() and text in " ".join(
                (page.locator(":focus").text_content() or "").split()
            ):
                return
        raise AssertionError(f"{text} cannot be reached by keyboard")

    to("Camera systems")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sections/cctv/")
    to("Change How many?")
    page.keyboard.press("Enter")
    page.wait_for_url("**/questions/cctv.many/")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.locator("#value:focus").count():
            break
    page.keyboard.press("Control+A")
    page.keyboard.type("77")
    page.keyboard.press("Enter")
    page.wait_for_url("**/questions/cctv.kind/")
    page.goto(hub(A, "sections", "cctv"))
    assert "77" in page.inner_text("main")
    made.close()


def test_welsh_says_what_english_says(site: Site, browser: Browser) -> None:
    """Every key stands in both languages, and a page is in one."""
    from custodes.service.web.words import table

    assert [key for key, told in table().items() if set(told) != {"en", "cy"} or not all(told.values())] == []
    import re

    unlike = [
        key
        for key, told in table().items()
        if set(re.findall(r"{\w+}", told["en"])) != set(re.findall(r"{\w+}", told["cy"]))
    ]
    assert unlike == []
    made = context(browser, site, f"coordinator {A}")
    page = made.new_page()
    page.goto(hub(A) + "?lang=cy")
    assert page.locator("html").get_attribute("lang") == "cy"
    assert "Systemau camera" in page.inner_text("main") and "Adrannau" in page.inner_text("main")
    made.close()
