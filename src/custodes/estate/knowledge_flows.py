"""Checks that need both the reference data and the rooms that use it: every rule against its own examples."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from custodes.attribution.identifiers import from_serial
from custodes.attribution.text import resolve_text
from custodes.knowledge import Knowledge, files, knowledge
from custodes.knowledge.check import Fault, check_rows
from custodes.knowledge.files import KINDS
from custodes.knowledge.fingerprints import faults as rule_faults
from custodes.knowledge.text import squash, words
from custodes.model.vocab import Status


def check_pack(overlays: Sequence[Path] = ()) -> list[Fault]:
    """Every fault of the pack: schema, ids, sources, and examples that do not come out as they say."""
    faults = list(check_rows(overlays))
    loaded = knowledge(overlays)
    faults += list(_brand_examples(loaded))
    faults += list(_grammar_examples(loaded))
    faults += list(_serial_examples(loaded))
    faults += list(_other_examples(loaded))
    faults += list(_fingerprint_examples(loaded))
    return faults


def _fingerprint_examples(loaded: Knowledge) -> Iterator[Fault]:
    """Also reads the families, so that an id in them that nobody knows is refused."""
    assert loaded.families
    for rule in loaded.fingerprints:
        for what in rule_faults(rule):
            yield Fault("fingerprints", rule.id, "", what)


def _brand_examples(loaded: Knowledge) -> Iterator[Fault]:
    for brand in loaded.pack.brands.values():
        for text in brand.examples.match:
            found = {m.brand for m in resolve_text(text, loaded).mentions if m.status is not Status.UNKNOWN}
            if brand.id not in found:
                yield Fault("brands", brand.id, "", f"the example {text!r} does not name it")
        for text in brand.examples.near_miss:
            if brand.id in _asserted(text, loaded):
                yield Fault("brands", brand.id, "", f"the near miss {text!r} names it")


def _asserted(text: str, loaded: Knowledge) -> set[str]:
    return {m.brand for m in resolve_text(text, loaded).mentions if m.status is Status.ASSERTED}


def _grammar_examples(loaded: Knowledge) -> Iterator[Fault]:
    for grammar in loaded.grammars:
        for text in grammar.row.examples.match:
            key = squash(text).removesuffix("camera")
            if not grammar.explains(key, 0, len(key), words(text)):
                yield Fault("models", grammar.row.id, "", f"the example {text!r} does not match")
            elif not key.startswith(grammar.row.prefixes):
                yield Fault("models", grammar.row.id, "", f"no prefix fits the example {text!r}")
        for text in grammar.row.examples.near_miss:
            key = squash(text)
            if grammar.explains(key, 0, len(key), words(text)):
                yield Fault("models", grammar.row.id, "", f"the near miss {text!r} matches")


def _serial_examples(loaded: Knowledge) -> Iterator[Fault]:
    for row, _ in loaded.serials:
        for text in row.examples.match:
            clue = from_serial(text, loaded)
            if clue is None or clue.supplier != row.supplier:
                yield Fault("serials", row.id, "", f"the example {text!r} does not match")
        for text in row.examples.near_miss:
            clue = from_serial(text, loaded)
            if clue is not None and clue.because.rule == f"serials/{row.id}":
                yield Fault("serials", row.id, "", f"the near miss {text!r} matches")


def _other_examples(loaded: Knowledge) -> Iterator[Fault]:
    for other in loaded.pack.others.values():
        for text in other.examples.match:
            if any(m.status is Status.ASSERTED for m in resolve_text(text, loaded).mentions):
                yield Fault("others", other.id, "", f"the example {text!r} is taken for a brand")


def show_row(key: str, overlays: Sequence[Path] = ()) -> list[dict[str, Any]]:
    """Every row of that id, with its kind and file, and the rows that name it."""
    folders = files.layers(overlays)
    found: list[dict[str, Any]] = []
    for kind in KINDS:
        for name, raw in files.merged(folders, kind).items():
            if name == key:
                found.append({"kind": kind, "file": Path(raw.file).name, "row": dict(raw.row)})
            elif key in _named_by(raw.row):
                found.append({"kind": kind, "file": Path(raw.file).name, "named_by": name})
    return found


def _named_by(row: Mapping[str, Any]) -> set[str]:
    names = {row.get("supplier"), row.get("brand"), row.get("not")}
    for edge in (*(row.get("makers") or ()), *(row.get("components") or ())):
        names.add(edge.get("supplier"))
    names |= {edge.get("owner") for edge in row.get("owners") or ()}
    return {str(name) for name in names if name}


def diff_packs(old: Path, new: Path) -> list[dict[str, Any]]:
    """Rows added, removed and changed between two pack folders, each with the keys that changed."""
    changes: list[dict[str, Any]] = []
    for kind in KINDS:
        before = files.merged([(old, True)], kind)
        after = files.merged([(new, True)], kind)
        for key in sorted(before.keys() | after.keys()):
            if key not in before:
                changes.append({"kind": kind, "id": key, "change": "added"})
            elif key not in after:
                changes.append({"kind": kind, "id": key, "change": "removed"})
            elif dict(before[key].row) != dict(after[key].row):
                left, right = before[key].row, after[key].row
                keys = sorted(k for k in {*left, *right} if left.get(k) != right.get(k))
                changes.append({"kind": kind, "id": key, "change": "changed", "keys": keys})
    return changes
