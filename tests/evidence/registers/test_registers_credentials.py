"""No credential may be in anything that comes out: batches, account, errors, proposals."""

from __future__ import annotations

import csv
import io
import json
import string
import tempfile
import traceback
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from custodes.evidence.registers import is_credential_header, may_hold_secret, open_register, propose_mapping, scrub
from custodes.model.errors import CustodesError

HEADERS = [
    "Pswrd",
    "P/word",
    "U/P",
    "Uname",
    "Inloggegevens",
    "Credenciales",
    "Zugang",
    "Anmeldedaten",
    "Вход",
    "登录",
    "認証情報",
    "ログイン",
    "로그인",
    "รหัสผ่าน",
    "Mật khẩu",
    "geslo",
    "lozinka",
    "كلمة السر",
    "Security answer",
    "How to log in",
    "Password",
    "passwd",
    "Pwd",
    "HardwarePassword",
    "Pass phrase",
    "PIN",
    "Pin code",
    "Secret",
    "API key",
    "apiKey",
    "SNMP community",
    "Community",
    "Community string",
    "Credentials",
    "User",
    "Username",
    "User name",
    "UserName",
    "Login",
    "Kennwort",
    "Passwort",
    "Benutzername",
    "Mot de passe",
    "Contraseña",
    "Senha",
    "Wachtwoord",
    "Hasło",
    "Heslo",
    "Lösenord",
    "Adgangskode",
    "密码",
    "用户名",
    "パスワード",
    "Пароль",
    "비밀번호",
    "PASSWORD_2",
    "root pw",
    "Verification code",
    "Token",
    "access_token",
    "WPA key",
    "PSK",
    "Device user",
    "Cyfrinair",
    "Password strength",
]
HARMLESS = [
    "Make",
    "Model",
    "MAC",
    "Location",
    "Community area",
    "Compass bearing",
    "Bypass",
    "Keyholder",
    "Owner",
    "Postcode",
    "Area code",
    "Shipping",
    "Pinewood site",
    "Secretary",
    "Tokenised",
    "Camera ID",
    "Serial",
    "Passed PAT",
    "Bus pass ref",
    "Asset code",
]


@pytest.mark.parametrize("text", HEADERS)
def test_credential_headers(text: str) -> None:
    assert is_credential_header(text)


@pytest.mark.parametrize("text", HARMLESS)
def test_harmless_headers(text: str) -> None:
    assert not is_credential_header(text)


KEPT = [
    "Community Centre, Mountain Pass Road",
    "6 pin connector fitted",
    "http://10.0.0.1:80/path@2x.png",
    "Key West depot",
    "Password protected cabinet",
    "see admin office",
    "Admin/Reception",
    "DS-2CD2143G2-I20210801AAWRG12345678",
    "Front desk: camera 4",
    "user group B",
    "V5.5.800 build 210628",
    "582a41a05e304c982be5c550",
    "Secretary of State",
    "Oak Community School",
    "code of practice",
    "3f0c0000-0000-0000-0000-000000000001",
    "Service road, gate 4",
    "contact help@example.invalid",
    "Root Lane 12",
    "SNMP enabled",
]


@pytest.mark.parametrize("text", KEPT)
def test_harmless_values_stay(text: str) -> None:
    assert scrub(text) == (text, 0)


