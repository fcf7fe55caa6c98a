"""What is on sale: makes with their models, address blocks and what they say on the network, of the reference data."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from custodes.attribution.text import resolve_text
from custodes.estate.wire import devices_of
from custodes.evidence.wire.read import read_reply
from custodes.findings.contradictions.device import other_model
from custodes.knowledge import Knowledge, knowledge
from custodes.model.vocab import Status

#: A field of fingerprints to the protocol under which a port scan hands it on, and how nmap writes it.
SAID = {
    "http.title": ("http.html.title", '<script id="http-title" output="{}"/>'),
    "http.server": ("http.header.server", '<script id="http-server-header" output="{}"/>'),
}


@dataclass(frozen=True)
class Goods:
    """One make. `said`: what a unit says in a port scan, as XML with the text to be put in; `houses`: who owns it
    or may have made it."""

    brand: str
    name: str
    models: tuple[str, ...]
    prefixes: tuple[str, ...]
    said: str
    text: str
    houses: frozenset[str]

    def others(self, model: str) -> list[str]:
        """Models whose first long number is another: markets and lenses differ in letters."""
        return [one for one in self.models if other_model(model, one)]


@lru_cache(maxsize=1)
def goods() -> tuple[Goods, ...]:
    """Every make whose label, models and words on the network the reference data is sure of."""
    loaded = knowledge()
    blocks = _blocks(loaded)
    found = []
    for brand in sorted({row.brand for row in loaded.pack.grammars.values() if row.device_type == "camera"}):
        name = loaded.brand(brand).name
        models = sorted(_models(brand, name, loaded))
        said = _said(brand, loaded)
        prefixes = blocks.get(str(loaded.brand(brand).supplier), ())
        if len(models) > 1 and said and prefixes:
            row = loaded.brand(brand)
            houses = frozenset({str(row.supplier), *(edge.supplier for edge in row.makers)})
            found.append(Goods(brand, name, tuple(models), prefixes[:6], *said, houses))
    return tuple(found)


def _models(brand: str, name: str, loaded: Knowledge) -> set[str]:
    rows = [row for row in loaded.pack.grammars.values() if row.brand == brand and row.device_type == "camera"]
    told = {model for row in rows for model in row.examples.match}
    return {model for model in told if _sure(f"{name} {model}", brand, loaded) and "," not in model}


def _sure(text: str, brand: str, loaded: Knowledge) -> bool:
    mentions = resolve_text(text, loaded).mentions
    return [(one.brand, one.status) for one in mentions] == [(brand, Status.ASSERTED)]


def _said(brand: str, loaded: Knowledge) -> tuple[str, str] | None:
    """A way and a text that a unit of the brand shows on the network and is asserted by."""
    for rule in loaded.fingerprints:
        field = next((one for one in rule.fields if one in SAID), "")
        if rule.brand != brand or rule.surveillance is not True or not field:
            continue
        protocol, xml = SAID[field]
        for sample in rule.samples:
            replies = (read_reply(protocol, "text", sample.text),)
            identity = devices_of([replies], loaded)[0]
            if identity.status is Status.ASSERTED and identity.brand == brand and identity.model is None:
                return xml, sample.text
    return None


def _blocks(loaded: Knowledge) -> dict[str, tuple[str, ...]]:
    """Address blocks of suppliers, the first three bytes of each."""
    table = loaded.mac_table
    found: dict[str, list[str]] = {}
    for value, index in sorted(table.blocks[24].items()):
        supplier = loaded.registrants.supplier(table.organisations[index])
        if supplier is not None:
            found.setdefault(supplier, []).append(f"{value:06x}")
    return {supplier: tuple(prefixes) for supplier, prefixes in found.items()}
