"""Webhooks, told to real servers on this machine: signed, none left out, none twice; the dead keep nobody waiting."""

from __future__ import annotations

import hmac
import json
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.db import transaction
from django.utils import timezone
from playing import BODIES, Play
from running import free_port

from custodes.service.access.roles import Role
from custodes.service.access.scope import EVERYTHING, within
from custodes.service.api import webhooks
from custodes.service.api.models import Delivery, Webhook
from custodes.service.api.webhooks import MOST_ATTEMPTS, begun, deliver, prepare
from custodes.service.audit.models import Event
from custodes.service.audit.record import Act, record

pytestmark = pytest.mark.enable_socket
SECRET = "a secret of the test"


@dataclass
class Listening:
    """A server that keeps what it is told, and answers as it is bid: with the statuses in turn, then with 200."""

    statuses: list[int] = field(default_factory=list)
    told: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    url: str = ""


@pytest.fixture
def listening(monkeypatch: pytest.MonkeyPatch) -> Iterator[Listening]:
    kept = Listening()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            data = self.rfile.read(int(self.headers["Content-Length"]))
            kept.told.append((dict(self.headers), data))
            status = kept.statuses.pop(0) if kept.statuses else 200
            self.send_response(status)
            if status == 302:
                self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing."""

    monkeypatch.setenv("CUSTODES_WEBHOOK_NETWORKS", "127.0.0.0/8")
    server = HTTPServer(("127.0.0.1", 0), Handler)
    kept.url = f"http://127.0.0.1:{server.server_port}/hook?of=test"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield kept
    server.shutdown()
    server.server_close()


def hooked(play: Play, url: str, kinds: tuple[str, ...] = ()) -> Webhook:
    by = play.people[Role.OFFICE_ADMIN, ""]
    made = Webhook.objects.create(url=url, secret=SECRET, kinds=list(kinds), made_by=by)
    begun(made)
    return made


def happened(*kinds: str, body: str = BODIES[0]) -> list[Event]:
    with within(EVERYTHING), transaction.atomic():
        return [record(Act(kind, None), body, {"was": "an answer", "is": "another"}) for kind in kinds]


def again_due() -> None:
    Delivery.objects.filter(taken_at=None).update(due=timezone.now() - timedelta(seconds=1))


def test_what_happens_is_told_signed_and_once(play: Play, listening: Listening) -> None:
    happened("before")
    hooked(play, listening.url)
    events = happened("one", "two") + happened("three", body=BODIES[1])
    assert prepare() == 3 and prepare() == 0
    assert deliver() == 3 and deliver() == 0
    told = [json.loads(data) for _, data in listening.told]
    assert [(one["kind"], one["chain"], one["seq"], one["hash"]) for one in told] == [
        (event.kind, event.chain, event.seq, event.hash) for event in events
    ]
    for headers, data in listening.told:
        assert headers["X-Custodes-Signature"] == "sha256=" + hmac.digest(SECRET.encode(), data, "sha256").hex()
        assert b"answer" not in data


def test_only_the_kinds_that_were_asked_for(play: Play, listening: Listening) -> None:
    hooked(play, listening.url, kinds=("two",))
    happened("one", "two", "three")
    assert prepare() == 1 and deliver() == 1
    assert json.loads(listening.told[0][1])["kind"] == "two"


def test_what_was_not_taken_is_told_again_and_no_redirection_is_followed(play: Play, listening: Listening) -> None:
    hooked(play, listening.url)
    listening.statuses = [503, 302]
    happened("one", "two", "three")
    prepare()
    assert deliver() == 1
    assert deliver() == 0, "it waits before it tries again"
    again_due()
    assert deliver() == 2
    assert [json.loads(data)["kind"] for _, data in listening.told] == ["one", "two", "three", "one", "two"]
    outcomes = Delivery.objects.order_by("event").values_list("outcome", "attempts")
    assert list(outcomes) == [("taken", 2), ("taken", 2), ("taken", 1)]


def test_one_that_does_not_answer_keeps_nobody_waiting(play: Play, listening: Listening) -> None:
    dead = hooked(play, f"http://127.0.0.1:{free_port()}/hook")
    hooked(play, listening.url)
    happened("one", "two", "three")
    assert prepare() == 6 and deliver() == 3
    tried = Delivery.objects.filter(hook=dead).order_by("event").values_list("attempts", "outcome")
    assert list(tried) == [(1, "ConnectionRefusedError"), (0, ""), (0, "")], "one attempt a time, not one an event"
    Delivery.objects.filter(hook=dead).update(attempts=MOST_ATTEMPTS)
    again_due()
    deliver()
    assert Delivery.objects.filter(hook=dead, attempts__gt=MOST_ATTEMPTS).count() == 0, "given up at last"


def test_an_answer_that_drips_holds_nobody(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    """A byte at a time, for ever: within its seconds or not at all."""
    monkeypatch.setenv("CUSTODES_WEBHOOK_NETWORKS", "127.0.0.0/8")
    monkeypatch.setattr(webhooks, "_SECONDS", 1)
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            told, _ = server.accept()
            with told:
                told.recv(65536)
                told.sendall(b"HTTP/1.1 200 OK\r\n")
                while not over.wait(0.1):
                    try:
                        told.sendall(b"X: y\r\n")
                    except OSError:
                        return

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        hooked(play, f"http://127.0.0.1:{server.getsockname()[1]}/")
        happened("one")
        prepare()
        begun_at = time.monotonic()
        assert deliver() == 0 and time.monotonic() - begun_at < 5
        over.set()
        thread.join(5)


def test_an_address_that_is_no_longer_meant_is_not_called(
    play: Play, listening: Listening, monkeypatch: pytest.MonkeyPatch
) -> None:
    hooked(play, listening.url)
    happened("one")
    prepare()
    monkeypatch.delenv("CUSTODES_WEBHOOK_NETWORKS")
    assert deliver() == 0 and listening.told == []
    assert "inside a house" in Delivery.objects.get().outcome
