"""The stages run in order: sources, sightings, units, devices, findings, the frozen Assessment."""

from __future__ import annotations

import dataclasses
import hashlib
import re
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from custodes import __version__
from custodes.attribution.device import Attributor
from custodes.attribution.mention import Resolution
from custodes.attribution.text import resolve_text
from custodes.estate import sections, stated, steps
from custodes.estate.advisories import known_faults
from custodes.estate.build import Context, Dropped, build, understood
from custodes.estate.config import Estate
from custodes.estate.contradicting import contradictions
from custodes.estate.linking import Unit
from custodes.estate.quantity import read_quantity
from custodes.estate.ruling import Bench, Ruling
from custodes.estate.scanning import sightings_of
from custodes.estate.sightings import Reading, Scans, Sighting, read_sources
from custodes.estate.sites import SiteIndex
from custodes.estate.traffic import Watches
from custodes.estate.uniting import told_of, unite
from custodes.evidence.registers.credentials import REMOVED
from custodes.evidence.scans import open_scan
from custodes.findings.first import (
    Seen,
    credential_finding,
    device_findings,
    gap_finding,
    judgement_finding,
    status_finding,
)
from custodes.findings.rules import RuleFindings
from custodes.findings.traffic import traffic_findings
from custodes.knowledge import Knowledge, knowledge
from custodes.knowledge.text import fold
from custodes.model.assessment import Assessment, Device, FileAccount, Finding, Merged, Skipped
from custodes.model.questions import Answer, Question
from custodes.model.quiet import without_collector
from custodes.model.registers import Account, Limits
from custodes.model.vocab import Field

MEMORY_TEXTS = 20_000
#: Different units of one file that are attributed for each second allowed: what surely can be told in that time.
UNITS_A_SECOND = 2_000
#: Of the time allowed for one file: what reading may take, and when attribution stops to leave time for writing.
READING_SHARE, STOP_SHARE = 0.45, 0.7
CHECK_EVERY = 256
_NOT_ENROLLED = (
    "",
    "no",
    "n",
    "false",
    "0",
    "disable",
    "disabled",
    "off",
    "none",
    "n/a",
    "na",
    "-",
    "not enrolled",
)


class Deadline:
    """The time allowed for an assessment, and whether it is time to stop and tell what was found."""

    def __init__(self, seconds: float) -> None:
        self._stop = time.monotonic() + seconds * STOP_SHARE

    def near(self) -> bool:
        """Whether only the time for writing the answer is left."""
        return time.monotonic() >= self._stop


@dataclass(frozen=True, slots=True)
class Options:
    """What a caller may ask of an assessment."""

    as_at: date
    packs: tuple[Path, ...] = ()
    marking: str = ""
    limits: Limits = field(default_factory=Limits)
    answers: tuple[Answer, ...] = ()
    advisories: tuple[Path, ...] = ()
    ruling: Ruling = field(default_factory=Ruling)
    keep_units: bool = False  # hand on the units too: what each record said
    units_a_second: int = UNITS_A_SECOND  # fewer where the answer is written out at length

    @property
    def most_units(self) -> int:
        """Different units of one file that are attributed."""
        return int(self.units_a_second * self.limits.seconds)


@dataclass(slots=True)
class Assessed:
    """An assessment with what `ask`, `explain`, `annotate` and `timeline` need beside it."""

    assessment: Assessment
    estate: Estate
    questions: list[Question]
    unmatched: tuple[Answer, ...] = ()
    units: Sequence[Unit] = ()  # if they were asked for
    exploited: Mapping[str, str] = field(default_factory=dict)  # faults listed as exploited, since which day


def _silent(_: str) -> None:
    return


