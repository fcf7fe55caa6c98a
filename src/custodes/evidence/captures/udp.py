"""Datagrams of UDP: told by port where a port is bound to a protocol, else by their first bytes."""

from __future__ import annotations

import struct

from custodes.evidence.captures import http
from custodes.evidence.captures.addresses import ip_text, is_external
from custodes.evidence.captures.desk import MOST_MESSAGE, MOST_TEXT, Desk, near_party
from custodes.evidence.captures.dhcp import note_dhcp
from custodes.evidence.captures.dns import read_message
from custodes.evidence.captures.names import note_names
from custodes.evidence.captures.quic import Opening, begins_quic
from custodes.evidence.captures.texts import TextTalk, begins_text, is_ssdp
from custodes.evidence.captures.ways import Key, Way
from custodes.evidence.wire.packets import read_packet
from custodes.evidence.wire.texts import cleaned
from custodes.model.captures import Request

_DNS, _MDNS, _LLMNR = 53, 5353, 5355
_NAMED = frozenset((_DNS, _MDNS, _LLMNR))
_DHCP = frozenset((67, 68))
_TFTP, _NTP = 69, 123
#: Datagrams of a pair of ports that are looked at where none has told what it is.
_MOST_UNKNOWN, _MOST_QUIC = 6, 24
_STUN = b"\x21\x12\xa4\x42"
#: How announcements of Tuya's local protocol begin, before and since its version 3.5.
_LAN_55AA = (b"\x00\x00\x55\xaa", b"\x00\x00\x66\x99")
_XML = (b"<?xml", b"<Envelope", b"<SOAP-ENV", b"<soap", b"<s:Envelope", b"<Probe")
#: The kinds for which every datagram counts, however many there are.
_ALWAYS = frozenset(("dns", "mdns", "llmnr", "dhcp", "ssdp", "discovery", "sip", "gb28181"))


def begins_discovery(data: bytes) -> bool:
    """Whether a datagram is a message in XML, as devices find each other by."""
    return data.startswith(_XML) or data.startswith(b"\xef\xbb\xbf<?xml")


class UdpTalk:
    """What passes between two ports. `kind`: what it is, empty while that is not known."""

    def __init__(self, desk: Desk, key: Key) -> None:
        self.desk = desk
        self.ways: list[Way] = []
        ports = {key.sport, key.dport}
        self.kind = "dns" if _DNS in ports else "mdns" if _MDNS in ports else "llmnr" if _LLMNR in ports else ""
        if not self.kind and ports <= _DHCP:
            self.kind = "dhcp"
        self._count = 0
        self._openings: dict[Key, Opening] = {}
        self._rtp: dict[tuple[bytes, int], int] = {}
        self.text: TextTalk | None = None

    def take(self, way: Way, data: bytes, place: int, end: int, _whole: int, time: int) -> None:
        """A datagram whose UDP header is at `place`, stored up to `end`."""
        if way not in self.ways:
            self.ways.append(way)
        if place + 8 > end:
            return
        size = (data[place + 4] << 8) | data[place + 5]
        self.payload(way.key, data[place + 8 : min(end, place + size) if size >= 8 else end], time)

    def settle(self) -> None:
        """Nothing more is read of it."""
        for way in self.ways:
            way.look = False

    def finish(self) -> None:
        """The capture is over."""

    def payload(self, key: Key, data: bytes, time: int) -> None:
        """The content of a datagram."""
        if not data:
            return
        if self.kind in ("dns", "mdns", "llmnr"):
            self._names(key, data)
        elif self.kind == "dhcp":
            note_dhcp(self.desk, key, data)
        elif self.kind in ("", "quic") and (self._openings or begins_quic(data)):
            self._quic(key, data)
        elif is_ssdp(data):
            self.kind = "ssdp"
            self._ssdp(key, data, time)
        elif begins_text(data) in ("sip", "rtsp"):
            self.text = self.text or TextTalk(self.desk, "sip")
            self.text.feed(key, data)
            self.kind = self.text.kind
        else:
            self._other(key, data)

    def _names(self, key: Key, data: bytes) -> None:
        message = read_message(data)
        if message is None:
            return
        note_names(self.desk, key, message)
        if self.kind == "mdns" and message.answer:
            self._heard(key, "mdns", data)

    def _quic(self, key: Key, data: bytes) -> None:
        self.kind = "quic"
        self._count += 1
        opening = self._openings.setdefault(key, Opening())  # a server's packets open with no client's key
        hello = opening.add(data)
        if hello is not None:
            party = near_party(key)
            self.desk.sni(party, key.target, key.dport, hello.name)
            self.desk.of(party).ja4.setdefault(hello.ja4)
            self.settle()
        if self._count > _MOST_QUIC:
            self.settle()

    def _ssdp(self, key: Key, data: bytes, time: int) -> None:
        head = http.head_of(data.split(b"\r\n\r\n", 1)[0])
        party = near_party(key)
        if head is not None and head.method:
            hosts = head.names.get("host", [])
            agent = cleaned(head.first("user-agent"))[:MOST_TEXT]
            told = Request(head.method, "".join(hosts[:1]), head.uri[:64], agent, ip_text(key.target), key.dport, time)
            if key.dport == 1900 or hosts:
                self.desk.asked(party, key.target, told, hosts)
        if head is None or head.method != "M-SEARCH":
            self.desk.heard(key.source_mac, key.source, "ssdp", data[:MOST_MESSAGE].decode("utf-8", "replace"))

    def _other(self, key: Key, data: bytes) -> None:
        self._count += 1
        if begins_discovery(data):
            self.kind = "discovery"
            self._heard(key, "xml", data)
        elif data[4:8] == _STUN and len(data) >= 20 and not data[0] & 0xC0:
            self.kind = self.kind or "stun"
        elif key.dport == _TFTP and data[:2] in (b"\0\x01", b"\0\x02"):
            name = data[2:].split(b"\0", 1)[0].decode("utf-8", "replace")
            self.desk.heard(key.source_mac, key.source, "tftp.file", f"{ip_text(key.target)} {name}")
            self.kind = "tftp"
        elif data.startswith(_LAN_55AA) and len(data) >= 20:
            self.kind = "lan-55aa"
        elif data[0] == 0xF1 and len(data) >= 4 and struct.unpack_from(">H", data, 2)[0] == len(data) - 4:
            self.kind = self.kind or "pppp"
        elif _NTP in (key.sport, key.dport):
            self.kind = "ntp"
        elif self._is_rtp(key, data):
            self.kind = "rtp"
        elif len(data) <= 4_096 and read_packet(data) is not None:
            self.kind = "discovery"
            self._heard(key, "datagram", data)
        if self._count >= _MOST_UNKNOWN and self.kind not in _ALWAYS:
            self.settle()

    def _is_rtp(self, key: Key, data: bytes) -> bool:
        """Whether datagrams of one source come with numbers in a row: RTP has no mark of its own (RFC 3550)."""
        if len(data) < 12 or data[0] >> 6 != 2 or 72 <= data[1] & 0x7F <= 76:
            return False
        source, number = data[8:12], (data[2] << 8) | data[3]
        before = self._rtp.get((source, key.sport))
        self._rtp[source, key.sport] = number
        return before is not None and (number - before) % 65_536 in (1, 2)

    def _heard(self, key: Key, protocol: str, data: bytes) -> None:
        if not is_external(key.source):
            self.desk.heard_bytes(key.source_mac, key.source, protocol, data)
