"""The parts that linking is made of, beside the plainest way to say the same."""

from __future__ import annotations

import re

import hypothesis.strategies as st
from hypothesis import given

from custodes.estate.joining import Joined
from custodes.estate.linking import serial_of
from custodes.estate.marking import _joined
from custodes.estate.sightings import Sighting
from custodes.knowledge.text import squash, words
from custodes.model.vocab import RowKind

_LABEL = re.compile(r"^\s*(?:s\s?/\s?n|sn\s?:|serial(?:\s(?:no|number))?\b)[\s.:#]*", re.IGNORECASE)
_PAIRS = st.lists(st.tuples(st.integers(0, 29), st.integers(0, 29), st.booleans()), max_size=60)


@given(st.text(st.sampled_from("ab9 0-_./12 Zé\0\n\t٣"), max_size=12))
def test_names_keep_their_numbers_apart(text: str) -> None:
    told: list[str] = []
    for word in words(text):
        told.append(f"-{word}" if told and told[-1][-1].isdigit() and word[0].isdigit() else word)
    assert _joined(text) == "".join(told)


@given(st.sampled_from(["S/N: ", "sn:", " Serial number ", "\u3000SN: ", "\u017ferial no. ", "serialised", "", "N/S"]),
       st.text(st.sampled_from("AB012-"), min_size=1, max_size=14))  # fmt: skip
def test_the_label_of_a_serial_number_is_no_part_of_it(label: str, number: str) -> None:
    cells = {"serial": label + number}
    found = serial_of(Sighting("f.csv", "", 2, 0, RowKind.DEVICE, cells, (), frozenset()))
    bare = squash(_LABEL.sub("", label + number))
    assert found in ("", bare)
    assert bool(found) == (len(bare) >= 6 and len(set(bare)) > 2 and any(sign.isdigit() for sign in bare))


@given(_PAIRS)
def test_joining_is_what_sets_do(pairs: list[tuple[int, int, bool]]) -> None:
    joined = Joined(30)
    sets = [{place} for place in range(30)]
    apart: list[tuple[int, int]] = []

    def of(place: int) -> set[int]:
        return next(one for one in sets if place in one)

    for left, right, same in pairs:
        one, other = of(left), of(right)
        if not same:
            assert joined.hold_apart(left, right) == (one is not other)
            if one is not other:
                apart.append((left, right))
            continue
        held = any((a in one and b in other) or (a in other and b in one) for a, b in apart)
        assert joined.unite(left, right, "why") == (one is other or not held)
        if one is not other and not held:
            sets.remove(other)
            one |= other
    assert joined.roots() == [min(of(place)) for place in range(30)]
    assert joined.roots() == [joined.root(place) for place in range(30)]
