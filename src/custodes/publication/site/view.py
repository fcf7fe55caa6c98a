"""The pages of a release: which there are, and what each is given."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from custodes.publication.edition.content import KEPT_BACK, NOT_TOLD, Frozen, Published, Told, figures_of, standings
from custodes.publication.opendata.frozen import folder
from custodes.publication.redaction.kinds import ByKind
from custodes.publication.site import charts
from custodes.publication.site.build import Page, Site
from custodes.publication.site.paths import page_of
from custodes.publication.site.places import area_map, tiles_of
from custodes.publication.site.rulewords import denominator_words, rule_words
from custodes.publication.site.view_more import body_pages, claims_page, corrections_page, text_pages
from custodes.publication.site.words import state_name
from custodes.survey.asked import Body
from custodes.survey.count import Standing
from custodes.survey.figures import Figure, whole
from custodes.survey.questionnaire import Section
from custodes.survey.sentences import assumption, sentence

#: The standings of bodies in the order in which pages list them.
ORDER = (*map(str, (Standing.COUNTED, Standing.OPEN)), KEPT_BACK, NOT_TOLD, "not_counted", "outside", "no_return")
MOST_NAMED = 60
MOST_ROWS = 100


def pages(site: Site) -> Iterator[Page]:
    """Every page in one language."""
    yield _front(site)
    figures = site.found.last.figures
    given = {"intro": site.t("figures_intro"), **figure_list(site, figures, "all")}
    yield Page("figures/index.html", "figures.html.j2", site.t("figures"), given)
    for told in figures:
        yield _figure(site, told)
    yield from _systems(site)
    yield from _suppliers(site)
    yield from _rules(site)
    yield from body_pages(site)
    yield claims_page(site)
    yield corrections_page(site)
    yield from _editions(site)
    yield from text_pages(site)


@dataclass(frozen=True, slots=True)
class Line:
    """A figure in a table of figures."""

    path: str
    title: str
    sentence: str
    figure: Figure
    content: dict[str, Any]


def figure_list(site: Site, figures: Sequence[Told], chart_id: str) -> dict[str, Any]:
    """Figures with their chart and table."""
    lines = [
        Line(
            page_of("figures", told.figure.definition.id),
            site.title_of(told.figure.definition.title, told.figure.definition.id),
            sentence(told.figure, site.language),
            told.figure,
            dict(told.content),
        )
        for told in figures
    ]
    rows = [row for line in lines if (row := charts.interval(line.figure, line.title)) is not None]
    chart = charts.intervals(chart_id, rows, site.t) if rows else None
    return {"lines": lines, "chart": chart, "chart_id": chart_id, "key": _key(rows, site)}


def _key(rows: Sequence[charts.Interval], site: Site) -> list[tuple[str, str]]:
    """The marks that a chart uses, each with its word."""
    used = [("solid", "key_sure", True)]
    used.append(("striped", "key_no", any(row.most_no > row.sure for row in rows)))
    used.append(("dashed", "key_unknown", any(row.most > row.most_no for row in rows)))
    return [(form, site.t(word)) for form, word, there in used if there]


def _front(site: Site) -> Page:
    found = site.found
    returns = next((one for one in found.last.figures if one.figure.definition.kind == "returns"), None)
    given: dict[str, Any] = {
        **figure_list(site, found.last.figures, "front"),
        "returns": returns,
        "synthetic": found.survey.answers.synthetic() and not found.plan.policy.invented,
        "silent": [],
        "silent_told": False,
    }
    if returns is not None:
        members = {body: _plain_return(what) for body, what in returns.members.items()}
        given |= _members(site, returns, members, "answered") | {"member_map": None}  # its page has the map
        given["returns_said"] = sentence(returns.figure, site.language)
        given["silent"] = [body.name for body in _asked(site, returns) if members[body.id] == "no_return"]
        given["silent_told"] = NOT_TOLD not in members.values()
    return Page("index.html", "front.html.j2", site.title_of(found.plan.title), given)


def _plain_return(what: str) -> str:
    return "returned" if what == Standing.COUNTED else what


def _asked(site: Site, told: Told) -> tuple[Body, ...]:
    survey = site.found.survey
    return survey.asking(survey.waves[told.figure.wave], site.found.last.edition.cut).bodies


def _members(site: Site, told: Told, members: dict[str, str], chart_id: str) -> dict[str, Any]:
    """Bodies as tiles, on a map where there is one, and by name in a table."""
    bodies = _asked(site, told)
    many = Counter(members[body.id] for body in bodies if body.id in members)
    order = [what for what in ("returned", *ORDER) if many[what]]
    tiles = tiles_of(bodies, site.where, members)
    mapped = [body for body in bodies if body.id in site.where.areas]
    return {
        "member_chart": charts.tiles(chart_id, tiles, site.t("tiles"), site.t) if tiles else None,
        "member_legend": charts.legend(chart_id, [(what, many[what]) for what in order], site.t),
        "member_map": area_map(f"{chart_id}-m", site.where, members, {b.id: b.name for b in bodies}, site.t)
        if mapped
        else None,
        "map_credit": site.where.credit,
        "unmapped": [body.name for body in bodies if body.id not in site.where.areas] if mapped else [],
        "groups": [(what, [body for body in bodies if members.get(body.id) == what]) for what in order],
        **_kinds(told.kinds, bodies, members, order),
    }


def _kinds(
    table: ByKind | None, bodies: Sequence[Body], members: dict[str, str], order: Sequence[str]
) -> dict[str, Any]:
    """By kind of body: as the edition has it; where it has none, who returned."""
    if table is not None:
        rename = {"counted": "returned"} if "returned" in order else {}
        shown = [(kind or "–", [table.cells[kind, one] for one in table.columns]) for kind in table.kinds]
        columns = [rename.get(str(one), str(one)) for one in table.columns]
        return {"kinds": shown, "kind_columns": columns, "kinds_hidden": table.hidden}
    if NOT_TOLD in order:
        return {"kinds": [], "kind_columns": [], "kinds_hidden": 0}
    columns = [what for what in ("returned", "no_return") if what == "returned" or what in order]
    rows = []
    for kind in dict.fromkeys(body.kind for body in bodies):
        here = [members[body.id] == "no_return" for body in bodies if body.kind == kind and body.id in members]
        rows.append((kind or "–", [here.count(False), here.count(True)][: len(columns)]))
    return {"kinds": rows, "kind_columns": columns, "kinds_hidden": 0}


def _figure(site: Site, told: Told) -> Page:
    found, figure = site.found, told.figure
    definition = figure.definition
    names = definition.questions()
    rows = [one for one in found.rows if one.row.question in names and one.row.wave in ("", figure.wave)]
    kept = sum(one.row.question in names and one.row.wave in ("", figure.wave) for one in found.kept_back)
    question = found.survey.questions.get(definition.question)
    members = {
        body: _plain_return(what) if definition.kind == "returns" else what for body, what in told.members.items()
    }
    index = found.log.places["figure", found.last.edition.id, definition.id]
    given: dict[str, Any] = {
        **figure_list(site, [told], "this"),
        "told": told,
        "states": [(state_name(state, site.language), many) for state, many in figure.states.items()],
        "question": question,
        "question_text": site.text(question.text) if question is not None else None,
        "numerator": rule_words(definition.numerator, site.language) if definition.numerator is not None else "",
        "denominator": denominator_words(definition, site.t, site.language),
        "assumption": assumption(figure, site.language),
        "wave": found.survey.waves[figure.wave],
        "rows": rows[:MOST_ROWS],
        "row_count": len(rows),
        "kept_count": kept,
        "names": {body.id: body.name for body in found.survey.bodies.values()},
        "history": [(one, old) for one in found.editions[:-1] if (old := one.find(definition.id)) is not None],
        "said": lambda one: sentence(one, site.language),
        "index": index,
        **(_members(site, told, members, "who") if members else {"member_chart": None, "groups": []}),
        "amounts": [(body, whole(value)) for body, value in told.amounts.items() if value],
    }
    return Page(
        page_of("figures", definition.id), "figure.html.j2", site.title_of(definition.title, definition.id), given
    )


def _systems(site: Site) -> Iterator[Page]:
    """A page for each system: a section of the questionnaire, or several that the plan puts together."""
    survey, plan = site.found.survey, site.found.plan
    sections = {section.id: section for section in survey.questionnaire.sections}
    groups: list[tuple[str, str, list[Section]]] = [
        (name, site.title_of(one["title"], name), [sections[key] for key in one["sections"]])
        for name, one in plan.systems.items()
    ] or [(name, site.title_of(one.title, name), [one]) for name, one in sections.items()]
    listed = []
    for name, title, parts in groups:
        names = frozenset(question for part in parts for question in part.questions)
        figures = list(figures_of(site.found, names))
        path = page_of("systems", name)
        listed.append((path, title, len(names), len(figures)))
        questions = [(part, [survey.questions[one] for one in part.questions]) for part in parts]
        given = {
            **figure_list(site, figures, "system"),
            "parts_of": questions,
            "rule_words": lambda rule: rule_words(rule, site.language),
            "intro": site.t("system_intro"),
        }
        yield Page(path, "system.html.j2", title, given)
    yield Page(
        "systems/index.html", "list.html.j2", site.t("systems"), {"listed": listed, "intro": site.t("system_intro")}
    )


def _suppliers(site: Site) -> Iterator[Page]:
    listed = []
    for one in site.reaching.suppliers:
        path = page_of("suppliers", one.name.casefold())
        figures = [told for told in site.found.last.figures if one.name in told.figure.definition.names]
        events = [event for event in site.found.survey.events if event.party == one.name and event.kind == "supplier"]
        listed.append((path, one.name, 0, len(figures)))
        given = {
            **figure_list(site, figures, "supplier"),
            "named": one,
            "events": events,
            "day": site.reaching.day,
        }
        yield Page(path, "supplier.html.j2", one.name, given)
    if listed:
        given = {"listed": listed, "intro": ""}
        yield Page("suppliers/index.html", "list.html.j2", site.t("suppliers"), given)


def _rules(site: Site) -> Iterator[Page]:
    if not site.reaching.suppliers:
        return
    rules = site.reaching.rules()
    for name, (reached, firms) in rules.items():
        paths = [(page_of("suppliers", firm.casefold()), firm) for firm in firms]
        given = {"reached": reached, "firms": paths, "day": site.reaching.day}
        yield Page(page_of("rules", name), "rule.html.j2", reached.rule.name, given)
    listed = [
        (page_of("rules", name), reached.rule.name, reached.force, firms) for name, (reached, firms) in rules.items()
    ]
    given = {"rules": listed, "day": site.reaching.day}
    yield Page("rules/index.html", "rules.html.j2", site.t("rules"), given)


def _editions(site: Site) -> Iterator[Page]:
    for one in site.found.editions:
        yield Page(
            f"{folder(one.edition.id)}/index.html",
            "edition.html.j2",
            site.t("edition", name=one.edition.title or one.edition.id),
            _edition_given(site, one),
        )


def _edition_given(site: Site, one: Frozen) -> dict[str, Any]:
    return {
        **figure_list(site, one.figures, "edition"),
        "one": one,
        "hash": one.stamp.digest(),
        "folder": folder(one.edition.id),
    }


__all__ = ["Published", "pages", "standings"]
