"""Reads the files of a pack: YAML or JSON, one row or a list of rows a file, overlays replacing by id."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from custodes.knowledge import cache
from custodes.model.errors import KnowledgeError, did_you_mean

SUFFIXES = (".yaml", ".yml", ".json")
#: Folders of packs, the bundled one first, each with whether it is a user's own.
Folders = list[tuple[Path, bool]]
MAX_BYTES = 32 * 1024 * 1024


class _Loader(yaml.CSafeLoader):
    """Safe, and with days left as the text they are, so that a wrong one is refused in its row."""


_Loader.yaml_implicit_resolvers = {
    sign: [pair for pair in pairs if pair[0] != "tag:yaml.org,2002:timestamp"]
    for sign, pairs in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


@dataclass(frozen=True, slots=True)
class Raw:
    """One row as written, with the file it stands in."""

    row: Mapping[str, Any]
    file: str
    overlay: bool


#: The pack that stands in the place of the installed one in this process, if any.
_INSTEAD: list[Path] = []


def bundled() -> Path:
    """The folder of the pack inside the installed package, or what stands in its place."""
    return _INSTEAD[-1] if _INSTEAD else Path(str(resources.files("custodes.knowledge") / "pack"))


def is_installed(file: str) -> bool:
    """Whether a file is of the pack that is part of the program, which its own tests have looked at."""
    return not _INSTEAD and file.startswith(_installed())


@lru_cache(maxsize=1)
def _installed() -> str:
    return f"{resources.files('custodes.knowledge') / 'pack'}{os.sep}"


def use_instead(folder: Path) -> None:
    """From now on a pack that came from elsewhere is the one of this process, which has loaded none yet."""
    _INSTEAD.append(folder)


def layers(overlays: Iterable[Path], base: Path | None = None) -> Folders:
    """The bundled pack, or that of a folder, then the packs that a user lays over it, each over those before."""
    return [(base or bundled(), False), *((folder, True) for folder in overlays)]


def read_document(path: Path) -> Any:
    """Parse one file. Raises KnowledgeError naming file, line and what to do."""
    if path.stat().st_size > MAX_BYTES:
        raise KnowledgeError("file is too large for reference data", where=str(path))
    try:
        data = path.read_bytes()
        if path.suffix == ".json":
            return json.loads(data.decode("utf-8"))
        return _remembered(data) if is_installed(str(path)) else _parsed(data)
    except (yaml.YAMLError, ValueError, RecursionError, OSError) as error:
        place = getattr(error, "problem_mark", None)
        line = f" line {place.line + 1}" if place is not None else ""
        why = getattr(error, "problem", None) or (str(error).splitlines() or [type(error).__name__])[0]
        raise KnowledgeError(
            "this file of the reference data cannot be read", where=f"{path}{line}", why=str(why)[:200]
        ) from None


def _parsed(data: bytes) -> Any:
    return yaml.load(data.decode("utf-8"), _Loader)  # noqa: S506 - a safe loader


def _remembered(data: bytes) -> Any:
    """A document of the installed pack, which every start reads: as JSON, from the cache, in a tenth of the time."""
    path = cache.path(f"document-{hashlib.sha256(data).hexdigest()[:32]}.json")
    if path is not None and path.is_file():
        try:
            return json.loads(path.read_bytes())
        except (OSError, ValueError):
            pass  # damaged: read anew
    found = _parsed(data)
    told = json.dumps(found, ensure_ascii=False, default=str)
    if path is not None and json.loads(told) == found:
        cache.keep(path, told.encode)
    return found


def rows(folder: Path, kind: str, *, overlay: bool) -> Iterator[Raw]:
    """Every row of one kind in a pack folder, files in name order. Also a single file `KIND.yaml`."""
    candidates = [folder / f"{kind}{suffix}" for suffix in SUFFIXES]
    nested = folder / kind
    paths = [path for path in candidates if path.is_file()]
    if nested.is_dir():
        paths += sorted(path for path in nested.rglob("*") if path.suffix in SUFFIXES)
    for path in paths:
        document = read_document(path)
        if document is None:
            continue
        if isinstance(document, Mapping) and "id" not in document and isinstance(document.get(kind), list):
            document = document[kind]
        listed = document if isinstance(document, list) else [document]
        for row in listed:
            if not isinstance(row, Mapping):
                raise KnowledgeError(
                    f"a row of {kind} is not a mapping", where=str(path), remedy="write `key: value` pairs"
                )
            yield Raw(row, str(path), overlay)


def merged(folders: Folders, kind: str) -> dict[str, Raw]:
    """Rows by id; a later folder replaces the whole row. Two rows of one id in one folder are refused."""
    found: dict[str, Raw] = {}
    for folder, overlay in folders:
        here: dict[str, Raw] = {}
        for raw in rows(folder, kind, overlay=overlay):
            key = raw.row.get("id")
            if not isinstance(key, str) or not key:
                raise KnowledgeError(f"a row of {kind} has no id", where=raw.file, remedy="give it `id: name`")
            if key in here:
                raise KnowledgeError(f"id {key!r} stands twice in {kind}", where=place_of(raw))
            here[key] = raw
        found.update(here)
    return found


@lru_cache(maxsize=32)
def schema_keys(kind: str) -> frozenset[str]:
    """The keys that the published schema of a kind knows; empty if there is none."""
    path = bundled() / "schema" / f"{kind}.schema.json"
    return frozenset(json.loads(path.read_text(encoding="utf-8"))["properties"]) if path.is_file() else frozenset()


def digest(folders: Folders) -> str:
    """A content hash over every data file, so that an answer can name exactly what it rests on."""
    total = hashlib.sha256()
    for folder, _ in folders:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            total.update(path.relative_to(folder).as_posix().encode())
            total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()[:16]


def contents(overlays: Sequence[str] = ()) -> dict[str, bytes]:
    """Every file of the bundled pack and of own packs, by its path: what a frozen copy keeps."""
    folders = [("pack", bundled()), *((f"own-{number}", Path(path)) for number, path in enumerate(overlays, 1))]
    return {
        f"{name}/{path.relative_to(folder).as_posix()}": path.read_bytes()
        for name, folder in folders
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


#: Kinds of rows that have a published schema; then whatever else a pack may hold, as a folder or one file.
KINDS = (
    "suppliers",
    "brands",
    "models",
    "serials",
    "others",
    "fingerprints",
    "families",
    "measures",
    "lists",
    "laws",
    "forms",
    "registries",
    "drone-codes",
    "services",
    "firmware",
    "vulnerabilities",
    "checks",
)
FOLDERS = (*KINDS, "lineage", "registrants", "mac", "vocabulary", "register_formats", "schema")


def refuse_misspelt(folder: Path) -> None:
    """Raises KnowledgeError if a folder or file of an own pack is nearly, but not quite, one that is read."""
    for path in sorted(folder.iterdir()):
        name = path.stem if path.suffix in SUFFIXES else path.name
        if name.startswith(".") or not (path.is_dir() or path.suffix in SUFFIXES):
            continue
        hint = did_you_mean(name, FOLDERS, 0.7) if name not in FOLDERS else ""
        if hint:
            raise KnowledgeError(f"nothing reads {path.name!r}", where=str(path), remedy=hint)


def place_of(raw: Raw) -> str:
    """File, line and id of a row. Only for messages: it reads the file again."""
    return f"{raw.file} line {_line_of(raw)} row {str(raw.row.get('id', '?'))!r}"


def _line_of(raw: Raw) -> int:
    """The line (from 1) on which a row begins; 1 if it cannot be told."""
    try:
        root = yaml.compose(Path(raw.file).read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, OSError, UnicodeDecodeError, RecursionError):
        return 1
    stack = [root]
    while stack:
        node = stack.pop()
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if getattr(key, "value", "") == "id" and getattr(value, "value", None) == str(raw.row.get("id")):
                    return int(node.start_mark.line) + 1
            stack += [value for _, value in node.value]
        elif isinstance(node, yaml.SequenceNode):
            stack += node.value
    return 1
