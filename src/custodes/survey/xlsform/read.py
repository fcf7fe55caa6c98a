"""Reads an XLSForm through pyxform, which knows its dialects, into the plain structure of a questionnaire."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from custodes.model.errors import BadInput, BadUsage
from custodes.survey.xlsform import xpath

MAX_BYTES = 16 * 1024 * 1024
_TYPES = {"integer": "count", "decimal": "number", "text": "text", "date": "date"}
_QUIET = ("note", "start", "end", "today", "deviceid", "username", "hidden")
_CHOICES, _SEVERAL = "select one", "select all that apply"


@dataclass(slots=True)
class _Found:
    sections: list[dict[str, Any]] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    loose: list[dict[str, Any]] = field(default_factory=list)


def read_xlsform(path: Path) -> tuple[dict[str, Any], list[str]]:
    """The questionnaire of an XLSForm, and what of it has no counterpart and was left out.

    Raises BadInput if it is none; BadUsage if the extra is not installed.
    """
    try:
        from pyxform.errors import PyXFormError
        from pyxform.xls2xform import convert
    except ImportError:
        raise BadUsage(
            "XLSForm needs a library that is not installed", remedy="pip install 'custodes[xlsform]'"
        ) from None
    if path.stat().st_size > MAX_BYTES:
        raise BadInput("the form is too large to be one", where=path.name)
    try:
        form: Mapping[str, Any] = convert(path, validate=False)._pyxform
    except PyXFormError as error:
        raise BadInput("this XLSForm has a fault", where=path.name, why=str(error)[:300]) from None
    except Exception as error:
        raise BadInput(
            "this is no XLSForm", where=path.name, why=f"{type(error).__name__}: {str(error)[:200]}"
        ) from None
    found = _Found()
    for child in form.get("children", ()):
        _top(child, found)
    if found.loose:
        found.sections.insert(0, {"id": "questions", "title": {"en": "Questions"}, "questions": found.loose})
    title = str(form.get("title") or form.get("id_string") or "form")
    questionnaire = {
        "id": str(form.get("id_string") or "form"),
        "version": str(form.get("version") or "1"),
        "title": {"en": title},
        "sections": [section for section in found.sections if section["questions"]],
    }
    return questionnaire, found.left_out


def _top(child: Mapping[str, Any], found: _Found) -> None:
    """A group or repeat is a section; a question outside of any goes into one of its own."""
    if child.get("type") not in ("group", "repeat"):
        found.loose += _questions(child, [], found)
        return
    if child.get("control", {}).get("bodyless"):
        return
    name = str(child["name"])
    section: dict[str, Any] = {"id": name, "title": _texts(child) or {"en": name}}
    if child["type"] == "repeat":
        section["repeat"] = next(iter(_texts(child).values()), "part")
    section["questions"] = [
        question for inner in child.get("children", ()) for question in _questions(inner, _relevant(child), found)
    ]
    found.sections.append(section)


def _relevant(child: Mapping[str, Any]) -> list[str]:
    said = str(child.get("bind", {}).get("relevant") or "").strip()
    return [said] if said else []


def _questions(child: Mapping[str, Any], outer: list[str], found: _Found) -> Iterator[dict[str, Any]]:
    """The questions of an item; those of a group within a section are of that section."""
    kind, name = str(child.get("type")), str(child.get("name"))
    conditions = [*outer, *_relevant(child)]
    if kind in ("group", "repeat"):
        if kind == "repeat":
            found.left_out.append(f"{name}: a repeat within a section; its questions are put once")
        for inner in child.get("children", ()):
            yield from _questions(inner, conditions, found)
    elif kind == "calculate":
        found.left_out += [] if name.startswith("instance") else [f"{name}: a calculation"]
    elif kind not in _QUIET:
        question: dict[str, Any] = {"id": name, "text": _texts(child) or {"en": name}}
        hint = _texts(child, "hint")
        question |= {"hint": hint} if hint else {}
        yield from _typed(kind, child, question, _when(conditions, name, found), found)


def _typed(
    kind: str, child: Mapping[str, Any], question: dict[str, Any], when: dict[str, Any], found: _Found
) -> Iterator[dict[str, Any]]:
    """The question under its type; one of several choices becomes a yes-or-no question for each."""
    name = question["id"]
    if kind == _SEVERAL:
        found.left_out.append(f"{name}: several may be chosen; each option became a yes-or-no question")
        for option in child.get("choices", ()):
            told = {key: f"{text} {_texts(option).get(key, option['name'])}" for key, text in question["text"].items()}
            yield {**question, "id": f"{name}.{option['name']}", "text": told, "type": "yes_no", **when}
    elif kind == _CHOICES:
        yield {**question, **_chosen(child), **when}
    elif kind in _TYPES:
        yield {**question, "type": _TYPES[kind], **when}
    else:
        found.left_out.append(f"{name}: type '{kind}'")


def _chosen(child: Mapping[str, Any]) -> dict[str, Any]:
    options = list(child.get("choices", ()))
    names = [str(option["name"]) for option in options]
    if sorted(names) == ["no", "yes"]:
        return {"type": "yes_no"}
    return {
        "type": "choice",
        "options": [
            {"id": name, "text": _texts(option) or {"en": name}} for name, option in zip(names, options, strict=True)
        ],
    }


def _when(conditions: list[str], name: str, found: _Found) -> dict[str, Any]:
    rules = []
    for condition in conditions:
        try:
            rules.append(xpath.read(condition))
        except xpath.Unreadable as error:
            found.left_out.append(f"{name}: the condition {condition[:80]!r}: {error}")
    return {"when": rules[0] if len(rules) == 1 else {"and": rules}} if rules else {}


_CODE = re.compile(r"\((\w\w)\)\s*$")


def _texts(child: Mapping[str, Any], key: str = "label") -> dict[str, str]:
    """A label in English and Welsh; one without a language is English."""
    label = child.get(key)
    if isinstance(label, str):
        return {"en": label}
    found: dict[str, str] = {}
    for language, text in (label or {}).items():
        match = _CODE.search(language)
        code = (
            match[1].lower() if match else {"english": "en", "welsh": "cy", "cymraeg": "cy"}.get(language.lower(), "")
        )
        if code in ("en", "cy") or (language == "default" and "en" not in found):
            found[code or "en"] = str(text)
    return dict(sorted(found.items(), key=lambda item: item[0] != "en"))
