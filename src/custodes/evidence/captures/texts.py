"""Protocols in lines: RTSP, SIP with GB/T 28181 in it, FTP and SSH greetings, SSDP. Who says what of itself."""

from __future__ import annotations

import re

from custodes.evidence.captures.addresses import is_external
from custodes.evidence.captures.desk import Desk
from custodes.evidence.captures.ways import Key

_RTSP = re.compile(
    rb"^(?:RTSP/1\.0 \d{3}|(?:OPTIONS|DESCRIBE|SETUP|PLAY|ANNOUNCE|RECORD|PAUSE|TEARDOWN|GET_PARAMETER|SET_PARAMETER)"
    rb" \S{1,2048} RTSP/1\.0)"
)
_SIP = re.compile(
    rb"^(?:SIP/2\.0 \d{3}|(?:REGISTER|INVITE|ACK|BYE|CANCEL|OPTIONS|MESSAGE|SUBSCRIBE|NOTIFY|INFO)"
    rb" sips?:\S{1,2048} SIP/2\.0)"
)
_SSDP = re.compile(rb"^(?:M-SEARCH \* HTTP/1\.1|NOTIFY \* HTTP/1\.[01]|HTTP/1\.[01] 200)", re.IGNORECASE)
_FTP, _SSH = re.compile(rb"^220[ -][^\r\n]{0,512}\r?\n"), re.compile(rb"^SSH-[12]\.\d{1,2}-[\x21-\x7e]")
#: Twenty digits name a device in GB/T 28181; its messages are of this kind.
_GB = re.compile(rb"application/manscdp\+xml|sip:\d{20}@", re.IGNORECASE)
_SECRET = re.compile(rb"^(?:proxy-)?authorization:[^\r\n]*\r?\n?", re.IGNORECASE | re.MULTILINE)
#: Messages of a connection that are looked at.
MOST_MESSAGES = 64
_MOST = 8_192


def begins_text(data: bytes) -> str:
    """The protocol in lines that bytes begin; empty if they begin none."""
    if _RTSP.match(data):
        return "rtsp"
    if _SIP.match(data):
        return "sip"
    if _SSH.match(data):
        return "ssh"
    return "ftp" if _FTP.match(data) and b"smtp" not in data[:200].lower() else ""


def is_ssdp(data: bytes) -> bool:
    """Whether a datagram is one of SSDP."""
    return _SSDP.match(data) is not None


def is_gb28181(data: bytes) -> bool:
    """Whether a message of SIP is one of GB/T 28181, by its numbering or its content."""
    return _GB.search(data) is not None


class TextTalk:
    """What is said in one connection in lines. `kind`: rtsp, sip, gb28181, ftp or ssh."""

    def __init__(self, desk: Desk, kind: str) -> None:
        self._desk, self.kind = desk, kind
        self._count = 0
        self.over = self._guest = False

    def feed(self, key: Key, data: bytes) -> None:
        """The next segment of one direction."""
        self._count += 1
        self.over = self._count >= MOST_MESSAGES
        if self.kind in ("ftp", "ssh"):
            self._greeting(key, data)
        elif begins_text(data):
            self._message(key, data)

    def _greeting(self, key: Key, data: bytes) -> None:
        low = data[:5].upper()
        if self.kind == "ftp" and low == b"USER ":
            self._guest = data[5:].strip().lower() in (b"anonymous", b"ftp")
        if self.kind == "ftp" and low in (b"USER ", b"PASS "):
            if self._guest:
                return  # anybody's name is no credential
            self._desk.credentials(key.source_mac or key.source, "FTP login", key.target)
            return
        if begins_text(data) == self.kind and not is_external(key.source):
            line = data.splitlines()[0].decode("utf-8", "replace")
            self._desk.heard(key.source_mac, key.source, "ftp.banner" if self.kind == "ftp" else "ssh.banner", line)

    def _message(self, key: Key, data: bytes) -> None:
        if b"\nauthorization: basic" in data[:_MOST].lower():
            self._desk.credentials(key.source_mac or key.source, "RTSP Basic", key.target)
        if self.kind == "sip" and is_gb28181(data[:_MOST]):
            self.kind = "gb28181"
        if data.startswith((b"RTSP/", b"SIP/")) or self.kind in ("sip", "gb28181"):
            raw = _SECRET.sub(b"", data[:_MOST]).decode("utf-8", "replace")
            said = raw if data.startswith((b"RTSP/", b"SIP/")) else _as_answer(raw)
            self._desk.heard(key.source_mac, key.source, "rtsp" if self.kind == "rtsp" else "sip", said)


def _as_answer(raw: str) -> str:
    """A request's own headers as the reader of answers takes them: the first line alone differs."""
    return "SIP/2.0 200 \r\n" + raw.partition("\r\n")[2]
