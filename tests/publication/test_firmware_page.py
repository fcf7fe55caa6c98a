"""The page of what an upgrade added: what is new stands first, on one sheet; nothing of an image is markup."""

import re
from pathlib import Path

import pytest
from test_report import ARGS, CHROMIUM

from custodes.model.firmware import Change, Coverage, Grade, Image, Region
from custodes.publication.firmware.page import render_page

LONG = "a very long value that goes on and on " * 6


def image(name="old.bin", **coverage):
    return Image(name, "ab" * 32, 1_000, "flat", {}, (), Coverage(1_000, 1_000, 0, **coverage))


def added(kind, value, path="bin/x", grade=Grade.STRING):
    return Change("added", kind, value, path, grade=grade)


def page(*changes, new=None):
    return render_page(image(), new or image("new.bin"), changes)


def test_what_is_new_is_counted_and_stands_before_what_only_differs():
    told = page(
        Change(
            "changed", "service", "telnetd -x", "etc/a", before="telnetd", grade=Grade.STRING, grade_from=Grade.STRING
        ),
        added("capability", "reads number plates"),
        added("endpoint", "203.0.113.7", "etc/b", Grade.EXECUTED),
        added("endpoint", "203.0.113.8", "etc/b", Grade.EXECUTED),
        Change("changed", "capability", "cloud", "etc/c", grade=Grade.EXECUTED, grade_from=Grade.STRING),
        Change("removed", "account", "guest", "etc/passwd", grade=Grade.EXECUTED),
        Change("changed", "component", "busybox 1.35.0", "bin/busybox", before="busybox 1.30.1"),
    )
    assert (
        "This upgrade adds 1 ability and 2 addresses. 1 of what was there before is now nearer to being used." in told
    )
    assert told.index("reads number plates") < told.index("telnetd -x")
    assert told.index("telnetd -x") < told.index('id="gone"') < told.index("guest")
    assert re.search(r"busybox</bdi>.{0,40}1\.30\.1</bdi> → .{0,20}1\.35\.0", told)
    assert "a sign in a program" in told and "set up to be used" in told


def test_no_difference_is_said_with_what_was_not_read():
    opaque = Region("new.bin", 0, 500, 7.99, True, "encrypted")
    told = page(new=image("new.bin", regions=(opaque,)))
    assert "Nothing that could be read differs between the two." in told
    assert "50% of the new image (500 bytes) could not be read: encrypted." in told
    assert "All of both images was looked into." in page()


def test_texts_of_an_image_are_no_markup():
    hostile = "<script>alert(1)</script>\u202etxt.exe\x1b[2J"
    told = render_page(
        image(hostile), image(), [added("capability", hostile, hostile), added("component", f"{hostile} 1")]
    )
    assert "<script" not in told and "\x1b" not in told and "\u202e" not in told


@pytest.mark.browser
@pytest.mark.enable_socket
def test_it_fits_on_one_sheet_and_everybody_can_read_it(tmp_path: Path):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    sync = pytest.importorskip("playwright.sync_api")
    kinds = ("capability", "service", "account", "key", "endpoint")
    changes = [
        added(kind, f"{number} {LONG}", "usr/share/somewhere/" + "deep/" * 6) for kind in kinds for number in range(9)
    ]
    changes += [Change("removed", "endpoint", f"{number} {LONG}", "etc/x") for number in range(20)]
    changes += [added("component", f"program{number} 1.{number}") for number in range(40)]
    file = tmp_path / "page.html"
    file.write_text(page(*changes), encoding="utf-8")
    with sync.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        tab = browser.new_page(viewport={"width": 320, "height": 900})
        tab.goto(file.as_uri())
        assert tab.evaluate("document.documentElement.scrollWidth") <= 320
        found = axe.Axe().run(tab).response["violations"]
        pdf = tab.pdf(prefer_css_page_size=True)
        browser.close()
    assert [(one["id"], one["nodes"][0]["html"][:120]) for one in found] == []
    assert max(map(int, re.findall(rb"/Count (\d+)", pdf))) == 1
