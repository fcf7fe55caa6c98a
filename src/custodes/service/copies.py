"""A copy of everything that a service has, as one file, and back: database, files, publications, keys, by hash."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from custodes.model.errors import BadInput, BadUsage
from custodes.service import configuration
from custodes.service.home import Home, home

_MANIFEST, _DUMP, _SQLITE = "backup.json", "database.dump", "service.sqlite3"
#: What a copy holds besides the database. Previews can be made again.
_KEPT = ("files", "mail", "published", "estates", "rounds", "secret", "service.key", "service.key.pub")


def backup(out: Path) -> None:
    """Everything as one TAR, whole or not at all. The database is one moment's, while the service runs on.

    Raises BadUsage for a file that is there already, BadInput where the database cannot be copied.
    """
    if out.exists():
        raise BadUsage("there is a file already", where=str(out), remedy="a copy is never written over")
    place = home()
    with tempfile.TemporaryDirectory(dir=out.parent.resolve()) as folder:  # which its owner alone may read
        made = Path(folder) / "copy"
        made.mkdir()
        # first the database: a file that it names was written before the row that names it
        _copy_database(place, made)
        for name in _KEPT:
            _copy(place.path / name, made / name)
        listed = {str(path.relative_to(made)): _digest(path) for path in _files(made)}
        (made / _MANIFEST).write_text(json.dumps({"format": 1, "files": listed}, indent=1), encoding="utf-8")
        staged = Path(folder) / "copy.tar"
        with tarfile.open(staged, "w") as archive:
            for path in _files(made):
                archive.add(path, str(path.relative_to(made)), recursive=False)
        staged.chmod(0o600)
        staged.replace(out)


def restore(file: Path) -> None:
    """Everything from a copy, into a folder that has no database yet. Every file is checked by its hash first.

    Raises BadInput for a copy that is not whole, BadUsage where there is something already.
    """
    place = home()
    if place.database.exists() or any(place.files.iterdir()):
        raise BadUsage("the folder of the service is in use", where=str(place.path), remedy="give an empty --home")
    if not file.is_file():
        raise BadUsage("there is no such file", where=str(file))
    with tempfile.TemporaryDirectory(dir=place.path) as folder:
        made = Path(folder)
        listed = _unpacked(file, made)
        for name, digest in listed.items():
            path = made / name
            if not path.is_file() or _digest(path) != digest:
                raise BadInput("the copy is not whole", where=str(file), why=f"{name} is missing or was changed")
        _put_database(place, made)
        for name in _KEPT:
            target = place.path / name
            if (made / name).is_dir():
                shutil.rmtree(target, ignore_errors=True)
            if (made / name).exists():
                (made / name).replace(target)
    place.make()


def _unpacked(file: Path, made: Path) -> dict[str, str]:
    try:
        with tarfile.open(file) as archive:
            archive.extractall(made, filter="data")
        told = json.loads((made / _MANIFEST).read_text(encoding="utf-8"))
        listed: dict[str, str] = told["files"]
    except (tarfile.TarError, OSError, ValueError, KeyError, TypeError) as error:
        raise BadInput("this is no copy of a service", where=str(file), why=str(error)[:120]) from None
    strange = {str(path.relative_to(made)) for path in _files(made)} - set(listed) - {_MANIFEST}
    if strange:
        raise BadInput("the copy is not whole", where=str(file), why=f"{min(strange)} was added")
    return listed


def _copy_database(place: Home, made: Path) -> None:
    url = os.environ.get("DATABASE_URL", "")
    if not url:
        with closing(sqlite3.connect(place.database)) as source, closing(sqlite3.connect(made / _SQLITE)) as copy:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
        return
    # every body's rows, by the right that the setting below gives: the owner of a table is under its policy too
    _run(["pg_dump", "--format=custom", "--no-owner", "--enable-row-security", f"--file={made / _DUMP}"], url)


def _put_database(place: Home, made: Path) -> None:
    url = os.environ.get("DATABASE_URL", "")
    if not url:
        if not (made / _SQLITE).is_file():
            raise BadUsage("this is the copy of a service on PostgreSQL", remedy="give its DATABASE_URL")
        (made / _SQLITE).replace(place.database)
        return
    if not (made / _DUMP).is_file():
        raise BadUsage("this is the copy of a service on SQLite", remedy="leave DATABASE_URL out")
    _run(["pg_restore", "--no-owner", "--exit-on-error", "--single-transaction", str(made / _DUMP)], url)


def _run(words: list[str], url: str) -> None:
    """A program of PostgreSQL; the password goes by the environment, where no list of processes shows it."""
    told = configuration.database(url)
    names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGDATABASE": "NAME"}
    environment = {**os.environ, **{name: told[key] for name, key in names.items() if told[key]}}
    environment["PGOPTIONS"] = f"-c {configuration.SCOPE_SETTING}=*"
    if words[0] == "pg_restore":
        words = [*words[:1], f"--dbname={told['NAME']}", *words[1:]]
    try:
        done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    except OSError:
        raise BadUsage(f"{words[0]} is not installed", remedy="install the package postgresql-client") from None
    if done.returncode:
        raise BadInput("the database could not be copied", where=words[0], why=done.stderr.strip()[-300:])


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns(".*"))
    elif source.is_file():
        shutil.copy2(source, target)


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
