"""The plain words of every page, sheet and terminal line. Machine words stay in the data files."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from custodes.model import rules
from custodes.model.assessment import Attribution, Finding, OwnerLink
from custodes.model.days import in_words
from custodes.model.vocab import Status
from custodes.publication.text import clean

HOW_SURE = {Status.ASSERTED: "established", Status.REVIEW: "probably, check", Status.UNKNOWN: "not known"}
SEVERITY = {"serious": "serious, look at this first", "check": "check", "note": "for information"}
SEVERITY_ORDER = tuple(SEVERITY)
READINGS = {
    "brand": "name on the box",
    "maker": "actual maker",
    "owner": "owner of the maker",
    "component": "named part inside",
    "assembled": "put together",
}
YES_NO = {"yes": "yes", "no": "no", "unknown": "not known", "": "not known"}


def day(value: date) -> str:
    """A date as people write it: 22 November 2026."""
    return in_words(value)


def plain_date(text: str) -> str:
    """An ISO date as people write it; a year, a month or anything else as it stands."""
    told = clean(text)
    try:
        return day(date.fromisoformat(told)) if len(told) == 10 else told
    except ValueError:
        return told


def number(value: int) -> str:
    """A count with thousands separated: 12,345."""
    return f"{value:,}"


def count(value: int, one: str, many: str = "") -> str:
    """A count and its noun: 1 device, 2 devices."""
    return f"{number(value)} {one if value == 1 else many or one + 's'}"


def say(code: str, words: Mapping[str, str]) -> str:
    """The pack's sentence for `code`, or the code itself made readable, without a full stop."""
    spoken = words.get(code) or (code.replace("-", " ").replace("_", " ") if " " not in code else code)
    return clean(spoken).rstrip(".")


def title_of(code: str, words: Mapping[str, str]) -> str:
    """`say`, beginning with a capital."""
    text = say(code, words)
    return text[:1].upper() + text[1:]


def why_not(attribution: Attribution, words: Mapping[str, str], *, maker: bool = True) -> str:
    """Why nothing (or no more) is stated: of the maker, or with `maker=False` of the label."""
    code = (attribution.maker_reason if maker else "") or attribution.reason
    if code:
        return say(str(code), words)
    if maker and attribution.status != Status.UNKNOWN:
        return "the reference data does not say who builds it"
    return "nothing in the files names it"


def candidate_names(attribution: Attribution) -> str:
    """The makers that may have built it, most likely first: "A", "A or B", "A, B or others"."""
    ranked = sorted(attribution.candidates, key=lambda c: (-c.confidence, c.name))
    names = list(dict.fromkeys(clean(c.name) for c in ranked))
    if len(names) > 2:
        return f"{names[0]}, {names[1]} or others"
    return " or ".join(names)


def maker_name(attribution: Attribution) -> str:
    """The actual maker, or those it probably is; empty when not known."""
    if attribution.maker_status == Status.ASSERTED:
        return clean(attribution.oem_name or attribution.oem or attribution.brand_name)
    if attribution.maker_status == Status.REVIEW:
        return candidate_names(attribution)
    return ""


def label_name(attribution: Attribution) -> str:
    """The name on the device, as the reference data writes it; empty when not known."""
    return "" if attribution.status == Status.UNKNOWN else clean(attribution.brand_name or attribution.brand)


def made_by(attribution: Attribution, words: Mapping[str, str]) -> str:
    """The one sentence about the maker: "made by X, established" and its two weaker forms."""
    name = maker_name(attribution)
    if attribution.maker_status == Status.ASSERTED:
        return f"made by {name}, established"
    if attribution.maker_status == Status.REVIEW:
        return f"probably {name}, check" if name else f"check: {why_not(attribution, words)}"
    return f"not known because {why_not(attribution, words)}"


def labelled(attribution: Attribution, words: Mapping[str, str]) -> str:
    """The one sentence about the label: the name, and how sure; with the model where there is one."""
    name = " ".join(filter(None, (label_name(attribution), clean(attribution.model))))
    if attribution.status == Status.ASSERTED:
        return f"{name}, established"
    if attribution.status == Status.REVIEW:
        why = f" ({say(str(attribution.reason), words)})" if attribution.reason else ""
        return f"probably {name}, check{why}" if name else f"check{why}"
    return f"not known because {why_not(attribution, words, maker=False)}"


def because_lines(attribution: Attribution) -> list[str]:
    """Each piece of evidence as a line; what speaks against comes last and says so."""
    ordered = sorted(attribution.because, key=lambda b: b.against)
    return [("although " if b.against else "") + clean(b.text) for b in ordered]


def owner_text(attribution: Attribution) -> str:
    """The owner of the maker and since when; empty when the reference data has none."""
    name = clean(attribution.owner_name or attribution.owner)
    link = _owner_link(attribution)
    if not name and link:
        name = clean(link.name)
    since = clean(link.since)[:4] if link and link.since else ""
    return f"{name} since {since}" if name and since else name


def owner_chain(attribution: Attribution) -> str:
    """Every dated step of ownership, nearest first."""
    return " → ".join(_step(link) for link in attribution.owners)


def _owner_link(attribution: Attribution) -> OwnerLink | None:
    for link in attribution.owners:
        if link.supplier == attribution.owner:
            return link
    return attribution.owners[0] if attribution.owners and not attribution.owner else None


def _step(link: OwnerLink) -> str:
    dates = " ".join(
        f"{word} {plain_date(value)}" for word, value in (("since", link.since), ("until", link.until)) if value
    )
    inside = ", ".join(filter(None, (clean(link.country), dates)))
    return f"{clean(link.name)} ({inside})" if inside else clean(link.name)


def severity_rank(finding: Finding) -> tuple[int, str]:
    """Sorts findings: serious first, then check, then for information; within that by kind."""
    known = finding.severity in SEVERITY_ORDER
    return (SEVERITY_ORDER.index(finding.severity) if known else len(SEVERITY_ORDER), finding.kind)


def reading(value: str) -> str:
    """One of the five readings in plain words: yes, no, not known, or the value as given."""
    return YES_NO.get(value.strip().lower(), clean(value))


def force_words(measure: Mapping[str, object]) -> str:
    """The force of a rule on the body at hand, in plain words."""
    return rules.force_words(clean(measure.get("force")), bool(measure.get("addressed")))


def asks_the_body(measure: Mapping[str, object]) -> bool:
    """Whether a rule, as publication is given it, asks something of the body at hand."""
    return rules.asks_the_body(str(measure.get("force", "")), bool(measure.get("addressed")))


def rule_line(measure: Mapping[str, object], words: Mapping[str, str]) -> str:
    """One rule on one device: its name, whether it reaches or only describes it, its force, what is missing."""
    name = clean(measure.get("name")) or say(str(measure.get("id", "")), words)
    reaches = YES_NO.get(str(measure.get("reaches", "")), "not known")
    yes = "reaches it" if asks_the_body(measure) else "describes it"
    told = {"yes": yes, "no": "does not reach it"}.get(reaches, "not known whether it reaches it")
    missing = measure.get("missing")
    lacks = ", ".join(map(clean, missing)) if isinstance(missing, list | tuple) else ""
    due = plain_date(str(measure.get("by") or ""))
    parts = (f"{name}: {told}", force_words(measure), f"missing: {lacks}" if lacks else "", f"by {due}" if due else "")
    return "; ".join(filter(None, parts))
