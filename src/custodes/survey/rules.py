"""Rules: `{OP: [arguments]}` over the answers of one body, in three values.

An argument is a rule, a literal or `{source: answers, identifier: QUESTION}`. An answer that is not known makes a
comparison unknown, never false; an answer that was routed out makes it false, whatever the comparison.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from custodes.model.errors import did_you_mean
from custodes.model.rules import Answer
from custodes.survey.documents import Node, as_text
from custodes.survey.faults import listed
from custodes.survey.values import COMPARE, NUMERIC, ORDERED, Type, Value, read_value

DEEPEST = 12
OPERATORS = ("and", "or", "not", *COMPARE, "in", "known")


@dataclass(frozen=True, slots=True)
class Ref:
    """The answer to a question."""

    question: str


@dataclass(frozen=True, slots=True)
class Literal:
    """A value as written, and as read under the type of what it is compared with."""

    text: str
    value: Value


@dataclass(frozen=True, slots=True)
class Comparison:
    """`OP` of two operands, of which at least one is an answer."""

    op: str
    left: Ref | Literal
    right: Ref | Literal


@dataclass(frozen=True, slots=True)
class OneOf:
    """Whether an answer is one of several values."""

    left: Ref
    values: tuple[Literal, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """Whether a question has an answer: one that was routed out has none."""

    question: str


@dataclass(frozen=True, slots=True)
class Junction:
    """All (`and`) or any (`or`) of the parts."""

    every: bool
    parts: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The reverse."""

    part: Rule


@dataclass(frozen=True, slots=True)
class Fixed:
    """Always the same."""

    answer: Answer


Rule = Comparison | OneOf | Known | Junction | Not | Fixed


class Asked(Protocol):
    """What a rule needs to know of a question."""

    @property
    def type(self) -> Type:
        """Of the answer."""

    @property
    def options(self) -> frozenset[str]:
        """Of a choice."""


