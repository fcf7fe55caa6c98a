"""Withheld answers against a reader who tries every answer that may stand in their place, and counts again by hand."""

from __future__ import annotations

import csv
import itertools
import json
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from publishing_sample import SIGNER

from custodes.model.errors import BadUsage
from custodes.publication.edition.content import Release, release
from custodes.publication.opendata.tables import tables
from custodes.publication.redaction.policy import read_plan
from custodes.survey.folder import load

FIRST, LATE = "2026-03-01", "2026-06-01"
EDITIONS = [
    {"id": "first", "title": "First", "cut": FIRST, "published": FIRST},
    {"id": "second", "title": "Second", "cut": LATE, "published": LATE},
]
#: Body and question to what was said; None: no row.
World = dict[tuple[str, str], str | None]


def ref(question: str) -> dict[str, str]:
    return {"source": "answers", "identifier": question}


def yes(question: str) -> dict[str, Any]:
    return {"==": [ref(question), "yes"]}


@dataclass(frozen=True)
class Case:
    """Figures: id to definition, and to who is counted, and who is outside, told by hand from p and q."""

    figures: list[dict[str, Any]]
    counted: Mapping[str, Callable[[str | None, str | None], bool]]
    within: Mapping[str, Callable[[str | None, str | None], bool]]
    routed: bool = False


def share(name: str, question: str, **more: Any) -> dict[str, Any]:
    return {"id": name, "kind": "share", "unit": "body", "question": question, "title": {"en": name}} | more


def always(_p: str | None, _q: str | None) -> bool:
    return True


CASES = {
    "one question": Case([share("q", "q")], {"q": lambda p, q: q == "yes"}, {"q": always}),
    "two in one": Case(
        [share("both", "q", numerator={"and": [yes("p"), yes("q")]})],
        {"both": lambda p, q: p == q == "yes"},
        {"both": always},
    ),
    "of those who": Case(
        [share("of", "q", denominator=yes("p"))],
        {"of": lambda p, q: p == q == "yes"},
        {"of": lambda p, q: p == "yes"},
    ),
    "nested": Case(
        [share("q", "q"), share("of", "q", denominator=yes("p"))],
        {"q": lambda p, q: q == "yes", "of": lambda p, q: p == q == "yes"},
        {"q": always, "of": lambda p, q: p == "yes"},
    ),
    "routed": Case(
        [share("p", "p"), share("q", "q")],
        {"p": lambda p, q: p == "yes", "q": lambda p, q: q == "yes"},
        {"p": always, "q": always},
        routed=True,
    ),
}


