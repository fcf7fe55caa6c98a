"""The commands of the service. It is a room beside this one: each command becomes the service's own program."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from custodes.model.errors import BadUsage

Home = Annotated[
    Path | None, typer.Option("--home", help="The folder of the service; custodes-data in this folder unless told.")
]


def run(home: Path | None, *words: str) -> None:
    """Become the service's program. Raises BadUsage where the extra is missing."""
    if find_spec("django") is None or find_spec("gunicorn") is None:
        raise BadUsage("the service needs an extra", remedy="pip install 'custodes[service]'")
    told = ["--home", str(home)] if home is not None else []
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "custodes.service", *told, *words])  # noqa: S606 - ourselves


def is_service(folder: Path) -> bool:
    """Whether a folder is that of a service."""
    return (folder / "secret").is_file() and (folder / "previews").is_dir()


def serve(
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="Where it listens.")] = 8000,
    host: Annotated[
        str, typer.Option("--host", help="The address it listens on; this machine only unless told.")
    ] = "127.0.0.1",
    workers: Annotated[int, typer.Option("--workers", min=1, max=64, help="Processes that answer requests.")] = 2,
    no_example: Annotated[
        bool, typer.Option("--no-example", help="A new service opens empty, without the invented example.")
    ] = False,
    home: Home = None,
) -> None:
    """The service: bodies answer, the office reviews. On SQLite, or on PostgreSQL by DATABASE_URL."""
    told = ["--no-example"] if no_example else []
    run(home, "serve", "--port", str(port), "--host", host, "--workers", str(workers), *told)


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The copy to write; never over a file.")],
    home: Home = None,
) -> None:
    """A copy of everything that a service has, as one file, while it runs."""
    run(home, "backup", str(file))


def restore(file: Annotated[Path, typer.Argument(metavar="FILE", help="A copy.")], home: Home = None) -> None:
    """A service from its copy, each file checked by its hash, into a folder that has none yet."""
    run(home, "restore", str(file))


def upgrade(home: Home = None) -> None:
    """Bring a service's database to this version of the program."""
    run(home, "upgrade")