TEMPLATES = [
    "password: {}",
    "Password is {}",
    "pwd={}",
    "pw {}",
    "PW: {}",
    "passwd {}",
    "pass: {}",
    "The password for all cameras is {}",
    "rtsp://admin:{}@10.0.0.1/stream",
    "http://root:{}@cam.example.invalid:8080/",
    "admin:{}@10.0.0.9",
    "http://10.0.0.1/cgi?user=admin&password={}",
    "login: admin / {}",
    "admin/{}",
    "credentials admin {}",
    "user: bob pw: {}",
    "Kennwort: {}",
    "Passwort lautet {}",
    "mot de passe : {}",
    "contraseña: {}",
    "senha={}",
    "wachtwoord {}",
    "hasło: {}",
    "密码：{}",
    "密码 {}",
    "パスワード: {}",
    "API key: {}",
    "api_key={}",
    "token={}",
    "snmp community {}",
    "SNMP community: {}",
    "community string {}",
    "SNMP RO: {}",
    "SNMPv2 read community: {}",
    "default creds (admin:{})",
    "psk {}",
    "WPA2 key: {}",
    "secret: {}",
    "Authorization: {}",
    "changed password to {}",
    "PIN: {}",
    "Cyfrinair: {}",
    "old note. Password: {}",
    "verification code: {}",
    "cam 4 (user admin, password {})",
]
SECRET = st.text(string.ascii_letters + string.digits, min_size=8, max_size=14).map(lambda text: "q7" + text + "Z9")


@settings(max_examples=40)
@given(SECRET)
@example("q7$tr0ng!x#Z9")
@example("q7.tr0ng;xZ9")
def test_secrets_in_text(secret: str) -> None:
    for template in TEMPLATES:
        text, found = scrub(template.format(secret))
        assert secret not in text and found >= 1, template
        assert may_hold_secret([template.format(secret)]) == [True], template


def test_numeric_pins() -> None:
    for text in ("PIN 4711", "door code 4711", "alarm code: 4711", "Pin number 4711", "keypad code 4711"):
        assert "4711" not in scrub(text)[0]


def everything(path: Path) -> str:
    """All that comes out of reading `path`, as one text."""
    try:
        readings = open_register(path)
        said = [repr(reading.account) for reading in readings]
        for reading in readings:
            said += [repr(batch.to_pylist()) for batch in reading.batches]
            said.append(repr(reading.account))
        return "\n".join([*said, propose_mapping(path)])
    except CustodesError as error:
        return "".join(traceback.format_exception(error)) + repr(error) + repr(error.__context__)


def planted(secret: str, where: int) -> tuple[list[str], list[list[str]], str]:
    """A register with `secret` hidden in one of several places; (heading, rows, title)."""
    heads = ["Name", "IP address", "Username", "Password", "Make", "Model", "Notes", "Odd"]
    row = ["Door", "10.0.0.1", "admin", "", "ExampleCam", "EX-1", "", ""]
    title = "Register of Example Council"
    if where == 0:
        row[3] = secret
    elif where == 1:
        row[6] = f"NVR password: {secret}"
    elif where == 2:
        row[1] = f"rtsp://admin:{secret}@10.0.0.1/live"
    elif where == 3:
        title = f"All cameras: password {secret}"
    elif where == 4:
        row[3], row[6] = secret, f"use {secret} for the recorder"
    elif where == 5:
        row[7] = f"admin/{secret}"
    elif where == 6:
        row.insert(1, "an unquoted comma")
        row[4] = secret
    else:
        heads[7], row[7] = f"password: {secret}", "x"
    return heads, [row, ["Yard", "10.0.0.2", "admin", "", "ExampleCam", "EX-1", "", ""]], title


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(SECRET, st.integers(0, 7), st.sampled_from([",", ";", "\t"]))
def test_planted_in_csv(secret: str, where: int, delimiter: str) -> None:
    heads, rows, title = planted(secret, where)
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows([[title], [], heads, *rows])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "register.csv"
        path.write_text(text.getvalue(), encoding="utf-8")
        assert secret not in everything(path)


@settings(max_examples=12, deadline=None)
@given(SECRET, st.sampled_from([0, 1, 2, 3, 4, 5, 7]))
def test_planted_in_workbook(secret: str, where: int) -> None:
    heads, rows, title = planted(secret, where)
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = f"pw {secret}"
    for row in [[title], [], heads, *rows]:
        sheet.append(row)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "register.xlsx"
        book.save(path)
        assert secret not in everything(path)


