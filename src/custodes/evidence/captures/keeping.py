"""What of a payload may be given away: names, messages by which devices tell what they are, and heads without secrets.

All else is left out. What is not recognised is left out too: a payload is kept for a reason, never for want of one.
"""

from __future__ import annotations

import re

from custodes.evidence.captures.desk import SECRET_WORDS
from custodes.evidence.captures.dns import message_end
from custodes.evidence.captures.quic import begins_quic
from custodes.evidence.captures.texts import begins_text, is_ssdp
from custodes.evidence.captures.tls import begins_tls
from custodes.evidence.captures.udp import begins_discovery
from custodes.evidence.wire.packets import read_packet

#: Methods of HTTP, RTSP, SSDP and SIP: other capitals may be anything, a password too.
_METHODS = (
    rb"(?:GET|HEAD|POST|PUT|DELETE|OPTIONS|PATCH|CONNECT|NOTIFY|M-SEARCH|SUBSCRIBE|UNSUBSCRIBE|DESCRIBE|SETUP|PLAY|PAUSE"
    rb"|TEARDOWN|ANNOUNCE|RECORD|GET_PARAMETER|SET_PARAMETER|REGISTER|INVITE|ACK|BYE|CANCEL|MESSAGE|INFO)"
)
_HTTP = re.compile(
    rb"^(?:" + _METHODS + rb" [^\r\n]{1,8000} (?:HTTP/1\.[01]|RTSP/1\.0|SIP/2\.0)"
    rb"|(?:HTTP/1\.[01]|RTSP/1\.0|SIP/2\.0) \d{3}(?: [ -~]{0,80})?)\r?\n"
)
#: A request whose line is not at its end; one whose method stands alone in its segment, and what then begins the next.
_BEGUN = re.compile(rb"^" + _METHODS + rb" /[^\r\n?@]*\Z")
_METHOD, _REST = re.compile(rb"^" + _METHODS + rb" ?\Z"), re.compile(rb"^ ?/[^\s]{0,8000} HTTP/1\.[01]\r?\n")
#: Lines of a head that stay: what says what a device or server is, or how long what follows is.
_TOLD = frozenset(
    b"host server user-agent content-type content-length content-range transfer-encoding connection cseq st nt usn "
    b"location man mx cache-control public upnp-agent x-user-agent nts opt ext 01-nls".split()
)
_LINE = re.compile(rb"^([A-Za-z0-9][A-Za-z0-9-]{0,40}):([^\r\n]*)")
_REALMS = frozenset((b"www-authenticate", b"proxy-authenticate"))
_REALM = re.compile(rb'realm="[^"\r\n]{0,200}"', re.IGNORECASE)
#: Whoever logs in stands between these; the last sign of its kind ends it.
_USER = re.compile(rb"(://)\S*@")
#: Of the values of a query only those stay that tell a device's model, version or the like, and are plain words.
_PAIR = re.compile(rb"([?&;#])([^=&;#\s]*)(=?)([^&;#\s]*)")
_DEVICE = re.compile(
    rb"^(?:model|product|type|lang|region|mac|[a-z_]{0,12}(?:fw|firmware|hw|ver|version)[a-z_]{0,12})\Z", re.I
)
_PLAIN = re.compile(rb"^[\w.:-]{0,80}\Z")
_CALLED = re.compile(rb"\b(?:sips?|tel):[^\s>]*|\S+@\S+", re.IGNORECASE)
_BLANK = re.compile(rb"\r?\n\r?\n")
_SECRETS = "|".join((*SECRET_WORDS, "owner", "psk", "ssid", "mail", "phone")).encode()
_ELEMENT = re.compile(rb"(<(?:\w+:)?\w*(?:" + _SECRETS + rb")\w*[^>]*>)([^<]*)", re.IGNORECASE)
_ENTRY = re.compile(rb'("\w*(?:' + _SECRETS + rb')\w*"\s*:\s*)("[^"]*"|[^,}\s]*)', re.IGNORECASE)
_DNS, _NAMES, _DHCP, _NTP, _TFTP = 53, frozenset((53, 5353, 5355)), frozenset((67, 68)), 123, 69
_MOST_HEAD, _MOST_MESSAGE, _MOST_QUIC, _MOST_OPEN, _MOST_RECORD = 16_384, 8_192, 1_500, 8_192, 18_432
_COOKIE, _FIXED = b"\x63\x82\x53\x63", 44
#: The first bytes by which some protocols are known; nothing of what they carry.
_MARKS = (b"\xf1", b"\0\0\x55\xaa", b"\0\0\x66\x99", b"\xf0\xde\xbc\x0a")


