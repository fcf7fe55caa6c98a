"""Versions of a questionnaire that went out: kept as they were, and never changed under the answers given to them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from custodes.model.names import file_word
from custodes.survey import documents
from custodes.survey.asked import Wave
from custodes.survey.documents import Node, as_text
from custodes.survey.faults import Faults
from custodes.survey.questionnaire import Question, Questionnaire, read_questionnaire

FOLDER = "published"


def kept_copy(folder: Path, name: tuple[str, str]) -> Path:
    """Where the copy of a version is kept. `name`: id and version of the questionnaire."""
    return folder / FOLDER / f"{file_word(name[0])}-{file_word(name[1])}.yaml"


def keep(folder: Path, file: str, name: tuple[str, str]) -> Path | None:
    """Keep the questionnaire `file` as it goes out, unless this version has gone out before. Returns the new copy."""
    copy = kept_copy(folder, name)
    if copy.exists():
        return None
    copy.parent.mkdir(exist_ok=True)
    copy.write_bytes((folder / file).read_bytes())
    return copy


def check_published(folder: Path, top: Node, name: tuple[str, str], file: str, faults: Faults) -> None:
    """A questionnaire that says another thing than the copy of the same version is a fault."""
    copy = kept_copy(folder, name)
    if not copy.is_file():
        return
    kept = documents.read(copy, Faults())
    if kept is None:
        faults.add(f"{FOLDER}/{copy.name}", 1, "the copy of a version that went out cannot be read")
    elif _said(kept.get("sections")) != _said(top.get("sections")):
        reason = f"version {name[1][:40]} has gone out and is changed here: give the changed one a new `version`"
        faults.add(file, top.line_of("version"), reason)


def _said(node: Node | None) -> Any:
    """What a document says, without its lines; keys in any order."""
    if node is None or node.value is None:
        return None
    if isinstance(node.value, dict):
        return {key: _said(value) for key, value in node.value.items()}
    if isinstance(node.value, list):
        return [_said(item) for item in node.value]
    return as_text(node.value)


def older_versions(
    folder: Path, current: Questionnaire, waves: Iterable[Wave], file: str, faults: Faults
) -> dict[str, Questionnaire]:
    """Wave to the version that it was asked with, where that is not the current one and was kept as it went out.

    Ids are stable: a question that is of another type than in an older version is a fault of the current one.
    """
    found: dict[str, Questionnaire] = {}
    for wave in waves:
        id_, _, version = wave.questionnaire.partition("@")
        if not version or (id_, version) == (current.id, current.version):
            continue
        copy = kept_copy(folder, (id_, version))
        top = documents.read(copy, faults) if copy.is_file() else None
        if top is not None:
            older = found[wave.id] = read_questionnaire(top, f"{FOLDER}/{copy.name}", faults)
            for name, question in older.questions.items():
                now = current.questions.get(name)
                if now is not None and now.type is not question.type:
                    was = f"was of type {question.type} in version {version[:40]}"
                    faults.add(file, now.line, f"'{name[:60]}' {was}: what is asked otherwise wants another id")
    return found


def all_questions(current: Questionnaire, older: Iterable[Questionnaire]) -> dict[str, Question]:
    """Every question of any version: as it is now, else as it was; an option of any version may stand as an answer."""
    found = dict(current.questions)
    for version in older:
        for name, question in version.questions.items():
            held = found.get(name)
            found[name] = question if held is None else replace(held, options=held.options | question.options)
    return found
