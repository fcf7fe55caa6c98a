"""Answers in lines, single fields under the names that scanners give them, favicons in both conventions."""

from __future__ import annotations

import base64
import json

import pytest

from custodes.evidence.wire.read import read_bytes, read_reply, read_text
from custodes.model.wire import Part

ANSWER = (
    'HTTP/1.1 401 Unauthorized\r\nServer: App-webs/\r\nWWW-Authenticate: Digest qop="auth", realm="IP Camera(C1)"\r\n'
    "WWW-Authenticate: Basic realm=plain\r\nSet-Cookie: a=b; path=/\r\n\r\n"
    '<html><head><title>Live &amp; view</title></head><script src="/doc/script/x.js"></script>'
)


def test_an_http_answer_gives_its_fields() -> None:
    assert dict.fromkeys(read_text("nmap.http", ANSWER).texts) == dict.fromkeys(
        [
            ("http.server", "App-webs/"),
            ("http.realm", "IP Camera(C1)"),
            ("http.realm", "plain"),
            ("http.cookie", "a=b; path=/"),
            ("http.title", "Live & view"),
            ("http.body", "/doc/script/x.js"),
            ("http.body", ANSWER.split("\r\n\r\n")[1]),
        ]
    )


def test_an_rtsp_answer_gives_its_fields() -> None:
    text = 'RTSP/1.0 401 X\r\nCSeq: 1\r\nServer: Z/1\r\nWWW-Authenticate: Digest realm="AB"\r\n\r\nv=0\r\ns=Media\r\n'
    assert read_text("", text).texts == (("rtsp.server", "Z/1"), ("rtsp.realm", "AB"), ("rtsp.sdp", "Media"))


@pytest.mark.parametrize(
    ("protocol", "raw", "field", "text"),
    [
        ("http.header.server", "A/1", "http.server", "A/1"),
        ("http.header.www-authenticate", 'Basic realm="a b"', "http.realm", "a b"),
        ("HTTP.HTML.TITLE", " x\ty ", "http.title", "x\ty"),
        ("tls.cert.subject", "CN=a", "tls.subject", "CN=a"),
        ("snmp.sysDescr", "a\x00b", "snmp.sysdescr", "a b"),
        ("something.new", "a", "something.new", "a"),
    ],
)
def test_a_single_field_by_the_name_a_scanner_gives_it(protocol: str, raw: str, field: str, text: str) -> None:
    assert read_reply(protocol, "text", raw).texts == ((field, text),)


def test_a_favicon_has_both_hashes() -> None:
    """MurmurHash3 of base64 in lines of 76: the known value of mmh3 for these bytes, and MD5 as RFC 1321 has it."""
    import hashlib

    import mmh3

    raw = b"icon" * 40
    texts = dict(read_bytes("http.favicon", raw).texts)
    lines = "".join(base64.b64encode(raw).decode()[at : at + 76] + "\n" for at in range(0, 216, 76))
    assert texts == {
        "http.favicon.md5": hashlib.md5(raw, usedforsecurity=False).hexdigest(),
        "http.favicon.mmh3": str(mmh3.hash(lines)),
    }


def test_objects_that_a_library_took_apart() -> None:
    told = {"manufacturer": "Zork", "modelName": "Zork Z1", "modelNumber": "Z1", "serialNumber": "5", "server": "L/1"}
    reply = read_reply("ssdp.rootDesc", "json", json.dumps(told))
    assert (reply.family, dict(reply.texts)["ssdp.server"]) == ("upnp", "L/1")
    reply = read_reply(
        "mdns", "json", {"type": "_x._tcp.local.", "name": "N._x._tcp.local.", "properties": {"model": "M"}}
    )
    assert ("mdns.name", "_x._tcp N") in reply.texts


@pytest.mark.parametrize("raw", [None, 5, [], "{", "[]"])
def test_what_is_no_object_says_so(raw: object) -> None:
    assert read_reply("x", "json", raw).problem


def test_damaged_base64_says_so() -> None:
    assert read_reply("x", "base64", "%%%").problem == "the base64 is damaged"
    assert read_reply("x", "rot13", "a").problem == "no encoding 'rot13'"


@pytest.mark.parametrize("first", ["HTTP/1.1 200 OK\r\nST: upnp:root", "NOTIFY * HTTP/1.1\r\nNT: upnp:root"])
def test_answers_and_announcements_of_ssdp_have_fields_of_their_own(first: str) -> None:
    told = f"{first}\r\nLOCATION: http://192.0.2.1/d.xml\r\nSERVER: Linux UPnP/1.0 Acme/1.0\r\n\r\n"
    assert read_text("ssdp", told).texts == (("ssdp.server", "Linux UPnP/1.0 Acme/1.0"),)


def test_an_answer_of_http_2_is_one() -> None:
    assert read_text("http.response", "HTTP/2 200\r\nserver: acme\r\n\r\n").texts == (("http.server", "acme"),)


def test_a_page_in_bytes_is_read_as_the_same_page_in_text() -> None:
    page = "<!DOCTYPE html><html><head><title>x</title></head><body>Amcrest Technologies</body></html>"
    assert read_bytes("http.body", page.encode()).texts == read_text("http.body", page).texts != ()


@pytest.mark.parametrize(
    ("name", "number", "model"),
    [("IPC-HDW4431C", "1.0", "IPC-HDW4431C"), ("HG8245", "V1", "HG8245"), ("Camera", "P3245", "P3245"), ("", "1", "1")],
)
def test_a_version_in_the_place_of_a_model_number_is_no_model(name: str, number: str, model: str) -> None:
    told = f"<root><device><modelName>{name}</modelName><modelNumber>{number}</modelNumber></device></root>"
    reply = read_text("upnp.description", told)
    assert reply.first(Part.MODEL) == model
