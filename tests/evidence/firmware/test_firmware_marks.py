"""Where containers may begin, how dense bytes are, what is padding: beside the plainest way to tell."""

from __future__ import annotations

import math
import random
from collections import Counter
from pathlib import Path

import hypothesis.strategies as st
import images_made as made
from hypothesis import given

from custodes.evidence.firmware.density import entropy
from custodes.evidence.firmware.formats import FORMATS, Format, Marks
from custodes.evidence.firmware.opening import _unpadded, open_image
from custodes.evidence.firmware.packing import plain
from custodes.model.firmware import Kind, Limits

_WITHIN = [one for one in FORMATS if not one.first]
_BYTES = st.lists(
    st.one_of(st.sampled_from([one.mark for one in FORMATS if one.mark]), st.binary(max_size=300)), max_size=30
).map(b"".join)


def _every(data: bytes) -> list[tuple[int, Format]]:
    """Each place at which each mark stands."""
    found = [
        (place - one.back, one)
        for one in _WITHIN
        for place in range(one.back, len(data))
        if data.startswith(one.mark, place)
    ]
    return sorted(found, key=lambda row: (row[0], FORMATS.index(row[1])))


@given(_BYTES)
def test_every_mark_is_told_once_and_in_order(data: bytes) -> None:
    marks, told = Marks(data), []
    while (found := marks.after(0)) is not None:
        told.append(found)
        marks.missed(found[1])
    assert told == _every(data)


@given(_BYTES, st.lists(st.integers(1, 400), min_size=1, max_size=10))
def test_marks_inside_what_was_read_do_not_count(data: bytes, sizes: list[int]) -> None:
    marks, place, told = Marks(data), 0, []
    for size in sizes * 40:
        found = marks.after(place)
        if found is None:
            break
        told.append(found)
        place = found[0] + size
    expected, place = [], 0
    every = _every(data)
    for size in sizes * 40:
        ahead = [row for row in every if row[0] >= place]
        if not ahead:
            break
        expected.append(ahead[0])
        place = ahead[0][0] + size
    assert told == expected


@given(st.binary(max_size=5_000))
def test_entropy_is_shannons(data: bytes) -> None:
    shares = [count / len(data) for count in Counter(data).values()]
    assert entropy(memoryview(data)) == round(sum(share * math.log2(1 / share) for share in shares), 2)


@given(st.lists(st.sampled_from([b"\xff", b"\0", b"x", b"\xff" * 40]), max_size=40).map(b"".join), st.data())
def test_padding_is_what_strip_takes_off(data: bytes, dice: st.DataObject) -> None:
    start = dice.draw(st.integers(0, len(data)))
    end = dice.draw(st.integers(start, len(data)))
    first, last = _unpadded(memoryview(data), start, end)
    assert data[first:last] == data[start:end].strip(b"\xff\0")
    assert first == last or start <= first < last <= end


def test_long_padding_is_taken_off_by_pieces() -> None:
    data = bytes(3_000_000) + b"x" + b"\xff" * 2_500_000
    assert _unpadded(memoryview(data), 0, len(data)) == (3_000_000, 3_000_001)
    assert _unpadded(memoryview(data), 0, 3_000_000) == (3_000_000, 3_000_000)


def test_a_view_of_all_bytes_is_not_copied() -> None:
    data = b"some bytes"
    assert plain(memoryview(data)) is data
    assert plain(data) is data
    assert plain(memoryview(data)[1:]) == data[1:]
    assert plain(memoryview(bytearray(data))) == data


def test_contents_of_an_image_beside_it_are_kept_once(tmp_path: Path) -> None:
    made.write(tmp_path / "root/etc/settings.conf", "colour=blue\n" * 400)
    data = made.squashfs(tmp_path / "root", tmp_path / "image").read_bytes()
    first = open_image(data, "old", Limits())
    held = {entry.sha256: entry.data for entry in first.entries}
    second = open_image(data, "new", Limits(), held=held)
    files = [entry for entry in second.entries if entry.kind is Kind.FILE]
    assert files
    assert all(entry.data is held[entry.sha256] for entry in files)


def test_a_small_file_does_not_keep_its_image_in_memory(tmp_path: Path) -> None:
    made.write(tmp_path / "root/boot.bin", random.Random(1).randbytes(100_000))
    image = b"boot loader 1.0\n" * 100 + made.squashfs(tmp_path / "root", tmp_path / "image").read_bytes()
    opened = open_image(image, "image", Limits())
    assert {entry.path for entry in opened.entries} >= {"unknown", "boot.bin"}
    kept = [entry for entry in opened.entries if isinstance(entry.data, memoryview) and entry.data.obj is image]
    assert not kept
