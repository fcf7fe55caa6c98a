"""What resolvers write down of names asked for: dnsmasq and Pi-hole, BIND, Unbound. No bytes are told by any."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import lru_cache

from custodes.evidence.captures.logs.book import Book, address_of, mac_of

_NAME = r"(?P<name>[A-Za-z0-9_*.\-]{1,255})"
_CLIENT = r"(?P<client>[0-9A-Fa-f.:]{3,45})"
_ASKED = (
    # dnsmasq and Pi-hole: query[A] NAME from CLIENT
    re.compile(rf"\bquery\[[\w=.]+\] {_NAME} from {_CLIENT}"),
    # BIND: client @0x... CLIENT#PORT (NAME): query: NAME IN A +
    re.compile(rf"\bclient (?:@0x[0-9a-fA-F]+ )?{_CLIENT}#\d+.*?\bquery: {_NAME} IN "),
    # Unbound: info: CLIENT NAME. A IN
    re.compile(rf"\binfo: {_CLIENT} {_NAME} [A-Z0-9]+ IN\b"),
)
#: dnsmasq and Pi-hole: an answer follows its question; it names no client.
_ANSWER = r"(?:\b(?:reply|cached(?:-stale)?|config)| /\S+)"
_TOLD = re.compile(rf"{_ANSWER} {_NAME} is (?P<value>[0-9A-Fa-f.:]{{3,45}})\s*$")
_ALIAS = re.compile(rf"{_ANSWER} {_NAME} is <CNAME>\s*$")
#: dnsmasq's DHCP: DHCPACK(INTERFACE) ADDRESS MAC NAME
_LEASE = re.compile(
    r"\bDHCPACK\(\S+\) (?P<client>[0-9A-Fa-f.:]+) (?P<mac>[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5})(?: (?P<host>\S+))?"
)
_ISO = re.compile(r"^(?:<\d{1,3}>(?:1 )?)?(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?)")
_EPOCH = re.compile(r"^\[(\d{9,10})\]")
_BIND = re.compile(r"^(\d\d-[A-Z][a-z]{2}-\d{4} \d\d:\d\d:\d\d)")
#: A line that should name what was asked for.
_MARK = re.compile(r"\bquery(?:\[\w+\]|:) | info: \S+ \S+ [A-Z0-9]+ IN\b")
#: Answers wait for their question in so few lines.
_MOST_OPEN = 4_096


class _Open:
    """Who asked for which name last, and by which name an alias leads on."""

    def __init__(self) -> None:
        self.asked: dict[str, dict[bytes, None]] = {}
        self.chain: list[str] = []
        self.answered: set[str] = set()

    def ask(self, name: str, client: bytes) -> None:
        """A client asked for a name. What was answered before waits no longer."""
        for done in self.answered - {name}:
            self.asked.pop(done, None)
        if name in self.answered:  # it is asked for anew: the answer is for whoever asks now
            self.asked.pop(name, None)
        self.answered = set()
        if len(self.asked) >= _MOST_OPEN:
            self.asked.pop(next(iter(self.asked)))
        self.asked.setdefault(name, {})[client] = None
        self.chain = []


def read_resolver(lines: Iterable[str], book: Book) -> None:
    """Write a log of a resolver down."""
    waiting = _Open()
    for line in lines:
        if not line.strip():
            continue
        book.rows += 1
        if not any(read(line, book, waiting) for read in (_asked, _told, _lease)):
            book.bad += _MARK.search(line) is not None
            continue
        book.seen(time_of(line))
    if not book.dated:
        book.gaps["the times in the log have no year"] = None
    book.gaps["the log has no bytes: where traffic went is not told, only what was asked for"] = None


def _asked(line: str, book: Book, waiting: _Open) -> bool:
    for pattern in _ASKED:
        found = pattern.search(line)
        client = address_of(found["client"]) if found else b""
        if found is not None and client:
            name = found["name"].rstrip(".")
            book.desk.dns(client, [name] if name else [])
            waiting.ask(name.lower(), client)
            return True
    return False


def _told(line: str, book: Book, waiting: _Open) -> bool:
    """An answer counts for whoever asked for its name, or for the name whose alias it is."""
    alias = _ALIAS.search(line)
    if alias is not None:
        name = alias["name"].lower()
        waiting.chain = [name] if name in waiting.asked else [*waiting.chain, name]
        return True
    found = _TOLD.search(line)
    address = address_of(found["value"]) if found else b""
    if found is None or not address:
        return False
    asked = found["name"].lower()
    first = next((name for name in waiting.chain if name in waiting.asked), asked)
    for client in waiting.asked.get(asked) or waiting.asked.get(first) or ():
        book.desk.called(client, address, first if asked not in waiting.asked else asked, "dns")
    waiting.answered.add(asked if asked in waiting.asked else first)
    return True


def _lease(line: str, book: Book, _waiting: _Open) -> bool:
    found = _LEASE.search(line)
    mac = mac_of(found["mac"]) if found else b""
    if found is None or not mac:
        return False
    book.desk.bind(mac, address_of(found["client"]))
    book.parties[mac] = 0
    if found["host"]:
        book.desk.heard(mac, b"", "dhcp.option12", found["host"])
    return True


@lru_cache(maxsize=4_096)
def _stamp(text: str, form: str) -> int:
    try:
        day = datetime.strptime(text, form) if form else datetime.fromisoformat(text)
    except ValueError:
        return 0
    return int((day if day.tzinfo else day.replace(tzinfo=UTC)).timestamp()) * 1_000_000_000


def time_of(line: str) -> int:
    """When a line was written, in nanoseconds since 1970; 0 where it has no year, as old syslog has none."""
    rules: tuple[tuple[re.Pattern[str], Callable[[str], int]], ...] = (
        (_ISO, lambda text: _stamp(text.replace(" ", "T", 1), "")),
        (_EPOCH, lambda text: int(text) * 1_000_000_000),
        (_BIND, lambda text: _stamp(text, "%d-%b-%Y %H:%M:%S")),
    )
    for pattern, read in rules:
        found = pattern.match(line)
        if found is not None:
            return read(found[1])
    return 0
