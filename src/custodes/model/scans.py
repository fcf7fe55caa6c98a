"""What a scan saw of one host: its addresses and names, and what it answered on which port."""

from __future__ import annotations

import re
from dataclasses import dataclass

#: A port as it is told: protocol and number.
PORT = re.compile(r"(?:tcp|udp)/\d{1,5}")


@dataclass(frozen=True, slots=True)
class Heard:
    """One answer as it is handed to the reader of replies: `encoding` is text, base64 or json."""

    protocol: str
    raw: str
    encoding: str = "text"
    port: str = ""


@dataclass(frozen=True, slots=True)
class Host:
    """One host of a scan. `row`: its ordinal in the file, from 1; `heard`: what it answered, in order.

    `refused`: why nothing of it could be read; `absent`: why it is no host, though the file has a line for it;
    `left_out`: what of it was not looked at; `listens`: ports that a scan of ports found open, as "tcp/80", whether or
    not they answered.
    """

    row: int
    address: str = ""
    mac: str = ""
    name: str = ""
    heard: tuple[Heard, ...] = ()
    refused: str = ""
    absent: str = ""
    left_out: str = ""
    listens: tuple[str, ...] = ()
