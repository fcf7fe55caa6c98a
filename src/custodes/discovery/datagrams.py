"""Questions by UDP: to the groups of each link that the scope touches, and to each host alone."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import Callable

from custodes.discovery.local import Interface
from custodes.discovery.messages import DHIP_PORT, MDNS_PORT, SADP_PORT, SSDP_PORT, WSD_PORT, Question
from custodes.discovery.pace import Pace

#: From which port an answer is which protocol.
PROTOCOLS = {SADP_PORT: "sadp", DHIP_PORT: "dhip", WSD_PORT: "ws-discovery", SSDP_PORT: "ssdp", MDNS_PORT: "mdns"}
#: A datagram longer than this is cut.
LONGEST = 65_535

#: Address, protocol, port and bytes of an answer.
Heard = Callable[[str, str, str, bytes], None]


class Ear(asyncio.DatagramProtocol):
    """Hears answers. What comes from outside the scope is counted by `stray` and dropped."""

    def __init__(
        self, heard: Heard, inside: Callable[[str], bool], stray: Callable[[], None], protocol: str = ""
    ) -> None:
        self._heard, self._inside, self._stray, self._protocol = heard, inside, stray, protocol

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """As of asyncio."""
        address, port = addr[0], addr[1]
        if not self._inside(address):
            self._stray()
            return
        self._heard(address, self._protocol or PROTOCOLS.get(port, "datagram"), f"udp/{port}", data[:LONGEST])

    def error_received(self, exc: Exception) -> None:
        """A port that is closed answers so: it is no fault of ours."""


async def open_ear(
    heard: Heard, inside: Callable[[str], bool], stray: Callable[[], None], protocol: str = ""
) -> asyncio.DatagramTransport:
    """A socket on a free port that hears answers to it."""
    loop = asyncio.get_running_loop()
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setblocking(False)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 * 1024 * 1024)
    sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 1)  # questions to a group stay on the link
    sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_LOOP, 0)  # and do not come back to us
    sock.bind(("", 0))
    transport, _ = await loop.create_datagram_endpoint(lambda: Ear(heard, inside, stray, protocol), sock=sock)
    return transport


async def open_group(
    question: Question, link: Interface, heard: Heard, inside: Callable[[str], bool], stray: Callable[[], None]
) -> asyncio.DatagramTransport | None:
    """A socket in a group, for protocols whose answers go to the group; None where the port is taken."""
    loop = asyncio.get_running_loop()
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setblocking(False)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind(("", question.port))
        member = struct.pack("4s4s", socket.inet_aton(question.group), socket.inet_aton(link.address))
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, member)
    except OSError:
        sock.close()
        return None
    transport, _ = await loop.create_datagram_endpoint(lambda: Ear(heard, inside, stray, question.protocol), sock=sock)
    return transport


async def ask_link(ear: asyncio.DatagramTransport, link: Interface, question: Question, pace: Pace) -> None:
    """Put a question to a group on one link."""
    sock = ear.get_extra_info("socket")
    await pace.wait()
    with contextlib.suppress(OSError):
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(link.address))
        ear.sendto(question.payload, (question.group, question.port))


def ask_host(ear: asyncio.DatagramTransport, address: str, question: Question) -> None:
    """Put a question to one host. The caller keeps the pace."""
    with contextlib.suppress(OSError):
        ear.sendto(question.payload, (address, question.port))
