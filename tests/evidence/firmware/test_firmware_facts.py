"""What files of an image say: signs of the pack by their own examples, accounts, services, keys, addresses."""

from __future__ import annotations

import gzip
import hashlib
import io
import zipfile
from pathlib import Path

import images_made as made
import pytest

from custodes.evidence.firmware.facts import endpoints
from custodes.evidence.firmware.facts.reading import with_facts
from custodes.evidence.firmware.facts.signs import Signs
from custodes.evidence.firmware.hiding import hidden
from custodes.evidence.firmware.opening import open_image
from custodes.knowledge import files
from custodes.knowledge.firmware import load_signs
from custodes.model.errors import KnowledgeError
from custodes.model.firmware import Fact, Grade, Limits

SIGNS = load_signs([(files.bundled(), False)])


def said(signs: Signs, tmp_path: Path, name: str, held: bytes | str, mode: int = 0o644) -> list[Fact]:
    """What one file in an image says."""
    made.write(tmp_path / "root" / name, held, mode)
    data = made.squashfs(tmp_path / "root", tmp_path / "image").read_bytes()
    return list(with_facts(open_image(data, "image", Limits()), signs).facts)


@pytest.mark.parametrize("sign", SIGNS.values(), ids=list(SIGNS))
def test_each_sign_finds_its_example_and_not_the_near_one(sign: object, signs: Signs) -> None:
    path = sign.scope[0].replace("*", "x") if sign.scope else "usr/bin/x"  # type: ignore[attr-defined]
    for text, there in ((sign.positive, True), (sign.negative, False)):  # type: ignore[attr-defined]
        data = b"\0" + text.encode() + b"\0"
        found = [one for one in signs.find(data, path, text=True) if one.sign.id == sign.id]  # type: ignore[attr-defined]
        assert bool(found) is there, (text, found)


def test_a_sign_that_does_not_compile_is_refused_with_its_reason() -> None:
    sign = next(iter(SIGNS.values()))
    broken = {**SIGNS, "x": type(sign)(**{**_fields(sign), "id": "x", "patterns": ("/(/",)})}
    with pytest.raises(KnowledgeError, match="does not compile"):
        Signs(broken)


def _fields(sign: object) -> dict[str, object]:
    return {name: getattr(sign, name) for name in sign.__slots__}  # type: ignore[attr-defined]


def test_accounts_without_their_hashes(signs: Signs, tmp_path: Path) -> None:
    secret = "$6$saltsalt$0123456789abcdefghijklmnopqrstuvwxyz"
    facts = said(signs, tmp_path, "etc/shadow", f"root:{secret}:19000:0:99999:7:::\nftp:*:1:::::\nx::1:::::\n")
    told = [fact.value for fact in facts if fact.kind == "account"]
    digest = hashlib.sha256(secret.encode()).hexdigest()[:12]
    assert told == [f"root, password SHA-512, fingerprint {digest}", "ftp, no password set", "x, no password needed"]
    assert "0123456789abcdef" not in str(facts)


def test_services_that_start_by_themselves(signs: Signs, tmp_path: Path) -> None:
    script = (
        "#!/bin/sh\nDAEMON=/usr/sbin/made\n# /usr/sbin/telnetd &\n/usr/sbin/telnetd -p 2323 &\n"
        "start-stop-daemon -S -x $DAEMON -- -f\n  dropbear -R\necho dropbear is here\nsleep 1 &\n"
    )
    facts = said(signs, tmp_path, "etc/init.d/S50made", script, 0o755)
    told = [(fact.value, fact.grade) for fact in facts if fact.kind == "service"]
    assert told == [
        ("/usr/sbin/telnetd -p 2323", Grade.EXECUTED),
        ("/usr/sbin/made -- -f", Grade.EXECUTED),
        ("dropbear -R", Grade.EXECUTED),
    ]


