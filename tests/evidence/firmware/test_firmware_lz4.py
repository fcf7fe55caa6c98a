"""LZ4: what another program packed comes out again; what is damaged or lies about its size does not."""

from __future__ import annotations

import random
import subprocess
from contextlib import suppress
from pathlib import Path

import hypothesis.strategies as st
import images_made as made
import pyarrow as pa
import pytest
from hypothesis import given

from custodes.evidence.firmware.budget import Budget, Cut, Damaged, Enough
from custodes.evidence.firmware.lz4 import lz4_block, unlz4
from custodes.evidence.firmware.opening import open_image
from custodes.model.firmware import Limits

_REPEATING = st.lists(st.sampled_from([b"a", b"abcd", b"some text ", bytes(300)]), max_size=80).map(b"".join)
_HELD = st.one_of(st.binary(max_size=2_000), _REPEATING)


@given(_HELD)
def test_a_block_is_as_long_as_it_says(held: bytes) -> None:
    packed = bytes(pa.compress(held, "lz4_raw", asbytes=True))
    assert lz4_block(packed, len(held)) == held
    if held:
        with pytest.raises(Damaged):
            lz4_block(packed, len(held) - 1)


@given(_HELD.filter(len), st.data())
def test_a_damaged_block_gives_no_bytes_that_were_not_there(held: bytes, dice: st.DataObject) -> None:
    packed = bytearray(pa.compress(held, "lz4_raw", asbytes=True))
    packed[dice.draw(st.integers(0, len(packed) - 1))] = dice.draw(st.integers(0, 255))
    try:
        told = lz4_block(bytes(packed), 1 << 20)
    except Damaged:
        return
    assert told == lz4_block(bytes(packed), 1 << 20)  # nothing of what happened to lie in memory


@given(_HELD.filter(len), st.data())
def test_a_block_that_is_cut_off_is_no_block(held: bytes, dice: st.DataObject) -> None:
    packed = bytes(pa.compress(held, "lz4_raw", asbytes=True))
    cut = packed[: dice.draw(st.integers(0, len(packed) - 1))]
    with suppress(Damaged):
        assert held.startswith(lz4_block(cut, len(held)))  # as if it had been packed so


@given(_HELD, st.binary(max_size=30))
def test_a_frame_ends_where_it_says(held: bytes, behind: bytes) -> None:
    frame = bytes(pa.compress(held, "lz4", asbytes=True))
    assert unlz4(frame + behind, Budget(Limits())) == (held, len(frame))


def test_an_older_stream_of_several_blocks() -> None:
    held = random.Random(1).randbytes(9_000_000) + bytes(9_000_000)
    packed = made.old_lz4(held)
    assert unlz4(packed + b"\xff" * 100, Budget(Limits())) == (held, len(packed))
    with pytest.raises(Cut) as cut:
        unlz4(packed[:-100], Budget(Limits()))
    assert cut.value.data == held[: 16 << 20]


def test_a_block_that_unpacks_to_more_than_is_allowed_ends_there() -> None:
    with pytest.raises(Enough):
        unlz4(made.old_lz4(bytes(200 << 20)), Budget(Limits(bytes=20 << 20)))


@pytest.mark.parametrize("how", [["-l"], ["-BD"], ["-B4", "--no-frame-crc"], ["-BX", "--content-size"], ["-9", "-B7"]])
def test_what_the_program_packs(how: list[str], tmp_path: Path) -> None:
    held = b"Linux version 6.1.0 (made up)\n" * 9_000 + random.Random(2).randbytes(70_000)
    (tmp_path / "in").write_bytes(held)
    subprocess.run(["lz4", "-q", *how, str(tmp_path / "in"), str(tmp_path / "out")], check=True)
    image = open_image((tmp_path / "out").read_bytes(), "image", Limits())
    assert [bytes(entry.data) for entry in image.entries] == [held]
