"""What a small survey comes to, by enumeration. Imports nothing of the package: it is the other opinion.

Every completion of every body is written down: each open cell takes each value of a small set that stands for its
type, routing is followed again in each, and the two rules are asked. Then every combination over the bodies.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import Any

OPEN = {"not_known", "refused", "not_answered", "return_missing", "withdrawn"}
VALUED = {"answered", "none", "corrected"}
OUT, UNKNOWN = "<out>", None


class Maybe:
    """A value that stands only if the question was put."""

    def __init__(self, value: Any) -> None:
        self.value = value


def refs(rule: Any) -> set[str]:
    if isinstance(rule, dict):
        if "source" in rule:
            return {rule["identifier"]}
        return set().union(*(refs(part) for parts in rule.values() for part in parts))
    if isinstance(rule, list):
        return set().union(*map(refs, rule)) if rule else set()
    return set()


def literals(rule: Any) -> list[Any]:
    if isinstance(rule, dict):
        return [] if "source" in rule else [x for parts in rule.values() for part in parts for x in literals(part)]
    if isinstance(rule, list):
        return [x for part in rule for x in literals(part)]
    return [rule]


def compare(op: str, left: Any, right: Any) -> bool:
    if op == "==":
        return left == right
    if op == "!=":
        return left != right
    if left == "<nothing>" or right == "<nothing>":
        return False
    return {">": left > right, "<": left < right, ">=": left >= right, "<=": left <= right}[op]


def ask(rule: Any, env: dict[str, Any]) -> bool | None:
    """True, False or None (not known)."""
    if isinstance(rule, bool):
        return rule
    ((op, parts),) = rule.items()
    if op == "and":
        found = [ask(part, env) for part in parts]
        return False if False in found else None if None in found else True
    if op == "or":
        found = [ask(part, env) for part in parts]
        return True if True in found else None if None in found else False
    if op == "not":
        found = ask(parts[0], env)
        return None if found is None else not found
    if op == "known":
        value = env[parts[0]["identifier"]]
        return None if isinstance(value, Maybe) else value not in (OUT, UNKNOWN)
    if op == "in":
        value = env[parts[0]["identifier"]]
        wanted = parts[1]
    else:
        value, wanted = (env[part["identifier"]] if isinstance(part, dict) else part for part in parts)
    sides = [value] if op == "in" else [value, wanted]
    if any(isinstance(side, str) and side == OUT for side in sides):
        return False
    if UNKNOWN in sides:
        return None
    sure = not any(isinstance(side, Maybe) for side in sides)
    plain = [side.value if isinstance(side, Maybe) else side for side in sides]
    holds = plain[0] in wanted if op == "in" else compare(op, *plain)
    return False if not holds else True if sure else None


class Body:
    """One body's rows for one reading: `rows` is question -> (state, value)."""

    def __init__(self, survey: dict[str, Any], rows: dict[str, tuple[str, Any]], silence_no: bool) -> None:
        self.questions = survey["questions"]  # id -> {type, options, when}, each after those its routing names
        self.rows = rows
        self.returned = any(state != "return_missing" for state, _ in rows.values())
        self.silence_no = silence_no
        self.states: dict[str, str] = {}
        self.now = self.world({})

    def world(self, filled: dict[str, Any], *, completing: bool = False) -> dict[str, Any]:
        env: dict[str, Any] = {}
        for name, question in self.questions.items():
            route = True if question["when"] is None else ask(question["when"], env)
            if not completing:
                if name in self.rows:
                    self.states[name] = self.rows[name][0]
                else:
                    missing = "routed_out" if route is False else "not_answered"
                    self.states[name] = missing if self.returned else "return_missing"
            state = self.states[name]
            if state == "routed_out" or route is False:
                env[name] = OUT
                continue
            value = self.rows[name][1] if state in VALUED else filled.get(name, UNKNOWN)
            if state == "not_answered" and self.silence_no:
                value = nothing(question["type"])
            env[name] = value if route is True or value is UNKNOWN else Maybe(value)
        return env

    def open_cells(self, needed: set[str]) -> list[str]:
        return [
            name
            for name, state in self.states.items()
            if name in needed and state in OPEN and not (state == "not_answered" and self.silence_no)
        ]


def nothing(kind: str) -> Any:
    return Fraction(0) if kind in ("count", "number") else "no" if kind == "yes_no" else "<nothing>"


def needed(survey: dict[str, Any], names: set[str]) -> set[str]:
    found: set[str] = set()
    while names:
        name = names.pop()
        if name not in found:
            found.add(name)
            when = survey["questions"][name]["when"]
            names |= refs(when) if when is not None else set()
    return found


def pairs(survey: dict[str, Any], body: Body, numerator: Any, denominator: Any) -> set[tuple[int, int]]:
    """Every (counted, inside) that a completion of one body comes to."""
    cells = body.open_cells(needed(survey, refs(numerator) | refs(denominator)))
    domains = [domain(survey, name) for name in cells]
    found = set()
    for values in product(*domains):
        env = body.world(dict(zip(cells, values, strict=True)), completing=True)
        inside = ask(denominator, env)
        counted = ask(numerator, env)
        assert inside is not None, "a completion leaves nothing open"
        assert counted is not None, "a completion leaves nothing open"
        found.add((int(inside and counted), int(inside)))
    return found


