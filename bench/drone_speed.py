"""Speed of reading Remote ID from captures beside tshark, on the same frames in one run.

    python bench/drone_speed.py --data CAPTURE [--repeat 20] [--seed 1]

The capture is written `--repeat` times behind itself, so that start-up does not count. Compared first: the frames that
carry Open Drone ID in beacons, their transmitters and the bytes of each. CPU seconds of whole processes. `--seed` is
taken for likeness with the other benchmarks; nothing here is random.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

from custodes.evidence.captures.files import Capture
from custodes.evidence.drones.links import BEACON, Sent, sent
from custodes.model.registers import Limits

FIELDS = ("frame.number", "wlan.sa", "wlan.tag.vendor.oui.type", "wlan.tag.vendor.data")
OURS = """
import sys
from pathlib import Path
from custodes.evidence.drones.heard import listen
from custodes.model.registers import Limits
found = listen(Path(sys.argv[1]), Limits())
print(found.frames, found.carrying, [(one.text, one.frames) for one in found.identities])
"""


def repeated(path: Path, out: Path, times: int) -> int:
    """Write the frames of a capture so many times as pcap of nanoseconds; the number of frames."""
    frames = list(Capture(path, Limits()).frames)
    with out.open("wb") as stream:
        stream.write(struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 262_144, frames[0].link))
        for _ in range(times):
            for frame in frames:
                seconds, rest = divmod(frame.time, 1_000_000_000)
                stream.write(struct.pack("<IIII", seconds, rest, len(frame.data), frame.length) + frame.data)
    return len(frames) * times


def ours(path: Path) -> list[tuple[int, str, bytes]]:
    """(frame, transmitter, messages) of every beacon that carries Open Drone ID."""
    return [
        (frame.number, item.transmitter, item.payload)
        for frame in Capture(path, Limits()).frames
        for item in sent(frame.link, frame.data)
        if isinstance(item, Sent) and item.protocol == BEACON
    ]


def theirs(path: Path) -> list[tuple[int, str, bytes]]:
    """The same by tshark: of the vendors' elements, those of type 0x0d, without type and counter."""
    fields = [part for name in FIELDS for part in ("-e", name)]
    command = ["tshark", "-n", "-r", str(path), "-Y", "wlan.tag.oui == 0xfa0bbc", "-T", "fields", *fields]
    found = []
    for line in subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines():
        number, address, _, data = line.split("\t")
        for part in data.split(","):
            if part.startswith("0d") and len(part) > 6 and part[4:6] == "f0":
                found.append((int(number), address, bytes.fromhex(part)[2:]))
    return found


def cpu(command: list[str]) -> tuple[float, str]:
    """CPU seconds of a process, and what it printed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout.strip()


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="a capture of IEEE 802.11 with Open Drone ID")
    parser.add_argument("--repeat", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    if shutil.which("tshark") is None:
        sys.exit("tshark is not installed: apt install tshark")
    same = ours(args.data) == theirs(args.data)
    version = subprocess.run(["tshark", "-v"], capture_output=True, text=True, check=True).stdout.splitlines()[0]
    handle, name = tempfile.mkstemp(suffix=".pcap")
    os.close(handle)
    try:
        frames = repeated(args.data, Path(name), args.repeat)
        mine, told = cpu([sys.executable, "-c", OURS, name])
        peer, _ = cpu(["tshark", "-n", "-r", name, "-Y", "wlan.tag.oui == 0xfa0bbc", "-T", "fields", "-e", "wlan.sa"])
    finally:
        Path(name).unlink()
    print(f"frames, transmitters and messages {'equal' if same else 'NOT EQUAL'}; {version}; -n, fields only")
    print(f"{frames:,} frames: {told}")
    print(f"{'CPU seconds':<14}{'custodes':>10}{'tshark':>10}{'times':>8}")
    print(f"{'':<14}{mine:>10.2f}{peer:>10.2f}{peer / mine:>8.1f}")
    sys.exit(0 if same else 1)


if __name__ == "__main__":
    main()