@without_collector()
def assess(estate: Estate, options: Options, progress: Callable[[str], None] = _silent) -> Assessed:
    """Assess an estate (see `load_estate`). Raises BadInput if nothing can be read at all."""
    loaded = knowledge(options.packs)
    deadline = Deadline(options.limits.seconds * max(1, len(estate.sources)))
    limits = dataclasses.replace(options.limits, seconds=options.limits.seconds * READING_SHARE)
    watches = Watches()
    reading = read_sources(estate.sources, limits, formats_of(options.packs), progress, scans_of(loaded, watches))
    sections.apply(reading, loaded)
    progress(f"linking {len(reading.sightings)} records")
    united = unite(reading.sightings, estate, loaded)
    units = united.units
    faults, unread = known_faults(loaded, options.packs, options.as_at, options.advisories)
    told = (united.cells, united.because, united.makers, faults, SiteIndex(estate.sites))
    resolver = _remembering(loaded)
    attributor = Attributor(resolver, loaded, options.as_at)
    context = Context(estate, loaded, resolver, attributor, options.as_at, *told)
    progress(f"attributing {len(units)} units")
    devices, dropped = _build_all(units, context, deadline, options.most_units * max(1, len(estate.sources)))
    asked = steps.questions(devices, dict(loaded.pack.sentences))
    answers = stated.match(options.answers, asked, devices)
    if answers.because:
        devices = _restate(units, devices, _with_answers(context, answers))
    progress("comparing what the sources tell")
    told_twice = contradictions(units, devices, context)
    by_id = {unit.id: unit for unit in units}
    of_rules = RuleFindings(options.as_at).of

    def findings(device: Device, measures: Sequence[Mapping[str, object]]) -> tuple[Finding, ...]:
        own = _findings_of(device, by_id[device.id], context)
        return (*own, *of_rules(device, measures), *told_twice.devices.get(device.id, ()))

    progress(f"asking the rules about {len(devices)} devices")
    bench = Bench(estate, loaded, options.as_at, options.ruling)
    devices = bench.rule(devices, findings)
    assessment = _assessment(estate, reading, units, devices, dropped, loaded, options)
    traffic = watches.told(units, {device.id: device for device in devices})
    assessment = dataclasses.replace(
        assessment,
        rules=bench.summary(devices),
        body_told=bench.body_told,
        country=options.ruling.country,
        traffic=traffic,
        findings=(
            *assessment.findings,
            *unread,
            *map(judgement_finding, united.faults),
            *told_twice.others,
            *traffic_findings(traffic),
        ),
    )
    kept = units if options.keep_units else ()
    return Assessed(assessment, estate, asked, answers.unmatched, kept, faults.exploited)


def _with_answers(context: Context, answers: stated.Stated) -> Context:
    """The context with answers behind what was judged."""
    cells, because = (
        {key: [*first.get(key, ()), *second.get(key, ())] for key in {**first, **second}}
        for first, second in ((context.stated, answers.cells), (context.stated_because, answers.because))
    )
    return dataclasses.replace(context, stated=cells, stated_because=because)


def scans_of(loaded: Knowledge, watches: Watches | None = None) -> Scans:
    """Reads sources that are scans of a network, or captures and logs of its traffic, of which `watches` keeps what
    was seen."""
    watches = watches or Watches()

    def scanned(index: int, file: Path, limits: Limits) -> tuple[list[Sighting], Account] | None:
        scan = open_scan(file, limits)
        if scan is not None:
            return sightings_of(scan, index, file.name, loaded)
        return watches.scanned(index, file, limits, loaded)

    return scanned


def formats_of(packs: Sequence[Path]) -> tuple[Path, ...]:
    """The folders of register formats that packs laid over the bundled one bring."""
    return tuple(pack / "register_formats" for pack in packs if (pack / "register_formats").is_dir())


_QUERY = re.compile(rf"(\?\w+) {re.escape(REMOVED)}")


def _without_marks(text: str) -> str:
    """A text without the marks left for credentials; a web address keeps the look of its query."""
    return _QUERY.sub(r"\1= ", text).replace(REMOVED, " ")


def _remembering(loaded: Knowledge) -> Callable[[str], Resolution]:
    memory: dict[str, Resolution] = {}

    def resolver(text: str) -> Resolution:
        found = memory.get(text)
        if found is None:
            found = resolve_text(_without_marks(text), loaded)
            if len(memory) < MEMORY_TEXTS:
                memory[text] = found
        return found

    return resolver


def _build_all(
    units: Sequence[Unit], context: Context, deadline: Deadline, most: int
) -> tuple[list[Device], dict[str, Dropped]]:
    """Build every unit; when the time is used up the rest is named as not looked at, never left out silently."""
    devices: list[Device] = []
    dropped: dict[str, Dropped] = {}
    late = Dropped("not looked at: the time allowed for one file was used up (--seconds allows more)")
    many = Dropped(f"not looked at: more than {most:,} different units for the time allowed (--seconds allows more)")
    for place, unit in enumerate(units):
        if place >= most or (place % CHECK_EVERY == 0 and deadline.near()):
            dropped.update((later.id, many if place >= most else late) for later in units[place:])
            break
        built = build(unit, context)
        if isinstance(built, Dropped):
            dropped[unit.id] = built
        else:
            devices.append(built)
    return devices, dropped


def _restate(units: Sequence[Unit], devices: Sequence[Device], context: Context) -> list[Device]:
    """Build again the devices that something was stated about; every other device stays as it is."""
    by_id = {unit.id: unit for unit in units}
    again = list(devices)
    for place, device in enumerate(devices):
        if device.id in context.stated_because:
            unit = by_id[device.id]
            built = build(unit, context)
            again[place] = device if isinstance(built, Dropped) else built
    return again


def _findings_of(device: Device, unit: Unit, context: Context) -> tuple[Finding, ...]:
    cloud = [text for text in _texts(unit, Field.CLOUD) if _enrolled(text)]
    uncounted = [text for text in _texts(unit, Field.QUANTITY) if not read_quantity(text).known]
    seen = Seen(unit.clashes, list(dict.fromkeys(cloud)), list(dict.fromkeys(uncounted)))
    found = device_findings(device, seen, context.knowledge.pack.sentences)
    return (*found, *context.faults.of(device, told_of(unit)))