def domain(survey: dict[str, Any], name: str) -> list[Any]:
    question = survey["questions"][name]
    found: list[Any] = question["options"] if question["type"] == "choice" else survey["domains"][question["type"]]
    return found


def size(survey: dict[str, Any], body: Body, names: set[str]) -> int:
    total = 1
    for name in body.open_cells(needed(survey, names)):
        total *= len(domain(survey, name))
    return total


def bounds(every: list[set[tuple[int, int]]]) -> dict[str, Any]:
    """Least and greatest count and share over every combination of what each body can come to."""
    reached = {(0, 0)}
    for found in every:
        reached = {(top + n, bottom + d) for top, bottom in reached for n, d in found}
    counts = [top for top, _ in reached]
    shares = [Fraction(top, bottom) for top, bottom in reached if bottom]
    return {
        "lower": min(counts),
        "upper": max(counts),
        "lower_share": min(shares, default=None),
        "upper_share": max(shares, default=None),
    }


def share(
    survey: dict[str, Any], rows: dict[str, dict[str, tuple[str, Any]]], figure: dict[str, Any]
) -> dict[str, Any]:
    """What a share comes to. `rows`: invited body -> its rows."""
    denominator = figure["denominator"]
    rule = True if isinstance(denominator, str) else denominator
    result: dict[str, Any] = {"numerator": 0, "denominator": 0, "states": {}, "bounds": {}}
    for silence_no in (False, True):
        bodies = [Body(survey, body, silence_no) for body in rows.values()]
        every = [pairs(survey, body, figure["numerator"], rule) for body in bodies]
        result["bounds"]["silence_no" if silence_no else "silence_unknown"] = bounds(every)
        if silence_no:
            continue
        for body in bodies:
            inside = body.returned if denominator == "returned" else ask(rule, body.now) is True
            result["denominator"] += inside
            result["numerator"] += inside and ask(figure["numerator"], body.now) is True
            state = body.states[figure["question"]]
            result["states"][state] = result["states"].get(state, 0) + 1
    return result


def total(
    survey: dict[str, Any], rows: dict[str, dict[str, tuple[str, Any]]], figure: dict[str, Any]
) -> dict[str, Any]:
    """What a total comes to; the greatest only where nothing is unknown or a cap is given for each body."""
    result: dict[str, Any] = {"bounds": {}}
    for silence_no in (False, True):
        least = most = Fraction(0)
        unknown = 0
        for body in rows.values():
            value = Body(survey, body, silence_no).now[figure["question"]]
            if isinstance(value, Fraction):
                least, most = least + value, most + value
            elif isinstance(value, Maybe):
                most += value.value
            elif value is UNKNOWN:
                unknown += 1
        cap = figure["cap_per_body"]
        upper = most + unknown * cap if cap is not None else most if not unknown else None
        result["bounds"]["silence_no" if silence_no else "silence_unknown"] = {"lower": least, "upper": upper}
        if not silence_no:
            result["numerator"] = least
    return result


def verdict(claim: dict[str, Any], figure: dict[str, Any], now: dict[str, Any], then: dict[str, Any]) -> str:
    """What becomes of a claim; `now` and `then`: what its figure comes to today and on the day it was made."""
    if claim["unit"] != figure["unit"] or claim.get("question", figure["question"]) != figure["question"]:
        return "not_comparable"
    if holds(claim, figure, now):
        return "supported"
    if holds(claim, figure, then):
        return "superseded"
    if figure.get("denominator") == "invited" and fits(claim, now):
        low, high = own(figure, now)
        possible = {
            "exactly": low <= claim["numerator"] <= high,
            "at_least": claim["numerator"] <= high,
            "at_most": claim["numerator"] >= low,
        }
        if possible[claim["bound"]]:
            return "unverifiable"
    return "contradicted"


def own(figure: dict[str, Any], result: dict[str, Any]) -> tuple[Any, Any]:
    reading = result["bounds"]["silence_no" if figure["silence"] == "no" else "silence_unknown"]
    return reading["lower"], reading["upper"]


def prints(top: Any, bottom: Any, share: str) -> bool:
    """Whether a share rounds to what was printed, half up or half down."""
    if not bottom:
        return False
    places = len(share.partition(".")[2])
    exact = Fraction(top) * 100 / Fraction(bottom) * 10**places
    printed = Fraction(share) * 10**places
    return printed in (-((-2 * exact + 1) // 2), (2 * exact + 1) // 2)


def fits(claim: dict[str, Any], result: dict[str, Any]) -> bool:
    if "denominator" in claim and claim["denominator"] != result["denominator"]:
        return False
    return "share" not in claim or prints(claim["numerator"], result["denominator"], claim["share"])


def holds(claim: dict[str, Any], figure: dict[str, Any], result: dict[str, Any]) -> bool:
    low = high = result["numerator"]
    if figure.get("denominator") == "invited":
        low, high = own(figure, result)
    met = {"exactly": low == high == claim["numerator"], "at_least": low >= claim["numerator"]}
    if not met.get(claim["bound"], high <= claim["numerator"]):
        return False
    if "denominator" in claim and claim["denominator"] != result.get("denominator"):
        return False
    return "share" not in claim or prints(low, result.get("denominator"), claim["share"])
