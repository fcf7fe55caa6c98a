"""What was said about a survey in print, and whether it holds: verdicts from figures, never from the claim itself."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from custodes.model.errors import did_you_mean
from custodes.survey.asked import Wave
from custodes.survey.documents import Node, named_rows
from custodes.survey.faults import Faults, listed
from custodes.survey.publishers import Publisher, answering, read_publishers
from custodes.survey.values import Type, read_date, read_value

BOUNDS = ("exactly", "at_least", "at_most")


@dataclass(frozen=True, slots=True)
class Claim:
    """A printed statement. `share` in per cent, at the precision printed. `figure` empty: nothing here settles it.

    `note`: what is known of it from elsewhere; it is shown and never weighed. `now`: who answers today for what
    `said_by` said, where that is another.
    """

    id: str
    figure: str
    question: str
    unit: str
    bound: str
    numerator: Fraction | None
    denominator: Fraction | None
    share: Decimal | None
    said_at: date
    source: str
    said_by: str
    text: str
    wave: str
    note: str
    line: int
    now: str = ""

    @property
    def speaker(self) -> str:
        """Who said it, and who answers for it now."""
        return f"{self.said_by} (now {self.now})" if self.now else self.said_by


def read_claims(
    top: Node,
    file: str,
    figures: frozenset[str],
    waves: Mapping[str, Wave],
    faults: Faults,
) -> dict[str, Claim]:
    """The claims of a file; one with a fault is left out."""
    found: dict[str, Claim] = {}
    publishers = read_publishers(top, file, faults)
    for name, node in named_rows(top, "claims", file, faults):
        claim = _Reader(node, file, figures, waves, publishers, faults).read(name)
        if claim is not None:
            found[name] = claim
    return found


@dataclass(slots=True)
class _Reader:
    node: Node
    file: str
    figures: frozenset[str]
    waves: Mapping[str, Wave]
    publishers: Mapping[str, Publisher]
    faults: Faults
    wrong: bool = field(default=False)

    def _fault(self, key: str, reason: str) -> None:
        self.faults.add(self.file, self.node.line_of(key), reason)
        self.wrong = True

    def read(self, name: str) -> Claim | None:
        node = self.node
        if "verdict" in node.value:
            self._fault("verdict", f"claim '{name[:60]}' brings its own verdict: a verdict is worked out, not told")
        figure = self._known("figure", self.figures)
        wave = self._known("wave", self.waves)
        bound = node.text("bound") or "exactly"
        if bound not in BOUNDS:
            self._fault("bound", f"`bound` is {listed(BOUNDS)}, not '{bound[:40]}'")
        if not node.text("unit") and figure:
            self._fault("unit", f"claim '{name[:60]}' has no `unit`: what is counted?")
        numerator, denominator = self._number("numerator"), self._number("denominator")
        if numerator is None and figure and not self.wrong:
            self._fault("numerator", f"claim '{name[:60]}' has no `numerator`")
        if numerator is not None and denominator is not None and numerator > denominator:
            self._fault("numerator", f"numerator {numerator} lies outside its denominator {denominator}")
        share, said_at = self._share(), self._said_at()
        said_by, now = self._publisher(said_at)
        if self.wrong or said_at is None:
            return None
        texts = (node.text("source"), said_by, node.text("text"))
        numbers = (numerator, denominator, share)
        question, unit, note = node.text("question"), node.text("unit"), node.text("note")
        return Claim(name, figure, question, unit, bound, *numbers, said_at, *texts, wave, note, node.line, now)

    def _publisher(self, said_at: date | None) -> tuple[str, str]:
        """Who said it, as it stands or as its publisher is called, and who answers for it now."""
        key = self._known("publisher", self.publishers)
        held = self.publishers.get(key)
        if held is None:
            return self.node.text("said_by"), ""
        if said_at is not None and not held.was_there(said_at):
            self._fault("said_at", f"publisher '{key[:60]}' was none on {said_at.isoformat()}: name the one that was")
        names = answering(key, self.publishers)
        return self.node.text("said_by") or held.name, "" if names == (held.name,) else ", ".join(names)

    def _known(self, key: str, words: Collection[str]) -> str:
        word = self.node.text(key)
        if word and word not in words:
            hint = did_you_mean(word, words)
            self._fault(key, f"no {key} '{word[:60]}'{'; ' + hint if hint else ''}")
        return word

    def _number(self, key: str) -> Fraction | None:
        text = self.node.text(key)
        if not text:
            return None
        try:
            found = read_value(Type.NUMBER, text)
        except ValueError as error:
            self._fault(key, f"`{key}`: {error}")
            return None
        if isinstance(found, Fraction) and found >= 0:
            return found
        self._fault(key, f"`{key}` is 0 or more")
        return None

    def _share(self) -> Decimal | None:
        text = self.node.text("share").removesuffix("%").strip()
        if not text:
            return None
        try:
            found = Decimal(text)
        except InvalidOperation:
            found = Decimal(-1)
        if not found.is_finite() or not 0 <= found <= 100:
            self._fault("share", f"`share` is in per cent, from 0 to 100, not '{text[:40]}'")
            return None
        return found

    def _said_at(self) -> date | None:
        try:
            return read_date(self.node.text("said_at"))
        except ValueError as error:
            self._fault("said_at", f"`said_at`: {error}")
            return None
