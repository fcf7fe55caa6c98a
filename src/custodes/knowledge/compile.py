"""Compiles a pack into the immutable look-ups that attribution works with."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path

import ahocorasick_rs

from custodes.knowledge import files, vocabulary
from custodes.knowledge.checks import load_checks
from custodes.knowledge.counting import Counting
from custodes.knowledge.drones import DroneTable, load_drones
from custodes.knowledge.fingerprints import Family, Fingerprint, load_families, load_fingerprints
from custodes.knowledge.forms import load_forms
from custodes.knowledge.load import load_pack
from custodes.knowledge.mac import MacTable, Registrants, load_mac_table
from custodes.knowledge.networks import Networks, load_networks
from custodes.knowledge.rows import Brand, Grammar, Pack, SerialShape
from custodes.knowledge.services import Services, load_services
from custodes.knowledge.text import plain, squash, words
from custodes.model.checks import Check
from custodes.model.papers import Form

PREFIX_LENGTH = 8


@dataclass(frozen=True, slots=True, eq=False)
class Alias:
    """One name in the automaton: what it points to and how strong it is on its own."""

    key: str
    shown: str
    kind: str  # brand | line | other | word
    target: str  # brand id, id of the `others` row, or the vocabulary class of a word of several signs
    weak: bool
    device_type: str | None = None
    beside: bool = False
    pieces: frozenset[int] = frozenset((1,))  # with how many words the name is written


@dataclass(frozen=True, slots=True, eq=False)
class CompiledGrammar:
    """A grammar with its pattern compiled for whole-code matching."""

    row: Grammar
    regex: re.Pattern[str]
    written: re.Pattern[str] | None = None

    def explains(self, squashed: str, start: int, end: int, pieces: Sequence[str]) -> bool:
        """Whether signs `start` to `end` of a squashed text, written in these pieces, are a code of this form."""
        if self.regex.fullmatch(squashed, start, end) is None:
            return False
        return self.written is None or self.written.match("-".join(pieces)) is not None


class Knowledge:
    """Reference data, compiled. Immutable after construction; safe to share between threads."""

    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        self.version = pack.version if not pack.overlays else f"{pack.version}+{pack.digest}"
        self.aliases = _aliases(pack)
        self.automaton = ahocorasick_rs.AhoCorasick(
            [alias.key for alias in self.aliases] or ["\0"],
            matchkind=ahocorasick_rs.MatchKind.Standard,
            implementation=ahocorasick_rs.Implementation.ContiguousNFA,
        )
        self.grammars = tuple(
            CompiledGrammar(row, re.compile(row.pattern), re.compile(row.written) if row.written else None)
            for row in pack.grammars.values()
        )
        self.prefixes = _prefixes(self.grammars)
        self.prefix_lengths = _prefix_lengths(self.prefixes)
        self.word_class = vocabulary.word_classes(pack.words)
        self.no_make = vocabulary.no_make_texts(pack.words)
        self.longest_no_make = max((len(phrase.split()) for phrase in self.no_make), default=0)
        self.not_given = vocabulary.not_given_pattern(self.no_make)
        self.device_types = vocabulary.device_types(pack.words)
        self.note_words = vocabulary.note_words(pack.words)
        self.hearsay_phrases = tuple(plain(one) for one in vocabulary.phrases(pack.words, "notes", "hearsay_phrases"))
        self.other_goods = frozenset(vocabulary.texts(pack.words.get("other_goods")))
        self.edge_keys = _edge_keys(
            pack, [word for word, kind in self.device_types.items() if kind in self.other_goods]
        )
        self.code_suffixes = frozenset(words(str(pack.words.get("code_suffixes", ""))))
        self.placing = frozenset(words(str(pack.words.get("placing", ""))))
        self.succession = frozenset(words(str(pack.words.get("succession", ""))))
        self.beside = vocabulary.beside_words(pack.words)
        self.beside_words = frozenset().union(*(words for kind, words in self.beside.items() if kind != "camera"))
        self.beside_phrases = tuple(vocabulary.phrases(pack.words, "beside", "phrases"))
        self.no_labels = frozenset(map(squash, vocabulary.phrases(pack.words, "wire", "no_labels")))
        self.gone_phrases = tuple(plain(one) for one in vocabulary.phrases(pack.words, "not_live", "note_phrases"))
        self.heading_words = vocabulary.words_of(vocabulary.group_of(pack.words, "not_live"), "heading_words")
        self.heading_live = vocabulary.words_of(vocabulary.group_of(pack.words, "not_live"), "heading_live")
        self.states = vocabulary.states(pack.words)
        self.not_live, self.live_words, self.gone_words = vocabulary.live_words(pack.words)
        self.counting = Counting(vocabulary.group_of(pack.words, "counting"))
        self.serials: tuple[tuple[SerialShape, re.Pattern[str]], ...] = tuple(
            (row, re.compile(row.pattern)) for row in pack.serials.values()
        )
        self.brand_of_supplier = _brand_of_supplier(pack)
        self._own_words: dict[str, set[str]] = {}

    def brand(self, key: str) -> Brand:
        """The brand row of an id that the look-ups gave."""
        return self.pack.brands[key]

    def own_words(self, brand: str) -> AbstractSet[str]:
        """The words of every name of a brand, its firm, its makers' firms and their entries in the address registry."""
        if brand not in self._own_words:
            row = self.pack.brands[brand]
            firms = {row.supplier, *(edge.supplier for edge in row.makers)} - {None}
            names = [row.name, *row.aliases, *(line.name for line in row.lines)]
            for firm in (self.pack.suppliers[key] for key in firms if key):
                names += [firm.name, firm.legal_name]
            names += [start for item in self.pack.registrants if item.supplier in firms for start in item.starts]
            found = {word for name in names for word in words(name)}
            self._own_words[brand] = found.union(*(self._registry_words.get(firm, ()) for firm in firms if firm))
        return self._own_words[brand]

    @cached_property
    def _registry_words(self) -> Mapping[str, frozenset[str]]:
        """Supplier to the words of its entries in the address registry, gathered in one pass over it."""
        found: dict[str, set[str]] = {}
        for name in self.registered_organisations:
            supplier = self.registrants.supplier(name)
            if supplier:
                found.setdefault(supplier, set()).update(name.split())
        return {supplier: frozenset(spoken) for supplier, spoken in found.items()}

    def country_of(self, text: str) -> str:
        """The two letters of the one country that a label or paper names; empty if it names none, or several."""
        code = text.strip().upper()
        if not code or code in self.pack.countries:
            return code
        spoken = f" {plain(text)} "
        names = [name for name in self._country_names if f" {name} " in spoken]
        longest = [name for name in names if not any(name != other and name in other for other in names)]
        found = {self._country_names[name] for name in longest}
        return found.pop() if len(found) == 1 else ""

    @cached_property
    def _country_names(self) -> Mapping[str, str]:
        return {plain(name): code for code, names in self.pack.countries.items() for name in names}

    def part_maker(self, text: str) -> str | None:
        """The supplier of a part that a text names by its firm ("HiSilicon Hi3519"); None if none, or several."""
        if not text:
            return None
        spoken = f" {plain(text)} "
        found = {key for name, key in self._firm_names.items() if f" {name} " in spoken}
        return found.pop() if len(found) == 1 else None

    @cached_property
    def _firm_names(self) -> Mapping[str, str]:
        return {plain(row.name): key for key, row in self.pack.suppliers.items() if len(plain(row.name)) > 2}

    @cached_property
    def forms(self) -> Mapping[str, Form]:
        """The forms of the pack by id, read when they are asked for."""
        return load_forms(self._folders, self.pack.rulebook)

    @cached_property
    def _fingerprints(self) -> tuple[tuple[Fingerprint, ...], tuple[str, ...]]:
        return load_fingerprints(self._folders, self.pack.suppliers, self.pack.brands)

    @property
    def fingerprints(self) -> tuple[Fingerprint, ...]:
        """The fingerprints of the pack and of XML files beside it, read when they are asked for."""
        return self._fingerprints[0]

    @property
    def refused_fingerprints(self) -> tuple[str, ...]:
        """What of XML files beside the pack was refused, and why."""
        return self._fingerprints[1]

    @cached_property
    def families(self) -> Mapping[str, Family]:
        """The protocol families of the pack by id, read when they are asked for."""
        return load_families(self._folders, self.pack.suppliers, self.pack.brands)

    @property
    def _folders(self) -> files.Folders:
        return files.layers(map(Path, self.pack.overlays), self._bottom)

    @property
    def _bottom(self) -> Path:
        return Path(self.pack.base) if self.pack.base else files.bundled()

    @cached_property
    def drones(self) -> DroneTable:
        """What registers declare of serial numbers of unmanned aircraft, read when it is asked for."""
        return load_drones(self._folders)

    @cached_property
    def checks(self) -> tuple[Check, ...]:
        """What an estate is looked through for, read when it is asked for."""
        book = self.pack.rulebook
        return load_checks(self._folders, book.rules.keys(), book.class_names.keys())

    @cached_property
    def services(self) -> Services:
        """Services on the internet by name and address, read when they are asked for."""
        return load_services(self._folders, self.pack.suppliers.keys())

    @cached_property
    def networks(self) -> Networks:
        """Tables of networks and countries, read when they are asked for; a user's own are put before them."""
        return load_networks(self._bottom / "networks")

    def with_networks(self, networks: Networks) -> Knowledge:
        """The same knowledge with other tables of networks."""
        other = copy(self)
        other.__dict__["networks"] = networks
        return other

    @cached_property
    def mac_table(self) -> MacTable:
        """Address blocks; an overlay may bring its own `mac/blocks.parquet`."""
        for folder in (*map(Path, reversed(self.pack.overlays)), self._bottom):
            path = folder / "mac" / "blocks.parquet"
            if path.is_file():
                return load_mac_table(path)
        raise FileNotFoundError("mac/blocks.parquet")

    @cached_property
    def registrants(self) -> Registrants:
        """Registered organisation name to supplier."""
        return Registrants({plain(start): row.supplier for row in self.pack.registrants for start in row.starts})

    @cached_property
    def registered_organisations(self) -> frozenset[str]:
        """Every organisation of the address registry, folded: used only to refuse, never to accept."""
        return frozenset(plain(name) for name in self.mac_table.organisations)

    @cached_property
    def spelling_targets(self) -> Mapping[str, tuple[tuple[str, str], ...]]:
        """Names worth a spelling guess, by first letter: (name, brand id), single words of five letters up."""
        table: dict[str, list[tuple[str, str]]] = {}
        for alias in self.aliases:
            name = alias.key
            one_word = len(words(alias.shown)) == 1
            if alias.kind != "brand" or alias.weak or not (name.isascii() and name.isalpha() and one_word):
                continue
            if len(name) >= 5 and self.pack.brands[alias.target].supplier:
                table.setdefault(name[0], []).append((name, alias.target))
        return {letter: tuple(sorted(names)) for letter, names in table.items()}


