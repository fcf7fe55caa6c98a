import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from publication_sample import CJK, HOSTILE, established, many, probable, sample, with_readings

from custodes.model.vocab import Status
from custodes.publication.report import render_report
from custodes.publication.report.view import answer
from custodes.publication.totals import totals

CHROMIUM = "/usr/bin/chromium"
ARGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PLAIN = ["svg", "title", "desc", "defs", "pattern", "rect", "text", "tspan"]
TAGS = set(
    [
        "html",
        "head",
        "meta",
        "title",
        "link",
        "style",
        "body",
        "a",
        "header",
        "p",
        "h1",
        "h2",
        "h3",
        "strong",
        "nav",
        "ul",
        "ol",
        "li",
        "main",
        "section",
        "dl",
        "dt",
        "dd",
        "div",
        "span",
        "bdi",
        "table",
        "caption",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "details",
        "summary",
        "footer",
        "article",
    ]
) | set(PLAIN)


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.attributes, self.ids = set(), [], []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += attrs
        self.ids += [value for name, value in attrs if name == "id"]


def parsed(page):
    tags = Tags()
    tags.feed(page)
    return tags


@pytest.fixture
def page():
    return render_report(with_readings(sample()))


def test_hostile_text_adds_no_markup(page):
    tags = parsed(page)
    assert tags.tags <= TAGS
    assert not [name for name, _ in tags.attributes if name.startswith("on") or name == "style"]
    assert len(tags.ids) == len(set(tags.ids))
    assert "\u202e" not in page and "\x1b" not in page and "\x00" not in page
    assert "{{ 7*7 }}" in page and CJK in page


def test_nothing_is_loaded_from_elsewhere(page):
    loads = [v for n, v in parsed(page).attributes if n in ("src", "href", "action", "data", "srcset")]
    assert all(value.startswith(("#", "data:,")) for value in loads)
    assert "url(" not in page.replace("url(#", "")
    assert "default-src 'none'" in page and "<script" not in page.replace("&lt;script", "")


def test_the_order_of_the_page(page):
    order = [
        "answer",
        "who",
        "readings",
        "rules",
        "unknown",
        "findings",
        "sites",
        "files",
        "devices",
        "method",
    ]
    places = [page.index(f'<section id="{name}"') for name in order]
    assert places == sorted(places)
    assert page.count('class="marking"') == 2
    assert "Invented example" in page
    for words in ("asserted", "review", "compliant", "banned", "confidence"):
        assert not re.search(rf"\b{words}\b", page)


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=60) | st.sampled_from(HOSTILE))
def test_any_text_anywhere_adds_no_markup(text):
    estate = with_readings(sample(title=text, marking=text, words={"blank": text}))
    first = replace(estate.devices[0], name=text, site=text, id=text, status_text=text, body=text, system=text)
    account = replace(estate.files[0], file=text, format_name=text, mapped=((text, text),), gaps=(text,))
    page = render_report(replace(estate, devices=(first, *estate.devices[1:]), files=(account,)))
    assert parsed(page).tags <= TAGS
    assert not any(c in page for c in "\u202e\u2066\x1b\x9b\x00")
    assert not [name for name, _ in parsed(page).attributes if name.startswith("on") or name == "style"]


def test_two_sentences_with_bounds():
    first, second = answer(totals(sample()))
    assert "30 live devices" in first and "established for 11" in first
    assert "checked for 4" in first and "not known for 15" in first
    assert "at least 11" in second and "at most 30" in second
    nothing = answer(totals(sample(devices=())))
    assert nothing[0].startswith("No live device")


def test_totals_respect_quantity_and_live():
    sums = totals(sample())
    assert (sums.live, sums.not_live) == (30, 3)
    for side in (sums.makers, sums.labels):
        assert side.established + side.probable + side.unknown == sums.live
        assert sum(t.total for t in side.tallies) + side.unknown == sums.live
        assert all(t.established <= side.at_most(t) <= sums.live for t in side.tallies)
        assert sum(value for _, value in side.reasons) == side.unknown


