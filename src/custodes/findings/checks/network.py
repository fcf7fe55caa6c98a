"""Tests of what the network shows. What was not looked at is not told as clean: without a scan or capture the answer is
that it is not known."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from custodes.findings.checks.scope import Scope, ids, network_files, on_record
from custodes.model.checks import Check, Outcome
from custodes.model.contradictions import About
from custodes.model.vocab import Field

_NO_TRAFFIC = "no capture or log of their traffic is among the files"
_NO_PORTS = "no scan that tells their open ports is among the files"
_MOST = 8


def register_network(_: Check, scope: Scope) -> Outcome:
    """What is on the network and surely in no record falls short; what is recorded and was not seen is open, as is what
    was only seen and could be one of the records: not visible from where it was looked is not absent."""
    network = network_files(scope)
    recorded = set(ids(scope.devices, lambda one: on_record(one, network)))
    if not network or not any(one.seen for one in scope.devices):
        return Outcome(missing="no scan, capture or log shows any of its devices")
    if not recorded:
        return Outcome(missing="no register tells of its devices")
    short = ids(scope.devices, lambda one: any(told.about == About.NOT_RECORDED for told in one.findings))
    unseen = ids(scope.devices, lambda one: not one.seen and one.id in recorded)
    known = recorded.union(short)
    loose = ids(scope.devices, lambda one: one.id not in known)
    because = (
        f"on the network and in no record: {len(short):,}",
        f"on record and not seen: {len(unseen):,}",
        *([f"seen, and perhaps one of the records: {len(loose):,}"] if loose else []),
    )
    return Outcome(len(scope.devices), short, (*unseen, *loose), because)


def services(check: Check, scope: Scope) -> Outcome:
    """Devices that listen where the check names a service that has to be justified."""
    looked = [one for one in scope.devices if one.ports]
    if not looked:
        return Outcome(missing=_NO_PORTS)
    met = Counter(port for one in looked for port in one.ports if port in check.ports)
    short = ids(looked, lambda one: not check.ports.keys().isdisjoint(one.ports))
    because = tuple(f"{check.ports[port]} ({port}): {number:,}" for port, number in met.most_common(_MOST))
    silent = ids(scope.devices, lambda one: not one.ports)
    return Outcome(len(looked), short, silent, (*because, "only the ports that the scan asked count"))


def in_the_clear(check: Check, scope: Scope) -> Outcome:
    """Devices that listen for what is not enciphered, or whose credentials were seen passing in the clear."""
    found = services(check, scope)
    passed = _of_traffic(scope, "credentials")
    unknown = ids(scope.devices, lambda one: not one.ports and one.id not in scope.heard)
    if len(unknown) == len(scope.devices):
        return Outcome(missing=f"{_NO_PORTS}, and {_NO_TRAFFIC}")
    because = [*found.because, *([f"credentials passed in the clear: {len(passed):,}"] if passed else [])]
    short = passed | set(found.short)
    ordered = ids(scope.devices, lambda one: one.id in short)
    return Outcome(len(scope.devices) - len(unknown), ordered, unknown, tuple(because))


def cloud(_: Check, scope: Scope) -> Outcome:
    """Devices that a record tells to be enrolled in a cloud or name service; open where no record of it could tell."""
    short = ids(scope.devices, lambda one: any(told.kind == "cloud-enrolled" for told in one.findings))
    enrolled = frozenset(short)
    telling = {one.file for one in scope.files if any(field == Field.CLOUD for _, field in one.mapped)}
    silent = ids(
        scope.devices, lambda one: one.id not in enrolled and telling.isdisjoint(row.file for row in one.sources)
    )
    if len(silent) == len(scope.devices):
        return Outcome(missing="no column of the records tells of cloud or name services")
    return Outcome(len(scope.devices) - len(silent), short, silent)


def clear_updates(_: Check, scope: Scope) -> Outcome:
    """Devices seen asking for firmware over a connection that anybody on the way can change."""
    return _among_heard(scope, _of_traffic(scope, "updates"))


def outward(_: Check, scope: Scope) -> Outcome:
    """Devices seen talking to the internet: whether that is allowed only a person can say, so each is open."""
    talked = {one.device for one in scope.traffic if one.flows}
    found = _among_heard(scope, set())
    open_ = ids(scope.devices, lambda one: one.id in talked)
    because = (*found.because, f"seen talking to the internet: {len(open_):,}") if scope.heard else ()
    return replace(found, unknown=(*found.unknown, *open_), because=because)


def destinations(_: Check, scope: Scope) -> Outcome:
    """Where devices sent to: an upload falls short, a place whose operator is not known is open."""
    named = Counter(
        f"{flow.operator or 'operator not known'}, {'/'.join(flow.hosting) or 'country not known'}"
        for one in scope.traffic
        for flow in one.flows
    )
    found = _among_heard(scope, _of_traffic(scope, "uploads"))
    loose = {one.device for one in scope.traffic if any(not flow.operator for flow in one.flows)}
    open_ = loose.difference(found.short)
    unknown = ids(scope.devices, lambda one: one.id in open_)
    because = tuple(f"{name}: {number:,}" for name, number in named.most_common(_MOST))
    return replace(found, unknown=(*found.unknown, *unknown), because=(*because, *found.because))


def exposed(check: Check, scope: Scope) -> Outcome:
    """Devices that others saw from the internet. Of the others it is not known: which addresses were
    looked at no such file tells."""
    views = {one.file for one in scope.files if one.format_id in check.formats}
    if not views:
        wanted = ", ".join(sorted(check.formats))
        return Outcome(missing=f"no file of what others saw of the own addresses is among the files ({wanted})")
    short = ids(scope.devices, lambda one: any(row.file in views for row in one.sources))
    unseen = ids(scope.devices, lambda one: all(row.file not in views for row in one.sources))
    return Outcome(len(scope.devices), short, unseen, ("what nobody saw may still be reachable",))


def _of_traffic(scope: Scope, what: str) -> set[str]:
    return {one.device for one in scope.traffic if getattr(one, what) and one.device}


def _among_heard(scope: Scope, short: set[str]) -> Outcome:
    """The outcome for devices whose traffic was listened to; of the others nothing is known."""
    unheard = ids(scope.devices, lambda one: one.id not in scope.heard)
    if len(unheard) == len(scope.devices):
        return Outcome(missing=_NO_TRAFFIC)
    because = (f"not listened to: {len(unheard):,}",) if unheard else ()
    ordered = ids(scope.devices, lambda one: one.id in short)
    return Outcome(len(scope.devices) - len(unheard), ordered, unheard, because)
