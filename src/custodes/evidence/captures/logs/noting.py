"""What rows of several kinds of logs write down alike: answers, names asked for in TLS, requests, times."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from custodes.evidence.captures.addresses import ip_text
from custodes.evidence.captures.desk import MOST_TEXT, told_uri
from custodes.evidence.captures.dns import reversed_address
from custodes.evidence.captures.logs.book import Book, Side, address_of
from custodes.evidence.wire.texts import cleaned
from custodes.model.captures import Request


def note_answers(book: Book, party: bytes, names: Sequence[str], answers: Sequence[dict[str, Any]]) -> None:
    """Addresses under the name that was asked for, and what an address is called the other way round."""
    for one in answers:
        kind, value = str(one.get("rrtype") or ""), str(one.get("rdata") or "")
        address = address_of(value) if kind in ("A", "AAAA") else b""
        for name in names if address else ():
            book.desk.called(party, address, name, "dns")
        turned = reversed_address(str(one.get("rrname") or "")) if kind == "PTR" else b""
        if turned and value:
            book.desk.called(party, turned, value, "ptr")


def note_tls(book: Book, client: Side, server: Side, name: str, subject: str) -> bool:
    """The name asked for; where none was, the one in the certificate. False where the row tells no ends."""
    if not book.knows(client, server):
        return False
    if name:
        book.desk.sni(client.party, server.address, server.port, name)
        return True
    common = next((part[3:] for part in subject.split(", ") if part.upper().startswith("CN=")), "")
    if "." in common and " " not in common:
        book.desk.called(client.party, server.address, common, "cert", server.port)
    return True


def note_request(
    book: Book, client: Side, server: Side, method: str, host: str, url: str, agent: str, time: int
) -> None:
    """A request of HTTP, as a log has it."""
    if not book.knows(client, server):
        return
    address = ip_text(server.address)
    uri = told_uri(url or "/")
    asked = Request(
        cleaned(method)[:16], cleaned(host)[:MOST_TEXT], uri, cleaned(agent)[:MOST_TEXT], address, server.port, time
    )
    book.desk.asked(client.party, server.address, asked, [host] if host else [])


@lru_cache(maxsize=4_096)
def time_of(text: str) -> int:
    """Nanoseconds since 1970 of a time as ISO 8601 has it, or as seconds; 0 if it is neither."""
    try:
        return round(float(text) * 1_000_000_000)
    except (ValueError, OverflowError):
        pass
    try:
        whole = datetime.fromisoformat(text)
    except ValueError:
        return 0
    return int(whole.timestamp() * 1_000_000) * 1_000
