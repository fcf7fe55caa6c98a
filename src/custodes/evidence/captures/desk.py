"""Where what is read of traffic is written down, device by device, never more of it than a device can mean."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from urllib.parse import unquote

from custodes.evidence.captures.addresses import ip_text, is_external, is_group
from custodes.evidence.captures.bodies import Budget, Parts
from custodes.evidence.captures.ways import Key
from custodes.evidence.wire.texts import cleaned
from custodes.model.captures import Notes, Object, Request
from custodes.model.scans import Heard

#: Entries of one kind that are kept of one device; more are counted.
MOST_ENTRIES = 10_000
#: Different answers of a device that are kept to tell what it is.
MOST_HEARD = 64
#: Bytes of one that are kept.
MOST_MESSAGE = 8_192
#: Devices that are told apart; a capture with more link addresses was made up.
MOST_PARTIES = 20_000
#: Words in the name of a parameter whose value is never written down.
SECRET_WORDS = ("pass", "pwd", "user", "usr", "login", "token", "auth", "key", "secret", "sign", "session", "account")
_PASSWORDS = frozenset(("password", "passwd", "pwd", "pass", "loginpas", "userpwd", "passwort"))
#: A query is written down up to here.
_MOST_URI = 1_024
_AUTHORITY = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]{0,15}://([^/?#]{0,512})")
#: Requests that are kept of all devices together, and characters of what a request says of its sender.
MOST_REQUESTS, MOST_TEXT = 100_000, 256


class Desk:
    """The notes of every device, by its link address; by its address where the link has none."""

    def __init__(self) -> None:
        self.notes: dict[bytes, Notes] = {}
        self.bound: dict[bytes, dict[bytes, None]] = {}
        self.routers: set[bytes] = set()
        self.meant: dict[tuple[bytes, bytes], bytes] = {}  # answers of DHCP to all, by sender: the client they name
        self.spoken: dict[tuple[bytes, bytes], dict[Heard, None]] = {}
        self.budget = Budget()
        self.parts = Parts(self.budget)
        self.requests = 0
        self._overflow = Notes()

    def of(self, party: bytes) -> Notes:
        """The notes of one device."""
        found = self.notes.get(party)
        if found is None:
            if len(self.notes) >= MOST_PARTIES:
                return self._overflow
            found = self.notes[party] = Notes()
        return found

    def bind(self, mac: bytes, address: bytes) -> None:
        """An address is this link address's own: it says so itself, or was given it."""
        if len(self.bound) < MOST_PARTIES and any(address) and not is_group(address):
            self.bound.setdefault(mac, {}).setdefault(address)

    def heard(self, mac: bytes, address: bytes, protocol: str, raw: str, encoding: str = "text") -> None:
        """What a device said of itself; what comes from outside says nothing of whoever passes it on."""
        if address and is_external(address) and address not in self.bound.get(mac, ()):
            return
        speaker = (mac or address, address)
        if speaker not in self.spoken and len(self.spoken) >= MOST_PARTIES:
            return
        said = self.spoken.setdefault(speaker, {})
        if len(said) < MOST_HEARD:
            said.setdefault(Heard(protocol, raw, encoding))

    def heard_bytes(self, mac: bytes, address: bytes, protocol: str, data: bytes) -> None:
        """The same of a message that is no text."""
        self.heard(mac, address, protocol, base64.b64encode(data[:MOST_MESSAGE]).decode(), "base64")

    def dns(self, party: bytes, names: Iterable[str]) -> None:
        """Names that a device asked for, or got an answer on."""
        notes = self.of(party)
        for name in names:
            _keep(notes, notes.dns, name)

    def called(self, party: bytes, peer: bytes, name: str, origin: str, port: int = -1) -> None:
        """What a peer is called, as a device's own traffic says; at one port where a connection named it."""
        notes = self.of(party)
        if len(notes.called) < MOST_ENTRIES:
            notes.called.setdefault((peer, port), {}).setdefault(cleaned(name).rstrip(".").lower(), origin)

    def sni(self, party: bytes, peer: bytes, port: int, name: str) -> None:
        """The name asked for in TLS or QUIC."""
        if name:
            notes = self.of(party)
            _keep(notes, notes.sni, name)
            self.called(party, peer, name, "sni", port)

    def asked(self, party: bytes, peer: bytes, request: Request, hosts: Iterable[str]) -> None:
        """A request of HTTP."""
        notes = self.of(party)
        for host in hosts:
            _keep(notes, notes.http_hosts, host)
            name = host.rsplit(":", 1)[0] if host.count(":") == 1 else host
            if any(sign.isalpha() for sign in name) and ":" not in name:
                self.called(party, peer, name, "host", request.port)
        if len(notes.requests) < MOST_ENTRIES and self.requests < MOST_REQUESTS:
            self.requests += 1
            notes.requests.append(request)
        else:
            notes.missed += 1

    def fetched(self, party: bytes, told: Object) -> None:
        """A file that a device fetched whole."""
        notes = self.of(party)
        if len(notes.objects) < MOST_ENTRIES:
            notes.objects.append(told)
        else:
            notes.missed += 1

    def credentials(self, party: bytes, kind: str, peer: bytes) -> None:
        """That credentials went over the wire in the clear; never which."""
        notes = self.of(party)
        _keep(notes, notes.credentials, f"{kind} to {ip_text(peer)}")


def _keep(notes: Notes, kept: dict[str, None], text: str) -> None:
    text = cleaned(text)
    if text and text not in kept:
        if len(kept) < MOST_ENTRIES:
            kept[text] = None
        else:
            notes.missed += 1


def told_uri(uri: str) -> str:
    """An address of a request as it may be written down: path and query as sent, without what secrets stand for."""
    uri = _AUTHORITY.sub("", uri[: _MOST_URI * 4], count=1) or "/"
    path, mark, query = uri.partition("?")
    if mark:
        path += mark + "&".join(map(_told_pair, query.split("&")))
    return cleaned(path)[:_MOST_URI]


def host_of(uri: str) -> str:
    """The host in a whole address; empty if it has none."""
    found = _AUTHORITY.match(uri)
    return found[1].rpartition("@")[2] if found is not None else ""


def has_secret(uri: str) -> bool:
    """Whether the address of a request carries a password."""
    pairs = (pair.partition("=") for pair in uri.partition("?")[2].split("&"))
    return any(value and unquote(name).lower() in _PASSWORDS for name, _, value in pairs)


def _told_pair(pair: str) -> str:
    name, mark, value = pair.partition("=")
    low = unquote(name).lower()
    return f"{name}=…" if mark and value and any(word in low for word in SECRET_WORDS) else pair


def near_party(key: Key) -> bytes:
    """The device of the site that a way's sender stands for: the receiver, where the sender is out on the internet."""
    if is_external(key.source) and not is_external(key.target):
        return key.target_mac or key.target
    return key.source_mac or key.source
