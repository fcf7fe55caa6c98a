"""Figures and verdicts of a survey on a terminal: sentences, and bounds as bars. Works at 40 columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from custodes.publication.text import clean, hang, pad
from custodes.survey.compare import Change
from custodes.survey.confirmations import Round
from custodes.survey.corrections import Correction
from custodes.survey.editions import Edition
from custodes.survey.figures import Bounds, Figure, whole
from custodes.survey.sentences import STATE_NAMES, sentence
from custodes.survey.verdicts import Judged, said

_SURE, _MAY, _NOT = "█", "░", "·"


def render_figures(editions: Sequence[tuple[str, Sequence[Figure]]], columns: int) -> str:
    """Every figure of the last edition with its bounds; of earlier ones, what was printed and differs."""
    columns = max(columns, 24)
    last_id, last = editions[-1]
    lines = [*hang(f"Edition {clean(last_id)}: {_asked(last)}", columns), ""]
    for figure in last:
        lines += _figure(figure, columns)
        for edition, figures in editions[:-1]:
            before = next((item for item in figures if item.definition.id == figure.definition.id), None)
            if before is not None and said(before) != said(figure):
                lines += hang(f"in edition {clean(edition)}: {said(before)}", columns, "  ", "    ")
        lines.append("")
    lines += hang(f"{_SURE} surely, {_MAY} perhaps, {_NOT} surely not; of all bodies invited", columns)
    lines += hang("A census: no sampling, so no sampling error; bounds are over everything that is not known.", columns)
    return "\n".join(lines) + "\n"


def _asked(figures: Iterable[Figure]) -> str:
    waves: dict[str, Figure] = {}
    for figure in figures:
        waves.setdefault(figure.wave, figure)
    return "; ".join(f"{clean(name)}, {one.returned:,} of {one.invited:,} returned" for name, one in waves.items())


def _figure(figure: Figure, columns: int) -> list[str]:
    title = clean(figure.definition.title.get("en") or figure.definition.id)
    lines = hang(f"{title} [{clean(figure.definition.id)}]", columns)
    lines += hang(sentence(figure), columns, "  ", "  ")
    if figure.share is not None:
        lines += hang(said(figure), columns, "  ", "  ")
    if figure.definition.kind == "share":
        lines += _bars(figure, columns)
    states = ", ".join(f"{many:,} {STATE_NAMES[state]}" for state, many in figure.states.items())
    return lines + hang(states, columns, "  ", "    ")


def _bars(figure: Figure, columns: int) -> list[str]:
    """One bar for each reading of silence; one for both where they agree."""
    readings = {"silence not known": figure.silence_unknown, "silence means no": figure.silence_no}
    if figure.silence_unknown == figure.silence_no:
        readings = {"bounds": figure.silence_unknown}
    label = max(map(len, readings)) + 2
    return [
        f"  {pad(name, label)}{_bar(bounds, figure.invited, columns - label - 14)}" for name, bounds in readings.items()
    ]


def _bar(bounds: Bounds, invited: int, wide: int) -> str:
    low, high = bounds.lower or Fraction(0), bounds.upper if bounds.upper is not None else Fraction(invited)
    told = f" {whole(low):,}" if low == high else f" {whole(low):,} to {whole(high):,}"
    if not invited or wide < 8:
        return told.strip()
    wide = min(wide, 60, max(invited, 10))
    sure = int(low * wide / invited)
    reach = -int(-high * wide // invited)  # what may be is never rounded away
    return _SURE * sure + _MAY * (reach - sure) + _NOT * (wide - reach) + told


_VERDICTS: Mapping[str, str] = {
    "supported": "holds",
    "superseded": "held, and no longer does",
    "contradicted": "does not hold",
    "not_comparable": "speaks of another thing",
    "unverifiable": "cannot be settled",
}


def render_claims(judged: Sequence[Judged], columns: int) -> str:
    """Each claim with its verdict and why."""
    columns = max(columns, 24)
    lines: list[str] = []
    for item in judged:
        claim = item.claim
        lines += hang(f"{clean(claim.id)}: {_VERDICTS[item.verdict]} ({item.verdict})", columns)
        told = claim.text or _claimed(item)
        by = ", ".join(filter(None, (claim.speaker, claim.said_at.isoformat())))
        lines += hang(f"said: {clean(told)} ({clean(by)})", columns, "  ", "        ")
        for why in item.because:
            lines += hang(clean(why), columns, "  - ", "    ")
        lines.append("")
    counts = {verdict: sum(item.verdict == verdict for item in judged) for verdict in _VERDICTS}
    told = ", ".join(f"{many:,} {verdict.replace('_', ' ')}" for verdict, many in counts.items() if many)
    return "\n".join([*lines, *hang(f"{len(judged):,} claims: {told}" if judged else "no claims", columns)]) + "\n"


def _claimed(item: Judged) -> str:
    claim = item.claim
    told = "" if claim.bound == "exactly" else f"{claim.bound.replace('_', ' ')} "
    told += f"{whole(claim.numerator)}" if claim.numerator is not None else ""
    told += f" of {whole(claim.denominator)}" if claim.denominator is not None else ""
    return told + (f", {claim.share} %" if claim.share is not None else "")


def render_changes(changes: Sequence[Change], columns: int) -> str:
    """Each figure in two waves, the change over the whole set, and on the matched panel."""
    columns = max(columns, 24)
    lines: list[str] = []
    for change in changes:
        definition = change.first.definition
        lines += hang(f"{clean(definition.title.get('en') or definition.id)} [{clean(definition.id)}]", columns)
        for figure in (change.first, change.second):
            told = (
                f"{clean(figure.wave)}: {said(figure)}; {_range(figure.own.lower, figure.own.upper)} of the whole set"
            )
            lines += hang(told, columns, "  ", "    ")
        lines += hang(
            f"change over the whole set: {_range(change.lower, change.upper, sign=True)}", columns, "  ", "    "
        )
        bodies = "body" if change.panel == 1 else "bodies"
        panel = f"on the {change.panel:,} {bodies} settled in both: {whole(change.panel_first):,} to "
        panel += f"{whole(change.panel_second):,}, {_signed(change.change)}"
        if change.moves:
            began, ended = change.moves.get((False, True), 0), change.moves.get((True, False), 0)
            panel += f" ({began:,} began, {ended:,} ended)"
        lines += hang(panel, columns, "  ", "    ")
        if change.doubt:
            lines += hang(clean(change.doubt), columns, "  ", "    ")
        lines.append("")
    if changes:
        lines += _attrition(changes[0], columns)
    return "\n".join(lines) + "\n" if lines else "no figure is of both waves\n"


def _attrition(change: Change, columns: int) -> list[str]:
    lost = change.attrition
    told = f"{lost.invited_both:,} bodies asked in both: {lost.returned_both:,} returned both times, "
    told += f"{lost.only_first:,} only the first, {lost.only_second:,} only the second, {lost.neither:,} neither."
    lines = hang(told, columns)
    for word, names in (("asked for the first time", lost.joined), ("no longer asked", lost.left)):
        lines += hang(f"{word}: {', '.join(map(clean, names))}", columns, "  ", "    ") if names else []
    for name, before in lost.merged.items():
        lines += hang(f"{clean(name)} is the successor of {', '.join(map(clean, before))}", columns, "  ", "    ")
    return lines


def _signed(number: Fraction) -> str:
    return f"{whole(number):+,}" if number else "no change"


def _range(low: Fraction | None, high: Fraction | None, *, sign: bool = False) -> str:
    told = ["no bound" if side is None else f"{whole(side):+,}" if sign else f"{whole(side):,}" for side in (low, high)]
    return told[0] if told[0] == told[1] else f"{told[0]} to {told[1]}"


def render_edition(
    edition: Edition, figures: Sequence[Figure], notice: Correction | None, round_: Round, columns: int
) -> str:
    """One edition: its figures in sentences, what it corrects, and how its confirmation round stands."""
    columns = max(columns, 24)
    head = f"{clean(edition.title or edition.id)} [{clean(edition.id)}]"
    lines = [
        *hang(head, columns),
        *hang(f"with what was recorded up to {edition.cut.isoformat()}", columns, "  ", "  "),
    ]
    lines += [*hang(round_.sentence(), columns, "  ", "  "), ""]
    for figure in figures:
        title = clean(figure.definition.title.get("en") or figure.definition.id)
        lines += hang(f"{title}: {sentence(figure)}", columns, "  ", "    ")
    if notice is not None:
        lines += ["", *render_correction(notice, columns)]
    return "\n".join(lines) + "\n"


_NOTICE = {"what": "what", "cause": "cause", "noticed_by": "noticed by", "told": "who was told"}


def render_correction(found: Correction, columns: int) -> list[str]:
    """What differs from the edition before, as a notice."""
    word = "Correction of" if found.corrects else "Since"
    lines = hang(f"{word} edition {clean(found.before.id)}, in edition {clean(found.after.id)}", columns)
    for key, told in found.after.notice.items() if found.corrects else ():
        lines += hang(f"{_NOTICE[key]}: {clean(told)}", columns, "  ", "    ")
    for item in found.figures:
        title = clean(item.after.definition.title.get("en") or item.after.definition.id)
        lines += hang(f"{title}: as published {said(item.before)}, now {said(item.after)}", columns, "  ", "    ")
    if not found.figures:
        lines += hang("no figure differs", columns, "  ", "    ")
    for then, now in found.claims:
        lines += hang(f"claim {clean(now.claim.id)}: {then.verdict} then, {now.verdict} now", columns, "  ", "    ")
    for row in found.rows:
        value = f" {row.held.value}" if row.held.value is not None else ""
        told = f"{clean(row.body)}, {clean(row.question)}: {row.held.state}{value} ({row.recorded_at.isoformat()}; "
        told += f"{clean(row.source)})"
        lines += hang(told, columns, "  ", "    ")
    return lines
