"""Writes a questionnaire as an XLSForm workbook: survey, choices, settings, in English and Welsh."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from custodes.publication.fixedzip import save
from custodes.publication.tables.sheets import set_text
from custodes.survey.questionnaire import Question, Questionnaire
from custodes.survey.values import Type
from custodes.survey.xlsform import xpath

_ENGLISH, _WELSH = "English (en)", "Cymraeg (cy)"
_TYPES = {Type.COUNT: "integer", Type.NUMBER: "decimal", Type.TEXT: "text", Type.DATE: "date"}
_SURVEY = (
    "type",
    "name",
    f"label::{_ENGLISH}",
    f"label::{_WELSH}",
    f"hint::{_ENGLISH}",
    f"hint::{_WELSH}",
    "relevant",
    "constraint",
)
_CHOICES = ("list_name", "name", f"label::{_ENGLISH}", f"label::{_WELSH}")
_SETTINGS = ("form_title", "form_id", "version", "default_language")
_YES_NO = (("yes", {"en": "Yes", "cy": "Ie"}), ("no", {"en": "No", "cy": "Na"}))


def write_xlsform(questionnaire: Questionnaire, path: Path, day: date) -> Path:
    """Write the workbook; the same bytes every time."""
    book = Workbook()
    book.remove(book.worksheets[0])
    title = questionnaire.title.get("en", questionnaire.id)
    settings = ((title, questionnaire.id, questionnaire.version, _ENGLISH),)
    for name, heads, rows in (
        ("survey", _SURVEY, list(_survey(questionnaire))),
        ("choices", _CHOICES, list(_choices(questionnaire))),
        ("settings", _SETTINGS, settings),
    ):
        page: Any = book.create_sheet(name)
        for row, cells in enumerate((heads, *rows), 1):
            for column, cell in enumerate(cells, 1):
                set_text(page.cell(row, column), cell)
    return save(book, path, day)


def _both(texts: Mapping[str, str]) -> tuple[str, str]:
    return texts.get("en", ""), texts.get("cy", "")


def _survey(questionnaire: Questionnaire) -> Iterator[Sequence[str]]:
    for section in questionnaire.sections:
        word = "repeat" if section.repeat else "group"
        yield (f"begin {word}", section.id, *_both(section.title), "", "", "", "")
        for name in section.questions:
            yield _question(questionnaire.questions[name])
        yield (f"end {word}", "", "", "", "", "", "", "")


def _question(question: Question) -> Sequence[str]:
    kind = _TYPES.get(question.type) or f"select_one {_list_name(question)}"
    hint = (question.hint.get("en", ""), question.hint.get("cy", ""))
    relevant = xpath.write(question.when) if question.when is not None else ""
    constraint = ". >= 0" if question.type is Type.COUNT else ""
    return (kind, question.id, *_both(question.text), *hint, relevant, constraint)


def _list_name(question: Question) -> str:
    return "yes_no" if question.type is Type.YES_NO else question.id


def _choices(questionnaire: Questionnaire) -> Iterator[Sequence[str]]:
    for option, words in _YES_NO:
        yield ("yes_no", option, *_both(words))
    for question in questionnaire.questions.values():
        if question.type is Type.CHOICE:
            for option, texts in question.option_texts.items():
                yield (question.id, option, *_both(texts or {"en": option}))
