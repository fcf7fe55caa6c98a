"""Questions by TCP, each with an end: bytes and seconds are limited, whatever the other side does."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from dataclasses import dataclass

#: Bytes of one answer that are read; seconds for a connection, and for the whole of one answer.
MOST_BYTES, CONNECT, WHOLE = 64 * 1024, 1.5, 4.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one request: bytes, or why there are none (`refused`: the port is closed; `silent`)."""

    raw: bytes = b""
    state: str = "answered"
    certificate: bytes = b""


async def ask(address: str, port: int, question: bytes, tls: ssl.SSLContext | None = None) -> Answer:
    """Send one question and read the answer to its end, its limit or its time."""
    try:
        async with asyncio.timeout(CONNECT):
            reader, writer = await asyncio.open_connection(address, port, ssl=tls, limit=MOST_BYTES)
    except ConnectionRefusedError:
        return Answer(state="refused")
    except (OSError, ssl.SSLError, TimeoutError):
        return Answer(state="silent")
    certificate = b""
    if tls is not None:
        socket = writer.get_extra_info("ssl_object")
        certificate = socket.getpeercert(binary_form=True) or b"" if socket is not None else b""
    raw = b""
    try:
        async with asyncio.timeout(WHOLE):
            if question:
                writer.write(question)
                await writer.drain()
                while len(raw) < MOST_BYTES and (piece := await reader.read(MOST_BYTES - len(raw))):
                    raw += piece
    except (OSError, ssl.SSLError, TimeoutError):
        pass  # what came until then stands
    finally:
        writer.close()
        with contextlib.suppress(OSError, ssl.SSLError, TimeoutError):
            async with asyncio.timeout(0.2):
                await writer.wait_closed()
    return Answer(raw, "answered" if raw or certificate else "silent", certificate)


def unchecked() -> ssl.SSLContext:
    """TLS that takes any certificate: it is looked at, not trusted; old cameras speak old versions."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with contextlib.suppress(ssl.SSLError, ValueError):
        context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        context.set_ciphers("ALL:@SECLEVEL=0")
    return context
