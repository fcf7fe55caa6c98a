"""Claims brought to the devices of captures and logs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from custodes.attribution.claims import Seen, judge
from custodes.estate.capturing import Watched
from custodes.knowledge.text import plain
from custodes.model.assessment import Because
from custodes.model.captures import Observed
from custodes.model.claims import Claimed, Judged, Verdict

_UNSEEN = "the device was not seen"


def judged_claims(claims: Sequence[Claimed], seen: Sequence[tuple[Observed, Sequence[Watched]]]) -> Iterator[Judged]:
    """Every claim against every capture and each device that it is on; one whose device is nowhere is not testable."""
    for claim in claims:
        found = False
        for observed, devices in seen:
            hours = _hours(observed)
            out = any(device.station.external for device in devices)
            for device in devices:
                if not _is_on(claim, device):
                    continue
                found = True
                verdict, because = judge(claim, _seen(device, anybody_out=out))
                station = device.station
                yield Judged(
                    claim, verdict, (*because, *_lost(observed)), hours, observed.capture, station.mac, station.ips
                )
        if not found:
            names = ", ".join(observed.capture for observed, _ in seen)
            yield Judged(claim, Verdict.NOT_TESTABLE, (Because("coverage", f"{_UNSEEN} in {names}"),), 0.0)


def _is_on(claim: Claimed, device: Watched) -> bool:
    """Whether a claim is on a device: by link address, by address, by label, or on all."""
    told = claim.device.strip().lower()
    if told == "*":
        return True
    if told.replace("-", ":") == device.station.mac or told in device.station.ips:
        return True
    name = device.identity.brand_name or ""
    return bool(name) and plain(told) == plain(name) and str(device.identity.status) == "asserted"


def _seen(device: Watched, *, anybody_out: bool) -> Seen:
    station, notes = device.station, device.station.notes
    return Seen(
        device.coverage,
        anybody_out,
        list(zip(station.external, device.destinations, strict=True)),
        station.local,
        device.uploads,
        [f"http://{one.request.host}{one.request.uri}" for one in device.updates],
        list(notes.credentials),
        list(notes.assigned),
        list(device.bypassed),
    )


def _lost(observed: Observed) -> Iterator[Because]:
    """What makes the absence of something weaker."""
    coverage = observed.coverage
    for count, text in (
        (coverage.dropped or 0, "frames were lost by the capturing program"),
        (coverage.cut, "frames are stored cut"),
    ):
        if count:
            yield Because("coverage", f"{count} {text}")
    if coverage.problem:
        yield Because("coverage", coverage.problem)


def _hours(observed: Observed) -> float:
    coverage = observed.coverage
    if coverage.first is None or coverage.last is None:
        return 0.0
    return (coverage.last - coverage.first) / 3.6e12
