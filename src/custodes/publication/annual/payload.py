"""The one JSON from which the report is set: titles, sentences, charts as numbers, tables. Nothing is counted here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from custodes.publication.edition.content import Release
from custodes.publication.opendata.tables import Table
from custodes.publication.site.build import Head
from custodes.publication.site.charts import interval
from custodes.publication.site.words import Words, in_language, words
from custodes.publication.text import clean
from custodes.survey.corrections import Correction
from custodes.survey.sentences import sentence
from custodes.survey.verdicts import said

LANGUAGE = "en"
#: Rows that an appendix on paper takes.
MOST_ROWS = 12_000


def payload(found: Release, head: Head, appendices: Sequence[Table]) -> dict[str, Any]:
    """The report. `parts`: sections, each of blocks: {text}, {items}, {chart}, {table}."""
    t = words(LANGUAGE)
    last = found.last
    return {
        "title": _title(found),
        "language": LANGUAGE,
        "year": last.edition.cut.year,
        "month": last.edition.cut.month,
        "day": last.edition.cut.day,
        "publisher": clean(found.plan.publisher),
        "edition": t("edition", name=clean(last.edition.title or last.edition.id)),
        "about": _about(found, t),
        "footer": f"{t('footer_code', code=head.code)} · {head.origin} · {head.size:,}",
        "root": f"{t('log_root')} {head.root}",
        "parts": [part for part in _parts(found, head, appendices, t) if part["blocks"]],
    }


def _title(found: Release) -> str:
    return clean(in_language(found.plan.title, LANGUAGE, found.survey.questionnaire.id)[0])


def _about(found: Release, t: Words) -> list[str]:
    edition = found.last.edition
    told = [t("edition_cut", day=edition.cut.isoformat())]
    if edition.published:
        told.append(t("edition_published", day=edition.published.isoformat()))
    about = [_sentence(", ".join(told))]
    if edition.corrects:
        about.append(f"{t('edition_corrects', name=clean(edition.corrects))} {clean(edition.notice.get('what', ''))}")
    if found.survey.answers.synthetic() and not found.plan.policy.invented:
        about.append(t("synthetic"))
    return about


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:] + "."


def _parts(found: Release, head: Head, appendices: Sequence[Table], t: Words) -> Iterator[dict[str, Any]]:
    figures = [told.figure for told in found.last.figures]
    named = [(clean(in_language(one.definition.title, LANGUAGE, one.definition.id)[0]), one) for one in figures]
    items = [{"head": name, "text": sentence(one, LANGUAGE)} for name, one in named]
    rows = [row for name, one in named if (row := interval(one, name)) is not None]
    yield {
        "title": t("found"),
        "blocks": [
            {"items": items},
            {"text": t("census")},
            {"chart": [_bar(row) for row in rows], "alt": _alt(rows, t), "caption": t("chart_bounds"), "key": _key(t)},
            {"table": _figure_table(found, t)},
        ],
    }
    yield {"title": t("answered"), "blocks": list(_answered(found, t))}
    yield {"title": t("corrections"), "blocks": [block for one in _notices(found) for block in _notice(one, t)]}
    yield {"title": t("claims"), "blocks": list(_claims(found, t))}
    yield {"title": t("method"), "blocks": list(_method(found, t))}
    yield {"title": t("check"), "blocks": list(_check(head, t))}
    for table in appendices:
        if len(table.rows) > MOST_ROWS:
            told = f"{_sentence(table.means)} It has {len(table.rows):,} rows: see data/{table.name}.csv."
            yield {"title": f"Appendix: {table.title}", "blocks": [{"text": told}]}
        elif table.rows:
            yield {"title": f"Appendix: {table.title}", "blocks": list(_appendix(table))}


def _bar(row: Any) -> dict[str, Any]:
    ends = (float(row.sure), float(row.most_no), float(row.most))
    return {"label": row.label, "said": row.said, "sure": ends[0], "no": ends[1], "most": ends[2]}


def _alt(rows: Sequence[Any], t: Words) -> str:
    return f"{t('chart_bounds')}. " + "; ".join(f"{row.label}: {row.said}" for row in rows)


def _key(t: Words) -> list[str]:
    return [t("key_sure"), t("key_no"), t("key_unknown")]


def _figure_table(found: Release, t: Words) -> dict[str, Any]:
    columns = ["col_figure", "col_counted", "col_of", "col_percent", "col_least", "col_most_no", "col_most_unknown"]
    rows = []
    for told in found.last.figures:
        one = told.content
        bounds = one["bounds"]
        cells = [one["numerator"], one["denominator"], one["percent"], bounds["silence_unknown"]["lower"]]
        cells += [_upper(bounds["silence_no"], t), _upper(bounds["silence_unknown"], t)]
        rows.append([clean(one["title"].get("en") or one["id"]), *map(_cell, cells)])
    return {"columns": [t(name) for name in columns], "widths": [3, 1, 1, 1, 1, 1, 1], "rows": rows, "numbers": 1}


def _upper(bounds: Mapping[str, Any], t: Words) -> Any:
    return t("no_bound") if bounds["upper"] is None else bounds["upper"]


def _cell(value: Any) -> str:
    if value is None:
        return "–"
    return f"{value:,}" if isinstance(value, int) else clean(value)


def _answered(found: Release, t: Words) -> Iterator[dict[str, Any]]:
    survey, cut = found.survey, found.last.edition.cut
    for wave in survey.waves.values():
        if wave.opened > cut:
            continue
        asked = survey.asking(wave, cut)
        silent = [clean(body.name) for body in asked.bodies if body.id not in asked.returned]
        told = t("of", top=f"{len(asked.returned):,}", bottom=f"{len(asked.bodies):,}")
        yield {"text": f"{clean(wave.title or wave.id)}: {told}."}
        if silent and wave.id in found.returns:
            yield {"text": t("no_answer_named", many=f"{len(silent):,}", names=", ".join(silent))}


def _notices(found: Release) -> list[Correction]:
    return [one.correction for one in reversed(found.editions) if one.correction is not None]


def _notice(found: Correction, t: Words) -> Iterator[dict[str, Any]]:
    key = "correction_of" if found.corrects else "change_since"
    after, before = (clean(one.title or one.id) for one in (found.after, found.before))
    yield {"head": t(key, after=after, before=before)}
    if found.after.notice and found.corrects:
        yield {"items": [{"head": t(f"notice_{key}"), "text": clean(told)} for key, told in found.after.notice.items()]}
    rows = [
        [
            clean(in_language(one.after.definition.title, LANGUAGE, one.after.definition.id)[0]),
            f"{said(one.before)}. {sentence(one.before, LANGUAGE)}",
            f"{said(one.after)}. {sentence(one.after, LANGUAGE)}",
        ]
        for one in found.figures
    ]
    if rows:
        columns = [t("col_figure"), t("as_published"), t("as_corrected")]
        yield {"table": {"columns": columns, "widths": [2, 3, 3], "rows": rows, "numbers": 9}}
    else:
        yield {"text": t("no_difference")}
    if found.claims:
        told = [f"{clean(now.claim.text or now.claim.id)}: {t(f'verdict_{now.verdict}')}" for _, now in found.claims]
        yield {"items": [{"head": t("claims_touched"), "text": "; ".join(told)}]}


def _claims(found: Release, t: Words) -> Iterator[dict[str, Any]]:
    if not found.claims:
        return
    counts = Counter(str(one.verdict) for one in found.claims)
    yield {"text": "; ".join(f"{t(f'verdict_{verdict}')}: {many}" for verdict, many in counts.items()) + "."}
    rows = []
    for one in found.claims:
        by = t("said_by", who=clean(one.claim.speaker or "–"), day=one.claim.said_at.isoformat())
        why = "; ".join(map(clean, one.because))
        rows.append([f"{clean(one.claim.text or one.claim.id)} ({by})", t(f"verdict_{one.verdict}"), why])
    columns = [t("col_said"), t("col_verdict"), t("col_why")]
    yield {"table": {"columns": columns, "widths": [3, 1.4, 3], "rows": rows, "numbers": 9}}


def _method(found: Release, t: Words) -> Iterator[dict[str, Any]]:
    for key in ("method_p1", "method_p2", "method_p3", "method_never"):
        yield {"text": t(key)}
    kept = Counter(one.why for one in found.kept_back)
    if kept:
        rows = [[clean(why), f"{many:,}"] for why, many in sorted(kept.items())]
        yield {"table": {"columns": [t("col_why"), t("col_rows")], "widths": [5, 1], "rows": rows, "numbers": 1}}
    yield {"text": clean(found.last.confirmation)}
    if found.plan.access:
        yield {"head": t("method_access")}
        columns = [t("col_role"), t("col_organisation"), t("col_from"), t("col_why")]
        rows = [[clean(one[key]) for key in ("role", "organisation", "from", "why")] for one in found.plan.access]
        yield {"table": {"columns": columns, "widths": [1, 1, 1, 2], "rows": rows, "numbers": 9}}


def _check(head: Head, t: Words) -> Iterator[dict[str, Any]]:
    yield {"text": t("check_intro")}
    facts = [("log_name", head.origin), ("log_size", f"{head.size:,}")]
    facts += [("log_root", head.root), ("log_code", head.code)]
    yield {"items": [{"head": t(key), "text": told} for key, told in facts]}
    yield {"text": t("check_signed", name=head.key) if head.key else t("check_unsigned")}
    yield {"text": t("check_l1")}
    yield {"text": t("check_l2")}


def _appendix(table: Table) -> Iterator[dict[str, Any]]:
    """A table whole, however long. What is the same in every row is told once above it."""
    told = [_sentence(table.means)]
    names = []
    for name in table.names:
        seen = {str(row.get(name) if row.get(name) is not None else "") for row in table.rows}
        if len(seen) > 1 or len(table.rows) == 1:
            names.append(name)
        elif seen != {""}:
            told.append(f"In every row {name} is {clean(seen.pop())}.")
    yield {"text": " ".join(told)}
    rows = [[_cell(row.get(name)) if row.get(name) != "" else "" for name in names] for row in table.rows]
    widths = [_width(name, [row[place] for row in rows]) for place, name in enumerate(names)]
    yield {"table": {"columns": names, "widths": widths, "rows": rows, "numbers": 99, "small": True}}


def _width(name: str, cells: Sequence[str]) -> float:
    mean = sum(map(len, cells)) / max(1, len(cells))
    longest = max((len(word) for cell in cells for word in cell.split()), default=0)
    return round(min(40.0, max(len(name), mean, min(longest, 24))), 1)
