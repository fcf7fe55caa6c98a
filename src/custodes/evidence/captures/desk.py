"""Where what is read of traffic is written down, device by device, never more of it than a device can mean."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import parse_qsl, quote, urlsplit

from custodes.evidence.captures.addresses import ip_text, is_external
from custodes.evidence.wire.texts import cleaned
from custodes.model.captures import Notes, Object, Request
from custodes.model.scans import Heard

#: Entries of one kind that are kept of one device; more are counted.
MOST_ENTRIES = 10_000
#: Different answers of a device that are kept to tell what it is.
MOST_HEARD = 64
#: Devices that are told apart; a capture with more link addresses was made up.
MOST_PARTIES = 20_000
#: Words in the name of a parameter whose value is never written down.
_SECRET = ("pass", "pwd", "user", "usr", "login", "token", "auth", "key", "secret", "sign", "session", "account")
#: A query is written down up to here.
_MOST_URI = 1_024


class Desk:
    """The notes of every device, by its link address; by its address where the link has none."""

    def __init__(self) -> None:
        self.notes: dict[bytes, Notes] = {}
        self.bound: dict[bytes, dict[bytes, None]] = {}
        self.routers: set[bytes] = set()
        self.spoken: dict[tuple[bytes, bytes], dict[Heard, None]] = {}
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
        if len(self.bound) < MOST_PARTIES and any(address):
            self.bound.setdefault(mac, {}).setdefault(address)

    def heard(self, mac: bytes, address: bytes, protocol: str, raw: str, encoding: str = "text") -> None:
        """What a device said of itself; what comes from outside says nothing of whoever passes it on."""
        if address and is_external(address) and address not in self.bound.get(mac, ()):
            return
        said = self.spoken.setdefault((mac or address, address), {})
        if len(said) < MOST_HEARD:
            said.setdefault(Heard(protocol, raw, encoding))

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

    def asked(self, party: bytes, peer: bytes, request: Request, hosts: Iterable[str], agents: Iterable[str]) -> None:
        """A request of HTTP."""
        notes = self.of(party)
        for host in hosts:
            _keep(notes, notes.http_hosts, host)
            name = host.rsplit(":", 1)[0] if host.count(":") == 1 else host
            if any(sign.isalpha() for sign in name) and ":" not in name:
                self.called(party, peer, name, "host", request.port)
        for agent in agents:
            _keep(notes, notes.agents, agent)
        if len(notes.requests) < MOST_ENTRIES:
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
    """An address of a request as it may be written down: without credentials, and without what secrets stand for."""
    parts = urlsplit(uri[: _MOST_URI * 4])
    path = parts.path if parts.path or not parts.netloc else "/"
    if "@" in parts.netloc:
        path = parts.path
    if not parts.query:
        return path[:_MOST_URI]
    pairs = parse_qsl(parts.query, keep_blank_values=True, max_num_fields=200) if "=" in parts.query else []
    if not pairs:
        return f"{path}?{parts.query}"[:_MOST_URI]
    told = "&".join(f"{quote(name)}={'…' if _secret(name) else quote(value, safe='/:,')}" for name, value in pairs)
    return f"{path}?{told}"[:_MOST_URI]


def has_secret(uri: str) -> bool:
    """Whether the address of a request carries a password."""
    low = uri.lower()
    return any(f"{word}=" in low for word in ("password", "passwd", "pwd", "pass", "loginpas"))


def _secret(name: str) -> bool:
    low = name.lower()
    return any(word in low for word in _SECRET)
