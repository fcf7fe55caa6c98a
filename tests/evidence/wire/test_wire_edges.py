"""Replies at the edges of what is read: long pages, negotiation before a banner, base64 as tools write it."""

from __future__ import annotations

import base64

import pytest

from custodes.evidence.wire.read import read_reply
from custodes.evidence.wire.texts import MOST_CHARS, OVERLAP, WINDOWS, windows


@pytest.mark.parametrize("before", [0, 1_000, MOST_CHARS - 3, MOST_CHARS + 10, 12_000])
@pytest.mark.parametrize("protocol", ["http.response", "http.html.body"])
def test_a_mark_deep_in_a_page_is_read_whole(protocol: str, before: int) -> None:
    page = "<p>" + "x " * (before // 2) + "zork-login-form" + " y" * 500
    raw = f"HTTP/1.1 200 OK\r\n\r\n{page}" if protocol == "http.response" else page
    reply = read_reply(protocol, "text", raw)
    assert any("zork-login-form" in text for field, text in reply.texts if field == "http.body")


def test_pieces_are_bounded_and_overlap() -> None:
    pieces = windows("".join(chr(97 + place % 26) for place in range(100_000)))
    assert len(pieces) <= WINDOWS
    assert all(len(piece) <= MOST_CHARS for piece in pieces)
    assert pieces[0][-OVERLAP:] == pieces[1][:OVERLAP]


def test_what_terminals_agree_on_stands_before_no_banner() -> None:
    raw = b"\xff\xfd\x01\xff\xfb\x03\xff\xfa\x18\x01\xff\xf0Zorkcam login: "
    reply = read_reply("telnet.banner", "base64", base64.b64encode(raw).decode())
    assert reply.texts == (("telnet.banner", "Zorkcam login:"),)


@pytest.mark.parametrize("written", ["lines", "no padding", "url"])
def test_base64_is_read_as_tools_write_it(written: str) -> None:
    raw = b"\xff\xfb\x01" + "Zorkcam ÿþ ??>".encode()
    packed = base64.encodebytes(raw * 3).decode()
    if written == "no padding":
        packed = packed.replace("\n", "").rstrip("=")
    elif written == "url":
        packed = base64.urlsafe_b64encode(raw * 3).decode()
    assert read_reply("telnet.banner", "base64", packed).texts
