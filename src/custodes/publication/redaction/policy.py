"""How a survey is published: `publication.yaml` in its folder. Without one, the careful defaults below hold.

By default each body's typed answers are published (yes or no, choices, counts), its free texts are not, and a row
whose source says that it is synthetic is never published as the answer of the body it names.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from custodes.model.errors import BadInput, did_you_mean
from custodes.publication.proof.notes import valid_name
from custodes.publication.redaction.never import scrub
from custodes.publication.text import clean
from custodes.survey import documents
from custodes.survey.answers import SYNTHETIC_SOURCE, Row
from custodes.survey.documents import Node
from custodes.survey.faults import Faults, SurveyRefused, listed
from custodes.survey.folder import SUFFIXES, Survey
from custodes.survey.questionnaire import Question
from custodes.survey.values import Nothing, State, Type

FILE = "publication"
ANSWERS = ("typed", "all", "none")
_KEYS = frozenset(
    [
        "title",
        "publisher",
        "contact",
        "origin",
        "languages",
        "body_kind",
        "licence",
        "boundaries",
        "systems",
        "access_before_release",
        "policy",
    ]
)
_POLICY_KEYS = frozenset(("id", "answers", "publish", "withhold", "suppress_below", "names", "returns", "invented"))
DEFAULT_ID = "custodes-default-1"
SYNTHETIC = "the row is synthetic: it was made up so that published counts come out, and says nothing about the body"
FREE_TEXT = "free text may name persons, sites or equipment"
NO_ANSWERS = "answers of single bodies are not published"


@dataclass(frozen=True, slots=True)
class Withheld:
    """What a policy keeps back: answers to a question, of one body or (empty) of all, and why."""

    question: str
    body: str
    why: str


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy. `answers`: which answers of single bodies are published. `suppress_below`: counts of bodies of one kind
    from 1 up to one less than this are not shown; 0 shows all. `names`: taken out of every text. `invented`: every body
    is made up, so that synthetic rows accuse nobody. `returns`: wave to the source by which it is known who returned,
    though the answers are synthetic.
    """

    id: str
    answers: str
    publish: frozenset[str]
    withhold: tuple[Withheld, ...]
    suppress_below: int
    names: tuple[str, ...]
    invented: bool
    returns: Mapping[str, str] = field(default_factory=dict)

    def record(self) -> dict[str, Any]:
        """What of it is printed. The names it takes out are not: their number and hash are."""
        return {
            "id": self.text(self.id),
            "answers": self.answers,
            "publish": sorted(self.publish),
            "withhold": [
                {"question": one.question, "body": one.body, "why": self.text(one.why)} for one in self.withhold
            ],
            "suppress_below": self.suppress_below,
            "names": len(self.names),
            "invented": self.invented,
            "returns": {wave: self.text(source) for wave, source in self.returns.items()},
        }

    def digest(self) -> str:
        """Hash of the policy as it is printed."""
        return sha256(json.dumps(self.record(), sort_keys=True).encode()).hexdigest()

    def why_not(self, row: Row, question: Question) -> str:
        """Why a row is not published as the answer of its body; empty if it is."""
        named = self._withheld(row.question, row.body)
        if not named and row.source.startswith(SYNTHETIC_SOURCE) and not self.invented:
            return SYNTHETIC
        return named or self._kept(row.question, question)

    def why_of(self, name: str, body: str, question: Question) -> str:
        """Why an answer of a body to a question would not be published, if there is one; empty if it would."""
        return self._withheld(name, body) or self._kept(name, question)

    def _withheld(self, name: str, body: str) -> str:
        return next(
            (self.text(one.why) for one in self.withhold if one.question == name and one.body in ("", body)), ""
        )

    def _kept(self, name: str, question: Question) -> str:
        if name in self.publish:
            return ""
        if self.answers == "none":
            return NO_ANSWERS
        return FREE_TEXT if self.answers == "typed" and question.type is Type.TEXT else ""

    def value(self, row: Row, question: Question) -> str:
        """The value of a published row as text."""
        value = row.held.value
        if value is None or isinstance(value, Nothing):
            return "0" if row.held.state is State.NONE and question.type in (Type.COUNT, Type.NUMBER) else ""
        return self.text(str(value)) if question.type is Type.TEXT else str(value)

    def text(self, told: str) -> str:
        """Any text of the survey as it may be published."""
        return scrub(told, self.names)[0]

    def source(self, row: Row) -> str:
        """The source of a published row, with what is never published taken out."""
        return self.text(row.source)


