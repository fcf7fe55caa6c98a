"""Patterns that reference data may hold: bounded, without nested repeats, without look-around."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custodes.knowledge import knowledge
from custodes.knowledge.patterns import require_safe
from custodes.model.errors import KnowledgeError


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "a(",
        "[",
        "(?=a)b",
        "(?!a)b",
        "(?<=a)b",
        "(?<!a)b",
        r"(a)\1",
        "(?P<x>a)(?P=x)",
        "a*",
        "a+",
        "a{2,}",
        "a{1,65}",
        "(a{1,9}){1,9}",
        "(a{1,9}b?){2}",
        "((a|b){1,3}c){1,3}",
        "(a|b{1,5}){2,4}",
        "(?:a{0,3}){0,3}",
        "(?>a{1,9}){1,9}",
        "(a{1,9}+){1,9}",
        "(a(b(c{1,4})){1,4})",
        "(?i:(a{1,3}){1,3})",
        "(?>(a{1,9}){1,9})",
        "(?>a+)",
        "(a)?(?(1)b|c)",
    ],
)
def test_unsafe_or_broken_patterns_are_refused_by_file_and_row(pattern: str) -> None:
    with pytest.raises(KnowledgeError) as caught:
        require_safe(pattern, "models/own.yaml", "zorb-1")
    assert "models/own.yaml" in str(caught.value)
    assert "zorb-1" in str(caught.value)


@pytest.mark.parametrize(
    "pattern",
    [
        "abc",
        "ds2cd[0-9][0-9a-z]{2,30}",
        "i?ds2(de|df)[0-9]{3}",
        "(a|b|c)[0-9]{1,4}(x|yz)?",
        "(?:ab){1,3}",
        "a?b?c{0,64}",
    ],
)
def test_bounded_patterns_are_let_through(pattern: str) -> None:
    require_safe(pattern, "f", "r")


def test_every_bundled_pattern_is_safe_and_quick_on_hostile_codes() -> None:
    known = knowledge()
    rows = [(g.row.id, g.row.pattern, g.regex) for g in known.grammars]
    rows += [(row.id, row.pattern, regex) for row, regex in known.serials]
    hostile = [start + piece * 30 for start in ("ds2cd2", "ipc", "m", "") for piece in ("0", "a", "0a", "a0", "xx1")]
    begun = time.process_time()
    for name, pattern, regex in rows:
        require_safe(pattern, "pack", name)
        for text in hostile:
            regex.fullmatch(text)
    assert time.process_time() - begun < 5


@pytest.mark.filterwarnings("ignore::FutureWarning")
@settings(max_examples=150, deadline=None)
@given(st.text("ab0[](){}|?*+,19.^$\\-:<=!P", max_size=14))
def test_any_text_is_a_safe_pattern_or_refused(text: str) -> None:
    try:
        require_safe(text, "f", "r")
    except KnowledgeError:
        return
    found = re.compile(text)
    begun = time.process_time()
    found.fullmatch("ab" * 40)
    assert time.process_time() - begun < 1