def _texts(unit: Unit, field: Field) -> list[str]:
    return [one.cells[field] for one in unit.sightings if field in one.cells]


def _enrolled(text: str) -> bool:
    return fold(text).strip() not in _NOT_ENROLLED


def _assessment(
    estate: Estate,
    reading: Reading,
    units: Sequence[Unit],
    devices: Sequence[Device],
    dropped: Mapping[str, Dropped],
    loaded: Knowledge,
    options: Options,
) -> Assessment:
    skipped = _skipped(reading, units, dropped)
    merged = _merged(units, dropped)
    hashes = {index: _sha256(estate.sources[index].file) for index in {index for index, _ in reading.accounts}}
    went = (
        Counter((d.sources[0].file, d.sources[0].sheet) for d in devices),
        Counter((m.file, m.sheet) for m in merged),
        Counter((s.file, s.sheet) for s in skipped),
    )
    files = tuple(
        _file(account, estate.sources[index].dated, hashes[index], went) for index, account in reading.accounts
    )
    return Assessment(
        title=estate.title,
        as_at=options.as_at,
        pack_version=loaded.version,
        pack_date=loaded.pack.date,
        program_version=__version__,
        marking=options.marking,
        synthetic=estate.synthetic,
        files=files,
        devices=tuple(devices),
        skipped=skipped,
        merged=merged,
        findings=_findings(reading, devices, loaded),
        next_steps=steps.next_steps(devices),
        words=dict(loaded.pack.sentences),
    )


def _findings(reading: Reading, devices: Sequence[Device], loaded: Knowledge) -> tuple[Finding, ...]:
    found = [item for device in devices for item in device.findings]
    for _, account in reading.accounts:
        credentials = credential_finding(account.file, account.credentials)
        if credentials is not None:
            found.append(credentials)
        found.extend(gap_finding(account.file, gap) for gap in account.gaps)
    found.extend(gap_finding(name, f"could not be read at all: {error.what}") for name, error in reading.refused)
    found.extend(status_finding(file, states) for file, states in _strange_states(devices, loaded).items())
    return tuple(found)


def _strange_states(devices: Sequence[Device], loaded: Knowledge) -> dict[str, Counter[str]]:
    """By file, the states that are not understood, with how many devices they keep in use."""
    told = Counter((d.sources[0].file, d.status_text) for d in devices if d.live and d.status_text)
    strange = {text for text in {text for _, text in told} if not understood(text, loaded)}
    found: dict[str, Counter[str]] = {}
    for (file, text), count in told.items():
        if text in strange:
            found.setdefault(file, Counter())[text] = count
    return found


def _skipped(reading: Reading, units: Sequence[Unit], dropped: Mapping[str, Dropped]) -> tuple[Skipped, ...]:
    found = [
        Skipped(account.file, skip.row, skip.reason, skip.sheet)
        for _, account in reading.accounts
        for skip in account.skipped
    ]
    found += [Skipped(s.file, s.row, sections.REASON, s.sheet) for s in reading.headings]
    for unit in units:
        reason = dropped.get(unit.id)
        if reason is not None:
            found.extend(Skipped(s.file, s.row, reason.reason, s.sheet) for s in unit.sightings)
    return tuple(sorted(found, key=lambda item: (item.file, item.sheet, item.row)))


def _merged(units: Sequence[Unit], dropped: Mapping[str, Dropped]) -> tuple[Merged, ...]:
    return tuple(
        Merged(s.file, s.row, unit.id, s.sheet, why)
        for unit in units
        if unit.id not in dropped
        for s, why in zip(unit.sightings[1:], unit.whys[1:], strict=True)
    )


def _file(account: Account, dated: str, sha256: str, went: Sequence[Mapping[tuple[str, str], int]]) -> FileAccount:
    """The account of one file or sheet; `went`: by file and sheet, its rows that are devices, repeats and neither."""
    sheet = account.sheet
    devices, merged, skipped = (rows.get((account.file, sheet), 0) for rows in went)
    return FileAccount(
        file=account.file,
        format_name=account.format_name,
        score=account.score,
        encoding=account.encoding,
        delimiter=account.delimiter,
        header_row=account.header_row,
        mapped=tuple((use.header, str(use.field)) for use in account.columns if use.field is not None),
        unmapped=tuple(use.header for use in account.columns if use.field is None and use.how != "credential"),
        rows=account.rows,
        devices=devices,
        merged=merged,
        skipped=skipped,
        credentials=account.credentials,
        gaps=tuple(account.gaps),
        sheet=sheet,
        sha256=sha256,
        dated=dated,
        format_id=account.format_id,
        seen_on_network=account.seen_on_network,
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
