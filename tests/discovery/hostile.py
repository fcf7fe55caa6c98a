"""A device that means harm: floods, endless and broken answers. SYNTHETIC, for namespaces only.

python hostile.py ADDRESS
"""

import asyncio
import sys

FLOOD = 100_000


class Flood(asyncio.DatagramProtocol):
    """Answers one question with very many different replies."""

    def connection_made(self, transport):  # type: ignore[no-untyped-def]
        self.transport, self.done = transport, False

    def datagram_received(self, data, addr):  # type: ignore[no-untyped-def]
        if not self.done:
            self.done = True
            asyncio.get_running_loop().create_task(self.flood(addr))

    async def flood(self, addr):  # type: ignore[no-untyped-def]
        for number in range(FLOOD):
            self.transport.sendto(
                b"<ProbeMatch><DeviceDescription>DS-%d</DeviceDescription></ProbeMatch>" % number, addr
            )
            if number % 500 == 0:
                await asyncio.sleep(0)


async def main(address):  # type: ignore[no-untyped-def]
    async def endless(reader, writer):  # type: ignore[no-untyped-def]
        writer.write(b"HTTP/1.1 200 OK\r\nServer: " + b"A" * 10_000_000)

    async def drip(reader, writer):  # type: ignore[no-untyped-def]
        while True:
            writer.write(b"\xff\xfe<")
            await writer.drain()
            await asyncio.sleep(0.05)

    loop = asyncio.get_running_loop()
    for port in (3702, 37020, 37810):
        await loop.create_datagram_endpoint(Flood, local_addr=(address, port))
    await asyncio.start_server(endless, address, 80)
    await asyncio.start_server(drip, address, 554)
    print("ready", flush=True)
    await asyncio.Event().wait()


asyncio.run(main(sys.argv[1]))
