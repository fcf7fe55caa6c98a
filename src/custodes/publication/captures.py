"""A device of a capture in lines for a terminal: what it is, where its traffic goes, what it asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

#: Lines of one kind that are shown of a device; the rest is counted.
MOST_SHOWN = 12


def lines(row: Mapping[str, Any]) -> Iterator[str]:
    """The lines of one device, as `custodes capture` has it; control characters are still in them."""
    yield f"{row['mac'] or 'no link address'}  {', '.join(row['ips'][:4]) or 'no address'}  {_what(row['identity'])}"
    yield from _peers("    out ", row["external"])
    yield from _shown(
        "    out, without ports ", [f"{peer['ip']} {peer['proto']} {_bytes(peer)}" for peer in row["portless"]]
    )
    yield from _shown("    sends ", [_upload(one) for one in row["uploads"]])
    yield from _shown("    calls at a beat ", [_beat(one) for one in row["rhythms"]])
    for ip in row["resolvers"]["bypassing"]:
        yield f"    asks the resolver {ip}, which is not the one that its network gave it"
    yield from _shown("    asks for updates ", [_update(one) for one in row["update_requests"]])
    for one in row["objects"]:
        yield from _shown("    fetched ", [f"{one['kind']}, {size_text(one['size'])}, {one['url']}"])
        yield from _shown("        in it: ", _inside(one.get("firmware")))
    yield from _shown("    in the clear ", row["credentials"])
    coverage = row["coverage"]
    if coverage["first"] is not None:
        seconds = coverage["last"] - coverage["first"]
        yield f"    seen for {span_text(seconds)} in {row['capture']}: what it does at other times is not known"


def _inside(firmware: Mapping[str, Any] | None) -> Sequence[str]:
    """What a fetched file holds, as far as a person should see it at once, and who else fetched some of it."""
    if firmware is None:
        return []
    facts = [f"{one['value']} ({one['grade']})" for one in firmware["facts"] if one["kind"] == "capability"]
    parts = [f"{one['name']} {one['version']}" for one in firmware["components"]]
    others = [
        f"{one['path'] or 'the whole file'}, also fetched by {held['brand_name'] or 'a device of no known name'}"
        for one in firmware["shared"]
        for held in one["devices"][:1]
    ]
    return [", ".join(held) for held in (dict.fromkeys(facts), dict.fromkeys(parts), others[:3]) if held]


def _what(identity: Mapping[str, Any]) -> str:
    name = identity["brand_name"]
    words = [f"probably {name}" if name and identity["status"] == "review" else name or "maker not known"]
    words += [identity["model"] or "", identity["device_type"] or ""]
    return " ".join(filter(None, words))


def _peers(head: str, peers: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for peer in peers[:MOST_SHOWN]:
        names = [one["name"] for one in peer["names"]]
        told = f" {names[0]}" + (f" and {len(names) - 1} more" if len(names) > 1 else "") if names else ""
        spoken = f" ({', '.join(peer['spoken'])})" if peer["spoken"] else ""
        yield f"{head}{peer['ip']}:{peer['port']}/{peer['proto']}{told}{spoken}{_whose(peer)} {_bytes(peer)}"
    if len(peers) > MOST_SHOWN:
        yield f"{head}and {len(peers) - MOST_SHOWN} more"


def _whose(peer: Mapping[str, Any]) -> str:
    """Whose a peer is and where; a lead is told as one."""
    told = " of ".join(filter(None, (peer["service"], peer["operator"])))
    if told and peer["status"] != "asserted":
        told = f"a lead: {told}"
    words = [told] if told else []
    if peer["network"]:
        words.append(f"network of {peer['network']}")
    words += _countries(peer)
    return f" [{'; '.join(words)}]" if words else ""


def _countries(peer: Mapping[str, Any]) -> Iterator[str]:
    """What is told of countries, each kind by its name."""
    registers = dict.fromkeys(code for code in (peer["registered_country"], peer["network_country"]) if code)
    hosting = peer["hosting_countries"]
    if hosting:
        yield f"stands in {' or '.join(hosting)}" + (" (disputed)" if len(hosting) > 1 else "")
    elif registers:
        yield "where it stands is not known"
    if list(registers) != hosting and registers:
        yield f"registered in {' or '.join(registers)}"


_SAID = {
    "no_internet": "sends nothing to the internet",
    "only_countries": "sends only to servers in {0}",
    "not_countries": "sends to no server in {0}",
    "only_operators": "sends only to servers of {0}",
    "not_operators": "sends to no server of {0}",
    "only_names": "sends only to names in {0}",
    "no_video_out": "sends no video to the internet",
    "no_updates": "asks for no firmware",
    "no_clear_credentials": "passes no credentials in the clear",
    "own_resolver": "asks the resolver of its network alone",
    "mud": "does what its description {0} allows",
}


def claim_lines(row: Mapping[str, Any]) -> Iterator[str]:
    """The lines of a claim, as `custodes claims` has it; control characters are still in them."""
    said = _SAID[row["claim"]].format(", ".join(row["values"]))
    told = [row["said_by"] or "nobody is named", row["date"] or "no date", row["source"] or "no source"]
    held = f" in {span_text(row['hours'] * 3_600)}" if row["verdict"] == "not contradicted" else ""
    yield f"{row['verdict']}{held}: {row['mac'] or ', '.join(row['ips'][:1]) or row['device']} {said}"
    yield f"    as said by: {', '.join(told)}"
    yield from _shown("    ", [item["text"] for item in row["because"]])


def credits_of(told: Sequence[tuple[str, str]]) -> Iterator[str]:
    """The days of the tables of networks, and whom their licences have us name."""
    days = sorted({day for day, _ in told})
    span = days[0] if days[0] == days[-1] else f"{days[0]} to {days[-1]}"
    yield f"networks and countries: tables of {span}; a country is an estimate or a register's, never proof"
    yield from dict.fromkeys(f"    {credit}" for _, credit in told)


def _shown(head: str, texts: Sequence[str]) -> Iterator[str]:
    for text in texts[:MOST_SHOWN]:
        yield head + text[:160]
    if len(texts) > MOST_SHOWN:
        yield f"{head}and {len(texts) - MOST_SHOWN} more"


def _upload(one: Mapping[str, Any]) -> str:
    video = "video" if one["video"] == "seen" else "what is consistent with video, by its shape alone,"
    to = "on its own network" if one["where"] == "local" else one["operator"] or "whose operator is not known"
    return f"{video} to {one['ip']}:{one['port']}/{one['proto']} {to}: {one['because'][0]['text']}"


def _beat(one: Mapping[str, Any]) -> str:
    return f"{one['ip']}:{one['port']}/{one['proto']}: {one['because'][0]['text']}"


def _update(one: Mapping[str, Any]) -> str:
    told = ", ".join(f"{key} {value}" for key, value in one["told"].items())
    return f"{one['url'][:100]}" + (f" (tells {told})" if told else "")


def _bytes(peer: Mapping[str, Any]) -> str:
    return f"{size_text(peer['bytes_up'])} up, {size_text(peer['bytes_down'])} down"


def size_text(size: int) -> str:
    """Bytes as people read them."""
    for unit in ("bytes", "kB", "MB"):
        if size < 1_000:
            return f"{size:.0f} {unit}" if unit == "bytes" or size >= 100 else f"{size:.1f} {unit}"
        size /= 1_000  # type: ignore[assignment]
    return f"{size:.1f} GB"


def span_text(seconds: float) -> str:
    """A span of time as people read it."""
    if seconds < 120:
        return f"{seconds:.0f} s"
    if seconds < 7_200:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3_600:.1f} h"
