"""From rows to a rule book: measures, lists with editions, laws, kinds of bodies and classes of products."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from custodes.knowledge import check, expressions, files
from custodes.knowledge.expressions import Malformed, plain, texts
from custodes.knowledge.files import Folders, Raw
from custodes.model.days import is_day
from custodes.model.errors import KnowledgeError
from custodes.model.rules import (
    Action,
    BodyKind,
    CompanyList,
    Edition,
    Ending,
    Exemption,
    Expression,
    Force,
    Law,
    Reached,
    Rule,
    RuleBook,
    Version,
)

Known = Mapping[str, frozenset[str]]
_OVERRIDES = ("when", "actions", "addresses", "others", "elsewhere", "force", "exceptions")


def load_rulebook(folders: Folders, suppliers: Iterable[str]) -> RuleBook:
    """Everything about rules in the packs. Raises KnowledgeError with file, line and row."""
    words = _Words(folders)
    names = frozenset(suppliers)
    lists = _each(folders, "lists", lambda raw: _list(raw, names))
    laws = _each(folders, "laws", _law)
    known = _known_ids(names, lists, laws, words)
    rules = _each(folders, "measures", lambda raw: _rule(raw, known))
    return RuleBook(
        {key: rule for key, rule in rules.items() if rule.versions},
        lists,
        laws,
        words.bodies,
        words.aliases,
        words.classes,
        words.class_of_type,
        words.class_of_system,
        words.class_of_role,
        words.default_class,
        words.purposes,
        words.actions,
        words.facts,
        words.class_names,
    )


def _known_ids(suppliers: Iterable[str], lists: Iterable[str], laws: Iterable[str], words: _Words | RuleBook) -> Known:
    """Every id that a rule may name, by kind."""
    return {
        "suppliers": frozenset(suppliers),
        "lists": frozenset(lists),
        "laws": frozenset(laws),
        "classes": frozenset(words.classes) | frozenset(words.class_of_type.values()),
        "bodies": frozenset(words.bodies),
        "actions": frozenset(words.actions),
        "purposes": _purposes(words),
        "systems": frozenset(words.class_of_system),
        "facts": frozenset(words.facts),
        "places": frozenset(body.place for body in words.bodies.values() if body.place),
    }


def _purposes(words: _Words | RuleBook) -> frozenset[str]:
    of_systems = words.purposes if isinstance(words, _Words) else words.purposes_of_system
    return frozenset().union(*of_systems.values(), *(body.purposes for body in words.bodies.values()))


def read_rule(path: Path, book: RuleBook, suppliers: Iterable[str]) -> Rule:
    """One proposed rule from a file of its own. Raises KnowledgeError with file and line."""
    if not path.is_file():
        raise KnowledgeError("there is no such rule file", where=str(path), remedy="check the path")
    document = files.read_document(path)
    row = document[0] if isinstance(document, list) and len(document) == 1 else document
    if not isinstance(row, Mapping) or not isinstance(row.get("id"), str):
        raise KnowledgeError("a rule file holds one rule with an `id`", where=str(path))
    known = _known_ids(suppliers, book.lists, book.laws, book)
    raw = Raw({"since": "1900-01-01", **row}, str(path), True)
    rule: Rule = _converted(raw, "measures", lambda item: _rule(item, known))
    if not rule.versions:
        raise KnowledgeError("a proposed rule needs `when`: what it describes", where=str(path))
    return rule


def _each(folders: Folders, kind: str, convert: Callable[[Raw], Any]) -> dict[str, Any]:
    return {key: _converted(raw, kind, convert) for key, raw in files.merged(folders, kind).items()}


def _converted(raw: Raw, kind: str, convert: Callable[[Raw], Any]) -> Any:
    why = next(check.misspelt(kind, raw), "") if raw.overlay else ""
    if why:
        raise KnowledgeError(why, where=files.place_of(raw), remedy=f"`custodes schema {kind}` shows the form")
    found = None
    try:
        found = convert(raw)
    except Malformed as error:
        why = str(error)
    except (AttributeError, TypeError, ValueError, KeyError) as error:
        why = f"the row is not of the published form ({type(error).__name__})"
    if why:
        raise KnowledgeError(why, where=files.place_of(raw), remedy=f"`custodes schema {kind}` shows the form")
    return found


class _Words:
    """The vocabulary of rules: `vocabulary/rules.yaml`, an overlay's entries added."""

    def __init__(self, folders: Folders) -> None:
        self.bodies: dict[str, BodyKind] = {}
        self.aliases: dict[str, str] = {}
        self.classes: dict[str, frozenset[str]] = {}
        self.class_of_type: dict[str, str] = {}
        self.class_of_system: dict[str, str] = {}
        self.class_of_role: dict[str, str] = {}
        self.default_class = ""
        self.purposes: dict[str, frozenset[str]] = {}
        self.actions: dict[str, str] = {}
        self.facts: dict[str, str] = {}
        self.class_names: dict[str, str] = {}
        for base, _ in folders:
            path = base / "vocabulary" / "rules.yaml"
            if path.is_file():
                self._add(files.read_document(path), str(path))

    def _add(self, document: Any, where: str) -> None:
        why = ""
        try:
            for key, row in (document.get("bodies") or {}).items():
                self._body(str(key), row)
            self.classes.update({str(k): frozenset(texts(v)) for k, v in (document.get("classes") or {}).items()})
            for target, key in (("class_of_type", "types"), ("class_of_system", "systems"), ("class_of_role", "roles")):
                for name, members in (document.get(key) or {}).items():
                    getattr(self, target).update(dict.fromkeys(texts(members), str(name)))
            self.default_class = str(document.get("default_class") or self.default_class)
            self.purposes.update({str(k): frozenset(texts(v)) for k, v in (document.get("purposes") or {}).items()})
            self.actions.update({str(k): str(v) for k, v in (document.get("actions") or {}).items()})
            for target in ("facts", "class_names"):
                getattr(self, target).update({str(k): str(v) for k, v in (document.get(target) or {}).items()})
        except (AttributeError, TypeError, ValueError) as error:
            why = str(error) or type(error).__name__
        if why:
            raise KnowledgeError("the vocabulary of rules cannot be read", where=where, why=why[:200])

    def _body(self, key: str, row: Mapping[str, Any]) -> None:
        broader = frozenset(texts(row.get("is")))
        self.bodies[key] = BodyKind(
            key, str(row.get("name", key)), str(row.get("place", "")), broader, frozenset(texts(row.get("purposes")))
        )
        for alias in texts(row.get("also")):
            self.aliases[alias] = key


