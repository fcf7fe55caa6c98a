"""On a real PostgreSQL: the database itself shows a body's rows to nobody else, whatever the query says."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from running import Running, postgres

pytestmark = pytest.mark.enable_socket
SCRIPT = """
import os, sys
sys.path[:0] = [sys.argv[1]]
from custodes.service.commands import start
start()
from django.apps import apps
from django.db import connection
from custodes.service.access.scope import EVERYTHING, NOTHING, Scope, ScopedModel, within
from custodes.service.audit.models import Event

models = [one for one in apps.get_models() if issubclass(one, ScopedModel)]
assert len(models) >= 9, models
def rows(scope, model):
    with within(scope), connection.cursor() as cursor:
        column = "chain" if model is Event else "body_id"
        cursor.execute(f"SELECT {column} FROM {model._meta.db_table}")  # no filter: only the database's own lock
        return {row[0] for row in cursor.fetchall()}
for model in [*models, Event]:
    every = rows(EVERYTHING, model)
    assert rows(NOTHING, model) == set(), model
    assert rows(Scope.of("ashire"), model) <= {"ashire"}, model
    if "ashire" in every:
        assert rows(Scope.of("ashire"), model) == {"ashire"}, model
    print(model.__name__, len(every))
with connection.cursor() as cursor:
    cursor.execute("SELECT count(*) FROM returns_answer")
    assert cursor.fetchone()[0] == 0, "a connection that was told nothing sees nothing"
    cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
    assert cursor.fetchone()[0] is False
with within(Scope.of("ashire")), connection.cursor() as cursor:
    for statement in (
        "UPDATE returns_answer SET body_id = 'beeshire' WHERE body_id = 'ashire'",
        "INSERT INTO returns_part (body_id, of_id, section, name) SELECT 'beeshire', id, 's', 'n' FROM returns_return",
    ):
        try:
            cursor.execute(statement)
        except Exception as error:
            assert "row-level security" in str(error), error
        else:
            raise AssertionError(statement)
print("held")
"""

LATE = """
import sys, threading
from custodes.service.commands import start
start()
from django.db import connection, transaction
from custodes.service.access.models import User
from custodes.service.access.scope import EVERYTHING, within
from custodes.service.api.models import Delivery, Webhook
from custodes.service.api.webhooks import begun, prepare
from custodes.service.audit.models import Event
from custodes.service.audit.record import Act, record

begun(Webhook.objects.create(url="https://example.org/", secret="s", made_by=User.objects.order_by("pk")[0]))
written, go_on = threading.Event(), threading.Event()
def slow():
    with within(EVERYTHING):
        with transaction.atomic():
            record(Act("slow", None), "ashire", {})
            written.set()
            assert go_on.wait(20)
        connection.close()
def kinds():
    with within(EVERYTHING):
        return [Event.objects.get(pk=one.event).kind for one in Delivery.objects.order_by("event")]
thread = threading.Thread(target=slow)
thread.start()
assert written.wait(20)
with within(EVERYTHING), transaction.atomic():
    record(Act("quick", None), "beeshire", {})
assert prepare() == 1 and kinds() == ["quick"], kinds()
go_on.set()
thread.join()
assert prepare() == 1 and kinds() == ["slow", "quick"], kinds()
assert prepare() == 0
print("held")
"""


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    place = tmp_path_factory.mktemp("pg")
    with postgres(place) as url:
        environment = {**os.environ, "DATABASE_URL": url}
        words = [sys.executable, Path(__file__).with_name("staging.py"), place / "home"]
        done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-3000:]
        yield url, place / "home"


@pytest.mark.parametrize("script", [SCRIPT, LATE], ids=["the second lock", "an event that ends late is told too"])
def test_in_the_database(database: tuple[str, Path], script: str) -> None:
    url, place = database
    environment = {**os.environ, "DATABASE_URL": url, "CUSTODES_HOME": str(place)}
    done = subprocess.run(
        [sys.executable, "-c", script, str(Path(__file__).parent)],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0 and done.stdout.endswith("held\n"), done.stdout + done.stderr[-2000:]


def test_a_backup_and_its_restoration(database: tuple[str, Path], tmp_path: Path) -> None:
    """Into another server: every row of every table the same."""
    url, place = database
    here = Running(place, "http://localhost:1", {"DATABASE_URL": url})
    assert here.run("checkpoint").returncode == 0
    done = here.run("backup", str(tmp_path / "copy.tar"))
    assert done.returncode == 0, done.stderr
    with postgres(tmp_path) as other:
        there = Running(tmp_path / "again", "http://localhost:1", {"DATABASE_URL": other})
        done = there.run("restore", str(tmp_path / "copy.tar"))
        assert done.returncode == 0, done.stderr
        assert there.run("verify").stdout.startswith("whole")
        assert dumped(url) == dumped(other)


def dumped(url: str) -> str:
    """Every row, as text."""
    words = ["pg_dump", "--data-only", "--inserts", "--no-owner", "--enable-row-security"]
    environment = {**os.environ, "PGOPTIONS": "-c custodes.bodies=*"}
    done = subprocess.run([*words, url], env=environment, capture_output=True, text=True, check=True)
    kept = [line for line in done.stdout.splitlines() if not line.startswith(("\\", "--"))]
    assert any("returns_answer" in line for line in kept)
    return "\n".join(sorted(kept))
