"""What the report template is given: sentences and rows, in the order of the page."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import Any

from custodes.model.assessment import Assessment, Device, FileAccount, Finding
from custodes.publication import words as w
from custodes.publication.report import chart
from custodes.publication.report.entries import device_entries, private_text
from custodes.publication.report.traffic import traffic_view
from custodes.publication.tables.rows import place
from custodes.publication.text import clean
from custodes.publication.totals import (
    Count,
    Totals,
    all_findings,
    lost_rows,
    reading_counts,
    rule_counts,
    totals,
)

View = dict[str, Any]
SKIPPED_SHOWN = 500
RULES = {
    "binds": "reached by a rule that binds",
    "described": "described by a rule that does not bind this body",
    "unknown": "not known",
    "none": "reached by none of the rules asked about",
}


def build(assessment: Assessment) -> View:
    """Everything the page shows, already counted and in words."""
    sums = totals(assessment)
    return {
        "title": clean(assessment.title),
        "marking": clean(assessment.marking),
        "synthetic": assessment.synthetic,
        "as_at": w.day(assessment.as_at),
        "pack": f"{clean(assessment.pack_version)} of {w.day(assessment.pack_date)}",
        "pack_day": w.day(assessment.pack_date),
        "program": clean(assessment.program_version),
        "sums": sums,
        "number": w.number,
        "count": w.count,
        "answer": answer(sums),
        "makers": _side("m", "Devices by actual maker", sums.makers),
        "labels": _side("b", "Devices by the name on them", sums.labels),
        "readings": _readings(assessment),
        "rules": _rules(assessment),
        "next_steps": sorted(assessment.next_steps, key=lambda step: -step.settles),
        "findings": _findings(assessment),
        "traffic": traffic_view(assessment),
        "sites": _sites(assessment),
        "files": [_file(assessment, account) for account in assessment.files],
        "skipped": [{"place": place(s), "reason": clean(s.reason)} for s in assessment.skipped[:SKIPPED_SHOWN]],
        "skipped_total": len(assessment.skipped),
        "tables": device_entries(assessment),
    }


def answer(sums: Totals) -> tuple[str, str]:
    """The answer in two sentences that can be read aloud."""
    makers = sums.makers
    if not sums.live:
        return ("No live device was found in the files read.", "So nothing can be said about who made them.")
    first = (
        f"Of {w.count(sums.live, 'live device')}, the actual maker is established for "
        f"{w.number(makers.established)}, probable and still to be checked for "
        f"{w.number(makers.probable)}, and not known for "
        f"{w.number(makers.unknown)}."
    )
    leading = [tally for tally in makers.tallies if tally.established]
    if not leading:
        return first, "No maker can be named as established yet; what would settle it is listed below."
    top = max(leading, key=lambda tally: tally.established)
    most = makers.at_most(top)
    if most == top.established:
        second = f"The maker of most is {top.name}, with {w.number(top.established)}."
    else:
        second = f"The maker established most often is {top.name}: at least {w.number(top.established)}, "
        second += f"and at most {w.number(most)} if every device still in doubt were also theirs."
    return first, second


def _side(chart_id: str, title: str, count: Count) -> View:
    rows = [
        {
            "name": tally.name,
            "owner": tally.owner,
            "least": tally.established,
            "probable": tally.probable,
            "most": count.at_most(tally),
        }
        for tally in count.tallies
    ]
    drawn = [chart.Bar(t.name, t.established, t.probable) for t in count.tallies]
    drawn.append(chart.Bar("not known", unknown=count.unknown))
    return {
        "rows": rows,
        "count": count,
        "chart": chart.bars(chart_id, title, drawn),
        "owners": any(t.owner for t in count.tallies),
        "reasons": count.reasons,
    }


def _readings(assessment: Assessment) -> list[View]:
    rows = []
    for key, counter in reading_counts(assessment):
        plain = set(counter) <= {"yes", "no", "not known"}
        rows.append(
            {
                "name": w.READINGS[key],
                "plain": plain,
                "least": counter["yes"],
                "most": counter["yes"] + counter["not known"],
                "unknown": counter["not known"],
                "values": ", ".join(f"{name}: {w.number(n)}" for name, n in counter.most_common()),
            }
        )
    return rows


def _rules(assessment: Assessment) -> View | None:
    counts = rule_counts(assessment)
    if counts is None:
        return None
    each: dict[str, Counter[str]] = {}
    forces: dict[str, Counter[str]] = {}
    for device in assessment.devices:
        for measure in device.measures if device.live else ():
            name = clean(measure.get("name")) or w.say(str(measure.get("id", "")), assessment.words)
            reaches = w.YES_NO.get(str(measure.get("reaches", "")), "not known")
            each.setdefault(name, Counter())[reaches] += device.quantity
            forces.setdefault(name, Counter())[w.force_words(measure)] += 1
    rows = [
        {"name": name, "force": ", ".join(filter(None, forces[name])) or "not stated", **_yes_no(counter)}
        for name, counter in sorted(each.items())
    ]
    of_body = [
        {"name": row["name"], "force": w.force_words(row), "text": row.get("text", "")}
        for row in assessment.rules or ()
        if row["about"] == "body"
    ]
    return {"totals": [(RULES[key], value) for key, value in counts.items()], "rows": rows, "of_body": of_body}


def _yes_no(counter: Counter[str]) -> View:
    return {"yes": counter["yes"], "no": counter["no"], "unknown": counter["not known"]}


def _findings(assessment: Assessment) -> list[View]:
    devices = {device.id: device for device in assessment.devices}
    ordered = sorted(all_findings(assessment), key=lambda f: (f.kind, w.severity_rank(f)))
    groups = []
    for kind, members in groupby(ordered, key=lambda f: f.kind):
        found = list(members)
        rows = [_finding(f, devices.get(f.device)) for f in found]
        rank = min(w.severity_rank(f)[0] for f in found)
        groups.append({"title": w.title_of(kind, assessment.words), "rows": rows, "rank": rank})
    return sorted(groups, key=lambda group: (group["rank"], group["title"]))


def _finding(finding: Finding, device: Device | None) -> View:
    return {
        "severity": w.SEVERITY.get(finding.severity, clean(finding.severity)),
        "text": private_text(finding.text, device),
        "next_step": private_text(finding.next_step, device),
        "device": finding.device,
        "places": [place(source) for source in finding.sources[:5]],
        "more_places": max(0, len(finding.sources) - 5),
    }


def _sites(assessment: Assessment) -> View:
    rows: dict[tuple[str, str], Counter[str]] = {}
    hidden: Counter[str] = Counter()
    hidden_sites = set()
    for device in assessment.devices:
        if not device.live:
            continue
        key = (clean(device.body), clean(device.site))
        if device.sensitive:
            hidden_sites.add(key)
            counter = hidden
        else:
            counter = rows.setdefault(key, Counter())
        counter[w.HOW_SURE[device.attribution.maker_status]] += device.quantity
    shown = [{"body": body, "site": site, **_sure(counter)} for (body, site), counter in sorted(rows.items())]
    return {
        "rows": shown,
        "sensitive": _sure(hidden) if hidden else None,
        "sensitive_sites": len(hidden_sites),
        "bodies": len({row["body"] for row in shown}) > 1,
    }


def _sure(counter: Counter[str]) -> View:
    values = [counter[word] for word in w.HOW_SURE.values()]
    return {"established": values[0], "probable": values[1], "unknown": values[2], "total": sum(values)}


def _file(assessment: Assessment, account: FileAccount) -> View:
    read_as = [account.format_name, _delimiter(account.delimiter), account.encoding]
    return {
        "file": account.file,
        "read_as": ", ".join(clean(part) for part in read_as if part),
        "header_row": account.header_row,
        "mapped": [(clean(header), w.say(field, {})) for header, field in account.mapped],
        "unmapped": [clean(header) for header in account.unmapped],
        "rows": account.rows,
        "devices": account.devices,
        "merged": account.merged,
        "skipped": account.skipped,
        "lost": lost_rows(assessment, account.file),
        "credential_columns": [clean(header) for header in account.credentials.columns],
        "credential_values": account.credentials.values,
        "gaps": [clean(gap) for gap in account.gaps],
    }


def _delimiter(mark: str) -> str:
    return {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}.get(mark, mark)
