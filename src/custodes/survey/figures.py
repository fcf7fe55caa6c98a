"""What a survey's figures are: their definitions, and what each comes to. Denominators are sets of bodies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm

from custodes.model.errors import did_you_mean
from custodes.survey import documents, rules
from custodes.survey.asked import Wave
from custodes.survey.documents import Node, named_rows
from custodes.survey.faults import Faults, listed
from custodes.survey.questionnaire import Question
from custodes.survey.rules import Rule
from custodes.survey.values import NUMERIC, Type, read_value

KINDS = ("share", "total", "returns")
INVITED, RETURNED = "invited", "returned"


@dataclass(frozen=True, slots=True)
class Definition:
    """A figure as it is defined.

    `kind`: a share of bodies, a total over bodies, or the returns themselves. `denominator`: invited, returned or a
    rule. `of`: of a total, the question whose total it is a part of. `wave`: empty means the last one. `names`: the
    suppliers that its sentence names, who may reply before it is printed.
    """

    id: str
    kind: str
    unit: str
    question: str
    numerator: Rule | None
    denominator: str | Rule
    of: str
    cap_per_body: Fraction | None
    wave: str
    title: Mapping[str, str]
    names: tuple[str, ...]
    line: int

    def questions(self) -> frozenset[str]:
        """The questions it names."""
        return self.counted_by() | {name for name in (self.question, self.of) if name}

    def counted_by(self) -> frozenset[str]:
        """The questions that tell what a body is for it."""
        named = {name for name in (self.question, self.of) if name} if self.kind == "total" else set()
        for rule in (self.numerator, self.denominator):
            if rule is not None and not isinstance(rule, str):
                named |= rules.questions_of(rule)
        return frozenset(named)


@dataclass(frozen=True, slots=True)
class Bounds:
    """Least and greatest over all completions: counts over the whole invited set, and shares of the completed
    denominator as (numerator, denominator). None: no bound, or a denominator that is always empty.
    """

    lower: Fraction | None
    upper: Fraction | None
    lower_share: tuple[Fraction, Fraction] | None
    upper_share: tuple[Fraction, Fraction] | None


@dataclass(frozen=True, slots=True)
class Figure:
    """What a figure comes to. `states`: state of its question to bodies, summing to the invited."""

    definition: Definition
    wave: str
    invited: int
    returned: int
    numerator: Fraction
    denominator: Fraction | None
    states: Mapping[str, int]
    silence_unknown: Bounds
    silence_no: Bounds
    own_reading: str

    @property
    def own(self) -> Bounds:
        """The bounds of the question's own reading of silence."""
        return self.silence_no if self.own_reading == "no" else self.silence_unknown

    @property
    def share(self) -> Fraction | None:
        """Numerator over denominator; None where there is nothing to divide by."""
        if not self.denominator or self.numerator > self.denominator:
            return None
        return self.numerator / self.denominator


def read_figures(
    top: Node, file: str, questions: Mapping[str, Question], waves: Mapping[str, Wave], faults: Faults
) -> dict[str, Definition]:
    """The definitions of a file; one with a fault is left out."""
    found: dict[str, Definition] = {}
    for name, node in named_rows(top, "figures", file, faults):
        definition = _Reader(node, file, questions, waves, faults).read(name)
        if definition is not None:
            found[name] = definition
    return found


@dataclass(slots=True)
class _Reader:
    node: Node
    file: str
    questions: Mapping[str, Question]
    waves: Mapping[str, Wave]
    faults: Faults
    wrong: bool = field(default=False)

    def _fault(self, line: int, reason: str) -> None:
        self.faults.add(self.file, line, reason)
        self.wrong = True

    def read(self, name: str) -> Definition | None:
        kind = self.node.text("kind")
        if kind not in KINDS:
            self._fault(self.node.line_of("kind"), f"`kind` is {listed(KINDS)}, not '{kind[:40]}'")
            return None
        if not self.node.text("unit"):
            self._fault(self.node.line, f"figure '{name[:60]}' has no `unit`: what is counted?")
        question = self._named("question", wanted=kind != "returns")
        numerator = self._numerator(name, question) if kind == "share" else None
        denominator = self._denominator(kind)
        of = self._named("of", wanted=False)
        if kind == "total":
            self._numeric(question, "question")
            self._numeric(of, "of")
        cap = self._cap() if kind == "total" else None
        wave = self.node.text("wave")
        if wave and wave not in self.waves:
            self._fault(self.node.line_of("wave"), f"no wave '{wave[:60]}'")
        if self.wrong:
            return None
        unit = self.node.text("unit")
        names = tuple(documents.texts(self.node, "names", self.file, self.faults))
        title = documents.in_languages(self.node, "title")
        return Definition(
            name, kind, unit, question, numerator, denominator, of, cap, wave, title, names, self.node.line
        )

    def _named(self, key: str, *, wanted: bool) -> str:
        name = self.node.text(key)
        if name and name not in self.questions:
            hint = did_you_mean(name, self.questions)
            self._fault(self.node.line_of(key), f"no question '{name[:60]}'{'; ' + hint if hint else ''}")
        elif wanted and not name:
            self._fault(self.node.line, f"`{key}` is wanted: the question whose states are counted")
        return name

    def _numerator(self, name: str, question: str) -> Rule | None:
        """The rule as given; without one, of a yes-or-no question, that the answer is yes."""
        asked = self.questions.get(question)
        if self.node.get("numerator") is None and asked is not None and asked.type is Type.YES_NO:
            return rules.Comparison("==", rules.Ref(question), rules.Literal("yes", "yes"))
        found = self._rule("numerator")
        if found is None and not self.wrong:
            self._fault(self.node.line, f"figure '{name[:60]}' has no `numerator`")
        return found

    def _rule(self, key: str) -> Rule | None:
        node = self.node.get(key)
        if node is None:
            return None
        try:
            return rules.parse(node, self.questions)
        except rules.Malformed as error:
            self._fault(error.line, error.reason)
            return None

    def _denominator(self, kind: str) -> str | Rule:
        node = self.node.get("denominator")
        if kind != "share" or node is None:
            return INVITED if kind == "returns" else RETURNED
        if node.value in (INVITED, RETURNED):
            return str(node.value)
        if not node.is_mapping:
            self._fault(node.line, "`denominator` is invited, returned or a rule")
            return RETURNED
        return self._rule("denominator") or RETURNED

    def _numeric(self, question: str, key: str) -> None:
        asked = self.questions.get(question)
        if asked is not None and asked.type not in NUMERIC:
            self._fault(self.node.line_of(key), f"'{question}' is no count or number: it has no total")

    def _cap(self) -> Fraction | None:
        node = self.node.get("cap_per_body")
        if node is None:
            return None
        try:
            found = read_value(Type.NUMBER, self.node.text("cap_per_body"))
        except ValueError as error:
            self._fault(node.line, f"`cap_per_body`: {error}")
            return None
        if isinstance(found, Fraction) and found >= 0:
            return found
        self._fault(node.line, "`cap_per_body` is 0 or more")
        return None


def whole(value: Fraction | None) -> int | float | None:
    """A number for JSON: whole where it is whole."""
    if value is None:
        return None
    return int(value) if value.denominator == 1 else float(value)


def fraction_text(pair: tuple[Fraction, Fraction] | None) -> str | None:
    """ "a/b" with the denominator as it stands, not reduced; whole numbers only where both are whole."""
    if pair is None:
        return None
    top, bottom = pair
    scale = lcm(top.denominator, bottom.denominator)
    return f"{int(top * scale)}/{int(bottom * scale)}"
