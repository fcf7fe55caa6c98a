"""What replies must not be made to claim: names that users chose, links, bridges, platforms under other labels."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from custodes.attribution.wire.weigh import Identity
from custodes.estate.wire import devices_of
from custodes.evidence.scans import open_scan
from custodes.evidence.wire.read import read_text
from custodes.knowledge import knowledge
from custodes.model.registers import Limits
from custodes.model.vocab import Status


def _device(*replies: tuple[str, str]) -> Identity:
    """The identity of one device in all its replies: protocol and text."""
    (found,) = devices_of([[read_text(protocol, text) for protocol, text in replies]], knowledge())
    return found


def _onvif(maker: str, model: str) -> tuple[str, str]:
    told = f"<Manufacturer>{maker}</Manufacturer><Model>{model}</Model><FirmwareVersion>1</FirmwareVersion>"
    return "onvif.GetDeviceInformation", f"<GetDeviceInformationResponse>{told}</GetDeviceInformationResponse>"


def _sadp(model: str) -> tuple[str, str]:
    told = f"<DeviceDescription>{model}</DeviceDescription><DeviceSN>{model}1</DeviceSN>"
    return "sadp", f"<ProbeMatch>{told}</ProbeMatch>"


def _dhip(vendor: str, model: str) -> tuple[str, str]:
    device = {"Vendor": vendor, "DeviceType": model, "SerialNo": "X1"}
    return "dhip", json.dumps({"method": "client.notifyDevInfo", "params": {"deviceInfo": device}})


DAHUA, HIKVISION = ("rtsp.header.server", "Dahua Rtsp Server"), ("http.header.server", "DNVRS-Webs")
FACTORY = ("tls.cert.subject", "CN=www.hikvision.com,OU=DVRNVR,O=HIKVISION,L=HangZhou,ST=ZheJiang,C=CN")


@pytest.mark.parametrize(
    ("replies", "label", "platform"),
    [
        ((_onvif("Speco Technologies", "O4B6"), DAHUA), "speco", "dahua"),
        ((_dhip("Lorex", "LNB8921BW"), DAHUA, ("http.favicon.mmh3", "2019488876")), "lorex", "dahua"),
        ((_dhip("Amcrest", "IP8M-2496E"), DAHUA), "amcrest", "dahua"),
        ((("http.title", "Amcrest"), DAHUA), "amcrest", "dahua"),
        ((_onvif("ANNKE", "C500"), HIKVISION, FACTORY), "annke", "hikvision"),
        ((_onvif("TRENDnet", "TV-IP310PI"), HIKVISION, ("http.realm", "hikvision")), "trendnet", "hikvision"),
    ],
)
def test_the_label_is_the_label_whatever_the_platform_says(
    replies: tuple[tuple[str, str], ...], label: str, platform: str
) -> None:
    found = _device(*replies)
    assert found.brand == label
    assert platform in {maker.supplier for maker in found.makers}


@pytest.mark.parametrize("reply", [DAHUA, HIKVISION, FACTORY, ("http.favicon.mmh3", "2019488876")])
def test_a_text_of_a_platform_alone_asserts_no_label(reply: tuple[str, str]) -> None:
    assert _device(reply).status is not Status.ASSERTED


PAGE = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html><head><title>Shop</title></head><body>{}</body></html>"


@pytest.mark.parametrize(
    "reply",
    [
        ("http.response", "HTTP/1.1 302 Found\r\nLocation: https://www.hikvision.com/\r\n\r\n"),
        ("http.response", "HTTP/1.1 302 Found\r\nLocation: /huawei\r\n\r\n"),
        ("http.response", PAGE.format('<a href="/brand/hikvision">Hikvision</a>')),
        ("http.response", PAGE.format('<a href="/DJI">x</a><form action="/nuuo">')),
        ("http.response", PAGE.format("Hikvision Digital Technology is a competitor of us")),
    ],
)
def test_a_page_that_speaks_of_a_firm_names_no_device(reply: tuple[str, str]) -> None:
    found = _device(reply)
    assert (found.brand, found.status, found.surveillance) == (None, Status.UNKNOWN, None)


def test_words_that_every_maker_uses_name_none() -> None:
    assert _device(("http.title", "Network Video Recorder Login")).brand is None


@pytest.mark.parametrize(
    "reply",
    [
        ("dhcp.hostname", "Hikvision-NVR"),
        ("dhcp.hostname", "Dahua-Laptop"),
        ("snmp.sysName", "hikvision"),
        ("tls.cert.subject", "CN=nuuo"),
        ("rtsp.response", "RTSP/1.0 200 OK\r\nServer: VLC/3.0\r\n\r\nv=0\r\ns=hikvision\r\n"),
    ],
)
def test_a_name_that_a_user_may_have_given_asserts_nothing(reply: tuple[str, str]) -> None:
    assert _device(reply).status is not Status.ASSERTED


@pytest.mark.parametrize(
    "told",
    [
        {"type": "_hap._tcp.local.", "name": "Homebridge", "properties": {"md": "Hikvision DS-2CD2032", "ci": "2"}},
        {"type": "_hap._tcp.local.", "name": "Hub", "properties": {"md": "Dahua Camera", "ci": "2"}},
        {"type": "_googlecast._tcp.local.", "name": "TV", "properties": {"md": "Honeywell TV"}},
    ],
)
def test_a_bridge_is_not_the_camera_that_it_passes_on(told: dict[str, object]) -> None:
    found = _device(("mdns", json.dumps(told)))
    assert (found.brand, found.surveillance) in ((None, None), (None, False))


def test_a_homekit_camera_is_the_camera_itself() -> None:
    told = {"type": "_hap._tcp.local.", "name": "Door", "properties": {"md": "Hikvision DS-2CD2032-I", "ci": "17"}}
    assert _device(("mdns", json.dumps(told))).brand == "hikvision"


def test_software_that_passes_streams_on_is_no_camera() -> None:
    told = "RTSP/1.0 200 OK\r\nServer: gortsplib\r\n\r\nv=0\r\ns=Hikvision front door\r\n"
    found = _device(("rtsp.response", told))
    assert (found.brand, found.surveillance) == (None, False)


@pytest.mark.parametrize(
    "reply",
    [
        ("http.title", "AXIS A1001 Network Door Controller"),
        ("http.title", "AXIS C3003-E Network Horn Speaker"),
        ("x", "<DeviceInfo><manufacturer>Honeywell</manufacturer><model>T6 Pro Thermostat</model></DeviceInfo>"),
        ("x", "<x><Manufacturer>Huawei</Manufacturer><Model>UPS5000-E</Model><FirmwareVersion>1</FirmwareVersion></x>"),
    ],
)
def test_goods_of_other_kinds_are_not_said_to_watch(reply: tuple[str, str]) -> None:
    assert _device(reply).surveillance is not True


def test_profiles_of_access_control_do_not_watch() -> None:
    scopes = "onvif://www.onvif.org/Profile/A onvif://www.onvif.org/Profile/C onvif://www.onvif.org/name/Door"
    told = f"<ProbeMatches><ProbeMatch><Types>tds:Device</Types><Scopes>{scopes}</Scopes></ProbeMatch></ProbeMatches>"
    assert _device(("ws-discovery", told)).surveillance is not True


def test_two_platforms_at_one_address_are_a_contradiction() -> None:
    found = _device(_sadp("DS-2CD2143G2-I"), _dhip("Dahua", "IPC-HFW2231S-S-S2"))
    assert found.status is not Status.ASSERTED
    assert found.reason == "contradiction"


def test_what_scanners_concluded_does_not_add_up(tmp_path: Path) -> None:
    ports = "".join(
        f'<port protocol="tcp" portid="{port}"><state state="open"/>'
        f'<service name="x" product="{product}" method="probed"/></port>'
        for port, product in ((554, "Hikvision 7513 POE IP camera rtspd"), (8000, "Hikvision IPCam control port"))
    )
    found = _scanned(tmp_path, ports)
    assert (found.brand, found.status) == ("hikvision", Status.REVIEW)


def test_the_issuer_of_a_certificate_is_not_its_subject(tmp_path: Path) -> None:
    tables = "".join(
        f'<table key="{part}"><elem key="commonName">{name}</elem></table>'
        for part, name in (("subject", "printer.local"), ("issuer", "www.hikvision.com"))
    )
    script = f'<script id="ssl-cert" output="x">{tables}</script>'
    found = _scanned(tmp_path, f'<port protocol="tcp" portid="443"><state state="open"/>{script}</port>')
    assert found.brand is None


def _scanned(folder: Path, ports: str) -> Identity:
    address = '<address addr="192.0.2.1" addrtype="ipv4"/>'
    told = f"<nmaprun><host>{address}<ports>{ports}</ports></host></nmaprun>"
    (folder / "s.xml").write_text(told, encoding="utf-8")
    scan = open_scan(folder / "s.xml", Limits())
    assert scan is not None
    (host,) = scan.hosts
    return _device(*((heard.protocol, str(heard.raw)) for heard in host.heard))


@pytest.mark.parametrize("reply", [_sadp("DS-K2604T"), _dhip("Dahua", "ASI7213X"), _onvif("AXIS", "A1601")])
def test_a_platform_does_not_make_a_door_controller_watch(reply: tuple[str, str]) -> None:
    assert _device(reply).surveillance is not True


@pytest.mark.parametrize("reply", [_sadp("DS-2CD2143G2-I"), _sadp("NVR-108MH-C"), _dhip("Dahua", "DHI-NVR4104")])
def test_a_camera_or_recorder_of_a_platform_watches(reply: tuple[str, str]) -> None:
    assert _device(reply).surveillance is True


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (_sadp("DS-3E1526P-EI"), "network switch"),
        (_sadp("DS-PWA96-M-WE"), "alarm panel"),
        (_sadp("DS-D5022QE-E"), "monitor"),
        (_dhip("Dahua", "DH-PFS4218-16ET-190"), "network switch"),
        (_dhip("Dahua", "ARC3000H"), "alarm panel"),
        (_onvif("Axis", "C1004-E"), "loudspeaker"),
        (_onvif("Honeywell", "Pro4200 Access Panel"), None),
    ],
)
def test_goods_that_makers_of_cameras_sell_beside_them_do_not_watch(reply: tuple[str, str], kind: str | None) -> None:
    found = _device(reply)
    assert (found.surveillance, found.device_type) == (False, kind)


def test_the_class_that_a_door_station_gives_leaves_open_whether_it_watches() -> None:
    device = {"Vendor": "Dahua", "DeviceType": "X1", "DeviceClass": "VTO", "SerialNo": "1"}
    told = json.dumps({"method": "client.notifyDevInfo", "params": {"deviceInfo": device}})
    found = _device(("dhip", told))
    assert (found.surveillance, found.device_type) == (None, "intercom")


@pytest.mark.parametrize(("maker", "model"), [("Huawei", "M2150-10-EI"), ("Lorex", "LNB8921BW")])
def test_a_code_that_also_fits_another_numbering_does_not_contradict_the_label(maker: str, model: str) -> None:
    found = _device(_onvif(maker, model))
    assert (found.brand_name, found.status) == (maker, Status.ASSERTED)


def test_a_short_code_without_its_maker_asserts_nobody() -> None:
    assert _device(_onvif("", "C1004-E")).status is not Status.ASSERTED


def test_what_a_device_calls_itself_is_no_id_of_the_reference_data(tmp_path: Path) -> None:
    row = knowledge().brand("hikvision")
    own = tmp_path / "own" / "brands"
    own.mkdir(parents=True)
    cited = {"source": row.cited.source, "date": row.cited.date, "certainty": str(row.cited.certainty)}
    named = {"id": "zorba-x", "name": "Quuxcam", "aliases": ["Quuxcam"], "supplier": "hikvision", **cited}
    (own / "own.yaml").write_text(json.dumps([named]), encoding="utf-8")
    protocol, text = _onvif("zorba-x", "DS-2CD2143G2-I")
    found = [devices_of([[read_text(protocol, text)]], loaded)[0] for loaded in (knowledge(), knowledge((own.parent,)))]
    assert found[0].brand == found[1].brand
    assert found[0].reason == found[1].reason
