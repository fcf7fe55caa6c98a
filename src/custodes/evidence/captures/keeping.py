"""What of a payload may be given away: names, messages by which devices tell what they are, and heads without secrets.

All else is left out. What is not recognised is left out too: a payload is kept for a reason, never for want of one.
"""

from __future__ import annotations

import re

from custodes.evidence.captures.desk import SECRET_WORDS
from custodes.evidence.captures.dns import read_message
from custodes.evidence.captures.quic import begins_quic
from custodes.evidence.captures.texts import begins_text, is_ssdp
from custodes.evidence.captures.tls import begins_tls
from custodes.evidence.captures.udp import begins_discovery
from custodes.evidence.wire.packets import read_packet

_HTTP = re.compile(
    rb"^(?:[A-Z][A-Z-]{1,19} [^\r\n]{1,8000} (?:HTTP/1\.[01]|RTSP/1\.0|SIP/2\.0)|(?:HTTP/1\.[01]|RTSP/1\.0) \d{3})"
)
#: Heads whose values say what a device or server is, or how long what follows is.
_TOLD = frozenset(
    b"host server user-agent content-type content-length content-range transfer-encoding connection cseq st nt usn "
    b"location man mx cache-control public upnp-agent x-user-agent nts opt ext 01-nls".split()
)
_LINE = re.compile(rb"^([A-Za-z0-9][A-Za-z0-9-]{0,40}):([^\r\n]*)")
#: A request whose line is not at its end.
_BEGUN = re.compile(rb"^[A-Z][A-Z-]{1,19} (?:/|\*|https?://|rtsp://)[^\r\n]*$")
#: A method that stands alone in its segment, and what then begins the next.
_METHOD, _REST = re.compile(rb"^[A-Z][A-Z-]{1,19} ?$"), re.compile(rb"^ ?[^\s:]{1,8000} HTTP/1\.[01]\r?\n")
_REALM = re.compile(rb'realm="[^"\r\n]{0,200}"', re.IGNORECASE)
_USER = re.compile(rb"(://)[^/@\s]{1,200}@")
_PAIR = re.compile(rb"([?&]([^=&\s]{1,100})=)([^&\s]+)")
_PARTY = re.compile(rb"sips?:[^\s>;]{1,200}", re.IGNORECASE)
_BLANK = re.compile(rb"\r?\n\r?\n")
_DNS, _NAMES, _DHCP, _NTP = 53, frozenset((53, 5353, 5355)), frozenset((67, 68)), 123
_MOST_HEAD, _MOST_MESSAGE, _MOST_QUIC, _MOST_NAME, _TFTP = 16_384, 8_192, 1_500, 256, 69
#: The first bytes by which two protocols of peers are known; nothing of what they carry.
_MARKS = {b"\xf1": 4, b"\0\0\x55\xaa": 4, b"\0\0\x66\x99": 4}


def kept_of_datagram(sport: int, dport: int, data: bytes) -> bytes:
    """The beginning of a datagram of UDP that is kept, with secrets written over; empty for most."""
    ports = {sport, dport}
    if ports & _NAMES:
        return data if read_message(data) is not None else b""
    if ports <= _DHCP or (_NTP in ports and len(data) == 48):
        return data
    if begins_quic(data):
        return data[:_MOST_QUIC]
    if dport == _TFTP and data[:2] in (b"\0\x01", b"\0\x02"):
        return data[:_MOST_NAME]
    if is_ssdp(data) or begins_text(data) in ("sip", "rtsp"):
        return masked(data)
    if len(data) <= _MOST_MESSAGE and (begins_discovery(data) or read_packet(data) is not None):
        return data
    return next((data[:size] for mark, size in _MARKS.items() if data.startswith(mark)), b"")


