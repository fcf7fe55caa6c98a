"""Claims brought to the devices of captures and logs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from custodes.attribution.claims import Seen, judge
from custodes.estate.capturing import Watched
from custodes.knowledge import Knowledge
from custodes.knowledge.text import plain
from custodes.model.assessment import Because
from custodes.model.captures import Observed
from custodes.model.claims import Claim, Claimed, Judged, Verdict
from custodes.model.errors import BadInput

_UNSEEN = "the device was not seen"


def judged_claims(
    claims: Sequence[Claimed], seen: Sequence[tuple[Observed, Sequence[Watched]]], knowledge: Knowledge
) -> Iterator[Judged]:
    """Every claim against every capture and each device that it is on; one whose device is nowhere is not testable."""
    for claim in [_known(claim, knowledge) for claim in claims]:
        found = False
        for observed, devices in seen:
            hours = observed.coverage.hours
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


def _known(claim: Claimed, knowledge: Knowledge) -> Claimed:
    """A claim on operators with every name that those have. Raises BadInput for one that the reference data lacks."""
    if claim.kind not in (Claim.ONLY_OPERATORS, Claim.NOT_OPERATORS):
        return claim
    names: dict[str, set[str]] = {}
    for row in knowledge.pack.suppliers.values():
        told = {row.id, row.name, row.legal_name, *row.native_names}
        told |= {
            alias for brand in knowledge.pack.brands.values() if brand.supplier == row.id for alias in brand.aliases
        }
        for name in told:
            names.setdefault(plain(name), set()).update(told)
    for service in knowledge.services.rows.values():
        names.setdefault(plain(service.operator), {service.operator})
    unknown = [value for value in claim.values if plain(value) not in names]
    if unknown:
        what = f"no operator {unknown[0][:60]!r} is known"
        raise BadInput(
            what, where=f"claim {claim.id}", remedy="write it as `custodes capture` does, or add it by --pack"
        )
    values = sorted({name for value in claim.values for name in names[plain(value)]})
    return replace(claim, values=tuple(values))


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
        station.portless,
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
