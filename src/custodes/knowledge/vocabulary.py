"""Reads the vocabulary document of a pack: which words say what."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from custodes.knowledge.text import is_east_asian, plain, squash, words


def signs(document: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Vocabulary words of scripts without blanks: they are found like names, since they are no single word."""
    return ((word, kind) for word, kind in classed(document) if is_east_asian(word))


def classed(document: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """(word as written, class) of the vocabulary: the plain classes first, then each flag as `flag:NAME`."""
    for group, prefix in (("plain", ""), ("flags", "flag:")):
        for name, text in group_of(document, group).items():
            yield from ((word, f"{prefix}{name}") for word in str(text).split())


def group_of(document: Mapping[str, object], group: str) -> Mapping[str, Any]:
    """A group of the vocabulary; empty if the document has none."""
    block = document.get(group)
    return block if isinstance(block, Mapping) else {}


def words_of(block: Mapping[str, Any], key: str) -> frozenset[str]:
    """The words that a group of the vocabulary lists under a key."""
    return frozenset(words(str(block.get(key, ""))))


def word_classes(document: Mapping[str, object]) -> Mapping[str, str]:
    """Word to class name; a flag class wins over a plain one, so that doubt is never explained away."""
    table: dict[str, str] = {}
    for word, kind in classed(document):
        pieces = words(word)
        if len(pieces) != 1:
            continue
        held = table.get(pieces[0])
        if held is None or (kind.startswith("flag:") and not held.startswith("flag:")):
            table[pieces[0]] = kind
    return table


def no_make_texts(document: Mapping[str, object]) -> Mapping[str, str]:
    """Folded text that says a make is absent, to the reason: blank, not-held or refused."""
    block = group_of(document, "no_make")
    table = {plain(word): "blank" for word in str(block.get("blank", "")).split()}
    table.update({plain(phrase): "blank" for phrase in texts(block.get("blank_phrases"))})
    for reason in ("not_held", "refused"):
        for phrase in block.get(reason) or ():
            table[plain(str(phrase))] = reason.replace("_", "-")
    return table


def not_given_pattern(no_make: Mapping[str, str]) -> re.Pattern[str]:
    """One pattern for the phrases that say a make is not held or refused, anywhere in a text."""
    phrases = sorted((re.escape(p) for p, reason in no_make.items() if reason != "blank"), key=len, reverse=True)
    return re.compile(rf"(?<!\S)(?:{'|'.join(phrases) or '(?!)'})(?!\S)")


def device_types(document: Mapping[str, object]) -> Mapping[str, str]:
    """Word to device type, as the pack's vocabulary says."""
    pairs = group_of(document, "device_types").items()
    return {piece: str(name) for name, text in pairs for word in str(text).split() for piece in words(word)[:1]}


_NOTE_KINDS = (
    "about_make",
    "settled",
    "unsettled",
    "exchange",
    "settings",
    "condition",
    "linking",
    "parts",
    "ordinary",
    "asserting",
    "hearsay",
)
_STATES = (
    *(
        "before_use",
        "strong",
        "yes",
        "removal",
        "denied_after",
        "to_come",
        "upkeep",
        "no",
        "no_longer",
        "lacking",
        "swapped",
        "until",
    ),
    *("was", "said_of_unit", "then", "another"),
)
_BESIDE_KINDS = ("recorder", "camera", "protocol_before", "protocol", "features")


def beside_words(document: Mapping[str, object]) -> Mapping[str, frozenset[str]]:
    """Words by which a name may belong to something beside the device, by what they name; heads of phrases too."""
    told = group_of(document, "beside")
    found = {kind: words_of(told, kind) for kind in _BESIDE_KINDS}
    return {**found, "heads": frozenset(one.split()[0] for one in texts(told.get("phrases")))}


def phrases(document: Mapping[str, object], group: str, key: str) -> Sequence[str]:
    """The phrases that a group of the vocabulary lists under a key."""
    return texts(group_of(document, group).get(key))


def texts(value: object) -> Sequence[str]:
    """A list of texts of the vocabulary; empty if there is none."""
    return [str(one) for one in value] if isinstance(value, list) else []


def note_words(document: Mapping[str, object]) -> Mapping[str, frozenset[str]]:
    """Words of a note by what they say of the unit: about its make, its condition, what it is linked to."""
    told = group_of(document, "notes")
    return {kind: words_of(told, kind) for kind in _NOTE_KINDS}


def states(document: Mapping[str, object]) -> Mapping[str, frozenset[str]]:
    """Words that tell the state of a unit, by which of them they tell."""
    told = group_of(document, "states")
    return {kind: words_of(told, kind) for kind in _STATES}


def live_words(document: Mapping[str, object]) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Words of a status: not in use, in use; and words of a note that say the unit is gone."""
    block = group_of(document, "not_live")

    def listed(kind: str) -> frozenset[str]:
        return frozenset(map(squash, str(block.get(kind, "")).split()))

    return listed("words"), listed("live_words"), listed("note_words")
