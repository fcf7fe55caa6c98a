"""Every kind of page in a real Chromium: axe, keyboard, narrow and wide, dark, print, nothing asked of anybody else."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from pypdf import PdfReader

CHROMIUM = "/usr/bin/chromium"
ARGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync"]  # fmt: skip
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
KINDS = [
    "index.html",
    "figures/index.html",
    "figures/internal.html",
    "figures/drones-dji.html",
    "systems/index.html",
    "systems/drones.html",
    "suppliers/index.html",
    "suppliers/hikvision.html",
    "rules/index.html",
    "rules/uk-npcc-review-2023.html",
    "bodies/index.html",
    "bodies/west-yorkshire.html",
    "claims.html",
    "corrections.html",
    "editions/february-2023/index.html",
    "method.html",
    "data.html",
    "check.html",
]
pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]


@pytest.fixture(scope="module")
def chromium():
    sync = pytest.importorskip("playwright.sync_api")
    with sync.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        yield browser
        browser.close()


@pytest.mark.parametrize("prefix", ["", "cy/"])
@pytest.mark.parametrize("kind", KINDS)
def test_no_violation_on_any_kind_of_page(chromium, example: Path, kind: str, prefix: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    # a page in another scheme and width for each language, so that all four are looked at
    wide, scheme = (1280, "dark") if prefix else (320, "light")
    tab = chromium.new_page(viewport={"width": wide, "height": 900}, color_scheme=scheme)
    messages: list[str] = []
    requests: list[str] = []
    tab.on("console", lambda told: messages.append(told.text))
    tab.on("request", lambda asked: requests.append(asked.url))
    tab.goto((example / prefix / kind).as_uri())
    assert tab.evaluate("document.documentElement.scrollWidth") <= wide
    assert messages == []
    assert set(requests) == {(example / prefix / kind).as_uri(), (example / "style.css").as_uri()}
    found = axe.Axe().run(tab, options={"runOnly": {"type": "tag", "values": TAGS}}).response
    tab.close()
    assert len(found["passes"]) > 20
    assert [(one["id"], [node["html"][:160] for node in one["nodes"][:3]]) for one in found["violations"]] == []


def test_by_keyboard_alone_and_without_scripts(chromium, example: Path) -> None:
    """From the front page to the proof of a figure, with Tab and Enter only and scripts off."""
    context = chromium.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto((example / "index.html").as_uri())
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")  # the link that skips to the content
    tab.keyboard.press("Tab")
    assert tab.url.endswith("#main")
    for _ in range(60):
        if tab.locator("a:focus").count() and tab.locator("a:focus").get_attribute("href") == "figures/internal.html":
            break
        tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/figures/internal.html")
    assert "At least 24 of the 39 that returned" in tab.inner_text("main")
    for _ in range(120):
        if (tab.locator("a:focus").get_attribute("href") if tab.locator("a:focus").count() else "") == (
            "../proof/figures.json"
        ):
            break
        tab.keyboard.press("Tab")
    else:
        raise AssertionError("the proof cannot be reached by keyboard")
    context.close()


def test_every_link_leads_somewhere_inside(example: Path) -> None:
    import re
    from urllib.parse import unquote

    for page in example.rglob("*.html"):
        for link in re.findall(r'(?:href|src)="([^"]+)"', page.read_text(encoding="utf-8")):
            path, _, anchor = link.partition("#")
            assert "//" not in link and not link.startswith("/"), (page, link)
            there = (page.parent / unquote(path)).resolve() if path else page
            assert there.is_file() and there.is_relative_to(example.resolve()), (page, link)
            if anchor and there.suffix == ".html":
                assert f'id="{anchor}"' in there.read_text(encoding="utf-8"), (page, link)


def test_in_print(chromium, example: Path, tmp_path: Path) -> None:
    tab = chromium.new_page()
    tab.goto((example / "index.html").as_uri())
    data = tab.pdf(prefer_css_page_size=True, tagged=True)
    tab.close()
    path = tmp_path / "front.pdf"
    path.write_bytes(data)
    told = " ".join(page.extract_text() for page in PdfReader(path).pages)
    text = " ".join(unicodedata.normalize("NFKC", told).split())  # ligatures as letters
    assert "None of the 39 that returned" in text and "Verification code" in text
    assert "Skip to main content" not in text
    assert "What was printed" not in text  # the menu stays off the paper


def test_no_script_at_all(example: Path) -> None:
    for page in example.rglob("*.html"):
        text = page.read_text(encoding="utf-8").casefold()
        assert (
            "<script" not in text
            and "javascript:" not in text
            and "@import" not in text
            and " on" + "load=" not in text
        )
    assert "url(" not in (example / "style.css").read_text(encoding="utf-8")
