"""Seals a folder into a bundle: the log, its proofs, the list of every file, and the checkpoint that binds them."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

from custodes.model.errors import BadUsage
from custodes.publication.proof.keys import Signer
from custodes.publication.proof.log import EDITION, FIGURE, Log, joined
from custodes.publication.proof.manifest import MANIFEST, listed, measure, walk, write_manifest
from custodes.publication.proof.notes import Checkpoint, write_note
from custodes.publication.proof.tree import Tree

LOG_FILE, LEAVES, CHECKPOINT, PUBLIC_KEY = "proof/log.jsonl", "proof/leaves.bin", "proof/checkpoint", "proof/key.pub"
FIGURES, HISTORY = "proof/figures.json", "proof/editions.json"


def proofs(log: Log, tree: Tree) -> dict[str, bytes]:
    """Path to bytes of what hangs on the log alone: itself, the hashes of its entries, inclusion and consistency."""
    figures = [
        {"edition": place[1], "figure": place[2], "index": index, "proof": encoded(tree.inclusion(index))}
        for place, index in log.places.items()
        if place[0] == FIGURE
    ]
    ends = [(place[1], index + 1) for place, index in log.places.items() if place[0] == EDITION]
    history: list[dict[str, Any]] = []
    for number, (name, size) in enumerate(ends):
        one = {"edition": name, "size": size, "root": encoded([tree.root_at(size)])[0]}
        if number + 1 < len(ends):
            later = Tree(tree.levels[0][: ends[number + 1][1]])
            one |= {"next": ends[number + 1][0], "consistency": encoded(later.consistency(size))}
        history.append(one)
    return {
        LOG_FILE: joined(log.entries),
        LEAVES: b"".join(tree.levels[0]),
        FIGURES: _json({"size": tree.size, "root": encoded([tree.root])[0], "figures": figures}),
        HISTORY: _json({"editions": history}),
    }


def seal(folder: Path, log: Log, origin: str, signer: Signer | None) -> Checkpoint:
    """Writes proof and list of files into a folder that holds all else; returns the checkpoint that was written.

    Raises BadUsage for something in the folder that is no plain file.
    """
    tree = log.tree()
    files = proofs(log, tree)
    if signer is not None:
        files[PUBLIC_KEY] = f"{signer.verifier.line()}\n".encode()
    for path, data in files.items():
        write(folder, path, data)
    found = {}
    for path, plain in walk(folder):
        if not plain:
            raise BadUsage("a bundle holds plain files only", where=str(folder / path))
        found[path] = measure(folder / path)
    manifest = write_manifest(found)
    write(folder, MANIFEST, manifest)
    head = Checkpoint(origin, tree.size, tree.root, listed(manifest).sha256)
    write(folder, CHECKPOINT, write_note(head.text(), [signer] if signer else []).encode())
    return head


def write(folder: Path, path: str, data: bytes) -> None:
    """One file of a bundle."""
    place = folder / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(data)


def encoded(hashes: list[bytes]) -> list[str]:
    """Hashes in base64."""
    return [base64.b64encode(one).decode() for one in hashes]


def _json(content: object) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()
