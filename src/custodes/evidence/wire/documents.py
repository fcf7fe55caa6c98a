"""Replies in XML: SADP, WS-Discovery, ONVIF GetDeviceInformation, ISAPI deviceInfo, UPnP descriptions, Bosch's.

Layouts: docs/rooms/evidence.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from urllib.parse import unquote

from custodes.evidence.wire.markup import Elements
from custodes.evidence.wire.texts import MOST_BYTES, fields, mac_in, parts
from custodes.model.wire import Part, Reply

#: Longer lists of scopes are no camera's.
MOST_SCOPES = 200
#: Types that a device gives when it is a camera, an encoder or a recorder (ONVIF Core, "Device types").
_VIDEO_PROFILES = ("S", "G", "T", "M", "Q")
ONVIF_VIDEO = ("NetworkVideoTransmitter", "NetworkVideoStorage", "NetworkVideoDisplay", "NetworkVideoAnalytics")


def read_document(raw: bytes, onvif: bool = False) -> Reply | None:
    """The reply in an XML document; None if it is none of those known here.

    `onvif`: it was given as an answer to GetDeviceInformation, so that its fields count whatever stands around them.
    """
    start = raw[:2048].lstrip(b"\xef\xbb\xbf \t\r\n\0")
    if not start.startswith(b"<"):
        return None
    text = raw[raw.find(b"<") : MOST_BYTES].rstrip(b"\0 \r\n")
    found = Elements(text)
    reply = _known(found)
    if reply is None and onvif:  # elements without the one around them, as some scanners keep them
        bare = Elements(b"<reply>" + text + b"</reply>") if found.problem else found
        reply = _onvif(bare) if bare.has("Manufacturer") and bare.has("Model") else None
    return reply or (Reply(problem=found.problem) if found.problem else None)


def _known(found: Elements) -> Reply | None:
    for fits, read in _READERS:
        if fits(found):
            reply = read(found)
            return Reply(reply.family, reply.texts, reply.parts, found.problem)
    return None


def _sadp(found: Elements) -> Reply:
    told = parts(
        [
            (Part.MODEL, found.first("DeviceDescription")),
            (Part.SERIAL, found.first("DeviceSN")),
            (Part.FIRMWARE, found.first("SoftwareVersion")),
            (Part.MAC, found.first("MAC")),
            (Part.ADDRESS, found.first("IPv4Address")),
            (Part.LABEL, found.first("OEMInfo", "OEMinfo")),
        ]
    )
    return Reply("sadp", fields([("sadp.model", found.first("DeviceDescription"))]), told)


def _onvif(found: Elements) -> Reply:
    label, model = found.first("Manufacturer"), found.first("Model")
    told = parts(
        [
            (Part.LABEL, label),
            (Part.MODEL, model),
            (Part.FIRMWARE, found.first("FirmwareVersion")),
            (Part.SERIAL, found.first("SerialNumber")),
            (Part.HARDWARE, found.first("HardwareId")),
        ]
    )
    return Reply("onvif", fields([("onvif.manufacturer", label), ("onvif.model", model)]), told)


def _discovery(found: Elements) -> Reply:
    types = " ".join(found.texts("Types"))
    scopes = " ".join(found.texts("Scopes")).split()[:MOST_SCOPES]
    told: list[tuple[Part, str]] = []
    texts: list[tuple[str, str]] = []
    video = any(word in types for word in ONVIF_VIDEO)
    for place, text in _scopes(scopes):
        kind = place.lower()
        if kind == "name":
            told.append((Part.NAME, text))
            texts.append(("wsd.scope-name", text))
        elif kind == "hardware":
            told.append((Part.MODEL, text))
            texts.append(("wsd.scope-hardware", text))
        elif kind == "mac":
            told.append((Part.MAC, mac_in(text)))
        elif kind in ("manufacturer", "vendor"):
            told.append((Part.LABEL, text))
        elif kind in ("firmware", "version"):
            told.append((Part.FIRMWARE, text))
        elif kind == "type":
            video |= "video" in text.lower() or text.lower() == "ptz"
            told.append((Part.CLASS, text))
        elif kind == "profile":  # the others are of access control
            video |= text[:1].upper() in _VIDEO_PROFILES
    family = "onvif-discovery" if video else "ws-discovery"
    texts.append(("wsd.types", types))
    return Reply(family, fields(texts), parts(told))


def _scopes(scopes: Sequence[str]) -> Iterator[tuple[str, str]]:
    """(place, text) of each scope that ONVIF defines: `onvif://www.onvif.org/name/DS-2CD2042WD-I`."""
    for scope in scopes:
        scheme, _, rest = scope.partition("://")
        if scheme.lower() != "onvif":
            continue
        place, _, text = rest.partition("/")[2].partition("/")
        if text:
            yield place, unquote(text, errors="replace").replace("+", " ")


def _of_isapi(found: Elements) -> bool:
    """Whether a document is in a namespace of ISAPI, the platform's own or one of the neutral ones."""
    return any(host in name for name in found.namespaces for host in ("hikvision.com", "isapi.org", "std-cgi.com"))


