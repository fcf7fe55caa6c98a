"""A questionnaire: sections of typed questions, with routing. Read with every fault it has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from custodes.model.errors import did_you_mean
from custodes.survey import rules
from custodes.survey.documents import Node, as_text, in_languages, rows, texts
from custodes.survey.faults import Faults, listed
from custodes.survey.values import Type

#: May a figure of this wave be set beside one of the wave before?
COMPARABILITY = ("same", "reworded", "rescaled", "not_comparable")
SILENCE = ("unknown", "no")
NUMBERS = (Type.COUNT, Type.NUMBER)
#: What a question may ask of a body's register.
ESTATE = ("system", "maker", "make", "sensitive")


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `silence`: what no answer inside a return means; `repeats`: put once for each part.

    `total_of`: questions whose sum it is; over all parts, where they repeat and it does not. `estate`: what of a body's
    own register answers it: of which `system` kind, `maker`, `make` (label), at `sensitive` sites or not.
    """

    id: str
    section: str
    text: Mapping[str, str]
    type: Type
    options: frozenset[str]
    option_texts: Mapping[str, Mapping[str, str]]
    when: rules.Rule | None
    silence: str
    comparability: str
    repeats: bool
    hint: Mapping[str, str]
    line: int
    total_of: tuple[str, ...] = ()
    estate: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Section:
    """A group of questions. `repeat`: what there is one block for, such as "camera system"; empty if none.

    `waves`: the waves it is put in; none means every one.
    """

    id: str
    title: Mapping[str, str]
    repeat: str
    questions: tuple[str, ...]
    waves: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """A version of a questionnaire. `order`: question ids so that each comes after those its routing names."""

    id: str
    version: str
    title: Mapping[str, str]
    sections: tuple[Section, ...]
    questions: Mapping[str, Question]
    order: tuple[str, ...]
    about: str = ""


@dataclass(slots=True)
class _Draft:
    """A question before its rule can be read."""

    node: Node
    question: Question | None = None
    needs: frozenset[str] = field(default_factory=frozenset)


def read_questionnaire(top: Node, file: str, faults: Faults) -> Questionnaire:
    """The questionnaire of a file; what is wrong in it goes to `faults` and is left out."""
    for key in ("id", "version"):
        if not top.text(key):
            faults.add(file, top.line_of(key), f"`{key}` is wanted")
    reader = _Reader(file, faults)
    sections = [reader.section(node) for node in rows(top, "sections", file, faults)]
    reader.routing()
    reader.totals()
    questions = {key: draft.question for key, draft in reader.drafts.items() if draft.question is not None}
    title = in_languages(top, "title")
    order = reader.order()
    return Questionnaire(
        top.text("id"), top.text("version"), title, tuple(sections), questions, order, top.text("about")
    )


