"""Figures and verdicts of a survey on a terminal: sentences, and bounds as bars. Works at 40 columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from custodes.publication.text import clean, hang, pad
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
        by = ", ".join(filter(None, (claim.said_by, claim.said_at.isoformat())))
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
