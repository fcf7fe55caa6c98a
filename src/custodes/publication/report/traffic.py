"""The section on where traffic goes: a diagram, its table, and what the captures cannot answer for."""

from __future__ import annotations

from typing import Any

from custodes.model.assessment import Assessment, Device
from custodes.model.traffic import Flow, Traffic
from custodes.publication import words as w
from custodes.publication.captures import size_text, span_text
from custodes.publication.report import routes
from custodes.publication.report.entries import WITHHELD
from custodes.publication.text import clean

ROOTS_SHOWN, BRANCHES_SHOWN, ROWS_SHOWN = 12, 6, 400
NOBODY = "whose it is, is not known"


def traffic_view(assessment: Assessment) -> dict[str, Any] | None:
    """What the section shows; None where no capture was among the files."""
    if not assessment.traffic:
        return None
    devices = {device.id: device for device in assessment.devices}
    ranked = sorted(assessment.traffic, key=lambda one: (-one.up, one.file, one.row))
    flows = [(one, flow) for one in ranked for flow in one.flows]
    roots = [_root(one, devices.get(one.device)) for one in ranked[:ROOTS_SHOWN] if one.flows]
    longest = max(one.hours for one in ranked)
    return {
        "devices": len(ranked),
        "unrecorded": sum(not one.device for one in ranked),
        "span": span_text(longest * 3_600),
        "chart": routes.routes("t", "Where the traffic of devices goes", roots),
        "left": max(len(ranked) - ROOTS_SHOWN, 0),
        "rows": [_row(one, flow, devices.get(one.device)) for one, flow in flows[:ROWS_SHOWN]],
        "rows_left": max(len(flows) - ROWS_SHOWN, 0) + sum(one.others for one in ranked),
        "layers": sorted({_LAYERS[one.layer] for one in ranked}),
        "placed": any(flow.disputed is not None for _, flow in flows),
    }


_LAYERS = {
    "frame": "whole frames as they were on the wire",
    "ip": "packets of IP without the link's own bytes",
    "payload": "what was carried without any header",
    "both": "what was carried without any header, both directions in one",
    "none": "no bytes",
}


def _name(one: Traffic, device: Device | None) -> str:
    if device is not None and device.sensitive:
        return f"{device.id} ({WITHHELD})"
    address = one.mac or ", ".join(one.ips[:1])
    if device is None:
        return f"{address} (in no record)"
    return clean(device.name) or address


def _root(one: Traffic, device: Device | None) -> routes.Root:
    """A device with its destinations, those of one operator together."""
    grouped: dict[str, list[Flow]] = {}
    for flow in one.flows:
        grouped.setdefault(_whose(flow), []).append(flow)
    ranked = sorted(grouped.items(), key=lambda item: (-sum(flow.up for flow in item[1]), item[0]))
    branches = [_branch(whose, flows) for whose, flows in ranked[:BRANCHES_SHOWN]]
    rest = [flow for _, flows in ranked[BRANCHES_SHOWN:] for flow in flows]
    if rest:
        branches.append(_branch(f"{len(ranked) - BRANCHES_SHOWN} others, in the table", rest))
    return routes.Root(_name(one, device), tuple(branches))


def _branch(whose: str, flows: list[Flow]) -> routes.Branch:
    up, down = sum(flow.up for flow in flows), sum(flow.down for flow in flows)
    places = list(dict.fromkeys(code for flow in flows for code in flow.hosting))
    where = f"stands in {' or '.join(places[:4])}" if places else ""
    return routes.Branch(whose, where, f"{size_text(up)} up, {size_text(down)} down", up)


def _whose(flow: Flow) -> str:
    if flow.operator:
        return clean(flow.operator)
    if flow.lead:
        return f"perhaps {clean(flow.lead)}"
    return f"in the network of {clean(flow.network)}" if flow.network else NOBODY


def _row(one: Traffic, flow: Flow, device: Device | None) -> dict[str, Any]:
    return {
        "device": _name(one, device),
        "name": clean(flow.name),
        "end": f"{flow.ip}:{flow.port}/{flow.proto}" if flow.port is not None else f"{flow.ip} {flow.proto}",
        "whose": "; ".join(filter(None, (clean(flow.service), _whose(flow)))),
        "network": clean(flow.network),
        "where": _where(flow),
        "up": size_text(flow.up),
        "down": size_text(flow.down),
        "listened": span_text(one.hours * 3_600),
        "file": one.file,
    }


def _where(flow: Flow) -> str:
    """What is told of countries, each kind by its name; that tables differ is told."""
    if flow.disputed is None:
        return "not known"
    stands = f"stands in {' or '.join(flow.hosting)}" if flow.hosting else "where it stands is not known"
    told = [stands + (" (disputed)" if len(flow.hosting) > 1 else "")]
    if flow.registered and set(flow.registered) != set(flow.hosting):
        told.append(f"network registered in {' or '.join(flow.registered)}")
    return w.say("; ".join(told), {})
