"""The assurance report as the JSON from which it is set, like the report of a survey."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from custodes.model.assessment import Assessment
from custodes.model.checks import Result
from custodes.publication import words as w
from custodes.publication.assurance.figures import BySystem
from custodes.publication.site.build import Head
from custodes.publication.tables.rows import device_rows
from custodes.publication.text import clean
from custodes.publication.totals import all_findings

_COLUMNS = ("device", "name", "body", "system", "quantity", "made_by", "how_sure", "label", "model", "rules")
_WIDTHS = (8, 12, 10, 10, 4, 10, 8, 8, 10, 18)
MOST_ROWS = 12_000


def payload(
    assessment: Assessment,
    figures: Sequence[Mapping[str, Any]],
    table: BySystem,
    results: Sequence[Result],
    head: Head,
    *,
    public: bool,
) -> dict[str, Any]:
    """The report. `public`: totals only, nothing of a single device, site or file."""
    day = assessment.as_at
    return {
        "title": clean(assessment.title) or "An estate",
        "language": "en",
        "year": day.year,
        "month": day.month,
        "day": day.day,
        "publisher": "",
        "edition": f"On {w.day(day)}" + (f" · {clean(assessment.marking)}" if assessment.marking else ""),
        "about": list(_about(assessment, public)),
        "footer": " · ".join(filter(None, (f"Verification code {head.code}", head.origin, clean(assessment.marking)))),
        "root": f"Root {head.root}",
        "parts": [one for one in _parts(assessment, figures, table, results, public=public) if one["blocks"]],
    }


def _about(assessment: Assessment, public: bool) -> Iterator[str]:
    if assessment.synthetic:
        yield "An invented example: no such estate exists."
    yield f"Made with custodes {assessment.program_version}, reference data {assessment.pack_version}."
    if public:
        yield "Totals only. Not in this paper: single devices, sites, addresses, serial numbers, firmware, files."
    yield "Nothing here certifies. What is not known is told as not known."


def _parts(
    assessment: Assessment,
    figures: Sequence[Mapping[str, Any]],
    table: BySystem,
    results: Sequence[Result],
    *,
    public: bool,
) -> Iterator[dict[str, Any]]:
    items = [{"head": one["title"], "text": one["sentence"]} for one in figures]
    yield {"title": "The figures", "blocks": [{"items": items}]}
    yield {"title": "Systems by actual maker", "blocks": list(_by_system(table))}
    if public:
        return
    yield {"title": "What to look at", "blocks": _findings(assessment)}
    yield {"title": "What it was looked through for", "blocks": _checks(results)}
    yield {"title": "What would settle most", "blocks": _next(assessment)}
    yield {"title": "Files", "blocks": _files(assessment)}
    yield {"title": "Appendix: every device", "blocks": _devices(assessment)}


def _by_system(table: BySystem) -> Iterator[dict[str, Any]]:
    if not table.systems:
        return
    rows = [
        [system, *(_cell(table.cells[system, maker]) for maker in table.makers), f"{table.rows[system]:,}"]
        for system in table.systems
    ]
    rows.append(["All", *(f"{table.columns[maker]:,}" for maker in table.makers), f"{sum(table.rows.values()):,}"])
    columns = ["System", *table.makers, "All"]
    yield {
        "table": {
            "columns": columns,
            "widths": [3, *([1] * (len(columns) - 1))],
            "rows": rows,
            "numbers": 1,
            "small": True,
        }
    }
    if any(cell is None for cell in table.cells.values()):
        yield {"text": "[c] stands for a number that is not shown, so that no single device can be worked out from it."}


def _cell(many: int | None) -> str:
    return "[c]" if many is None else f"{many:,}"


def _findings(assessment: Assessment) -> list[dict[str, Any]]:
    found = all_findings(assessment)
    rows = [[w.SEVERITY.get(one.severity, one.severity), clean(one.text), clean(one.next_step)] for one in found]
    if not rows:
        return [{"text": "Nothing was found that asks for a look."}]
    return [{"table": _table(["How urgent", "What", "Next step"], [1, 4, 2], rows)}]


def _checks(results: Sequence[Result]) -> list[dict[str, Any]]:
    if not results:
        return []
    many = Counter(one.says.value for one in results)
    told = "; ".join(f"{says.replace('-', ' ')}: {count:,}" for says, count in sorted(many.items()))
    rows = [
        [clean(one.check.asks), clean(one.name) or "all", one.says.value.replace("-", " "), clean(one.text)]
        for one in results
    ]
    return [{"text": f"{told}."}, {"table": _table(["Check", "Of", "Says", "Told"], [4, 2, 1.4, 4], rows)}]


def _next(assessment: Assessment) -> list[dict[str, Any]]:
    items = [{"head": f"settles {one.settles:,}", "text": clean(one.text)} for one in assessment.next_steps]
    return [{"items": items}] if items else []


def _files(assessment: Assessment) -> list[dict[str, Any]]:
    rows = [
        [clean(one.file), f"{one.rows:,}", f"{one.devices:,}", f"{one.merged:,}", f"{one.skipped:,}", one.sha256]
        for one in assessment.files
    ]
    columns = ["File", "Rows", "Devices", "Merged", "Skipped", "SHA-256"]
    return [{"table": _table(columns, [3, 1, 1, 1, 1, 5], rows)}]


def _devices(assessment: Assessment) -> list[dict[str, Any]]:
    names, rows = device_rows(assessment)
    if len(rows) > MOST_ROWS:
        return [{"text": f"{len(rows):,} devices: see data/devices.csv."}]
    places = [names.index(column) for column in _COLUMNS]
    told = [["" if row[place] is None else clean(row[place]) for place in places] for row in rows]
    return [{"table": {**_table([name.replace("_", " ") for name in _COLUMNS], list(_WIDTHS), told), "small": True}}]


def _table(columns: list[str], widths: Sequence[float], rows: list[list[str]]) -> dict[str, Any]:
    return {"columns": columns, "widths": list(widths), "rows": rows, "numbers": 99}
