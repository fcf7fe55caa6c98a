"""Frames and captures made for tests: every byte of them is SYNTHETIC, addresses of the internet are stand-ins."""

from __future__ import annotations

import hmac
import ipaddress
import struct
from collections.abc import Iterable, Sequence
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

CAMERA, GATEWAY, PHONE = "02:00:00:00:00:0a", "02:00:00:00:00:01", "02:00:00:00:00:0b"
HOME, PHONE_IP, ROUTER = "10.0.0.10", "10.0.0.11", "10.0.0.1"
SERVER, OTHER = "93.184.216.34", "93.184.217.5"
HOME_6, SERVER_6 = "2a00:1450:1::a", "2606:4700::1111"
EVERYONE = "ff:ff:ff:ff:ff:ff"
TCP, UDP = 6, 17
SYN, ACK, FIN, RST = 2, 16, 1, 4


def ip(text: str) -> bytes:
    return ipaddress.ip_address(text).packed


def mac(text: str) -> bytes:
    return bytes.fromhex(text.replace(":", ""))


def udp(sport: int, dport: int, payload: bytes) -> bytes:
    return struct.pack(">HHHH", sport, dport, 8 + len(payload), 0) + payload


def tcp(sport: int, dport: int, sequence: int, payload: bytes = b"", flags: int = ACK) -> bytes:
    return struct.pack(">HHIIBBHHH", sport, dport, sequence % 2**32, 0, 0x50, flags, 65_535, 0, 0) + payload


def ipv4(source: str, target: str, proto: int, payload: bytes, *, identity: int = 1, flags: int = 0) -> bytes:
    head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(payload), identity, flags, 64, proto, 0)
    return head + ip(source) + ip(target) + payload


def ipv6(source: str, target: str, proto: int, payload: bytes, extensions: bytes = b"") -> bytes:
    """`extensions`: whole headers whose first is a destination options header; the last one names `proto`."""
    first = 60 if extensions else proto
    return (
        struct.pack(">IHBB", 6 << 28, len(extensions + payload), first, 64)
        + ip(source)
        + ip(target)
        + extensions
        + payload
    )


def ether(source: str, target: str, payload: bytes, *, tags: Sequence[int] = (), kind: int | None = None) -> bytes:
    told = kind if kind is not None else 0x86DD if payload[:1] and payload[0] >> 4 == 6 else 0x0800
    tagged = b"".join(
        struct.pack(">HH", 0x88A8 if place == 0 and len(tags) > 1 else 0x8100, tag) for place, tag in enumerate(tags)
    )
    frame = mac(target) + mac(source) + tagged + struct.pack(">H", told) + payload
    return frame + b"\0" * max(60 - len(frame), 0)  # as short frames are filled up on the wire


def arp(source_mac: str, source: str, target: str = ROUTER) -> bytes:
    body = b"\0\x01\x08\0\x06\x04\0\x01" + mac(source_mac) + ip(source) + b"\0" * 6 + ip(target)
    return ether(source_mac, EVERYONE, body, kind=0x0806)


def out(payload: bytes, proto: int = UDP, target: str = SERVER, **more: object) -> bytes:
    """A frame of the camera's to the internet."""
    return ether(CAMERA, GATEWAY, ipv4(HOME, target, proto, payload), **more)  # type: ignore[arg-type]


def back(payload: bytes, proto: int = UDP, source: str = SERVER, **more: object) -> bytes:
    """A frame of the internet's to the camera."""
    return ether(GATEWAY, CAMERA, ipv4(source, HOME, proto, payload), **more)  # type: ignore[arg-type]


def pcap(
    path: Path, frames: Iterable[bytes], *, order: str = "<", nano: bool = False, link: int = 1, snap: int = 0
) -> Path:
    """Write a capture, a frame a millisecond. `snap`: bytes of each frame that are stored, if not all."""
    head = struct.pack(f"{order}IHHiIII", 0xA1B23C4D if nano else 0xA1B2C3D4, 2, 4, 0, 0, snap or 262_144, link)
    body = b""
    for number, frame in enumerate(frames):
        stored = frame[:snap] if snap else frame
        part = number * (1_000_000 if nano else 1_000)
        body += struct.pack(f"{order}IIII", 1_750_000_000, part, len(stored), len(frame)) + stored
    path.write_bytes(head + body)
    return path


def pcapng(
    path: Path, frames: Iterable[bytes], *, order: str = "<", links: Sequence[int] = (1,), lost: int = 0
) -> Path:
    """Write a capture with an interface for each link type, frames in turn on each; times in nanoseconds."""

    def block(kind: int, body: bytes) -> bytes:
        body += b"\0" * (-len(body) % 4)
        size = struct.pack(f"{order}I", len(body) + 12)
        return struct.pack(f"{order}I", kind) + size + body + size

    found = block(0x0A0D0D0A, struct.pack(f"{order}IHHq", 0x1A2B3C4D, 1, 0, -1))
    tick = struct.pack(f"{order}HHB3xHH", 9, 1, 9, 0, 0)
    for link in links:
        found += block(1, struct.pack(f"{order}HHI", link, 0, 0) + tick)
    for number, frame in enumerate(frames):
        time = 1_750_000_000_000_000_000 + number * 1_000_000
        head = struct.pack(f"{order}IIIII", number % len(links), time >> 32, time & 0xFFFFFFFF, len(frame), len(frame))
        found += block(6, head + frame)
    if lost:
        found += block(5, struct.pack(f"{order}IIIHHQHH", 0, 0, 0, 5, 8, lost, 0, 0))
    path.write_bytes(found)
    return path


