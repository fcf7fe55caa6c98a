"""HTTP/1 in both directions of a connection (RFC 9112): heads read, bodies hashed or passed over, nothing kept.

A direction may begin anywhere, miss pieces, or be something else after all: then it is left, never guessed at.
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from custodes.evidence.captures.bodies import Budget, Hashed

#: How a request begins: any method (RFC 9110), then a path, an address, a star or a host and port.
_BEGINS = re.compile(rb"^[A-Z][A-Z-]{1,19} (?:/|\*|https?://|[^\s/:]{1,255}:\d{1,5} )")
_METHOD = re.compile(rb"^[A-Z][A-Z-]{1,19} ")
_BLANK = re.compile(rb"\r?\n\r?\n")
#: A longer head is none.
MOST_HEAD = 64 * 1024
#: Requests of a connection that wait for their answers.
MOST_WAITING = 4_096
_REQUEST = re.compile(rb"^([A-Z][A-Z-]{1,19}) ([^\r\n]{1,65000}) HTTP/1\.[01]\r?$")
_STATUS = re.compile(rb"^HTTP/1\.[01] (\d{3})(?: |\r?$)")
_CHUNK = re.compile(rb"^([0-9A-Fa-f]{1,12})[ \t]*(?:;.*)?\r?$")
_LENGTH = re.compile(r"^[0-9]{1,15}$")
_RANGE = re.compile(r"^bytes (\d{1,15})-(\d{1,15})/(\d{1,15})$")


@dataclass(slots=True)
class Head:
    """The head of a request or answer: `names` to their values, each as often as it stands there."""

    method: str = ""
    uri: str = ""
    status: int = 0
    names: dict[str, list[str]] = field(default_factory=dict)
    time: int = 0

    def first(self, name: str) -> str:
        """The first value of a header; empty if there is none."""
        return self.names.get(name, [""])[0]

    def codings(self, name: str) -> list[str]:
        """The codings of a header, in the order in which they were done; "identity" is none."""
        told = (one.strip().lower() for one in ",".join(self.names.get(name, ())).split(","))
        return [one for one in told if one not in ("", "identity")]


def begins_request(data: bytes) -> bool:
    """Whether bytes begin with a request."""
    if _BEGINS.match(data) is None:
        return False
    line, ended, _ = data.partition(b"\n")
    return not ended or _REQUEST.match(line) is not None


def begins_answer(data: bytes) -> bool:
    """Whether bytes begin with an answer."""
    return _STATUS.match(data[:64].split(b"\n", 1)[0]) is not None


def head_of(raw: bytes) -> Head | None:
    """The head in bytes that end before the blank line; None if they are none."""
    lines = raw.split(b"\n")
    head = Head()
    request = _REQUEST.match(lines[0])
    if request is not None:
        head.method, head.uri = request[1].decode("ascii"), request[2].decode("utf-8", "replace")
    else:
        status = _STATUS.match(lines[0])
        if status is None:
            return None
        head.status = int(status[1])
    last: list[str] = []
    for line in lines[1:2_000]:
        if line[:1] in (b" ", b"\t"):  # the header before goes on (RFC 9112, 5.2)
            if last:
                last[-1] = f"{last[-1]} {_told(line)}".strip()
            continue
        name, colon, value = line.partition(b":")
        last = []
        if colon and name:
            last = head.names.setdefault(name.strip().lower().decode("latin-1"), [])
            last.append(_told(value))
    return head


def _told(value: bytes) -> str:
    return value.strip().decode("utf-8", "replace")


class Exchange:
    """Both directions of a connection. `tell`: takes requests, answers and bodies as they are read.

    `paired`: whether it is sure which answer is to which request; a hole in either direction ends that.
    """

    def __init__(self, tell: Any, budget: Budget) -> None:
        self.tell, self.budget = tell, budget
        self.asked: deque[Head] = deque()
        self.tunnel = False
        self.paired = True

    def ask(self, head: Head) -> None:
        """A request that waits for its answer."""
        if len(self.asked) >= MOST_WAITING:
            self.paired = False
        elif self.paired:
            self.asked.append(head)

    def answered(self) -> Head | None:
        """The request that the next answer is to; None if that is not sure."""
        return self.asked.popleft() if self.paired and self.asked else None


class Side:
    """One direction: heads one behind another, each with the body that it announces. `dead`: no HTTP is read of it
    any more."""

    def __init__(self, exchange: Exchange, *, answers: bool) -> None:
        self._exchange, self._answers = exchange, answers
        self._held = b""
        self._left = 0  # bytes of the body or chunk still to come; -1 up to the end of the connection
        self._state = "head"
        self._hash: Hashed | None = None
        self._request: Head | None = None
        self._answer: Head | None = None
        self._holes = False
        self._searched = 0  # bytes of a head that comes in pieces in which no end was found
        self.time = 0
        self.dead = False

    def feed(self, data: bytes) -> None:
        """The next bytes."""
        if self._held:
            data = self._held + data
            self._held = b""
        while data and not self.dead:
            data = getattr(self, f"_{self._state}")(data)

    def skip(self, size: int) -> None:
        """A hole: a body stays open over it, all else begins anew behind it."""
        if self._state in ("body", "chunk") and (self._left < 0 or size <= self._left):
            self._holes = True
            self._left -= size if self._left > 0 else 0
            if not self._left and self._state == "chunk":
                self._state = "mark"
            elif not self._left:
                self._over()
            return
        self._exchange.paired = False
        if self._state != "head" or self._held:
            self._over(broken=True)
        self._held, self._searched = b"", 0
        self._state = "head"

    def close(self) -> None:
        """The connection ends."""
        if self._state == "body" and self._left < 0:
            self._over()
        elif self._state != "head":
            self._over(broken=True)

    def release(self) -> None:
        """Nothing more comes: what is kept of a body that is not over is kept no more."""
        if self._hash is not None:
            self._hash.release()

    def _head(self, data: bytes) -> bytes:
        data = data.lstrip(b"\r\n")
        known = begins_answer(data) if self._answers else _METHOD.match(data) is not None
        if not known and len(data) >= 16:
            self._searched = 0
            return b""  # in the middle of something: wait for a segment that begins a head
        blank = _BLANK.search(data, max(self._searched - 4, 0))
        self._searched = len(data) if blank is None else 0
        if blank is None:
            if len(data) > MOST_HEAD:
                self._searched = 0
                return b""
            self._held = data
            return b""
        head = head_of(data[: blank.start()])
        if head is None:
            return b""
        head.time = self.time
        self._begin(head)
        return data[blank.end() :]

    def _begin(self, head: Head) -> None:
        ways = head.codings("transfer-encoding")
        chunked = "chunked" in ways
        length = "" if ways else head.first("content-length")
        self._left = int(length) if _LENGTH.match(length) else 0
        if not self._answers:
            self._exchange.ask(head)
            self._exchange.tell.request(head)
        else:
            if 100 <= head.status < 200 and head.status != 101:
                return
            self._request = self._exchange.answered()
            self._answer = head
            self._exchange.tell.answer(head, self._request)
            if self._ends_http(head):
                return
            if head.status in (204, 304) or (self._request is not None and self._request.method == "HEAD"):
                return
            packed = [one for one in ways[::-1] if one != "chunked"] + head.codings("content-encoding")[::-1]
            begun = None if packed else self._exchange.tell.begun(head, self._request)
            self._hash = Hashed(packed, self._exchange.budget, begun)
            if not chunked and not length:
                self._left = -1
        self._state = "size" if chunked else "body" if self._left else "head"
        if self._state == "head" and self._hash is not None:
            self._over()

    def _ends_http(self, head: Head) -> bool:
        """A connection that is handed to another protocol from here on."""
        connect = self._request is not None and self._request.method == "CONNECT" and 200 <= head.status < 300
        if connect or head.status == 101:
            self.dead, self._exchange.tunnel = True, connect
            return True
        return False

    def _body(self, data: bytes) -> bytes:
        part = data if self._left < 0 else data[: self._left]
        if self._hash is not None:
            self._hash.add(part)
        if self._left > 0:
            self._left -= len(part)
            if not self._left:
                self._over()
        return data[len(part) :]

    def _size(self, data: bytes) -> bytes:
        line, found, rest = data.partition(b"\n")
        if not found:
            self._held = data
            if len(data) > 1024:
                self._over(broken=True)
            return b""
        size = _CHUNK.match(line)
        if size is None:
            self._over(broken=True)
            return b""
        self._left = int(size[1], 16)
        self._state = "chunk" if self._left else "trailer"
        return rest

    def _chunk(self, data: bytes) -> bytes:
        part = data[: self._left]
        if self._hash is not None:
            self._hash.add(part)
        self._left -= len(part)
        if not self._left:
            self._state = "mark"
        return data[len(part) :]

    def _mark(self, data: bytes) -> bytes:
        """The line end behind a chunk."""
        line, found, rest = data.partition(b"\n")
        if not found:
            self._held = data if len(data) < 3 else b""
            return b""
        self._state = "size" if not line.strip() else "head"
        return rest

    def _trailer(self, data: bytes) -> bytes:
        line, found, rest = data.partition(b"\n")
        if not found:
            self._held = data[:MOST_HEAD]
            return b""
        if not line.strip():
            self._over()
        return rest

    def _over(self, *, broken: bool = False) -> None:
        """The end of a message."""
        if self._hash is not None and self._answer is not None:
            body = self._hash.close(whole=not (broken or self._holes))
            self._exchange.tell.body(self._answer, self._request, body)
        self._hash, self._answer, self._request, self._holes = None, None, None, False
        self._state, self._left = "head", 0


def range_of(head: Head) -> tuple[int, int, int] | None:
    """First and last byte that an answer brings, and how many the file has; None if it is no part of a file."""
    part = _RANGE.match(head.first("content-range")) if head.status == 206 else None
    if part is None:
        return None
    first, last, total = map(int, part.groups())
    return (first, last, total) if first <= last < total else None
