"""Both engines and Python's own find the same rules with the same captures, in any text."""

from __future__ import annotations

import re
from functools import lru_cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custodes.attribution.text import resolve_text
from custodes.attribution.wire import match
from custodes.attribution.wire.match import Matcher, folded
from custodes.attribution.wire.named import NameScreen
from custodes.attribution.wire.tails import without_tail
from custodes.knowledge import knowledge
from custodes.knowledge.fingerprints import Fingerprint, compiled
from custodes.model.vocab import Status


@lru_cache(maxsize=2)
def _matcher(engine: str) -> Matcher:
    return Matcher.of(knowledge().fingerprints, engine)


@lru_cache(maxsize=1)
def _pieces() -> list[str]:
    """Examples of all rules, whole and cut, and signs that may upset an engine."""
    texts = [sample.text for rule in knowledge().fingerprints for sample in rule.samples]
    words = [word for text in texts for word in re.split(r"(?<=\W)", text)]
    return [*texts, *words, " ", "\n", "\r\n", "ſ", "\u212a", "é", "中", "\x7f", "1", "0.0", "-"]


def _peer(rules: tuple[Fingerprint, ...], text: str) -> list[tuple[str, dict[str, str]]]:
    found = []
    for rule in rules:
        match = compiled(rule.pattern).search(folded(text))
        if match is not None:
            told = {key: value.strip() for key, value in match.groupdict().items() if value and value.strip()}
            found.append((rule.id, told))
    return found


@given(st.data())
def test_every_engine_finds_the_same(data: st.DataObject) -> None:
    field = data.draw(st.sampled_from(sorted(_matcher("re2").fields)))
    piece = st.one_of(st.sampled_from(_pieces()), st.text(max_size=6))
    texts = data.draw(st.lists(st.lists(piece, max_size=4).map("".join), max_size=6))
    texts = [text.encode("utf-8", "replace").decode() for text in texts]
    rules = _matcher("re2").fields[field].rules
    expected = [_peer(rules, text) for text in texts]
    for engine in ("hyperscan", "re2"):
        found = _matcher(engine).match(field, texts)
        assert [[(hit.rule.id, dict(hit.captures)) for hit in hits] for hits in found] == expected


def test_few_texts_are_read_as_many_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tried one by one or as a column, a rule holds for the same texts and captures the same: over every example."""
    matcher = Matcher.of(knowledge().fingerprints)
    by_field: dict[str, list[str]] = {}
    for rule in knowledge().fingerprints:
        for field in rule.fields:
            by_field.setdefault(field, []).extend(
                f"{blank}{one.text}{blank}" for one in rule.samples for blank in ("", " ")
            )
    found = []
    for few in (0, 1_000_000):
        monkeypatch.setattr(match, "FEW", few)
        found.append({field: matcher.match(field, texts) for field, texts in by_field.items()})
    assert found[0] == found[1] and any(hit for hits in found[0].values() for hit in hits)


@given(st.data())
def test_a_pattern_without_its_tail_holds_for_the_same_texts(data: st.DataObject) -> None:
    atom = st.sampled_from(["a", "b", "[ab]", r"\w", "(?:ab|c)", ".", r"\d"])
    repeat = st.sampled_from(["", "+", "*", "{2,}", "{1,3}", "?", "+?"])
    piece = st.tuples(atom, repeat).map("".join)
    row = st.lists(piece, min_size=1, max_size=4).map("".join)
    pattern = "|".join(data.draw(st.lists(row, min_size=1, max_size=2)))
    if data.draw(st.booleans()):
        pattern = f"x(?P<model>{pattern}){data.draw(repeat)}"
    short = without_tail(pattern)
    for text in data.draw(st.lists(st.text("abcx1 ", max_size=10), min_size=3, max_size=3)):
        assert bool(re.search(pattern, text)) == bool(re.search(short, text)), (pattern, short)


def test_texts_beside_each_other_are_not_read_as_one() -> None:
    cited = knowledge().fingerprints[0].cited
    rules = [
        Fingerprint(f"r{n}", ("x",), pattern, None, "", None, None, None, {}, 1.0, (), (), cited)
        for n, pattern in enumerate([r"ab\s*cd", "^b", "a$", "[^c]d"])
    ]
    for engine in ("hyperscan", "re2"):
        found = Matcher.of(rules, engine).match("x", ["ab", "cd", "ab cd", "b", "a", "d", "bd"])
        assert [[hit.rule.id for hit in hits] for hits in found] == [[], [], ["r0"], ["r1"], ["r2"], [], ["r1", "r3"]]


@given(st.lists(st.sampled_from(["td", "apache", "2n", "x", "9", "-", " ", "\0", "ü"]), max_size=6), st.data())
def test_the_quick_look_passes_every_text_that_names_a_brand(junk: list[str], data: st.DataObject) -> None:
    loaded = knowledge()
    names = sorted(alias.key for alias in loaded.aliases)
    codes = [code for row in loaded.pack.grammars.values() for code in row.examples.match]
    named = data.draw(st.lists(st.sampled_from(names + codes), min_size=1, max_size=3))
    texts = [f"{''.join(junk)} {name} {data.draw(st.sampled_from(['v1', 'login', '']))}" for name in named]
    found = NameScreen(loaded).that_may_name(texts)
    for text in texts:
        mentions = resolve_text(text, loaded, explain=False).mentions
        assert text in found or all(mention.status is Status.UNKNOWN for mention in mentions)


def test_the_quick_look_passes_few_others() -> None:
    texts = ["Apache Boa lighttpd Apache 201049772", "miniupnpd/8.0", "udhcp 0.4.8", "SSH-2.0-dropbear"]
    assert NameScreen(knowledge()).that_may_name(texts) == set()


@pytest.mark.parametrize(
    ("pattern", "short"),
    [
        (r"^uc-httpd(?:[/ ](?P<firmware>[0-9.]+))?", "^uc-httpd"),
        (r"^A (?P<model>[\w ]{2,40}?) ?V?(?P<fw>[0-9.]+\w*)", r"^A (?P<model>[\w ]{2,40}?) ?V?(?P<fw>[0-9.])"),
        (r"(?:a+|b\d*c{2,})$", r"(?:a+|b\d*c{2,})$"),
        (r"(?:a+|b\d*c{2,5})", r"(?:a|b\d*c{2})"),
        (r"x\b", r"x\b"),
        (r"a|b*", "a|b*"),  # holds for every text: nothing may be taken from it
        (r"[]x]+", "[]x]"),
    ],
)
def test_what_repeats_at_the_end_of_a_pattern_is_left_out(pattern: str, short: str) -> None:
    assert without_tail(pattern) == short