def kept_of_datagram(sport: int, dport: int, data: bytes) -> bytes:
    """The beginning of a datagram of UDP that is kept, with secrets written over; empty for most."""
    ports = {sport, dport}
    if ports & _NAMES:
        return data[: message_end(data)]
    if ports <= _DHCP:
        return _lease(data)
    if data.startswith(_MARKS) or _NTP in ports:
        return data[:4]
    if begins_quic(data):
        return data[:_MOST_QUIC]
    if dport == _TFTP and data[:2] in (b"\0\x01", b"\0\x02"):
        return data[: data.find(b"\0", data.find(b"\0", 2) + 1) + 1]
    if is_ssdp(data) or begins_text(data) in ("sip", "rtsp"):
        return masked(data) if _HTTP.match(data) else b""
    if len(data) <= _MOST_MESSAGE and (begins_discovery(data) or read_packet(data) is not None):
        return _covered_entries(data)
    return b""


def _lease(data: bytes) -> bytes:
    """A message of DHCP up to its end; the two fields of text that nobody uses are written over."""
    if len(data) < 244 or data[0] not in (1, 2) or data[236:240] != _COOKIE:
        return b""
    place = 240
    while place + 1 < len(data) and data[place] != 255:
        place += 1 if not data[place] else 2 + data[place + 1]
    return data[:_FIXED] + bytes(236 - _FIXED) + data[236 : min(place + 1, len(data))]


def _covered_entries(data: bytes) -> bytes:
    """A message of XML or JSON, what stands for secrets and people in it written over."""
    data = _ELEMENT.sub(lambda found: found[1] + b"x" * len(found[2]), data)
    return _ENTRY.sub(lambda found: found[1] + b"x" * len(found[2]), data)


class Connections:
    """What is kept of segments of TCP: hellos and heads, over several segments too, and names asked for."""

    def __init__(self) -> None:
        self._open: dict[bytes, tuple[int, int]] = {}  # where the next segment of a hello begins, and bytes missing
        self._heads: dict[bytes, tuple[int, str]] = {}  # of a head likewise, and what comes: rest, line or middle

    def kept_of_segment(self, way: bytes, sport: int, dport: int, sequence: int, data: bytes) -> bytes:
        """The beginning of a segment that is kept. `way`: addresses and ports as bytes."""
        if _DNS in (sport, dport):
            return _framed(data)
        due, left = self._open.pop(way, (-1, 0))
        if due == sequence % 2**32 and left:
            self._follow(way, sequence + len(data), left - len(data))
            return data[:left]
        if begins_tls(data):
            size = _hello_size(data)
            self._follow(way, sequence + len(data), size - len(data))
            return data[:size]
        return self._text(way, sequence, data)

    def _text(self, way: bytes, sequence: int, data: bytes) -> bytes:
        due, state = self._heads.pop(way, (-1, ""))
        state = state if due == sequence % 2**32 else ""
        if _METHOD.match(data):
            self._await(way, sequence, data, "rest")
            return data
        if _HTTP.match(data) or (state == "rest" and _REST.match(data)):
            return self._head(way, sequence, data, first=True)
        if _BEGUN.match(data):  # what goes on behind it is covered up to the end of the line
            self._await(way, sequence, data, "middle")
            return data
        if state == "middle":
            end = data.find(b"\n") + 1
            if not end:
                self._await(way, sequence, data, "middle")
                return _covered(data)
            return _covered(data[:end]) + self._head(way, sequence + end, data[end:], first=False)
        if state == "line":
            return self._head(way, sequence, data, first=False)
        return data[: data.find(b"\n") + 1][:512] if begins_text(data) in ("ftp", "ssh") else b""

    def _head(self, way: bytes, sequence: int, data: bytes, *, first: bool) -> bytes:
        """Lines of a head; if it does not end in them, what follows is waited for."""
        if not first and data.startswith((b"\r\n", b"\n")):
            return data[: data.find(b"\n") + 1]
        if _BLANK.search(data) is None and len(data) < _MOST_HEAD:
            self._await(way, sequence, data, "line" if data.endswith(b"\n") or not data else "middle")
        return masked(data, first=first)

    def _await(self, way: bytes, sequence: int, data: bytes, state: str) -> None:
        if len(self._heads) >= _MOST_OPEN:
            self._heads.pop(next(iter(self._heads)))
        self._heads[way] = (sequence + len(data)) % 2**32, state

    def _follow(self, way: bytes, due: int, left: int) -> None:
        if left > 0:
            if len(self._open) >= _MOST_OPEN:
                self._open.pop(next(iter(self._open)))
            self._open[way] = due % 2**32, left


