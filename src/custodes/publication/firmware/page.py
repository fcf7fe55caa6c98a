"""What an upgrade added, on one page for a person who is no engineer: to be read, printed, and sent to the supplier."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from custodes.model.firmware import Change, Coverage, Grade, Image
from custodes.publication.firmware.words import heavy_changes
from custodes.publication.pages import style, template
from custodes.publication.text import clean, shorten

#: Rows of the page: more do not fit on one sheet.
_NEW, _GONE, _PARTS = 12, 6, 16
_LONG = 72
#: What the page is asked first: one thing and several of it.
_COUNTED = {
    "capability": ("ability", "abilities"), "service": ("service", "services"), "account": ("account", "accounts"),
    "key": ("key", "keys"), "endpoint": ("address", "addresses"), "certificate": ("certificate", "certificates"),
    "module": ("driver", "drivers"), "mode": ("program with more rights", "programs with more rights"),
}  # fmt: skip
_WORDS = {"added": "new", "changed": "changed", "moved": "moved"}
_SURE = {
    Grade.EXECUTED: "set up to be used",
    Grade.LINKED: "built into a program",
    Grade.STRING: "a sign in a program",
    Grade.NAME: "only a file’s name",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the page. `sure`: how near it is to what runs, in words, and `sure_was` how near it was before; `was`:
    what stood there before."""

    what: str
    text: str
    path: str
    sure: str
    sure_was: str
    was: str


def render_page(old: Image, new: Image, changes: Sequence[Change]) -> str:
    """One offline HTML page: the same images give the same text on any day."""
    heavy = heavy_changes(changes)
    fresh = sorted((one for one in heavy if one.change != "removed"), key=lambda one: _is_same(one))
    gone = [one for one in heavy if one.change == "removed"]
    parts = sorted({(_name(one), one.before or "", one.value) for one in changes if one.kind == "component"})
    page = template(Path(__file__).parent, "page.html.j2")
    return page.render(
        old=old,
        new=new,
        answer=_answer(changes, fresh),
        fresh=[_row(one) for one in fresh[:_NEW]],
        fresh_more=max(len(fresh) - _NEW, 0),
        gone=[_row(one) for one in gone[:_GONE]],
        gone_more=max(len(gone) - _GONE, 0),
        parts=[(name, _version(before), _version(value)) for name, before, value in parts[:_PARTS]],
        parts_more=max(len(parts) - _PARTS, 0),
        unread=list(_unread(old.coverage, new.coverage)),
        **style(),
    )


def _answer(changes: Sequence[Change], fresh: Sequence[Change]) -> str:
    """The first sentence: what is new, counted."""
    if not changes:
        return "Nothing that could be read differs between the two."
    counted = Counter(one.kind for one in fresh if one.change == "added")
    told = [f"{counted[kind]} {words[counted[kind] > 1]}" for kind, words in _COUNTED.items() if counted[kind]]
    more = [one for one in fresh if one.change == "changed" and not _is_same(one)]
    text = (
        f"This upgrade adds {_list(told)}." if told else "Nothing in this upgrade looks like a new ability or way in."
    )
    return text + (f" {len(more)} of what was there before is now nearer to being used." if more else "")


def _is_same(change: Change) -> bool:
    """Whether a change makes nothing new and nothing nearer to being used."""
    return change.change != "added" and not (change.grade and change.grade_from and change.grade < change.grade_from)


def _list(words: Sequence[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _row(change: Change) -> Row:
    sure = _SURE[change.grade] if change.grade else ""
    before = change.grade_from if change.grade and change.grade_from and change.grade < change.grade_from else None
    name = _COUNTED.get(change.kind, (change.kind,))[0]
    what = name if change.change == "removed" else f"{_WORDS[change.change]} {name}"
    text, was = (shorten(clean(value or ""), _LONG) for value in (change.value, change.before))
    return Row(what, text, clean(change.path), sure, _SURE[before] if before else "", was)


def _name(change: Change) -> str:
    return change.value.rsplit(" ", 1)[0]


def _version(value: str) -> str:
    return value.rsplit(" ", 1)[-1] if value else ""


def _unread(old: Coverage, new: Coverage) -> Iterator[str]:
    for name, coverage in (("old", old), ("new", new)):
        size = sum(region.size for region in coverage.opaque)
        if size:
            why = coverage.opaque[0].why
            yield f"{size / coverage.bytes:.0%} of the {name} image ({size:,} bytes) could not be read: {why}."
        if coverage.by_strings:
            share = coverage.by_strings / coverage.bytes
            yield f"{share:.0%} of the {name} image was read as texts only."
        yield from (f"The {name} image: a limit was reached: {limit}." for limit in coverage.limits)
        yield from (f"The {name} image: {problem}" for problem in coverage.problems[:3])
