"""The pages of bodies, claims, corrections, and those that are mostly text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from custodes.publication.edition.content import Published, Release
from custodes.publication.opendata.frozen import folder
from custodes.publication.site.paths import page_of
from custodes.publication.site.words import state_name
from custodes.survey.asked import Body
from custodes.survey.count import Asking, Standing
from custodes.survey.sentences import sentence
from custodes.survey.verdicts import said

if TYPE_CHECKING:
    from custodes.publication.site.build import Page, Site


def body_pages(site: Site) -> Iterator[Page]:
    """A page for each body, and the list of all."""
    from custodes.publication.site.build import Page

    found = site.found
    survey, cut = found.survey, found.last.edition.cut
    waves = [survey.asking(wave, cut) for wave in survey.waves.values() if wave.opened <= cut]
    rows: dict[str, list[Published]] = {}
    for one in found.rows:
        rows.setdefault(one.row.body, []).append(one)
    kept = {wave for one in found.kept_back for wave in ([one.row.wave] if one.row.wave else survey.waves)}
    listed = []
    for body in survey.bodies.values():
        asked = [(one.wave, _returned(one, body, found)) for one in waves if body.id in one.names]
        if not asked:
            continue
        path = page_of("bodies", body.id)
        listed.append((path, body, asked, len(rows.get(body.id, ()))))
        given = {
            "body": body,
            "asked": asked,
            "rows": rows.get(body.id, []),
            # said of every body that returned alike: how many of one body's rows are withheld would tell what they say
            "kept": any(returned in ("returned", "not_told") and wave.id in kept for wave, returned in asked),
            "figures": list(_for_figures(site, body)),
            "questions": survey.questions,
            "state_name": lambda state: state_name(state, site.language),
        }
        yield Page(path, "body.html.j2", body.name, given)
    yield Page("bodies/index.html", "bodies.html.j2", site.t("bodies"), {"listed": listed, "waves": waves})


def _returned(asked: Asking, body: Body, found: Release) -> str:
    """Whether a body returned, as far as that is told."""
    if asked.wave.id not in found.returns:
        return "not_told"
    return "returned" if body.id in asked.returned else "no_return"


def _for_figures(site: Site, body: Body) -> Iterator[tuple[str, str, str]]:
    """Path, title and what the body is, of each figure that it is in."""
    for told in site.found.last.figures:
        what = told.members.get(body.id)
        if what is not None:
            definition = told.figure.definition
            if definition.kind == "returns" and what == Standing.COUNTED:
                what = "returned"
            title = site.title_of(definition.title, definition.id)
            yield page_of("figures", definition.id), title, site.t(f"is_{what}")


def claims_page(site: Site) -> Page:
    """What was printed, and whether it holds."""
    from custodes.publication.site.build import Page

    found = site.found
    shown = {told.figure.definition.id: told for told in found.last.figures}
    counts = Counter(str(one.verdict) for one in found.claims)
    given = {
        "claims": found.claims,
        "counts": [(verdict, counts[verdict]) for verdict in counts],
        "figure_of": lambda claim: shown.get(claim.figure),
        "said": said,
    }
    return Page("claims.html", "claims.html.j2", site.t("claims"), given)


def corrections_page(site: Site) -> Page:
    """Every edition beside the one that it corrects or follows."""
    from custodes.publication.site.build import Page

    found = site.found
    given = {
        "notices": [one.correction for one in reversed(found.editions) if one.correction is not None],
        "said": said,
        "sentence": lambda figure: sentence(figure, site.language),
        "folder": folder,
        "names": {body.id: body.name for body in found.survey.bodies.values()},
        "public": {(one.row.body, one.row.question, one.row.recorded_at) for one in found.rows},
    }
    return Page("corrections.html", "corrections.html.j2", site.t("corrections"), given)


def text_pages(site: Site) -> Iterator[Page]:
    """Method, data, and how to check."""
    from custodes.publication.site.build import Page

    found = site.found
    kept = Counter(one.why for one in found.kept_back)
    asked = [found.survey.asking(wave, found.last.edition.cut) for wave in found.survey.waves.values()]
    method: dict[str, Any] = {"kept": sorted(kept.items()), "asked": asked, "plan": found.plan}
    yield Page("method.html", "method.html.j2", site.t("method"), method)
    yield Page("data.html", "data.html.j2", site.t("data"), {"files": site.files})
    yield Page("check.html", "check.html.j2", site.t("check"), {"folder": folder})
