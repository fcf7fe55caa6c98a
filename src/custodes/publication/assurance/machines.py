"""The assurance report for machines: OSCAL assessment results, and the devices as a CycloneDX bill of materials.

Neither says that anything is satisfied: where nothing was seen there is an observation, and no finding.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from typing import Any

from custodes.model.assessment import Assessment, Device
from custodes.model.checks import Result, Says, Way
from custodes.model.vocab import Status
from custodes.publication import words as w
from custodes.publication.opendata.frozen import dump
from custodes.publication.text import clean

_SPACE = uuid.UUID("5f0f3a58-5f6e-5c2f-9a2f-7f2a4f2f6d10")
_SHORT = {Says.SHORTFALL, Says.ATTESTED_NOT, Says.IN_PART}
_METHODS = {Way.AUTOMATIC: ["EXAMINE"], Way.ATTESTED: ["INTERVIEW"], Way.BOTH: ["EXAMINE", "INTERVIEW"]}
OSCAL, CYCLONEDX = "1.1.2", "1.6"


def oscal(assessment: Assessment, results: Sequence[Result]) -> bytes:
    """OSCAL assessment results (JSON, 1.1.2)."""
    moment = f"{assessment.as_at.isoformat()}T00:00:00Z"
    observed = [_observation(one, moment) for one in results]
    return dump(
        {
            "assessment-results": {
                "uuid": _uuid(assessment, "results"),
                "metadata": {
                    "title": clean(assessment.title) or "An estate",
                    "last-modified": moment,
                    "version": assessment.as_at.isoformat(),
                    "oscal-version": OSCAL,
                    "remarks": "Nothing here certifies. An observation without a finding says what was looked at.",
                },
                "import-ap": {"href": "#none", "remarks": "No assessment plan was given."},
                "results": [
                    {
                        "uuid": _uuid(assessment, "result"),
                        "title": "What an estate is looked through for",
                        "description": f"Checks of reference data {assessment.pack_version}, on the records as told.",
                        "start": moment,
                        "reviewed-controls": {"control-selections": [{"include-all": {}}]},
                        **({"observations": observed} if observed else {}),
                        **({"findings": found} if (found := [_finding(one) for one in results if _short(one)]) else {}),
                    }
                ],
            }
        }
    )


def _short(one: Result) -> bool:
    return one.says in _SHORT


def _key(one: Result) -> str:
    return f"{one.check.id}/{one.body}/{one.system}"


def _observation(one: Result, moment: str) -> dict[str, Any]:
    told = [one.text, *one.outcome.because]
    return {
        "uuid": str(uuid.uuid5(_SPACE, f"observation {_key(one)}")),
        "title": clean(one.check.asks),
        "description": clean(" ".join(filter(None, told))) or one.says.value,
        "props": [
            {"name": "says", "ns": "urn:custodes", "value": one.says.value},
            {"name": "check", "ns": "urn:custodes", "value": one.check.id},
        ],
        "methods": _METHODS.get(one.check.way, ["EXAMINE"]),
        "collected": moment,
    }


def _finding(one: Result) -> dict[str, Any]:
    return {
        "uuid": str(uuid.uuid5(_SPACE, f"finding {_key(one)}")),
        "title": clean(one.check.asks),
        "description": clean(one.text) or one.says.value,
        "target": {
            "type": "objective-id",
            "target-id": one.check.id,
            "status": {"state": "not-satisfied", "reason": "fail" if one.says is not Says.IN_PART else "other"},
        },
        "related-observations": [{"observation-uuid": str(uuid.uuid5(_SPACE, f"observation {_key(one)}"))}],
    }


def cyclonedx(assessment: Assessment) -> bytes:
    """The devices in use as CycloneDX 1.6: a manufacturer only where the actual maker is established."""
    return dump(
        {
            "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
            "bomFormat": "CycloneDX",
            "specVersion": CYCLONEDX,
            "serialNumber": f"urn:uuid:{_uuid(assessment, 'bom')}",
            "version": 1,
            "metadata": {"timestamp": f"{assessment.as_at.isoformat()}T00:00:00Z"},
            "components": [_component(device) for device in assessment.devices if device.live],
        }
    )


def _component(device: Device) -> dict[str, Any]:
    told = device.attribution
    found: dict[str, Any] = {
        "type": "device",
        "bom-ref": device.id,
        "name": clean(told.model or told.device_type or "not known"),
        "properties": [{"name": f"custodes:{name}", "value": value} for name, value in _properties(device)],
    }
    if told.maker_status is Status.ASSERTED and told.oem_name:
        found["manufacturer"] = {"name": clean(told.oem_name)}
    if device.firmware:
        found["version"] = clean(device.firmware)
    return found


def _properties(device: Device) -> Iterator[tuple[str, str]]:
    told = device.attribution
    yield "maker-how-sure", w.HOW_SURE[told.maker_status]
    yield "label", clean(w.label_name(told))
    yield "label-how-sure", w.HOW_SURE[told.status]
    yield "quantity", str(device.quantity)
    for name, value in (("body", device.body), ("system", device.system)):
        if value:
            yield name, clean(value)


def _uuid(assessment: Assessment, what: str) -> str:
    """The same for the same records on the same day."""
    files = " ".join(sorted(account.sha256 for account in assessment.files))
    return str(uuid.uuid5(_SPACE, f"{what} {assessment.as_at.isoformat()} {assessment.pack_version} {files}"))
