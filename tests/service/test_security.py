"""What is tried against the service: bombs, path names, formulas, forgery, fixation, guessing, addresses inside."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from playing import BODIES, PASSWORD, SURVEY, WAVE, Play, answer, files, hub, zipped

from custodes.model.errors import BadUsage
from custodes.service.access.roles import Role
from custodes.service.access.scope import EVERYTHING, within
from custodes.service.api.webhooks import check_address
from custodes.service.home import home
from custodes.service.returns.models import Evidence
from custodes.service.surveys.models import Survey

A, B = BODIES


def upload(play: Play, data: bytes) -> tuple[int, str]:
    page = play.client(Role.OFFICE_ADMIN).post("/surveys/upload/", {"file": SimpleUploadedFile("s.zip", data)})
    return page.status_code, page.content.decode()


def test_a_bomb_is_refused_in_little_memory(play: Play) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(8):
            archive.writestr(f"folder/{number}.csv", b"0" * (64 << 20))
    assert len(out.getvalue()) < 2 << 20
    status, text = upload(play, out.getvalue())
    assert status == 400 and "larger than" in text


@pytest.mark.parametrize(
    "name", ["../questionnaire.yaml", "/etc/questionnaire.yaml", "a\\..\\questionnaire.yaml", "C:questionnaire.yaml"]
)
def test_names_that_lead_out_of_the_folder(play: Play, name: str) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, "id: x")
    status, text = upload(play, out.getvalue())
    assert status == 400 and "leads out of the folder" in text


@pytest.mark.parametrize("data", [b"", b"PK", b"no zip at all", b"PK\x03\x04" + b"\x00" * 100])
def test_what_is_no_zip(play: Play, data: bytes) -> None:
    assert upload(play, data)[0] == 400


def test_a_survey_with_faults_lists_them_and_changes_nothing(play: Play) -> None:
    with within(EVERYTHING):
        before = Survey.objects.get(pk=SURVEY).current.number
    status, text = upload(play, zipped(files(**{"bodies.csv": "body,name\nx,y\n"})))
    assert status == 400 and "bodies.csv:1" in text
    with within(EVERYTHING):
        assert Survey.objects.get(pk=SURVEY).current.number == before


def test_a_file_of_any_name_is_kept_under_its_hash_and_given_back_to_be_saved(play: Play) -> None:
    coordinator = play.client(Role.COORDINATOR, A)
    evil = SimpleUploadedFile("x.svg", b"<svg onload=alert(1)>", content_type="image/svg+xml")
    evil.name = '../../etc/"pass\r\nwd<script>.svg'
    coordinator.post(hub(A, "evidence"), {"question": "cctv.use", "file": evil})
    with within(EVERYTHING):
        kept = Evidence.objects.get(body_id=A)
    assert "/" not in kept.name and "<" not in kept.name and '"' not in kept.name and "\n" not in kept.name
    assert (home().files / kept.sha256[:2] / kept.sha256).read_bytes() == b"<svg onload=alert(1)>"
    given = coordinator.get(hub(A, "evidence", str(kept.pk)))
    assert given["Content-Disposition"].startswith("attachment") and given["Content-Type"] == "application/octet-stream"
    assert given["X-Content-Type-Options"] == "nosniff"


def test_markup_in_answers_is_text(play: Play) -> None:
    coordinator = play.client(Role.COORDINATOR, A)
    told = "<script>alert(1)</script>{{ 1234*5678 }}"
    coordinator.post(hub(A, "sections", "systems", "parts"), {"name": told})
    answer(coordinator, A, "cctv", "cctv.use", state="none", note=told)
    for place in (hub(A, "sections", "systems"), hub(A, "sections", "cctv"), hub(A, "check"), hub(A, "history")):
        page = coordinator.get(place).content.decode()
        assert "<script>alert" not in page and "7006652" not in page


def test_formulas_stay_text_in_the_workbook_and_in_the_folder(play: Play) -> None:
    from openpyxl import load_workbook

    coordinator = play.client(Role.COORDINATOR, A)
    coordinator.post(hub(A, "sections", "systems", "parts"), {"name": '=HYPERLINK("http://x")'})
    out = play.client(Role.SRO, A).get(hub(A)[:-1] + "/workbook.xlsx")
    for sheet in load_workbook(io.BytesIO(out.content)).worksheets:
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_a_form_of_another_site_is_refused(play: Play) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(play.people[Role.CHIEF, A], backend="allauth.account.auth_backends.AuthenticationBackend")
    told = {"law": "x", "section": "y", "reason": "forged"}
    assert client.post(hub(A, "decline"), told).status_code == 403
    page = client.get(hub(A, "decline")).content.decode()
    token = page.split('csrfmiddlewaretoken" value="')[1].split('"')[0]
    elsewhere = client.post(
        hub(A, "decline"), {**told, "csrfmiddlewaretoken": token}, headers={"Origin": "https://evil.example"}
    )
    assert elsewhere.status_code == 403


def test_a_session_is_another_after_signing_in(play: Play) -> None:
    client = Client()
    client.get("/account/login/")
    client.post("/account/login/", {"login": "x@example.org", "password": "y"})
    before = client.cookies.get("sessionid")
    user = play.people[Role.CHIEF, A]
    done = client.post("/account/login/", {"login": user.email, "password": PASSWORD})
    assert done.status_code == 302
    after = client.cookies["sessionid"].value
    assert before is None or before.value != after
    assert client.cookies["sessionid"]["httponly"]


def test_guessing_is_stopped(play: Play) -> None:
    client = Client()
    user = play.people[Role.CHIEF, A]
    codes = [
        client.post("/account/login/", {"login": user.email, "password": f"guess {n}"}).status_code for n in range(14)
    ]
    assert 429 in codes
    assert client.post("/account/login/", {"login": user.email, "password": PASSWORD}).status_code == 429


def test_nobody_learns_whether_an_account_is_there(play: Play) -> None:
    pages = []
    for address in (play.people[Role.CHIEF, B].email, "nobody@example.org"):
        page = Client().post("/account/password/reset/", {"email": address})
        pages.append((page.status_code, page.headers.get("Location")))
    assert pages[0] == pages[1]
    assert Client().get("/account/signup/").content.decode().count("<form") == 0


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "https://localhost/", "https://10.0.0.1/x", "https://192.168.1.1/", "https://169.254.169.254/latest",
        "https://[::1]/", "https://0.0.0.0/", "http://8.8.8.8/", "file:///etc/passwd", "gopher://x/", "https://user:pw@8.8.8.8/",
        "https://127.1/", "https://2130706433/", "https://[::ffff:127.0.0.1]/", "https://224.0.0.1/",
    ],
)  # fmt: skip
@pytest.mark.enable_socket
def test_a_webhook_never_leads_into_the_house(url: str) -> None:
    with pytest.raises(BadUsage):
        check_address(url)


@pytest.mark.enable_socket
def test_a_public_address_is_let_through() -> None:
    assert check_address("https://8.8.8.8/hook") == ("8.8.8.8", "8.8.8.8", 443)


def test_pages_say_that_nothing_else_may_run(play: Play) -> None:
    page = play.client(Role.COORDINATOR, A).get(hub(A))
    policy = page["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "script-src 'self'" in policy and "unsafe" not in policy
    assert page["X-Frame-Options"] == "DENY" and page["Cache-Control"] == "no-store"
    assert "<script" not in page.content.decode() and " style=" not in page.content.decode()


@pytest.mark.parametrize(
    "place", ["../secret", "..%2fsecret", "%2e%2e/secret", "a/../../secret", "//etc/passwd", ".hidden"]
)
def test_the_public_reads_the_publication_and_nothing_else(play: Play, place: str) -> None:
    (play.home / "published" / SURVEY).mkdir(parents=True, exist_ok=True)
    assert Client().get(f"/published/{SURVEY}/{place}").status_code == 404


def test_an_endless_form_is_refused(play: Play) -> None:
    coordinator = play.client(Role.COORDINATOR, A)
    place = hub(A, "sections", "cctv", "questions", "cctv.use")
    assert coordinator.post(place, {"seen": "0", "value": "yes", "note": "x" * 3_000_000}).status_code == 400
    assert coordinator.post(place, {"seen": "9" * 5000, "value": "yes"}).status_code < 500


def test_methods_that_a_page_does_not_take(play: Play) -> None:
    client = play.client(Role.ANALYST)
    assert client.get(f"/office/{SURVEY}/waves/{WAVE}/{A}/act/").status_code == 405
    assert client.delete(f"/office/{SURVEY}/").status_code == 405


def test_ready_for_deployment(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "CUSTODES_HOME": str(tmp_path / "home"),
        "CUSTODES_HTTPS": "yes",
        "CUSTODES_HOSTS": "survey.example.org",
        "DJANGO_SETTINGS_MODULE": "custodes.service.settings",
    }
    environment.pop("DJANGO_ALLOW_ASYNC_UNSAFE")  # of these tests alone
    words = [sys.executable, "-m", "custodes.service", "upgrade"]
    subprocess.run(words, env=environment, check=True, capture_output=True)
    done = subprocess.run(
        [sys.executable, "-m", "django", "check", "--deploy", "--fail-level", "WARNING"],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "home").stat().st_mode & 0o077 == 0
    assert (tmp_path / "home/secret").stat().st_mode & 0o077 == 0


def test_logs_name_nobody(play: Play, caplog: pytest.LogCaptureFixture) -> None:
    import logging

    from custodes.service.web.logs import JsonFormatter

    with caplog.at_level(logging.INFO):
        play.client(Role.COORDINATOR, A).get(hub(A))
        Client().post("/account/login/", {"login": "jo@example.org", "password": "secret"})
    told = "\n".join(JsonFormatter().format(one) for one in caplog.records if one.name != "django_tasks")
    assert "request" in told
    assert A not in told and "jo@" not in told and "127.0.0.1" not in told
    assert settings.DEBUG is False
