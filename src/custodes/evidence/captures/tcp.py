"""Connections of TCP: what is spoken on them is told by their first bytes, and read as far as it tells something."""

from __future__ import annotations

import struct
from typing import Any

from custodes.evidence.captures import http
from custodes.evidence.captures.addresses import ip_text, is_external
from custodes.evidence.captures.bodies import Body
from custodes.evidence.captures.desk import MOST_TEXT, Desk, has_secret, host_of, near_party, told_uri
from custodes.evidence.captures.dns import read_message
from custodes.evidence.captures.names import note_names
from custodes.evidence.captures.objects import kind_of
from custodes.evidence.captures.streams import Stream
from custodes.evidence.captures.texts import TextTalk, begins_text
from custodes.evidence.captures.tls import Records, begins_tls, certificates_of, hello_of
from custodes.evidence.captures.ways import Key, Way
from custodes.evidence.wire.certificates import read_certificate
from custodes.evidence.wire.packets import read_packet
from custodes.evidence.wire.texts import cleaned
from custodes.model.captures import Object, Request

_FIN, _SYN, _RST, _ACK = 1, 2, 4, 16
#: Segments of a direction after which nothing known is expected to begin any more; on ports of HTTP whose connection
#: began before the capture it may at any segment.
_MOST_UNKNOWN, _MOST_TAKEN, _MOST_BEGUN = 24, 96, 4_096
_HTTP_PORTS = frozenset((80, 81, 8000, 8008, 8080, 8081, 8088, 8888, 3128))
#: With what a segment may begin that begins something known: a letter of a method or an answer, or a TLS record.
_STARTS = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ2") | {0x16}
#: A direction with fewer bytes than these may be a head that comes byte by byte.
_FEW = 512
#: A frame shorter than this may open a connection anew.
SHORT = 130
_DNS = 53
_MOST_TLS = 64 * 1024


