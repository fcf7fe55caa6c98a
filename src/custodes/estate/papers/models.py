"""Lines about models: devices in use of one label, model and maker; and what of them may be told to outsiders."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from custodes.estate.papers.catalogue import lines, value
from custodes.estate.papers.desk import Desk, groups, or_not_known, quantity, told
from custodes.estate.papers.devices import DEVICES, purpose
from custodes.knowledge.text import squash
from custodes.model.assessment import Device
from custodes.model.papers import Cell


@dataclass(frozen=True, slots=True)
class Same:
    """Devices in use of one label, model and maker, of which the form's rule says the same."""

    devices: list[Device]

    @property
    def one(self) -> Device:
        """Any of them."""
        return self.devices[0]


def _models(desk: Desk) -> Iterator[tuple[str, Same]]:
    def key(device: Device) -> tuple[str, ...]:
        told_ = device.attribution
        return (told_.brand_name or "", told_.model or "", told_.oem or "", desk.judged(device).answer)

    for parts, devices in groups(_named(desk), key).items():
        yield opaque(*parts), Same(devices)


def _named(desk: Desk) -> list[Device]:
    return [d for d in desk.live if d.attribution.brand_name or d.attribution.oem]


def opaque(*parts: str) -> str:
    """A key that is the same in every run and tells nobody what it was made from."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:12]


def _labels(desk: Desk) -> Iterator[tuple[str, Same]]:
    def key(device: Device) -> tuple[str, str]:
        return (device.attribution.brand_name or "", _code(desk, device))

    for parts, devices in groups([d for d in desk.live if d.attribution.brand_name], key).items():
        yield opaque(*parts), Same(devices)


#: A word of a model number: with a digit, or one or two letters. And what only looks like one.
_CODE_WORD = re.compile(r"(?=.*\d)[A-Za-z0-9+./()_-]{1,32}|[A-Za-z]{1,2}")
_NETWORK = re.compile(r"(?:\d{1,3}\.){3}\d|(?:[0-9A-Fa-f]{2}[:-]){3}")
_MOST_WORDS = 5


def _code(desk: Desk, device: Device) -> str:
    """The model, if its words are codes or names of products: a cell of a register can hold anything, a place too."""
    text = device.attribution.model or ""
    told_ = text.split()
    safe = all(_CODE_WORD.fullmatch(word) or squash(word) in desk.product_words for word in told_)
    return text if safe and len(told_) <= _MOST_WORDS and not _NETWORK.search(text) else ""


MODELS = lines("models", "one line for each label and model in use that a record names")(_models)
LABELS = lines("labels", "one line for each label and model in use: nothing but what stands on the box")(_labels)


@value(LABELS, "label.brand", "the name on the box")
def label_brand(_: Desk, same: Same) -> Cell:
    return told(same.one.attribution.brand_name or "")


@value(LABELS, "label.model", "model or part number; what does not look like one is not told")
def label_model(desk: Desk, same: Same) -> Cell:
    return or_not_known(_code(desk, same.one), "not in our records")


def _as_of_one(name: str) -> None:
    """What is the same of every device of the group is asked of one of them."""
    of_device = DEVICES[f"device.{name}"]
    value(MODELS, f"model.{name}", of_device.what)(lambda desk, same: of_device.make(desk, same.one))


for _name in ("brand", "model", "type", "maker", "determination", "concern"):
    _as_of_one(_name)


@value(MODELS, "model.quantity", "how many are in use")
def model_quantity(_: Desk, same: Same) -> Cell:
    return told(quantity(same.devices))


@value(MODELS, "model.systems", "the systems that use it")
def model_systems(_: Desk, same: Same) -> Cell:
    names = sorted({device.system for device in same.devices if device.system})
    return or_not_known("; ".join(names), "the records name no system")


@value(MODELS, "model.purpose", "what its systems serve, if that is told")
def model_purpose(desk: Desk, same: Same) -> Cell:
    found = {str(purpose(desk, device).value) for device in same.devices}
    return told("; ".join(sorted(found)))


@value(MODELS, "model.identified", "the day on which one was first found to be spoken of by the form's rule")
def model_identified(desk: Desk, same: Same) -> Cell:
    return told(min(desk.identified(device) for device in same.devices))


@value(MODELS, "model.evidence", "the evidence for the maker")
def model_evidence(_: Desk, same: Same) -> Cell:
    texts = (item.text for item in same.one.attribution.because if not item.against)
    return told("; ".join(dict.fromkeys(texts)) or "no evidence")
