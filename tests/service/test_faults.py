"""Processes killed in the middle, a mail server that is down, many who save at once: nothing lost, nothing doubled."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
from playing import BODIES, SURVEY, WAVE
from running import Running, children, crash_and_recover, free_port, postgres

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(600)]
HERE = Path(__file__).parent
KILLS = 12 if os.environ.get("CUSTODES_LONG") else 3
SAVERS = 500 if os.environ.get("CUSTODES_LONG") else 60
TOKENS = """
import json, os, sys
sys.path[:0] = [sys.argv[1]]
from custodes.service.commands import start, upgrade
start(); upgrade()
from django.conf import settings
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
from pathlib import Path
from playing import BODIES, Play
from custodes.service.access.roles import Role
from custodes.service.access.views import new_token
play = Play.begun(Path(os.environ["CUSTODES_HOME"]))
rights = ["read_return", "answer"]
print(json.dumps({body: new_token(play.people[Role.COORDINATOR, body], "t", rights) for body in BODIES}))
"""


RELEASED = """
import json, os, sys
sys.path[:0] = [sys.argv[1]]
from custodes.service.commands import start, upgrade
start(); upgrade()
from django.conf import settings
settings.ALLOWED_HOSTS = ["*"]
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
from datetime import date
from pathlib import Path
from playing import BODIES, SURVEY, Play, signed
from custodes.service.access.roles import Role
from custodes.service.access.scope import EVERYTHING, within
from custodes.service.access.views import new_token
from custodes.service.publishing import release
from custodes.service.publishing.models import Edition
from custodes.service.surveys.models import Survey
play = Play.begun(Path(os.environ["CUSTODES_HOME"]))
for body in BODIES:
    signed(play, body)
with within(EVERYTHING):
    held = Survey.objects.get(pk=SURVEY)
    analyst, admin = play.people[Role.ANALYST, ""], play.people[Role.OFFICE_ADMIN, ""]
    release.propose(held, analyst, {"slug": "first", "title": "First", "cut": date.today().isoformat()})
    edition = Edition.objects.get()
    release.request(edition, analyst)
    release.approve(edition, admin)
print(json.dumps(new_token(play.people[Role.COORDINATOR, BODIES[0]], "t", ["read_return", "answer"])))
"""
AGAIN = """
from custodes.service.commands import start
start()
from custodes.service.access.models import User
from custodes.service.access.scope import EVERYTHING, within
from custodes.service.publishing import release
from custodes.service.publishing.models import Edition
with within(EVERYTHING):
    release.publish_again(Edition.objects.get(), User.objects.order_by("pk")[0])
"""
STATES = """
import json
from custodes.service.commands import start
start()
from custodes.service.publishing.models import Run
print(json.dumps([(one.state, one.error) for one in Run.objects.order_by("pk")]))
"""


ESTATE = """
import json, os, sys
sys.path[:0] = [sys.argv[1]]
from custodes.service.commands import start, upgrade
start(); upgrade()
from custodes.service.access.scope import EVERYTHING, within
from custodes.service.example import open_example
with within(EVERYTHING):
    open_example()
print(json.dumps("begun"))
"""
ESTATE_STATE = """
import json
from custodes.service.commands import start
start()
from custodes.service.access.scope import EVERYTHING, within
from custodes.service.estates.models import Device, Estate, Run
with within(EVERYTHING):
    run = Run.objects.get()
    print(json.dumps([run.state, Device.objects.filter(run=run).count(), Estate.objects.get().current_id == run.pk]))