def _aliases(pack: Pack) -> tuple[Alias, ...]:
    """Every name of the pack, the stronger meaning kept where two rows share one."""
    found: dict[str, Alias] = {}
    for shown, kind, target, weak, device_type, beside in _names(pack):
        key = squash(shown)
        if len(key) < 2 and kind != "word":
            continue
        pieces = frozenset((1, len(words(shown))))
        new = Alias(key, shown, kind, target, weak, device_type, beside, pieces)
        found[key] = _stronger(found.get(key), new)
    return tuple(found.values())


def _stronger(held: Alias | None, new: Alias) -> Alias:
    if held is None or (held.weak and not new.weak) or (new.kind == "other" and held.kind != "other"):
        return new
    if (held.kind, held.target, held.weak) == (new.kind, new.target, new.weak):
        return replace(held, pieces=held.pieces | new.pieces)
    return held


_Name = tuple[str, str, str, bool, str | None, bool]


def _names(pack: Pack) -> Iterator[_Name]:
    """(name, kind, target, weak, device type, beside) of all rows, the strong names first."""
    for brand in pack.brands.values():
        yield from ((name, "brand", brand.id, False, None, False) for name in brand.aliases)
    for brand in pack.brands.values():
        for line in brand.lines:
            yield line.name, "line", brand.id, line.weak or line.beside, line.device_type, line.beside
        yield from ((name, "brand", brand.id, True, None, False) for name in brand.weak_aliases)
        for edge in brand.makers:
            yield from ((name, "line", brand.id, True, None, True) for name in edge.lines)
    yield from ((other.text, "other", other.id, False, None, False) for other in pack.others.values())
    yield from ((word, "word", kind, False, None, False) for word, kind in vocabulary.signs(pack.words))