class TcpTalk:
    """One connection, both directions. `kind`: what is spoken on it, empty while that is not known."""

    def __init__(self, desk: Desk, key: Key) -> None:
        self.desk = desk
        self.ways: list[Way] = []
        self._start(key)

    def _start(self, key: Key) -> None:
        """Nothing is known yet of what is spoken."""
        self.sides = {key[2:]: _Side(self, key)}
        self.kind = ""
        self.exchange = http.Exchange(self, self.desk.budget)
        self.itself = object()  # tells this connection from others, those on the same ports too
        self.client: Key | None = None
        self.isn: int | None = None
        self.text: TextTalk | None = None
        self._taken = 0

    def take(self, way: Way, data: bytes, place: int, end: int, whole: int, time: int) -> None:
        """A segment whose header is at `place`, stored up to `end`, of `whole` bytes with its header."""
        if place + 14 > end:
            return
        sequence = int.from_bytes(data[place + 4 : place + 8], "big")
        size, flags = (data[place + 12] >> 4) * 4, data[place + 13]
        if size < 20 or size > whole:
            return
        opens = flags & (_SYN | _ACK) == _SYN
        if opens and self._is_another(way, sequence):
            self._again(way)
        side = self._side(way)
        if flags & _SYN:
            side.stream.open(sequence, side)
            if opens:
                self.isn, self.client = sequence, way.key
        if whole > size:
            side.time = time
            side.stream.put(sequence + bool(flags & _SYN), data[place + size : end], whole - size, side)
            self._taken += 1
            if self._taken > _MOST_TAKEN and not self.kind and not side.few and not self.may_begin(way.key):
                self.settle()
        if flags & _FIN:
            side.fin = (sequence + whole - size) % (1 << 32)
        side.ends()

    def _side(self, way: Way) -> _Side:
        if way not in self.ways:
            self.ways.append(way)
        ends = way.key[2:]
        side = self.sides.get(ends)
        if side is None:
            side = self.sides[ends] = _Side(self, way.key)
        return side

    def _again(self, way: Way) -> None:
        """The same ports, a new connection."""
        self.finish()
        self._start(way.key)
        for one in self.ways:
            one.look = True

    def _is_another(self, way: Way, sequence: int) -> bool:
        """Whether a SYN opens another connection on the same ports, and is none that came behind its own segments."""
        side = self.sides.get(way.key[2:])
        if self.isn is not None or side is None:
            return self.isn not in (None, sequence) or (
                side is None and any(one.stream.begun for one in self.sides.values())
            )
        return not side.stream.follows(sequence)

    def may_begin(self, key: Key) -> bool:
        """Whether something known may still begin, at any segment."""
        return self.isn is None and not _HTTP_PORTS.isdisjoint((key.sport, key.dport))

    def settle(self) -> None:
        """Nothing more is read of this connection."""
        for way in self.ways:
            way.look = False

    def finish(self) -> None:
        """The capture or the connection is over."""
        for side in self.sides.values():
            side.finish()

    def other(self, side: _Side) -> _Side | None:
        """The way back."""
        return next((one for one in self.sides.values() if one is not side), None)

    def request(self, head: http.Head) -> None:
        """A request was read (`http.Exchange` calls this)."""
        key = self.client
        if key is None:
            return
        party = near_party(key)
        hosts = head.names.get("host", [])
        host = (hosts[0] if hosts else host_of(head.uri)) or ip_text(key.target)
        agent = cleaned(head.first("user-agent"))[:MOST_TEXT]
        uri = told_uri(head.uri)
        told = Request(head.method, host[:MOST_TEXT], uri, agent, ip_text(key.target), key.dport, head.time)
        self.desk.asked(party, key.target, told, hosts)
        if head.first("authorization").lower().startswith("basic"):
            self.desk.credentials(party, "HTTP Basic", key.target)
        if has_secret(head.uri):
            self.desk.credentials(party, "a password in an HTTP address", key.target)

    def answer(self, head: http.Head, _request: http.Head | None) -> None:
        """An answer began."""
        key = self.client
        if key is not None:
            wanted = ("server", "www-authenticate", "x-powered-by", "set-cookie", "location")
            lines = [f"{name}: {value}" for name in wanted for value in head.names.get(name, ())]
            lines = [line.split("=", 1)[0] + "=" if line.startswith("set-cookie") else line for line in lines]
            if lines and not is_external(key.target):
                raw = "\r\n".join((f"HTTP/1.1 {head.status} ", *lines, "", ""))
                self._server_says(key, raw)

    def body(self, head: http.Head, request: http.Head | None, body: Body) -> None:
        """The body of an answer is over."""
        key = self.client
        if key is None:
            return
        page = "html" in head.first("content-type").lower()
        if page and not is_external(key.target):
            raw = body.start.decode("utf-8", "replace")
            self._server_says(key, f"HTTP/1.1 {head.status} \r\ncontent-type: text/html\r\n\r\n{raw}")
        if not (request and request.method == "GET" and body.whole and body.size):
            return
        if not self._all_of_it(key, head, request, body):
            return
        kind = kind_of(body.start, head.first("content-type"))
        if not kind:
            return
        url = f"http://{_host(key, request)}{told_uri(request.uri)}"
        data = body.data
        self.desk.budget.kept += len(data)
        self.desk.fetched(near_party(key), Object(body.sha256, body.size, url, kind, head.time, data))

    def begun(self, head: http.Head, request: http.Head | None) -> Body | None:
        """What earlier answers brought of a file of which this one brings the next part."""
        part = http.range_of(head)
        if part is None or not part[0] or request is None or request.method != "GET" or self.client is None:
            return None
        return self.desk.parts.take(self._file(self.client, head, request, part[2]), part[0])

    def _all_of_it(self, key: Key, head: http.Head, request: http.Head, body: Body) -> bool:
        """Whether a file is whole now; a part of one is remembered while what came has no gap."""
        if head.status == 200:
            return True
        part = http.range_of(head)
        if part is None:
            return False
        first, last, total = part
        here = first + body.sent
        if here != last + 1 or (first and body.answers == 1):
            return False  # less than was announced, or nothing came of what stands before it
        file = self._file(key, head, request, total)
        if here < total:
            if not body.packed:
                self.desk.parts.keep(file, body)
            return False
        self.desk.parts.drop(file)
        return True

    def _file(self, key: Key, head: http.Head, request: http.Head, size: int) -> tuple[object, ...]:
        """What tells a file of which parts are fetched: by whom, from where, and which state of it, by a strong
        validator (RFC 9110, 15.3.7.3); without one the parts of one connection belong together, and no others."""
        tag, changed = head.first("etag"), head.first("last-modified")
        state = tag if tag.startswith('"') else changed or self.itself
        return near_party(key), _host(key, request), request.uri, size, state

    def _server_says(self, key: Key, raw: str) -> None:
        back = next((side.key for side in self.sides.values() if side.key.source == key.target), None)
        mac = back.source_mac if back is not None else key.target_mac
        self.desk.heard(mac, key.target, "http", raw)


def _host(key: Key, request: http.Head) -> str:
    return request.first("host") or host_of(request.uri) or ip_text(key.target)


