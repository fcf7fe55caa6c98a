"""Whether an answer that is withheld could be another body's just as well.

Two bodies of which a reader sees the same are doubles: with all that is withheld of them exchanged, every figure of
every edition, every number of rows and everything that is shown stays as it is. So whoever reads all of it cannot tell
whose is whose. An answer is safe if its body has doubles enough, and one among them holds another answer.

It is enough to look at questions that hang together: that stand in one figure, or of which one routes the other, or is
the other's total.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from custodes.survey import rules
from custodes.survey.answers import Row
from custodes.survey.completions import relevant
from custodes.survey.folder import Survey
from custodes.survey.questionnaire import Question
from custodes.survey.values import VALUED, State, none_value, shown

#: A question of a wave. Rows that name no wave belong to every one, whose questions then hang together.
Node = tuple[str, str]
#: The body and its doubles are at least so many.
FEWEST = 3
_ABSENT = ("no row",)


def components(survey: Survey, rows: Iterable[Row]) -> list[frozenset[Node]]:
    """The questions in groups that hang together; one that hangs with no other and stands in no figure is in none."""
    parent: dict[Node, Node] = {}

    def root(node: Node) -> Node:
        parent.setdefault(node, node)
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for group in _groups(survey, rows):
        first, *others = sorted(group)
        root(first)
        for other in others:
            parent[root(other)] = root(first)
    found: dict[Node, set[Node]] = defaultdict(set)
    for node in list(parent):
        found[root(node)].add(node)
    return [frozenset(nodes) for _, nodes in sorted(found.items())]


def _groups(survey: Survey, rows: Iterable[Row]) -> Iterator[set[Node]]:
    waves = [claim.wave for claim in survey.claims.values() if claim.wave in survey.waves]
    for definition in survey.figures.values():
        if definition.kind == "returns":
            continue
        for wave in dict.fromkeys((survey.wave_of(definition).id, *waves)):
            known = survey.questions_of(wave)
            yield {(wave, name) for name in relevant(definition.questions(), known)}
    for wave in survey.waves:
        for name, question in survey.questions_of(wave).items():
            near = {*(rules.questions_of(question.when) if question.when is not None else ()), *question.total_of}
            if near:
                yield {(wave, name), *((wave, other) for other in near)}
    for name in {row.question for row in rows if not row.wave}:
        yield {(wave, name) for wave in survey.waves}


@dataclass(frozen=True, slots=True)
class Unsafe:
    """An answer that could be worked out. `late`: only because its body returned late; `helpless`: whatever is hidden,
    since the figures alone tell it.
    """

    node: Node
    body: str
    late: bool
    helpless: bool


class Doubles:
    """The rows of a survey by body and question, each in the edition in which it came up first.

    `cuts`: of the editions, in order. `hidden`: ids of rows that are not shown; it is looked at each time anew.
    `named`: question and body that a policy names.
    """

    def __init__(
        self,
        survey: Survey,
        rows: Sequence[Row],
        cuts: Sequence[date],
        hidden: Mapping[int, str],
        named: frozenset[tuple[str, str]],
    ) -> None:
        self._survey, self._cuts, self._hidden, self._named = survey, cuts, hidden, named
        self._rows: dict[Node, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
        self._first: dict[tuple[str, str], int] = {}
        self._led: dict[Node, Counter[str]] = defaultdict(Counter)
        self._nodes_of: dict[tuple[str, str], set[Node]] = defaultdict(set)
        for row in rows:
            for wave in [row.wave] if row.wave else survey.waves:
                self._rows[wave, row.question][row.body].append(row)
                self._nodes_of[wave, row.body].add((wave, row.question))
                if row.held.state is not State.RETURN_MISSING:
                    key, level = (wave, row.body), self.level(row)
                    self._first[key] = min(self._first.get(key, level), level)
                if row.lead:
                    self._led[wave, row.question][row.lead] += 1

    def level(self, row: Row) -> int:
        """The number of the edition in which a row came up first."""
        return bisect_left(self._cuts, row.recorded_at)

    def rows_of(self, node: Node) -> Iterator[Row]:
        """The rows of a question."""
        for rows in self._rows[node].values():
            yield from rows

    def unsafe(self, nodes: frozenset[Node], level: int, secret: Mapping[int, bool]) -> Iterator[Unsafe]:
        """Answers that a reader of the editions up to one could work out. `secret`: ids of rows that must not be."""
        groups = [_Group(self, members, level) for members in self._classes(nodes, level).values()]
        known: dict[tuple[str, int | None], _Group] = {}
        for group in groups:
            for node in sorted(nodes):
                for body in group.members:
                    is_secret = any(secret[id(row)] and self.level(row) <= level for row in self.of(node, body))
                    if is_secret and not group.doubled(node, body):
                        yield self._told(node, body, level, known)

    def _told(self, node: Node, body: str, level: int, known: dict[tuple[str, int | None], _Group]) -> Unsafe:
        """Whether anything could help: the body among all that returned when it did; among all that ever did."""
        wave, when = node[0], self._first.get((node[0], body))
        for key in ((wave, when), (wave, None)):
            if key not in known:
                alike = [one for of, one in self._first if of == wave and key[1] in (None, self._first[of, one])]
                known[key] = _Group(self, alike, level)
        same, every = known[wave, when], known[wave, None]
        helpless = not same.doubled(node, body)
        late = helpless and len(same.members) < FEWEST and every.doubled(node, body)
        return Unsafe(node, body, late, helpless)

    def of(self, node: Node, body: str) -> list[Row]:
        """The rows of a body for a question."""
        return self._rows[node].get(body, [])

    def followers(self, node: Node, body: str) -> int:
        """How many bodies point to this one for an answer."""
        return self._led[node][body]

    def is_named(self, node: Node, body: str) -> bool:
        """Whether a policy names the body with the question, and so tells that there is an answer."""
        return (node[1], body) in self._named

    def _returned_otherwise(self, nodes: frozenset[Node], body: str, waves: Sequence[str]) -> bool:
        """Whether a body returned when it did by answers to other questions alone."""
        return all(
            self._first.get((wave, body)) is None
            or any(
                self.level(row) == self._first[wave, body] and row.held.state is not State.RETURN_MISSING
                for node in self._nodes_of[wave, body] - nodes
                for row in self.of(node, body)
            )
            for wave in waves
        )

    def holds(self, node: Node, body: str, edition: int) -> Hashable:
        """What holds for a body in an edition: part to state or value; a nought and a none are the same."""
        question = self._survey.questions[node[1]]
        found: dict[str, Hashable] = {}
        for row in self.of(node, body):
            if self.level(row) <= edition:
                found[row.part] = _said(row, question)
        return tuple(sorted(found.items(), key=lambda item: item[0])) or _ABSENT

    def _classes(self, nodes: frozenset[Node], level: int) -> dict[Hashable, list[str]]:
        """Bodies by what a reader sees of them for these questions."""
        waves = sorted({wave for wave, _ in nodes})
        bodies = dict.fromkeys(body for wave, body in self._first if wave in waves and self._first[wave, body] <= level)
        found: dict[Hashable, list[str]] = defaultdict(list)
        for body in bodies:
            shown_: list[Hashable] = []
            first_hidden: int | None = None
            for node in sorted(nodes):
                for row in self.of(node, body):
                    came = self.level(row)
                    if came > level:
                        continue
                    if self._hidden[id(row)]:
                        first_hidden = came if first_hidden is None else min(first_hidden, came)
                    else:
                        question = self._survey.questions[row.question]
                        shown_.append((node, row.part, _said(row, question), came))
            returned = tuple(self._first.get((wave, body)) for wave in waves)
            # where these answers alone make it a return, an exchange would change who returned when
            alone = None if self._returned_otherwise(nodes, body, waves) else first_hidden
            found[returned, alone, tuple(shown_)].append(body)
        return found


class _Group:
    """Bodies that may stand for one another. What holds for them is counted once."""

    def __init__(self, of: Doubles, members: Sequence[str], level: int) -> None:
        self.members, self._of, self._level = members, of, level
        self._counts: dict[tuple[Node, int, bool], Counter[Hashable]] = {}
        self._answered: dict[Node, int] = {}

    def doubled(self, node: Node, body: str) -> bool:
        """Whether enough of them could have what a body has, and it what they have, in each edition."""
        named = self._of.is_named(node, body)  # then its double is one with an answer too
        if (self._many(node) if named else len(self.members)) < FEWEST:
            return False
        weight = 1 + self._of.followers(node, body)
        begun = min((self._of.level(row) for row in self._of.of(node, body)), default=self._level)
        for edition in range(begun, self._level + 1):
            own = self._of.holds(node, body, edition)
            others = self._tally(node, edition, named)
            if not any(many >= weight for what, many in others.items() if what != own):
                return False
        return True

    def _many(self, node: Node) -> int:
        if node not in self._answered:
            self._answered[node] = sum(bool(self._of.of(node, one)) for one in self.members)
        return self._answered[node]

    def _tally(self, node: Node, edition: int, named: bool) -> Counter[Hashable]:
        """What holds, to how many; bodies that others point to are no doubles of anybody."""
        key = (node, edition, named)
        if key not in self._counts:
            self._counts[key] = Counter(
                self._of.holds(node, one, edition)
                for one in self.members
                if not self._of.followers(node, one) and (not named or self._of.of(node, one))
            )
        return self._counts[key]


def _said(row: Row, question: Question) -> Hashable:
    if row.lead:
        return ("lead", row.lead)
    if row.held.state is State.NONE:
        return ("value", str(none_value(question.type)))
    if row.held.state in VALUED and row.held.value is not None:
        return ("value", shown(row.held.value))
    return ("state", str(row.held.state))
