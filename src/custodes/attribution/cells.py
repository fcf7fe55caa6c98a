"""What the other cells of a record do to a label: confirm it, contradict it, take it away."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence

from custodes.attribution import score
from custodes.attribution.case import NAMING, PROPOSING, Case, lower, quote
from custodes.attribution.mention import Mention, Resolution
from custodes.attribution.text import resolve_text
from custodes.knowledge.text import clauses, fold, has_phrase, words
from custodes.model.assessment import Because
from custodes.model.vocab import Field, Reason, Status

#: Flags that take an assertion away when they stand in a naming cell.
CELL_FLAGS = (
    "negation",
    "past",
    "accessory",
    "compatible",
    "service",
    "doubt",
    "future",
    "purpose",
    "person",
    "part",
)
#: A note of so few words that it can only be about the unit itself.
SHORT_NOTE = 3
#: More words than this are a sentence about the unit and its place, not a name of it.
LONG_MODEL = 8
SHORT_NOTE_FLAGS = ("past", "future", "negation", "doubt", "accessory", "compatible", "part", "purpose")


def weigh_cells(case: Case, mention: Mention, source: str) -> tuple[Mention, list[Because]]:
    """Confirm or lower the label by the other cells. Returns the mention and further evidence."""
    extra: list[Because] = []
    named_by_code = "code" in mention.kind and source in (Field.NAME, Field.HARDWARE)
    if source in PROPOSING and source != Field.HARDWARE and not named_by_code:
        mention = lower(mention, Reason.WEAK_NAME, f"only the {_WORDS[source]} names it", -1.0)
    for name, text, resolution in case.resolved:
        if name in NAMING:
            mention = _naming_cell(case, mention, name, text, resolution)
        elif name == Field.NOTES:
            mention = _note(case, mention, resolution, text)
        if name != source:
            extra += _confirming(mention, name, resolution)
    return mention, extra


_WORDS = {"driver": "driver", "name": "device's name", "notes": "note", "firmware": "firmware text"}


def _naming_cell(case: Case, mention: Mention, name: str, text: str, resolution: Resolution) -> Mention:
    own = any(item.brand == mention.brand and item.status is Status.ASSERTED for item in resolution.mentions)
    flags = [flag for flag in resolution.flags if flag in CELL_FLAGS]
    cell = f"the {name.replace('_', ' ')} cell"
    accessory = _is_accessory(case, text, flags)
    if not accessory and name != Field.MAKE and _speaks_of_a_device(case, text):
        flags = [flag for flag in flags if flag not in ("accessory", "part")]
    if set(flags) == {"part"} and _coded(case, mention, but=name):
        flags = []
    if flags and not own:
        lowered = lower(mention, score.REASONS[flags[0]], f"{cell} says “{quote(text)}”")
        if accessory and name != Field.MAKE:
            return lowered._replace(status=Status.UNKNOWN, reason=Reason.ACCESSORY)
        return lowered
    if name == Field.MAKE and not own and (resolution.unexplained or resolution.reason is Reason.OTHER_COMPANY):
        return lower(mention, Reason.CONTRADICTION, f"the make cell says “{quote(text)}”", -2.0)
    if resolution.unexplained and not own and _not_understood(case, mention, name, text, resolution):
        return lower(mention, Reason.UNEXPLAINED_WORDS, f"{cell} “{quote(text)}” is not understood", -2.0)
    return _contradicting_code(case, mention, name, resolution)


def _not_understood(case: Case, mention: Mention, name: str, text: str, resolution: Resolution) -> bool:
    """Whether words that nothing explains put the make in question, where they stand in a cell that names the unit."""
    named = any(item.brand == mention.brand for item in resolution.mentions)
    short = len(words(text)) <= LONG_MODEL
    if name in (Field.MODEL, Field.DEVICE_TYPE):
        return (named or short) and (not resolution.model or _stands_free(text, resolution.unexplained))
    if name != Field.DESCRIPTION:
        return False
    if named:
        return short or _strange(case, mention, resolution, text)
    told = not case.knowledge.note_words["about_make"].isdisjoint(words(text))
    return told or _strange(case, mention, resolution, text)


def _stands_free(text: str, unexplained: Sequence[str]) -> bool:
    """Whether a word that nothing explains is one of its own, and no ending tied to a code ("NBE-7702-ALX")."""
    told = fold(text)
    return any(re.search(rf"(?<![\w/_-]){re.escape(word)}", told) for word in unexplained)


def _strange(case: Case, mention: Mention, resolution: Resolution, text: str) -> bool:
    """Whether a cell of a few words, none of them understood, stands beside a make that no model code bears out."""
    spoken = words(text)
    alone = 0 < len(spoken) <= SHORT_NOTE and len(resolution.unexplained) == len(spoken)
    return alone and not _coded(case, mention)


def _coded(case: Case, mention: Mention, but: str = "") -> bool:
    """Whether a naming cell (other than `but`) holds a model code of the very brand."""
    return any(mention.brand in r.code_brands for name, _, r in case.resolved if name in NAMING and name != but)


def _is_accessory(case: Case, text: str, flags: Sequence[str]) -> bool:
    """Whether the thing a cell names is an accessory or a service.

    "X for Y" is X; "X on Y" is X; otherwise the last word of a compound is the thing.
    """
    if "purpose" in flags or (not text.isalpha() and _accessory_code(case, text)):
        return True
    spoken = words(text)
    cut = next((at for at, word in enumerate(spoken) if word in case.knowledge.placing and at), len(spoken))
    head = spoken[cut - 1 : cut]
    return bool(head) and case.knowledge.word_class.get(head[0]) in ("flag:accessory", "flag:service")


def _accessory_code(case: Case, text: str) -> bool:
    return any(told == text and r.device_type == "accessory" for _, told, r in case.resolved)


def _speaks_of_a_device(case: Case, text: str) -> bool:
    return not case.knowledge.device_types.keys().isdisjoint(words(text))


def _contradicting_code(case: Case, mention: Mention, name: str, resolution: Resolution) -> Mention:
    row = case.knowledge.brand(mention.brand)
    house = {edge.supplier for edge in row.makers} | {row.supplier}
    for other in resolution.mentions:
        if other.brand == mention.brand or other.status is not Status.ASSERTED:
            continue
        supplier = case.knowledge.brand(other.brand).supplier
        if supplier in house or _followed(case, other.brand) & house:
            continue
        return lower(
            mention,
            Reason.CONTRADICTION,
            f"the {name.replace('_', ' ')} cell points to {other.brand_name}",
            -4.0,
        )
    return mention


def _followed(case: Case, brand: str) -> set[str]:
    """Who took over or follows the goods of a brand: its codes stand on their units too."""
    makers = case.knowledge.brand(brand).makers
    return {edge.supplier for edge in makers if edge.kind in ("own", "successor")}


def _note(case: Case, mention: Mention, resolution: Resolution, text: str) -> Mention:
    """A note can take an assertion away: if it takes this very name back, names another, or says the unit is gone."""
    flags, said = set(resolution.flags), set(words(text))
    notes = case.knowledge.note_words
    same = [item for item in resolution.mentions if item.brand == mention.brand]
    others = [item for item in resolution.mentions if item.brand != mention.brand]
    if same:
        gone = any(item.status is Status.UNKNOWN for item in others)
        doubtful = same[0].status is Status.UNKNOWN or (same[0].status is Status.REVIEW and not gone)
    elif others:
        present = any(item.status is not Status.UNKNOWN for item in others)
        linked = "past" not in flags and _linked(case, text, others)
        asserted = bool(said & (notes["asserting"] | notes["about_make"]))
        doubtful = asserted or (present and not linked) or bool(said & notes["exchange"]) or _replaced(case, text)
    else:
        short = len(text.split()) <= SHORT_NOTE
        strange = not said <= notes["ordinary"] and _strange(case, mention, resolution, text)
        doubtful = strange or _exchanged(case, text, said) or _nameless_note(case, mention, flags, said, short=short)
    if doubtful or _hearsay(case, text) or _says_gone(case, text):
        why = "the note speaks of it as removed, former, compatible, an accessory or another make"
        return lower(mention, Reason.QUESTION, f"{why}: “{quote(text)}”")
    return mention


def _linked(case: Case, text: str, others: Sequence[Mention]) -> bool:
    """Whether each other make of a note stands behind a word for what the unit is connected to: "records to Firm". One
    before it is the unit's own: "Firm camera, monitored"."""
    spoken, linking = words(text), case.knowledge.note_words["linking"]
    at = next((place for place, word in enumerate(spoken) if word in linking), None)
    if at is None:
        return False
    behind = {item.brand for item in resolve_text(" ".join(spoken[at:]), case.knowledge, explain=False).mentions}
    return all(item.brand in behind for item in others)


