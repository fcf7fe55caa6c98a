"""A survey as it is published: every edition with its figures, the rows that may be shown, and the log of it all."""

from __future__ import annotations

import hmac
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from hashlib import sha256
from typing import Any

from custodes.model.errors import BadUsage
from custodes.publication.edition.stamp import Stamp, code_version, templates_version
from custodes.publication.proof.keys import Signer
from custodes.publication.proof.log import EDITION, FIGURE, ROW, WITHHELD, Log, joined
from custodes.publication.proof.tree import leaf_hash
from custodes.publication.redaction.kinds import ByKind, Editions, Table, plain
from custodes.publication.redaction.policy import Plan, refuse_store
from custodes.publication.redaction.texts import plan_scrubbed, scrubbed
from custodes.publication.redaction.visible import Visible
from custodes.survey.answers import HeldAnswers, Row
from custodes.survey.confirmations import round_of
from custodes.survey.corrections import Correction, corrections
from custodes.survey.count import Standing, settled, standing
from custodes.survey.editions import Edition
from custodes.survey.figures import RETURNED, Figure
from custodes.survey.folder import Survey
from custodes.survey.freezing import ANSWERS_HASH, hashes, rebuilt
from custodes.survey.output import edition_figures, figure_object
from custodes.survey.verdicts import Judged, judge

#: A body whose answer is not published: what it is for a figure is not told.
KEPT_BACK = "withheld"
#: A body of which it is not told whether it returned.
NOT_TOLD = "not_told"


@dataclass(frozen=True, slots=True)
class Published:
    """One row as it is published."""

    row: Row
    content: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class KeptBack:
    """One row that is not, and why."""

    row: Row
    why: str


@dataclass(frozen=True, slots=True)
class Told:
    """A figure of an edition. `members`: body to what it is for the figure, or that this is withheld; `amounts`: of a
    total, body to what it adds; `kinds`: by kind of body, None where that would tell what is withheld.
    """

    figure: Figure
    content: Mapping[str, Any]
    members: Mapping[str, str]
    amounts: Mapping[str, Fraction]
    kinds: ByKind | None = None


@dataclass(frozen=True, slots=True)
class Frozen:
    """One edition as it is published."""

    edition: Edition
    stamp: Stamp
    figures: tuple[Told, ...]
    confirmation: str
    correction: Correction | None

    def find(self, name: str) -> Told | None:
        """A figure of it."""
        return next((one for one in self.figures if one.figure.definition.id == name), None)


@dataclass(slots=True)
class Release:
    """All that a survey publishes.

    `later`: rows recorded since the last edition, which are in none. `returns`: waves of which it is told who returned.
    `told`: small numbers by kind of body that the figures tell by themselves; `known`: withheld answers that they tell,
    because all bodies that could have them said the same.
    """

    survey: Survey
    plan: Plan
    editions: list[Frozen]
    claims: list[Judged]
    rows: list[Published]
    kept_back: list[KeptBack]
    later: int
    returns: frozenset[str]
    told: int = 0
    known: int = 0
    log: Log = field(default_factory=Log)

    @property
    def last(self) -> Frozen:
        """The newest edition."""
        return self.editions[-1]

    def leaf(self, index: int) -> str:
        """The hash of an entry of the log, in hexadecimal."""
        return leaf_hash(self.log.entries[index]).hex()


def release(survey: Survey, plan: Plan, knowledge: str, signer: Signer | None) -> Release:
    """A survey as it is published. Raises BadUsage where a frozen edition no longer comes out the same.

    `knowledge`: the version of the reference data; `signer`: whose seed salts the hashes of what is withheld.
    """
    if not isinstance(survey.answers, HeldAnswers):
        raise refuse_store()
    survey, plan = scrubbed(survey, plan.policy), plan_scrubbed(plan)
    assert isinstance(survey.answers, HeldAnswers)
    editions = list(survey.editions.values()) or [_only(survey.answers)]
    visible = Visible(survey, plan, [edition.cut for edition in editions])
    rows, kept_back = _sorted_out(survey, plan, visible)
    notices = {found.after.id: _notice(found, visible, plan) for found in corrections(survey)}
    claims = [_claim(judge(claim, survey, editions[-1].cut), plan) for claim in survey.claims.values()]
    later = sum(row.recorded_at > editions[-1].cut for row in survey.answers.rows)
    returns = frozenset(wave for wave in survey.waves if visible.returns(wave))
    found = Release(survey, plan, [], claims, rows, kept_back, later, returns)
    found.log = Log.begun(
        plan.origin, {"survey": survey.questionnaire.id, "title": dict(plan.title), "format": "custodes-log-1"}
    )
    waiting = _entries(found, signer, [edition.cut for edition in editions])
    by_kind = Editions(plan.policy.suppress_below)
    for edition in editions:
        _must_rebuild(survey, edition)
        counted = list(edition_figures(survey, edition))
        _refuse_few(found, edition)
        while waiting and waiting[-1][0] <= edition.cut:
            _, kind, content = waiting.pop()
            found.log.add(kind, content)
        stamp = Stamp(
            edition.id,
            edition.cut.isoformat(),
            code_version(),
            knowledge,
            f"{plan.policy.text(plan.policy.id)} sha256:{plan.policy.digest()}",
            templates_version(),
            {**_files(survey, edition), "rows": sha256(joined(found.log.entries)).hexdigest()},
        )
        figures = _by_kinds(found, by_kind, [_told(survey, figure, edition, visible) for figure in counted])
        confirmed = round_of(edition.id, survey.events).sentence()
        one = Frozen(_plain(edition, plan), stamp, figures, plan.policy.text(confirmed), notices.get(edition.id))
        found.editions.append(one)
        for told in figures:
            found.log.add(FIGURE, told.content, edition.id, told.figure.definition.id)
        found.log.add(EDITION, _edition_entry(one), edition.id)
    found.told = by_kind.told
    found.known = visible.told
    return found


