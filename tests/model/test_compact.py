"""JSON of result tables against the language's own writer, which is the oracle."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custodes.model.compact import compact
from custodes.model.vocab import Status

texts = st.text(st.characters(exclude_categories=("Cs",)))
shares = st.floats(0, 10_000, allow_nan=False).map(lambda value: round(value, 3))
plain = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | shares | texts
told = st.recursive(plain, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4))


@given(told)
def test_the_bytes_are_those_of_the_languages_own_writer(value: object) -> None:
    assert compact(value) == json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def test_signs_that_json_escapes_are_escaped_alike() -> None:
    every = "".join(map(chr, (*range(0x180), 0x2028, 0x2029, 0xFEFF, 0x1F3A5)))
    assert compact([every]) == json.dumps([every], ensure_ascii=False, separators=(",", ":")).encode()


def test_a_word_of_a_vocabulary_is_its_text() -> None:
    assert compact({"status": Status.ASSERTED}) == b'{"status":"asserted"}'


def test_half_a_surrogate_pair_is_refused() -> None:
    with pytest.raises(UnicodeEncodeError):
        compact({"text": "\ud800"})