class _Side:
    """One direction of a connection, as its stream hands it on."""

    def __init__(self, talk: TcpTalk, key: Key) -> None:
        self.talk, self.key = talk, key
        self.stream = Stream(talk.desk.budget)
        self.time = 0
        self._begun = b""
        self._seen = 0
        self.fin: int | None = None
        self._inner: Any = None

    def begins(self, data: bytes) -> bool:
        """Whether a segment begins something known."""
        if self.talk.kind:
            return True
        if not data or data[0] not in _STARTS:
            return False
        return begins_tls(data) or http.begins_request(data) or http.begins_answer(data) or bool(begins_text(data))

    def feed(self, data: bytes) -> None:
        """The next bytes."""
        talk = self.talk
        if not talk.kind:
            self._recognise(data)
            return
        if talk.kind == "http":
            self._http(data)
        elif talk.kind == "tls":
            self._tls(data)
        elif talk.kind == "dns":
            self._dns(data)
        elif talk.text is not None and begins_tls(data):  # STARTTLS and its like
            talk.kind, talk.text = "", None
            self._begun = b""
            self._recognise(data)
        elif talk.text is not None:
            talk.text.feed(self.key, data)
            if talk.text.over:
                talk.settle()

    def skip(self, size: int) -> None:
        """A hole."""
        if self.talk.kind == "http" and self._inner is not None:
            self._inner.skip(size)
        elif self.talk.kind == "tls":
            self.talk.settle()
        self._begun = b""

    @property
    def few(self) -> bool:
        """Whether so few bytes came that something known may still be begun by them."""
        return 0 < len(self._begun) < _FEW and self._begun[0] in _STARTS

    def ends(self) -> None:
        """A FIN counts once all before it was handed on: segments may come behind it."""
        if self.fin is not None and self.stream.reached(self.fin):
            if self.talk.kind == "http" and self._inner is not None:
                self._inner.close()
            self.fin = None

    def finish(self) -> None:
        """The end of what was captured."""
        self.stream.close(self)
        self.ends()
        if self.talk.kind == "http" and self._inner is not None:
            self._inner.release()

    def _recognise(self, data: bytes) -> None:
        first = not self._begun
        self._begun = (self._begun + data) if len(self._begun) < _MOST_BEGUN else data
        self._seen += 1
        begun = self._begun if first or not self.begins(data) else data
        kind = self._kind(begun)
        if kind:
            talk = self.talk
            talk.kind = kind
            self._begun = b""
            waiting = talk.other(self)
            self.feed(begun)
            if waiting is not None and waiting._begun:
                held, waiting._begun = waiting._begun, b""
                waiting.feed(held)
        elif len(self._begun) >= 16 and self._seen == 1:
            self._unknown(begun)
        elif self._seen > _MOST_UNKNOWN and not self.few and not self.talk.may_begin(self.key):
            self.talk.settle()

    def _kind(self, data: bytes) -> str:
        if data[0] not in _STARTS and _DNS not in (self.key.sport, self.key.dport):
            return ""
        if begins_tls(data):
            self.talk.client = self._client(data[5:6] == b"\x01")
            return "tls"
        if http.begins_request(data) or http.begins_answer(data):
            self.talk.client = self._client(not http.begins_answer(data))
            return "http"
        if _DNS in (self.key.sport, self.key.dport) and len(data) > 14:
            return "dns"
        text = begins_text(data)
        if text:
            self.talk.text = TextTalk(self.talk.desk, text)
        return text

    def _client(self, mine: bool) -> Key:
        """The direction in which the client speaks, told by what is said, or by who opened the connection."""
        key = self.key
        if mine:
            return key
        other = self.talk.other(self)
        if other is not None:
            return other.key
        return Key(key.target_mac, key.source_mac, key.target, key.source, key.proto, key.dport, key.sport)

    def _unknown(self, data: bytes) -> None:
        """The first bytes of something else: perhaps a maker's own protocol."""
        if len(data) <= 4_096 and read_packet(data) is not None:
            self.talk.desk.heard_bytes(self.key.source_mac, self.key.source, "tcp", data)

    def _http(self, data: bytes) -> None:
        talk = self.talk
        if self._inner is None:
            client = talk.client or self.key
            self._inner = http.Side(talk.exchange, answers=self.key[2:] != client[2:])
        self._inner.time = self.time
        self._inner.feed(data)
        if talk.exchange.tunnel:  # what follows is spoken through a proxy
            talk.exchange.tunnel = False
            talk.kind = ""
            for side in talk.sides.values():
                side._inner, side._begun, side._seen = None, b"", 0
        elif self._inner.dead:
            talk.settle()

    def _tls(self, data: bytes) -> None:
        talk = self.talk
        if self._inner is None:
            self._inner = Records()
        self._seen += len(data)
        client = talk.client or self.key
        for kind, message in self._inner.add(data):
            hello = hello_of(kind, message)
            if hello is not None:
                party = near_party(client)
                talk.desk.sni(party, client.target, client.dport, hello.name)
                notes = talk.desk.of(party)
                notes.ja3.setdefault(hello.ja3)
                notes.ja4.setdefault(hello.ja4)
            for certificate in certificates_of(kind, message)[:1]:
                self._certificate(certificate)
        if self._inner.over or self._seen > _MOST_TLS:
            other = talk.other(self)
            if other is None or other._inner is None or other._inner.over or self._seen > _MOST_TLS:
                talk.settle()

    def _certificate(self, raw: bytes) -> None:
        """The certificate that a device of the site shows tells what it is."""
        reply = read_certificate(raw)
        if reply is not None and not is_external(self.key.source):
            for field, text in reply.texts:
                if field.startswith("tls."):
                    name = f"tls.cert.{field[4:]}"
                    self.talk.desk.heard(self.key.source_mac, self.key.source, name, text)

    def _dns(self, data: bytes) -> None:
        self._begun += data
        while len(self._begun) >= 2:
            size = struct.unpack_from(">H", self._begun)[0]
            if len(self._begun) < 2 + size:
                break
            message = read_message(self._begun[2 : 2 + size])
            self._begun = self._begun[2 + size :]
            if message is not None:
                note_names(self.talk.desk, self.key, message)
