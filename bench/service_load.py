"""The service under load: a register of 100,000 devices on a real PostgreSQL, pages and saves at once.

    python bench/service_load.py [--devices 100000] [--seconds 60] [--rate 50] [--savers 500] [--seed 1] [--data CSV]

`--data`: a register that exists already, instead of a made one. No page is cached anywhere; each request asks for other
devices, another filter or another page, and a tenth of the requests write. Latency is counted from the moment at which
a request was due, so that a server that falls behind cannot hide it. There is no peer: no other tool keeps such a
register; what one page costs is printed beside the same query asked of PostgreSQL bare.
"""

from __future__ import annotations

import argparse
import http.client
import os
import random
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "service"))

running: Any = import_module("running")  # how the tests begin a server

MAKES = (
    ("Hikvision", "DS-2CD2143G2-I"), ("Dahua", "IPC-HFW2231S-S-S2"), ("Axis", "P3245-V"), ("Hanwha", "XNV-8080R"),
    ("Uniview", "IPC2122LB-ASF28K-A"), ("Bosch", "NBE-7702"), ("LaView", "LV-PB932F4"), ("", ""),
)  # fmt: skip
BODY = "load"


def register(path: Path, many: int, seed: int) -> None:
    """A made register: every device in it is invented."""
    chance = random.Random(seed)
    with path.open("w", encoding="utf-8") as out:
        out.write("Name,Make,Model,MAC,Firmware,Site,Location,Status\n")
        for number in range(many):
            make, model = chance.choice(MAKES)
            mac = f"02:00:{number >> 16 & 255:02X}:{number >> 8 & 255:02X}:{number & 255:02X}:01"
            firmware = f"V5.{chance.randrange(9)}.{chance.randrange(9)}"
            out.write(
                f"Camera {number:06},{make},{model},{mac},{firmware},Site {number % 400:03},Floor {number % 9},on\n"
            )


@dataclass(frozen=True)
class Stage:
    """What is there to be asked for. `savers`: the session and the body of each respondent."""

    manager: str
    csrf: str
    run: str
    devices: list[str]
    findings: list[str]
    savers: list[tuple[str, str]]


def staged(asked: argparse.Namespace, home: Path) -> Stage:
    """A body with a register that was read as the service reads it, and a survey with many respondents."""
    from custodes.service.commands import start, upgrade

    start()
    upgrade()
    from django.conf import settings

    settings.ALLOWED_HOSTS = ["*"]
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    from custodes.service.access.roles import Role
    from custodes.service.access.scope import EVERYTHING, within
    from custodes.service.estates import running as runs
    from custodes.service.estates import taking
    from custodes.service.estates.acts import estate_of
    from custodes.service.estates.models import Device, Found
    from custodes.service.surveys.models import Body

    csv = Path(asked.data) if asked.data else home / "register.csv"
    if not asked.data:
        register(csv, asked.devices, asked.seed)
    with within(EVERYTHING):
        estate = estate_of(Body.objects.create(id=BODY, name="A large body"))
        type(estate).objects.filter(pk=estate.pk).update(kind="police-force")
        taking.take_path(estate, None, csv, {"kind": "records"})
        began = time.monotonic()
        run = runs.want(estate, None)
        runs.work(run.pk)
        run.refresh_from_db()
        assert run.state == "done", run.error
        print(f"  {run.told['number']:,} devices read and put into the register in {time.monotonic() - began:.0f} s")
        devices = list(Device.objects.filter(run=run).values_list("ident", flat=True))
        findings = list(Found.objects.filter(run=run).values_list("key", flat=True)[:5_000])
        manager, csrf = session(Role.ESTATE_MANAGER, BODY)
        savers = respondents(asked.savers)
    return Stage(manager, csrf, str(run.pk), devices, findings, savers)


def session(role: Any, body: str) -> tuple[str, str]:
    """The session of somebody who signed in, and the key of its forms."""
    from django.test import Client

    from custodes.service.access.invitations import grant
    from custodes.service.access.models import User

    user = User.objects.create_user(f"{role}-{secrets.token_hex(4)}@{body}.example", "x", name=f"{role} of {body}")
    grant(user, role, body, None)
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    told = client.session
    told["_csrftoken"] = secrets.token_hex(16)
    told.save()
    return str(client.cookies["sessionid"].value), str(told["_csrftoken"])


