"""The answer on a terminal, in words that can be read aloud. Works at 40 columns and without colour."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from custodes.model.assessment import Assessment, Attribution, Device, FileAccount, Finding
from custodes.model.vocab import Status
from custodes.publication import words as w
from custodes.publication.tables.rows import place
from custodes.publication.text import clean, hang, pad, shorten, width, wrap
from custodes.publication.totals import Totals, all_findings, lost_rows, reading_counts, rule_counts, totals

_NARROW = 72
_FILES_IN_FULL = 3
_LINES = 12
_PARTS = " ▏▎▍▌▋▊▉█"
_RULES = {
    "binds": "bound by a rule here",
    "described": "described by a rule that does not bind this body",
    "unknown": "not known",
    "none": "reached by none",
}


@dataclass(frozen=True, slots=True)
class _Group:
    name: str
    note: str
    sure: str


def render_summary(assessment: Assessment, console_width: int, colour: bool, path: str = "") -> str:
    """The whole summary, wrapped to `console_width`; `colour` only makes the headings bold.

    `path` is what was assessed, as the user gave it: the commands shown at the end name it.
    """
    columns = max(console_width, 24)
    sums = totals(assessment)
    blocks = [
        heading(assessment, columns),
        *_files(assessment, columns),
        _live(assessment, sums, columns),
        [_bold("Who made them", colour), *_makers(assessment, columns)],
        _rules(assessment, columns, colour),
        _readings(assessment, columns, colour),
        _findings(assessment, columns, colour),
        _more(assessment, columns, path),
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _bold(text: str, colour: bool) -> str:
    return f"\x1b[1m{text}\x1b[0m" if colour else text


def heading(assessment: Assessment, columns: int) -> list[str]:
    """What stands above every answer: its marking, whether it is made up, by which program and reference data, and on
    which day."""
    lines = wrap(clean(assessment.marking), columns)
    if assessment.synthetic:
        lines += wrap("INVENTED EXAMPLE: none of these devices exists", columns)
    told = [
        f"custodes {clean(assessment.program_version)}",
        f"reference data of {w.day(assessment.pack_date)}",
        f"on {w.day(assessment.as_at)}",
    ]
    line = "   ".join(told)
    return [*lines, line] if width(line) <= columns else [*lines, *told]


def _files(assessment: Assessment, columns: int) -> list[list[str]]:
    """Each file in full, or one line each where there are many."""
    if len(assessment.files) <= _FILES_IN_FULL:
        return [_file(assessment, account, columns) for account in assessment.files]
    lines = []
    for account in assessment.files:
        name = clean(account.file) + (f" [{clean(account.sheet)}]" if account.sheet else "")
        told = f"{w.count(account.rows, 'row')} -> {w.number(account.devices)} devices, "
        told += f"{w.number(account.merged)} repeats, {w.number(account.skipped)} none"
        told += "; passwords dropped" if account.credentials.values else ""
        told += f"; {len(account.gaps)} parts not read" if account.gaps else ""
        lines += hang(f"{name}   {told}", columns, "", "  ")
    return [lines]


def _file(assessment: Assessment, account: FileAccount, columns: int) -> list[str]:
    mapped = ", ".join(w.say(field, {}) for _, field in account.mapped) or "none"
    shape = ", ".join(clean(part) for part in (account.format_name, account.encoding) if part)
    lines = hang(f"{clean(account.file)}   read as: {shape}; columns read: {mapped}", columns, "", "  ")
    lost = lost_rows(assessment, account.file)
    counted = f"{w.count(account.rows, 'row')}: {w.number(account.devices)} became devices, "
    counted += f"{w.number(account.merged)} repeated one, {w.number(account.skipped)} became none, "
    lines += hang(counted + f"{w.number(lost)} lost", columns, "  ", "    ")
    if account.credentials.values or account.credentials.columns:
        dropped = f"{w.count(len(account.credentials.columns), 'password column')} and "
        dropped += f"{w.count(account.credentials.values, 'value')} dropped before reading on"
        lines += hang(dropped, columns, "  ", "    ")
    for gap in account.gaps[:3]:
        lines += hang(f"not read: {clean(gap)}", columns, "  ", "    ")
    return lines


def _live(assessment: Assessment, sums: Totals, columns: int) -> list[str]:
    told = f"{w.count(sums.live, 'live device')}; {w.number(sums.not_live)} not live and in no number below"
    channels = sum(device.channels for device in assessment.devices if device.live)
    boxes = sum(1 for device in assessment.devices if device.live)
    if channels > boxes:
        told += f"; {w.number(channels)} channels hang on {w.number(boxes)} boxes or fleet lines"
    lenses = [device.lenses for device in assessment.devices if device.live and device.lenses]
    if lenses:
        told += f"; {w.count(sum(lenses), 'lens', 'lenses')} told for {w.count(len(lenses), 'device')}"
    if not assessment.devices:
        told = "No device was found in the files read."
    return hang(told, columns)


def _makers(assessment: Assessment, columns: int) -> list[str]:
    counts: Counter[_Group] = Counter()
    for device in assessment.devices:
        if device.live:
            counts[_group(device.attribution, assessment.words)] += device.quantity
    ranked = sorted(counts.items(), key=lambda item: (not item[0].name, -item[1], item[0].name, item[0].sure))
    named = [item for item in ranked if item[0].name]
    shown, rest = named[:_LINES], named[_LINES:]
    top = max((value for _, value in ranked), default=1)
    lines: list[str] = []
    for group, value in [*shown, *(item for item in ranked if not item[0].name)]:
        lines += _maker_lines(group, value, top, columns)
    if rest:
        more = f"{w.count(len(rest), 'other')} with {w.count(sum(n for _, n in rest), 'device')}"
        lines += hang(f"{more}: see the report", columns, "  ", "    ")
    return lines or ["  nobody: there is no live device"]


def _group(attribution: Attribution, words: Mapping[str, str]) -> _Group:
    label, maker = w.label_name(attribution), w.maker_name(attribution)
    if attribution.maker_status == Status.ASSERTED:
        owner = w.owner_text(attribution)
        notes = [
            f"label: {label}" if label and not _own_label(attribution) else "",
            f"owner: {owner}" if owner else "",
        ]
        return _Group(maker, ", ".join(filter(None, notes)), "established")
    if not label:
        if attribution.maker_status == Status.REVIEW and maker:
            return _Group(maker, "no label known", "probably, check")
        return _Group("", "", w.why_not(attribution, words))
    sure = "label established" if attribution.status == Status.ASSERTED else "label probable, check"
    if attribution.maker_status == Status.REVIEW:
        return _Group(
            label,
            f"{_likely(attribution)} made by {maker}" if maker else "actual maker not proven",
            f"{sure}; maker: check",
        )
    because = f" because {w.why_not(attribution, words)}" if attribution.maker_reason else ""
    return _Group(label, "actual maker not known", f"{sure}; maker: not known{because}")


def _likely(attribution: Attribution) -> str:
    """One candidate is probable; among several only the unit decides."""
    return "probably" if len(attribution.candidates) == 1 else "may be"


def _own_label(attribution: Attribution) -> bool:
    """Whether the maker sells the device under its own name."""
    if attribution.brand and attribution.oem:
        return attribution.brand == attribution.oem
    return w.label_name(attribution) == w.maker_name(attribution)


def _maker_lines(group: _Group, value: int, top: int, columns: int) -> list[str]:
    name = f"{group.name} ({group.note})" if group.note else group.name or "not known"
    count = w.number(value).rjust(7)
    if columns >= _NARROW:
        room = min(48, columns - 44)
        head, *below = wrap(name, room) if width(name) <= room else _two_lines(group, room)
        start = f"  {pad(head, room)}{count}  {_bar(value, top, 12)}  "
        lines = hang(group.sure, columns, start, " " * width(start))
        return [*lines, *(f"    {line}" for line in below)]
    bar = _bar(value, top, max(4, min(16, columns - 20)))
    lines = hang(name, columns, "  ", "    ")
    return [*lines, f"  {count}  {bar}".rstrip(), *hang(group.sure, columns, "    ", "    ")]


def _two_lines(group: _Group, room: int) -> list[str]:
    note = wrap(f"({group.note})", room) if group.note else []
    return [*wrap(group.name, room), *note]


def _bar(value: int, top: int, cells: int) -> str:
    eighths = max(1, round(value * cells * 8 / top)) if value else 0
    full, part = divmod(eighths, 8)
    return ("█" * full + (_PARTS[part] if part else "")).ljust(cells)


def _rules(assessment: Assessment, columns: int, colour: bool) -> list[str]:
    counts = rule_counts(assessment)
    if counts is None:
        return []
    room = min(52, columns - 10)
    lines = [_bold("Rules that reach them on that day", colour)]
    for key, value in counts.items():
        told = wrap(_RULES[key], room - 2)
        lines += [f"  {part}" for part in told[:-1]]
        lines.append(f"  {pad(told[-1], room - 2)}{w.number(value).rjust(8)}")
    if not assessment.body_told:
        told_how = "which kind of body this is was not told, so nothing can bind it: --body-kind says it"
        lines += hang(told_how, columns, "  ", "    ")
    for row in assessment.rules or ():
        if row["reaches"] == "yes":
            told_of = w.count(int(str(row["devices"])), "device") if row["about"] == "device" else "names no maker"
            lines += hang(f"{clean(row['name'])} ({w.force_words(row)}): {told_of}", columns, "  ", "    ")
    return lines


def _readings(assessment: Assessment, columns: int, colour: bool) -> list[str]:
    """The five readings for the country asked about: each its own question, none answered for another."""
    counted = reading_counts(assessment)
    if not counted:
        return []
    lines = [_bold(f"From {clean(assessment.country)}? Five different questions", colour)]
    for key, counter in counted:
        told = f"{w.READINGS[key]}: at least {w.number(counter['yes'])}, "
        told += f"at most {w.number(counter['yes'] + counter['not known'])}, not known {w.number(counter['not known'])}"
        lines += hang(told, columns, "  ", "    ")
    return lines


def _findings(assessment: Assessment, columns: int, colour: bool) -> list[str]:
    """One line a kind of finding, the serious first; a kind met once is told in full."""
    kinds: dict[tuple[str, str], list[Finding]] = {}
    for finding in all_findings(assessment):
        kinds.setdefault((finding.severity, finding.kind), []).append(finding)
    if not kinds:
        return []
    lines = [_bold("To look at", colour)]
    for (severity, kind), found in list(kinds.items())[:_LINES]:
        example = clean(found[0].text)
        told = example if len(found) == 1 else f"{w.number(len(found))} × {w.say(kind, {})}, such as: {example}"
        lines += hang(shorten(f"{clean(severity)}: {told}", 2 * columns - 8), columns, "  ", "    ")
    if len(kinds) > _LINES:
        lines.append(f"  and {w.number(len(kinds) - _LINES)} more kinds in the report")
    return lines


def _more(assessment: Assessment, columns: int, path: str) -> list[str]:
    lines: list[str] = []
    steps = sorted(assessment.next_steps, key=lambda step: -step.settles)
    if steps:
        told = f"The answer would change most if you: {clean(steps[0].text)}"
        lines += hang(f"{told} (settles {w.count(steps[0].settles, 'device')})", columns, "", "  ")
    file = clean(path) or "FILE"
    example = clean(assessment.devices[0].id) if assessment.devices else "DEVICE"
    shown = f'"{file}"' if " " in file else file
    annotated = (
        " --annotate answered.xlsx" if [one.file for one in assessment.files] == [path.rsplit("/", 1)[-1]] else ""
    )
    commands = [
        f"custodes explain {example} --estate {shown}",
        f"custodes ask {shown}",
        f"custodes assess {shown} --out report/{annotated}",
    ]
    line = "More:  " + "     ".join(commands)
    return [*lines, line] if width(line) <= columns else [*lines, "More:", *(f"  {c}" for c in commands)]


def render_explain(device: Device, assessment: Assessment, width: int) -> str:
    """Why one device is said to be made by whom, with every piece of evidence for and against."""
    columns = max(width, 24)
    words, attribution = assessment.words, device.attribution
    lines = _explain_head(device, columns)
    lines += ["", *hang(w.made_by(attribution, words), columns, "", "  ")]
    lines += _field("label", w.labelled(attribution, words), columns)
    lines += _evidence(attribution, columns)
    owner = w.owner_chain(attribution) or w.owner_text(attribution)
    lines += _field("owner", owner, columns) if owner else []
    lines += _several("rules", (w.rule_line(measure, words) for measure in device.measures), columns)
    told = (f"{w.SEVERITY.get(f.severity, f.severity)}: {clean(f.text)}" for f in device.findings)
    lines += _several("other", told, columns)
    lines += _several("do", dict.fromkeys(clean(f.next_step) for f in device.findings if f.next_step), columns)
    lines += _several("read in", map(place, device.sources[:5]), columns)
    return "\n".join(lines) + "\n"


def _explain_head(device: Device, columns: int) -> list[str]:
    spot = ", ".join(filter(None, map(clean, (device.name, device.location, device.site))))
    sensitive = " (sensitive)" if device.sensitive else ""
    lines = hang(f"{clean(device.id)}  {spot}{sensitive}", columns, "", "  ")
    notes = [clean(device.body), clean(device.system)]
    notes += [f"stands for {w.count(device.quantity, 'device')}"] if device.quantity != 1 else []
    notes += [f"not live: {clean(device.status_text) or 'see the register'}"] if not device.live else []
    told = "; ".join(filter(None, notes))
    return [*lines, *hang(told, columns, "  ", "  ")] if told else lines


def _evidence(attribution: Attribution, columns: int) -> list[str]:
    told: dict[bool, list[str]] = {False: [], True: []}
    for piece in attribution.because:
        source = f" ({_first_source(piece.source)})" if piece.source else ""
        text = clean(piece.text) + source
        if text not in told[piece.against]:
            told[piece.against].append(text)
    lines = _several("because", told[False], columns) + _several("although", told[True], columns)
    label, maker = w.label_name(attribution), w.maker_name(attribution)
    if label and attribution.maker_status == Status.ASSERTED and not _own_label(attribution):
        lines += _field("so", f"{label} is the name on it; {maker} made it", columns)
    if attribution.candidates and attribution.maker_status != Status.ASSERTED:
        told_candidates = (
            clean(c.name) + (f" ({_first_source(c.source)})" if c.source else "") for c in attribution.candidates
        )
        lines += _several("maybe", told_candidates, columns)
    return lines


def _first_source(source: str) -> str:
    """The first of several sources; the data files hold them all."""
    first, _, more = clean(source).partition(" ; ")
    return first + (" and others" if more else "")


def _field(name: str, text: str, columns: int) -> list[str]:
    return hang(text, columns, f"  {name:<9}", " " * 11)


def _several(name: str, texts: Iterable[str], columns: int) -> list[str]:
    lines: list[str] = []
    for text in texts:
        lines += _field("" if lines else name, text, columns)
    return lines
