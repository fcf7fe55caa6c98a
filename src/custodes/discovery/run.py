"""One asking from beginning to end: groups first, then host by host, at most six requests to each."""

from __future__ import annotations

import asyncio
import ipaddress
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from custodes.discovery import datagrams, messages, streams
from custodes.discovery.local import Interface
from custodes.discovery.pace import Pace
from custodes.discovery.record import Record
from custodes.discovery.scope import OutsideScope, Scope
from custodes.model.errors import BadUsage

#: Requests to one host at most, hosts asked at a time, seconds to wait for late answers.
MOST_REQUESTS, AT_A_TIME, LATE = 6, 256, 2.0
#: A place of an ONVIF service that is asked: under /onvif/, without a query, on a port that web servers use. Whoever
#: answers may name any place; a question is sent to none that could mean something else there.
_PLACE = re.compile(rb"http://([0-9.]{7,15})(?::(\d{1,5}))?(/onvif/[A-Za-z0-9_-]{1,60})(?=[\s<]|$)")
_PORTS = frozenset((80, 81, 82, 83, 85, 88, 2020, 5000, 8000, 8001, 8080, 8081, 8085, 8090, 8899, 10080))


@dataclass(frozen=True, slots=True)
class Plan:
    """How to ask. `links`: the interfaces whose networks the scope touches; `uuid`: marks our own questions."""

    scope: Scope
    links: Sequence[Interface]
    uuid: UUID
    now: Callable[[], datetime]
    progress: Callable[[str], None]


@dataclass(slots=True)
class Outcome:
    """What was seen. `unseen`: networks of the scope from which nothing came, and why that may be."""

    hosts: int
    answered: int
    closed: int
    silent: int
    requests: int
    dropped: int
    outside: int
    unseen: list[str]
    stopped: str = ""


