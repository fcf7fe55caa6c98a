"""Which rows of a survey may be seen, so that those that may not cannot be worked out from the figures either.

A policy withholds rows. What a body is for a figure hangs on all its rows for the questions that the figure and their
routing ask, and on those of the body that leads it. Where a body has no doubles (see there) for what is withheld of it,
the question is withheld of every body, then all that hang together with it. What the figures tell by themselves, since
all bodies said the same, nothing hides: `told` counts it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from custodes.model.errors import BadUsage
from custodes.publication.redaction.doubles import Doubles, Node, Unsafe, components
from custodes.publication.redaction.policy import FREE_TEXT, SYNTHETIC, Plan
from custodes.survey.answers import SYNTHETIC_SOURCE, HeldAnswers, Row
from custodes.survey.asked import Wave
from custodes.survey.completions import relevant
from custodes.survey.figures import Definition
from custodes.survey.folder import Survey

COMPLEMENT = "with it, the answers of bodies that are withheld could be worked out from the figures"


@dataclass(frozen=True, slots=True)
class Seen:
    """What is seen of a wave for some questions. `whole`: every row; else `bodies`: those whose rows are all seen."""

    whole: bool
    bodies: frozenset[str]

    def shows(self, body: str) -> bool:
        """Whether what a body said is seen."""
        return self.whole or body in self.bodies


class Visible:
    """The rows of a survey, each with the reason why it is not published, if it is not.

    `cuts`: the days up to which its editions count. Raises BadUsage where an edition tells what nothing can hide any
    more. `told`: answers that are withheld and that the figures tell by themselves.
    """

    def __init__(self, survey: Survey, plan: Plan, cuts: Sequence[date]) -> None:
        assert isinstance(survey.answers, HeldAnswers)
        self._survey, self._plan, self._cuts = survey, plan, sorted(dict.fromkeys(cuts))
        self.rows = [row for row in survey.answers.rows if row.recorded_at <= self._cuts[-1]]
        self._why = {id(row): plan.policy.why_not(row, survey.questions[row.question]) for row in self.rows}
        self._by: dict[tuple[str, str], list[Row]] = {}
        for row in self.rows:
            self._by.setdefault((row.wave, row.question), []).append(row)
        self._memory: dict[tuple[str, frozenset[str]], Seen] = {}
        # synthetic rows say nothing about anybody, and no figure tells a text: neither can be worked out
        self._secret = {name: why not in ("", SYNTHETIC, FREE_TEXT) for name, why in self._why.items()}
        self._counted: dict[tuple[Node, str], None] = {}
        self._closed: frozenset[Node] = frozenset()
        self.told = 0
        named = frozenset((one.question, one.body) for one in plan.policy.withhold if one.body)
        self._doubles = Doubles(survey, self.rows, self._cuts, self._why, named)
        self._components = components(survey, self.rows)
        self._settle()

    def why(self, row: Row) -> str:
        """Why a row is not published; empty if it is."""
        return self._why[id(row)]

    def of(self, definition: Definition, wave: Wave) -> Seen:
        """What is seen of all that a figure hangs on."""
        return self.seen(wave.id, self.names(definition, wave))

    def names(self, definition: Definition, wave: Wave) -> frozenset[str]:
        """The questions that tell what a body is for a figure, with those that their routing asks."""
        names = definition.counted_by()
        return frozenset(relevant(names, self._survey.questions_of(wave.id))) if names else frozenset()

    def keys(self, definition: Definition, wave: Wave) -> frozenset[str]:
        """What a figure hangs on, for the tables by kind: a question of a wave, or of all where rows name none."""
        names = self.names(definition, wave)
        return frozenset(name if self._by.get(("", name)) else f"{wave.id} {name}" for name in names)

    def shows_any(self, definition: Definition, wave: Wave) -> bool:
        """Whether any answer that a figure hangs on is shown."""
        rows = [row for name in self.names(definition, wave) for row in self._rows_of(wave.id, name)]
        return any(not self._why[id(row)] for row in rows)

    def _rows_of(self, wave: str, question: str) -> list[Row]:
        return [*self._by.get((wave, question), ()), *(self._by.get(("", question), ()) if wave else ())]

    def seen(self, wave: str, questions: frozenset[str]) -> Seen:
        """What is seen of some questions in a wave."""
        key = (wave, questions)
        if key not in self._memory:
            self._memory[key] = self._seen(wave, questions)
        return self._memory[key]

    def _seen(self, wave: str, questions: Iterable[str]) -> Seen:
        open_: set[str] | None = None
        leads: dict[str, set[str]] = {}
        for question in questions:
            rows = self._rows_of(wave, question)
            withheld = {row.body for row in rows if self._why[id(row)]}
            if withheld:  # of such a question silence tells something too: only bodies with rows of their own are seen
                shown = {row.body for row in rows} - withheld
                open_ = shown if open_ is None else open_ & shown
            for row in rows:
                if row.lead:
                    leads.setdefault(row.body, set()).add(row.lead)
        if open_ is None:
            return Seen(True, frozenset())
        return Seen(False, frozenset(body for body in open_ if leads.get(body, set()) <= open_))

    def returns(self, wave: str) -> bool:
        """Whether it may be told who returned: where synthetic rows alone say so, only if the policy has a source."""
        policy = self._plan.policy
        if policy.invented or wave in policy.returns:
            return True
        real = {row.body for row in self.rows if row.wave in ("", wave) and not _synthetic(row)}
        return all(row.body in real for row in self.rows if row.wave in ("", wave))

    def _settle(self) -> None:
        """Withholds besides what would tell the rest, edition after edition: what an earlier one shows stays shown."""
        for level in range(len(self._cuts)):
            self._hide(self._closed, level)
            for nodes in self._components:
                self._protect(nodes, level)
        self._memory.clear()

    def _protect(self, nodes: frozenset[Node], level: int) -> None:
        """Until no answer of these questions can be worked out from the editions so far. Raises BadUsage."""
        while True:
            found = list(self._doubles.unsafe(nodes, level, self._secret))
            late = next((one for one in found if one.late), None)
            if late is not None:
                raise self._late(late, level)
            # of one question alone, nothing helps; of several, that the others are not shown may
            open_ = [one for one in found if not one.helpless or len(nodes) > 1]
            if open_ and (self._hide({one.node for one in open_}, level) or self._hide(nodes, level)):
                continue
            wrong = next((one for one in found if not one.helpless), None)
            if wrong is not None:
                raise self._shown_before(wrong, level)
            helpless = {(one.node, one.body): None for one in found}
            self.told += len(helpless.keys() - self._counted.keys())
            self._counted |= helpless
            return

    def _hide(self, nodes: Iterable[Node], level: int) -> bool:
        """Withholds the rows of some questions that come up in an edition or later; whether it has any."""
        self._closed = self._closed.union(nodes)
        rows = [
            row
            for node in nodes
            for row in self._doubles.rows_of(node)
            if self._doubles.level(row) == level and not self._why[id(row)]
        ]
        self._why |= {id(row): COMPLEMENT for row in rows}
        return bool(rows)

    def _edition(self, level: int) -> str:
        told = [one.id for one in self._survey.editions.values() if one.cut == self._cuts[level]]
        return f"edition '{told[-1]}'" if told else "the edition"

    def _late(self, one: Unsafe, level: int) -> BadUsage:
        return BadUsage(
            f"{self._edition(level)} tells the withheld answer to '{one.node[1]}' of a body that returned late",
            why="beside the edition before, its figures differ by that answer, or by few that are alike",
            remedy="wait for more returns, leave the figure out of this edition, or publish the answer",
        )

    def _shown_before(self, one: Unsafe, level: int) -> BadUsage:
        return BadUsage(
            f"{self._edition(level)} tells what is withheld: an answer to '{one.node[1]}'",
            why="with what an edition before it shows, the answer can be worked out, and that is out already",
            remedy="leave the figure out of this edition, or publish the answer",
        )


def _synthetic(row: Row) -> bool:
    return row.source.startswith(SYNTHETIC_SOURCE)
