"""Which places of two images are the same place: by file system and path; moved files by what they hold."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from custodes.model.firmware import Entry, Image, Kind

Key = tuple[str, str]


class Pairs(NamedTuple):
    """Places of both images. `old` and `new`: by file system (as the newer image calls it) and path; `moved`: new place
    to old place; `twins`: the same for files that are called alike but for their numbers, and hold something else;
    `volumes`: the older image's file systems by their names in the newer one."""

    old: Mapping[Key, Entry]
    new: Mapping[Key, Entry]
    moved: Mapping[Key, Key]
    twins: Mapping[Key, Key]
    volumes: Mapping[str, str]


def paired(old: Image, new: Image) -> Pairs:
    """Pair the places of two images."""
    volumes = _volumes(old.entries, new.entries)
    names = {theirs: ours for ours, theirs in volumes.items()}
    before = _keyed(old.entries, {**{entry.volume: f"old {entry.volume}" for entry in old.entries}, **names, "": ""})
    after = _keyed(new.entries, {})
    _nameless(before, after)
    moved = _moved(before, after)
    return Pairs(before, after, moved, _twins(before, after, moved), volumes)


def _keyed(entries: Sequence[Entry], names: Mapping[str, str]) -> dict[Key, Entry]:
    found: dict[Key, Entry] = {}
    for entry in entries:
        path, number = entry.path, 1
        while (names.get(entry.volume, entry.volume), path) in found:  # an archive may name a place twice
            number += 1
            path = f"{entry.path}#{number}"
        found[names.get(entry.volume, entry.volume), path] = entry
    return found


def _volumes(old: Sequence[Entry], new: Sequence[Entry]) -> dict[str, str]:
    """File systems that have most in common are the same one: files that are equal, then paths, then the name."""
    theirs, ours = _held(old), _held(new)
    ranked = sorted(
        (-len(held.items() & other.items()), -len(held.keys() & other.keys()), name != label, name, label)
        for name, held in ours.items()
        for label, other in theirs.items()
        if held.keys() & other.keys() or name == label
    )
    found: dict[str, str] = {}
    for *_, name, label in ranked:
        if name not in found and label not in found.values():
            found[name] = label
    return found


def _held(entries: Sequence[Entry]) -> dict[str, dict[str, str]]:
    """What each path of each file system holds."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for entry in entries:
        if entry.volume:
            found[entry.volume][entry.path] = entry.sha256 or entry.link
    return found


def _nameless(before: dict[Key, Entry], after: dict[Key, Entry]) -> None:
    """What an image does not name is the same where it holds the same, whatever number it got."""
    held: dict[str, list[Key]] = defaultdict(list)
    for key, entry in before.items():
        if not entry.named:
            held[entry.sha256].append(key)
    for key, entry in list(after.items()):
        if not entry.named and (twins := held.get(entry.sha256)):
            del before[twins.pop(0)]
            del after[key]


_NUMBERS = re.compile(r"[0-9a-f]{7,}|\d+")


def _twins(before: Mapping[Key, Entry], after: Mapping[Key, Entry], moved: Mapping[Key, Key]) -> dict[Key, Key]:
    """Files of both images that are called alike but for numbers in their names, one in each."""
    gone, fresh = defaultdict(list), defaultdict(list)
    for key, entry in before.items():
        if key not in after and key not in moved.values() and entry.kind is Kind.FILE:
            gone[key[0], _NUMBERS.sub("#", key[1])].append(key)
    for key, entry in after.items():
        if key not in before and key not in moved and entry.kind is Kind.FILE:
            fresh[key[0], _NUMBERS.sub("#", key[1])].append(key)
    return {keys[0]: gone[name][0] for name, keys in fresh.items() if len(keys) == len(gone.get(name, ())) == 1}


def _moved(before: Mapping[Key, Entry], after: Mapping[Key, Entry]) -> dict[Key, Key]:
    gone: dict[str, list[Key]] = defaultdict(list)
    for key, entry in before.items():
        if key not in after and entry.kind is Kind.FILE and entry.size and entry.named:
            gone[entry.sha256].append(key)
    found: dict[Key, Key] = {}
    fresh = [key for key, entry in after.items() if key not in before and entry.kind is Kind.FILE and entry.named]
    for same_name in (True, False):
        for key in sorted(fresh):
            waiting = gone.get(after[key].sha256, [])
            name = key[1].rsplit("/", 1)[-1]
            match = next((one for one in waiting if one[1].rsplit("/", 1)[-1] == name or not same_name), None)
            if key not in found and match is not None:
                found[key] = match
                waiting.remove(match)
    return found