@settings(max_examples=40, deadline=None)
@given(SECRET, st.integers(0, 6), st.booleans(), st.integers(0, 40))
def test_planted_in_json(secret: str, where: int, lines: bool, cut: int) -> None:
    items: list[dict[str, object]] = [
        {"name": "Door", "model": "EX-1", "notes": "x"},
        {"name": "Yard", "model": "EX-1"},
    ]
    places: list[dict[str, object]] = [
        {"password": secret},
        {"access": {"password": {"current": secret}}},
        {"auth": {"basic": secret}},
        {"properties": [{"name": "rootPassword", "value": secret}]},
        {"url": f"rtsp://u:{secret}@h/"},
        {"snmp": {"community": secret}},
        {"custom": {"remarks": f"pwd={secret}"}},
    ]
    items[0].update(places[where])
    text = "".join(json.dumps(one) + "\n" for one in items) if lines else json.dumps({"devices": items})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "register.json"
        path.write_text(text[: len(text) - cut], encoding="utf-8")
        assert secret not in everything(path)


@settings(max_examples=30, deadline=None)
@given(st.lists(SECRET, min_size=3, max_size=3, unique=True), st.booleans())
def test_planted_without_heading(secrets: list[str], named: bool) -> None:
    rows = [
        [f"10.0.0.{n}", *(["admin"] if named else []), secret, f"00:AA:00:BB:00:0{n}"]
        for n, secret in enumerate(secrets)
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.csv"
        path.write_text("\n".join(",".join(row) for row in rows) + "\n", encoding="utf-8")
        said = everything(path)
        assert not any(secret in said for secret in secrets)
        (reading,) = open_register(path)
        assert sum(batch.num_rows for batch in reading.batches) == 3
        assert reading.account.credentials.values >= 3


@pytest.mark.parametrize(
    "head", ["Code d'accès", "Kod dostępu", "Root", "Unlock", "Sign-in", "admin", "Key", "Code", "Access"]
)
def test_a_doubtful_heading_over_secrets_is_a_credential_column(tmp_path: Path, head: str) -> None:
    path = tmp_path / "r.csv"
    path.write_text(f'Asset,Make,"{head}"\n1,Alder,Tr0ub4dor!\n2,Alder,corr3ct-Horse\n', encoding="utf-8")
    (reading,) = open_register(path)
    rows = [row for batch in reading.batches for row in batch.to_pylist()]
    assert "ub4dor" not in repr(rows) and "Horse" not in repr(rows)
    assert reading.account.credentials.columns == (head,)


def test_numbers_of_ones_own_are_no_secrets(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text("Code,Make,Key\ncam-001,Alder,k1\ncam-002,Alder,k2\ncam-003,Alder,k3\n", encoding="utf-8")
    (reading,) = open_register(path)
    rows = [row for batch in reading.batches for row in batch.to_pylist()]
    assert len(rows) == 3 and "cam-002" in repr(rows) and reading.account.credentials.columns == ()


def test_cells_too_many_in_a_file_without_passwords_lose_no_row(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text("Make,Model\nAlder,AC-1,extra,cols\nAlder,AC-2\nAlder,AC-3\n", encoding="utf-8")
    (reading,) = open_register(path)
    assert sum(batch.num_rows for batch in reading.batches) == 3
    assert reading.account.credentials.columns == () and reading.account.skipped == []


@pytest.mark.parametrize(
    "text",
    [
        "PIN XvEy54g2!",
        "User admin Pass Tr0ub4dor6",
        "u: admin p: Tr0ub4dor6",
        "p@ss: Tr0ub4dor6",
        "Wifi key Tr0ub4dor6",
        "Encryption code Tr0ub4dor6",
        "password:\nTr0ub4dor6",
        "admin Tr0ub4dor6",
        "admin - Tr0ub4dor6",
        "admin,Tr0ub4dor6",
        "admin@Tr0ub4dor6",
        "code Tr0ub4dor6",
        "creds Tr0ub4dor6",
        "http://x/cgi?user=admin&pwd=Tr0ub4dor6",
        "Password has been set to Tr0ub4dor6",
        '{"user":"admin","pass":"Tr0ub4dor6"}',
        "<password>Tr0ub4dor6</password>",
        "pwd→Tr0ub4dor6",
        "pw-Tr0ub4dor6",
        "login admin; Tr0ub4dor6",
        "log in with admin & Tr0ub4dor6",
        '"Tr0ub4dor6" is the password',
        "Tr0ub4dor6 (password)",
        "Tr0ub4dor6 = pw",
        "sshpass -p Tr0ub4dor6",
        "-u admin -p Tr0ub4dor6",
        "http://h/cgi?loginuse=admin&loginpas=Tr0ub4dor6",
        "p/word: Tr0ub4dor6",
        "p.w. Tr0ub4dor6",
        "WPA2 key Tr0ub4dor6",
        "SSID CCTV, key Tr0ub4dor6",
        "Zugangscode Tr0ub4dor6",
        "비밀번호는 Tr0ub4dor6",
        "סיסמה: Tr0ub4dor6",
        "κωδικός: Tr0ub4dor6",
        "รหัสผ่าน: Tr0ub4dor6",
        "lozinka: Tr0ub4dor6",
    ],
)
def test_secrets_in_the_wordings_of_the_attacks(text: str) -> None:
    cleaned, found = scrub(f"Gate {text}")
    assert found and "Tr0ub4dor6" not in cleaned and "XvEy54g2!" not in cleaned
    assert may_hold_secret([text, "Hall camera 4"]) == [True, False]


def test_a_proposed_mapping_shows_the_shape_of_what_it_does_not_know(tmp_path: Path) -> None:
    from custodes.evidence.registers import propose_mapping

    path = tmp_path / "SYNTHETIC_r.csv"
    path.write_text("Name,Connexion,Schlüssel\nDoor,483920,Planted-1\nYard,553921,Planted-2\n", encoding="utf-8")
    text = propose_mapping(path)
    assert "999999" in text
    assert not [secret for secret in ("483920", "553921", "Planted") if secret in text]


@pytest.mark.parametrize(
    "text",
    [
        "rtsp://admin:my Zq7kWm@10.0.0.1/x",
        "rtsp://admin :Zq7kWm3xTp@h",
        "rtsp://admin:Zq7kWm3xTp\n@h",
        "ｒｔｓｐ：//admin:Zq7kWm@10.0.0.1",
        "rtsp://admin:Zq7kWm3xTp＠h",
        "rtsp%3A%2F%2Fadmin%3AZq7kWm3xTp%40h",
        "http%3A%2F%2Fadmin%3AZq7kWm3xTp%40h",
        "rtsp//admin:Zq7kWm@10.0.0.1",
    ],
)
def test_the_login_of_an_address_is_taken_out_in_every_form(text: str) -> None:
    from custodes.evidence.registers.credentials import may_hold_secret, scrub

    assert may_hold_secret([text]) == [True]
    assert "Zq7kWm" not in scrub(text)[0]


@pytest.mark.parametrize(
    "head",
    [
        "Mots de passe",
        "Claves",
        "passe",
        "Kennw.",
        "PWs",
        "Logins",
        "adminpw",
        "rootpw",
        "userpin",
        "PUK",
        "NIP",
        "Mastercode",
        "Sicherheitscode",
        "Geheim",
        "Netzwerkschlüssel",
        "Secreto",
        "RTSP auth",
        "Anmeldung",
        "superuser",
        "P@ssword",
        "Passsword",
        "Paswort",
    ],
)
def test_more_headings_of_credentials(head: str) -> None:
    from custodes.evidence.registers.credentials import is_credential_header

    assert is_credential_header(head)
