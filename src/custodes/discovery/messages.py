"""Everything that is ever sent: questions only. No login, no command, nothing that changes a device.

Layouts and sources: docs/discover.md. A test reads the wire and compares it with this list.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from uuid import UUID

SADP_GROUP, SADP_PORT = "239.255.255.250", 37020
DHIP_GROUP, DHIP_PORT = "239.255.255.251", 37810
WSD_GROUP, WSD_PORT = "239.255.255.250", 3702
SSDP_GROUP, SSDP_PORT = "239.255.255.250", 1900
MDNS_GROUP, MDNS_PORT = "224.0.0.251", 5353
#: Services asked for by mDNS.
MDNS_SERVICES = ("_axis-video._tcp", "_axis-nvr._tcp", "_arec._tcp", "_rtsp._tcp", "_psia._tcp", "_CGI._tcp")
AGENT = "custodes-discover (read-only inventory)"


@dataclass(frozen=True, slots=True)
class Question:
    """One question by UDP. `protocol`: as the reader of replies knows it."""

    protocol: str
    group: str
    port: int
    payload: bytes


def sadp(uuid: UUID) -> bytes:
    """The inquiry of SADP."""
    told = str(uuid).upper()
    return f'<?xml version="1.0" encoding="utf-8"?><Probe><Uuid>{told}</Uuid><Types>inquiry</Types></Probe>'.encode()


def dhip() -> bytes:
    """The search of DHIP: a header of 32 bytes, then JSON."""
    body = json.dumps({"method": "DHDiscover.search", "params": {"mac": "", "uni": 1}}).encode() + b"\n"
    head = struct.pack("<I4sIIIIII", 0x20, b"DHIP", 0, 0, len(body), 0, len(body), 0)
    return head + body


def ws_discovery(uuid: UUID) -> bytes:
    """A Probe of WS-Discovery for network video transmitters."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"'
        ' xmlns:w="http://schemas.xmlsoap.org/ws/2004/08/addressing"'
        ' xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"'
        ' xmlns:dn="http://www.onvif.org/ver10/network/wsdl">'
        f"<e:Header><w:MessageID>uuid:{uuid}</w:MessageID>"
        '<w:To e:mustUnderstand="true">urn:schemas-xmlsoap-org:ws:2005:04:discovery</w:To>'
        '<w:Action e:mustUnderstand="true">http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</w:Action>'
        "</e:Header><e:Body><d:Probe><d:Types>dn:NetworkVideoTransmitter</d:Types></d:Probe></e:Body></e:Envelope>"
    ).encode()


def ssdp() -> bytes:
    """A search of SSDP for root devices."""
    return (
        f"M-SEARCH * HTTP/1.1\r\nHOST: {SSDP_GROUP}:{SSDP_PORT}\r\n"
        'MAN: "ssdp:discover"\r\nMX: 2\r\nST: upnp:rootdevice\r\n\r\n'
    ).encode()


def mdns() -> bytes:
    """A query of mDNS for the services that cameras announce; answers are asked for by unicast."""
    out = struct.pack(">6H", 0, 0, len(MDNS_SERVICES), 0, 0, 0)
    for service in MDNS_SERVICES:
        for label in (*service.split("."), "local"):
            out += bytes([len(label)]) + label.encode()
        out += b"\0" + struct.pack(">HH", 12, 0x8001)
    return out


def questions(uuid: UUID) -> list[Question]:
    """The questions that are put to everybody on a link at once."""
    return [
        Question("ws-discovery", WSD_GROUP, WSD_PORT, ws_discovery(uuid)),
        Question("sadp", SADP_GROUP, SADP_PORT, sadp(uuid)),
        Question("dhip", DHIP_GROUP, DHIP_PORT, dhip()),
        Question("ssdp", SSDP_GROUP, SSDP_PORT, ssdp()),
        Question("mdns", MDNS_GROUP, MDNS_PORT, mdns()),
    ]


def unicast_questions(uuid: UUID) -> list[Question]:
    """The questions that are put to one host by UDP, for networks that multicast does not reach."""
    return [item for item in questions(uuid) if item.protocol in ("ws-discovery", "sadp", "dhip")]


def http(host: str, path: str = "/") -> bytes:
    """A request for a page, without a login."""
    return (
        f"GET {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: {AGENT}\r\nAccept: text/html\r\nConnection: close\r\n\r\n"
    ).encode()


def rtsp(host: str, port: int) -> bytes:
    """Which methods an RTSP server has."""
    return f"OPTIONS rtsp://{host}:{port}/ RTSP/1.0\r\nCSeq: 1\r\nUser-Agent: {AGENT}\r\n\r\n".encode()


def onvif(host: str, path: str) -> bytes:
    """ONVIF GetDeviceInformation, without a login."""
    body = (
        '<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope">'
        '<s:Body><GetDeviceInformation xmlns="http://www.onvif.org/ver10/device/wsdl"/></s:Body></s:Envelope>'
    )
    return (
        f"POST {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: {AGENT}\r\n"
        'Content-Type: application/soap+xml; charset=utf-8; action="http://www.onvif.org/ver10/device/wsdl/'
        f'GetDeviceInformation"\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}'
    ).encode()
