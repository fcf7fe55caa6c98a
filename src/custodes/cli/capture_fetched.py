"""`custodes capture --inspect`: what the files hold that devices fetched."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from custodes.cli.captures import device_object
from custodes.cli.firmware_commands import ready
from custodes.estate.capturing import Watched


def looked_into(devices: Sequence[Watched], overlays: Sequence[Path]) -> Iterator[dict[str, Any]]:
    """The devices as they are printed, with `firmware` in each file that was looked into."""
    ready()
    from custodes.estate.fetched import device_key, look
    from custodes.estate.firmware import signs_of
    from custodes.model.firmware import Limits
    from custodes.publication.firmware.objects import fetched_object

    looked = look(devices, signs_of(overlays), Limits())
    for device in devices:
        told = device_object(device)
        for one in told["objects"]:
            image = looked.images.get(one["sha256"])
            if image is not None:
                shared = looked.shared.get((device_key(device), one["sha256"]), ())
                one["firmware"] = fetched_object(image) | {
                    "shared": [
                        {"sha256": row.sha256, "size": row.size, "path": row.path,
                         "devices": [{"device": other, "brand_name": name or None} for other, name in row.devices]}
                        for row in shared
                    ]
                }  # fmt: skip
        yield told
