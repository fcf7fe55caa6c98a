"""Made-up devices for tests: each address of a network answers as one of several kinds. SYNTHETIC, for namespaces only.

    python discovery_emulator.py NETWORK LOG [KIND]

Kinds go round by address: hik, dahua, relabel, axis, plain, printer, silent, slow, wrong-realm, copied. Every byte that
a device hears is written to LOG.
"""

from __future__ import annotations

import asyncio
import ipaddress
import json
import re
import resource
import socket
import struct
import sys
from contextlib import suppress

KINDS = ("hik", "dahua", "relabel", "axis", "plain", "printer", "silent", "slow", "wrong-realm", "copied")
LABELS = {
    "hik": ("HIKVISION", "DS-2CD2143G2-I", "V5.7.1"),
    "dahua": ("Dahua", "IPC-HFW2231S-S-S2", "2.800.0000018.0.R"),
    "relabel": ("Lorex", "W461ASC", "2.800.030000000.3.R"),
    "axis": ("AXIS", "P3245-LV", "10.12.1"),
    "plain": ("General", "IPC-1", "1.0"),
}


def kind_of(address: str, fixed: str = "") -> str:
    """What the device at an address is."""
    return fixed or KINDS[int(ipaddress.IPv4Address(address)) % len(KINDS)]


def page(kind: str) -> bytes:
    """The answer to a request for the first page."""
    head = {
        "hik": 'HTTP/1.1 401 Unauthorized\r\nServer: App-webs/\r\nWWW-Authenticate: Digest realm="IP Camera(C1234)"',
        "axis": 'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Digest realm="AXIS_ACCC8E000001"',
        "wrong-realm": 'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm="Office printer"',
        "printer": "HTTP/1.1 200 OK\r\nServer: HP HTTP Server; HP LaserJet M404",
        "copied": "HTTP/1.1 200 OK\r\nServer: Zork Print Server 1.0",
    }.get(kind, "HTTP/1.1 200 OK\r\nServer: webserver")
    title = {"copied": "Network printer status", "printer": "HP LaserJet"}.get(kind, "Login")
    return f"{head}\r\nConnection: close\r\n\r\n<html><title>{title}</title></html>".encode()


def onvif(kind: str) -> bytes:
    """The answer to GetDeviceInformation; many devices want a login for it."""
    if kind not in LABELS or kind == "axis":
        return b"HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\n"
    label, model, firmware = LABELS[kind]
    return (
        "HTTP/1.1 200 OK\r\nContent-Type: application/soap+xml\r\nConnection: close\r\n\r\n"
        '<?xml version="1.0"?><s:Envelope xmlns:s="x"><s:Body><tds:GetDeviceInformationResponse xmlns:tds="y">'
        f"<tds:Manufacturer>{label}</tds:Manufacturer><tds:Model>{model}</tds:Model>"
        f"<tds:FirmwareVersion>{firmware}</tds:FirmwareVersion></tds:GetDeviceInformationResponse></s:Body></s:Envelope>"
    ).encode()


def probe_match(kind: str, address: str) -> bytes:
    """The answer to a WS-Discovery probe."""
    label, model, _ = LABELS[kind]
    return (
        '<?xml version="1.0"?><e:Envelope xmlns:e="x" xmlns:d="y"><e:Body><d:ProbeMatches><d:ProbeMatch>'
        "<d:Types>dn:NetworkVideoTransmitter</d:Types><d:Scopes>onvif://www.onvif.org/type/video_encoder "
        f"onvif://www.onvif.org/hardware/{model} onvif://www.onvif.org/name/{label}</d:Scopes>"
        f"<d:XAddrs>http://{address}/onvif/device_service</d:XAddrs></d:ProbeMatch></d:ProbeMatches></e:Body></e:Envelope>"
    ).encode()