def _hello_size(data: bytes) -> int:
    """Bytes of a record that begins a handshake; none where its lengths do not agree."""
    size = int.from_bytes(data[3:5], "big")
    inner = int.from_bytes(data[6:9], "big") + 4 if len(data) >= 9 else 4
    known = data[5] in (1, 2, 11) and size <= _MOST_RECORD and (inner <= size or data[5] == 11)
    return 5 + size if known else 0


def _framed(data: bytes) -> bytes:
    """Whole messages of DNS over TCP."""
    place = 0
    while place + 2 <= len(data):
        size = int.from_bytes(data[place : place + 2], "big")
        if place + 2 + size > len(data) or message_end(data[place + 2 : place + 2 + size]) != size or not size:
            break
        place += 2 + size
    return data[:place]


def masked(data: bytes, *, first: bool = True) -> bytes:
    """A head, of the same length, with every value written over that may name a person or open a door.

    `first`: its first line is in it. What follows a blank line is left out, and a last line without end is covered.
    """
    end = _BLANK.search(data)
    lines = data[: end.end()] if end is not None else data[:_MOST_HEAD]
    told = lines.splitlines(keepends=True) if b"\r" not in lines.replace(b"\r\n", b"") else []
    kept = [_first_line(line) if first and not place else _told_line(line) for place, line in enumerate(told)]
    return b"".join(kept)


def _first_line(line: bytes) -> bytes:
    """The line of a request or answer: paths and names stay, parties and what secrets stand for do not."""
    text = line.rstrip(b"\r\n")
    if text.endswith(b" SIP/2.0"):
        method = text.partition(b" ")[0]
        return method + b" " + b"x" * (len(text) - len(method) - 9) + line[len(text) - 8 :]
    return _without_secrets(text) + line[len(text) :]


def _without_secrets(text: bytes) -> bytes:
    text = _USER.sub(lambda found: found[1] + b"x" * (len(found[0]) - 4) + b"@", text)
    if b"://" not in text:
        text = _CALLED.sub(lambda found: b"x" * len(found[0]), text)
    return _PAIR.sub(_pair, text)


def _pair(found: re.Match[bytes]) -> bytes:
    mark, name, sign, value = found[1], found[2], found[3], found[4]
    if sign and _DEVICE.match(name) and _PLAIN.match(value):
        return found[0]
    told = name if sign and _PLAIN.match(name) else b"x" * len(name)
    return mark + told + sign + b"x" * len(value)


def _covered(line: bytes) -> bytes:
    """A line of the same length of which nothing can be read, but what is of HTTP behind it."""
    text = line.rstrip(b"\r\n")
    tail = b"HTTP/1.1" if text.endswith(b"HTTP/1.1") else b""
    tail = b" " + tail if text.endswith(b" HTTP/1.1") else tail
    return b"x" * (len(text) - len(tail)) + tail + line[len(text) :]


def _told_line(line: bytes) -> bytes:
    """A line of a head that may be told; every other is written over, its name too."""
    found = _LINE.match(line)
    if found is None or not line.endswith(b"\n"):
        return _covered(line)
    name, value = found[1].lower(), found[2]
    if name in _TOLD:
        return found[1] + b":" + _without_secrets(value) + line[found.end() :]
    if name in _REALMS:
        covered = bytearray(b"x" * len(value))
        for realm in _REALM.finditer(value):
            covered[realm.start() : realm.end()] = realm[0]
        return found[1] + b":" + bytes(covered) + line[found.end() :]
    return _covered(line)
