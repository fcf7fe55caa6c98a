"""The commands of a service: set it up, run it, keep a copy of it, check it."""

from __future__ import annotations

import argparse
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from custodes.model.errors import BadUsage, CustodesError
from custodes.service.home import VARIABLE, home

STYLE = Path(__file__).parent / "web/static/govuk/govuk-frontend.min.css"


def main(words: Sequence[str]) -> int:
    """Parse and run. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="custodes.service", description=__doc__)
    parser.add_argument("--home", type=Path, help="The folder of the service; custodes-data unless told.")
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("serve", help="Run the service.")
    serve.add_argument("--port", type=int, default=8000)
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--workers", type=int, default=2)
    serve.add_argument("--threads", type=int, default=8)
    serve.add_argument("--no-example", action="store_true", help="A new service opens empty, without the example.")
    serve.add_argument("--no-worker", action="store_true", help="Without the process for work in the background.")
    commands.add_parser("worker", help="Work in the background alone.")
    commands.add_parser("upgrade", help="Bring the database to this version.")
    commands.add_parser("administrator", help="A one-time link for an administrator of the office.")
    commands.add_parser("checkpoint", help="Sign the head of the record of changes and print it.")
    commands.add_parser("verify", help="Check the record of changes: exit 1 with what is wrong.")
    for name in ("backup", "restore"):
        one = commands.add_parser(name, help=f"{name} everything that the service has.")
        one.add_argument("file", type=Path)
    asked = parser.parse_args(words)
    if asked.home is not None:
        os.environ[VARIABLE] = str(asked.home)
    try:
        return _COMMANDS[asked.command](asked)
    except CustodesError as error:
        print(str(error), file=sys.stderr)
        return error.exit_code


def start() -> None:
    """Django, ready to work, with the folder that it keeps things in."""
    home().make()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "custodes.service.settings")
    import django

    django.setup()


def _upgrade(_: Any) -> int:
    start()
    upgrade()
    print("the database is of this version", file=sys.stderr)
    return 0


def upgrade() -> None:
    """Runs the migrations that have not run, and makes the key of the service if it has none."""
    from django.core.management import call_command

    from custodes.service.access.scope import EVERYTHING, within
    from custodes.service.keys import make_key

    with within(EVERYTHING):
        call_command("migrate", interactive=False, verbosity=0)
    make_key()


def _serve(asked: Any) -> int:
    if not STYLE.is_file():
        raise BadUsage("the style sheet of the pages is missing", remedy="`make frontend`, or install the wheel")
    from custodes.service.serving import serve

    start()
    upgrade()
    if not asked.no_example:
        _example()
    _greet(asked)
    from django.db import connections

    connections.close_all()  # none of this process's is used by those that it begins
    return serve(asked.host, asked.port, asked.workers, asked.threads, worker=not asked.no_worker)


def _example() -> None:
    """On the very first start."""
    from custodes.service.access.scope import EVERYTHING, within
    from custodes.service.example import is_wanted, open_example

    with within(EVERYTHING):
        if is_wanted():
            open_example()


def _greet(asked: Any) -> None:
    """Where it is, and, before anybody administers it, the link that makes the first one."""
    from custodes.service.access.models import Membership
    from custodes.service.access.roles import Role

    where = os.environ.get("CUSTODES_URL", f"http://{asked.host}:{asked.port}").rstrip("/")
    print(f"custodes at {where}/", file=sys.stderr)
    if not Membership.objects.filter(role=str(Role.OFFICE_ADMIN), ended=None).exists():
        print(f"make the first administrator, once:  {where}{_link()}", file=sys.stderr)


def _link() -> str:
    """A one-time link for an administrator."""
    from django.urls import reverse

    from custodes.service.access.invitations import Invited, invite
    from custodes.service.access.roles import Role
    from custodes.service.access.scope import EVERYTHING, within

    with within(EVERYTHING):
        return reverse("accept", kwargs={"token": invite(Invited(Role.OFFICE_ADMIN), None, days=1)})


def _administrator(_: Any) -> int:
    start()
    print(_link())
    return 0


def _worker(_: Any) -> int:
    start()
    from custodes.service.working import work

    try:
        work()
    except Exception:
        try:
            traceback.print_exc()
        finally:
            # at once, also where nothing can be written: what hangs while everything is taken down would keep the next
            # one from beginning
            os._exit(1)
    return 0


def _checkpoint(_: Any) -> int:
    start()
    from django.conf import settings

    from custodes.service.access.scope import EVERYTHING, within
    from custodes.service.audit.checkpoint import checkpoint
    from custodes.service.audit.models import Signed

    with within(EVERYTHING):
        checkpoint(settings.ORIGIN, home().key)
        last = Signed.objects.order_by("-size").first()
    sys.stdout.write(last.note if last is not None else "")
    return 0


def _verify(_: Any) -> int:
    start()
    from custodes.service.access.scope import EVERYTHING, within
    from custodes.service.audit.verify import faults

    with within(EVERYTHING):
        found = list(faults())
    for one in found[:50]:
        print(f"WRONG  {one.where}: {one.why}")
    if not found:
        print("whole: every change follows on the one before, and every checkpoint holds")
    return 1 if found else 0


def _backup(asked: Any) -> int:
    start()
    from custodes.service.copies import backup

    backup(asked.file)
    print(f"written: {asked.file}", file=sys.stderr)
    return 0


def _restore(asked: Any) -> int:
    from custodes.service.copies import restore

    home().make()
    restore(asked.file)
    print(f"restored from {asked.file}", file=sys.stderr)
    return 0


_COMMANDS: dict[str, Callable[[Any], int]] = {
    "serve": _serve,
    "worker": _worker,
    "upgrade": _upgrade,
    "administrator": _administrator,
    "checkpoint": _checkpoint,
    "verify": _verify,
    "backup": _backup,
    "restore": _restore,
}
