"""Forms of the pack: rows of `forms/` as typed records. What a value name means is known to the room `estate`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from custodes.knowledge import check, files
from custodes.knowledge.citing import fail
from custodes.knowledge.files import Folders, Raw
from custodes.model.errors import KnowledgeError
from custodes.model.papers import Clock, Example, Form, Part, Question
from custodes.model.rules import RuleBook

#: What no form may say of a body or its equipment, or represent for it, in any form of the word.
NEVER = re.compile(
    r"\b(?:non[- ]?)?compl(?:y|ies|ied|iant|iance)\b|\bcertif\w*|\bapproved\b(?! by)|\bban(?:s|ned|ning)?\b"
    r"|\bprohibit\w*|\bforbid\w*|\b(?:un)?lawful\w*|\billegal\w*|\brestricted\b|\b(?:is|are) safe\b|\bcleared\b"
    r"|\b(?:does|do|will|did) not (?:use|provide|have)\b|\buses? no\b|\bha(?:s|ve) no (?:covered|listed|such)\b"
    r"|\brepresents? that\b|\bno (?:device|item|camera|equipment)s? (?:is|are|was|were) covered\b|\[x\]|[☑☒✓✔✗✘]",
    re.IGNORECASE,
)
#: What is not known or not determined must be called so: one of these stands in its words.
OPEN = re.compile(
    r"\bnot (?:yet )?(?:determined|known|established|settled)\b|\bun(?:known|determined)\b|\bcannot be told\b"
)
#: Nothing of what is open may be denied in the same words.
_DENIED = re.compile(r"\bno more\b|\bnot open\b|\bbeyond doubt\b|\bnot covered\b|\bno covered\b|\bnone\b")
_OPEN_NAME = re.compile(r"\{[a-z0-9_.]*\.(?:not_determined|not_known|open)\}")
#: Sentences on what was not looked at; a list of models for a supplier, which judges nothing, has its own.
_LIMITS, _OF_MODELS = ("not-looked-at", "not-looked-at-short", "not-looked-at-public"), "not-looked-at-models"
_OPEN_VALUES = (".not_determined", ".not_known", ".open")


def load_forms(folders: Folders, book: RuleBook) -> dict[str, Form]:
    """Every form by id. Raises KnowledgeError naming file, line and form."""
    found = {}
    for key, raw in files.merged(folders, "forms").items():
        try:
            found[key] = _form(raw, book)
        except (TypeError, ValueError, KeyError, AttributeError) as error:
            why = f"{type(error).__name__}: {error}"[:120]
            raise KnowledgeError(
                "the form is not of the published form",
                where=files.place_of(raw),
                why=why,
                remedy="`custodes schema forms` shows it",
            ) from None
    return found


def _form(raw: Raw, book: RuleBook) -> Form:
    row = raw.row
    for fault in check.shape_faults("forms", raw) if raw.overlay else ():
        raise fail(raw, f"the form is not of the published form: {fault}", "`custodes schema forms` shows it")
    measure = str(row.get("measure") or "")
    if measure and measure not in book.rules:
        raise fail(raw, f"the form asks a rule that is not there: {measure[:60]!r}", "`custodes measures` lists them")
    parts = tuple(_part(item) for item in row["parts"])
    if twice := _twice([part.id for part in parts]):
        raise fail(raw, f"the id {twice!r} stands twice among the parts", "give each its own")
    form = Form(
        id=str(row["id"]),
        title=str(row["title"]),
        version=str(row["version"]),
        filled_by=str(row.get("filled_by") or ""),
        goes_to=str(row.get("goes_to") or ""),
        about=str(row.get("about") or ""),
        before=str(row.get("before") or ""),
        measure=measure,
        words={str(key): str(value) for key, value in _table(row.get("words")).items()},
        one_side=row.get("one_side") is True,
        wide=row.get("wide") is True,
        one_body=row.get("one_body") is True,
        leaves=row.get("leaves") is True,
        parts=parts,
        signs=tuple(_question(item) for item in row.get("signs") or ()),
        clocks=tuple(_clock(item) for item in row.get("clocks") or ()),
        example=_example(row.get("example")),
        source=str(row.get("source") or ("own reference data" if raw.overlay else "")),
        date=str(row.get("date") or ""),
        certainty=str(row.get("certainty") or ""),
        file=raw.file,
    )
    for fault, remedy in _faults(form):
        raise fail(raw, fault, remedy)
    return form


def _faults(form: Form) -> Iterator[tuple[str, str]]:
    """What a form says that no form may, or would lose in silence; each with what to do."""
    limits = _LIMITS if form.measure else (*_LIMITS, _OF_MODELS)
    if not any(part.lines in limits for part in form.parts):
        yield "a form must print what was not looked at", "give it a part with `lines: not-looked-at`"
    for text in _wording(form):
        said = NEVER.search(text)
        if said:
            yield f"a form never says {said[0]!r}: {text[:60]!r}", "say what was found, and the force of the rule"
    yield from _open_faults(form)
    for part in form.parts:
        yield from _part_faults(part, form)


def _part_faults(part: Part, form: Form) -> Iterator[tuple[str, str]]:
    if bool(part.rows) is not bool(part.columns):
        yield f"part {part.id!r} has {'rows' if part.rows else 'columns'} alone", "give a table both"
    for ids, what in ((part.fields, "fields"), (part.columns, "columns")):
        twice = _twice([one.id for one in ids])
        if twice:
            yield f"the id {twice!r} stands twice among the {what} of {part.id!r}", "give each its own"
    for name, wanted in part.where.items():
        if not name.endswith(".determination"):
            continue
        strange = [word for word in wanted if word not in form.words.values()]
        if strange:
            yield (
                f"part {part.id!r} asks for lines {strange[0][:60]!r}, which no answer of the form says",
                (f"one of: {', '.join(form.words.values())}"),
            )
        if form.measure and part.empty and form.words.get("unknown") not in wanted and "determined" not in part.empty:
            yield (
                f"part {part.id!r} may be empty and then says nothing of what was not determined",
                ("say in `empty` that it holds only what could be determined"),
            )


def _open(text: str) -> bool:
    """Whether a text calls something open, and does not deny it in the same breath."""
    told = text.casefold()
    return bool(OPEN.search(told)) and not _DENIED.search(told)


def _open_faults(form: Form) -> Iterator[tuple[str, str]]:
    """What is not determined may not be worded as an answer."""
    remedy = 'say it, as in "not determined"'
    if form.words and not _open(form.words["unknown"]):
        yield f"`words` calls what is not determined {form.words['unknown'][:60]!r}", remedy
    if len(set(form.words.values())) < len(form.words):
        yield "two answers have the same word", "give each of the four its own"
    for part in form.parts:
        for text in part.text:
            if _OPEN_NAME.search(text) and not OPEN.search(text.casefold()):
                yield f"the text {text[:60]!r} gives a number of what is not known", remedy
        for one in (*part.fields, *part.columns):
            if one.value.endswith(_OPEN_VALUES) and not _open(one.label):
                yield f"the label {one.label[:60]!r} stands at a number of what is not known", remedy


def _table(value: Any) -> Mapping[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise TypeError("a table of names and values is wanted")
    return value


def _twice(ids: list[str]) -> str:
    return next((one for one in ids if ids.count(one) > 1), "")


def _part(item: Mapping[str, Any]) -> Part:
    where = _table(item.get("where"))
    return Part(
        id=str(item["id"]),
        title=str(item.get("title") or ""),
        text=tuple(map(str, item.get("text") or ())),
        fields=tuple(_question(one) for one in item.get("fields") or ()),
        rows=str(item.get("rows") or ""),
        columns=tuple(_question(one) for one in item.get("columns") or ()),
        where={str(key): tuple(map(str, words)) for key, words in where.items()},
        listed=tuple({str(k): str(v) for k, v in line.items()} for line in item.get("listed") or ()),
        lines=str(item.get("lines") or ""),
        empty=str(item.get("empty") or ""),
        blanks=int(item.get("blanks") or 0),
        most=int(item.get("most") or 0),
    )


def _question(item: Mapping[str, Any]) -> Question:
    return Question(
        str(item["id"]),
        str(item["label"]),
        str(item.get("value") or ""),
        str(item.get("note") or ""),
        item.get("wide") is True,
        item.get("heads") is True,
    )


def _clock(item: Mapping[str, Any]) -> Clock:
    return Clock(
        str(item["clause"]),
        str(item["text"]),
        int(item.get("hours") or 0),
        int(item.get("business_days") or 0),
        item.get("after_first") is True,
    )


def _example(item: Any) -> Example:
    table = _table(item)
    return Example(
        str(table.get("country") or ""),
        {
            str(key): value if isinstance(value, int) else str(value)
            for key, value in _table(table.get("shows")).items()
        },
        {str(key): int(value) for key, value in _table(table.get("lines")).items()},
    )


def _wording(form: Form) -> list[str]:
    """Every text that a form prints."""
    texts = [form.title, form.about, form.before, form.filled_by, form.goes_to, *form.words.values()]
    for part in form.parts:
        texts += [part.title, part.empty, *part.text]
        texts += [text for one in (*part.fields, *part.columns) for text in (one.label, one.note)]
        texts += [value for line in part.listed for value in line.values()]
    texts += [text for one in form.signs for text in (one.label, one.note)]
    return [*texts, *(text for clock in form.clocks for text in (clock.clause, clock.text))]
