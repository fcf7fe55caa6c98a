"""The texts of a survey itself, as they may be published: questions, options, figures, waves.

What is never published is taken out of them too: a question that gives an address to write to tells it on every page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from custodes.publication.redaction.policy import Plan, Policy
from custodes.survey.folder import Survey
from custodes.survey.questionnaire import Question, Questionnaire

Clean = Callable[[str], str]
Texts = Mapping[str, str]


def scrubbed(survey: Survey, policy: Policy) -> Survey:
    """A survey with its own texts as they may be published; the same survey where there is nothing to take out."""
    text = policy.text
    questions = {name: _question(one, text) for name, one in survey.questions.items()}
    return replace(
        survey,
        questionnaire=_questionnaire(survey.questionnaire, text),
        older={wave: _questionnaire(one, text) for wave, one in survey.older.items()},
        questions=questions,
        waves={name: replace(one, title=text(one.title)) for name, one in survey.waves.items()},
        figures={
            name: replace(one, title=_texts(one.title, text), names=tuple(map(text, one.names)))
            for name, one in survey.figures.items()
        },
    )


def plan_scrubbed(plan: Plan) -> Plan:
    """What stands around a publication, likewise. The publisher's own address for corrections stays."""
    text = plan.policy.text
    systems = {name: {**one, "title": _texts(one["title"], text)} for name, one in plan.systems.items()}
    access = tuple({key: text(told) for key, told in one.items()} for one in plan.access)
    return replace(plan, title=_texts(plan.title, text), access=access, systems=systems)


def _questionnaire(one: Questionnaire, text: Clean) -> Questionnaire:
    return replace(
        one,
        title=_texts(one.title, text),
        about=text(one.about),
        sections=tuple(
            replace(section, title=_texts(section.title, text), repeat=text(section.repeat)) for section in one.sections
        ),
        questions={name: _question(question, text) for name, question in one.questions.items()},
    )


def _question(one: Question, text: Clean) -> Question:
    return replace(
        one,
        text=_texts(one.text, text),
        hint=_texts(one.hint, text),
        option_texts={option: _texts(told, text) for option, told in one.option_texts.items()},
    )


def _texts(told: Texts, text: Clean) -> Texts:
    return {language: text(one) for language, one in told.items()}