def _replaced(case: Case, text: str) -> bool:
    """Whether a clause of a note is a word of the past alone: "Replaced, Firm installed", and not "replaced Firm"."""
    classes = case.knowledge.word_class
    return any(len(told) == 1 and classes.get(told[0]) == "flag:past" for told in clauses(text))


def _exchanged(case: Case, text: str, said: set[str]) -> bool:
    """Whether a note without a make says that there is another unit now, and not only another part or setting."""
    notes = case.knowledge.note_words
    if not said & notes["exchange"] or said & (notes["parts"] | notes["settings"]):
        return False
    return _speaks_of_a_device(case, text)


def _says_gone(case: Case, text: str) -> bool:
    """Whether a clause of a note begins with a word of removal: "removed, not in use"."""
    gone = case.knowledge.gone_words
    return any(told[0] in gone for told in clauses(text) if told)


def _hearsay(case: Case, text: str) -> bool:
    """Whether a note says that the make was put there without looking at the unit."""
    spoken, known = words(text), case.knowledge
    return not known.note_words["hearsay"].isdisjoint(spoken) or has_phrase(spoken, known.hearsay_phrases)


def _nameless_note(case: Case, mention: Mention, flags: set[str], said: set[str], *, short: bool) -> bool:
    """Whether a note that names no make still puts the label in question. `said`: its words."""
    notes = case.knowledge.note_words
    if said & notes["parts"] and flags <= {"past", "accessory", "part", "future"} and not said & notes["about_make"]:
        return False  # "HDD replaced": a part of the unit, not the unit
    if said & notes["about_make"]:
        return bool(flags) or not said & notes["settled"] or bool(said & notes["unsettled"])
    if not short:
        return bool(flags & {"accessory", "compatible", "past", "future"}) and not _coded(case, mention)
    if flags <= {"negation", "doubt", "future", "service", "past"} and said & notes["condition"]:
        return False
    return bool(flags & set(SHORT_NOTE_FLAGS)) and not (flags <= {"accessory", "part"} and _coded(case, mention))


def _confirming(mention: Mention, name: str, resolution: Resolution) -> list[Because]:
    for item in resolution.mentions:
        if item.brand == mention.brand and item.status is not Status.UNKNOWN:
            first = next((e for e in item.evidence if not e.against and e.kind != "context"), None)
            if first is not None:
                return [dataclasses.replace(first, field=name)]
    return []
