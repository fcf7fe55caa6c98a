"""Writes every IPv4 packet that leaves an interface: protocol, addresses, ports, payload. For tests in namespaces only.

python sniffer.py INTERFACE LOG
"""

import json
import socket
import struct
import sys

OUTGOING = 4


def main(interface: str, path: str) -> None:
    """Sniff until killed."""
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(0x0003))
    sock.bind((interface, 0x0003))
    with open(path, "w", buffering=1) as out:  # noqa: PTH123
        print("ready", flush=True)
        while True:
            raw, told = sock.recvfrom(65535)
            if told[2] != OUTGOING or told[1] != 0x0800:
                continue
            size = (raw[0] & 15) * 4
            protocol, source, target = raw[9], socket.inet_ntoa(raw[12:16]), socket.inet_ntoa(raw[16:20])
            body = raw[size:]
            if protocol in (6, 17) and len(body) >= 8:
                port = struct.unpack(">H", body[2:4])[0]
                payload = body[8:] if protocol == 17 else body[(body[12] >> 4) * 4 :]
                out.write(json.dumps([protocol, source, target, port, payload.decode("latin-1")]) + "\n")


main(*sys.argv[1:])
