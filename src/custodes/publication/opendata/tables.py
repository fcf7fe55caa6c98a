"""The tables of a release, each with what its columns mean: one description, from which every format is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from custodes.publication.edition.content import Release
from custodes.publication.opendata.frozen import figure_row
from custodes.survey.output import claim_object
from custodes.survey.verdicts import Judged


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, its type (string, integer, number, date), what it means."""

    name: str
    kind: str
    means: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a release. `key`: the columns that tell its rows apart."""

    name: str
    title: str
    means: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    rows: tuple[Mapping[str, Any], ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its columns."""
        return tuple(column.name for column in self.columns)


def _columns(*told: tuple[str, str, str]) -> tuple[Column, ...]:
    return tuple(Column(*one) for one in told)


_FIGURES = _columns(
    ("edition", "string", "edition of the survey that gives this figure"),
    ("id", "string", "id of the figure; the same in every edition"),
    ("title", "string", "what is counted, in English"),
    ("kind", "string", "share: of bodies; total: a sum over bodies; returns: bodies that returned an answer"),
    ("wave", "string", "time of asking"),
    ("question", "string", "question whose states are counted; empty for returns"),
    ("unit", "string", "what one is: body, drone, supplier"),
    ("numerator", "number", "how many surely belong"),
    ("denominator", "number", "out of how many; empty where the whole is not counted"),
    ("percent", "number", "numerator of denominator in per cent, one decimal place"),
    ("invited", "integer", "bodies that were asked"),
    ("returned", "integer", "bodies that returned an answer"),
    ("lower", "number", "at least, over all bodies asked, in the reading of silence that the question has"),
    ("upper", "number", "at most, in the same reading; empty: no upper bound"),
    ("lower_silence_unknown", "number", "at least, if silence inside a return is not known"),
    ("upper_silence_unknown", "number", "at most, if silence inside a return is not known; empty: no upper bound"),
    ("lower_silence_no", "number", "at least, if silence inside a return means no"),
    ("upper_silence_no", "number", "at most, if silence inside a return means no; empty: no upper bound"),
    ("assumption", "string", "what lower and upper assume"),
    ("sentence", "string", "the figure as it may be printed"),
)
_STATES = _columns(
    ("edition", "string", "edition"),
    ("figure", "string", "figure"),
    ("state", "string", "one of the nine states of an answer, or returned"),
    ("bodies", "integer", "bodies in this state; those of a figure add up to the bodies asked"),
)
_ANSWERS = _columns(
    ("body", "string", "body that answered"),
    ("question", "string", "question"),
    ("part", "string", "part of a section that repeats; empty otherwise"),
    ("value", "string", "the answer, by the type of its question; empty where no value stands"),
    ("state", "string", "what became of the question: answered, none, routed_out, not_known, refused, not_answered, "
     "return_missing, withdrawn, corrected"),
    ("valid_at", "string", "day or period that the answer is about, as far as told"),
    ("recorded_at", "date", "day on which it became known here"),
    ("source", "string", "where it comes from"),
    ("wave", "string", "time of asking; empty: any"),
    ("lead", "string", "body that answers for this one; empty if none"),
)  # fmt: skip
_BODIES = _columns(
    ("body", "string", "id"),
    ("name", "string", "name"),
    ("kind", "string", "kind of body"),
    ("wave", "string", "time of asking"),
    ("returned", "string", "yes or no, with what was recorded up to the newest edition; empty: not published"),
)
_MEMBERS = _columns(
    ("figure", "string", "figure of the newest edition"),
    ("body", "string", "body"),
    ("standing", "string", "counted, not_counted, outside (the question is not about it), open (its answers do not "
     "settle it), no_return, withheld (returned; its answer is not published), not_told (nor whether it returned)"),
)  # fmt: skip
_KINDS = _columns(
    ("edition", "string", "edition"),
    ("figure", "string", "figure"),
    ("kind", "string", "kind of body"),
    ("standing", "string", "what the bodies are for the figure; see the table members"),
    ("bodies", "string", "how many; [c]: not shown, so that no single body can be worked out"),
)
_CLAIMS = _columns(
    ("id", "string", "id of the claim"),
    ("text", "string", "what was said, in our words"),
    ("said_by", "string", "who said it"),
    ("answers_now", "string", "who answers for it now, where that is another"),
    ("said_at", "date", "when"),
    ("source", "string", "where"),
    ("verdict", "string", "supported, superseded, contradicted, not_comparable, unverifiable"),
    ("figure", "string", "figure that it is held against; empty if none says it"),
    ("computed_numerator", "number", "what the figure comes to"),
    ("computed_denominator", "number", "out of"),
    ("because", "string", "why the verdict, sentences joined by |"),
)
_WITHHELD = _columns(
    ("question", "string", "question whose answer is not published"),
    ("why", "string", "why"),
    ("rows", "integer", "how many rows"),
)
_ACCESS = _columns(
    ("role", "string", "role of who had access"),
    ("organisation", "string", "where they work"),
    ("from", "string", "day from which they had it"),
    ("why", "string", "why"),
)


