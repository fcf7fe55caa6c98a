"""What `test_firmware_fuzz` runs: atheris against one reader, named first on the command line. No network."""

from __future__ import annotations

import sys
from contextlib import suppress

import atheris

with atheris.instrument_imports(include=["custodes.evidence.firmware"]):
    from custodes.evidence.firmware.budget import Budget, Damaged, Enough, Opened
    from custodes.evidence.firmware.facts.accounts import accounts
    from custodes.evidence.firmware.facts.kinds import sections
    from custodes.evidence.firmware.facts.secrets import bare_certificate, secrets
    from custodes.evidence.firmware.facts.services import services
    from custodes.evidence.firmware.formats import FORMATS
    from custodes.evidence.firmware.hiding import hidden
    from custodes.evidence.firmware.opening import open_image
    from custodes.model.firmware import Entry, Grade, Limits

LIMITS = Limits(bytes=4 << 20, files=500, depth=4, seconds=3.0)


def _reader(name: str, data: bytes) -> None:
    for one in FORMATS:
        if one.name == name and data[one.back : one.back + len(one.mark)] == one.mark:
            opened = Opened(Budget(LIMITS))
            with suppress(Enough, Damaged):
                end = one.read(memoryview(data), 0, opened)
                assert end is None or 0 < end <= len(data) + 64, end


def _facts(data: bytes) -> None:
    sections(data)
    text = data.decode("utf-8", "replace")
    hidden(text)
    for path in ("etc/passwd", "etc/shadow", "etc/inittab", "etc/inetd.conf", "etc/init.d/x", "a.service", "x.der"):
        entry = Entry("v", path)
        list(accounts(entry, data))
        list(services(entry, text))
        list(secrets(entry, data, Grade.STRING))
        list(bare_certificate(entry, data))


def main() -> None:
    """Run the target."""
    target = sys.argv.pop(1)

    def one(data: bytes) -> None:
        if target == "image":
            image = open_image(data, "image", LIMITS)
            assert image.coverage.explained + image.coverage.by_strings <= len(data)
        elif target == "facts":
            _facts(data)
        else:
            _reader(target, data)

    atheris.Setup(sys.argv, one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
