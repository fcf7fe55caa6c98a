"""Bodies of HTTP as servers send them: packed in every way that is read, folded headers, files fetched in parts."""

from __future__ import annotations

import gzip
import hashlib
import time
import zlib
from pathlib import Path
from typing import Any

import pytest
import wire_made as made
from test_captures_names import FILE, HASH, notes

from custodes.evidence.captures.bodies import MOST_UNPACKED, Budget, Hashed, Parts
from custodes.evidence.captures.reading import read_capture
from custodes.model.registers import Limits

ASKED = made.get("/fw.bin", "a.example")


def hashes(tmp_path: Path, frames: list[bytes]) -> list[str]:
    return [one.sha256 for one in notes(tmp_path, frames).objects]


def bare(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


def chunked(data: bytes, size: int) -> bytes:
    parts = [data[place : place + size] for place in range(0, len(data), size)]
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def sent(body: bytes, *lines: str) -> list[bytes]:
    return made.talk(ASKED, "\r\n".join(("HTTP/1.1 200 OK", *lines, "", "")).encode() + body)


@pytest.mark.parametrize("size", [1, 700])
@pytest.mark.parametrize(
    ("lines", "packed"),
    [
        (["Content-Encoding: deflate"], bare(FILE)),
        (["Content-Encoding: deflate"], zlib.compress(FILE)),
        (["Content-Encoding: deflate"], gzip.compress(FILE)),
        (["Content-Encoding: identity"], FILE),
        (["Content-Encoding: deflate, gzip"], gzip.compress(bare(FILE))),
        (["Content-Encoding: deflate", "Content-Encoding: gzip"], gzip.compress(bare(FILE))),
    ],
)
def test_packed_for_the_content(tmp_path: Path, lines: list[str], packed: bytes, size: int) -> None:
    assert hashes(tmp_path, sent(chunked(packed, size), "Transfer-Encoding: chunked", *lines)) == [HASH]
    assert hashes(tmp_path, sent(packed, f"Content-Length: {len(packed)}", *lines)) == [HASH]


@pytest.mark.parametrize(
    ("lines", "body"),
    [
        (["Transfer-Encoding: gzip, chunked"], chunked(gzip.compress(FILE), 900)),
        (["Transfer-Encoding: gzip", "Transfer-Encoding: chunked"], chunked(gzip.compress(FILE), 900)),
        (["Transfer-Encoding: gzip", "Content-Length: 7"], gzip.compress(FILE)),
        (["Transfer-Encoding: gzip, chunked", "Content-Encoding: deflate"], chunked(gzip.compress(bare(FILE)), 900)),
        (["Transfer-Encoding: deflate, gzip, chunked"], chunked(gzip.compress(bare(FILE)), 900)),
    ],
)
def test_packed_for_the_way(tmp_path: Path, lines: list[str], body: bytes) -> None:
    assert hashes(tmp_path, sent(body, *lines)) == [HASH]


@pytest.mark.parametrize("coding", ["br", "compress", "gzip, br", ", ".join(["gzip"] * 5)])
def test_a_packing_that_is_not_read_makes_no_file(tmp_path: Path, coding: str) -> None:
    assert hashes(tmp_path, sent(FILE, f"Content-Encoding: {coding}", f"Content-Length: {len(FILE)}")) == []


def test_a_packed_body_that_was_cut_makes_no_file(tmp_path: Path) -> None:
    packed = bare(FILE)[:-3]
    assert hashes(tmp_path, sent(packed, "Content-Encoding: deflate", f"Content-Length: {len(packed)}")) == []


def test_headers_that_go_on_in_the_next_line(tmp_path: Path) -> None:
    asked = b"GET / HTTP/1.1\r\nHost:\r\n a.example\r\nUser-Agent: cam\r\n\t DS-2CD2143\r\n\r\n"
    seen = notes(tmp_path, made.talk(asked))
    assert list(seen.http_hosts) == ["a.example"]
    assert [one.agent for one in seen.requests] == ["cam DS-2CD2143"]


def test_a_first_line_that_begins_with_a_blank_continues_nothing(tmp_path: Path) -> None:
    asked = b"GET / HTTP/1.1\r\n evil.example\r\nHost: a.example\r\n\r\n"
    assert list(notes(tmp_path, made.talk(asked)).http_hosts) == ["a.example"]


STATE = ('ETag: "1"',)


def part(first: int, end: int, total: int = len(FILE), more: tuple[str, ...] = STATE, file: bytes = FILE) -> bytes:
    line = f"Content-Range: bytes {first}-{end - 1}/{total}"
    told = made.answer(file[first:end], "application/octet-stream", line, *more)
    return told.replace(b"200 OK", b"206 Partial Content", 1)


def parts(*cuts: tuple[int, int], port: int = 40_000, **told: Any) -> list[bytes]:
    """Parts of the file, first to behind the last byte, each fetched on a connection of its own."""
    talks = [made.talk(ASKED, part(*cut, **told), source=port + number) for number, cut in enumerate(cuts)]
    return [frame for frames in talks for frame in frames]


@pytest.mark.parametrize("more", [STATE, ("Last-Modified: Tue, 03 Nov 2026 10:00:00 GMT",)])
@pytest.mark.parametrize("cuts", [[0, 20_000], [0, 1, 39_999], [0, 100, 20_000, 30_000]])
def test_a_file_in_parts_one_behind_the_other(tmp_path: Path, cuts: list[int], more: tuple[str, ...]) -> None:
    pairs = list(zip(cuts, [*cuts[1:], len(FILE)], strict=True))
    assert hashes(tmp_path, parts(*pairs, more=more)) == [HASH]


@pytest.mark.parametrize(
    "cuts",
    [
        [(20_000, 40_000)],
        [(20_000, 40_000), (0, 20_000)],
        [(0, 20_000), (20_001, 40_000)],
        [(0, 20_000), (19_999, 40_000)],
        [(0, 20_000), (20_000, 39_999)],
    ],
)
def test_parts_with_a_gap_or_in_another_order_make_no_file(tmp_path: Path, cuts: list[tuple[int, int]]) -> None:
    assert hashes(tmp_path, parts(*cuts)) == []


@pytest.mark.parametrize(
    "others", [{"more": ('ETag: "2"',)}, {"total": 50_000}, {"more": ()}, {"more": ('ETag: W/"1"',)}]
)
def test_parts_of_two_states_or_two_sizes_are_not_put_together(tmp_path: Path, others: dict[str, Any]) -> None:
    assert hashes(tmp_path, parts((0, 20_000)) + parts((20_000, 40_000), port=41_000, **others)) == []


@pytest.mark.parametrize("more", [(), ('ETag: W/"1"',)])
def test_without_a_strong_validator_parts_of_one_connection_belong_together(
    tmp_path: Path, more: tuple[str, ...]
) -> None:
    both = [part(0, 20_000, more=more), part(20_000, 40_000, more=more)]
    assert hashes(tmp_path, made.talk(ASKED * 2, b"".join(both))) == [HASH]
    assert hashes(tmp_path, parts((0, 20_000), (20_000, 40_000), more=more)) == []


def test_a_packed_part_is_no_part_of_a_file(tmp_path: Path) -> None:
    packed = gzip.compress(FILE[:300])
    first = 300 - len(packed)
    line = f"Content-Range: bytes {first}-299/300"
    told = made.answer(packed, "application/octet-stream", line, "Content-Encoding: gzip", *STATE)
    assert hashes(tmp_path, made.talk(ASKED, told.replace(b"200 OK", b"206 Partial Content", 1))) == []


def test_a_part_again_behind_one_that_was_cut(tmp_path: Path) -> None:
    cut = parts((0, 20_000))[:20]  # the connection is lost in the middle
    assert hashes(tmp_path, cut + parts((0, 20_000), (20_000, 40_000), port=41_000)) == [HASH]


def test_a_file_in_parts_is_kept_where_files_are(tmp_path: Path) -> None:
    lost = parts((15_000, 40_000), port=42_000)[:9]
    path = made.pcap(tmp_path / "c", [*parts((0, 15_000)), *lost, *parts((15_000, 40_000), port=41_000)])
    (found,) = [one for each in read_capture(path, Limits(), keep=True).stations for one in each.notes.objects]
    assert (found.sha256, found.data) == (HASH, FILE)


def _budget(keep: bool) -> Budget:
    budget = Budget()
    budget.keep = keep
    return budget


def test_what_is_kept_is_counted_once_and_given_back() -> None:
    budget = _budget(keep=True)
    held, first = Parts(budget), Hashed([], budget)
    first.add(FILE)
    held.keep(("file",), first.close(whole=True))
    assert budget.kept == len(FILE)
    for _ in range(9):  # answers that break off
        begun = held.take(("file",), len(FILE))
        broken = Hashed([], budget, begun)
        broken.add(b"x")
        assert budget.kept == len(FILE) + 1
        broken.release()
    last = Hashed([], budget, held.take(("file",), len(FILE)))
    last.add(b"end")
    body = last.close(whole=True)
    assert (body.data, body.sha256) == (FILE + b"end", hashlib.sha256(FILE + b"end").hexdigest())
    held.drop(("file",))
    assert budget.kept == 0


@pytest.mark.parametrize(
    ("packed", "inner"),
    [
        (["gzip", "deflate"], b"\x03\x00" * 500_000),
        (["gzip", "gzip"], gzip.compress(b"") * 100_000),
        (["gzip"], gzip.compress(b"") * 100_000),
    ],
)
def test_very_many_empty_streams_end_soon(packed: list[str], inner: bytes) -> None:
    body = Hashed(packed, _budget(keep=False))
    began = time.process_time()
    body.add(gzip.compress(inner) if len(packed) > 1 else inner)
    assert time.process_time() - began < 2
    assert not body.close(whole=True).whole


def test_nothing_is_unpacked_once_enough_was() -> None:
    budget = _budget(keep=False)
    bomb = gzip.compress(gzip.compress(bytes(64 << 20)))
    for _ in range(8):
        body = Hashed(["gzip", "gzip"], budget)
        body.add(bomb)
    spent = budget.unpacked
    for _ in range(20):
        Hashed(["gzip", "gzip"], budget).add(bomb)
    assert spent <= MOST_UNPACKED + (2 << 20)
    assert budget.unpacked - spent <= 20 * (2 << 20)
