"""Random small surveys: as plain structures for the oracle, and as the folder of files that the program reads."""

from __future__ import annotations

import csv
import json
import random
from fractions import Fraction
from pathlib import Path
from typing import Any

import oracle

TYPES = ["yes_no"] * 4 + ["count"] * 3 + ["choice"] * 2 + ["text", "number", "date"]
OPTIONS = ["a", "b", "c"]
DAYS = ["2020-01-01", "2020-01-02", "2020-01-03"]
#: Values that stand for a type: with literals of 1 to 3 they show every order and equality of three open cells.
DOMAINS: dict[str, list[Any]] = {
    "yes_no": ["yes", "no"],
    "count": [Fraction(n) for n in range(8)],
    "number": [Fraction(n, 4) for n in range(-3, 20)],
    "text": ["x", "y", "other 1", "other 2"],
    "date": [f"2019-12-{d:02d}" for d in (29, 30, 31)] + [f"2020-01-{d:02d}" for d in range(1, 7)],
}
ORDERING = [">", "<", ">=", "<="]
STATES = ["answered"] * 8 + ["not_known", "refused", "not_answered", "return_missing", "withdrawn", "none"]
STATES += ["routed_out", "corrected", None, None, None]
MOST = 600


def literal(chance: random.Random, question: dict[str, Any]) -> Any:
    kind = question["type"]
    if kind == "yes_no":
        return chance.choice(["yes", "no"])
    if kind == "choice":
        return chance.choice(question["options"])
    if kind in ("count", "number"):
        return Fraction(chance.choice([0, 1, 1, 2, 3]))
    return chance.choice(["x", "y"] if kind == "text" else DAYS)


def value(chance: random.Random, question: dict[str, Any]) -> Any:
    if question["type"] == "number" and chance.random() < 0.3:
        return Fraction(chance.choice([-1, 3, 5]), 2)
    return literal(chance, question)


def source(name: str) -> dict[str, str]:
    return {"source": "answers", "identifier": name}


def rule(chance: random.Random, questions: dict[str, Any], names: list[str], depth: int = 0) -> Any:
    """A random rule over `names`."""
    if depth < 3 and chance.random() < 0.45:
        op = chance.choice(["and", "or", "not"])
        parts = 1 if op == "not" else chance.choice([2, 2, 3])
        return {op: [rule(chance, questions, names, depth + 1) for _ in range(parts)]}
    name = chance.choice(names)
    question = questions[name]
    ordered = question["type"] in ("count", "number", "date")
    roll = chance.random()
    if roll < 0.08:
        return {"known": [source(name)]}
    if roll < 0.2:
        return {"in": [source(name), [literal(chance, question) for _ in range(2)]]}
    op = chance.choice(["==", "!=", *(ORDERING * 2 if ordered else [])])
    family = {"count": "number"}.get(question["type"], question["type"])
    alike = [
        other
        for other in names
        if other != name and {"count": "number"}.get(questions[other]["type"], questions[other]["type"]) == family
    ]
    if alike and chance.random() < 0.35 and family != "choice":
        return {op: [source(name), source(chance.choice(alike))]}
    sides = [source(name), literal(chance, question)]
    return {op: sides if chance.random() < 0.8 else sides[::-1]}


def survey(chance: random.Random) -> dict[str, Any]:
    """Questions, invited and other bodies, and two days of rows."""
    questions: dict[str, Any] = {}
    for number in range(chance.randint(1, 5)):
        kind = chance.choice(TYPES)
        when = None
        if questions and chance.random() < 0.55:
            when = rule(chance, questions, list(questions))
        options = chance.sample(OPTIONS, chance.choice([2, 3])) if kind == "choice" else []
        silence = chance.choice(["unknown", "no"])
        questions[f"q{number}"] = {"type": kind, "options": options, "when": when, "silence": silence}
    made = {"questions": questions, "domains": DOMAINS, "bodies": {}, "rows": []}
    for number in range(chance.randint(1, 5)):
        made["bodies"][f"b{number}"] = chance.random() < 0.9  # whether it was invited
    for body in made["bodies"]:
        if chance.random() < 0.15:
            continue  # no row at all
        for name, question in questions.items():
            for day in ("2022-02-01", "2022-03-01") if chance.random() < 0.2 else ("2022-02-01",):
                state = chance.choice(STATES)
                if state is not None:
                    made["rows"].append((body, name, state, _held(chance, question, state), day))
    return made


def _held(chance: random.Random, question: dict[str, Any], state: str) -> Any:
    if state == "none":
        return oracle.nothing(question["type"])
    return value(chance, question) if state in ("answered", "corrected") else None


def rows_at(made: dict[str, Any], cut: str) -> dict[str, dict[str, tuple[str, Any]]]:
    """Invited body to the rows that hold for it on a day."""
    found: dict[str, dict[str, tuple[str, Any]]] = {body: {} for body, invited in made["bodies"].items() if invited}
    for body, name, state, held, day in sorted(made["rows"], key=lambda row: row[4]):
        if body in found and day <= cut:
            found[body][name] = (state, held)
    return found