def _day(value: Any, what: str) -> str:
    text = "" if value is None else str(value).strip()
    if text and not is_day(text):
        raise Malformed(f"{what} {text[:40]!r} is no date: write YYYY, YYYY-MM or YYYY-MM-DD")
    return text


def _law(raw: Raw) -> Law:
    countries = frozenset(text.upper() for text in texts(raw.row.get("countries")))
    if not countries:
        raise Malformed("a law needs the countries whose companies are under it")
    return Law(str(raw.row["id"]), str(raw.row.get("name") or raw.row["id"]), countries, str(raw.row.get("source", "")))


def _list(raw: Raw, suppliers: frozenset[str]) -> CompanyList:
    row = raw.row
    editions = sorted((_edition(item, suppliers) for item in row.get("editions") or ()), key=lambda one: one.day)
    for before, after in pairwise(editions):
        if before.day == after.day and before.recorded == after.recorded:
            raise Malformed(f"two editions of {before.day} overlap: give the later one a later `recorded`")
    untils = [(_day(item.get("until"), "until"), _day(item.get("date"), "date")) for item in row.get("editions") or ()]
    for until, begun in untils:
        later = [one.day for one in editions if one.day > begun]
        if until and later and until > min(later):
            raise Malformed(f"the edition of {begun} runs to {until} and overlaps that of {min(later)}")
    return CompanyList(
        str(row["id"]),
        str(row.get("name") or row["id"]),
        tuple(editions),
        row.get("unread") is True,
        str(row.get("source", "")),
    )


def _edition(item: Mapping[str, Any], suppliers: frozenset[str]) -> Edition:
    members, dropped = texts(item.get("members")), texts(item.get("dropped"))
    for key in (*members, *dropped):
        if key not in suppliers:
            raise Malformed(f"{key[:60]!r} is in no file of suppliers")
    day = _day(item.get("date"), "date")
    if len(day) != 10:
        raise Malformed("an edition needs its day: `date: YYYY-MM-DD`")
    gone = _day(item.get("withdrawn"), "withdrawn")
    if gone and gone < day[: len(gone)]:
        raise Malformed(f"the edition of {day} is withdrawn ({gone}) before it begins")
    return Edition(
        day,
        _day(item.get("recorded"), "recorded"),
        frozenset(members),
        frozenset(dropped),
        item.get("complete") is True,
        _day(item.get("withdrawn"), "withdrawn"),
        _day(item.get("withdrawn_recorded"), "withdrawn_recorded"),
        texts(item.get("others")),
    )


def _rule(raw: Raw, known: Known) -> Rule:
    row = raw.row
    about = str(row.get("about") or "device")
    if about not in ("device", "body"):
        raise Malformed("`about` is `device` or `body`")
    return Rule(
        str(row["id"]),
        str(row.get("name") or row.get("instrument") or row["id"]),
        str(row.get("jurisdiction") or ""),
        str(row.get("authority") or ""),
        str(row.get("kind") or ""),
        about,
        _day(row.get("announced"), "announced"),
        _versions(row, about, known),
        _endings(row),
        str(row.get("certainty") or "high") == "low",
        str(row.get("source") or f"own reference data, {Path(raw.file).name}"),
        str(row.get("certainty") or "high"),
        str(row.get("date") or ""),
        str(row.get("binds") or ""),
        str(row.get("scope") or ""),
    )


