"""Django once for all tests of this folder, on a SQLite file of its own; each test's changes are rolled back."""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("django", reason="the extra `service` is not installed")
HERE = Path(__file__).parent
sys.path[:0] = [str(HERE)]

# before the tests of this folder are read: they name models, and models want settings
PLACE = Path(tempfile.mkdtemp(prefix="custodes-service-"))
atexit.register(shutil.rmtree, PLACE, ignore_errors=True)
os.environ["CUSTODES_HOME"] = str(PLACE)
os.environ.pop("DATABASE_URL", None)
# a player of browsers keeps a loop in this thread, which Django would take for code that runs in it
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

from custodes.service.commands import start, upgrade  # noqa: E402

start()

from django.conf import settings  # noqa: E402

# once is enough: a second time closes every handler that there is, and with the one that OR-tools brings the stream of
# the test runner itself
settings.LOGGING_CONFIG = None

if TYPE_CHECKING:
    from playing import Play


@pytest.fixture(scope="session")
def django_ready() -> Path:
    """A migrated database, and passwords that are checked quickly."""
    from django.test.utils import setup_test_environment

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    setup_test_environment()
    settings.EMAIL_BACKEND = "custodes.service.mail.folder.FolderBackend"
    upgrade()
    return PLACE


@pytest.fixture
def play(django_ready: Path) -> Iterator[Play]:
    """A small service with two bodies, and somebody in every role."""
    from django.db import transaction
    from playing import Play

    from custodes.service.surveys import folders

    folders._reading.cache_clear()
    with transaction.atomic():
        yield Play.begun(django_ready)
        transaction.set_rollback(True)
