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
from pathlib import Path
from typing import Any

import pytest
import requests
from playing import BODIES, SURVEY, WAVE
from running import Running, free_port, postgres

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


@pytest.fixture(params=["sqlite", "postgresql"])
def service(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Running, dict[str, str]]]:
    made = Running(tmp_path / "home", f"http://localhost:{free_port()}")

    def begun() -> tuple[Running, dict[str, str]]:
        environment = {**os.environ, **made.environment, "CUSTODES_HOME": str(made.home)}
        done = subprocess.run(
            [sys.executable, "-c", TOKENS, str(HERE)], env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return made, json.loads(done.stdout.splitlines()[-1])

    try:
        if request.param == "sqlite":
            yield begun()
        else:
            with postgres(tmp_path) as url:
                made.environment["DATABASE_URL"] = url
                yield begun()
                made.stop()
    finally:
        made.stop()


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
        time.sleep(1.5 + 0.13 * round_)
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
