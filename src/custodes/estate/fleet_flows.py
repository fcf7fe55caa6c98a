"""A fleet from its files to its counts: read, judged for being in use, counted."""

from __future__ import annotations

from collections.abc import Callable

from custodes.estate.config import Estate
from custodes.estate.fleet import Fleet, count, fleet_rows
from custodes.estate.flows import Options, assess, formats_of
from custodes.estate.sightings import read_sources
from custodes.knowledge import knowledge


def counted(estate: Estate, options: Options, progress: Callable[[str], None]) -> Fleet:
    """The counts of an estate's registers. Raises BadInput if nothing can be read at all."""
    loaded = knowledge(options.packs)
    devices = assess(estate, options, progress).assessment.devices
    gone = {(one.file, one.row) for device in devices if not device.live for one in device.sources}
    reading = read_sources(estate.sources, options.limits, formats_of(options.packs), progress, extras=True)
    return count(fleet_rows(reading.sightings, gone, loaded), loaded)