@dataclass(slots=True)
class _Reader:
    file: str
    faults: Faults
    drafts: dict[str, _Draft] = field(default_factory=dict)
    _sections: set[str] = field(default_factory=set)

    def _fault(self, line: int, reason: str) -> None:
        self.faults.add(self.file, line, reason)

    def section(self, node: Node) -> Section:
        """One section with its questions."""
        name = node.text("id")
        if not name or name in self._sections:
            self._fault(
                node.line_of("id"), f"section '{name[:60]}' stands twice" if name else "a section wants an `id`"
            )
        self._sections.add(name)
        repeat = node.get("repeat")
        said = as_text(repeat.value) if repeat is not None and not isinstance(repeat.value, (dict, list)) else ""
        if repeat is not None and not said:
            said = "part"
        repeat_word = "" if said in ("no", "") else "part" if said == "yes" else said
        ids = [
            self._question(item, name, repeat_word != "") for item in rows(node, "questions", self.file, self.faults)
        ]
        waves = frozenset(texts(node, "waves", self.file, self.faults))
        return Section(name, in_languages(node, "title"), repeat_word, tuple(filter(None, ids)), waves)

    def _question(self, node: Node, section: str, repeats: bool) -> str:
        name = node.text("id")
        if not name or name in self.drafts:
            self._fault(
                node.line_of("id"), f"question '{name[:60]}' stands twice" if name else "a question wants an `id`"
            )
            return ""
        draft = self.drafts[name] = _Draft(node)
        kind = self._word(node, "type", tuple(Type), "")
        silence = self._word(node, "silence", SILENCE, "unknown")
        comparability = self._word(node, "comparability", COMPARABILITY, "same")
        options = self._options(node, kind)
        text = in_languages(node, "text")
        if not text:
            self._fault(node.line, f"question '{name[:60]}' has no `text`")
        if kind:
            draft.question = Question(
                name,
                section,
                text,
                Type(kind),
                frozenset(options),
                options,
                None,
                silence,
                comparability,
                repeats,
                in_languages(node, "hint"),
                node.line,
                estate=self._estate(node, kind),
            )
        return name

    def _estate(self, node: Node, kind: str) -> Mapping[str, str]:
        """What of a register answers a question."""
        told = node.get("estate")
        if told is None:
            return {}
        if not told.is_mapping or kind not in (Type.YES_NO, *NUMBERS):
            self._fault(told.line, "`estate` is a mapping, and stands with a yes_no, a count or a number")
            return {}
        found = {key: told.text(key) for key in told.value}
        for key, value in found.items():
            if key not in ESTATE:
                self._fault(told.line_of(key), f"`estate` asks for {listed(ESTATE)}, not '{key[:40]}'")
            elif not value or (key == "sensitive" and value not in ("yes", "no")):
                self._fault(told.line_of(key), f"`estate`: `{key}` says nothing that can be asked for")
        return {key: value for key, value in found.items() if key in ESTATE and value}

    def _word(self, node: Node, key: str, words: tuple[str, ...], otherwise: str) -> str:
        """A word of a closed list; the empty text, and a fault, for any other."""
        said = node.text(key).replace(" ", "_") or otherwise
        if said in words:
            return said
        hint = did_you_mean(said, words)
        self._fault(node.line_of(key), f"`{key}` is {listed(words)}, not '{said[:40]}'{'; ' + hint if hint else ''}")
        return ""

    def _options(self, node: Node, kind: str) -> dict[str, Mapping[str, str]]:
        """Option to its texts. An option is a text, or a mapping with `id` and `text`."""
        found: dict[str, Mapping[str, str]] = {}
        for item in node.items("options"):
            option = (item.text("id") or item.text("value")) if item.is_mapping else as_text(item.value)
            if not option or option in found:
                self._fault(item.line, f"option '{option[:40]}' stands twice" if option else "an option is empty")
            found[option] = (in_languages(item, "text") or in_languages(item, "title")) if item.is_mapping else {}
        if kind == Type.CHOICE and not found:
            self._fault(node.line, "a choice wants `options`")
        return found

    def routing(self) -> None:
        """Read every `when`, now that all questions are known."""
        questions = {key: draft.question for key, draft in self.drafts.items() if draft.question is not None}
        for draft in self.drafts.values():
            when = draft.node.get("when")
            if draft.question is None or when is None:
                continue
            try:
                rule = rules.parse(when, questions)
            except rules.Malformed as error:
                self._fault(error.line, error.reason)
                continue
            draft.question = _routed(draft.question, rule)
            draft.needs = rules.questions_of(rule)

    def totals(self) -> None:
        """Read every `total_of`: numbers that add up to a number, each put where the total is or in parts of it."""
        for name, draft in self.drafts.items():
            parts = tuple(texts(draft.node, "total_of", self.file, self.faults))
            if draft.question is None or not parts:
                continue
            line = draft.node.line_of("total_of")
            wrong = [part for part in parts if not self._adds_up(draft.question, part)]
            if draft.question.type not in NUMBERS:
                self._fault(line, f"'{name[:60]}' is no number: it cannot be a total")
            for part in wrong:
                self._fault(line, f"'{part[:60]}' is no number that can be part of '{name[:60]}'")
            if not wrong and draft.question.type in NUMBERS:
                draft.question = replace(draft.question, total_of=parts)

    def _adds_up(self, total: Question, part: str) -> bool:
        found = self.drafts[part].question if part in self.drafts else None
        if found is None or found.type not in NUMBERS or part == total.id:
            return False
        return not total.repeats or (found.repeats and found.section == total.section)

    def order(self) -> tuple[str, ...]:
        """Question ids, each after those its routing hangs on. A circle is a fault, and opened where it closes."""
        done: dict[str, None] = {}
        for start in self.drafts:
            self._visit(start, done)
        return tuple(done)

    def _visit(self, start: str, done: dict[str, None]) -> None:
        stack: list[tuple[str, list[str]]] = [(start, sorted(self.drafts[start].needs))] if start not in done else []
        open_: set[str] = {start}
        while stack:
            name, waiting = stack[-1]
            if not waiting:
                stack.pop()
                done[name] = None
                open_.discard(name)
                continue
            need = waiting.pop()
            if need in open_:
                self._fault(
                    self.drafts[name].node.line_of("when"), f"the routing of '{name}' hangs on itself: a circle"
                )
                self._open(name)
            elif need not in done:
                open_.add(need)
                stack.append((need, sorted(self.drafts[need].needs)))

    def _open(self, name: str) -> None:
        draft = self.drafts[name]
        if draft.question is not None:
            draft.question = _routed(draft.question, None)
        draft.needs = frozenset()


def _routed(question: Question, rule: rules.Rule | None) -> Question:
    return replace(question, when=rule)
