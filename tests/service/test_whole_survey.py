"""The 2022 survey from its invitations to the correction, as those who take part see it: in a real browser, and by the
API where there are many of one kind. The days are those of 2022 and 2023.
"""

from __future__ import annotations

import csv
import email
import io
import json
import os
import re
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from playwright.sync_api import Error as PlaywrightError
from running import Running, free_port, postgres

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket, pytest.mark.timeout(1500)]
EXAMPLE = Path(__file__).parents[2] / "examples/survey-2022"
SURVEY, WAVE = "bscc-2022", "survey-2022"
PASSWORD = "a survey of forty-seven bodies"
#: Returns that are given in the browser; the rest by the API.
BY_BROWSER = 39 if os.environ.get("CUSTODES_LONG") else 4


def script() -> dict[str, list[dict[str, str]]]:
    """What each body answers, from the example; rows of the wave, the last that was given before any correction."""
    found: dict[str, dict[tuple[str, str], dict[str, str]]] = {}
    with (EXAMPLE / "answers.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            if row.get("wave") in ("", WAVE) and row["state"] != "corrected":
                found.setdefault(row["body"], {})[row["question"], row["part"]] = row
    asked = json.loads(json.dumps(list(found)))
    return {body: list(found[body].values()) for body in asked}


def corrected() -> list[str]:
    """The bodies of the withdrawn finding."""
    with (EXAMPLE / "answers.csv").open(encoding="utf-8", newline="") as stream:
        return [row["body"] for row in csv.DictReader(stream) if row["state"] == "corrected"]


def folder() -> bytes:
    """The example's folder before anybody was asked: no answers, no editions; the wave closes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path in sorted(EXAMPLE.iterdir()):
            if path.name in ("answers.csv", "editions.yaml", "README.md"):
                continue
            text = path.read_text(encoding="utf-8")
            if path.name == "waves.yaml":
                text = text.replace("opened: 2022-06-24,", "opened: 2022-06-24, closed: 2022-09-01,")
            archive.writestr(f"survey/{path.name}", text)
    return out.getvalue()


@dataclass
class Cast:
    """Everybody who takes part."""

    service: Running
    browser: Browser
    contexts: dict[str, BrowserContext] = field(default_factory=dict)

    def page(self, who: str) -> Page:
        """A browser in which somebody is signed in."""
        if who not in self.contexts:
            self.contexts[who] = self.browser.new_context(base_url=self.service.url, java_script_enabled=False)
            page = self.contexts[who].new_page()
            page.goto("/account/login/")
            page.fill("#id_login", who)
            page.fill("#id_password", PASSWORD)
            page.get_by_role("button", name="Sign in", exact=True).click()
            assert "/home/" in page.url, page.content()[-3000:]
            return page
        return self.contexts[who].pages[0]

    def forget(self) -> None:
        """Sessions end with the months."""
        for one in self.contexts.values():
            one.close()
        self.contexts = {}

    def links(self, address: str, seconds: float = 40) -> list[str]:
        """The invitations that were sent to somebody."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = []
            for path in sorted((self.service.home / "mail").glob("*.eml")):
                message = email.message_from_bytes(path.read_bytes())
                if message["To"] == address:
                    text = message.get_payload(decode=True).decode()
                    found += re.findall(r"http\S+/invitation/\S+", text)
            if found:
                return found
            time.sleep(0.5)
        raise AssertionError(f"no invitation to {address}")

    def token(self, who: str, *scopes: str) -> str:
        page = self.page(who)
        page.goto("/home/tokens/")
        page.fill("#name", "a program")
        for scope in scopes:
            page.check(f"input[value={scope}]")
        page.get_by_role("button", name="Make a token").click()
        return page.inner_text("#token")


@dataclass
class Api:
    """A program with a token."""

    url: str
    token: str

    def call(self, verb: str, place: str, told: Any = None) -> Any:
        answer = requests.request(
            verb, f"{self.url}/api/v1{place}", json=told, headers={"Authorization": f"Bearer {self.token}"}, timeout=60
        )
        assert answer.status_code < 300, (place, answer.status_code, answer.text)
        return answer.json() if answer.content else None


@pytest.fixture(params=["sqlite", "postgresql"])
def service(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Running]:
    made = Running(tmp_path / "home", f"http://localhost:{free_port()}")
    if request.param == "sqlite":
        try:
            yield made
        finally:
            made.stop()
        return
    with postgres(tmp_path) as url:
        made.environment["DATABASE_URL"] = url
        try:
            yield made
        finally:
            made.stop()


@pytest.fixture
def cast(service: Running) -> Iterator[Cast]:
    with sync_playwright() as player:
        browser = player.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield Cast(service, browser)
        browser.close()


def accept(cast: Cast, link: str, who: str) -> None:
    """Follows a one-time link, with an account or without."""
    page = cast.browser.new_context(base_url=cast.service.url, java_script_enabled=False).new_page()
    page.goto(link)
    if page.locator("#password").count():
        if page.locator("#email").count():
            page.fill("#email", who)
        page.fill("#name", who.partition("@")[0])
        page.fill("#password", PASSWORD)
        page.get_by_role("button", name="Make the account").click()
        assert "/home/" in page.url, page.content()[-2000:]
    else:
        page.get_by_role("button", name="Take the role").click()
    page.context.close()


def invite(cast: Cast, lines: list[str]) -> None:
    page = cast.page("admin@office.example")
    page.goto("/people/")
    page.fill("#list", "\n".join(lines))
    page.get_by_role("button", name="Send the invitations").click()
    assert f"{len(lines)} invitations are on their way" in page.inner_text("main")


def fill_in_browser(page: Page, body: str, rows: list[dict[str, str]]) -> None:
    """Each answer on its own page, as a respondent gives it."""
    hub = f"/returns/{SURVEY}/{WAVE}/{body}/"
    sections = {question: section for section, question in questions()}
    for row in rows:
        if row["state"] == "not_answered":
            continue  # left open: the officer completes the return with it
        page.goto(f"{hub}sections/{sections[row['question']]}/questions/{row['question']}/")
        if row["question"] not in page.url:
            continue  # routed out by an answer before it
        give(page, row)
        page.get_by_role("button", name="Save and go back to the section").click()
        assert page.url.endswith(f"/sections/{sections[row['question']]}/"), page.inner_text("main")


def give(page: Page, row: dict[str, str]) -> None:
    if row["state"] == "answered":
        if page.locator("input[name=value][type=radio]").count():
            page.check(f"input[name=value][value='{row['value']}']")
        else:
            page.fill("[name=value]", row["value"])
        return
    page.locator("summary").click()
    page.check(f"input[name=state][value={row['state']}]")
    page.fill("#note", "section 24 of the Act of 2000: national security")


def questions() -> Iterator[tuple[str, str]]:
    import yaml

    told = yaml.safe_load((EXAMPLE / "questionnaire.yaml").read_text(encoding="utf-8"))
    for section in told["sections"]:
        for question in section["questions"]:
            yield section["id"], question["id"]


def complete(cast: Cast, body: str, who: str, day: str) -> None:
    page = cast.page(who)
    page.goto(f"/returns/{SURVEY}/{WAVE}/{body}/complete/")
    year, month, date = day.split("-")
    for name, value in (("day", date), ("month", month), ("year", year)):
        page.fill(f"#as_at-{name}", value)
    if page.locator("#open").count():
        page.check("#open")
    page.get_by_role("button", name="It is complete").click()
    assert page.url.endswith(f"/{body}/"), page.inner_text("main")


def sign(cast: Cast, body: str, who: str) -> None:
    page = cast.page(who)
    page.goto(f"/returns/{SURVEY}/{WAVE}/{body}/sign/")
    page.check("#agreed")
    page.get_by_role("button", name="Sign", exact=True).click()
    assert page.url.endswith(f"/{body}/"), page.inner_text("main")
    assert "Signed" in page.inner_text("main")


def run_to_its_end(page: Page) -> str:
    """Waits for a run of publishing: its page asks again by itself, and is gone for a moment whenever it does."""
    until = time.monotonic() + 240
    while True:
        with suppress(PlaywrightError):  # asked while the page is on its way
            text = page.inner_text("main", timeout=10_000)
            if "asks again" not in text:
                return text
        assert time.monotonic() < until, "a run of publishing did not end"
        page.wait_for_timeout(250)


def day_fields(page: Page, name: str, day: str) -> None:
    year, month, date = day.split("-")
    for part, value in (("day", date), ("month", month), ("year", year)):
        page.fill(f"#{name}-{part}", value)


@dataclass
class Story:
    """Who takes part, and what they will say."""

    cast: Cast
    service: Running
    answers: dict[str, list[dict[str, str]]] = field(default_factory=script)
    wrong: list[str] = field(default_factory=corrected)
    asked: dict[str, dict[str, str]] = field(default_factory=dict)
    bodies: list[str] = field(default_factory=list)
    returned: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    browsed: list[str] = field(default_factory=list)
    api_bodies: list[str] = field(default_factory=list)
    refusing: str = ""
    one: str = ""
    programs: dict[str, Api] = field(default_factory=dict)


def begun(cast: Cast, service: Running) -> Story:
    story = Story(cast, service)
    story.asked = {row["body"]: row for row in csv.DictReader((EXAMPLE / "bodies.csv").open(encoding="utf-8"))}
    story.bodies = [body for body in story.asked if story.asked[body]["kind"] != "office"]
    story.returned = [body for body in story.bodies if body in story.answers]
    assert (len(story.bodies), len(story.returned)) == (47, 39)
    assert len(story.wrong) == 2
    on_time = [
        body for body in story.returned if min(row["recorded_at"] for row in story.answers[body]) <= "2022-11-14"
    ]
    story.late = [body for body in story.returned if body not in on_time]
    assert (len(on_time), len(story.late)) == (36, 3)
    # the browser takes both bodies of the correction and some more, the API the rest
    story.browsed = list(dict.fromkeys([*story.wrong, *on_time]))[:BY_BROWSER]
    if len(story.browsed) < BY_BROWSER:
        story.browsed = list(dict.fromkeys([*story.browsed, *story.late]))[:BY_BROWSER]
    return story


def june(story: Story) -> None:
    """The office sets itself up, uploads the survey, opens the wave, invites."""
    story.service.start("2022-06-24 09:00:00")
    first = re.search(r"http\S+/invitation/\S+", story.service.told)
    assert first is not None
    accept(story.cast, first[0].replace("127.0.0.1", "localhost"), "admin@office.example")
    page = story.cast.page("admin@office.example")
    page.goto("/surveys/upload/")
    page.set_input_files("#file", {"name": "survey.zip", "mimeType": "application/zip", "buffer": folder()})
    page.get_by_role("button", name="Upload").click()
    assert "48 bodies" in page.inner_text("main"), "47, and the office itself"
    page.locator("tr", has_text="Commissioner's survey").get_by_role("button").click()
    assert "47 bodies invited" in page.inner_text("main")
    lines = ["analyst@office.example, analyst", "auditor@office.example, auditor"]
    for body in story.browsed:
        for role in ("coordinator", "respondent", "sro", "chief"):
            lines.append(f"{role}@{body}.example, {role}, {body}")
    story.refusing = next(body for body in story.bodies if body not in story.returned)
    lines.append(f"chief@{story.refusing}.example, chief, {story.refusing}")
    story.api_bodies = [body for body in story.returned if body not in story.browsed]
    lines += [
        f"{role}@api.example, {role}, {body}" for body in story.api_bodies for role in ("coordinator", "sro", "chief")
    ]
    invite(story.cast, lines)
    for line in lines[:2] + [one for one in lines[2:] if "@api.example" not in one]:
        who = line.partition(",")[0]
        accept(story.cast, story.cast.links(who)[0], who)
    for role in ("coordinator", "sro", "chief") if story.api_bodies else ():
        who = f"{role}@api.example"
        end = time.monotonic() + 90
        while len(found := story.cast.links(who)) < len(story.api_bodies) and time.monotonic() < end:
            time.sleep(0.5)
        accept(story.cast, found[0], who)
        session = requests.Session()
        sent(session, f"{story.service.url}/account/login/", {"login": who, "password": PASSWORD})
        for link in found[1:]:
            sent(session, link, {})


def sent(session: requests.Session, place: str, told: dict[str, str]) -> None:
    """A form, filled in and sent by a program."""
    token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', session.get(place, timeout=30).text)
    assert token is not None
    done = session.post(place, data={"csrfmiddlewaretoken": token[1], **told}, timeout=30, allow_redirects=False)
    assert done.status_code == 302, (place, done.status_code)


def given(story: Story) -> None:
    """A coordinator gives sections to a respondent; each answers what is theirs."""
    story.one = story.browsed[0]
    page = story.cast.page(f"coordinator@{story.one}.example")
    page.goto(f"/returns/{SURVEY}/{WAVE}/{story.one}/people/")
    page.locator("tr", has_text="Body-worn").get_by_role("button").first.click()
    worn = [row for row in story.answers[story.one] if row["question"].startswith("bodyworn")]
    respondent = story.cast.page(f"respondent@{story.one}.example")
    fill_in_browser(respondent, story.one, worn)
    respondent.goto(f"/returns/{SURVEY}/{WAVE}/{story.one}/sections/cctv/start/")
    assert "You may not do that" in respondent.inner_text("main")
    for body in story.browsed:
        if body not in story.late:
            fill_in_browser(story.cast.page(f"coordinator@{body}.example"), body, story.answers[body])
            complete(story.cast, body, f"sro@{body}.example", "2022-06-24")


def voided(story: Story) -> None:
    """A signature, and a later edit that voids it."""
    sign(story.cast, story.one, f"chief@{story.one}.example")
    page = story.cast.page(f"coordinator@{story.one}.example")
    page.goto(f"/returns/{SURVEY}/{WAVE}/{story.one}/sections/about/questions/about.lead_force/")
    page.check("input[name=value][value=no]")
    page.get_by_role("button", name="Save and go back to the section").click()
    chief = story.cast.page(f"chief@{story.one}.example")
    chief.goto(f"/returns/{SURVEY}/{WAVE}/{story.one}/")
    assert "In progress" in chief.inner_text("main")
    complete(story.cast, story.one, f"sro@{story.one}.example", "2022-06-24")
    for body in story.browsed:
        if body not in story.late:
            sign(story.cast, body, f"chief@{body}.example")


def refused(story: Story) -> None:
    """A refusal, with the law and the reason."""
    page = story.cast.page(f"chief@{story.refusing}.example")
    page.goto(f"/returns/{SURVEY}/{WAVE}/{story.refusing}/decline/")
    page.fill("#law", "Freedom of Information Act 2000")
    page.fill("#section", "s.24")
    page.fill("#reason", "national security")
    page.get_by_role("button", name="Decline").click()
    assert "Declined" in page.inner_text("main")


def asked_about(story: Story) -> None:
    """A request for change, and its reply."""
    page = story.cast.page("analyst@office.example")
    page.goto(f"/office/{SURVEY}/waves/{WAVE}/{story.one}/")
    page.fill("#query-text", "Please confirm the number of cameras.")
    page.get_by_role("button", name="Send the question").click()
    assert "Asked about" in page.inner_text("main")
    page = story.cast.page(f"coordinator@{story.one}.example")
    page.goto(f"/returns/{SURVEY}/{WAVE}/{story.one}/")
    assert "confirm the number of cameras" in page.inner_text("main")
    page.fill("textarea[name=reply]", "It is right.")
    page.get_by_role("button", name="Send the reply").click()
    complete(story.cast, story.one, f"sro@{story.one}.example", "2022-06-24")
    sign(story.cast, story.one, f"chief@{story.one}.example")


def programs(story: Story) -> None:
    """The rest by the API."""
    if story.api_bodies:
        story.programs = {
            "coordinator": Api(story.service.url, story.cast.token("coordinator@api.example", "read_return", "answer")),
            "sro": Api(story.service.url, story.cast.token("sro@api.example", "read_return", "complete")),
            "chief": Api(story.service.url, story.cast.token("chief@api.example", "read_return", "sign")),
        }
        for body in story.api_bodies:
            if body not in story.late:
                by_api(story.programs, body, story.answers[body])
    story.cast.forget()
    story.service.stop()


def november(story: Story) -> None:
    """Three more return, months late."""
    story.service.start("2023-01-20 09:00:00")
    for body in story.late:
        if body in story.browsed:
            fill_in_browser(story.cast.page(f"coordinator@{body}.example"), body, story.answers[body])
            complete(story.cast, body, f"sro@{body}.example", "2022-06-24")
            sign(story.cast, body, f"chief@{body}.example")
        else:
            by_api(story.programs, body, story.answers[body])
    page = story.cast.page("analyst@office.example")
    page.goto(f"/office/{SURVEY}/waves/{WAVE}/")
    text = page.inner_text("main")
    assert "39 signed" in text and "1 declined" in text and "7 invited" in text, text[:600]
    assert "141" in page.locator("tr", has_text=story.asked[story.late[0]]["name"]).inner_text(), (
        "20 January is 141 days after 1 September"
    )
    for body in story.returned:
        page.goto(f"/office/{SURVEY}/waves/{WAVE}/{body}/")
        page.get_by_role("button", name="Accept the return").click()
    story.cast.forget()
    story.service.stop()


def february(story: Story) -> None:
    """The edition: asked for by one, agreed by another."""
    story.service.start("2023-02-15 09:00:00")
    publish(story.cast, "february-2023", "Responses and key findings", "2023-02-15", "", {})
    public = story.cast.browser.new_context(base_url=story.service.url, java_script_enabled=False).new_page()
    public.goto("/")
    public.get_by_role("link", name="Overt surveillance").click()
    assert "39 of 47" in public.inner_text("main")
    figures = requests.get(f"{story.service.url}/published/{SURVEY}/data/figures.csv", timeout=30).text
    held = {row["id"]: row for row in csv.DictReader(io.StringIO(figures))}
    assert (held["returns"]["numerator"], held["body-worn"]["numerator"]) == ("39", "2")
    assert (held["internal"]["numerator"], held["external"]["numerator"]) == ("24", "18")
    story.cast.forget()
    story.service.stop()


def april(story: Story) -> None:
    """What two bodies seemed to say was wrong."""
    story.service.start("2023-04-25 09:00:00")
    for body in story.wrong:
        page = story.cast.page("analyst@office.example")
        page.goto(f"/office/{SURVEY}/waves/{WAVE}/{body}/")
        page.select_option("#correct-question", "bodyworn.hikvision")
        page.fill("#correct-value", "no")
        page.fill("#correct-reason", "further enquiries after publication showed it to be wrong")
        page.get_by_role("button", name="Record the correction").click()
        assert "corrected" in page.inner_text("main").casefold() or "No" in page.inner_text("main")
    notice = {
        "what": "Two forces were said to use body-worn video of that make. None of those that replied does.",
        "cause": "Returns gave that impression.",
    }
    publish(story.cast, "corrected", "As known after the correction", "2023-04-25", "february-2023", notice)
    figures = requests.get(f"{story.service.url}/published/{SURVEY}/data/figures.csv", timeout=30).text
    both = {(row["edition"], row["id"]): row["numerator"] for row in csv.DictReader(io.StringIO(figures))}
    assert both["february-2023", "body-worn"] == "2" and both["corrected", "body-worn"] == "0"
    corrections = requests.get(f"{story.service.url}/published/{SURVEY}/corrections.html", timeout=30).text
    assert "None of those that replied does" in corrections


def checks(story: Story) -> None:
    """A stranger checks what was published; the auditor what was done."""
    place = story.service.home
    words = ["verify", place / "published" / SURVEY, "--key", place / "service.key.pub"]
    done = subprocess.run(
        [sys.executable, "-m", "custodes.cli.main", *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    page = story.cast.page("auditor@office.example")
    page.goto("/audit/?kind=signature_voided")
    assert page.locator("tbody tr").count() == 1
    page.goto("/audit/?kind=release_approved")
    assert page.locator("tbody tr").count() == 2
    assert page.goto(f"/returns/{SURVEY}/{WAVE}/{story.one}/").status == 403
    checked = story.service.run("checkpoint")
    assert "custodes.invalid/service" in checked.stdout, checked.stderr
    checked = story.service.run("verify")
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_survey_from_its_invitations_to_its_correction(cast: Cast, service: Running) -> None:
    story = begun(cast, service)
    for step in (june, given, voided, refused, asked_about, programs, november, february, april, checks):
        step(story)


def by_api(programs: dict[str, Api], body: str, rows: list[dict[str, str]]) -> None:
    place = f"/returns/{SURVEY}/{WAVE}/{body}"
    told = [
        {"question": row["question"], "part": row["part"], "state": row["state"], "value": row["value"]}
        | ({"note": "section 24: national security"} if row["state"] == "refused" else {})
        for row in rows
        if row["state"] in ("answered", "refused", "none", "not_known")
    ]
    programs["coordinator"].call("PUT", f"{place}/answers", {"answers": told})
    done = programs["sro"].call("POST", f"{place}/complete", {"as_at": "2022-06-24", "open": True})
    signed = programs["chief"].call("POST", f"{place}/sign", {"digest": done["digest"]})
    assert signed["state"] == "signed_off"


def publish(cast: Cast, slug: str, title: str, cut: str, corrects: str, notice: dict[str, str]) -> None:
    """An edition from its proposal to what the public reads."""
    page = cast.page("analyst@office.example")
    page.goto(f"/office/{SURVEY}/editions/")
    page.fill("#slug", slug)
    page.fill("#title", title)
    day_fields(page, "cut", cut)
    if corrects:
        page.select_option("#corrects", corrects)
        page.locator("summary").click()
        for name, text in notice.items():
            page.fill(f"#{name}", text)
    page.get_by_role("button", name="Propose").click()
    page.get_by_role("link", name=title).click()
    page.get_by_role("button", name="Preview with redaction").click()
    text = run_to_its_end(page)
    assert "Verification code" in text, text
    page.get_by_role("link", name="The preview").click()
    assert "39 of 47" in page.inner_text("main")
    page.goto(f"/office/{SURVEY}/editions/{slug}/")
    page.get_by_role("button", name="Ask for release").click()
    assert page.get_by_role("button", name="Agree and publish").count() == 0, "another person must agree"
    other = cast.page("admin@office.example")
    other.goto(f"/office/{SURVEY}/editions/{slug}/")
    other.get_by_role("button", name="Agree and publish").click()
    text = run_to_its_end(other)
    assert "Verification code" in text, text
