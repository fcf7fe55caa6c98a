"""Rules of a questionnaire in words, so that a reader can see what is counted."""

from __future__ import annotations

from collections.abc import Mapping

from custodes.model.rules import Answer
from custodes.publication.site.words import Words
from custodes.survey.figures import INVITED, RETURNED, Definition
from custodes.survey.rules import Comparison, Fixed, Junction, Known, Literal, Not, OneOf, Ref, Rule

_SIGNS = {"==": "=", "!=": "≠", ">": ">", ">=": "≥", "<": "<", "<=": "≤"}
_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {"and": " and ", "or": " or ", "not": "not ({})", "in": "{} is one of {}", "known": "{} has an answer",
           "yes": "every body", "no": "no body", "unknown": "not known"},
    "cy": {"and": " a ", "or": " neu ", "not": "nid ({})", "in": "mae {} yn un o {}", "known": "mae gan {} ateb",
           "yes": "pob corff", "no": "dim corff", "unknown": "ddim yn hysbys"},
}  # fmt: skip


def rule_words(rule: Rule, language: str) -> str:
    """A rule as a reader may check it: questions by their ids."""
    words = _WORDS[language]
    if isinstance(rule, Comparison):
        return f"{_operand(rule.left)} {_SIGNS[rule.op]} {_operand(rule.right)}"
    if isinstance(rule, OneOf):
        return words["in"].format(_operand(rule.left), ", ".join(map(_operand, rule.values)))
    if isinstance(rule, Known):
        return words["known"].format(rule.question)
    if isinstance(rule, Not):
        return words["not"].format(rule_words(rule.part, language))
    if isinstance(rule, Junction):
        return words["and" if rule.every else "or"].join(f"({rule_words(part, language)})" for part in rule.parts)
    assert isinstance(rule, Fixed)
    return words[{Answer.YES: "yes", Answer.NO: "no"}.get(rule.answer, "unknown")]


def _operand(one: Ref | Literal) -> str:
    return one.question if isinstance(one, Ref) else f"“{one.text}”"


def denominator_words(definition: Definition, t: Words, language: str) -> str:
    """What a figure is out of."""
    if definition.kind == "total":
        return definition.of
    if definition.denominator == INVITED:
        return t("all_invited")
    if definition.denominator == RETURNED:
        return t("all_returned")
    return "" if isinstance(definition.denominator, str) else rule_words(definition.denominator, language)
