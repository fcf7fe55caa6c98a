"""Work in the background: the queue, and what is done by the clock: mail, reminders, webhooks, checkpoints."""

from __future__ import annotations

import fcntl
import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import close_old_connections, transaction

from custodes.service.access.scope import EVERYTHING, within
from custodes.service.home import home

log = logging.getLogger("custodes.service.worker")


def _checkpoint() -> object:
    from custodes.service.audit.checkpoint import checkpoint

    return checkpoint(settings.ORIGIN, home().key)


def _hooks() -> object:
    from custodes.service.api import webhooks

    return (webhooks.prepare(), webhooks.deliver())


def _mail() -> object:
    from custodes.service.mail.delivery import deliver

    return deliver()


def _reminders() -> object:
    from custodes.service.mail.reminders import remind

    return remind()


#: What is done by the clock, and every how many seconds.
CLOCKWORK: tuple[tuple[str, float, Callable[[], object]], ...] = (
    ("mail", 5, _mail),
    ("webhooks", 10, _hooks),
    ("reminders", 900, _reminders),
    ("checkpoint", 3600, _checkpoint),
)


def tick(due: dict[str, float], now: float) -> None:
    """Does what is due. What fails is logged and done again when it is due next."""
    for name, seconds, act in CLOCKWORK:
        if due.get(name, 0) <= now:
            due[name] = now + seconds
            try:
                with within(EVERYTHING):
                    act()
            except Exception as error:  # one that is not foreseen must not end the clock for all the others
                log.error("not done", extra={"task": name, "outcome": type(error).__name__}, exc_info=True)
            finally:
                close_old_connections()


def work() -> None:
    """Until it is told to end, or the server that began it has ended."""
    from django.core.management import call_command

    with _alone(), within(EVERYTHING):
        begin_again()
        threading.Thread(target=_clock, daemon=True).start()
        call_command("db_worker", verbosity=0, interval=1, startup_delay=False)


@contextmanager
def _alone() -> Iterator[None]:
    """One process works on a folder: another waits until it has ended."""
    with (home().path / "worker.lock").open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def begin_again() -> None:
    """After a crash: what was at work when everything ended is begun again, what waits stays in the queue, once."""
    from django_tasks_db.models import DBTaskResult

    from custodes.service.estates import running
    from custodes.service.publishing import tasks
    from custodes.service.rounds import reading

    tasks.kept_up()
    with transaction.atomic():
        DBTaskResult.objects.filter(status__in=("READY", "RUNNING")).delete()
        tasks.begin_again()
        running.begin_again()
        reading.begin_again()


def _clock() -> None:
    due: dict[str, float] = {}
    parent = int(os.environ.get("CUSTODES_PARENT", "0"))
    while True:
        if parent and os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGTERM)
            return
        tick(due, time.monotonic())
        time.sleep(1)