def survey(folder: Path, case: Case, world: World, late: frozenset[str], policy: str) -> Path:
    folder.mkdir(parents=True)
    bodies = sorted({body for body, _ in world})

    def put(name: str, told: object) -> None:
        (folder / name).write_text(json.dumps(told), encoding="utf-8")

    asked: list[dict[str, Any]] = [{"id": name, "type": "yes_no", "text": {"en": name}} for name in ("p", "q")]
    if case.routed:
        asked[1]["when"] = yes("p")
    sections = [
        {"id": "s", "title": {"en": "S"}, "questions": [*asked, {"id": "r", "type": "yes_no", "text": {"en": "r"}}]}
    ]
    put("questionnaire.yaml", {"id": "m", "version": "1", "title": {"en": "M"}, "sections": sections})
    put("waves.yaml", {"waves": [{"id": "w", "opened": "2026-01-05", "questionnaire": "m", "title": "W"}]})
    put("figures.yaml", {"figures": case.figures})
    put("editions.yaml", {"editions": EDITIONS})
    with (folder / "bodies.csv").open("w", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(("body", "name", "kind", "invited_from", "invited_to"))
        rows.writerows((body, body, "county", "", "") for body in bodies)
    with (folder / "answers.csv").open("w", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(("body", "question", "part", "value", "state", "valid_at", "recorded_at", "source"))
        for body in bodies:
            day = LATE if body in late else FIRST
            for question in ("p", "q"):
                if (value := world[body, question]) is not None:
                    rows.writerow((body, question, "", value, "answered", "", day, "a return"))
            rows.writerow((body, "r", "", "yes", "answered", "", day, "a return"))
    (folder / "publication.yaml").write_text(f"policy: {policy}\nlanguages: [en]\n", encoding="utf-8")
    return folder


def told(found: Release) -> dict[str, list[dict[str, Any]]]:
    return {one.name: [dict(row) for row in one.rows] for one in tables(found)}


def adds(case: Case, p: str | None, q: str | None) -> tuple[int, ...]:
    """What one body adds to every number of every figure: in it, out of, and the states of its question."""
    found: list[int] = []
    for one in case.figures:
        name, question = one["id"], one["question"]
        own = q if question == "q" else p
        out = case.routed and question == "q" and p == "no"
        within = p == "yes" if case.routed and question == "q" else case.within[name](p, q)
        state = "answered" if own is not None else "routed_out" if out else "open"
        found += [int(case.counted[name](p, q) and within), int(within)]
        found += [int(state == one_) for one_ in ("answered", "routed_out", "open")]
    return (*found, int(p is not None), int(q is not None))  # and how many rows there are, as is told of withheld ones


def recovered(
    case: Case, truth: World, shown: set[tuple[str, str]], late: frozenset[str], named: set[tuple[str, str]]
) -> set[tuple[str, str]]:
    """Answers that have one value in every world with the same numbers, those who returned late counted apart."""
    found: set[tuple[str, str]] = set()
    for group in ([body for body in bodies_of(truth) if (body in late) is is_late] for is_late in (False, True)):
        may = {body: list(patterns(case, truth, body, shown, named)) for body in group}
        want = summed(adds(case, truth[body, "p"], truth[body, "q"]) for body in group)
        for body in group:
            others = [one for one in group if one != body]
            reach = {()} if not others else sums([{adds(case, *pair) for pair in may[one]} for one in others])
            left = [pair for pair in may[body] if not others or minus(want, adds(case, *pair)) in reach]
            for place, question in enumerate(("p", "q")):
                secret = (body, question) not in shown and truth[body, question] is not None
                if secret and len({pair[place] for pair in left}) == 1:
                    found.add((body, question))
    return found


def bodies_of(world: World) -> list[str]:
    return sorted({body for body, _ in world})


def patterns(
    case: Case, truth: World, body: str, shown: set[tuple[str, str]], named: set[tuple[str, str]]
) -> Iterator[tuple[str | None, str | None]]:
    """What a body may have said, by what is shown of it; a policy that names it tells that it said something."""
    for pair in itertools.product(("yes", "no", None), repeat=2):
        keys = [(body, "p"), (body, "q")]
        fits = all(key not in shown or value == truth[key] for key, value in zip(keys, pair, strict=True))
        silent = any(key in named and value is None for key, value in zip(keys, pair, strict=True))
        odd = case.routed and pair[1] is not None and pair[0] != "yes"
        if fits and not silent and not odd:
            yield pair


def summed(rows: Iterator[tuple[int, ...]]) -> tuple[int, ...]:
    return tuple(map(sum, zip(*rows, strict=True)))


def minus(left: tuple[int, ...], right: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(one - other for one, other in zip(left, right, strict=True))


def sums(each: list[set[tuple[int, ...]]]) -> set[tuple[int, ...]]:
    """Every sum of one of each."""
    found = each[0]
    for more in each[1:]:
        found = {tuple(map(sum, zip(one, other, strict=True))) for one in found for other in more}
    return found


def drawn(seed: int, case: Case) -> tuple[World, frozenset[str], set[tuple[str, str]]]:
    chance = random.Random(seed)
    bodies = [f"b{place}" for place in range(7)]
    world: World = {}
    for body in bodies:
        world[body, "p"] = chance.choice(("yes", "yes", "no"))
        asked = not case.routed or world[body, "p"] == "yes"
        world[body, "q"] = chance.choice(("yes", "no", "no")) if asked else None
    late = frozenset(body for body in bodies if chance.random() < 0.15)
    many = chance.choice((1, 2, 4))
    named = {(body, "q") for body in chance.sample(bodies, many) if world[body, "q"] is not None}
    return world, late, named


@pytest.mark.parametrize("case", CASES)
def test_nothing_withheld_is_recovered_that_could_be_hidden(case: str, tmp_path: Path) -> None:
    """Over seeds: what is recovered though the program hid what it could is recovered from the bare figures too."""
    one, tried, refused, saved = CASES[case], 0, 0, 0
    for seed in range(60):
        world, late, named = drawn(seed, one)
        if not named:
            continue
        policy = "{{withhold: [{}]}}".format(
            ", ".join(f"{{question: {q}, body: {b}, why: secret}}" for b, q in sorted(named))
        )
        folder = survey(tmp_path / f"{seed}", one, world, late, policy)
        read = load(folder)
        try:
            found = release(read, read_plan(read), "1", SIGNER)
        except BadUsage:
            refused += 1
            continue
        tried += 1
        shown = {(row["body"], row["question"]) for row in told(found)["answers"]}
        # of a question that is shown, silence is seen as well
        whole = {
            question
            for question in ("p", "q")
            if all((body, question) in shown for body, q in world if q == question and world[body, q] is not None)
        }
        shown |= {key for key in world if key[1] in whole}
        plain = {key for key in world if key not in named}
        saved += bool(recovered(one, world, plain, late, named) & named)
        left = recovered(one, world, shown & set(world), late, named) & named
        bare = recovered(one, world, set(), late, named) & named
        assert left <= bare, (seed, left - bare)
        assert len(bare) <= found.known or not left, (seed, "what the figures tell is counted")
    assert tried > 10 and saved > 3, (tried, saved, refused)


def test_a_late_body_alone_is_refused(tmp_path: Path) -> None:
    world = {(f"b{place}", name): "yes" if place % 2 else "no" for place in range(9) for name in ("p", "q")}
    policy = "{{withhold: [{}]}}".format(", ".join(f"{{question: q, body: b{place}, why: x}}" for place in range(4)))
    folder = survey(tmp_path / "s", CASES["one question"], world, frozenset({"b0"}), policy)
    read = load(folder)
    with pytest.raises(BadUsage, match="of a body that returned late"):
        release(read, read_plan(read), "1", SIGNER)


def test_an_earlier_edition_stays_the_beginning_of_the_log(tmp_path: Path) -> None:
    """What a first edition shows is still shown by the next, whatever is corrected in between."""
    world = {(f"b{place}", name): "yes" if place in (1, 5, 7) else "no" for place in range(9) for name in ("p", "q")}
    policy = "{{withhold: [{}]}}".format(", ".join(f"{{question: q, body: b{place}, why: x}}" for place in range(4)))
    folder = survey(tmp_path / "s", CASES["one question"], world, frozenset(), policy)
    both = json.loads((folder / "editions.yaml").read_text())["editions"]
    (folder / "editions.yaml").write_text(json.dumps({"editions": both[:1]}))
    read = load(folder)
    before = release(read, read_plan(read), "1", SIGNER).log.entries
    with (folder / "answers.csv").open("a", newline="") as stream:
        csv.writer(stream).writerow(("b1", "q", "", "no", "corrected", "", LATE, "a correction"))
    (folder / "editions.yaml").write_text(json.dumps({"editions": both}))
    read = load(folder)
    try:
        after = release(read, read_plan(read), "1", SIGNER).log.entries
    except BadUsage as error:
        assert "out already" in str(error)
    else:
        assert after[: len(before)] == before
