"""Editions: what was known when a paper was printed, and why a later one differs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from custodes.survey.documents import Node, named_rows, texts
from custodes.survey.faults import Faults
from custodes.survey.values import read_date

NOTICE_KEYS = ("what", "cause", "noticed_by", "told")


@dataclass(frozen=True, slots=True)
class Edition:
    """A paper as printed. `cut`: the last day whose records it rests on. `notice`: of a correction, by what key."""

    id: str
    cut: date
    published: date | None
    title: str
    corrects: str
    notice: Mapping[str, str]
    figures: tuple[str, ...]
    line: int


def read_editions(top: Node, file: str, faults: Faults) -> dict[str, Edition]:
    """The editions of a file, in the order of their cuts."""
    found: dict[str, Edition] = {}
    for name, node in named_rows(top, "editions", file, faults):
        days: dict[str, date | None] = {}
        for key in ("cut", "published"):
            try:
                days[key] = read_date(node.text(key)) if node.text(key) or key == "cut" else None
            except ValueError as error:
                faults.add(file, node.line_of(key), f"`{key}`: {error}")
        cut = days.get("cut")
        if cut is None:
            continue
        published = days.get("published")
        if published is not None and published < cut:
            faults.add(file, node.line_of("published"), "published before its own cut")
        notice = node.get("notice")
        told = {key: notice.text(key) for key in NOTICE_KEYS if notice.text(key)} if notice is not None else {}
        figures = tuple(texts(node, "figures", file, faults))
        found[name] = Edition(name, cut, published, node.text("title"), node.text("corrects"), told, figures, node.line)
    for edition in found.values():
        if edition.corrects and edition.corrects not in found:
            faults.add(file, edition.line, f"corrects '{edition.corrects[:60]}', and there is no such edition")
        elif (edition.corrects and found[edition.corrects].cut > edition.cut) or edition.corrects == edition.id:
            faults.add(file, edition.line, f"corrects '{edition.corrects[:60]}', which is no earlier edition")
    return dict(sorted(found.items(), key=lambda item: (item[1].cut, item[0])))