def _plain(edition: Edition, plan: Plan) -> Edition:
    """An edition with its texts as they may be published."""
    notice = {key: plan.policy.text(told) for key, told in edition.notice.items()}
    return replace(edition, title=plan.policy.text(edition.title), notice=notice)


def _notice(found: Correction, visible: Visible, plan: Plan) -> Correction:
    """A correction with the rows that are published, and texts as they may be."""
    rows = tuple(replace(row, source=plan.policy.source(row)) for row in found.rows if not visible.why(row))
    claims = tuple((_claim(then, plan), _claim(now, plan)) for then, now in found.claims)
    editions = (_plain(found.before, plan), _plain(found.after, plan))
    return replace(found, before=editions[0], after=editions[1], rows=rows, claims=claims)


def _claim(one: Judged, plan: Plan) -> Judged:
    text = plan.policy.text
    claim = replace(
        one.claim,
        text=text(one.claim.text),
        source=text(one.claim.source),
        said_by=text(one.claim.said_by),
        now=text(one.claim.now),
        note=text(one.claim.note),
    )
    return replace(one, claim=claim, because=tuple(map(text, one.because)))


def _files(survey: Survey, edition: Edition) -> dict[str, str]:
    """Hashes of the files that say what was asked and is counted.

    That of all answers is not told: whoever guesses the few that are withheld could try the guess on it.
    """
    return {name: digest for name, digest in hashes(survey, edition).items() if name != ANSWERS_HASH}


def _only(answers: HeldAnswers) -> Edition:
    """The edition of a survey that names none: all that is recorded."""
    return Edition("current", answers.latest() or date.min, None, "", "", {}, (), 0)


def _must_rebuild(survey: Survey, edition: Edition) -> None:
    same, differs = rebuilt(survey, edition) if edition.id in survey.editions else (None, [])
    if same is False:
        raise BadUsage(
            f"edition '{edition.id}' is frozen and no longer comes out the same",
            why="; ".join(differs)[:300],
            remedy="a change is a new edition that corrects it",
        )


def _refuse_few(found: Release, edition: Edition) -> None:
    """Where answers are not told, an edition that adds the answers of one body tells them by the difference."""
    below, survey = found.plan.policy.suppress_below, found.survey
    if below < 2 or not found.editions:
        return
    assert isinstance(survey.answers, HeldAnswers)
    before = found.editions[-1].edition.cut
    new = {row.body for row in survey.answers.rows if before < row.recorded_at <= edition.cut}
    if 0 < len(new) < below:
        raise BadUsage(
            f"edition '{edition.id}' adds answers of {len(new)} bodies only",
            why=f"beside the edition before, its figures tell what they said (the policy hides less than {below})",
            remedy="wait for more returns, or leave the edition before out",
        )


def _sorted_out(survey: Survey, plan: Plan, visible: Visible) -> tuple[list[Published], list[KeptBack]]:
    """Rows that are published, and those that are not, in the order in which they were recorded."""
    rows: list[Published] = []
    kept: list[KeptBack] = []
    for row in sorted(visible.rows, key=_order):
        question = survey.questions[row.question]
        why = visible.why(row)
        if why:
            kept.append(KeptBack(row, why))
        else:
            part = replace(row, part=plan.policy.text(row.part))
            rows.append(Published(row, _row(part, plan.policy.value(row, question), plan.policy.source(row))))
    return rows, kept


def _order(row: Row) -> tuple[str, ...]:
    """By day, then by what a row says: the order of lines in a file has no meaning."""
    held = row.held
    return (
        row.recorded_at.isoformat(),
        row.wave,
        row.body,
        row.question,
        row.part,
        str(held.state),
        str(held.value),
        row.lead,
        row.valid_at,
        row.source,
    )


def _row(row: Row, value: str, source: str) -> dict[str, str]:
    return {
        "body": row.body,
        "question": row.question,
        "part": row.part,
        "value": value,
        "state": str(row.held.state),
        "valid_at": row.valid_at,
        "recorded_at": row.recorded_at.isoformat(),
        "source": source,
        "wave": row.wave,
        "lead": row.lead,
    }


