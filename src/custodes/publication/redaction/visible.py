"""Which rows of a survey may be seen, so that those that may not cannot be worked out from the figures either.

A policy withholds rows. What a body is for a figure hangs on all its rows for the questions that the figure and their
routing ask, and on those of the body that leads it. Where so few or so like bodies are left over that the figure tells
what they said, the figure's questions are withheld of every body.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from custodes.publication.redaction.policy import Plan
from custodes.survey.answers import SYNTHETIC_SOURCE, HeldAnswers, Row
from custodes.survey.asked import Wave
from custodes.survey.completions import relevant
from custodes.survey.corrections import printed
from custodes.survey.count import Asking, Standing, settled, standing
from custodes.survey.figures import Definition
from custodes.survey.folder import Survey

COMPLEMENT = "with it, the answers of bodies that are withheld could be worked out from the figures"
_FEWEST = 3


@dataclass(frozen=True, slots=True)
class Seen:
    """What is seen of a wave for some questions. `whole`: every row; else `bodies`: those whose rows are all seen."""

    whole: bool
    bodies: frozenset[str]

    def shows(self, body: str) -> bool:
        """Whether what a body said is seen."""
        return self.whole or body in self.bodies


class Visible:
    """The rows of a survey recorded up to a day, each with the reason why it is not published, if it is not."""

    def __init__(self, survey: Survey, plan: Plan, cut: date) -> None:
        assert isinstance(survey.answers, HeldAnswers)
        self._survey, self._plan, self._cut = survey, plan, cut
        self.rows = [row for row in survey.answers.rows if row.recorded_at <= cut]
        self._why = {id(row): plan.policy.why_not(row, survey.questions[row.question]) for row in self.rows}
        self._by: dict[tuple[str, str], list[Row]] = {}
        for row in self.rows:
            self._by.setdefault((row.wave, row.question), []).append(row)
        self._memory: dict[tuple[str, frozenset[str]], Seen] = {}
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
            rows = [*self._by.get((wave, question), ()), *(self._by.get(("", question), ()) if wave else ())]
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
        """Withholds besides what would tell the rest, until nothing more is to be withheld."""
        moved = True
        while moved:
            moved = False
            for definition in self._survey.figures.values():
                if definition.kind == "returns":
                    continue
                wave = self._survey.wave_of(definition)
                if wave.opened <= self._cut and self._tells(definition, wave):
                    moved |= self._withhold(wave.id, definition.questions())

    def _tells(self, definition: Definition, wave: Wave) -> bool:
        """Whether a figure, less what is shown, tells what the bodies that are left said, in any edition."""
        seen = self.of(definition, wave)
        if seen.whole or not seen.bodies:
            return False
        cuts = [edition.cut for edition in self._survey.editions.values() if printed(definition, edition)]
        return any(
            _told_by_the_rest(definition, self._survey.asking(wave, cut), seen)
            for cut in dict.fromkeys(cuts or [self._cut])
        )

    def _withhold(self, wave: str, questions: Iterable[str]) -> bool:
        moved = False
        for question in questions:
            for row in (*self._by.get((wave, question), ()), *self._by.get(("", question), ())):
                if not self._why[id(row)]:
                    self._why[id(row)] = COMPLEMENT
                    moved = True
        if moved:
            self._memory.clear()
        return moved


def _told_by_the_rest(definition: Definition, asked: Asking, seen: Seen) -> bool:
    left = [body for body in asked.returned if not seen.shows(body)]
    if not left:
        return False
    if len(left) < _FEWEST:
        return True
    if definition.kind == "total":
        known = settled(definition, asked)
        return sum(known.get(body) is not None for body in left) < _FEWEST
    standings = standing(definition, asked)
    return len(found := {standings[body] for body in left}) == 1 and found != {Standing.OPEN}


def _synthetic(row: Row) -> bool:
    return row.source.startswith(SYNTHETIC_SOURCE)