@pytest.mark.parametrize(
    ("name", "held", "told"),
    [
        ("etc/inittab", "::respawn:/usr/bin/made -d\n#::respawn:/bin/no\n", ["/usr/bin/made -d"]),
        ("etc/inetd.conf", "telnet stream tcp nowait root /bin/telnetd telnetd\n", ["telnet /bin/telnetd telnetd"]),
        ("etc/crontab", "*/5 * * * * root /usr/bin/call\n", ["/usr/bin/call"]),
        ("var/spool/cron/root", "*/5 * * * * /usr/bin/call -x\n", ["/usr/bin/call -x"]),
        ("lib/systemd/system/a.service", "[Service]\nExecStart=-/usr/bin/made --x\n", []),
        ("etc/systemd/system/b.wants/a.service", "[Service]\nExecStart=-/usr/bin/made --x\n", ["/usr/bin/made --x"]),
    ],
)  # fmt: skip
def test_other_ways_to_start(signs: Signs, tmp_path: Path, name: str, held: str, told: list[str]) -> None:
    facts = said(signs, tmp_path, name, held)
    assert [fact.value for fact in facts if fact.kind == "service" and fact.grade is Grade.EXECUTED] == told


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("/usr/bin/made >/dev/null 2>&1 &", "/usr/bin/made"), ("busybox telnetd -l /bin/sh", "telnetd -l /bin/sh"),
        ("if [ -x /a ]; then /usr/bin/made & fi", "/usr/bin/made"),
        ("nice /usr/sbin/dropbear -d", "/usr/sbin/dropbear -d"),
        ("/usr/bin/made -x | logger &", "/usr/bin/made -x"), ("sleep 5 &", None),
        ("/usr/sbin/sshd $OPTIONS -t", None), ("start-stop-daemon --stop --exec /usr/sbin/made", None),
        ("start-stop-daemon --start --exec /usr/sbin/made --test", None),
        ("start-stop-daemon --start --quiet --exec /usr/sbin/made -- -x", "/usr/sbin/made -- -x"),
        ("killall telnetd", None), ("DAEMON=/usr/sbin/telnetd", None),
        ("/usr/sbin/hostapd \\\n  -B /etc/x.conf", "/usr/sbin/hostapd -B /etc/x.conf"),
    ],
)  # fmt: skip
def test_lines_of_scripts(signs: Signs, tmp_path: Path, line: str, told: str | None) -> None:
    facts = said(signs, tmp_path, "etc/init.d/S1", f"#!/bin/sh\n{line}\n", 0o755)
    assert [fact.value for fact in facts if fact.kind == "service"] == ([told] if told else [])


@pytest.mark.parametrize(
    ("name", "held"),
    [("etc/pam.d/passwd", "auth: include: x\n"), ("usr/share/x/completions/passwd", "foo:bar:baz\n"),
     ("etc/passwd", "a:b:c\n"), ("home/passwd", "root:x:0:0::/:/bin/sh\n")],
)  # fmt: skip
def test_what_is_no_list_of_accounts(signs: Signs, tmp_path: Path, name: str, held: str) -> None:
    assert not [fact for fact in said(signs, tmp_path, name, held) if fact.kind == "account"]


def test_a_table_of_versions_is_no_version(signs: Signs, tmp_path: Path) -> None:
    text = b"\x7fELF\0OpenSSH_8.4p1 Debian-5\0OpenSSH_6.5*,OpenSSH_6.6*\0requires OpenVPN 1.5 or higher\0"
    facts = said(signs, tmp_path, "usr/sbin/sshd", text)
    assert [fact.value for fact in facts if fact.kind == "component"] == ["openssh 8.4p1"]


def test_a_password_in_a_command_is_hidden(signs: Signs, tmp_path: Path) -> None:
    facts = said(signs, tmp_path, "etc/init.d/S1", "#!/bin/sh\n/usr/bin/made --password=hunter2 &\n")
    assert "hunter2" not in str(facts) and any("(hidden)" in fact.value for fact in facts)


def test_keys_by_their_fingerprint_only(signs: Signs, tmp_path: Path) -> None:
    facts = said(signs, tmp_path, "etc/device.key", made.PRIVATE_KEY)
    (key,) = [fact for fact in facts if fact.kind == "key"]
    assert key.value.startswith("private key, fingerprint ") and "MC4CAQ" not in str(facts)


def test_a_capability_that_a_setting_switches_off_is_a_text_only(signs: Signs, tmp_path: Path) -> None:
    for value, grade in (("0", Grade.STRING), ("1", Grade.EXECUTED)):
        facts = said(signs, tmp_path / value, "etc/app.ini", f"p2p_enable={value}\n")
        assert [fact.grade for fact in facts if fact.kind == "capability"] == [grade]