def _isapi(found: Elements) -> Reply:
    platform = any("hikvision.com" in name for name in found.namespaces)
    told = parts(
        [
            (Part.LABEL, found.first("manufacturer")),
            (Part.MODEL, found.first("model")),
            (Part.FIRMWARE, found.first("firmwareVersion")),
            (Part.SERIAL, found.first("serialNumber")),
            (Part.MAC, found.first("macAddress")),
            (Part.CLASS, found.first("deviceType")),
            (Part.NAME, found.first("deviceName")),
        ]
    )
    texts = [("isapi.model", found.first("model")), ("isapi.class", found.first("deviceType"))]
    return Reply("isapi" if platform else "isapi-neutral", fields(texts), told)


#: What some makers write where the number of the model belongs.
_VERSION = re.compile(r"[vV]?\d{1,2}(?:\.\d{1,3}){0,3}")


def upnp_reply(said: Callable[[str], str], server: str = "") -> Reply:
    """The reply in the fields of a UPnP description; `said` gives the text of one."""
    name, number = said("modelName"), said("modelNumber")
    model = name if not number or (name and _VERSION.fullmatch(number)) else number
    told = parts(
        [
            (Part.LABEL, said("manufacturer")),
            (Part.MODEL, model),
            (Part.MODEL, name),
            (Part.SERIAL, said("serialNumber")),
            (Part.NAME, said("friendlyName")),
            (Part.CLASS, said("modelDescription")),
        ]
    )
    texts = [
        ("upnp.manufacturer", said("manufacturer")),
        ("upnp.model", name or model),
        ("upnp.name", said("friendlyName")),
        ("upnp.description", said("modelDescription")),
        ("ssdp.server", server),
    ]
    return Reply("upnp", fields(texts), told)


def _bosch(found: Elements) -> Reply:
    told = parts(
        [
            (Part.NAME, found.first("friendlyName")),
            (Part.MAC, found.first("physAddress")),
            (Part.SERIAL, found.first("serialNumber")),
            (Part.ADDRESS, found.first("unitIPAddress")),
        ]
    )
    return Reply("rcp-1758", (), told)


_READERS: Sequence[tuple[Callable[[Elements], bool], Callable[[Elements], Reply]]] = (
    (lambda it: it.has("ProbeMatch") and it.has("DeviceSN", "DeviceDescription"), _sadp),
    (lambda it: it.has("GetDeviceInformationResponse"), _onvif),
    (lambda it: it.has("ProbeMatch", "ProbeMatches", "Hello", "ResolveMatch"), _discovery),
    (lambda it: it.has("unitIPAddress"), _bosch),
    (lambda it: it.has("DeviceInfo") and (_of_isapi(it) or it.has("encoderVersion", "firmwareReleasedDate")), _isapi),
    (lambda it: it.has("root") and it.has("device"), lambda it: upnp_reply(it.first)),
)
