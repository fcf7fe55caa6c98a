"""`custodes.toml`: bodies, sites, systems and sources of an estate; or one file with nothing configured."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from custodes.estate.own import is_own
from custodes.knowledge.expressions import plain
from custodes.model.contradictions import Standing
from custodes.model.days import is_day
from custodes.model.errors import BadInput, did_you_mean

NAME = "custodes.toml"
#: What a person judged, and what bodies declared, beside the configuration.
JUDGEMENTS, DECLARED, ATTESTED = "judgements.yaml", "declared.yaml", "attested.yaml"
READABLE = (
    ".csv",
    ".pcap",
    ".pcapng",
    ".cap",
    ".log",
    ".tsv",
    ".txt",
    ".xlsx",
    ".xlsm",
    ".xls",
    ".ods",
    ".json",
    ".jsonl",
    ".ndjson",
    ".yaml",
    ".yml",
    ".xml",
    ".leases",
)


@dataclass(frozen=True, slots=True)
class Site:
    """A place. `aliases`: other ways the records write its name; `body`: the only one that has it, if told."""

    id: str
    name: str
    sensitive: bool = False
    landlord: str = ""
    aliases: tuple[str, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    body: str = ""


@dataclass(frozen=True, slots=True)
class Body:
    """Who is asked about: `kind` decides which rules speak to it, `jurisdiction` where ("UK-Scotland").

    `facts`: what only a person can tell (`core-network = true`); `exceptions`: those it claims, "RULE/EXCEPTION".
    `values`: what a paper asks about the body and nobody but a person can tell, by the id of the question.
    """

    id: str
    name: str
    kind: str = ""
    jurisdiction: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    exceptions: tuple[str, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class System:
    """Equipment with one owner, operator, data controller, landlord, installer and contract; `values` as of a body."""

    id: str
    name: str
    kind: str = ""
    body: str = ""
    owner: str = ""
    operator: str = ""
    controller: str = ""
    landlord: str = ""
    installer: str = ""
    contract: str = ""
    contract_end: str = ""
    purposes: tuple[str, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    exceptions: tuple[str, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Source:
    """One file of records. `mapping`: heading to field, or the path of a mapping file. `dated`: its day; `standing`:
    how who wrote it came to know."""

    file: Path
    system: str = ""
    body: str = ""
    site: str = ""
    mapping: Mapping[str, str] | Path | None = None
    dated: str = ""
    standing: Standing = Standing.RECORDED


@dataclass(frozen=True, slots=True)
class Told:
    """What a person tells for one form: answers by id of the question, lines of tables by id of the table."""

    values: Mapping[str, str] = field(default_factory=dict)
    tables: Mapping[str, tuple[Mapping[str, str], ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Estate:
    """What is assessed: everything a configuration says, or the defaults of a single file."""

    title: str
    sources: tuple[Source, ...]
    answers: tuple[Path, ...] = ()
    synthetic: bool = False
    as_at: date | None = None
    bodies: Mapping[str, Body] = field(default_factory=dict)
    sites: Mapping[str, Site] = field(default_factory=dict)
    systems: Mapping[str, System] = field(default_factory=dict)
    forms: Mapping[str, Told] = field(default_factory=dict)  # what a person tells for a form, by its id
    papers: tuple[Path, ...] = ()  # frozen copies of papers made earlier
    advisories: tuple[Path, ...] = ()  # files about known faults
    judgements: Path | None = None  # what a person judged of the records
    declared: Path | None = None  # what bodies declared of their equipment
    attested: tuple[Path, ...] = ()  # what persons attested of it
    own: tuple[Path, ...] = ()  # files of the folder that this program wrote: they are not read as registers


def load_estate(path: Path, mapping: Path | None = None) -> Estate:
    """The estate at `path`: a register file, a folder with custodes.toml, or a folder of register files."""
    if path.is_file():
        return Estate(path.name, (Source(path, mapping=mapping),))
    if not path.is_dir():
        raise BadInput("there is no such file or folder", where=str(path), remedy="check the path")
    config = path / NAME
    if config.is_file():
        return _configured(path, config)
    there = sorted(item for item in path.iterdir() if _is_readable(item))
    own = tuple(item for item in there if is_own(item))
    files = [item for item in there if item not in own]
    if not files:
        mine = f"; {len(own)} are of custodes itself" if own else ""
        raise BadInput(
            "no register was found in this folder",
            where=str(path),
            why=f"no {NAME} and no file ending in {', '.join(READABLE[:6])} …{mine}",
            remedy="put the exports there, or name one file",
        )
    return Estate(
        path.name,
        tuple(Source(item) for item in files),
        _answers(path),
        papers=_papers(path),
        own=own,
        advisories=_advisories(path),
        judgements=_beside(path, JUDGEMENTS),
        declared=_beside(path, DECLARED),
        attested=_attested(path),
    )


def _is_readable(path: Path) -> bool:
    return path.is_file() and path.suffix.lower() in READABLE and path.name not in (JUDGEMENTS, DECLARED, ATTESTED)


def _answers(folder: Path) -> tuple[Path, ...]:
    return tuple(sorted((folder / "answers").glob("*.xlsx")))


def _advisories(folder: Path) -> tuple[Path, ...]:
    return tuple(sorted(path for path in (folder / "advisories").glob("*") if path.is_file()))


def _beside(folder: Path, name: str) -> Path | None:
    path = folder / name
    return path if path.is_file() else None


def _attested(folder: Path) -> tuple[Path, ...]:
    """The file of attestations, and what lies in a folder of them; not what an office program leaves while it runs."""
    there = sorted(
        path for path in (folder / "attested").glob("*") if path.suffix.lower() in (".yaml", ".yml", ".xlsx")
    )
    beside = _beside(folder, ATTESTED)
    return (*([beside] if beside else []), *(path for path in there if not path.name.startswith(("~$", "."))))


def _papers(folder: Path) -> tuple[Path, ...]:
    return tuple(sorted((folder / "papers").glob("*.zip")))


#: What a file of records may be; declarations have a file of their own.
_STANDINGS = (Standing.RECORDED, Standing.STATED, Standing.OBSERVED, Standing.INSPECTED)
_KEYS = {
    "estate": ("title", "synthetic", "as_at"),
    "body": ("id", "name", "kind", "jurisdiction", "facts", "exceptions", "values"),
    "site": ("id", "name", "sensitive", "landlord", "aliases", "facts", "body"),
    "system": (
        *("id", "name", "kind", "body", "owner", "operator", "controller", "landlord", "installer"),
        *("contract", "contract_end", "purposes", "facts", "exceptions", "values"),
    ),
    "source": ("file", "system", "body", "site", "mapping", "dated", "standing"),
}


def _check_keys(document: Mapping[str, Any], config: Path) -> None:
    """A misspelled table or key is refused: what it says would be lost in silence."""
    for table, value in document.items():
        if table == "form":
            continue  # its keys are the ids of forms
        _check_key(table, (*_KEYS, "form"), "table", config)
        for item in value if isinstance(value, list) else [value]:
            for key in item if isinstance(item, Mapping) else ():
                _check_key(key, _KEYS[table], f"key of [{table}]", config)


def _check_key(key: str, known: tuple[str, ...], what: str, config: Path) -> None:
    if key not in known:
        remedy = did_you_mean(key, known) or f"known: {', '.join(known)}"
        raise BadInput(f"{key[:40]!r} is no {what}", where=str(config), remedy=remedy)


def _configured(folder: Path, config: Path) -> Estate:
    try:
        document = tomllib.loads(config.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput("the configuration cannot be read", where=str(config), why=str(error)[:200]) from None
    _check_keys(document, config)
    head = _table(document, "estate", config)
    forms = _table(document, "form", config)
    sites = {item["id"]: _site(item, config) for item in _tables(document, "site", config)}
    systems = {item["id"]: _system(item, config) for item in _tables(document, "system", config)}
    bodies = _tables(document, "body", config)
    sources = tuple(_source(folder, item, config, sites, systems) for item in document.get("source", ()))
    if not sources:
        raise BadInput("the configuration names no [[source]]", where=str(config))
    return Estate(
        title=str(head.get("title") or folder.name),
        sources=sources,
        answers=_answers(folder),
        synthetic=bool(head.get("synthetic", False)),
        as_at=_day(head.get("as_at"), config),
        bodies={item["id"]: _body(item, config) for item in bodies},
        sites=sites,
        systems=systems,
        forms={key: _told(_table(forms, key, config), key, config) for key in forms},
        papers=_papers(folder),
        advisories=_advisories(folder),
        judgements=_beside(folder, JUDGEMENTS),
        declared=_beside(folder, DECLARED),
        attested=_attested(folder),
    )


def _told(table: Mapping[str, Any], form: str, config: Path) -> Told:
    """Texts are answers; a list of texts is one answer of several lines; a list of tables is the lines of a table."""
    values: dict[str, str] = {}
    tables: dict[str, tuple[Mapping[str, str], ...]] = {}
    for key, value in table.items():
        if isinstance(value, list) and value and all(isinstance(item, Mapping) for item in value):
            tables[key] = tuple({str(k): plain(v) for k, v in item.items()} for item in value)
        elif isinstance(value, list) and all(isinstance(item, str) for item in value):
            values[key] = "; ".join(value)
        elif isinstance(value, Mapping | list):
            raise BadInput(f"[form.{form}] {key} must be a text, a list of texts, or tables", where=str(config))
        else:
            values[key] = plain(value)
    return Told(values, tables)


def _table(document: Mapping[str, Any], key: str, config: Path) -> Mapping[str, Any]:
    found = document.get(key, {})
    if not isinstance(found, Mapping):
        raise BadInput(f"[{key}] must be a table", where=str(config))
    return found


def _tables(document: Mapping[str, Any], key: str, config: Path) -> list[Mapping[str, Any]]:
    found = document.get(key, [])
    if not isinstance(found, list) or not all(isinstance(item, Mapping) for item in found):
        raise BadInput(f"[[{key}]] must be a list of tables", where=str(config))
    for number, item in enumerate(found, 1):
        if not isinstance(item.get("id"), str) or not item["id"]:
            raise BadInput(f"[[{key}]] number {number} has no id", where=str(config))
    return found


def _day(value: object, config: Path) -> date | None:
    if value is None or isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise BadInput(f"as_at {str(value)[:40]!r} is no date", where=str(config), remedy="write YYYY-MM-DD") from None


def _facts(item: Mapping[str, Any], config: Path, key: str = "facts") -> Mapping[str, str]:
    found = item.get(key, {})
    if not isinstance(found, Mapping):
        raise BadInput(
            f"{key} must be a table of name and value", where=str(config), remedy=f"{key} = {{ name = true }}"
        )
    return {str(key): plain(value) for key, value in found.items()}


def _texts(item: Mapping[str, Any], key: str, config: Path) -> tuple[str, ...]:
    found = item.get(key, [])
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise BadInput(f"{key} must be a list of texts", where=str(config))
    return tuple(found)


def _body(item: Mapping[str, Any], config: Path) -> Body:
    return Body(
        item["id"],
        str(item.get("name", item["id"])),
        str(item.get("kind", "")),
        str(item.get("jurisdiction", "")),
        _facts(item, config),
        _texts(item, "exceptions", config),
        _facts(item, config, "values"),
    )


def _site(item: Mapping[str, Any], config: Path) -> Site:
    return Site(
        item["id"],
        str(item.get("name", item["id"])),
        bool(item.get("sensitive", False)),
        str(item.get("landlord", "")),
        tuple(str(alias) for alias in item.get("aliases", ())),
        _facts(item, config),
        str(item.get("body", "")),
    )


def _system(item: Mapping[str, Any], config: Path) -> System:
    keys = ("kind", "body", "owner", "operator", "controller", "landlord", "installer", "contract", "contract_end")
    return System(
        item["id"],
        str(item.get("name", item["id"])),
        **{key: str(item.get(key, "")) for key in keys},
        purposes=_texts(item, "purposes", config),
        facts=_facts(item, config),
        exceptions=_texts(item, "exceptions", config),
        values=_facts(item, config, "values"),
    )


def _source(
    folder: Path,
    item: Mapping[str, Any],
    config: Path,
    sites: Mapping[str, Site],
    systems: Mapping[str, System],
) -> Source:
    name = str(item.get("file", ""))
    path = (folder / name).resolve()
    if not name or not path.is_file():
        raise BadInput(f"[[source]] names a file that is not there: {name[:80]!r}", where=str(config))
    for key, known in (("site", sites), ("system", systems)):
        if item.get(key) and item[key] not in known:
            raise BadInput(f"[[source]] {name[:80]!r} names an unknown {key} {item[key]!r}", where=str(config))
    mapping = item.get("mapping")
    if isinstance(mapping, str):
        mapping = folder / mapping
    dated = plain(item.get("dated", ""))
    if dated and not is_day(dated):
        raise BadInput(f"[[source]] {name[:80]!r}: dated {dated[:40]!r} is no date", where=str(config))
    standing = str(item.get("standing") or Standing.RECORDED)
    if standing not in _STANDINGS:
        why = f"[[source]] {name[:80]!r}: standing {standing[:40]!r} is none of {', '.join(_STANDINGS)}"
        raise BadInput(why, where=str(config))
    place = {key: str(item.get(key, "")) for key in ("system", "body", "site")}
    return Source(path, **place, mapping=mapping, dated=dated, standing=Standing(standing))
