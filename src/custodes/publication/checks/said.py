"""The answers to checks for a terminal and as objects."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from custodes.knowledge.text import some_of
from custodes.model.assessment import Assessment
from custodes.model.checks import Attestation, Result, Says, Way
from custodes.model.vocab import Certainty
from custodes.publication.terminal import heading
from custodes.publication.text import clean, hang

#: Of several bodies or systems so many are told one by one in a terminal.
_MOST = 6
_SAID: Mapping[Says, str] = {
    Says.SHORTFALL: "shortfall",
    Says.ATTESTED_NOT: "attested not",
    Says.IN_PART: "attested in part",
    Says.NOT_KNOWN: "not known",
    Says.NOT_ANSWERED: "not answered",
    Says.NONE_SEEN: "none seen",
    Says.ATTESTED: "attested",
    Says.NOT_APPLICABLE: "does not apply",
    Says.NOT_TESTABLE: "not testable",
}
_ORDER = tuple(_SAID)
_HEADS = {
    Way.AUTOMATIC: "By the records and the network",
    Way.BOTH: "By the network, and by a person",
    Way.ATTESTED: "By a person",
    Way.NOT_TESTABLE: "Not testable from outside",
}


def result_object(one: Result) -> dict[str, Any]:
    """The object of one answer, as `custodes checks --format json` prints it."""
    check = one.check
    return {
        "check": check.id,
        "area": check.area,
        "asks": check.asks,
        "way": check.way.value,
        "of": check.of.value,
        "body": one.body,
        "system": one.system,
        "name": one.name,
        "says": one.says.value,
        "text": one.text,
        "looked": one.outcome.looked,
        "short": list(one.outcome.short),
        "unknown": len(one.outcome.unknown),
        "because": list(one.outcome.because),
        "attested": _attestation(one.attested) if one.attested else None,
        "earlier": [_attestation(told) for told in one.earlier],
        "reference": check.reference,
        "reference_read": check.certainty is not Certainty.LOW,
        "source": check.source,
    }


def _attestation(one: Attestation) -> dict[str, str]:
    told = {"answer": one.answer.value, "by": one.by, "on": one.on, "evidence": one.evidence}
    return {**told, "term": one.term, "note": one.note, "place": one.place}


def results_text(results: Sequence[Result], told: Assessment, columns: int) -> str:
    """The answers by how they can be known, the gravest first; what nobody answered stands together."""
    lines = [*heading(told, columns), *hang(clean(told.title), columns), *hang(_counts(results), columns), ""]
    alone = len({one.body for one in results}) < 2 and not any(one.system for one in results)
    for way, head in _HEADS.items():
        own = [one for one in results if one.check.way is way]
        if own:
            lines += [head, *_of_way(own, columns, alone=alone), ""]
    lines += hang("Nothing seen is not nothing there. None of this is a seal; it says what was looked at.", columns)
    if any(one.check.certainty is Certainty.LOW for one in results):
        lines += hang("* the standard behind it was not read in the source itself", columns)
    return "\n".join(lines) + "\n"


def _counts(results: Sequence[Result]) -> str:
    """How many checks say what, each by the gravest of its answers."""
    worst: dict[str, int] = {}
    for one in results:
        worst[one.check.id] = min(worst.get(one.check.id, len(_ORDER)), _ORDER.index(one.says))
    found = Counter(worst.values())
    told = ", ".join(f"{found[place]:,} {_SAID[says]}" for place, says in enumerate(_ORDER) if found[place])
    return f"{len(worst):,} checks: {told}"


def _of_way(results: Sequence[Result], columns: int, *, alone: bool) -> Iterator[str]:
    by_check: dict[str, list[Result]] = defaultdict(list)
    silent: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for one in results:
        by_check[one.check.id].append(one)
    for own in sorted(by_check.values(), key=lambda own: min(_ORDER.index(one.says) for one in own)):
        told = [one for one in own if one.says is not Says.NOT_ANSWERED]
        if told:
            yield from _of_check(told, columns, alone=alone, whole=len(told) == len(own))
        for one in own:
            if one.says is Says.NOT_ANSWERED:
                asks = f"{one.check.id} {one.check.asks}"
                silent[clean(one.text)][asks].append(clean(one.name))
    yield from _unanswered(silent, columns, alone=alone)


def _unanswered(silent: Mapping[str, Mapping[str, list[str]]], columns: int, *, alone: bool) -> Iterator[str]:
    """What nobody answered, by why that matters and by whom it is asked; `silent`: text to question to names."""
    for text, checks in silent.items():
        yield from hang(text, columns, f"  {_SAID[Says.NOT_ANSWERED]:17}", " " * 19)
        grouped: dict[str, list[str]] = defaultdict(list)
        for asks, names in checks.items():
            grouped["" if alone else some_of([name for name in names if name], _MOST)].append(asks)
        for who, asked in grouped.items():
            if who:
                yield from hang(f"{who}:", columns, " " * 21, " " * 23)
            for asks in asked:
                yield from hang(asks, columns, " " * 21, " " * 28)


def _of_check(told: Sequence[Result], columns: int, *, alone: bool, whole: bool) -> Iterator[str]:
    """What is told of one check. `whole`: of all that it speaks of, so that what is alike needs no names."""
    check = told[0].check
    star = "*" if check.certainty is Certainty.LOW else ""
    ordered = sorted(told, key=lambda one: _ORDER.index(one.says))
    yield from hang(f"{check.id}{star} {check.asks}", columns, f"  {_SAID[ordered[0].says]:17}", " " * 19)
    alike: dict[str, list[str]] = defaultdict(list)
    for one in ordered:
        said = one.says is ordered[0].says or one.text.startswith(_SAID[one.says])
        word = "" if said else f"{_SAID[one.says]}: "
        detail = f" ({'; '.join(clean(text) for text in one.outcome.because)})" if one.outcome.because else ""
        alike[f"{word}{clean(one.text)}{detail}"].append(clean(one.name))
    for text, names in list(alike.items())[:_MOST]:
        who = "" if alone or not names[0] or (whole and len(names) == len(told) > 1) else f"{some_of(names, _MOST)}: "
        yield from hang(f"{who}{text}", columns, " " * 21, " " * 23)
    if len(alike) > _MOST:
        yield f"{'':21}and {len(alike) - _MOST:,} more (--format json lists all)"