def _versions(row: Mapping[str, Any], about: str, known: Known) -> tuple[Version, ...]:
    """The first version and one for each amendment; none for a row that only describes."""
    if "when" not in row and about == "device":
        return ()
    since = _day(row.get("since") or row.get("in_force") or row.get("announced"), "since")
    merged = dict(row)
    found = [_version(merged, since, _day(row.get("recorded"), "recorded"), "", known)]
    for item in row.get("amendments") or ():
        merged = {**merged, **{key: item[key] for key in _OVERRIDES if key in item}}
        day, recorded = _day(item.get("since"), "since"), _day(item.get("recorded"), "recorded")
        if not day:
            raise Malformed("an amendment needs `since`, the day from which it holds")
        found.append(_version(merged, day, recorded, str(item.get("text") or ""), known))
    _refuse_disorder(found)
    return tuple(found)


def _refuse_disorder(versions: Sequence[Version]) -> None:
    """Each version builds on the one before it: one that stands out of order would win over a later day's."""
    for before, after in pairwise(versions):
        if after.since < before.since or (after.since == before.since and after.recorded <= before.recorded):
            raise Malformed(
                f"the amendment of {after.since} stands behind {before.since}: list amendments by their day, each day "
                "once; a correction of the same day has a later `recorded`"
            )


def _version(row: Mapping[str, Any], since: str, recorded: str, text: str, known: Known) -> Version:
    when = expressions.parse(row["when"], known) if row.get("when") is not None else None
    force = _force(row.get("force") or Force.NONE)
    addressed = _bodies(row.get("addresses"), known)
    reached = [Reached(addressed, force, (), True)] if addressed else []
    for item in row.get("others") or ():
        bodies = _bodies(item.get("bodies"), known)
        places = texts(item.get("in"))
        for place in places:
            expressions.near_miss("places", place, known)
        reached.append(Reached(bodies, _force(item.get("force")), places, item.get("addressed") is True))
    actions = tuple(_action(item, known) for item in row.get("actions") or ())
    exemptions = tuple(_exemption(item, known) for item in row.get("exceptions") or ())
    ids = [item.id for item in exemptions]
    if len(set(ids)) < len(ids):
        raise Malformed(f"two exceptions have the id {next(one for one in ids if ids.count(one) > 1)[:60]!r}")
    elsewhere = _force(row.get("elsewhere") or Force.NONE)
    return Version(since, recorded, since, when, actions, exemptions, tuple(reached), elsewhere, text)


def _force(word: Any) -> Force:
    try:
        return Force(str(word))
    except ValueError:
        raise Malformed(f"force {str(word)[:40]!r} is none of: {', '.join(Force)}") from None


def _bodies(value: Any, known: Known) -> frozenset[str]:
    found = frozenset(texts(value))
    unknown = found - known["bodies"]
    if unknown:
        raise Malformed(f"no such kind of body: {', '.join(sorted(unknown))}")
    return found


def _action(item: Any, known: Known) -> Action:
    do, by = (item, "") if isinstance(item, str) else (str(item.get("do", "")), _day(item.get("by"), "by"))
    if do not in known["actions"]:
        raise Malformed(f"no such action: {do[:40]!r}; known: {', '.join(sorted(known['actions']))}")
    return Action(do, by)


def _exemption(item: Mapping[str, Any], known: Known) -> Exemption:
    when: Expression | None = expressions.parse(item["when"], known) if item.get("when") is not None else None
    claim = item.get("claim") is True
    if when is None and not claim:
        raise Malformed("an exception needs `when`, or `claim: true` if the body must claim it")
    until, recorded = _day(item.get("until"), "until"), _day(item.get("recorded"), "recorded")
    return Exemption(str(item["id"]), plain(item.get("text") or item["id"]), when, until, recorded, claim)


def _endings(row: Mapping[str, Any]) -> tuple[Ending, ...]:
    found = []
    start, end = _day(row.get("since") or row.get("in_force"), "since"), _day(row.get("until"), "until")
    if start and end and end < start[: len(end)]:
        raise Malformed(f"it ends ({end}) before it begins ({start})")
    if row.get("until"):
        found.append(Ending(_day(row["until"], "until"), "", False))
    items: Any = row.get("withdrawn") or ()
    for item in items if isinstance(items, Sequence) and not isinstance(items, str) else [items]:
        day = item if isinstance(item, str) else item.get("day")
        more: Mapping[str, Any] = {} if isinstance(item, str) else item
        told = _day(day, "withdrawn")
        if not told:
            raise Malformed("`withdrawn` needs its day: {day: YYYY-MM-DD, recorded: YYYY-MM-DD}")
        found.append(Ending(told, _day(more.get("recorded"), "recorded"), True, str(more.get("text") or "")))
    return tuple(found)
