"""Signing in with an organisation's own account, in a real browser: OpenID Connect and SAML, against real providers."""

from __future__ import annotations

import json
import os
import re
import shutil
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playing import PASSWORD
from playwright.sync_api import Browser, Page, expect, sync_playwright
from providers import certificate
from running import Running, free_port

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]
HERE = Path(__file__).parent
COORDINATOR, SRO = "coordinator@ashire.example", "sro@ashire.example"
SET_UP = """
import os, sys
sys.path[:0] = [sys.argv[1]]
from pathlib import Path
from custodes.service.commands import start, upgrade
start(); upgrade()
from playing import BODIES, PASSWORD, files
from custodes.service.access.invitations import Invited, accept, invite
from custodes.service.access.roles import Role
from custodes.service.access.scope import EVERYTHING, within
from custodes.service.surveys import folders
with within(EVERYTHING):
    folders.keep(files(), None)
    for role in (Role.COORDINATOR, Role.SRO):
        link = invite(Invited(role, f"{role}@{BODIES[0]}.example", BODIES[0]), None)
        assert accept(link, "", PASSWORD, "A person") is not None
"""
PEOPLE = """
import json
from custodes.service.commands import start
start()
from allauth.socialaccount.models import SocialAccount
from custodes.service.access.models import User
of = SocialAccount.objects.order_by("pk").values_list("provider", "uid", "user__email")
print(json.dumps({"people": list(User.objects.order_by("email").values_list("email", flat=True)), "of": list(of)}))
"""


@dataclass
class House:
    """A service, and the two providers of its house."""

    running: Running
    browser: Browser

    def page(self) -> Page:
        return self.browser.new_context(base_url=self.running.url, ignore_https_errors=True).new_page()

    def said(self) -> dict[str, list[object]]:
        return dict(json.loads(self.running.script(PEOPLE)))


def well(url: str, trusted: Path, process: subprocess.Popen[bytes], log: Path) -> None:
    """Waits for a provider."""
    end = time.monotonic() + 40
    context = ssl.create_default_context(cafile=str(trusted))
    while time.monotonic() < end:
        assert process.poll() is None, log.read_text()[-2000:]
        try:
            urllib.request.urlopen(url, timeout=5, context=context)
            return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(log.read_text()[-2000:])


@pytest.fixture(params=["", "ashire.example"], ids=["no address is believed", "those of a domain are"])
def house(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[House]:
    """`param`: the domains whose addresses are believed without the provider calling them verified."""
    running = Running(tmp_path / "home", f"http://localhost:{free_port()}")
    trusted, processes = certificate(tmp_path), []
    try:
        for kind in ("oidc", "saml"):
            port, log = free_port(), tmp_path / f"{kind}.log"
            base = f"https://localhost:{port}"
            words = [sys.executable, HERE / "providers.py", kind, str(port), tmp_path, running.url]
            environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
            with log.open("wb") as out:
                processes.append(subprocess.Popen(words, stdout=out, stderr=out, env=environment))
            shown = "/.well-known/openid-configuration" if kind == "oidc" else "/metadata"
            well(f"{base}{shown}", trusted, processes[-1], log)
            told = {"oidc": f"The house|custodes|a secret|{base}", "saml": f"The hall|{base}/metadata|{base}/metadata"}
            running.environment[f"CUSTODES_{kind.upper()}"] = told[kind]
        running.environment |= {
            "REQUESTS_CA_BUNDLE": str(trusted),
            "SSL_CERT_FILE": str(trusted),
            "CUSTODES_SIGN_IN_DOMAINS": request.param,
        }
        running.script(SET_UP, str(HERE))
        running.start()
        with sync_playwright() as player:
            browser = player.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            yield House(running, browser)
            browser.close()
    finally:
        running.stop()
        for process in processes:
            process.kill()
            process.wait()


def by_oidc(page: Page, number: str) -> None:
    page.goto("/account/login/")
    page.get_by_role("button", name="The house").click()
    page.locator(f"button[name=sub][value='{number}']").click()


def by_saml(page: Page, email: str, number: str, forged: str = "") -> None:
    page.goto("/account/login/")
    page.get_by_role("button", name="The hall").click()
    page.get_by_label("Address").fill(email)
    page.get_by_label("Number").fill(number)
    page.get_by_label("Change it once").fill(forged)
    page.get_by_role("button", name="Go on").click()


def signed_in(page: Page, house: House) -> None:
    expect(page).to_have_url(f"{house.running.url}/home/")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def refused(page: Page, house: House, told: str) -> None:
    expect(page.locator("main")).to_contain_text(re.compile(told))
    page.goto("/home/")
    expect(page).to_have_url(re.compile("/account/login/"))


def test_signing_in_with_an_account_of_the_house(house: House) -> None:
    believed = bool(house.running.environment["CUSTODES_SIGN_IN_DOMAINS"])
    page = house.page()
    by_oidc(page, "1")
    signed_in(page, house)
    assert house.said()["of"] == [["oidc", "1", COORDINATOR]]

    page = house.page()
    by_oidc(page, "2")
    refused(page, house, "no account")

    attempts: list[Callable[[Page], None]] = [
        lambda page: by_oidc(page, "3"),
        lambda page: by_oidc(page, "4"),
        lambda page: by_saml(page, SRO, "31"),
    ]
    for attempt in attempts:
        page = house.page()
        attempt(page)
        if believed:
            signed_in(page, house)
        else:
            refused(page, house, "not verified")

    page = house.page()
    by_saml(page, "somebody@elsewhere.example", "32")
    refused(page, house, "no account|not verified")
    page = house.page()
    by_saml(page, "somebody@elsewhere.example", "33", forged=COORDINATOR)
    refused(page, house, "could not be checked")

    said = house.said()
    assert said["people"] == [COORDINATOR, SRO], "nobody gets an account by signing in elsewhere"
    assert len(said["of"]) == (4 if believed else 1)

    page = house.page()  # and the password that was there still serves
    page.goto("/account/login/")
    page.get_by_label("Email").fill(COORDINATOR)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    signed_in(page, house)
