"""The one folder in which a service keeps what is its own: database, files, mail, keys, publications."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

VARIABLE = "CUSTODES_HOME"
DEFAULT = "custodes-data"


@dataclass(frozen=True, slots=True)
class Home:
    """Its places. Nothing is made by asking for one."""

    path: Path

    @property
    def database(self) -> Path:
        """The SQLite file of a service without a database server."""
        return self.path / "service.sqlite3"

    @property
    def files(self) -> Path:
        """Evidence and uploads, each under its own hash."""
        return self.path / "files"

    @property
    def mail(self) -> Path:
        """Where mail goes while no server for it is configured."""
        return self.path / "mail"

    @property
    def published(self) -> Path:
        """A folder for each survey that was released: what the public reads."""
        return self.path / "published"

    @property
    def estates(self) -> Path:
        """What runs on the estates of bodies found, a folder each."""
        return self.path / "estates"

    @property
    def previews(self) -> Path:
        """Publications that only the office reads."""
        return self.path / "previews"

    @property
    def key(self) -> Path:
        """The private key that checkpoints and publications are signed with."""
        return self.path / "service.key"

    @property
    def secret(self) -> Path:
        """What sessions and one-time links are signed with."""
        return self.path / "secret"

    def make(self) -> None:
        """The folder, readable by its owner only, and its secret; what is there stays."""
        self.path.mkdir(parents=True, exist_ok=True)
        self.path.chmod(0o700)
        for place in (self.files, self.mail, self.published, self.previews, self.estates):
            place.mkdir(exist_ok=True)
        if not self.secret.exists():
            private_file(self.secret, secrets.token_urlsafe(48))


def home() -> Home:
    """The folder that the environment names, else one in the working folder."""
    return Home(Path(os.environ.get(VARIABLE) or DEFAULT).resolve())


def private_file(path: Path, text: str) -> None:
    """A new file that only its owner may read."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as stream:
        stream.write(text)


def secret_key() -> str:
    """From the environment, else of the folder; before there is a folder, one of this process alone."""
    told = os.environ.get("CUSTODES_SECRET_KEY")
    if told:
        return told
    path = home().secret
    return path.read_text(encoding="utf-8").strip() if path.is_file() else secrets.token_urlsafe(48)
