"""The single documents of a pack: vocabulary, calibration and sentences, overlays added to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from custodes.knowledge import files
from custodes.knowledge.files import Folders
from custodes.model.errors import KnowledgeError


def _documents(folders: Folders, folder: str, name: str) -> Iterable[Mapping[str, Any]]:
    for base, _ in folders:
        for suffix in files.SUFFIXES:
            path = base / folder / f"{name}{suffix}"
            if path.is_file():
                document = files.read_document(path)
                if isinstance(document, Mapping):
                    yield document


#: What a document says about itself; an overlay's own statement replaces the pack's.
_ABOUT = ("source", "date", "certainty", "note")


def words_document(folders: Folders) -> dict[str, object]:
    """The vocabulary; an overlay's words are added to those of the same class."""
    joined: dict[str, object] = {}
    for document in _documents(folders, "vocabulary", "words"):
        for group, block in document.items():
            held = joined.get(group)
            if group in ("plain", "flags", "no_make", "not_live", "device_types", "notes") and not isinstance(
                block, Mapping
            ):
                raise KnowledgeError(
                    f"{group} of the vocabulary must be classes with their words", where="vocabulary/words.yaml"
                )
            if isinstance(held, Mapping) and isinstance(block, Mapping):
                joined[group] = {key: _added(held.get(key), block.get(key)) for key in {**held, **block}}
            elif isinstance(held, str) and isinstance(block, str) and group not in _ABOUT:
                joined[group] = _added(held, block)
            else:
                joined[group] = block
    return joined


def _added(held: object, more: object) -> object:
    if held is None or more is None:
        return more if held is None else held
    if isinstance(held, list) and isinstance(more, list):
        return [*held, *more]
    return f"{held} {more}"


def calibration(folders: Folders) -> dict[str, float]:
    """Band and kind of evidence to the share that was right. Raises KnowledgeError outside 0 to 1."""
    table: dict[str, float] = {}
    for document in _documents(folders, "vocabulary", "calibration"):
        classes = document.get("classes") or {}
        try:
            found = {str(key): float(value["p"]) for key, value in classes.items()}
        except (AttributeError, TypeError, ValueError, KeyError):
            raise KnowledgeError(
                "a class of the calibration has no p between 0 and 1", where="vocabulary/calibration.yaml"
            ) from None
        if not all(0 <= p <= 1 for p in found.values()):
            raise KnowledgeError(
                "a class of the calibration has a p outside 0 to 1", where="vocabulary/calibration.yaml"
            )
        table.update(found)
    return table


def sentences(folders: Folders) -> dict[str, str]:
    """Controlled word to the plain sentence that says it."""
    joined: dict[str, str] = {}
    for document in _documents(folders, "vocabulary", "sentences"):
        block = document.get("sentences") or {}
        if not isinstance(block, Mapping):
            raise KnowledgeError("sentences must be a table of word to sentence", where="vocabulary/sentences.yaml")
        joined.update({str(key): str(value) for key, value in block.items()})
    return joined


def countries(folders: Folders) -> dict[str, tuple[str, ...]]:
    """Two letters of a country to the names that labels and papers use for it."""
    joined: dict[str, tuple[str, ...]] = {}
    for document in _documents(folders, "vocabulary", "countries"):
        block = document.get("countries") or {}
        if not isinstance(block, Mapping) or not all(isinstance(names, list) for names in block.values()):
            raise KnowledgeError("countries must be two letters with their names", where="vocabulary/countries.yaml")
        joined.update({str(code).upper(): tuple(map(str, names)) for code, names in block.items()})
    return joined