def figure(chance: random.Random, made: dict[str, Any]) -> dict[str, Any]:
    """A random figure."""
    questions = made["questions"]
    names = list(questions)
    counts = [name for name in names if questions[name]["type"] == "count"]
    if counts and chance.random() < 0.25:
        cap = chance.choice([None, Fraction(9)])
        return {"kind": "total", "unit": "device", "question": chance.choice(counts), "cap_per_body": cap}
    denominator = chance.choice(["invited", "returned", rule(chance, questions, names)])
    numerator = rule(chance, questions, names)
    return {
        "kind": "share",
        "unit": "body",
        "question": chance.choice(names),
        "numerator": numerator,
        "denominator": denominator,
    }


def small_enough(made: dict[str, Any], figures: list[dict[str, Any]]) -> bool:
    """Whether every body can be enumerated."""
    for item in figures:
        if item["kind"] != "share":
            continue
        names = oracle.refs(item["numerator"]) | (
            set() if isinstance(item["denominator"], str) else oracle.refs(item["denominator"])
        )
        for rows in rows_at(made, "2022-12-31").values():
            if oracle.size(made, oracle.Body(made, rows, False), set(names)) > MOST:
                return False
    return True


def plain(thing: Any) -> Any:
    """For JSON: fractions as numbers."""
    if isinstance(thing, Fraction):
        return int(thing) if thing.denominator == 1 else float(thing)
    if isinstance(thing, dict):
        return {key: plain(item) for key, item in thing.items() if item is not None}
    return [plain(item) for item in thing] if isinstance(thing, list) else thing


def write(made: dict[str, Any], figures: list[dict[str, Any]], claims: list[dict[str, Any]], folder: Path) -> None:
    """The folder of a survey; its YAML files are written as JSON, which they may be."""
    folder.mkdir(parents=True, exist_ok=True)
    questions = [
        {"id": name, "text": {"en": name}, **{key: item for key, item in question.items() if item or key == "when"}}
        for name, question in made["questions"].items()
    ]
    files = {
        "questionnaire": {"id": "random", "version": "1", "title": {"en": "Random"}, "sections": []},
        "waves": {"waves": [{"id": "w", "opened": "2022-01-15", "questionnaire": "random"}]},
        "figures": {"figures": [{"id": f"f{n}", **item} for n, item in enumerate(figures)]},
        "claims": {"claims": claims},
    }
    files["questionnaire"]["sections"] = [{"id": "s", "title": {"en": "S"}, "questions": questions}]
    for name, content in files.items():
        (folder / f"{name}.yaml").write_text(json.dumps(plain(content)), encoding="utf-8")
    with (folder / "bodies.csv").open("w", newline="", encoding="utf-8") as stream:
        out = csv.writer(stream)
        out.writerow(["body", "name", "kind", "invited_from", "invited_to"])
        for body, invited in made["bodies"].items():
            out.writerow([body, body.upper(), "force", "" if invited else "2022-02-01", ""])
    with (folder / "answers.csv").open("w", newline="", encoding="utf-8") as stream:
        out = csv.writer(stream)
        out.writerow(["body", "question", "part", "value", "state", "valid_at", "recorded_at", "source"])
        for body, name, state, held, day in made["rows"]:
            told = "" if held is None or state == "none" else str(plain(held))
            out.writerow([body, name, "", told, state, "2022-01-31", day, "made up"])


def claim(chance: random.Random, number: int, figures: list[dict[str, Any]], results: list[dict[str, Any]]) -> Any:
    """A random claim about one of the figures, often near what it comes to."""
    at = chance.randrange(len(figures))
    figure, result = figures[at], results[at]
    near = chance.choice([result["numerator"], result["bounds"]["silence_unknown"]["lower"]])
    upper = result["bounds"]["silence_unknown"]["upper"]
    near = upper if upper is not None and chance.random() < 0.3 else near
    made = {
        "id": f"c{number}",
        "figure": f"f{at}",
        "unit": figure["unit"] if chance.random() < 0.9 else "system",
        "bound": chance.choice(["exactly", "at_least", "at_most"]),
        "numerator": int(max(0, near + chance.choice([0, 0, 0, 1, -1]))),
        "said_at": chance.choice(["2022-02-15", "2022-12-31"]),
        "source": "made up",
    }
    if chance.random() < 0.2:
        made["question"] = chance.choice([figure["question"], "another"])
    whole = result.get("denominator")
    if whole is not None and chance.random() < 0.5:
        made["denominator"] = max(whole + chance.choice([0, 0, 0, 1]), made["numerator"])
        if made["denominator"] and chance.random() < 0.6:
            exact = Fraction(100 * made["numerator"], made["denominator"]) + chance.choice([0, 0, 2])
            made["share"] = f"{float(min(exact, Fraction(100))):.{chance.choice([0, 1])}f}"
    return made
