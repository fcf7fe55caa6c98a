"""From files to typed rows: checks references and certainty, refuses unknown ids and unsafe patterns."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

from custodes.knowledge import documents, files, patterns, references
from custodes.knowledge.citing import cited_of, fail, text_of
from custodes.knowledge.files import Folders, Raw
from custodes.knowledge.rows import (
    Brand,
    Cited,
    Component,
    Examples,
    Grammar,
    Line,
    MakerEdge,
    Other,
    OwnerEdge,
    Pack,
    Registrant,
    SerialShape,
    Supplier,
)
from custodes.knowledge.rulebook import load_rulebook
from custodes.model.days import is_day
from custodes.model.errors import KnowledgeError, did_you_mean
from custodes.model.vocab import Certainty

KINDS = ("own", "relabel", "successor", "near-identical", "licensed", "platform", "firmware", "alleged")
SHORTEST_OTHER = 3
SCOPES = ("default", "all", "most", "some", "some-of-line", "line", "models")
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


def load_pack(overlays: Sequence[Path] = (), base: Path | None = None) -> Pack:
    """Read the bundled pack, or that of a folder, and lay `overlays` over it, the last one winning, row by row by id.

    Raises KnowledgeError naming file and row if a row is malformed or names an id that does not exist.
    """
    folders = files.layers(overlays, base)
    for overlay in overlays:
        if not overlay.is_dir():
            raise KnowledgeError(
                "this pack folder is not there",
                where=str(overlay),
                remedy="give a folder laid out like the pack",
            )
        files.refuse_misspelt(overlay)
    head = files.read_document(folders[0][0] / "pack.yaml")
    suppliers = _rows(folders, "suppliers", _supplier)
    brands = _rows(folders, "brands", _brand)
    references.refuse_circles(suppliers, folders)
    pack = Pack(
        id=head["id"],
        version=head["version"],
        date=date.fromisoformat(head["date"]),
        suppliers=suppliers,
        brands=brands,
        grammars=_rows(folders, "models", _grammar),
        serials=_rows(folders, "serials", _serial),
        others=_rows(folders, "others", _other),
        registrants=_registrants(folders),
        words=documents.words_document(folders),
        calibration=documents.calibration(folders),
        sentences=documents.sentences(folders),
        rulebook=load_rulebook(folders, suppliers),
        countries=documents.countries(folders),
        overlays=tuple(str(overlay) for overlay in overlays),
        digest=files.digest(folders),
        base=str(base or ""),
    )
    references.check_references(pack, folders)
    return pack


T = TypeVar("T")


def _rows(folders: Folders, kind: str, convert: Callable[[Raw], T]) -> dict[str, T]:
    """Rows of a kind, converted, by id."""
    merged = files.merged(folders, kind)
    for raw in merged.values():
        if raw.overlay:
            _known_keys(raw, kind)
    return {key: convert(raw) for key, raw in merged.items()}


def _known_keys(raw: Raw, kind: str) -> None:
    """Refuses a misspelt key of an own row: what it says would be lost in silence (`check` names any other)."""
    known = files.schema_keys(kind)
    for key in raw.row:
        hint = did_you_mean(str(key), sorted(known), 0.75) if str(key) not in known else ""
        if hint:
            raise fail(raw, f"nothing reads the key {str(key)[:40]!r}", hint)


def _refusing(convert: Callable[[Raw], T]) -> Callable[[Raw], T]:
    """Whatever is wrong with the shape of a row is said with its file and id."""

    @wraps(convert)
    def guarded(raw: Raw) -> T:
        try:
            return convert(raw)
        except (AttributeError, TypeError, ValueError, KeyError) as error:
            remedy = "`custodes schema` with the name of its folder shows the form"
            raise fail(raw, f"the row is not of the published form ({type(error).__name__})", remedy) from None

    return guarded


def _period(raw: Raw, row: Mapping[str, Any], key: str) -> str:
    """An ISO date of any precision, or empty."""
    text = text_of(raw, row, key)
    if text and not is_day(text):
        raise fail(raw, f"{key} {text[:40]!r} is no date", "write YYYY, YYYY-MM or YYYY-MM-DD")
    return text


def _texts(raw: Raw, row: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = row.get(key) or ()
    if isinstance(value, str):
        value = (value,)
    if not isinstance(value, (list, tuple)) or not all(isinstance(item, (str, int, float)) for item in value):
        raise fail(raw, f"{key} must be a list of texts")
    return tuple(str(item).strip() for item in value if str(item).strip())


def _examples(raw: Raw) -> Examples:
    block = raw.row.get("examples") or {}
    return Examples(_texts(raw, block, "match"), _texts(raw, block, "near_miss"))


def _id(raw: Raw) -> str:
    key = text_of(raw, raw.row, "id")
    if not _ID.fullmatch(key):
        raise fail(raw, "an id is small letters, digits and dashes")
    return key


@_refusing
def _supplier(raw: Raw) -> Supplier:
    row = raw.row
    cited = cited_of(raw, row)
    owners = tuple(
        OwnerEdge(
            owner=text_of(raw, edge, "owner"),
            kind=text_of(raw, edge, "kind", "parent"),
            since=_period(raw, edge, "since"),
            until=_period(raw, edge, "until"),
            share=text_of(raw, edge, "share"),
            certainty=Certainty(text_of(raw, edge, "certainty") or cited.certainty),
            note=text_of(raw, edge, "note"),
        )
        for edge in row.get("owners") or ()
    )
    name = text_of(raw, row, "name")
    if not name:
        raise fail(raw, "a supplier needs a name")
    return Supplier(
        _id(raw),
        name,
        text_of(raw, row, "legal_name") or name,
        _texts(raw, row, "native_names"),
        text_of(raw, row, "country") or None,
        _texts(raw, row, "roles"),
        owners,
        cited,
    )


def _edge(raw: Raw, edge: Mapping[str, Any]) -> MakerEdge:
    kind, scope = text_of(raw, edge, "kind", "relabel"), text_of(raw, edge, "scope", "all")
    if kind not in KINDS or scope not in SCOPES:
        raise fail(raw, f"maker edge of kind {kind!r}, scope {scope!r}", f"kinds {KINDS}; scopes {SCOPES}")
    return MakerEdge(
        text_of(raw, edge, "supplier"),
        kind,
        scope,
        _texts(raw, edge, "lines"),
        _texts(raw, edge, "models"),
        _texts(raw, edge, "classes"),
        _period(raw, edge, "since"),
        _period(raw, edge, "until"),
        text_of(raw, edge, "evidence"),
        text_of(raw, edge, "note"),
        cited_of(raw, edge, raw.row),
    )


def _makers(raw: Raw, cited: Cited) -> tuple[MakerEdge, ...]:
    """The maker edges of a brand; a brand with a firm of its own is by default made by it."""
    edges = [_edge(raw, edge) for edge in raw.row.get("makers") or ()]
    own = text_of(raw, raw.row, "supplier")
    if own and all(edge.supplier != own for edge in edges):
        edges.insert(0, MakerEdge(own, "own", "default", (), (), (), "", "", "own brand", "", cited))
    return tuple(edges)


@_refusing
def _brand(raw: Raw) -> Brand:
    row = raw.row
    name = text_of(raw, row, "name")
    if not name:
        raise fail(raw, "a brand needs a name")
    for key in ("lines", "makers", "components"):
        listed = row.get(key) or []
        if not isinstance(listed, list) or not all(isinstance(item, (str, Mapping)) for item in listed):
            raise fail(raw, f"{key} must be a list of texts or mappings")
    cited = cited_of(raw, row)
    lines = tuple(
        Line(item, False, None, cited.source)
        if isinstance(item, str)
        else Line(
            text_of(raw, item, "name"),
            bool(item.get("weak")),
            text_of(raw, item, "device_type") or None,
            text_of(raw, item, "source") or cited.source,
            bool(item.get("beside")),
        )
        for item in row.get("lines") or ()
    )
    components = tuple(
        Component(
            text_of(raw, item, "supplier"),
            text_of(raw, item, "part", "part"),
            _texts(raw, item, "names"),
            _texts(raw, item, "models"),
            text_of(raw, item, "evidence"),
            cited_of(raw, item, row),
        )
        for item in row.get("components") or ()
    )
    weak = _texts(raw, row, "weak_aliases")
    aliases = _texts(raw, row, "aliases")
    return Brand(
        _id(raw),
        name,
        text_of(raw, row, "supplier") or None,
        aliases or (() if weak else (name,)),
        weak,
        lines,
        _makers(raw, cited),
        components,
        _examples(raw),
        cited,
    )


@_refusing
def _grammar(raw: Raw) -> Grammar:
    row = raw.row
    pattern, written = text_of(raw, row, "pattern").lower(), text_of(raw, row, "written").lower()
    patterns.require_safe(pattern, raw.file, _id(raw))
    if written:
        patterns.require_linear(written, raw.file, _id(raw))
    prefixes = tuple(prefix.lower() for prefix in _texts(raw, row, "prefixes"))
    if not prefixes or any(len(prefix) < 2 for prefix in prefixes):
        raise fail(
            raw,
            "a model-code grammar needs the literal starts of its codes, two letters or more",
            "prefixes: [AB]",
        )
    return Grammar(
        _id(raw),
        text_of(raw, row, "brand"),
        text_of(raw, row, "device_type"),
        prefixes,
        pattern,
        row.get("alone", True) is not False,
        _examples(raw),
        cited_of(raw, row),
        written,
    )


@_refusing
def _serial(raw: Raw) -> SerialShape:
    pattern = text_of(raw, raw.row, "pattern").lower()
    patterns.require_safe(pattern, raw.file, _id(raw))
    supplier = text_of(raw, raw.row, "supplier")
    return SerialShape(_id(raw), supplier, pattern, _examples(raw), cited_of(raw, raw.row), "(?p<model>" in pattern)


@_refusing
def _other(raw: Raw) -> Other:
    if len(text_of(raw, raw.row, "text")) < SHORTEST_OTHER:
        raise fail(raw, "the name that is not to be mistaken is missing or too short", "give it as `text`")
    return Other(
        _id(raw),
        text_of(raw, raw.row, "text"),
        text_of(raw, raw.row, "kind", "company"),
        _examples(raw),
        cited_of(raw, raw.row),
    )


def _registrants(folders: Folders) -> tuple[Registrant, ...]:
    found: dict[str, Registrant] = {}
    for folder, overlay in folders:
        for raw in files.rows(folder, "registrants", overlay=overlay):
            _add_registrant(raw, found)
        if (folder / "mac").is_dir():
            for raw in files.rows(folder / "mac", "registrants", overlay=overlay):
                _add_registrant(raw, found)
    return tuple(found.values())


def _add_registrant(raw: Raw, found: dict[str, Registrant]) -> None:
    supplier = text_of(raw, raw.row, "supplier")
    found[supplier] = Registrant(supplier, _texts(raw, raw.row, "starts"), cited_of(raw, raw.row))