def name(text: str) -> bytes:
    return b"".join(bytes((len(label),)) + label.encode() for label in text.split(".") if label) + b"\0"


def query(text: str) -> bytes:
    return struct.pack(">6H", 7, 0x0100, 1, 0, 0, 0) + name(text) + struct.pack(">HH", 1, 1)


def reply(asked: str, *addresses: str, alias: str = "") -> bytes:
    """An answer: the address of a name, of its alias if it has one."""
    found = (
        struct.pack(">6H", 7, 0x8180, 1, len(addresses) + bool(alias), 0, 0) + name(asked) + struct.pack(">HH", 1, 1)
    )
    if alias:
        found += b"\xc0\x0c" + struct.pack(">HHIH", 5, 1, 60, len(name(alias))) + name(alias)
    for address in addresses:
        raw = ip(address)
        owner = name(alias) if alias else b"\xc0\x0c"
        found += owner + struct.pack(">HHIH", 1 if len(raw) == 4 else 28, 1, 60, len(raw)) + raw
    return found


def hello(server: str) -> bytes:
    """A client's first handshake message of TLS 1.2 with a server name."""
    host = server.encode()
    listed = struct.pack(">HBH", len(host) + 3, 0, len(host)) + host
    extensions = struct.pack(">HH", 0, len(listed)) + listed + struct.pack(">HHHHH", 10, 6, 4, 29, 23)
    body = b"\x03\x03" + bytes(32) + b"\0" + struct.pack(">HHH", 4, 0x1301, 0xC02F) + b"\x01\0"
    body += struct.pack(">H", len(extensions)) + extensions
    return b"\x01" + len(body).to_bytes(3, "big") + body


def record(message: bytes, pieces: int = 1) -> bytes:
    """A handshake message in so many records."""
    size = -(-len(message) // pieces)
    parts = [message[place : place + size] for place in range(0, len(message), size)]
    return b"".join(b"\x16\x03\x01" + struct.pack(">H", len(part)) + part for part in parts)


def quic(
    server: str, *, version: int = 1, target: bytes = b"\x83\x94\xc8\xf0\x3e\x51\x57\x08", turned: bool = False
) -> bytes:
    """A client's first datagram of QUIC (RFC 9001, RFC 9369). `turned`: the later piece of the hello first."""
    second = version == 0x6B3343CF
    salt = "0dede3def700a6db819381be6e269dcbf9bd2ed9" if second else "38762cf7f55934b34d179ae6a4c80cadccbb7f0a"
    secret = _label(hmac.digest(bytes.fromhex(salt), target, "sha256"), b"client in", 32)
    word = b"quicv2 " if second else b"quic "
    key, vector, mask = (_label(secret, word + part, size) for part, size in ((b"key", 16), (b"iv", 12), (b"hp", 16)))
    message = hello(server)
    pieces = [(0, message[:40]), (40, message[40:])] if turned else [(0, message)]
    content = b"".join(b"\x06" + _number(place) + _number(len(piece)) + piece for place, piece in reversed(pieces))
    content += b"\0" * (1_162 - len(content))
    kind = 1 if second else 0
    head = bytes((0xC3 | kind << 4,)) + struct.pack(">I", version) + bytes((len(target),)) + target + b"\0" + b"\0"
    head += struct.pack(">H", 0x4000 | (len(content) + 20)) + b"\0\0\0\x02"
    nonce = vector[:-1] + bytes((vector[-1] ^ 2,))
    sealed = AESGCM(key).encrypt(nonce, content, head)
    hidden = Cipher(algorithms.AES(mask), modes.ECB()).encryptor().update(sealed[:16])
    number = bytes(a ^ b for a, b in zip(head[-4:], hidden[1:5], strict=True))
    return bytes((head[0] ^ hidden[0] & 0x0F,)) + head[1:-4] + number + sealed


def _label(secret: bytes, label: bytes, size: int) -> bytes:
    info = struct.pack(">HB", size, len(label) + 6) + b"tls13 " + label + b"\0"
    return hmac.digest(secret, info + b"\x01", "sha256")[:size]


def _number(value: int) -> bytes:
    return struct.pack(">H", 0x4000 | value)


def get(path: str, host: str, *more: str) -> bytes:
    return "\r\n".join((f"GET {path} HTTP/1.1", f"Host: {host}", *more, "", "")).encode()


def answer(body: bytes, kind: str = "application/octet-stream", *more: str, length: bool = True) -> bytes:
    head = ["HTTP/1.1 200 OK", f"Content-Type: {kind}", *more]
    if length:
        head.append(f"Content-Length: {len(body)}")
    return "\r\n".join((*head, "", "")).encode() + body


def segments(data: bytes, size: int, start: int = 1_001) -> list[tuple[int, bytes]]:
    return [(start + place, data[place : place + size]) for place in range(0, len(data), size)]


def talk(
    asked: bytes, told: bytes = b"", *, port: int = 80, size: int = 500, source: int = 40_000, server: str = SERVER
) -> list[bytes]:
    """A whole connection of the camera to the internet: opened, asked, answered, closed."""
    frames = [
        out(tcp(source, port, 1_000, flags=SYN), TCP, server),
        back(tcp(port, source, 5_000, flags=SYN | ACK), TCP, server),
    ]
    frames += [out(tcp(source, port, at, part), TCP, server) for at, part in segments(asked, size)]
    frames += [back(tcp(port, source, at, part), TCP, server) for at, part in segments(told, size, 5_001)]
    frames.append(back(tcp(port, source, 5_001 + len(told), flags=FIN | ACK), TCP, server))
    frames.append(out(tcp(source, port, 1_001 + len(asked), flags=FIN | ACK), TCP, server))
    return frames