def respondents(many: int) -> list[tuple[str, str]]:
    """A survey that asks as many bodies as there are respondents, and a coordinator of each."""
    playing = import_module("playing")
    from custodes.service.access.roles import Role
    from custodes.service.surveys import folders
    from custodes.service.surveys.models import Survey
    from custodes.service.surveys.waves import open_wave

    bodies = [f"b{number}" for number in range(many)]
    rows = "".join(f"{one},Body {one},county,,\n" for one in bodies)
    folders.keep(playing.files(**{"bodies.csv": "body,name,kind,invited_from,invited_to\n" + rows}), None)
    from custodes.service.access.models import User

    open_wave(Survey.objects.get(pk=playing.SURVEY), playing.WAVE, User.objects.order_by("pk")[0])
    return [(session(Role.COORDINATOR, body)[0], body) for body in bodies]


class Browser:
    """One connection that stays open, as one browser's."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def ask(self, method: str, place: str, cookie: str, form: dict[str, str] | None = None) -> tuple[int, str]:
        """Status and page. A line that the server closed is opened again."""
        headers = {"Cookie": f"sessionid={cookie}"}
        body = urlencode(form) if form is not None else None
        if body is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded"}
        for _ in range(2):
            try:
                self._line.request(method, place, body, headers)
                answer = self._line.getresponse()
                return answer.status, answer.read().decode("utf-8", "replace")
            except (http.client.HTTPException, ConnectionError):
                self._line.close()
                self._line = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        raise ConnectionError(place)


def lists(chance: random.Random, many: int) -> str:
    """Another page of the register, or another filter or word, each time."""
    kind = chance.randrange(5)
    asked: dict[str, Any] = {"after": chance.randrange(many)}
    if kind == 1:
        asked = {"sure": chance.choice(("asserted", "review", "unknown")), "after": chance.randrange(many // 2)}
    if kind == 2:
        asked = {"make": chance.choice(MAKES)[0], "after": chance.randrange(many // 2)}
    if kind == 3:
        asked = {"site": f"Site {chance.randrange(400):03}"}
    if kind == 4:
        asked = {"search": f"{chance.randrange(many):06}"}
    return f"/estate/{BODY}/register/?{urlencode(asked)}"


def cpu(match: Callable[[str], bool]) -> float:
    """CPU seconds of all processes whose command line is meant."""
    ticks = os.sysconf("SC_CLK_TCK")
    total = 0.0
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                parts = (folder / "stat").read_text().rpartition(") ")[2].split()
            except OSError:
                continue
            if match(line):
                total += (int(parts[11]) + int(parts[12]) + int(parts[13]) + int(parts[14])) / ticks
    return total


def page_cost(stage: Stage, port: int, many: int, seed: int) -> None:
    """CPU of a list page, in the web server and in PostgreSQL; how often it asks the database."""
    chance, browser = random.Random(seed), Browser(port)
    for _ in range(40):
        browser.ask("GET", lists(chance, many), stage.manager)
    before = cpu(_is_web), cpu(_is_database)
    rounds = 400
    for _ in range(rounds):
        status, page = browser.ask("GET", lists(chance, many), stage.manager)
        assert status == 200 and "Register" in page, status
    web, database = cpu(_is_web) - before[0], cpu(_is_database) - before[1]
    print(f"  list page                {1000 * web / rounds:6.1f} ms CPU in the web server, "
          f"{1000 * database / rounds:.1f} ms in PostgreSQL; {queries(stage, many, seed)} queries at most")  # fmt: skip


def _is_web(line: str) -> bool:
    return "custodes.service" in line and " serve " in f"{line} "


def _is_database(line: str) -> bool:
    return line.startswith("postgres: ")


def queries(stage: Stage, many: int, seed: int) -> int:
    """The most queries that a list page asks, counted in this process."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client, chance = Client(), random.Random(seed)
    client.cookies["sessionid"] = stage.manager
    most = 0
    for _ in range(20):
        with CaptureQueriesContext(connection) as caught:
            assert client.get(lists(chance, many)).status_code == 200
        most = max(most, len(caught))
    return most