class _Asking:
    def __init__(self, plan: Plan, record: Record) -> None:
        self._plan, self._record, self._scope = plan, record, plan.scope
        self._pace = Pace(plan.scope.rate)
        self._requests = 0
        self._done = 0
        self._paths: dict[str, tuple[int, str]] = {}
        self._tls = streams.unchecked()
        self._own = {question.payload for question in messages.questions(plan.uuid)}
        self._asked = str(plan.uuid).encode()
        self._everybody = {str(link.network.broadcast_address) for link in plan.links}
        self._stopped = ""

    async def run(self) -> Outcome:
        """Ask everybody in the scope: the groups of each link, then host by host."""
        hosts = list(self._scope.hosts())
        for address in hosts:
            self._record.host(address)
        ear = await datagrams.open_ear(self._heard, self._scope.holds, self._stray)
        groups = await self._ask_links(ear)
        try:
            await self._ask_hosts(ear, hosts)
            await asyncio.sleep(LATE)
        finally:
            for transport in (ear, *groups):
                transport.close()
        return self.outcome()

    def _heard(self, address: str, protocol: str, port: str, raw: bytes) -> None:
        if raw in self._own:
            return
        if protocol == "ws-discovery":
            self._note_path(address, raw)
        self._record.take(address, protocol, port, raw)

    def _stray(self) -> None:
        self._record.outside += 1

    def _note_path(self, address: str, raw: bytes) -> None:
        """Where a device says its ONVIF service stands, in an answer to our question; no other host is followed."""
        told = raw[:8192]
        if address in self._paths or self._asked not in told:
            return
        for found in _PLACE.finditer(told, max(told.find(b"XAddrs"), 0)):
            port = int(found[2] or 80)
            if found[1].decode() == address and port in _PORTS:
                self._paths[address] = (port, found[3].decode("ascii"))
                return

    async def _ask_links(self, ear: asyncio.DatagramTransport) -> list[asyncio.DatagramTransport]:
        """Put every question to the groups of each link, and stay in the groups whose answers go to all."""
        groups: list[asyncio.DatagramTransport] = []
        for link in self._plan.links:
            for question in messages.questions(self._plan.uuid):
                if not self._now():
                    return groups
                if question.protocol in ("sadp", "dhip"):
                    group = await datagrams.open_group(question, link, self._heard, self._scope.holds, self._stray)
                    groups += [group] if group is not None else []
                await datagrams.ask_link(ear, link, question, self._pace)
                self._requests += 1
        return groups

    async def _ask_hosts(self, ear: asyncio.DatagramTransport, hosts: Sequence[str]) -> None:
        limit = asyncio.Semaphore(AT_A_TIME)

        async def one(address: str) -> None:
            async with limit:
                if not self._stopped:
                    await self._ask_host(ear, address)
            self._done += 1
            if self._done % 50 == 0 or self._done == len(hosts):
                self._plan.progress(f"asked {self._done:,} of {len(hosts):,} hosts")

        async with asyncio.TaskGroup() as group:
            for address in hosts:
                group.create_task(one(address))

    async def _ask_host(self, ear: asyncio.DatagramTransport, address: str) -> None:
        """Three questions by UDP; then its page, its video server, and its device service or its certificate."""
        for question in messages.unicast_questions(self._plan.uuid):
            if not await self._allowed(address):
                return
            datagrams.ask_host(ear, address, question)
        web, _ = await asyncio.gather(
            self._ask(address, 80, "http.response", messages.http(address)),
            self._ask(address, 554, "rtsp.response", messages.rtsp(address, 554)),
        )
        if address in self._paths or (web is not None and web.raw):
            port, path = self._paths.get(address, (80, "/onvif/device_service"))
            await self._ask(address, port, "onvif.GetDeviceInformation", messages.onvif(address, path))
        else:
            await self._ask(address, 443, "tls", b"", tls=True)

    async def _ask(
        self, address: str, port: int, protocol: str, question: bytes, *, tls: bool = False
    ) -> streams.Answer | None:
        if not await self._allowed(address):
            return None
        answer = await streams.ask(address, port, question, self._tls if tls else None)
        host = self._record.host(address)
        if answer.state == "refused":
            host.refused.append(f"tcp/{port}")
        if answer.raw:
            self._record.take(address, protocol, f"tcp/{port}", answer.raw)
        if answer.certificate:
            self._record.take(address, "tls.certificate", f"tcp/{port}", answer.certificate)
        return answer

    async def _allowed(self, address: str) -> bool:
        """Keep the pace; refuse what lies outside; stop when the hours end or the host has had its share."""
        if not self._scope.holds(address):
            raise OutsideScope("this address lies outside the scope", where=address)
        host = self._record.host(address)
        if host.asked >= MOST_REQUESTS or self._stopped or address in self._everybody:
            return False
        await self._pace.wait()
        if not self._now():
            return False
        host.asked += 1
        self._requests += 1
        return True

    def _now(self) -> bool:
        """Whether asking is still allowed: hours and authority may end while it goes on."""
        try:
            self._scope.check_now(self._plan.now())
        except BadUsage as error:
            self._stopped = f"{error.what} ({error.why}); not every host was asked"
        return not self._stopped

    def outcome(self, stopped: str = "") -> Outcome:
        """What was seen so far. `stopped`: why no more was asked."""
        states = [self._record.host(address) for address in self._scope.hosts()]
        counted = {name: sum(host.state == name for host in states) for name in ("answered", "closed", "silent")}
        dropped = sum(host.dropped for host in states)
        return Outcome(
            len(states),
            counted["answered"],
            counted["closed"],
            counted["silent"],
            self._requests,
            dropped,
            self._record.outside,
            self._unseen(),
            stopped or self._stopped,
        )

    def _unseen(self) -> list[str]:
        """Networks from which nothing came, each with what may be the reason."""
        heard = [ipaddress.IPv4Address(key) for key, host in self._record.hosts.items() if host.state != "silent"]
        found = []
        for network in (*self._scope.networks, *self._scope.public):
            if any(address in network for address in heard):
                continue
            if any(network.subnet_of(left) for left in self._scope.leave_out):
                continue
            near = any(link.network.overlaps(network) for link in self._plan.links)
            why = (
                "this machine stands in it" if near else "this machine does not stand in it: multicast cannot reach it"
            )
            found.append(f"{network}: nothing came; {why}")
        return found


def links_of(scope: Scope, there: Sequence[Interface]) -> list[Interface]:
    """The interfaces whose whole network lies in the scope: a question to a group reaches everybody on a link."""
    told = list(ipaddress.collapse_addresses((*scope.networks, *scope.public)))
    return [
        link
        for link in there
        if any(link.network.subnet_of(network) for network in told)
        and not any(link.network.overlaps(network) for network in scope.leave_out)
    ]


def run(plan: Plan, record: Record) -> Outcome:
    """Ask everybody in the scope. An interrupt stops asking; what came stands in the record.

    Raises BadUsage before anything is sent where the scope does not allow it now.
    """
    plan.scope.check_now(plan.now())
    asking = _Asking(plan, record)
    with suppress(KeyboardInterrupt):
        return asyncio.run(asking.run())
    return asking.outcome("interrupted before every host was asked")