class Malformed(ValueError):
    """A rule that cannot be read: the line, and why."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line
        self.reason = reason


def parse(node: Node, questions: Mapping[str, Asked], depth: int = 0) -> Rule:
    """The rule of a YAML node. Raises Malformed."""
    if depth > DEEPEST:
        raise Malformed(node.line, "the rule is nested too deep")
    if isinstance(node.value, bool):
        return Fixed(Answer.YES if node.value else Answer.NO)
    if _is_ref(node):
        return _truth(node, questions)
    if not isinstance(node.value, dict) or len(node.value) != 1:
        raise Malformed(node.line, "a rule is {OP: [arguments]}")
    op, arguments = next(iter(node.value.items()))
    if op not in OPERATORS:
        raise Malformed(node.line, f"no operator `{op[:30]}`; {listed(OPERATORS)}")
    parts = arguments.value if isinstance(arguments.value, list) else [arguments]
    if op in ("and", "or", "not"):
        return _of_rules(op, parts, arguments, questions, depth + 1)
    if op == "known":
        return Known(_ref(_count(parts, 1, op, arguments)[0], questions).question)
    if op == "in":
        return _one_of(parts, arguments, questions)
    return _comparison(op, _count(parts, 2, op, arguments), questions)


def _of_rules(op: str, parts: list[Node], node: Node, questions: Mapping[str, Asked], depth: int) -> Rule:
    if op == "not":
        return Not(parse(_count(parts, 1, op, node)[0], questions, depth))
    if not parts:
        raise Malformed(node.line, f"`{op}` takes a list of rules")
    return Junction(op == "and", tuple(parse(part, questions, depth) for part in parts))


def _is_ref(node: Node) -> bool:
    return isinstance(node.value, dict) and ("source" in node.value or "identifier" in node.value)


def _count(parts: list[Node], wanted: int, op: str, node: Node) -> list[Node]:
    if len(parts) != wanted:
        raise Malformed(node.line, f"`{op}` takes {wanted} argument{'s' if wanted > 1 else ''}, not {len(parts)}")
    return parts


def _ref(node: Node, questions: Mapping[str, Asked]) -> Ref:
    if not _is_ref(node):
        raise Malformed(node.line, "an answer is named as {source: answers, identifier: QUESTION}")
    if node.text("source") != "answers":
        raise Malformed(node.line, f"`source` is `answers`, not '{node.text('source')[:40]}'")
    question = node.text("identifier")
    if question not in questions:
        hint = did_you_mean(question, questions)
        raise Malformed(node.line_of("identifier"), f"no question '{question[:60]}'{'; ' + hint if hint else ''}")
    return Ref(question)


def _truth(node: Node, questions: Mapping[str, Asked]) -> Rule:
    """An answer where a rule is wanted: whether it is yes."""
    ref = _ref(node, questions)
    if questions[ref.question].type is not Type.YES_NO:
        raise Malformed(node.line, f"'{ref.question}' is no yes-or-no question: compare it with something")
    return Comparison("==", ref, Literal("yes", "yes"))


def _comparison(op: str, parts: list[Node], questions: Mapping[str, Asked]) -> Rule:
    refs = [_ref(part, questions) if _is_ref(part) else None for part in parts]
    kinds = [questions[ref.question].type for ref in refs if ref is not None]
    if not kinds:
        return _of_literals(op, parts)
    if op not in ("==", "!=") and not ORDERED.issuperset(kinds):
        raise Malformed(parts[0].line, f"`{op}` compares counts, numbers and dates only")
    if len(kinds) == 2 and _family(kinds[0]) != _family(kinds[1]):
        raise Malformed(parts[0].line, f"a {kinds[0]} and a {kinds[1]} cannot be compared")
    asked = next(questions[ref.question] for ref in refs if ref is not None)
    left, right = (ref or _literal(part, asked) for ref, part in zip(refs, parts, strict=True))
    return Comparison(op, left, right)


def _of_literals(op: str, parts: list[Node]) -> Rule:
    """A comparison of two literals: always the same answer."""
    texts = [_scalar(part) for part in parts]
    values: list[Value]
    try:
        values = [read_value(Type.NUMBER, text) for text in texts]
    except ValueError:
        values = list(texts)
    return Fixed(Answer.YES if COMPARE[op](values[0], values[1]) else Answer.NO)


def _family(kind: Type) -> str:
    return "number" if kind in NUMERIC else "date" if kind is Type.DATE else "word"


def _scalar(node: Node) -> str:
    if isinstance(node.value, (dict, list)) or node.value is None:
        raise Malformed(node.line, "a literal or {source: answers, identifier: QUESTION} is wanted")
    return as_text(node.value)


def _literal(node: Node, asked: Asked) -> Literal:
    text = _scalar(node)
    kind = Type.NUMBER if asked.type is Type.COUNT else asked.type
    try:
        return Literal(text, read_value(kind, text, asked.options))
    except ValueError as error:
        raise Malformed(node.line, str(error)) from None


def _one_of(parts: list[Node], arguments: Node, questions: Mapping[str, Asked]) -> Rule:
    if len(parts) < 2:
        raise Malformed(arguments.line, "`in` takes an answer and a list of values")
    ref = _ref(parts[0], questions)
    listed_in_one = len(parts) == 2 and isinstance(parts[1].value, list)
    values = parts[1].value if listed_in_one else parts[1:]
    return OneOf(ref, tuple(_literal(value, questions[ref.question]) for value in values))


def comparisons(rule: Rule) -> Iterator[Comparison | OneOf]:
    """Every comparison in a rule."""
    if isinstance(rule, Junction):
        for part in rule.parts:
            yield from comparisons(part)
    elif isinstance(rule, Not):
        yield from comparisons(rule.part)
    elif isinstance(rule, (Comparison, OneOf)):
        yield rule


def questions_of(rule: Rule) -> frozenset[str]:
    """The questions that a rule names."""
    if isinstance(rule, Junction):
        return frozenset().union(*map(questions_of, rule.parts))
    if isinstance(rule, Not):
        return questions_of(rule.part)
    if isinstance(rule, Known):
        return frozenset((rule.question,))
    if isinstance(rule, OneOf):
        return frozenset((rule.left.question,))
    if isinstance(rule, Comparison):
        return frozenset(side.question for side in (rule.left, rule.right) if isinstance(side, Ref))
    return frozenset()


class Out:
    """In the place of a value: the question was routed out."""


@dataclass(frozen=True, slots=True)
class Perhaps:
    """In the place of a value: this value, or routed out."""

    value: Value


OUT = Out()
#: What a look-up of an answer gives: a value, perhaps a value, routed out, or None: not known.
Found = Value | Perhaps | Out | None
LookUp = Callable[[str], Found]


def evaluate(rule: Rule, look_up: LookUp, *, completing: bool = False) -> Answer:
    """A rule in three values (Kleene).

    `completing`: answers not known yet are still to be filled in, so that `known` of one is not false but unknown.
    """
    if isinstance(rule, Comparison):
        return _compare(rule, look_up)
    if isinstance(rule, Junction):
        return _junction(rule, look_up, completing)
    if isinstance(rule, Not):
        return _REVERSED[evaluate(rule.part, look_up, completing=completing)]
    if isinstance(rule, OneOf):
        return _within(rule, look_up)
    if isinstance(rule, Known):
        return _known(look_up(rule.question), completing)
    return rule.answer


def _known(found: Found, completing: bool) -> Answer:
    if isinstance(found, Perhaps) or (found is None and completing):
        return Answer.UNKNOWN
    return Answer.NO if found is None or isinstance(found, Out) else Answer.YES


_REVERSED = {Answer.YES: Answer.NO, Answer.NO: Answer.YES, Answer.UNKNOWN: Answer.UNKNOWN}


def _junction(rule: Junction, look_up: LookUp, completing: bool) -> Answer:
    """Every part is looked at until one settles it; nothing that is not known settles anything."""
    settles, otherwise = (Answer.NO, Answer.YES) if rule.every else (Answer.YES, Answer.NO)
    result = otherwise
    for part in rule.parts:
        found = evaluate(part, look_up, completing=completing)
        if found is settles:
            return settles
        if found is Answer.UNKNOWN:
            result = Answer.UNKNOWN
    return result


def _compare(rule: Comparison, look_up: LookUp) -> Answer:
    left, right = (look_up(side.question) if isinstance(side, Ref) else side.value for side in (rule.left, rule.right))
    if isinstance(left, Out) or isinstance(right, Out):
        return Answer.NO
    if left is None or right is None:
        return Answer.UNKNOWN
    sure = not (isinstance(left, Perhaps) or isinstance(right, Perhaps))
    left = left.value if isinstance(left, Perhaps) else left
    right = right.value if isinstance(right, Perhaps) else right
    return _told(COMPARE[rule.op](left, right), sure)


def _within(rule: OneOf, look_up: LookUp) -> Answer:
    found = look_up(rule.left.question)
    if isinstance(found, Out):
        return Answer.NO
    if found is None:
        return Answer.UNKNOWN
    value = found.value if isinstance(found, Perhaps) else found
    return _told(any(value == literal.value for literal in rule.values), not isinstance(found, Perhaps))


def _told(holds: bool, sure: bool) -> Answer:
    """A comparison that does not hold is false in any case; one that holds is so only if the question was put."""
    if not holds:
        return Answer.NO
    return Answer.YES if sure else Answer.UNKNOWN
