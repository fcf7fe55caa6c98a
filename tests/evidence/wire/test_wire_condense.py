"""An answer without the headers that nobody reads says the same to the reader as the whole one."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import example, given
from hypothesis import strategies as st

from custodes.evidence.wire.banners import MOST_HEADERS
from custodes.evidence.wire.condense import condensed, told_apart
from custodes.evidence.wire.read import read_reply
from custodes.evidence.wire.texts import MOST_BYTES
from custodes.knowledge import knowledge

STATUS = (
    "HTTP/1.1 200 OK", "HTTP/1.0 401 Unauthorized", "http/1.1 404", "RTSP/1.0 200 OK", "SIP/2.0 403 Forbidden",
    "NOTIFY * HTTP/1.1", "HTTP/1.1 200 OK Server: Cross Web Server", "HTTP/1.1 2000", "HTTP/1.1 200 a:b", "ICY 200 OK",
    "HTTP/1.1 200 OK server: x", "HTTP/1.1 301 Moved: there", "NOTIFY * HTTP/1.1/x", "ſIP/2.0 403 Forbidden",
    "HTTP/1 200 abc",
)  # fmt: skip
NAMES = (
    "Server", "SERVER ", " server", "\tServer", "Set-Cookie", "User-Agent", "X-Powered-By", "WWW-Authenticate",
    "Location", "ST", "st ", "NT", "NTS", "USN", "Date", "Content-Type", "ETag", "X-Request-Id", "X_P", "Xp", "Sta",
    "Status", "Strict-Transport-Security", "Nt-x", "NTa", "nt\t", "Last-Modified", "Link", "Lo", "Via", "Warning",
    "W", "ſerver", "S", "N", "X", "X-", "x-p", "U", "Upgrade", "L", "<b>", "", "é", "Age\x0b", "Server\r", ":", " ",
)  # fmt: skip
VALUES = (
    "Hikvision-Webs", "nginx/1.2", "a: b", "", "  ", 'Digest realm="DS-2CD2143G2-I", nonce="1"', "Basic realm=x",
    "JSESSIONID=1; path=/", "http://10.0.0.1/doc/page/login.asp", "x\ty", "<html>", "é", "a\x0bServer: b", "x\ry",
    "uuid:1::upnp:rootdevice", "ssdp:alive", "Linux, UPnP/1.0, Portable SDK", "1" * 300, "\x01", "\x1c", "Server: in",
    "&amp;",
)  # fmt: skip
ENDS = ("\r\n", "\n", "\r", "\n\n", "\r\n\r\n", "")
PAGES = ("", "<title>NETSurveillance WEB</title>", "plain\r\nServer: not a header", "<?xml version='1.0'?><a/>", "\r\n")
line = st.tuples(st.sampled_from(NAMES), st.sampled_from((":", ": ", "")), st.sampled_from(VALUES)).map("".join)


@st.composite
def answers(draw: st.DrawFn) -> str:
    """Something like an answer: mostly in form, with anything in it that a device may send."""
    end = draw(st.sampled_from(ENDS[:2]))
    parts = [draw(st.sampled_from(("", "", "", " ", "\r\n", "\ufeff"))) + draw(st.sampled_from(STATUS))]
    for _ in range(draw(st.integers(0, 6))):
        parts += [draw(st.sampled_from((end, end, end, *ENDS))), draw(line)]
    return "".join(parts) + draw(st.sampled_from((end * 2, *ENDS))) + draw(st.sampled_from(("", "", *PAGES)))


def short(texts: list[str]) -> list[str]:
    """What stands for each: of both ways, of which the second is for the rest only."""
    column = pa.array(texts, pa.string())
    apart, rest = told_apart(column).to_pylist(), condensed(column).to_pylist()
    for whole, one, two in zip(texts, apart, rest, strict=True):
        assert read_reply("http", "text", one) == read_reply("http", "text", two), (whole, one, two)
    return list(apart)


@given(st.lists(answers(), min_size=1, max_size=8), st.sampled_from(("http", "rtsp.header.server", "http.body", "")))
@example(["HTTP/1.1 200 OK\r\nDate: x\r\nServer: y\r\n\r\n"], "http")
@example(["HTTP/1.1 200 OK\r\nDate: x\r\n Server: y\r\n"], "http")
@example(["HTTP/1.1 200 OK\r\n" + "a: b\r\n" * (MOST_HEADERS + 3) + "Server: late\r\n\r\n"], "http")
@example(["HTTP/1.1 200 OK\r\nDate: x\r\nServer: y"], "http")
@example(["HTTP/1.1 200 OK\nDate: x\nServer: y\n\nServer: z"], "http")
@example(["HTTP/1.1 200 OK\r\nA: " + "x" * MOST_BYTES + "\r\nServer: Hikvision-Webs\r\n\r\n"], "http")
@example(["RTSP/1.0 200 OK\r\nA: " + "x" * MOST_BYTES + "\r\nServer: Hikvision-Webs\r\n\r\n"], "http")
@example(["HTTP/1.1 200 OK\r\nſerver: Hikvision-Webs\r\n\r\n", "ſIP/2.0 403 x\r\nDate: x"], "http")
@example(["NOTIFY * HTTP/1.1/x\r\nDate: x DS-2CD2143G2-I", "NOTIFY * HTTP/1.1\n@: @"], "http")
def test_the_reader_finds_the_same(texts: list[str], protocol: str) -> None:
    for whole, without in zip(texts, short(texts), strict=True):
        assert read_reply(protocol, "text", without) == read_reply(protocol, "text", whole), (whole, without)


@given(st.lists(st.text(max_size=120), min_size=1, max_size=5))
def test_the_reader_finds_the_same_in_any_text(texts: list[str]) -> None:
    texts = [f"HTTP/1.1 200 OK\r\n{text}" for text in texts]
    for whole, without in zip(texts, short(texts), strict=True):
        assert read_reply("http", "text", without) == read_reply("http", "text", whole)


def test_the_reader_finds_the_same_in_every_example_of_the_fingerprints() -> None:
    samples = [(rule.fields[0], sample.text) for rule in knowledge().fingerprints for sample in rule.samples]
    for (field, text), without in zip(samples, short([text for _, text in samples]), strict=True):
        assert read_reply(field, "text", without) == read_reply(field, "text", text)


def test_what_is_left_out() -> None:
    """By construction: two answers of one server are one text, and pages stay as they are."""
    first = "HTTP/1.1 200 OK\r\nServer: a\r\nDate: one\r\nETag: 1\r\n\r\n"
    second = "HTTP/1.1 404 Not Found\r\nServer: a\r\nDate: two\r\nContent-Length: 7\r\nX-Request-Id: 9\r\n\r\n"
    page = second + "<title>x</title>"
    camera = "RTSP/1.0 200 OK\r\nCSeq: 1\r\nServer: a\r\nDate: x\r\n\r\n"
    expected = ["HTTP/1.1 200\r\nServer: a\r\n\r\n"] * 2 + [page, "RTSP/1.0 200\r\nServer: a\r\n\r\n"]
    assert short([first, second, page, camera]) == expected
    assert short([first, second]) == expected[:2]
    assert len(told_apart(pa.array([first, second])).dictionary) == 1