def test_wi_fi_direct_is_no_cloud_access(signs: Signs, tmp_path: Path) -> None:
    facts = said(signs, tmp_path, "sbin/x", b"\x7fELF\0p2p_connect\0nl80211\0wpa_supplicant\0")
    assert not [fact for fact in facts if fact.kind == "capability"]


def test_the_version_a_program_was_compiled_against_is_not_its_own(signs: Signs, tmp_path: Path) -> None:
    text = b"\x7fELF\0OpenSSL 1.1.1w  11 Sep 2023\0libcrypto.so.1.1\0"
    assert not [fact for fact in said(signs, tmp_path, "sbin/hostapd", text) if fact.kind == "component"]
    facts = said(signs, tmp_path / "b", "lib/libcrypto.so.1.1", text)
    assert [fact.value for fact in facts if fact.kind == "component"] == ["openssl 1.1.1w"]


def test_papers_are_not_read(signs: Signs, tmp_path: Path) -> None:
    assert not said(signs, tmp_path, "usr/share/doc/made/README", "see http://cloud.camera.example and telnetd &\n")


@pytest.mark.parametrize(
    ("text", "before", "settings", "taken"),
    [
        ("203.0.113.77:8800", "server=", True, True), ("119.23.22.242", "\0", False, True),
        ("1.3.101.110", "\0", False, False), ("1.2.3.4", "version ", True, False),
        ("255.255.255.0", "mask=", True, False),
        ("192.168.1.10", "ip=", True, False), ("239.255.255.250", "\0", False, False), ("300.1.1.1", "x=", True, False),
        ("192.0.0.64", "\0", False, False), ("240.1.1.1", "x=", True, False),
    ],
)  # fmt: skip
def test_what_only_looks_like_an_address_is_left_out(text: str, before: str, settings: bool, taken: bool) -> None:
    assert bool(endpoints.ipv4(text, before, settings=settings)) is taken


@pytest.mark.parametrize(
    ("text", "taken"),
    [("cloud.camera.example", True), ("cloud.example.cn", True), ("server.modules", False), ("index.php", False),
     ("multi-user.target", False), ("libc.so", False), ("control.tar.gz", False)],
)  # fmt: skip
def test_what_only_looks_like_a_name_is_left_out(text: str, taken: bool) -> None:
    assert bool(endpoints.host(text, settings=True)) is taken


@pytest.mark.parametrize(
    "text",
    ["password=hunter2", "passwd: 'hunter2'", "psk=\"hunter2\"", "rtsp://admin:hunter2@10.0.0.1/",
     "root:$1$aaaaaaaa$hunter2hunter2hunter2.:1:", "root:hunter2hunter2:19000:", "api_key=hunter2;x=1",
     "<password>hunter2</password>", "option key 'hunter2'", "option password 'hunter2'", "password hunter2",
     "echo \"root:hunter2\" | chpasswd", "admin_pass hunter2", "PASSWORD_ADMIN=hunter2", "wifi_psk_2=hunter2",
     "WIFI_KEY1=hunter2", "wep_key0=hunter2", '{"password": "correct hunter2 horse"}', "admin:$apr1$hunter2hunter2",
     "bob:{SHA}hunter2hunter2", "sshpass -p hunter2 ssh a@b", "/usr/bin/app --password hunter2",
     "curl -u admin:hunter2 x", "password is hunter2", "DB_PASSWORD='hunter2'"],
)  # fmt: skip
def test_secrets_are_taken_out_of_texts(text: str) -> None:
    assert "hunter2" not in hidden(text)
    assert hidden("colour=blue level=3") == "colour=blue level=3"


def test_a_program_with_something_packed_in_it_is_read_itself(signs: Signs) -> None:
    packed = gzip.compress(b"a page of the program, packed " * 400)
    program = b"\x7fELF" + bytes(range(256)) * 60 + packed + b"\0LPR_RecognizePlate\0" + bytes(range(256)) * 60
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("program.so", program)
    image = with_facts(open_image(out.getvalue(), "image", Limits()), signs)
    assert ("reads number plates", "program.so") in {(fact.value, fact.path) for fact in image.facts}
    assert b"a page of the program" in b"".join(bytes(entry.data) for entry in image.entries)
