"""One estate, assessed: what `custodes assess` prints, writes and explains. Publication renders only this."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from custodes.model.contradictions import Side
from custodes.model.registers import Credentials
from custodes.model.sources import SourceRow
from custodes.model.traffic import Traffic
from custodes.model.vocab import Reason, Status


@dataclass(frozen=True, slots=True)
class Because:
    """One piece of evidence, for or against, in a form that can be walked back to its source.

    `kind`: brand-name | product-line | model-code | mac-block | serial-shape | driver | stated-by | spelling |
    context | edge | damage | fingerprint | protocol | address. `text` is the sentence a person reads. `span` is
    (start, end) in the characters of the source cell named by `field`. `weight` is a log-likelihood ratio in nats.
    """

    kind: str
    text: str
    rule: str = ""
    field: str = ""
    span: tuple[int, int] | None = None
    weight: float = 0.0
    source: str = ""
    against: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """A maker that may have built the unit: pack id, short name, confidence 0..1, and the edge's source."""

    supplier: str
    name: str
    confidence: float
    established: bool
    relation: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class OwnerLink:
    """One dated step of an owner chain, nearest owner first."""

    supplier: str
    name: str
    country: str
    since: str = ""
    until: str = ""
    certainty: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who made one device. `status` is about the brand; `maker_status` about the actual maker (OEM).

    `reason` says why nothing (or not more) is asserted. `oem` is set only when `maker_status` is asserted.
    """

    status: Status
    confidence: float
    brand: str | None = None
    brand_name: str | None = None
    model: str | None = None
    device_type: str | None = None
    oem: str | None = None
    oem_name: str | None = None
    maker_status: Status = Status.UNKNOWN
    maker_reason: str = ""
    candidates: tuple[Candidate, ...] = ()
    component: str | None = None
    owner: str | None = None
    owner_name: str | None = None
    owners: tuple[OwnerLink, ...] = ()
    reason: Reason | None = None
    because: tuple[Because, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a person should look at. `severity`: note | check | serious. No finding accuses."""

    id: str
    kind: str
    severity: str
    text: str
    device: str = ""
    sources: tuple[SourceRow, ...] = ()
    next_step: str = ""
    rule: str = ""  # id of the rule that a finding is about
    identified_at: str = ""  # the day asked about; for a rule that has a clock, where it may start
    fault: str = ""  # the known fault that a finding is about (its CVE)
    about: str = ""  # what is told in two ways, and by whom (`model.contradictions`)
    sides: tuple[Side, ...] = ()


@dataclass(frozen=True, slots=True)
class Paid:
    """One thing that a record says about how a device was paid for. Nothing of it is ever replaced by a later record.

    `what`: award | fund | obligated | order | invoice | seller | amount | purchased, in the words of the record.
    """

    what: str
    text: str
    where: SourceRow


@dataclass(frozen=True, slots=True)
class Device:
    """One physical device (or one fleet line with its quantity), from one or several register rows."""

    id: str
    name: str
    body: str
    site: str
    system: str
    location: str
    quantity: int
    live: bool
    status_text: str
    attribution: Attribution
    sources: tuple[SourceRow, ...]
    findings: tuple[Finding, ...] = ()
    sensitive: bool = False
    owner: str = ""
    operator: str = ""
    controller: str = ""
    landlord: str = ""
    installer: str = ""
    contract: str = ""
    mac: str = ""
    serial: str = ""
    firmware: str = ""
    channels: int = 1
    lenses: int | None = None
    assembled: str = ""  # where it was put together, as its label or papers say
    part: str = ""  # a part seen in this very unit, as it was written down
    bought: str = ""  # the day, month or year of purchase, ISO; empty if not told or not readable as one
    paid: tuple[Paid, ...] = ()
    seen: bool = False  # whether one of its records was read off the network itself
    ports: tuple[str, ...] = ()  # open ones that a scan saw, as "tcp/80"
    system_id: str = ""  # of the configuration; empty where it does not tell the system or the site
    site_id: str = ""
    measures: tuple[Mapping[str, object], ...] = ()
    origin: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FileAccount:
    """One input file in the report: how it was read and where each of its rows went."""

    file: str
    format_name: str
    score: float
    encoding: str
    delimiter: str
    header_row: int | None
    mapped: tuple[tuple[str, str], ...]  # (source header, canonical field)
    unmapped: tuple[str, ...]
    rows: int
    devices: int
    merged: int
    skipped: int
    credentials: Credentials
    gaps: tuple[str, ...] = ()
    sheet: str = ""
    sha256: str = ""  # of the file's bytes
    dated: str = ""  # the day of which the file speaks, if the configuration tells it
    format_id: str = ""
    seen_on_network: bool = False  # whether its rows are what devices answered on the network


@dataclass(frozen=True, slots=True)
class Skipped:
    """A register row that became no device."""

    file: str
    row: int
    reason: str
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class Merged:
    """A register row folded into a device that an earlier row made. `why`: what joined it."""

    file: str
    row: int
    into: str
    sheet: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class NextStep:
    """What would change the answer most: the question, and how many devices one answer settles."""

    text: str
    settles: int
    key: str = ""


@dataclass(frozen=True, slots=True)
class Assessment:
    """The whole answer, frozen. Publication reads this and computes nothing but layout."""

    title: str
    as_at: date
    pack_version: str
    pack_date: date
    program_version: str
    marking: str
    synthetic: bool
    files: tuple[FileAccount, ...]
    devices: tuple[Device, ...]
    skipped: tuple[Skipped, ...]
    merged: tuple[Merged, ...]
    findings: tuple[Finding, ...]
    next_steps: tuple[NextStep, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)  # code -> plain sentence, from the pack
    rules: tuple[Mapping[str, object], ...] | None = None  # what each rule says here; None: not asked
    body_told: bool = True  # whether the kind of body is known: without it no rule can be said to bind anybody
    country: str = ""  # for which the five readings were asked
    traffic: tuple[Traffic, ...] = ()  # of devices in captures and logs that were among the files