def _told(survey: Survey, figure: Figure, edition: Edition, visible: Visible) -> _Whole:
    """A figure with what each body is for it, as far as that is shown."""
    definition = figure.definition
    wave = survey.waves[figure.wave]
    asked = survey.asking(wave, edition.cut)
    content = figure_object(figure, edition.id)
    seen, returns = visible.of(definition, wave), visible.returns(wave.id)
    standings = standing(definition, asked)
    if definition.kind == "total":
        amounts = {body: value for body, value in settled(definition, asked).items() if value is not None}
        told = Told(figure, content, {}, {body: value for body, value in amounts.items() if seen.shows(body)})
        return _Whole(told, {}, edition.cut)
    names = definition.counted_by()
    hidden = KEPT_BACK if returns else NOT_TOLD
    members = {}
    for body, one in standings.items():
        if (
            definition.kind == "returns"
            or one is Standing.NO_RETURN
            or (not names and definition.denominator == RETURNED)
        ):
            open_ = returns
        else:
            open_ = not names or (seen.shows(body) if returns else body in seen.bodies)
        members[body] = str(one) if open_ else hidden
    told = Told(figure, content, members, {})
    # beside an answer that is shown, a table by kind tells more than its cells do
    bare = returns and not visible.shows_any(definition, wave)
    return _Whole(told, standings if returns else {}, edition.cut, visible.keys(definition, wave) if bare else None)


def _by_kinds(found: Release, by_kind: Editions, figures: list[_Whole]) -> tuple[Told, ...]:
    """The figures of an edition with their tables by kind: all cells where every body is shown, else as it is safe."""
    survey = found.survey
    asked = {one.told.figure.wave: survey.asking(survey.waves[one.told.figure.wave], one.cut) for one in figures}
    hidden = [one for one in figures if {KEPT_BACK, NOT_TOLD} & set(one.told.members.values())]
    safe: Mapping[str, ByKind] = {}
    if found.plan.policy.suppress_below > 1:
        tables = [
            Table(one.told.figure.definition, wave, one.names, one.standings, asked[wave].bodies)
            for one in hidden
            if one.standings and one.names is not None and (wave := one.told.figure.wave)
        ]
        safe = by_kind.add(tables)
    told = []
    for one in figures:
        figure = one.told.figure
        kinds = safe.get(figure.definition.id) if one in hidden else plain(one.standings, asked[figure.wave].bodies)
        told.append(replace(one.told, kinds=kinds if one.standings else None))
    return tuple(told)


@dataclass(frozen=True, slots=True)
class _Whole:
    """A figure as it is told, and what each body truly is for it, which leaves this module only in tables by kind.

    `names`: what it hangs on; None where answers to some of it are shown.
    """

    told: Told
    standings: Mapping[str, Standing]
    cut: date
    names: frozenset[str] | None = frozenset()


def _entries(found: Release, signer: Signer | None, cuts: Sequence[date]) -> list[tuple[date, str, Mapping[str, str]]]:
    """Rows as entries of the log, the last day first. Those withheld stand behind the others of their edition, under
    its last day, in an order that tells nothing of whose they are: the day of a return would tell that.
    """
    told: list[tuple[tuple[str, ...], date, str, Mapping[str, str]]] = []
    for one in found.rows:
        told.append((("0", *_order(one.row)[1:]), one.row.recorded_at, ROW, one.content))
    for other in found.kept_back:
        day = min(cut for cut in cuts if other.row.recorded_at <= cut)
        content = _withheld(other, day, signer)
        told.append((("1", *content.values()), day, WITHHELD, content))
    told.sort(key=lambda one: (one[1], one[0]), reverse=True)
    return [(day, kind, content) for _, day, kind, content in told]


def _withheld(one: KeptBack, day: date, signer: Signer | None) -> dict[str, str]:
    """A row that is withheld: that there is one, and a hash by which its holder can show later what it said."""
    row = one.row
    told = {"question": row.question, "recorded_by": day.isoformat(), "why": one.why}
    if signer is not None:
        whole = repr(sorted(_row(row, str(row.held.value), row.source).items())).encode()
        # with a salt that only the key's holder can make again: a hash alone could be tried out, yes or no
        salt = hmac.digest(signer.seed, whole, "sha256")
        told["commitment"] = sha256(salt + whole).hexdigest()
    return told


def edition_files(one: Frozen) -> dict[str, bytes]:
    """The files that an edition is frozen with; their hashes stand in the log."""
    from custodes.publication.opendata.frozen import files

    return files(one)


def _edition_entry(one: Frozen) -> dict[str, Any]:
    edition = one.edition
    return {
        "id": edition.id,
        "title": edition.title,
        "published": edition.published.isoformat() if edition.published else None,
        "corrects": edition.corrects or None,
        "hash": one.stamp.digest(),
        "rests_on": one.stamp.record(),
        "files": {path: sha256(data).hexdigest() for path, data in sorted(edition_files(one).items())},
    }


def standings(told: Told, bodies: Iterable[str]) -> Counter[str]:
    """How many bodies are what for a figure."""
    return Counter(told.members[body] for body in bodies if body in told.members)


def figures_of(found: Release, names: frozenset[str]) -> Iterator[Told]:
    """The figures of the newest edition that hang on one of some questions."""
    for told in found.last.figures:
        if told.figure.definition.questions() & names:
            yield told