def tables(found: Release) -> tuple[Table, ...]:
    """Every table of a release."""
    access = tuple(_access(found))
    told = (
        Table(
            "figures",
            "Figures",
            "every figure of every edition, with its bounds",
            _FIGURES,
            ("edition", "id"),
            tuple(figure_row(told.content) for one in found.editions for told in one.figures),
        ),
        Table(
            "states",
            "States",
            "how many bodies are in which state, for each figure",
            _STATES,
            ("edition", "figure", "state"),
            tuple(_states(found)),
        ),
        Table(
            "answers",
            "Answers",
            "every row that is published, in the order in which they were recorded",
            _ANSWERS,
            ("wave", "body", "question", "part", "recorded_at"),
            tuple(one.content for one in found.rows),
        ),
        Table("bodies", "Bodies", "every body that was asked", _BODIES, ("body", "wave"), tuple(_bodies(found))),
        Table(
            "members",
            "What each body is for each figure",
            "what each body is for each figure of the newest edition",
            _MEMBERS,
            ("figure", "body"),
            tuple(_members(found)),
        ),
        Table(
            "kinds",
            "By kind of body",
            "what the bodies of each kind are for each figure, where that tells of no single body",
            _KINDS,
            ("edition", "figure", "kind", "standing"),
            tuple(_kinds(found)),
        ),
        Table(
            "claims",
            "What was printed",
            "what was said in print, and whether it holds",
            _CLAIMS,
            ("id",),
            tuple(map(_claim, found.claims)),
        ),
        Table(
            "withheld",
            "Withheld",
            "rows that are not published: how many, and why",
            _WITHHELD,
            ("question", "why"),
            tuple(_withheld(found)),
        ),
    )
    return (*told, *((_access_table(access),) if access else ()))


def _access_table(rows: tuple[Mapping[str, str], ...]) -> Table:
    return Table(
        "access",
        "Access before release",
        "who had access to the figures before they were published",
        _ACCESS,
        ("role", "organisation"),
        rows,
    )


def _access(found: Release) -> Iterable[dict[str, str]]:
    """Roles, not names: the texts are as the policy lets them be."""
    for one in found.plan.access:
        yield {name: found.plan.policy.text(told) for name, told in one.items()}


def _states(found: Release) -> Iterable[dict[str, Any]]:
    for one in found.editions:
        for told in one.figures:
            for state, many in told.figure.states.items():
                yield {
                    "edition": one.edition.id,
                    "figure": told.figure.definition.id,
                    "state": str(state),
                    "bodies": many,
                }


def _bodies(found: Release) -> Iterable[dict[str, Any]]:
    survey, cut = found.survey, found.last.edition.cut
    asked = [survey.asking(wave, cut) for wave in survey.waves.values() if wave.opened <= cut]
    for one in asked:
        for body in one.bodies:
            yield {
                "body": body.id,
                "name": body.name,
                "kind": body.kind,
                "wave": one.wave.id,
                "returned": ("yes" if body.id in one.returned else "no") if one.wave.id in found.returns else "",
            }


def _members(found: Release) -> Iterable[dict[str, Any]]:
    for told in found.last.figures:
        for body, what in told.members.items():
            yield {"figure": told.figure.definition.id, "body": body, "standing": what}


def _kinds(found: Release) -> Iterable[dict[str, Any]]:
    for one in found.editions:
        for told in one.figures:
            for (kind, what), many in told.kinds.cells.items() if told.kinds is not None else ():
                yield {
                    "edition": one.edition.id,
                    "figure": told.figure.definition.id,
                    "kind": kind,
                    "standing": str(what),
                    "bodies": "[c]" if many is None else str(many),
                }


def _claim(one: Judged) -> dict[str, Any]:
    told, claim = claim_object(one), one.claim
    computed = told["computed"] or {}
    return {
        "id": claim.id,
        "text": claim.text,
        "said_by": claim.said_by,
        "answers_now": claim.now,
        "said_at": told["said_at"],
        "source": claim.source,
        "verdict": told["verdict"],
        "figure": claim.figure,
        "computed_numerator": computed.get("numerator"),
        "computed_denominator": computed.get("denominator"),
        "because": " | ".join(one.because),
    }


def _withheld(found: Release) -> Iterable[dict[str, Any]]:
    many: dict[tuple[str, str], int] = {}
    for one in found.kept_back:
        key = (one.row.question, one.why)
        many[key] = many.get(key, 0) + 1
    for (question, why), rows in sorted(many.items()):
        yield {"question": question, "why": why, "rows": rows}


Writer = Callable[[Sequence[Table]], Mapping[str, bytes]]
