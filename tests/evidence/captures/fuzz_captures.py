"""What `test_captures_fuzz` runs: atheris against one dissector, named first on the command line. No network."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["custodes.evidence"]):
    import wire_made as made

    from custodes.evidence.captures import dhcp, dns, http, keeping, layers, quic, texts, tls
    from custodes.evidence.captures.bodies import Body, Budget
    from custodes.evidence.captures.desk import Desk, told_uri
    from custodes.evidence.captures.logs import firewalls, kinds, resolvers
    from custodes.evidence.captures.logs.book import Book
    from custodes.evidence.captures.mud import read_mud
    from custodes.evidence.captures.reading import Reading, read_capture
    from custodes.evidence.captures.ways import Key
    from custodes.evidence.wire.packets import read_packet
    from custodes.model.captures import Layer
    from custodes.model.errors import BadInput
    from custodes.model.registers import Limits

KEY = Key(made.mac(made.CAMERA), made.mac(made.GATEWAY), made.ip(made.HOME), made.ip(made.SERVER), 6, 40_000, 80)


class _Deaf:
    last: Body | None = None

    def begun(self, head: http.Head, request: http.Head | None) -> Body | None:
        return self.last if http.range_of(head) is not None else None

    def request(self, head: http.Head) -> None:
        told_uri(head.uri)

    def answer(self, head: http.Head, request: http.Head | None) -> None:
        pass

    def body(self, head: http.Head, request: http.Head | None, body: Body) -> None:
        self.last = body


def _http(data: bytes) -> None:
    exchange = http.Exchange(_Deaf(), Budget())
    for answers in (False, True):
        side, cut = http.Side(exchange, answers=answers), max(len(data) // 3, 1)
        side.feed(data[:cut])
        side.skip(len(data) % 7)
        side.feed(data[cut:])
        side.close()


def _tls(data: bytes) -> None:
    for kind, message in tls.Records().add(data):
        tls.hello_of(kind, message)
        tls.certificates_of(kind, message)
    tls.hello_of(1, data)


def _quic(data: bytes) -> None:
    quic.Opening().add(data)
    with suppress(ValueError, IndexError):  # as the reader of packets takes them
        list(quic._frames(data[:1_400]))


def _texts(data: bytes) -> None:
    kind = texts.begins_text(data)
    texts.is_ssdp(data)
    if kind:
        texts.TextTalk(Desk(), kind).feed(KEY, data)
    read_packet(data)


def _layers(data: bytes) -> None:
    for link in sorted(layers.KNOWN_LINKS):
        found = layers.linked(link, data, 0, len(data))
        if found is not None:
            layers.datagram(found.kind, data, found.start, len(data))


def _frames(data: bytes) -> None:
    """Frames of Ethernet, cut where two bytes say so, as one capture."""
    records, place = [], 0
    while place + 2 < len(data):
        size = int.from_bytes(data[place : place + 2], "big") % 400
        records.append((place, 1, place + 2, min(size, len(data) - place - 2), size, data))
        place += 2 + size
    Reading().read(records)


def _files(data: bytes) -> None:
    path = Path(tempfile.gettempdir()) / "custodes-fuzz.pcap"
    path.write_bytes(data)
    with suppress(BadInput):
        read_capture(path, Limits())


def _kept(data: bytes) -> None:
    """What of a payload may be given away: never more than there was, in any cut."""
    for sport, dport in ((40_000, 80), (5_353, 5_353), (68, 67), (40_000, 9_000)):
        assert len(keeping.kept_of_datagram(sport, dport, data)) <= len(data)
    held, cut = keeping.Connections(), len(data) // 2
    for start, end in ((0, cut), (cut, len(data))):
        assert len(held.kept_of_segment(b"way", 40_000, 80, start, data[start:end])) <= end - start


def _lines(data: bytes) -> None:
    """Logs of resolvers and firewalls, line by line, and what any log is by its beginning."""
    kinds.kind_of(data)
    lines = data.decode("utf-8", "replace").splitlines()
    for read in (resolvers.read_resolver, firewalls.read_firewall):
        book = Book(Layer.NONE)
        read(lines, book)
        book.close("log")


def _mud(data: bytes) -> None:
    path = Path(tempfile.gettempdir()) / "custodes-fuzz.json"
    path.write_bytes(data)
    with suppress(BadInput):
        read_mud(path)


TARGETS: dict[str, Callable[[bytes], object]] = {
    "dns": dns.read_message,
    "dhcp": lambda data: dhcp.note_dhcp(Desk(), KEY, data),
    "http": _http,
    "tls": _tls,
    "quic": _quic,
    "texts": _texts,
    "layers": _layers,
    "frames": _frames,
    "files": _files,
    "kept": _kept,
    "lines": _lines,
    "mud": _mud,
}


def main() -> None:
    target = TARGETS[sys.argv.pop(1)]
    atheris.Setup(sys.argv, lambda data: target(data) and None)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