def answer(kind: str, port: int, address: str) -> bytes:
    """The answer of a device to a datagram on a port; empty if it gives none."""
    if port == 3702 and kind in ("hik", "dahua", "axis", "plain"):
        return probe_match(kind, address)
    mac = f"02-00-{int(ipaddress.IPv4Address(address)) & 0xFFFFFFFF:08x}"
    mac = "-".join(re.findall("..", mac.replace("-", "")))
    if port == 37020 and kind == "hik":
        _, model, firmware = LABELS[kind]
        return (
            f"<?xml version='1.0'?><ProbeMatch><Types>inquiry</Types><DeviceDescription>{model}</DeviceDescription>"
            f"<DeviceSN>{model}20210101AAWR123456789</DeviceSN><MAC>{mac}</MAC>"
            f"<SoftwareVersion>{firmware}build 210101</SoftwareVersion></ProbeMatch>"
        ).encode()
    if port == 37810 and kind in ("dahua", "relabel"):
        label, model, firmware = LABELS[kind]
        device = {"DeviceType": model, "Version": firmware, "Vendor": label, "DeviceClass": "IPC"}
        body = json.dumps(
            {"mac": mac.replace("-", ":"), "method": "client.notifyDevInfo", "params": {"deviceInfo": device}}
        )
        return struct.pack("<I4sIIIIII", 32, b"DHIP", 0, 0, len(body), 0, len(body), 0) + body.encode()
    return b""


class Datagrams(asyncio.DatagramProtocol):
    """One UDP port of one address."""

    def __init__(self, address: str, port: int, kind: str, log) -> None:  # type: ignore[no-untyped-def]
        self.address, self.port, self.kind, self.log = address, port, kind, log

    def connection_made(self, transport) -> None:  # type: ignore[no-untyped-def]
        self.transport = transport

    def datagram_received(self, data: bytes, addr) -> None:  # type: ignore[no-untyped-def]
        self.log(self.address, f"udp/{self.port}", data)
        told = answer(self.kind, self.port, self.address)
        if told:
            self.transport.sendto(told, addr)


async def speak(writer: asyncio.StreamWriter, kind: str, port: int, data: bytes) -> None:
    """Answer what was heard on a TCP port; a slow device drips."""
    if kind == "slow":
        for _ in range(100):
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(1)
    elif port == 554:
        server = {"dahua": "Rtsp Server/3.0", "axis": "GStreamer RTSP server"}.get(kind, "")
        writer.write(f"RTSP/1.0 200 OK\r\nCSeq: 1\r\nServer: {server}\r\nPublic: OPTIONS\r\n\r\n".encode())
    else:
        writer.write(onvif(kind) if b"GetDeviceInformation" in data else page(kind))
    await writer.drain()


async def main(network: str, path: str, fixed: str) -> None:
    """Answer until killed."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (20_000, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    stream = open(path, "w", buffering=1)  # noqa: PTH123, SIM115

    def log(address: str, port: str, data: bytes) -> None:
        stream.write(json.dumps([address, port, data.decode("latin-1")]) + "\n")

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        address, port = writer.get_extra_info("sockname")[:2]
        data = await reader.read(8192)
        log(address, f"tcp/{port}", data)
        with suppress(OSError):
            await speak(writer, kind_of(address, fixed), port, data)
        writer.close()

    loop = asyncio.get_running_loop()
    hosts = [str(host) for host in ipaddress.IPv4Network(network).hosts()]
    for address in hosts:
        kind = kind_of(address, fixed)
        if kind == "silent":
            continue
        for port in (3702, 37020, 37810):
            sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            sock.setblocking(False)
            sock.bind((address, port))
            await loop.create_datagram_endpoint(lambda a=address, p=port, k=kind: Datagrams(a, p, k, log), sock=sock)
        await asyncio.start_server(talk, address, 80)
        if kind in ("hik", "dahua", "axis", "relabel"):
            await asyncio.start_server(talk, address, 554)
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else ""))
