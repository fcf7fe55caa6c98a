"""Rules as XLSForm writes them (XPath over `${question}`), both ways. What has no counterpart is refused by name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from custodes.model.rules import Answer
from custodes.survey.rules import Fixed, Junction, Known, Literal, Not, OneOf, Ref, Rule
from custodes.survey.values import shown

_TOKEN = re.compile(
    r"\s*(?:(?P<ref>\$\{\s*[\w.\-]+\s*\})|(?P<text>'[^']*'|\"[^\"]*\")|(?P<number>-?\d+(?:\.\d+)?)"
    r"|(?P<op><=|>=|!=|=|<|>|\(|\)|,)|(?P<word>[A-Za-z][\w\-]*))"
)
_OPS = {"=": "==", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
DEEPEST = 12


class Unreadable(ValueError):
    """An expression that has no counterpart here, and why."""


def write(rule: Rule) -> str:
    """A rule as an XPath expression."""
    if isinstance(rule, Fixed):
        return "true()" if rule.answer is Answer.YES else "false()"
    if isinstance(rule, Junction):
        word = " and " if rule.every else " or "
        return "(" + word.join(write(part) for part in rule.parts) + ")"
    if isinstance(rule, Not):
        return f"not({write(rule.part)})"
    if isinstance(rule, Known):
        return f"${{{rule.question}}} != ''"
    if isinstance(rule, OneOf):
        tests = [f"${{{rule.left.question}}} = {_literal(value)}" for value in rule.values]
        return "(" + " or ".join(tests) + ")"
    sides = (rule.left, rule.right)
    told = [f"${{{side.question}}}" if isinstance(side, Ref) else _literal(side) for side in sides]
    op = next(sign for sign, ours in _OPS.items() if ours == rule.op)
    return f"{told[0]} {op} {told[1]}"


def _literal(literal: Literal) -> str:
    if isinstance(literal.value, date):
        return f"date('{literal.value.isoformat()}')"
    if isinstance(literal.value, str):
        return f"'{literal.value}'" if "'" not in literal.value else f'"{literal.value}"'
    return shown(literal.value)


def read(text: str) -> Any:
    """An XPath expression as the plain structure of a rule: `{OP: [arguments]}`. Raises Unreadable."""
    return _Parser(text).whole()


class _Parser:
    def __init__(self, text: str) -> None:
        self._tokens = list(_tokens(text))
        self._at = 0
        self._depth = 0

    def whole(self) -> Any:
        found = self._or()
        if self._at < len(self._tokens):
            raise Unreadable(f"'{self._tokens[self._at][1]}' was not expected")
        return found

    def _peek(self) -> tuple[str, str]:
        return self._tokens[self._at] if self._at < len(self._tokens) else ("end", "")

    def _take(self, wanted: str = "") -> tuple[str, str]:
        found = self._peek()
        if found[0] == "end" or (wanted and found[1] != wanted):
            raise Unreadable(
                f"'{wanted or 'more'}' is missing" if found[0] == "end" else f"'{found[1]}' was not expected"
            )
        self._at += 1
        return found

    def _or(self) -> Any:
        return self._joined("or", self._and)

    def _and(self) -> Any:
        return self._joined("and", self._test)

    def _joined(self, word: str, inner: Any) -> Any:
        self._depth += 1
        if self._depth > 4 * DEEPEST:
            raise Unreadable("nested too deep")
        parts = [inner()]
        while self._peek() == ("word", word):
            self._take()
            parts.append(inner())
        self._depth -= 1
        return parts[0] if len(parts) == 1 else {word: parts}

    def _test(self) -> Any:
        if self._peek() == ("op", "("):
            self._take()
            found = self._or()
            self._take(")")
            return found
        if self._peek()[0] == "word" and self._peek()[1] in ("not", "selected", "true", "false"):
            return self._function(self._take()[1])
        left = self._operand()
        kind, sign = self._peek()
        if kind != "op" or sign not in _OPS:
            raise Unreadable("a comparison is wanted")
        self._take()
        return _compared(_OPS[sign], left, self._operand())

    def _function(self, name: str) -> Any:
        self._take("(")
        if name in ("true", "false"):
            self._take(")")
            return name == "true"
        if name == "not":
            found = self._or()
            self._take(")")
            return {"not": [found]}
        ref = self._operand()
        self._take(",")
        value = self._operand()
        self._take(")")
        return {"==": [ref, value]}

    def _operand(self) -> Any:
        kind, text = self._take()
        if kind == "ref":
            return {"source": "answers", "identifier": text[2:-1].strip()}
        if kind == "text":
            return text[1:-1]
        if kind == "number":
            return float(text) if "." in text else int(text)
        if kind == "word" and text == "date":
            self._take("(")
            value = self._operand()
            self._take(")")
            return value
        raise Unreadable(f"'{text}' has no counterpart here")


def _compared(op: str, left: Any, right: Any) -> Any:
    """A comparison; with the empty text it asks whether there is an answer."""
    if "" in (left, right) and op in ("==", "!="):
        known = {"known": [left if right == "" else right]}
        return known if op == "!=" else {"not": [known]}
    return {op: [left, right]}


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    place = 0
    text = text.strip()
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise Unreadable(f"'{text[place : place + 20]}' has no counterpart here")
        place = match.end()
        kind = str(match.lastgroup)
        yield kind, match[kind]