def test_sensitive_sites_are_counted_and_not_named(page):
    assert "1 sensitive site" in page
    for secret in ("Secret House", "custody corridor", "cell 4"):
        assert secret not in page
    assert "withheld: sensitive site" in page


def test_same_assessment_same_page():
    assert render_report(sample()) == render_report(sample())


def test_a_marking_cannot_leave_its_place():
    page = render_report(sample(marking='X"; } body { display:none } </style><script>x</script>'))
    assert parsed(page).tags <= TAGS
    css = page[page.index("<style>") : page.index("</style>")]
    assert "display:none }" not in css


def test_long_lists_are_cut_and_say_so():
    page = render_report(many(2001))
    assert page.count("<summary>") == 500 + 1
    assert "The first 500 are shown; the rest is in the data files." in page
    assert "data files" not in render_report(many(600))[:-3000].split('id="devices"')[1].split('id="method"')[0]


def test_lost_rows_are_said():
    account = sample().files[0]
    page = render_report(sample(files=(replace(account, rows=30),)))
    assert "7 are not accounted for" in page
    assert "none was lost" in render_report(sample())


def test_empty_estate_and_no_marking():
    page = render_report(sample(devices=(), findings=(), skipped=(), merged=(), files=(), marking="", next_steps=()))
    assert "No device was found" in page and 'class="marking"' not in page
    assert parsed(page).tags <= TAGS


def test_a_probable_maker_without_a_name_is_still_words():
    attribution = replace(probable(), candidates=())
    page = render_report(sample(devices=(replace(sample().devices[0], attribution=attribution),)))
    assert "check: the only source for this is weak" in page
    odd = replace(established(), status=Status.REVIEW)
    assert "probably Alder AC-200, check" in render_report(
        sample(devices=(replace(sample().devices[0], attribution=odd),))
    )


@pytest.mark.browser
@pytest.mark.enable_socket
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("wide", [1280, 320])
def test_in_a_real_browser(tmp_path, scheme, wide):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    sync = pytest.importorskip("playwright.sync_api")
    file = tmp_path / "report.html"
    file.write_text(render_report(with_readings(sample())), encoding="utf-8")
    messages, requests, dialogs = [], [], []
    with sync.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        tab = browser.new_page(viewport={"width": wide, "height": 900}, color_scheme=scheme)
        tab.on("console", lambda m: messages.append(m.text))
        tab.on("pageerror", lambda e: messages.append(str(e)))
        tab.on("dialog", lambda d: (dialogs.append(d.message), d.dismiss()))
        tab.on("request", lambda r: requests.append(r.url))
        tab.goto(file.as_uri())
        assert tab.evaluate("document.documentElement.scrollWidth") <= wide
        tab.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        messages_before_axe, requests_before_axe = list(messages), list(requests)
        result = axe.Axe().run(tab)
        tab.keyboard.press("Tab")
        assert tab.evaluate("document.activeElement.className") == "skip"
        browser.close()
    found = [(v["id"], [n["html"][:120] for n in v["nodes"][:3]]) for v in result.response["violations"]]
    assert found == []
    assert messages_before_axe == [] and dialogs == []
    assert requests_before_axe == [file.as_uri()]


@pytest.mark.browser
@pytest.mark.enable_socket
def test_every_printed_page_is_marked(tmp_path):
    sync = pytest.importorskip("playwright.sync_api")
    file = tmp_path / "report.html"
    file.write_text(render_report(sample()), encoding="utf-8")
    with sync.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        tab = browser.new_page()
        tab.goto(file.as_uri())
        script = "[...document.styleSheets[0].cssRules].map(r => r.cssText).filter(t => t.startsWith('@page'))"
        rules = "".join(tab.evaluate(script))
        pdf = tab.pdf(prefer_css_page_size=True)
        browser.close()
    assert rules.count("OFFICIAL - EXAMPLE ONLY") == 2
    assert pdf.startswith(b"%PDF")
