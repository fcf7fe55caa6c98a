"""Signs in the files of firmware images: programs in versions, abilities, addresses, keys, whose code it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from custodes.knowledge import files
from custodes.knowledge.citing import cited_of, fail, require_shape, text_of
from custodes.knowledge.files import Folders, Raw
from custodes.knowledge.rows import Cited
from custodes.model.vocab import Certainty


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign. `value`: what it shows, empty where the text itself is; `patterns`: as YARA writes them; `every`: whether
    all must be there, of which the last is taken; `take`: an expression (RE2) whose first group is a version; `single`:
    only if all that is taken is the same; `scope`: names of files in which alone it counts; `names`: names of files
    that are a sign by themselves; `unless`: texts in a file that make the sign another's, but in files of that name;
    `besides`: hosts that are named in papers and are not called; `texts`:
    whether it is looked for in texts only; `apart`: whether it is looked for in a pass of its own, for its pattern
    has so few fixed letters that the search for all others would slow down threefold beside it."""

    id: str
    kind: str
    value: str
    cpe: str
    patterns: tuple[str, ...]
    every: bool
    take: str
    single: bool
    scope: tuple[str, ...]
    names: tuple[str, ...]
    unless: tuple[str, ...]
    besides: tuple[str, ...]
    texts: bool
    apart: bool
    explanation: str
    positive: str
    negative: str
    cited: Cited


def load_signs(folders: Folders) -> Mapping[str, Sign]:
    """The signs of packs by id, without those of low certainty, which show nothing. Raises KnowledgeError."""
    found = {key: _sign(raw) for key, raw in files.merged(folders, "firmware").items()}
    return {key: sign for key, sign in found.items() if sign.cited.certainty is not Certainty.LOW}


def _sign(raw: Raw) -> Sign:
    require_shape(raw, "firmware")
    row = raw.row
    if text_of(raw, row, "kind") == "component" and not row.get("take"):
        raise fail(raw, "a component's sign takes no version", "give `take`, an expression whose first group it is")
    return Sign(
        text_of(raw, row, "id"),
        text_of(raw, row, "kind"),
        text_of(raw, row, "value"),
        text_of(raw, row, "cpe"),
        _texts(row, "patterns"),
        bool(row.get("all")),
        _raw(row, "take"),
        bool(row.get("single")),
        _texts(row, "scope"),
        _texts(row, "names"),
        _texts(row, "unless"),
        _texts(row, "besides"),
        bool(row.get("texts")),
        bool(row.get("apart")),
        text_of(raw, row, "explanation"),
        _raw(row, "positive"),
        _raw(row, "negative"),
        cited_of(raw, row),
    )


def _texts(row: Mapping[str, Any], key: str) -> tuple[str, ...]:
    return tuple(map(str, row.get(key) or ()))


def _raw(row: Mapping[str, Any], key: str) -> str:
    """A text as it is: what is at its ends counts."""
    return str(row.get(key) or "")