"""


@contextmanager
def begun(kind: str, place: Path, text: str) -> Iterator[tuple[Running, Any]]:
    """A service on SQLite or PostgreSQL, set up by a script; what the script printed last."""
    made = Running(place / "home", f"http://localhost:{free_port()}")
    try:
        if kind == "sqlite":
            yield made, json.loads(made.script(text, str(HERE)))
        else:
            with postgres(place) as url:
                made.environment["DATABASE_URL"] = url
                yield made, json.loads(made.script(text, str(HERE)))
                made.stop()
    finally:
        made.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def service(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Running, dict[str, str]]]:
    with begun(request.param, tmp_path, TOKENS) as found:
        yield found


@pytest.fixture(params=["sqlite", "postgresql"])
def released(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Running, str]]:
    """A service in which an edition was released, and nothing was published yet; the token of a coordinator."""
    with begun(request.param, tmp_path, RELEASED) as found:
        yield found


def put(service: Running, token: str, body: str, value: int) -> bool:
    """Saves an answer; whether it was taken."""
    told = {"answers": [{"question": "cctv.use", "value": "yes"}, {"question": "cctv.many", "value": str(value)}]}
    try:
        done = requests.put(
            f"{service.url}/api/v1/returns/{SURVEY}/{WAVE}/{body}/answers",
            json=told, headers={"Authorization": f"Bearer {token}"}, timeout=60,
        )  # fmt: skip
    except requests.RequestException:
        return False
    return done.status_code == 200


def held(service: Running, token: str, body: str) -> dict[str, Any]:
    done = requests.get(
        f"{service.url}/api/v1/returns/{SURVEY}/{WAVE}/{body}", headers={"Authorization": f"Bearer {token}"}, timeout=60
    )
    assert done.status_code == 200, done.text
    return {one["question"]: one for one in done.json()["answers"]}


def test_killed_in_the_middle_of_saving(service: tuple[Running, dict[str, str]]) -> None:
    """What was taken is there; both answers of a request, or neither; and the record of changes is whole."""
    running, tokens = service
    body = BODIES[0]
    last = 0
    for round_ in range(KILLS):
        running.start()
        ended = threading.Event()
        taken: list[int] = []

        def save(first: int, ended: threading.Event = ended, taken: list[int] = taken) -> None:
            value = first
            while not ended.is_set():
                value += 1
                if put(running, tokens[body], body, value):
                    taken.append(value)
                elif taken:
                    return

        thread = threading.Thread(target=save, args=(last,))
        thread.start()
        begin = time.monotonic()
        while not taken and time.monotonic() < begin + 30:
            time.sleep(0.02)
        time.sleep(0.3 + 0.13 * round_)
        running.stop(signal.SIGKILL)
        ended.set()
        thread.join()
        assert taken, "something was saved before"
        running.start()
        now = held(running, tokens[body], body)
        # the one that was under way may have been taken without its answer having arrived
        assert int(now["cctv.many"]["value"]) in (taken[-1], taken[-1] + 1), (now, taken[-3:])
        last = int(now["cctv.many"]["value"])
        told = running.run("verify")
        assert told.returncode == 0, told.stdout
        running.stop()


def test_many_save_at_once(service: tuple[Running, dict[str, str]]) -> None:
    """Each request is answered, each answer is in the record of changes once."""
    running, tokens = service
    running.start()
    results: list[bool] = []

    def save(number: int) -> None:
        body = BODIES[number % 2]
        results.append(put(running, tokens[body], body, 1000 + number))

    threads = [threading.Thread(target=save, args=(number,)) for number in range(SAVERS)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert results.count(True) == SAVERS
    told = running.run("verify")
    assert told.returncode == 0, told.stdout
    numbers = [held(running, tokens[body], body)["cctv.many"]["revision"] for body in BODIES]
    assert sum(numbers) == SAVERS, "every save made one revision"


def test_a_mail_server_that_is_down(tmp_path: Path) -> None:
    """The invitation waits, the office is told, and it goes out when there is a server again."""
    running = Running(
        tmp_path / "home", f"http://localhost:{free_port()}", {"CUSTODES_MAIL": f"smtp://127.0.0.1:{free_port()}"}
    )
    script = (
        "import sys; sys.path[:0] = [sys.argv[1]]\n"
        "from custodes.service.commands import start, upgrade\nstart(); upgrade()\n"
        "from django.db import transaction\nfrom custodes.service.access.scope import EVERYTHING, within\n"
        "from custodes.service.access.invitations import Invited\n"
        "from custodes.service.access.roles import Role\nfrom custodes.service.mail.outgoing import send_invitation\n"
        "with within(EVERYTHING), transaction.atomic():\n"
        "    send_invitation(Invited(Role.ANALYST, 'a@example.org'), None)\n"
    )
    environment = {**os.environ, **running.environment, "CUSTODES_HOME": str(running.home)}
    subprocess.run([sys.executable, "-c", script, str(HERE)], env=environment, check=True, capture_output=True)
    running.start()
    try:
        end = time.monotonic() + 40
        while "mail was not taken" not in running.told and time.monotonic() < end:
            time.sleep(0.5)
        assert "ConnectionRefusedError" in running.told
        assert "a@example.org" not in running.told, "no address in a log"
        assert "custodes_mail_waiting 1" in requests.get(f"{running.url}/metrics", timeout=20).text
    finally:
        running.stop()
    del running.environment["CUSTODES_MAIL"]
    script = (
        "from custodes.service.commands import start\nstart()\n"
        "from django.utils import timezone\nfrom custodes.service.mail.models import Message\n"
        "assert Message.objects.get().attempts > 0\nMessage.objects.update(due=timezone.now())\n"
    )
    subprocess.run([sys.executable, "-c", script], env={**environment, "CUSTODES_MAIL": ""}, check=True)
    running.start()
    try:
        end = time.monotonic() + 40
        while not list((running.home / "mail").glob("*.eml")) and time.monotonic() < end:
            time.sleep(0.5)
        time.sleep(6)
        assert len(list((running.home / "mail").glob("*.eml"))) == 1
    finally:
        running.stop()


def test_a_copy_of_a_service_that_runs(service: tuple[Running, dict[str, str]], tmp_path: Path) -> None:
    """Taken while it answers; restored elsewhere it gives the same answers, and every byte is checked first."""
    running, tokens = service
    if "DATABASE_URL" in running.environment:
        pytest.skip("see test_postgresql")
    running.start()
    assert put(running, tokens[BODIES[0]], BODIES[0], 77)
    copy = tmp_path / "copy.tar"
    assert running.run("backup", str(copy)).returncode == 0
    assert running.run("backup", str(copy)).returncode == 2, "never over a file"
    again = Running(tmp_path / "again", f"http://localhost:{free_port()}")
    bad = bytearray(copy.read_bytes())
    place = bad.index(b"SQLite format 3") + 5000
    bad[place] ^= 1
    (tmp_path / "bad.tar").write_bytes(bad)
    told = again.run("restore", str(tmp_path / "bad.tar"))
    assert told.returncode == 2 and "not whole" in told.stderr, told.stderr
    assert again.run("restore", str(copy)).returncode == 0
    again.start()
    try:
        assert held(again, tokens[BODIES[0]], BODIES[0]) == held(running, tokens[BODIES[0]], BODIES[0])
        assert again.run("verify").stdout == running.run("verify").stdout
    finally:
        again.stop()


def ended(running: Running, many: int) -> list[list[str]]:
    """The runs of publishing, once none is at work."""
    end = time.monotonic() + 120
    while time.monotonic() < end:
        states: list[list[str]] = json.loads(running.script(STATES))
        if len(states) == many and all(state in ("done", "failed") for state, _ in states):
            return states
        time.sleep(0.5)
    raise AssertionError((states, running.told[-3000:]))


def whole(running: Running) -> None:
    """What is published verifies."""
    words = [sys.executable, "-m", "custodes.cli.main", "verify", str(running.home / "published" / SURVEY)]
    checked = subprocess.run(words, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout


def test_killed_in_the_middle_of_publishing(released: tuple[Running, str]) -> None:
    """It is begun again and ends; the public reads the old publication or the new one, and each is whole."""
    running, _ = released
    published = running.home / "published" / SURVEY
    for round_ in range(KILLS):
        running.start()
        time.sleep(0.2 + 0.45 * round_)
        running.stop(signal.SIGKILL)
        if published.exists():
            whole(running)
        running.start()
        states = ended(running, round_ + 1)
        assert states[-1] == ["done", ""], states
        whole(running)
        assert [path.name for path in published.parent.iterdir()] == [SURVEY], "nothing is left lying about"
        assert requests.get(f"{running.url}/published/{SURVEY}/", timeout=20).status_code == 200
        running.stop()
        running.script(AGAIN)
    told = running.run("verify")
    assert told.returncode == 0, told.stdout


def at_work(running: Running) -> list[int]:
    """The process for work in the background of a service: two levels below the server."""
    assert running.process is not None
    below = [one for keeper in children(running.process.pid) for one in children(keeper)]
    return [one for one in below if b"worker" in words_of(one)]


def words_of(number: int) -> list[bytes]:
    """With what a process was begun; nothing of one that has ended."""
    try:
        return Path(f"/proc/{number}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return []


def test_a_worker_that_is_killed_is_begun_again(tmp_path: Path) -> None:
    """As often as it takes; and it ends with its server."""
    with begun("sqlite", tmp_path, RELEASED) as (running, _):
        running.start()
        seen: set[int] = set()
        for _ in range(KILLS):
            end = time.monotonic() + 30
            while not (new := [one for one in at_work(running) if one not in seen]) and time.monotonic() < end:
                time.sleep(0.1)
            assert len(new) == 1, "nobody begins it again"
            seen.add(new[0])
            os.kill(new[0], signal.SIGKILL)
        assert ended(running, 1) == [["done", ""]]
        (last,) = at_work(running)
        assert running.process is not None
        os.kill(running.process.pid, signal.SIGKILL)  # the server alone
        end = time.monotonic() + 30
        while b"worker" in words_of(last) and time.monotonic() < end:
            time.sleep(0.2)
        assert b"worker" not in words_of(last), "it outlives its server"


@contextmanager
def small_disk(place: Path, megabytes: int) -> Iterator[Path]:
    """A disk of its own, which a test may fill."""
    place.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(place)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"a small disk wants the right to mount one: {done.stderr.strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_disk_that_is_full(tmp_path: Path) -> None:
    """Who sends is told, what was there stays, a publication that does not fit leaves the old one; then all goes on."""
    with small_disk(tmp_path / "disk", 64) as disk, begun("sqlite", disk, RELEASED) as (running, token):
        running.start()
        assert ended(running, 1) == [["done", ""]]
        whole(running)
        body = BODIES[0]
        assert put(running, token, body, 41)
        before = held(running, token, body)
        # unbuffered: what a buffer could not write would be tried, and fail, once more when the file is closed
        with (disk / "ballast").open("wb", buffering=0) as ballast:
            try:
                while True:
                    ballast.write(bytes(64 * 1024))
            except OSError:
                pass
        told = {"answers": [{"question": "cctv.many", "value": str(number)} for number in range(2)]}
        told["answers"][0]["note"] = "x" * 3000
        statuses = set()
        for _ in range(40):  # a few bytes may still fit in pages that the database holds already
            done = requests.put(
                f"{running.url}/api/v1/returns/{SURVEY}/{WAVE}/{body}/answers",
                json=told, headers={"Authorization": f"Bearer {token}"}, timeout=60,
            )  # fmt: skip
            statuses.add(done.status_code)
            if done.status_code == 503:
                assert "disk is full" in done.text
                break
        assert statuses <= {200, 503} and 503 in statuses, (statuses, running.told[-3000:])
        running.script(AGAIN, ok=False)
        (disk / "ballast").unlink()
        assert set(held(running, token, body)) == set(before)
        whole(running)
        assert put(running, token, body, 43)
        assert held(running, token, body)["cctv.many"]["value"] == "43"
        running.script(AGAIN)
        states = ended(running, 2)
        assert states[-1] == ["done", ""], states
        whole(running)
        told = running.run("verify")
        assert told.returncode == 0, told.stdout


def test_a_publication_that_does_not_fit(tmp_path: Path) -> None:
    """Its run says so, and the public goes on reading what was there."""
    with small_disk(tmp_path / "disk", 64) as disk, begun("sqlite", disk, RELEASED) as (running, _):
        running.start()
        assert ended(running, 1) == [["done", ""]]
        running.stop()
        running.script(AGAIN)
        free = os.statvfs(disk)
        size = sum(path.stat().st_size for path in (running.home / "published").rglob("*") if path.is_file())
        assert size > 512 * 1024
        left = free.f_bavail * free.f_frsize - size // 2  # the database may grow, a publication does not fit
        (disk / "ballast").write_bytes(bytes(left))
        running.start()
        states = ended(running, 2)
        assert states[-1][0] == "failed" and "disk is full" in states[-1][1], (states, running.told[-3000:])
        whole(running)
        assert requests.get(f"{running.url}/published/{SURVEY}/", timeout=20).status_code == 200


def test_an_estate_at_work_that_is_killed(tmp_path: Path) -> None:
    """Its process ends with the one that began it; the run is begun again and ends."""
    with begun("sqlite", tmp_path, ESTATE) as (running, _):
        for round_ in range(KILLS):
            running.start()
            time.sleep(0.5 + 0.6 * round_)
            running.stop(signal.SIGKILL)
        running.start()
        end = time.monotonic() + 60
        state = ""
        while state != "done" and time.monotonic() < end:
            time.sleep(0.5)
            state, many, current = json.loads(running.script(ESTATE_STATE))
        assert (state, many, current) == ("done", 128, True)


def test_a_database_that_is_killed(tmp_path: Path) -> None:
    """PostgreSQL is killed while answers are saved, and started again: what was taken is there, and pages answer."""
    with begun("postgresql", tmp_path, TOKENS) as (running, tokens):
        body, token = BODIES[0], tokens[BODIES[0]]
        running.start()
        taken: list[int] = []
        stopped = threading.Event()

        def save() -> None:
            value = 0
            while not stopped.is_set():
                value += 1
                if put(running, token, body, value):
                    taken.append(value)

        thread = threading.Thread(target=save)
        thread.start()
        time.sleep(1.5)
        crash_and_recover(running.environment["DATABASE_URL"])
        end = time.monotonic() + 30
        before = len(taken)
        while len(taken) < before + 5 and time.monotonic() < end:
            time.sleep(0.2)
        stopped.set()
        thread.join()
        assert len(taken) >= before + 5, "it goes on when the database is back"
        assert held(running, token, body)["cctv.many"]["value"] == str(taken[-1])
        told = running.run("verify")
        assert told.returncode == 0, told.stdout