class Connections:
    """What is kept of segments of TCP: hellos over several segments, heads that begin one, names asked for."""

    def __init__(self) -> None:
        self._open: dict[bytes, tuple[int, int]] = {}  # where the next segment of a hello begins, and bytes missing
        # of a head likewise, and whether the line that goes on may be kept; None where a line begins
        self._heads: dict[bytes, tuple[int, bool | None]] = {}

    def kept_of_segment(self, way: bytes, sport: int, dport: int, sequence: int, data: bytes) -> bytes:
        """The beginning of a segment that is kept. `way`: addresses and ports as bytes."""
        if _DNS in (sport, dport):
            return data
        left = self._left(way, sequence)
        if left:
            self._follow(way, sequence + len(data), left - len(data))
            return data[:left]
        if begins_tls(data):
            size = 5 + int.from_bytes(data[3:5], "big")
            self._follow(way, sequence + len(data), size - len(data))
            return data[:size]
        due, told = self._heads.pop(way, (-1, False))
        if _METHOD.match(data):  # a method alone: what it asks for is in the next segment
            self._heads[way] = (sequence + len(data)) % 2**32, True
            return data
        if _BEGUN.match(data):  # a line that goes on in the next segment: there its query is written over
            self._heads[way] = (sequence + len(data)) % 2**32, b"?" not in data
            return _first_line(data)
        if _HTTP.match(data) or (due == sequence % 2**32 and told and _REST.match(data)):
            return self._head(way, sequence, data, b"", told=False, first=True)
        if due == sequence % 2**32 and data:
            end = 0 if told is None else data.find(b"\n") + 1 or len(data)
            start = _first_line(data[:end]) if told else _covered(data[:end])
            return self._head(way, sequence, data[end:], start, told=bool(told) and b"?" not in start, first=False)
        return masked_line(data) if begins_text(data) in ("ftp", "ssh") else b""

    def _head(self, way: bytes, sequence: int, data: bytes, start: bytes, *, told: bool, first: bool) -> bytes:
        """A head, or the next part of one behind what `start` has of its line; what follows is waited for."""
        if _BLANK.search(start[-4:] + data) is None and len(data) + len(start) < _MOST_HEAD:
            last = data.rpartition(b"\n")[2]
            goes_on: bool | None = b":" in last and last.partition(b":")[0].lower() in _TOLD if data else told
            if (start + data).endswith(b"\n"):
                goes_on = None
            if len(self._heads) >= _MOST_MESSAGE:
                self._heads.pop(next(iter(self._heads)))
            self._heads[way] = (sequence + len(start) + len(data)) % 2**32, goes_on
            return start + masked(data, whole=False, first=first)
        return start + masked(data, first=first)

    def _left(self, way: bytes, sequence: int) -> int:
        due, left = self._open.pop(way, (0, 0))
        return left if due == sequence % 2**32 else 0

    def _follow(self, way: bytes, due: int, left: int) -> None:
        if left > 0:
            if len(self._open) >= _MOST_MESSAGE:
                self._open.pop(next(iter(self._open)))
            self._open[way] = due % 2**32, left


def masked(data: bytes, *, whole: bool = True, first: bool = True) -> bytes:
    """A head, of the same length, with every value written over that may name a person or open a door.

    `whole`: it ends in these bytes, and what follows its last line is left out; `first`: its first line is in them.
    """
    end = _BLANK.search(data)
    head = data[: end.end()] if end is not None else data[: data.rfind(b"\n") + 1] if whole else data
    line, mark, rest = head[:_MOST_HEAD].partition(b"\n") if first else (b"", b"", head[:_MOST_HEAD])
    return _first_line(line) + mark + b"".join(map(_told_line, rest.splitlines(keepends=True)))


def masked_line(data: bytes) -> bytes:
    """The first line of a greeting."""
    return data[: data.find(b"\n") + 1][:512]


def _first_line(line: bytes) -> bytes:
    """The line of a request or answer: paths and names stay, parties and what secrets stand for do not."""
    line = _USER.sub(lambda found: found[1] + b"x" * (len(found[0]) - len(found[1]) - 1) + b"@", line)
    line = _PARTY.sub(lambda found: b"x" * len(found[0]), line)
    return _PAIR.sub(_pair, line)


def _pair(found: re.Match[bytes]) -> bytes:
    name = found[2].decode("latin-1").lower()
    return found[1] + (b"x" * len(found[3]) if any(word in name for word in SECRET_WORDS) else found[3])


def _covered(line: bytes) -> bytes:
    """A line of the same length of which nothing can be read, but what is of HTTP behind it."""
    text = line.rstrip(b"\r\n")
    tail = b"HTTP/1.1" if text.endswith(b"HTTP/1.1") else b""
    tail = b" " + tail if text.endswith(b" HTTP/1.1") else tail
    return b"x" * (len(text) - len(tail)) + tail + line[len(text) :]


def _told_line(line: bytes) -> bytes:
    """A line of a head. One that is none, or goes on from the line before, is written over."""
    found = _LINE.match(line)
    return _covered(line) if found is None else _value(found) + line[found.end() :]


def _value(found: re.Match[bytes]) -> bytes:
    name, value = found[1].lower(), found[2]
    if name in _TOLD:
        return found[0]
    covered = bytearray(b" " + b"x" * (len(value) - 1) if value else b"")
    if name in (b"www-authenticate", b"proxy-authenticate"):
        for realm in _REALM.finditer(value):
            covered[realm.start() : realm.end()] = realm[0]
    return found[1] + b":" + bytes(covered)
