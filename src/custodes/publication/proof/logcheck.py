"""Checks the log of a bundle by the root of its checkpoint, and what the log says of editions and figures."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from custodes.model.errors import BadInput
from custodes.publication.proof.bundle import CHECKPOINT, FIGURES, HISTORY, LEAVES, LOG_FILE
from custodes.publication.proof.log import EDITION, is_kind, parted
from custodes.publication.proof.manifest import MANIFEST, Listed
from custodes.publication.proof.notes import BadNote, Checkpoint, read_checkpoint, read_note
from custodes.publication.proof.tree import Tree, consistent, included

#: A log is read whole; a million entries have some 300 MB.
MOST_LOG_BYTES = 2 << 30


@dataclass(frozen=True, slots=True)
class Wrong:
    """A file that is not as it was published. `path` relative to the bundle; `entry`: of the log, counted from 0."""

    path: str
    why: str
    entry: int | None = None


@dataclass(slots=True)
class LogCheck:
    """The log of a bundle, whose files lie as `lies` has them."""

    bundle: Path
    lies: Mapping[str, Listed]
    wrong: list[Wrong] = field(default_factory=list)
    editions: list[str] = field(default_factory=list)
    _entries: list[bytes] = field(default_factory=list)
    _tree: Tree | None = None
    _head: Checkpoint | None = None

    def against(self, head: Checkpoint | None, *, sure: bool, listed_wrong: frozenset[str]) -> None:
        """Checks it. `sure`: of checkpoint and log, the checkpoint is the one to believe."""
        data, self._head = self._read(LOG_FILE), head
        entries = parted(data) if data is not None else None
        if entries is None or head is None:
            if data is not None and entries is None:
                self.wrong.append(Wrong(LOG_FILE, "its last line does not end"))
            return
        self._entries, self._tree = entries, Tree.over(entries)
        if (self._tree.size, self._tree.root) == (head.size, head.root):
            self.wrong += self._says(head)
        elif sure or LOG_FILE in listed_wrong:
            self.wrong.append(self._changed(self._tree, head))
        else:
            self.wrong.append(Wrong(CHECKPOINT, "the log has another size or root"))

    def _changed(self, tree: Tree, head: Checkpoint) -> Wrong:
        """The log, with the first entry that is not as it was, as far as the hashes of all entries still are."""
        raw = self._read(LEAVES) or b""
        leaves = [raw[place : place + 32] for place in range(0, len(raw), 32)]
        kept = Tree(leaves)
        if (kept.size, kept.root) != (head.size, head.root):
            return Wrong(LOG_FILE, f"its {tree.size:,} entries do not come to the root of the checkpoint")
        now = tree.levels[0]
        pairs = zip(leaves, now, strict=False)
        first = next((place for place, (old, new) in enumerate(pairs) if old != new), min(len(leaves), len(now)))
        return Wrong(LOG_FILE, self._what(first, leaves, now), first)

    def _what(self, first: int, leaves: Sequence[bytes], now: Sequence[bytes]) -> str:
        """What became of the first entry that is not as it was."""
        if first >= len(now):
            return f"entry {first:,} was dropped, and all that followed"
        if first >= len(leaves):
            return f"entry {first:,} was added: {self._quoted(first)}"
        if leaves[first] not in now:
            word = "dropped" if len(now) < len(leaves) and now[first] in leaves else "changed"
            return f"entry {first:,} was {word}; there now: {self._quoted(first)}"
        word = "moved" if now[first] in leaves else "pushed down"
        return f"entry {first:,} was {word}; there now: {self._quoted(first)}"

    def _quoted(self, place: int) -> str:
        return self._entries[place][:160].decode("utf-8", "replace")

    def _says(self, head: Checkpoint) -> Iterator[Wrong]:
        """What the log says, which is known to be whole: its name, the files of editions, and the proofs beside it."""
        if _parsed(self._entries[0] if self._entries else b"").get("origin") != head.origin:
            yield Wrong(CHECKPOINT, "its origin is not the one that the log begins with")
        for index, entry in enumerate(self._entries):
            if is_kind(entry, EDITION):
                yield from self._edition(_parsed(entry), index)
        for path, check in ((FIGURES, self._inclusion), (HISTORY, self._history)):
            try:
                fits = check(json.loads(self._read(path) or b""))
            except (ValueError, KeyError, TypeError, IndexError, AttributeError, OverflowError, RecursionError):
                fits = False
            if not fits:
                yield Wrong(path, "a proof in it does not lead to the root of the checkpoint")

    def _edition(self, told: Mapping[str, Any], index: int) -> Iterator[Wrong]:
        self.editions.append(str(told.get("id", "")))
        files = told.get("files", {})
        for path, digest in files.items() if isinstance(files, dict) else ():
            lies = self.lies.get(str(path))
            if lies is None or lies.sha256 != digest:
                word = "is missing" if lies is None else "is another one"
                yield Wrong(str(path), f"it {word}: edition {self.editions[-1]} was frozen with it", index)

    def _inclusion(self, told: Mapping[str, Any]) -> bool:
        assert self._tree is not None
        tree, leaves = self._tree, self._tree.levels[0]
        return all(
            included(leaves[one["index"]], one["index"], tree.size, _hashes(one["proof"]), tree.root)
            for one in told["figures"]
        )

    def _history(self, told: Mapping[str, Any]) -> bool:
        assert self._tree is not None
        editions = told["editions"]
        roots = [_hashes([one["root"]])[0] for one in editions]
        if any(self._tree.root_at(one["size"]) != root for one, root in zip(editions, roots, strict=True)):
            return False
        pairs = zip(editions, roots, editions[1:], roots[1:], strict=False)
        return all(
            consistent(one["size"], root, after["size"], later, _hashes(one["consistency"]))
            for one, root, after, later in pairs
        )

    def earlier(self, data: bytes) -> None:
        """That the log continues the one of a checkpoint that somebody kept. Raises BadInput if that is none."""
        try:
            before = read_checkpoint(read_note(data).text)
        except BadNote as error:
            raise BadInput("the checkpoint kept from before cannot be read", why=str(error)) from None
        if self._head is None or self._tree is None:
            return
        if before.origin != self._head.origin:
            self.wrong.append(Wrong(CHECKPOINT, f"the one kept from before is of another log, {before.origin[:80]!r}"))
        elif before.size > self._tree.size:
            told = f"it has {self._tree.size:,} entries, and once had {before.size:,}"
            self.wrong.append(Wrong(LOG_FILE, told))
        elif self._tree.root_at(before.size) != before.root:
            told = f"its first {before.size:,} entries are not those of the checkpoint kept from before"
            self.wrong.append(Wrong(LOG_FILE, told))
        elif before.size == self._tree.size and before.files != self._head.files:
            told = "the log is that of the checkpoint kept from before, and the files are others"
            self.wrong.append(Wrong(MANIFEST, told))

    def _read(self, path: str) -> bytes | None:
        lies = self.lies.get(path)
        return (self.bundle / path).read_bytes() if lies is not None and lies.size <= MOST_LOG_BYTES else None


def _parsed(entry: bytes) -> Mapping[str, Any]:
    try:
        told = json.loads(entry)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _hashes(texts: Sequence[str]) -> list[bytes]:
    return [base64.b64decode(text, validate=True) for text in texts]