def steady(stage: Stage, port: int, asked: argparse.Namespace) -> None:
    """So many requests a second, each at its time: lists, devices, and a tenth of them writes."""
    chance = random.Random(asked.seed + 1)
    plan = list(_plan(stage, chance, int(asked.rate * asked.seconds)))
    local = threading.local()
    took: list[tuple[str, float]] = []
    begin = time.monotonic() + 0.5

    def one(number: int) -> None:
        kind, method, place, form = plan[number]
        due = begin + number / asked.rate
        time.sleep(max(0.0, due - time.monotonic()))
        browser = getattr(local, "browser", None) or Browser(port)
        local.browser = browser
        status, _ = browser.ask(method, place, stage.manager, form)
        assert status in (200, 302), (place, status)
        took.append((kind, time.monotonic() - due))

    with ThreadPoolExecutor(32) as pool:
        list(pool.map(one, range(len(plan))))
    print(f"  {asked.rate} requests a second for {asked.seconds} s, {len(plan):,} in all:")
    for kind in ("all", "list", "device", "write"):
        times = sorted(seconds for name, seconds in took if kind in ("all", name))
        p50, p99 = (1000 * times[min(len(times) - 1, int(len(times) * part))] for part in (0.5, 0.99))
        print(f"    {kind:8} {len(times):6,}   p50 {p50:6.1f} ms   p99 {p99:6.1f} ms   worst {1000 * times[-1]:.0f} ms")


def _plan(stage: Stage, chance: random.Random, many: int) -> Iterator[tuple[str, str, str, dict[str, str] | None]]:
    distinct = chance.sample(stage.devices, min(len(stage.devices), many))
    for number in range(many):
        dice = chance.random()
        if dice < 0.1:
            form = {"finding": chance.choice(stage.findings), "state": "doing", "note": f"n{number}", "run": stage.run}
            yield "write", "POST", f"/estate/{BODY}/findings/act/", form | {"csrfmiddlewaretoken": stage.csrf}
        elif dice < 0.4:
            yield "device", "GET", f"/estate/{BODY}/devices/{distinct[number % len(distinct)]}/", None
        else:
            yield "list", "GET", lists(chance, len(stage.devices)), None


def saving(stage: Stage, port: int) -> None:
    """Every respondent has the page of a question open, and all save at one moment."""
    playing = import_module("playing")
    ready = threading.Barrier(len(stage.savers))
    told: list[tuple[int, float]] = []

    def one(saver: tuple[str, str]) -> None:
        cookie, body = saver
        browser = Browser(port)
        place = playing.hub(body, "sections", "cctv", "questions", "cctv.use")
        status, page = browser.ask("GET", place, cookie)
        assert status == 200, status
        key = re.search(r'csrfmiddlewaretoken" value="(\w+)"', page)
        assert key is not None
        form = {"seen": str(playing.seen(page)), "value": "yes", "csrfmiddlewaretoken": key[1]}
        ready.wait()
        began = time.monotonic()
        status, _ = browser.ask("POST", place, cookie, form)
        told.append((status, time.monotonic() - began))

    threads = [threading.Thread(target=one, args=(saver,)) for saver in stage.savers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    from custodes.service.access.scope import EVERYTHING, within
    from custodes.service.audit.models import Event
    from custodes.service.returns.models import Answer

    with within(EVERYTHING):
        kept = Answer.objects.filter(question="cctv.use", value="yes", revision=1).count()
        events = Event.objects.filter(kind="answered").count()
    times = sorted(seconds for _, seconds in told)
    well = sum(status == 302 for status, _ in told)
    print(f"  {len(stage.savers)} respondents save at once: {well} told that it is kept, {kept} kept, {events} events;")
    print(f"    {len(stage.savers) - kept} lost; the last after {times[-1]:.1f} s")
    assert well == kept == len(stage.savers)


def main() -> None:
    """Runs all."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--devices", type=int, default=100_000)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--rate", type=int, default=50)
    parser.add_argument("--savers", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--data", default="")
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    place = Path(tempfile.mkdtemp(prefix="custodes-load-"))
    home, port = place / "home", running.free_port()
    try:
        with running.postgres(place) as url:
            os.environ |= {"CUSTODES_HOME": str(home), "DATABASE_URL": url}
            print(
                f"Python {sys.version.split()[0]}, {os.cpu_count()} cores, seed {asked.seed}, {asked.workers} workers"
            )
            stage = staged(asked, place)
            words = [sys.executable, "-m", "custodes.service", "--home", str(home), "serve", "--no-example"]
            with (place / "log").open("wb") as log:
                served = subprocess.Popen(
                    [*words, "--port", str(port), "--workers", str(asked.workers)], stdout=log, stderr=log
                )
            try:
                _wait(port)
                page_cost(stage, port, len(stage.devices), asked.seed)
                steady(stage, port, asked)
                saving(stage, port)
            finally:
                served.terminate()
                served.wait(30)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _wait(port: int) -> None:
    for _ in range(200):
        try:
            if Browser(port).ask("GET", "/health", "")[0] == 200:
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("the service does not answer")


if __name__ == "__main__":
    main()
