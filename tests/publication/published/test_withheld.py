"""Answers that a policy withholds, against whoever reads all else: by subtraction, by routing, by a lead, in time."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from attacker import Sum, gather
from publishing_sample import published

from custodes.model.errors import BadUsage
from custodes.publication.redaction.policy import read_plan
from custodes.survey.faults import SurveyRefused
from custodes.survey.folder import load
from made_survey import make

Rows = list[dict[str, str]]


def changed(
    folder: Path,
    policy: str,
    rows: Callable[[Rows], Rows] = lambda rows: rows,
    figures: list[dict[str, Any]] | None = None,
    bodies: int = 20,
    seed: int = 3,
) -> Path:
    """A made-up survey of seven questions with another policy, other rows, more figures."""
    survey = make(folder / "survey", bodies, 7, seed)
    (survey / "publication.yaml").write_text(f"policy: {policy}\nlanguages: [en]\n", encoding="utf-8")
    with (survey / "answers.csv").open(encoding="utf-8", newline="") as stream:
        found = rows(list(csv.DictReader(stream)))
    with (survey / "answers.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(dict.fromkeys(key for row in found for key in row)))
        writer.writeheader()
        writer.writerows(found)
    if figures:
        path = survey / "figures.yaml"
        kept = json.loads(path.read_text())["figures"]
        path.write_text(json.dumps({"figures": [*kept, *figures]}), encoding="utf-8")
    return survey


def table(bundle: Path, name: str) -> Rows:
    with (bundle / f"data/{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def standings(bundle: Path, figure: str) -> dict[str, str]:
    return {row["body"]: row["standing"] for row in table(bundle, "members") if row["figure"] == figure}


def answered(survey: Path, question: str) -> dict[str, str]:
    with (survey / "answers.csv").open(encoding="utf-8", newline="") as stream:
        return {row["body"]: row["value"] for row in csv.DictReader(stream) if row["question"] == question}


def on_time(rows: Rows) -> Rows:
    """Every row of the first edition: of bodies that return late, few differ from the edition before."""
    return [{**row, "recorded_at": "2026-03-01"} for row in rows]


def ref(question: str) -> dict[str, str]:
    return {"source": "answers", "identifier": question}


def test_the_answer_of_one_body_cannot_be_had_by_subtraction(tmp_path: Path) -> None:
    one = "{question: %s, body: %s, why: secret}"
    policy = f"{{invented: yes, answers: all, withhold: [{one % ('q000', '%s')}, {one % ('q006', '%s')}]}}"
    first = sorted(answered(changed(tmp_path / "a", "{invented: yes}"), "q006"))[0]
    survey = changed(tmp_path / "b", policy % (first, first))
    bundle = tmp_path / "bundle"
    published(survey, bundle)
    shown = {row["body"] for row in table(bundle, "answers") if row["question"] in ("q000", "q006")}
    assert len(answered(survey, "q006").keys() - shown) >= 3
    assert set(standings(bundle, "q000").values()) <= {"withheld", "no_return"}
    assert "could be worked out" in (bundle / "method.html").read_text(encoding="utf-8")
    others = {row["question"] for row in table(bundle, "answers")}
    assert others == {"q001", "q002", "q003", "q004", "q005"}  # and no more than that is withheld besides


def test_a_figure_of_two_questions_shows_only_whom_both_show(tmp_path: Path) -> None:
    either = {"or": [{"==": [ref("q000"), "yes"]}, {"==": [ref("q001"), "yes"]}]}
    figure = {"id": "either", "kind": "share", "unit": "body", "question": "q000", "numerator": either}
    survey = changed(tmp_path, "{invented: yes, answers: none, publish: [q000]}", on_time, figures=[figure])
    published(survey, tmp_path / "bundle")
    assert set(standings(tmp_path / "bundle", "either").values()) <= {"withheld", "no_return"}
    assert "counted" in standings(tmp_path / "bundle", "q000").values()


def test_routing_does_not_tell_what_it_hangs_on(tmp_path: Path) -> None:
    survey = changed(tmp_path, "{invented: yes, withhold: [{question: q000, why: secret}]}", on_time)
    path = survey / "questionnaire.yaml"
    told = json.loads(path.read_text())
    for section in told["sections"]:
        for question in section["questions"]:
            if question["id"] == "q001":
                question["when"] = {"==": [ref("q000"), "yes"]}
    path.write_text(json.dumps(told), encoding="utf-8")
    with (survey / "answers.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    yes = {row["body"] for row in rows if row["question"] == "q000" and row["value"] == "yes"}
    kept = [row for row in rows if row["question"] != "q001" or row["body"] in yes]
    with (survey / "answers.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0])
        writer.writeheader()
        writer.writerows(kept)
    published(survey, tmp_path / "bundle")
    members = standings(tmp_path / "bundle", "q001")
    silent = {body for body, what in members.items() if what == "withheld"}
    assert "outside" not in members.values() and "not_counted" not in {members[body] for body in silent}
    assert silent >= {body for body in members if body not in yes and members[body] != "no_return"}


def test_a_synthetic_row_is_no_answer_though_a_real_one_stands_beside(tmp_path: Path) -> None:
    def more(rows: Rows) -> Rows:
        real = next(row for row in rows if row["question"] == "q000" and row["value"] == "no")
        made_up = {"state": "corrected", "recorded_at": "2026-05-30", "source": "synthetic: made up"}
        return [*rows, {**real, **made_up, "value": "yes"}]

    survey = changed(tmp_path, "{answers: typed}", more)
    with (survey / "answers.csv").open(encoding="utf-8", newline="") as stream:
        body = next(row["body"] for row in csv.DictReader(stream) if row["source"].startswith("synthetic"))
    bundle = tmp_path / "bundle"
    published(survey, bundle)
    assert standings(bundle, "q000")[body] == "withheld"
    for page in bundle.rglob("correction.json"):
        assert "made up" not in page.read_text(encoding="utf-8")


def test_whoever_points_to_a_body_does_not_tell_its_answer(tmp_path: Path) -> None:
    def led(rows: Rows) -> Rows:
        found = [{**row, "lead": ""} for row in on_time(rows)]
        leader, follower = (row["body"] for row in [one for one in found if one["question"] == "q000"][:2])
        return [
            {**row, "lead": leader, "value": ""} if (row["body"], row["question"]) == (follower, "q000") else row
            for row in found
        ]

    survey = changed(tmp_path, "{invented: yes}", led, bodies=30)
    with (survey / "answers.csv").open(encoding="utf-8", newline="") as stream:
        leader, follower = next((row["lead"], row["body"]) for row in csv.DictReader(stream) if row["lead"])
    others = sorted(set(answered(survey, "q000")) - {leader, follower})[:4]
    held = ", ".join(f"{{question: q000, body: {body}, why: secret}}" for body in (leader, *others))
    (survey / "publication.yaml").write_text(f"policy: {{invented: yes, withhold: [{held}]}}\n", encoding="utf-8")
    published(survey, tmp_path / "bundle")
    assert standings(tmp_path / "bundle", "q000")[follower] == "withheld"


def test_an_edition_that_adds_one_body_is_refused_where_answers_are_not_told(tmp_path: Path) -> None:
    def one_late(rows: Rows) -> Rows:
        late = rows[0]["body"]
        return [{**row, "recorded_at": "2026-06-01" if row["body"] == late else "2026-03-01"} for row in rows]

    survey = changed(tmp_path, "{invented: yes, answers: none, suppress_below: 3}", one_late)
    with pytest.raises(BadUsage, match="of a body that returned late"):
        published(survey, tmp_path / "bundle")


def test_figures_of_one_question_do_not_undo_each_other(tmp_path: Path) -> None:
    """A figure of those who say no beside each of those who say yes: each cell of one is a cell of the other."""
    no = [
        {"id": f"no-{name}", "kind": "share", "unit": "body", "question": name, "numerator": {"==": [ref(name), "no"]}}
        for name in ("q000", "q001", "q002", "q003", "q004", "q005")
    ]
    policy = "{invented: yes, answers: none, suppress_below: 3}"
    survey = changed(tmp_path, policy, figures=no, bodies=60)
    published(survey, tmp_path / "bundle")
    puzzle = gather(tmp_path / "bundle")
    assert len(puzzle.hidden) > 40
    cells = {*puzzle.known, *puzzle.hidden}
    pairs = (("counted", "not_counted"), ("not_counted", "counted"), ("open", "open"))
    for edition, figure, kind, column in sorted(cells):
        for ours, theirs in pairs:
            other = (edition, f"no-{figure}", kind, theirs)
            if column == ours and other in cells:
                puzzle.sums.append(Sum({(edition, figure, kind, column): 1, other: -1}, 0, 0))
    from test_redaction import truly_sensitive, worked_out_anyway

    secret = truly_sensitive(survey) - worked_out_anyway(puzzle)
    assert secret <= puzzle.hidden
    assert set(puzzle.recovered()) & secret == set()


def test_texts_of_parts_claims_and_notices_are_scrubbed(tmp_path: Path) -> None:
    survey = changed(tmp_path, "{invented: yes, names: [Jane Doe]}")
    claims = json.loads((survey / "claims.yaml").read_text())["claims"]
    told = "said Jane Doe, jane.doe@example.org, 10.1.2.3, 01632 960123"
    for key in ("text", "source", "said_by", "note"):
        claims[0][key] = told
    (survey / "claims.yaml").write_text(json.dumps({"claims": claims}), encoding="utf-8")
    editions = json.loads((survey / "editions.yaml").read_text())["editions"]
    editions[1] |= {"corrects": "first", "title": f"With {told}", "notice": {"what": told, "cause": told}}
    (survey / "editions.yaml").write_text(json.dumps({"editions": editions}), encoding="utf-8")
    published(survey, tmp_path / "bundle")
    from attacker import seek

    needles = {one: one for one in ("Jane Doe", "jane.doe@example.org", "10.1.2.3", "01632 960123")}
    assert seek(tmp_path / "bundle", needles) == []


def test_texts_of_the_survey_itself_are_scrubbed(tmp_path: Path) -> None:
    """Questions, options, sections, figures, waves, the policy, who had access: at every exit."""
    told = "ask Jane Doe, jane.doe@example.org, 10.1.2.3, 01632 960123"
    figure = {"id": "one", "kind": "share", "unit": "body", "question": "q001", "title": {"en": told}, "names": [told]}
    figure["numerator"] = {"==": [ref("q001"), "yes"]}
    policy = f"{{id: '{told}', invented: yes, names: [Jane Doe], withhold: [{{question: q000, why: '{told}'}}]}}"
    survey = changed(tmp_path, policy, on_time, figures=[figure])
    plan = survey / "publication.yaml"
    access = f"access_before_release: [{{role: '{told}', organisation: x, from: 2026-01-01, why: '{told}'}}]\n"
    plan.write_text(plan.read_text() + access, encoding="utf-8")
    for name, old in (("questionnaire.yaml", "Invented question q001?"), ("waves.yaml", "An invented wave")):
        path = survey / name
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, told), encoding="utf-8")
    path = survey / "questionnaire.yaml"
    path.write_text(path.read_text().replace("Invented section", told), encoding="utf-8")
    published(survey, tmp_path / "bundle")
    from attacker import seek

    needles = {one: one for one in ("Jane Doe", "jane.doe@example.org", "10.1.2.3", "01632 960123")}
    assert seek(tmp_path / "bundle", needles) == []


def test_who_answered_a_round_is_not_told_where_that_is_made_up(example: Path) -> None:
    assert set(standings(example, "drones-answered").values()) == {"not_told"}
    round_ = {row["returned"] for row in table(example, "bodies") if row["wave"] == "foi-drones"}
    assert round_ == {""}
    asked = {row["returned"] for row in table(example, "bodies") if row["wave"] == "survey-2022"}
    assert asked == {"yes", "no"}


@pytest.mark.parametrize(
    ("plan", "why"),
    [
        ("policy: {answers: some}", "`answers` is"),
        ("policy: {suppress_below: 3}", "`answers: none`"),
        ("policy: {suppress_below: many, answers: none}", "whole number"),
        ("policy: {publish: [q999]}", "no question 'q999'"),
        ("policy: {withhold: [{question: q000}]}", "wants a `why`"),
        ("policy: {withhold: [{question: q000, body: nobody, why: x}]}", "no body 'nobody'"),
        ("policy: {returns: [{wave: w9, source: x}]}", "no wave 'w9'"),
        ("origin: two words", "without a space"),
        ("policy: {witthold: [{question: q000, why: x}]}", "did you mean 'withhold'?"),
        ("polcy: {answers: none}", "did you mean 'policy'?"),
        ("policy: {withhold: [q000]}", "a mapping of"),
        ("policy: none", "a mapping of"),
        ("languages: [fr]", "pages are written in"),
        ("boundaries: nowhere.geojson", "there is no file"),
        ("licence: {title: x}", "`licence` has"),
        ("systems: [{id: a, sections: [nothing]}]", "no section 'nothing'"),
        ("policy: [", "cannot be read"),
    ],
)
def test_a_fault_of_the_plan_is_told_with_its_line(tmp_path: Path, plan: str, why: str) -> None:
    survey = make(tmp_path / "survey", 4, 7, 1)
    (survey / "publication.yaml").write_text(f"# a plan\n{plan}\n", encoding="utf-8")
    with pytest.raises(SurveyRefused) as caught:
        read_plan(load(survey))
    assert why in str(caught.value) and "publication.yaml:" in str(caught.value)
