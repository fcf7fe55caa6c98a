"""Checks a bundle without the program that made it, its sources, or a network: every byte of every file counts.

What is trusted is at most a key that came from elsewhere. From it follow, in this order: the checkpoint, which it
signed; the log, by the checkpoint's root; the files that an edition was frozen with, by the log; the list of files,
whose hash stands in the checkpoint; and every file, by that list.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from custodes.model.errors import BadInput
from custodes.publication.proof.bundle import CHECKPOINT, FIGURES, HISTORY, LEAVES, LOG_FILE, PUBLIC_KEY
from custodes.publication.proof.keys import Key, Verifier, read_keys
from custodes.publication.proof.logcheck import LogCheck, Wrong
from custodes.publication.proof.manifest import (
    MANIFEST,
    MOST_BYTES,
    BadManifest,
    Listed,
    listed,
    measure,
    read_manifest,
    walk,
)
from custodes.publication.proof.notes import BadNote, Checkpoint, Note, read_checkpoint, read_note

_MOST_NOTE_BYTES = 65536
#: A file of another length than the list has is looked at only up to this one.
MOST_HASHED = 1 << 30
#: Files that every bundle has, and that are looked at whatever the list of files says.
OURS = frozenset((MANIFEST, CHECKPOINT, LOG_FILE, LEAVES, FIGURES, HISTORY, PUBLIC_KEY))


@dataclass(slots=True)
class Verified:
    """What was found. `wrong`: the first is the one to look at first. `signed`: by a key that lies beside it or was
    given; `trusted`: by the one that was given.
    """

    checkpoint: Checkpoint | None = None
    signed: bool = False
    trusted: bool = False
    key_name: str = ""
    files: int = 0
    editions: list[str] = field(default_factory=list)
    wrong: list[Wrong] = field(default_factory=list)


def verify(bundle: Path, keys: Sequence[Key] | None = None, earlier: bytes | None = None) -> Verified:
    """Checks a bundle. Raises BadInput where there is none at all.

    `keys`: what the key that it must be signed with may be read as. `earlier`: a checkpoint that was kept, which this
    log must continue.
    """
    if not bundle.is_dir():
        raise BadInput("there is no such folder", where=str(bundle), remedy="give the folder that was published")
    check = _Check(bundle, Verified())
    check.files()
    check.head(keys)
    log = LogCheck(bundle, check.lies)
    log.against(check.found.checkpoint, sure=check.found.signed or not check.bound, listed_wrong=check.changed)
    if earlier is not None:
        log.earlier(earlier)
    check.found.editions = log.editions
    check.found.wrong = check.ordered(log.wrong)
    return check.found


def _names(note: Note, origin: str, key: Key) -> list[str]:
    """The names that a key may sign under: its own; where its form has none, that of the log or of a signature."""
    return [key.name] if key.name else list(dict.fromkeys((origin, *(one.name for one in note.signatures))))


@dataclass(slots=True)
class _Check:
    bundle: Path
    found: Verified
    known: dict[str, Listed] = field(default_factory=dict)
    lies: dict[str, Listed] = field(default_factory=dict)
    of_files: list[Wrong] = field(default_factory=list)
    of_head: list[Wrong] = field(default_factory=list)
    manifest: Listed | None = None

    @property
    def changed(self) -> frozenset[str]:
        """Files that are not as the list has them."""
        return frozenset(one.path for one in self.of_files)

    @property
    def bound(self) -> bool:
        """Whether the checkpoint was made over this list of files."""
        head = self.found.checkpoint
        return head is not None and self.manifest is not None and head.files == self.manifest.sha256

    def ordered(self, of_log: Sequence[Wrong]) -> list[Wrong]:
        """A checkpoint that is refused first, then what the log shows, the list of files, and files by that list."""
        heads = sorted(self.of_head, key=lambda one: one.path != CHECKPOINT)
        refused = [one for one in heads if one.path == CHECKPOINT]
        seen: dict[str, Wrong] = {}
        for one in (*refused, *of_log, *heads, *self.of_files):
            seen.setdefault(one.path, one)
        return list(seen.values())

    def files(self) -> None:
        """The list of files, and every file by it. Nothing is read whose length shows that it is another."""
        there = dict(walk(self.bundle))
        data = self._read(MANIFEST, MOST_BYTES) if there.get(MANIFEST) else None
        why = ""
        if data is None:
            why = "it cannot be read" if MANIFEST in there else "it is missing"
        else:
            self.manifest = self.lies[MANIFEST] = listed(data)
            try:
                self.known = read_manifest(data)
            except BadManifest as error:
                why = str(error)
        if why:  # without a list, the log still tells of itself and of what editions were frozen with
            self.of_head.append(Wrong(MANIFEST, why))
            small = (path for path, plain in there.items() if plain and (self._size(path) or 0) <= MOST_HASHED)
            self.lies |= {path: one for path in small if (one := self._measured(path)) is not None}
            return
        self.found.files = len(self.known) + 2
        for path in sorted({*self.known, *there} - {MANIFEST}):
            why = self._why(path, there)
            if why and path != CHECKPOINT:
                self.of_files.append(Wrong(path, why))

    def _why(self, path: str, there: dict[str, bool]) -> str:
        if path not in there:
            return "it is missing"
        if not there[path]:
            emptied = any(known.startswith(f"{path}/") for known in self.known)
            return "" if emptied else "it is no plain file that can be read"  # what it held is named instead
        known, size = self.known.get(path), self._size(path)
        same = known is not None and size == known.size
        lies = self._measured(path) if size is not None and (same or size <= MOST_HASHED) else None
        if lies is not None:
            self.lies[path] = lies
        if known is None:
            return "it was added: the list of files does not have it"
        if size is not None and not same:
            return f"it was changed: {size:,} bytes, where {known.size:,} were published"
        if lies is None:
            return "it cannot be read"
        return "" if known == lies else "it was changed: its hash is not the one in the list of files"

    def _size(self, path: str) -> int | None:
        try:
            return (self.bundle / path).stat().st_size
        except OSError:
            return None

    def _measured(self, path: str) -> Listed | None:
        try:
            return measure(self.bundle / path)
        except OSError:
            return None

    def _read(self, path: str, most: int) -> bytes | None:
        """The bytes of a file; None where it cannot be read or has more than `most`."""
        try:
            with (self.bundle / path).open("rb") as stream:
                data = stream.read(most + 1)
        except OSError:
            return None
        return data if len(data) <= most else None

    def head(self, keys: Sequence[Key] | None) -> None:
        """The checkpoint: how it is written, who signed it, and that it binds the list of files."""
        if CHECKPOINT not in self.lies:
            there = (self.bundle / CHECKPOINT).exists()
            self.of_head.append(Wrong(CHECKPOINT, "it is no plain file that can be read" if there else "it is missing"))
            return
        data = self._read(CHECKPOINT, _MOST_NOTE_BYTES)
        try:
            if data is None:
                raise BadNote(f"it is larger than {_MOST_NOTE_BYTES:,} bytes")
            note = read_note(data)
            self.found.checkpoint = read_checkpoint(note.text)
        except BadNote as error:
            self.of_head.append(Wrong(CHECKPOINT, str(error)))
            return
        why = self._signature(note, self.found.checkpoint.origin, keys)
        if why:
            self.of_head.append(Wrong(CHECKPOINT, why))
        elif self.manifest is not None and not self.bound:
            # what is signed holds; of two that are not, the list that still fits its files is the one to believe
            sure = self.found.signed or self.of_files or not self.known
            self.of_head.append(Wrong(MANIFEST if sure else CHECKPOINT, "the checkpoint is over another list of files"))

    def _signature(self, note: Note, origin: str, keys: Sequence[Key] | None) -> str:
        """What is wrong with the signatures; empty if nothing is."""
        own = self._own_key()
        if keys is None and own is None:
            if PUBLIC_KEY in {*self.known, *self.lies}:
                return "" if PUBLIC_KEY in self.changed else "the key beside it cannot be read"
            return "it is signed, and no key lies beside it" if note.signatures else ""
        trusted = [key.verifier(name) for key in keys or () for name in _names(note, origin, key)]
        beside = [own] if own is not None else []
        mine = next((one for one in trusted or beside if note.signed_by(one)), None)
        if mine is None:
            if keys is None and PUBLIC_KEY in self.changed:
                return ""
            whose = "the key that was given" if keys is not None else "the key beside it"
            return (
                f"its signature is not by {whose}"
                if note.signatures
                else f"it is not signed, and {whose} says it must be"
            )
        self.found.signed, self.found.trusted, self.found.key_name = True, bool(trusted), mine.name
        names = {(one.name, one.key_id) for one in (mine, *beside)}
        strange = [one for one in note.signatures if (one.name, one.key_id) not in names]
        return f"it has a line by {strange[0].name[:60]!r}, whose key is not known here" if strange else ""

    def _own_key(self) -> Verifier | None:
        """The key that lies in the bundle. It shows that a bundle fits together, not whose it is."""
        if PUBLIC_KEY not in self.lies:
            return None
        try:
            key = read_keys(self.bundle / PUBLIC_KEY)[0]
        except (BadInput, OSError):
            return None
        return key.verifier(key.name)