def _prefixes(grammars: Sequence[CompiledGrammar]) -> Mapping[str, tuple[CompiledGrammar, ...]]:
    table: dict[str, list[CompiledGrammar]] = {}
    for grammar in grammars:
        for prefix in grammar.row.prefixes:
            table.setdefault(prefix[:PREFIX_LENGTH], []).append(grammar)
    return {prefix: tuple(found) for prefix, found in table.items()}


def _prefix_lengths(prefixes: Mapping[str, object]) -> Mapping[str, tuple[int, ...]]:
    """First two letters to the lengths of the prefixes that start with them."""
    table: dict[str, set[int]] = {}
    for prefix in prefixes:
        table.setdefault(prefix[:2], set()).add(len(prefix))
    return {letters: tuple(sorted(lengths)) for letters, lengths in table.items()}


def _edge_keys(pack: Pack, goods: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
    """Brand to the squashed words its edges depend on: where none of them stands, the text does not matter.

    Words are lines and models, and `goods` (a television, say) where an edge holds for some classes only.
    """
    table = {}
    for brand in pack.brands.values():
        named = [name for edge in brand.makers for name in (*edge.lines, *edge.models)]
        partial = any(map(brand.for_some_goods, brand.makers))
        keys = [squash(name).split("xx")[0] for name in named] + (list(goods) if partial else [])
        table[brand.id] = tuple(dict.fromkeys(keys))
    return table


def _brand_of_supplier(pack: Pack) -> Mapping[str, str]:
    """The brand a supplier sells under its own name: the one whose short name is the supplier's."""
    table: dict[str, str] = {}
    for brand in pack.brands.values():
        if brand.supplier:
            same = squash(brand.name) == squash(pack.suppliers[brand.supplier].name)
            if same or brand.supplier not in table:
                table[brand.supplier] = brand.id
    return table


def compile_pack(pack: Pack) -> Knowledge:
    """Compile a loaded pack."""
    return Knowledge(pack)


@lru_cache(maxsize=4)
def _cached(overlays: tuple[str, ...]) -> Knowledge:
    return compile_pack(load_pack([Path(overlay) for overlay in overlays]))


def knowledge(overlays: Sequence[Path] = ()) -> Knowledge:
    """The compiled bundled pack with `overlays` laid over it; loaded once a process for each set."""
    return _cached(tuple(str(overlay) for overlay in overlays))