@dataclass(frozen=True, slots=True)
class Plan:
    """How a survey is published: its policy and what stands around it."""

    policy: Policy
    title: Mapping[str, str]
    publisher: str
    contact: str
    origin: str
    languages: tuple[str, ...]
    boundaries: Path | None
    access: tuple[Mapping[str, str], ...]
    systems: Mapping[str, Mapping[str, Any]]
    body_kind: str = ""
    licence: Mapping[str, str] = field(default_factory=dict)


def read_plan(survey: Survey) -> Plan:
    """The plan of a survey folder. Raises SurveyRefused with every fault of the file."""
    faults = Faults()
    files = [path for suffix in SUFFIXES if (path := survey.path / f"{FILE}{suffix}").is_file()]
    if len(files) > 1:
        faults.add(files[1].name, 1, f"there are two: {listed(file.name for file in files)}")
    top = documents.read(files[0], faults) if files else Node({}, 1)
    plan = None if top is None else _Reader(survey, top, files[0].name if files else "", faults).read()
    if plan is None or faults.found:
        raise SurveyRefused(faults.sorted())
    return plan


@dataclass(slots=True)
class _Reader:
    survey: Survey
    top: Node
    file: str
    faults: Faults

    def _fault(self, node: Node, key: str, reason: str) -> None:
        self.faults.add(self.file, node.line_of(key), reason)

    def read(self) -> Plan:
        """The plan, its faults noted."""
        self._only(self.top, _KEYS)
        about = self.survey.questionnaire
        title = documents.in_languages(self.top, "title") or about.title
        origin = self.top.text("origin") or f"custodes/{about.id}"
        if not valid_name(origin):
            self._fault(self.top, "origin", f"`origin` names the log, without a space or a plus sign: '{origin[:60]}'")
        languages = tuple(documents.texts(self.top, "languages", self.file, self.faults)) or self._languages()
        for one in languages:
            if one not in documents.LANGUAGES:
                self._fault(
                    self.top, "languages", f"pages are written in {listed(documents.LANGUAGES)}, not '{one[:20]}'"
                )
        return Plan(
            policy=self._policy(),
            title={key: told for key, told in title.items() if clean(told)} or {"en": about.id},
            publisher=self.top.text("publisher"),
            contact=self.top.text("contact"),
            origin=origin,
            languages=languages,
            boundaries=self._boundaries(),
            access=tuple(self._access()),
            systems=dict(self._systems()),
            body_kind=self.top.text("body_kind"),
            licence=self._licence(),
        )

    def _only(self, node: Node, known: frozenset[str]) -> None:
        """A key that is not known is a fault here: one that was misspelt would publish what was to be withheld."""
        if not node.is_mapping:
            self.faults.add(self.file, node.line, f"a mapping of {listed(sorted(known))} is wanted")
            return
        for key in node.value:
            if key not in known:
                hint = did_you_mean(str(key), known)
                self._fault(node, key, f"there is no key `{str(key)[:40]}`{'; ' + hint if hint else ''}")

    def _languages(self) -> tuple[str, ...]:
        """Welsh as well where the questionnaire was put in it."""
        asked = self.survey.questionnaire.questions.values()
        return ("en", "cy") if any("cy" in question.text for question in asked) else ("en",)

    def _policy(self) -> Policy:
        node = self.top.get("policy") or Node({}, self.top.line)
        self._only(node, _POLICY_KEYS)
        answers = node.text("answers") or "typed"
        if answers not in ANSWERS:
            self._fault(node, "answers", f"`answers` is {listed(ANSWERS)}, not '{answers[:40]}'")
        below = node.text("suppress_below") or "0"
        if not below.isdigit() or not 0 <= int(below) <= 100:
            self._fault(node, "suppress_below", "`suppress_below` is a whole number up to 100")
            below = "0"
        if int(below) > 1 and answers != "none":
            reason = "`suppress_below` hides counts that published answers of single bodies would tell: `answers: none`"
            self._fault(node, "suppress_below", reason)
        publish = documents.texts(node, "publish", self.file, self.faults)
        self._known(node, "publish", publish)
        names = tuple(documents.texts(node, "names", self.file, self.faults))
        return Policy(
            node.text("id") or DEFAULT_ID,
            answers,
            frozenset(publish),
            tuple(self._withheld(node)),
            int(below),
            names,
            node.text("invented") == "yes",
            dict(self._returns(node)),
        )

    def _returns(self, node: Node) -> Iterator[tuple[str, str]]:
        for one in node.items("returns"):
            wave, source = one.text("wave"), one.text("source")
            if wave not in self.survey.waves:
                self._fault(one, "wave", f"no wave '{wave[:60]}'")
            if not source:
                self._fault(one, "source", "by what `source` is it known who returned?")
            yield wave, source

    def _withheld(self, node: Node) -> Iterator[Withheld]:
        for one in node.items("withhold"):
            self._only(one, frozenset(("question", "body", "why")))
            question, body, why = one.text("question"), one.text("body"), one.text("why")
            self._known(one, "question", [question])
            if body and body not in self.survey.bodies:
                self._fault(one, "body", f"no body '{body[:60]}'")
            if not why:
                self._fault(one, "why", "what is withheld wants a `why`: it is printed in its place")
            yield Withheld(question, body, why)

    def _known(self, node: Node, key: str, names: list[str]) -> None:
        for name in names:
            if name not in self.survey.questions:
                self._fault(node, key, f"no question '{name[:60]}'")

    def _boundaries(self) -> Path | None:
        told = self.top.text("boundaries")
        if not told:
            return None
        path = (self.survey.path / told).resolve()
        if not path.is_file():
            self._fault(self.top, "boundaries", f"there is no file '{told[:80]}'")
            return None
        return path

    def _licence(self) -> Mapping[str, str]:
        node = self.top.get("licence")
        if node is None:
            return {}
        told = {key: node.text(key) for key in ("name", "title", "path") if node.text(key)}
        if not {"name", "path"} & set(told):
            self._fault(
                self.top, "licence", "`licence` has a `name` (such as OGL-UK-3.0) or a `path` (its web address)"
            )
        return told

    def _access(self) -> Iterator[Mapping[str, str]]:
        for one in self.top.items("access_before_release"):
            yield {key: one.text(key) for key in ("role", "organisation", "from", "why")}

    def _systems(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        if self.top.get("systems") is None:
            return
        known = {section.id for section in self.survey.questionnaire.sections}
        for name, one in documents.named_rows(self.top, "systems", self.file, self.faults):
            sections = documents.texts(one, "sections", self.file, self.faults)
            for section in sections:
                if section not in known:
                    self._fault(one, "sections", f"no section '{section[:60]}'")
            yield name, {"title": documents.in_languages(one, "title"), "sections": tuple(sections)}


def refuse_store() -> BadInput:
    """What is said of a survey whose answers are too many to stand in a log one by one."""
    return BadInput(
        "so many answers are not published row by row",
        why="a log holds every row; above 64 MB of answers it is not written yet",
        remedy="publish a folder with one wave each",
    )
