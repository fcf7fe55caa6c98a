"""Files that devices fetched, looked into as firmware; files that devices of different names have in common."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from custodes.estate.capturing import Watched
from custodes.evidence.firmware.facts.reading import with_facts
from custodes.evidence.firmware.facts.signs import Signs
from custodes.evidence.firmware.opening import open_image
from custodes.model.firmware import Image, Kind, Limits

#: Smaller files are alike by chance.
_TELLING = 512


@dataclass(frozen=True, slots=True)
class Shared:
    """A file inside what devices fetched that devices of other names fetched too. `devices`: link address (or address)
    and name of each of the others."""

    sha256: str
    size: int
    path: str
    devices: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Looked:
    """What the fetched files hold, by the SHA-256 of each; and what of it others fetched, by device and file."""

    images: Mapping[str, Image]
    shared: Mapping[tuple[str, str], Sequence[Shared]]


def look(devices: Sequence[Watched], signs: Signs, limits: Limits) -> Looked:
    """Look into the files that devices of captures fetched and that were kept."""
    images: dict[str, Image] = {}
    for device in devices:
        for one in device.station.notes.objects:
            if one.data and one.sha256 not in images:
                name = one.url.rsplit("/", 1)[-1].split("?")[0] or one.sha256[:12]
                images[one.sha256] = with_facts(open_image(one.data, name, limits), signs)
    return Looked(images, _shared(devices, images))


def device_key(device: Watched) -> str:
    """How a device is told apart from others."""
    return device.station.mac or ", ".join(device.station.ips[:1])


def _shared(devices: Sequence[Watched], images: Mapping[str, Image]) -> dict[tuple[str, str], list[Shared]]:
    holders: dict[str, dict[str, str]] = defaultdict(dict)
    for device in devices:
        for one in device.station.notes.objects:
            for digest in _files(images.get(one.sha256)):
                holders[digest][device_key(device)] = device.identity.brand_name or ""
    found: dict[tuple[str, str], list[Shared]] = defaultdict(list)
    for device in devices:
        key, name = device_key(device), device.identity.brand_name or ""
        for one in device.station.notes.objects:
            for digest, (size, path) in _files(images.get(one.sha256)).items():
                others = tuple(
                    (other, told) for other, told in holders[digest].items() if other != key and told != name
                )
                if others:
                    found[key, one.sha256].append(Shared(digest, size, path, others))
    return found


def _files(image: Image | None) -> dict[str, tuple[int, str]]:
    """Files of an image that are large enough to tell something, the image itself among them."""
    if image is None:
        return {}
    held = {
        entry.sha256: (entry.size, entry.path)
        for entry in image.entries
        if entry.kind is Kind.FILE and entry.size >= _TELLING
    }
    return {image.sha256: (image.size, ""), **held}
