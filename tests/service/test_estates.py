"""The estate's side: files come, devices are told with their evidence, people judge, answer, work, sign."""

from __future__ import annotations

import gzip
import io
import json
import re
import subprocess
import sys
import tarfile
import zipfile
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from estates_made import estate, path_of, register, standing, upload, worked
from playing import BODIES, Play

from custodes.service.access.roles import Role
from custodes.service.access.scope import EVERYTHING, within
from custodes.service.audit.models import Event
from custodes.service.estates import running
from custodes.service.estates.models import Answered, Asked, Device, Estate, Found, Judged, Run, Site, Upload, Work
from custodes.service.limited import watching

A, B = BODIES
E = f"/estate/{A}/"
sys.path.insert(0, str(Path(__file__).parents[1] / "evidence" / "captures"))


def device(name: str) -> Device:
    with within(EVERYTHING):
        return Device.objects.get(run=Estate.objects.get(body=A).current_id, name__startswith=name)


def manager(play: Play) -> Any:
    return play.client(Role.ESTATE_MANAGER, A)


def shown() -> str:
    """The number of the assessment that pages show."""
    with within(EVERYTHING):
        return str(Estate.objects.get(body=A).current_id)


def page(play: Play, place: str, role: Role = Role.ESTATE_MANAGER) -> str:
    found = play.client(role, A).get(E + place)
    assert found.status_code == 200, (place, found.status_code)
    return " ".join(re.sub(r"<[^>]+>", " ", found.content.decode()).split())


def test_a_register_becomes_devices_with_their_evidence(play: Play) -> None:
    standing(play, A)
    overview = page(play, "")
    assert "4 devices in use" in overview and "1 devices are on record and not in use" in overview
    told = page(play, "register/")
    assert "5 records" in told and "Front door" in told and "Old shed" in told
    door = page(play, f"devices/{device('Front door').ident}/")
    assert "Made by Hikvision, established" in door
    assert "register.csv" in door and "row 2" in door and "V5.7.1" in door and "has the form of" in door
    gate = page(play, f"devices/{device('Gate').ident}/")
    assert "not known" in gate and "Nothing in the records says who made it" in gate
    assert "the record says “removed”" in page(play, f"devices/{device('Old shed').ident}/")


def test_the_service_finds_what_the_command_finds(play: Play, tmp_path: Path) -> None:
    """The folder that is handed out, assessed by the command, gives the same answer to the letter."""
    held = standing(play, A)
    data = b"".join(manager(play).get(E + "folder.zip").streaming_content)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        archive.extractall(tmp_path / "estate")
    command = [sys.executable, "-m", "custodes.cli.main", "assess", str(tmp_path / "estate"), "--format", "json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    with gzip.open(path_of(held.current) / "assessment.json.gz", "rt") as stream:
        assert json.load(stream)["devices"] == json.loads(done.stdout)["devices"]


def test_filters_search_and_pages_of_the_register(play: Play) -> None:
    many = "".join(f"Lamp {number:03},Axis,P3245-V,,,,Quay,active\n" for number in range(120))
    standing(play, A, more=many)
    assert "125 records" in page(play, "register/")
    assert "1 record of 125" in page(play, "register/?search=front+door")
    assert "1 record of 125" in page(play, "register/?live=no")
    assert "No device is like that" in page(play, "register/?search=nothing+such")
    assert "3 records of 125" in page(play, "register/?site=Mill")
    assert "1 record of 125" in page(play, "register/?make=")
    seen: list[str] = []
    place = "register/"
    while place:
        text = manager(play).get(E + place).content.decode()
        seen += re.findall(rf'href="{E}devices/([\w-]+)/"', text)
        found = re.search(r'href="[^"]*register/\?([^"]+)" rel="next"', text)
        place = f"register/?{found[1]}".replace("&amp;", "&") if found else ""
    assert len(seen) == len(set(seen)) == 125
    back = manager(play).get(f"{E}register/?after=100").content.decode()
    before = re.search(r'href="[^"]*register/\?([^"]+)" rel="prev"', back)
    assert before is not None
    text = manager(play).get(f"{E}register/?{before[1]}").content.decode()
    assert re.findall(rf'href="{E}devices/([\w-]+)/"', text) == seen[50:100]


def test_a_judgement_holds_until_it_is_taken_back(play: Play) -> None:
    standing(play, A)
    client, lobby = manager(play), device("Lobby")
    assert lobby.sure != "asserted"
    asked = client.post(E + "judge/", {"device": [lobby.pk], "query": ""})
    assert asked.status_code == 200 and "Judge 1 device" in asked.content.decode()
    told = {"device": [lobby.pk], "query": "", "say": "maker", "value_maker": "Hikvision", "run": shown(), "many": 1}
    assert client.post(E + "judge/", {**told, "because": "board seen", "many": 2}).status_code == 400
    assert client.post(E + "judge/", told).status_code == 400  # how do you know?
    assert client.post(E + "judge/", {**told, "because": "board seen"}).status_code == 302
    assert "Something was changed" in page(play, "") or "worked out anew" in page(play, "")
    (run,) = worked()
    assert run.state == "done"
    lobby = device("Lobby")
    assert (lobby.sure, lobby.maker) == ("asserted", "Hikvision")
    text = page(play, f"devices/{lobby.ident}/")
    assert "board seen" in text and "account" in text
    with within(EVERYTHING):
        one = Judged.objects.get()
        with pytest.raises(DatabaseError), transaction.atomic():
            Judged.objects.filter(pk=one.pk).update(value="Axis")
    assert client.post(f"{E}judgements/{one.pk}/back/", {"because": "the wrong unit"}).status_code == 302
    worked()
    assert device("Lobby").sure != "asserted"
    assert "Taken back" in page(play, "judgements/") and "the wrong unit" in page(play, "judgements/")
    with within(EVERYTHING):
        kinds = set(Event.objects.filter(chain=A).values_list("kind", flat=True))
    assert {"judged", "judgement_taken_back", "upload_kept", "estate_run_ended"} <= kinds


def test_one_judgement_of_all_that_a_filter_gives(play: Play) -> None:
    standing(play, A)
    told = {"everything": "yes", "query": "site=Mill", "say": "site", "value_site": "quay", "because": "moved in May"}
    told |= {"run": shown(), "many": "3"}
    assert manager(play).post(E + "judge/", told).status_code == 302
    (run,) = worked()
    assert run.state == "done"
    with within(EVERYTHING):
        assert set(Device.objects.filter(run=run).values_list("place", flat=True)) == {"quay"}
        assert len(Judged.objects.get().of) == 3


def test_questions_are_answered_here_and_in_workbooks(play: Play, tmp_path: Path) -> None:
    standing(play, A)
    client = manager(play)
    with within(EVERYTHING):
        first = Asked.objects.order_by("-value", "key").first()
        gate = next(one for one in Asked.objects.all() if one.told["devices"] == [device("Gate").ident])
    assert first is not None and first.subject in page(play, "queue/")
    place = f"queue/{gate.key}/"
    assert "Make and model" in page(play, place)
    assert client.post(f"{E}{place}answer/", {"make": "Axis"}).status_code == 400  # who stated it?
    given = {"make": "Axis", "model": "P3245-V", "answered_by": "installer", "date-day": "3", "date-month": "10"}
    assert client.post(f"{E}{place}answer/", {**given, "date-year": "2026"}).status_code == 302
    worked()
    assert device("Gate").make == "Axis"
    assert "stated by installer on 2026-10-03" in page(play, f"devices/{device('Gate').ident}/")
    with within(EVERYTHING):
        assert Answered.objects.get().told["make"] == "Axis"
    # and by a workbook that went out and came back
    archive = zipfile.ZipFile(io.BytesIO(client.get(E + "questions.zip").content))
    (name,) = archive.namelist()
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(archive.read(name)))
    sheet = book["Questions"]
    heads = [cell.value for cell in sheet[1]]
    row = next(row for row in range(2, sheet.max_row + 1) if "Lobby" in str(sheet.cell(row, 3).value))
    for head, value in (("make", "Axis"), ("model", "P3245-V"), ("answered by (role)", "site team")):
        sheet.cell(row, heads.index(head) + 1).value = value
    out = io.BytesIO()
    book.save(out)
    upload(play, A, "returned.xlsx", out.getvalue())
    with within(EVERYTHING):
        assert Upload.objects.get(name="returned.xlsx").kind == "answers"
    (run,) = worked()
    assert run.state == "done" and run.told["refused"] == []
    assert "stated by site team" in page(play, f"devices/{device('Lobby').ident}/")


def test_findings_have_owners_and_days(play: Play) -> None:
    standing(play, A)
    client = manager(play)
    with within(EVERYTHING):
        found = Found.objects.get(kind="make-not-known")
    owner = play.people[Role.ESTATE_MANAGER, A].pk
    told = {"finding": [found.key], "query": "", "state": "doing", "owner": owner, "note": "ladder needed"}
    told["run"] = run = shown()
    day = {"due-day": "1", "due-month": "2", "due-year": "2020"}
    assert client.post(E + "findings/act/", {**told, **day}).status_code == 302
    board = page(play, "findings/?view=overdue")
    assert "ladder needed" in board and "overdue" in board and "Being done" in board
    assert "ladder needed" in page(play, "findings/?view=mine")
    refused = client.post(E + "findings/act/", {"finding": [found.key], "state": "accepted", "run": run}, follow=True)
    assert "a reason is no decision" in refused.content.decode()
    client.post(E + "findings/act/", {"finding": [found.key], "state": "done", "run": run})
    with within(EVERYTHING):
        kept = Work.objects.get(key=found.key)  # what the step left stays
        assert (kept.state, kept.owner_id, kept.note) == ("done", owner, "ladder needed") and kept.due is not None
    assert "ladder needed" not in page(play, "findings/")
    client.post(E + "assess/")
    worked()
    assert "found again" in page(play, "findings/?view=again") and "found again" in page(play, "findings/")
    everything = {"everything": "yes", "query": "view=all", "state": "accepted", "note": "until the move"}
    stale = client.post(E + "findings/act/", {**everything, "run": run}, follow=True)
    assert "came in between" in stale.content.decode()
    everything["run"] = shown()
    client.post(E + "findings/act/", everything)
    with within(EVERYTHING):
        assert set(Work.objects.values_list("state", flat=True)) == {"accepted"}
        assert Work.objects.count() == Found.objects.filter(run=shown()).count()


def test_a_file_in_pieces_goes_on_where_it_stopped(play: Play) -> None:
    estate(play, A)
    client, data = manager(play), register()
    told = {"name": "big.csv", "size": len(data), "mark": "big.csv|1", "dated": "2026-11-02"}
    made = client.post(E + "files/begin/", told).json()
    place = f"{E}files/{made['number']}/"

    def send(at: int, piece: bytes) -> Any:
        return client.post(f"{place}piece/?at={at}", piece, content_type="application/octet-stream")

    assert send(0, data[:100]).json() == {"received": 100}
    lost = send(50, data[50:90])
    assert (lost.status_code, lost.json()) == (409, {"received": 100})
    assert client.post(f"{place}whole/").status_code == 409
    again = client.post(E + "files/begin/", told).json()
    assert again == {**made, "received": 100}
    assert "Not whole yet" in page(play, "files/") and f"{10_000 // len(data)} %" in page(play, "files/")
    assert send(100, data[100:] + b"more").status_code == 409
    assert send(100, data[100:]).json() == {"received": len(data)}
    done = client.post(f"{place}whole/").json()
    assert done["place"].startswith(f"{E}runs/")
    (run,) = worked()
    assert run.state == "done" and run.told["number"] == 5
    # another person of another body has no part in it
    other = play.client(Role.ESTATE_MANAGER, B)
    assert other.post(f"/estate/{B}/files/{made['number']}/piece/?at=0", b"x", content_type="x/x").status_code == 404


def test_what_was_there_already_is_not_counted_twice(play: Play) -> None:
    standing(play, A)
    client = manager(play)
    again = client.post(E + "files/add/", {"file": SimpleUploadedFile("copy.csv", register())})
    assert again.status_code == 400 and "there already" in again.content.decode()
    upload(play, A, "register.csv", register("other"))
    with within(EVERYTHING):
        assert sorted(Upload.objects.values_list("name", flat=True)) == ["register (2).csv", "register.csv"]
        first = Upload.objects.get(name="register.csv")
    client.post(f"{E}files/{first.pk}/withdraw/", {"reason": "replaced"})
    worked()
    with within(EVERYTHING):
        assert set(Device.objects.filter(run=shown()).values_list("name", flat=True)) == {
            f"{name} other" for name in ("Front door", "Yard", "Gate", "Lobby", "Old shed")
        }
        assert Device.objects.filter(body_id=A).count() == 10, "of this run and the one before"


def test_a_file_that_cannot_be_read_loses_nothing_else(play: Play) -> None:
    standing(play, A)
    upload(play, A, "broken.xlsx", b"PK\x03\x04 this is no workbook", kind="records")
    (run,) = worked()
    assert run.state == "done" and run.told["number"] == 5
    assert "broken.xlsx" in page(play, "findings/?search=broken")


def test_an_estate_of_nothing_but_rubbish_says_so_and_keeps_what_was_found(play: Play) -> None:
    standing(play, A)
    with within(EVERYTHING):
        only = Upload.objects.get()
    upload(play, A, "noise.csv", bytes(range(256)) * 40, kind="records")
    manager(play).post(f"{E}files/{only.pk}/withdraw/", {"reason": "test"})
    (run,) = worked()
    assert run.state in ("failed", "done")
    text = page(play, "")
    assert ("The last run failed" in text and "4 devices in use" in text) or "0 devices in use" in text


def test_a_run_that_takes_too_much_is_ended_and_says_so(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    standing(play, A)
    monkeypatch.setattr(watching, "PATIENCE", 0.05)
    manager(play).post(E + "assess/")
    (run,) = worked()
    assert run.state == "failed" and "more time or memory" in run.error
    assert "4 devices in use" in page(play, "")


def test_work_that_was_cut_off_is_begun_again(play: Play) -> None:
    """A run that was at work when everything was killed: what it had half filled is filled anew."""
    standing(play, A)
    manager(play).post(E + "assess/")
    with within(EVERYTHING):
        run = Run.objects.get(state="waiting")
        Run.objects.filter(pk=run.pk).update(state="running")
        half = Device.objects.filter(body_id=A)[:2]
        Device.objects.bulk_create(
            [Device(**{**_fields(one), "run_id": run.pk, "number": 900 + place}) for place, one in enumerate(half)]
        )
        running.begin_again()
        running.work(run.pk)
        assert Estate.objects.get(body=A).current_id == run.pk
        assert Device.objects.filter(run=run.pk).count() == 5


def _fields(one: Device) -> dict[str, Any]:
    return {field.attname: getattr(one, field.attname) for field in one._meta.concrete_fields if field.attname != "id"}


def packed(**files: bytes) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name.replace("__", "/"))
            info.size, info.mode = len(data), 0o755
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def test_images_are_opened_and_an_upgrade_compared(play: Play) -> None:
    """Both images are made up: the newer one starts a telnet server."""
    estate(play, A)
    program = b"\x7fELF" + bytes(60) + b"BusyBox v1.30.1 (made up)\0" + bytes(60)
    old = packed(bin__busybox=program, etc__inittab=b"::sysinit:/etc/init.d/rcS\n")
    new = packed(
        bin__busybox=program, etc__inittab=b"::sysinit:/etc/init.d/rcS\n::respawn:/usr/sbin/telnetd -l /bin/sh\n"
    )
    for name, data in (("old.bin", old), ("new.bin", new)):
        upload(play, A, name, data)
    runs = worked()
    assert [run.state for run in runs] == ["done", "done"], [run.error for run in runs]
    image = page(play, f"firmware/runs/{runs[0].pk}/")
    assert "old.bin" in image and "busybox" in image.casefold() and "1.30.1" in image
    with within(EVERYTHING):
        numbers = {one.name: one.pk for one in Upload.objects.all()}
    done = manager(play).post(E + "firmware/compare/", {"old": numbers["old.bin"], "new": numbers["new.bin"]})
    assert done.status_code == 302
    (run,) = worked()
    assert run.state == "done", run.error
    drift = page(play, f"firmware/runs/{run.pk}/")
    assert "added" in drift and "telnet" in drift
    paper = b"".join(manager(play).get(f"{E}firmware/runs/{run.pk}/page.html").streaming_content).decode()
    assert "telnet" in paper


def test_destinations_of_a_capture(play: Play, tmp_path: Path) -> None:
    import wire_made as made

    frames = [
        made.arp(made.CAMERA, made.HOME),
        made.back(made.udp(53, 5_000, made.reply("signal.mydlink.com", made.SERVER)), source="8.8.8.8"),
        made.out(made.tcp(40_001, 443, 1, b"x" * 200), made.TCP),
        made.back(made.tcp(443, 40_001, 1, b"y" * 50), made.TCP),
    ]
    capture = made.pcap(tmp_path / "SYNTHETIC.pcap", frames)
    mac = "b0:c5:54:25:5b:0e"
    data = capture.read_bytes().replace(made.mac(made.CAMERA), made.mac(mac))
    standing(play, A, more=f"Hall,D-Link,DCS-935L,{mac.upper()},,,Mill,active\n")
    upload(play, A, "SYNTHETIC.pcap", data)
    (run,) = worked()
    assert run.state == "done"
    text = page(play, "destinations/")
    assert "D-Link" in text and "signal.mydlink.com" in text and "Hall" in text
    assert "signal.mydlink.com" in page(play, f"devices/{device('Hall').ident}/")


def test_a_form_is_filled_frozen_and_kept(play: Play) -> None:
    standing(play, A)
    client = manager(play)
    assert "889" in page(play, "forms/")
    done = client.post(E + "forms/us-889-worksheet/fill/", {"freeze": "xlsx"})
    (run,) = worked()
    assert run.state == "done", run.error
    assert done["Location"] == f"{E}forms/runs/{run.pk}/"
    text = page(play, f"forms/runs/{run.pk}/")
    assert "Hikvision" in text and run.told["digest"] in text and "to fill in" in text
    book = b"".join(client.get(f"{E}forms/runs/{run.pk}/paper.xlsx").streaming_content)
    assert zipfile.ZipFile(io.BytesIO(book)).testzip() is None
    assert client.post(f"{E}forms/runs/{run.pk}/keep/").status_code == 302
    with within(EVERYTHING):
        assert Upload.objects.filter(kind="paper", state="kept").count() == 1
    assert client.post(E + "forms/no-such/fill/").status_code == 404


def test_a_plan_from_the_limits_on_its_page(play: Play) -> None:
    pytest.importorskip("ortools")
    standing(play, A)
    limits = (
        "start: 2026-12-01\nperiods: 3\nremove: {makes: [Hikvision]}\ncosts: [{cost: 200, hours: 2}]\n"
        "crews: [{name: team, hours: 60}]\n"
    )
    told = {"act": "text", "name": "plan.yaml", "text": limits}
    assert manager(play).post(E + "settings/act/", told).status_code == 302
    (run,) = worked()
    assert run.state == "done", run.error
    text = page(play, "plan/")
    assert "1 devices, for 200 in all" in text and "Front door" in text
    manager(play).post(E + "settings/act/", {**told, "text": "start: never"})
    worked()
    assert "There is no plan" in page(play, "plan/") and "plan.yaml" in page(play, "plan/")


def limits_of() -> dict[str, Any]:
    with within(EVERYTHING):
        return dict(yaml.safe_load(Estate.objects.get(body=A).more["plan.yaml"]))


def test_the_limits_of_a_plan_are_told_by_fields(play: Play) -> None:
    """What has a field is told by it, what has none stays; what cannot be is told, and nothing typed is lost."""
    pytest.importorskip("ortools")
    standing(play, A)
    told = {
        "makes": "Hikvision", "start-day": "1", "start-month": "12", "start-year": "2026", "period": "month",
        "keep_dates": "yes", "cost": "1,200", "hours": "2", "crew-0-name": "team", "crew-0-hours": "60",
        "budget-0-name": "this year", "budget-0-from": "2026-12-01", "budget-0-to": "2027-03-31",
        "budget-0-amount": "60 000",
    }  # fmt: skip
    assert manager(play).post(E + "plan/limits/", told).status_code == 302
    assert limits_of() == {
        "start": "2026-12-01", "period": "month", "keep_dates": True, "remove": {"makes": ["Hikvision"]},
        "costs": [{"cost": 1200, "hours": 2}], "crews": [{"name": "team", "hours": 60}],
        "budgets": [{"name": "this year", "from": "2026-12-01", "to": "2027-03-31", "amount": 60000}],
    }  # fmt: skip
    (run,) = worked()
    assert run.state == "done", run.error
    text = page(play, "plan/")
    assert "1 devices, for 1,200 in all" in text
    more = "landlords: {Quay Ltd: {consent_from: 2027-02-01}}\n"
    more += "costs: [{make: Axis, cost: 9, hours: 1}, {cost: 2, hours: 2}]\n"
    whole = (
        f"start: 2026-12-01\n{more}remove: {{rules: [some-rule]}}\ncrews: [{{name: team, hours: 6, systems: [anpr]}}]\n"
    )
    manager(play).post(E + "settings/act/", {"act": "text", "name": "plan.yaml", "text": whole})
    assert "says more than these fields" in page(play, "plan/")
    assert manager(play).post(E + "plan/limits/", {**told, "budget-0-name": "", "budget-0-from": "", "budget-0-to": "",
                                                   "budget-0-amount": ""}).status_code == 302  # fmt: skip
    assert limits_of() == {
        "start": "2026-12-01", "landlords": {"Quay Ltd": {"consent_from": "2027-02-01"}},
        "costs": [{"make": "Axis", "cost": 9, "hours": 1}, {"cost": 1200, "hours": 2}],
        "remove": {"rules": ["some-rule"], "makes": ["Hikvision"]},
        "crews": [{"name": "team", "hours": 60, "systems": ["anpr"]}], "period": "month", "keep_dates": True,
    }  # fmt: skip
    before = limits_of()
    for wrong, said in (
        ({"crew-0-hours": "many"}, "no whole number"), ({"start-month": "13"}, "start"),
        ({"crew-0-name": "", "crew-0-hours": ""}, "crews"), ({"budget-0-to": "soon"}, "budgets"),
    ):  # fmt: skip
        found = manager(play).post(E + "plan/limits/", {**told, **wrong})
        text = unescape(found.content.decode())
        assert found.status_code == 400 and said in text and 'value="this year"' in text, wrong
    assert limits_of() == before
    manager(play).post(E + "settings/act/", {"act": "text", "name": "plan.yaml", "text": "[1, 2"})
    assert 'name="crew-0-name"' not in manager(play).get(E + "plan/").content.decode(), "the text alone is shown"


def test_sites_are_told_and_drawn(play: Play) -> None:
    standing(play, A)
    client = manager(play)
    lines = "id,name,sensitive,landlord,latitude,longitude,aliases\npier,Pier,yes,Harbour Trust,51.7,-0.3,The Pier;P1\n"
    assert client.post(E + "settings/act/", {"act": "sites", "sites": lines}).status_code == 302
    for wrong in (lines.replace("51.7", "951.7"), lines.replace("51.7", ""), lines.replace("pier,", "P I E R,")):
        assert client.post(E + "settings/act/", {"act": "sites", "sites": wrong}).status_code == 400
    boundary = {
        "type": "FeatureCollection",
        "credit": "drawn by hand",
        "features": [
            {
                "type": "Feature",
                "properties": {"name": "Ashire"},
                "geometry": {
                    "type": "Polygon",
                    "coordinates": [[[-0.5, 51.4], [0.1, 51.4], [0.1, 51.9], [-0.5, 51.4]]],
                },
            }
        ],
    }
    upload(play, A, "area.geojson", json.dumps(boundary).encode())
    found = manager(play).get(E + "map/").content.decode()
    assert (
        found.count("<circle") >= 1 and found.count("<rect") == 2 and "drawn by hand" in found and "<path d=" in found
    )
    assert "Pier" in found and "km</text>" in found
    assert 'style="' not in found
    with within(EVERYTHING):
        assert Site.objects.get(slug="pier").told["aliases"] == ["The Pier", "P1"]


def test_a_folder_is_taken_apart_and_a_hostile_one_refused(play: Play) -> None:
    from importlib import resources

    example = Path(str(resources.files("custodes.estate") / "example"))
    estate(play, A)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path in example.iterdir():
            text = path.read_bytes().replace(b"northmarch", A.encode()) if path.suffix == ".toml" else path.read_bytes()
            archive.writestr(f"estate/{path.name}", text)
    upload(play, A, "estate.zip", out.getvalue())
    taken, run = worked()
    assert (taken.state, run.state) == ("done", "done"), (taken.error, run.error)
    assert not path_of(taken).exists(), "what was taken apart lies about no longer"
    on = manager(play).get(f"{E}runs/{taken.pk}/")
    assert on.status_code == 302 and on["Location"] == f"{E}runs/{run.pk}/"
    with within(EVERYTHING):
        held = Estate.objects.get(body=A)
        assert held.synthetic and Site.objects.filter(body=A).count() == 8
        assert set(Upload.objects.filter(state="kept").values_list("kind", flat=True)) == {"records"}
    assert "invented example" in page(play, "")
    for name in ("../../evil.csv", "/evil.csv", "a\\..\\evil.csv"):
        hostile = io.BytesIO()
        with zipfile.ZipFile(hostile, "w") as archive:
            archive.writestr("custodes.toml", "[estate]\n")
            archive.writestr(name, "x")
        assert "out of the folder" in brought(play, hostile.getvalue())


def test_what_changed_since_the_last_time(play: Play) -> None:
    standing(play, A)
    with within(EVERYTHING):
        first = Upload.objects.get()
    upload(play, A, "later.csv", register().replace(b"V5.7.1", b"V5.8.0"), dated="2026-11-10")
    manager(play).post(f"{E}files/{first.pk}/withdraw/", {"reason": "replaced by a later export"})
    worked()
    text = page(play, "changes/")
    assert "The equipment changed" in text and "V5.7.1" in text and "V5.8.0" in text


def test_nothing_of_an_estate_is_run_or_leads_out(play: Play) -> None:
    """Formula cells are texts in what is handed out; names of files are no paths."""
    more = "=HYPERLINK(\"http://x\"),Axis,=cmd|'/c calc'!A1,,,,Quay,active\n"
    standing(play, A, more=more)
    text = b"".join(manager(play).get(E + "results/devices.csv").streaming_content).decode()
    assert not re.search(r'(^|,)"?[=+@]', text, re.M)
    for name in ("job.json", "..%2f..%2fsecret", "told.json"):
        assert manager(play).get(f"{E}results/{name}").status_code == 404


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the tests of PostgreSQL have their own")
def test_the_auditor_and_the_coordinator_read_and_change_nothing(play: Play) -> None:
    standing(play, A)
    for role in (Role.AUDITOR, Role.COORDINATOR, Role.SRO):
        assert "4 devices in use" in page(play, "", role)
        assert play.client(role, A).get(E + "folder.zip").status_code == 403  # it holds the files as they came
        client = play.client(role, A)
        assert client.post(E + "assess/").status_code == 403
        assert "Judge these devices" not in page(play, "register/", role)
    for role in (Role.RESPONDENT, Role.CHIEF):
        assert play.client(role, A).get(E).status_code == 403
    assert play.client(Role.ESTATE_MANAGER, B).get(E).status_code == 404
    assert play.client(Role.ANALYST).get(E).status_code == 403


def folder(**more: str) -> bytes:
    """A whole estate as a ZIP: one register, and whatever else is told."""
    config = f'[estate]\ntitle = "T"\n[[body]]\nid = "{A}"\nname = "A"\n[[source]]\nfile = "register.csv"\n'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("custodes.toml", more.pop("config", config))
        archive.writestr("register.csv", more.pop("register", register().decode()))
        for name, text in more.items():
            archive.writestr(name.replace("__", "."), text)
    return out.getvalue()


def sent(play: Play, data: bytes, name: str) -> Any:
    """The answer to a file on its page."""
    return manager(play).post(E + "files/add/", {"file": SimpleUploadedFile(name, data)})


def brought(play: Play, data: bytes) -> str:
    """Why a whole folder was not taken: nothing of it may be here then."""
    with within(EVERYTHING):
        before = Upload.objects.filter(state="kept").count(), Site.objects.count(), Judged.objects.count()
    assert sent(play, data, "folder.zip").status_code == 302
    (run,) = worked()
    assert run.state == "failed", "it was taken"
    assert run.error.splitlines()[0] in unescape(page(play, f"runs/{run.pk}/"))
    with within(EVERYTHING):
        after = Upload.objects.filter(state="kept").count(), Site.objects.count(), Judged.objects.count()
    assert after == before
    return run.error


def test_a_folder_reads_no_file_of_the_server(play: Play, tmp_path: Path) -> None:
    estate(play, A)
    secret = tmp_path / "secret.csv"
    secret.write_text("Name,Make\nkey,SECRETMARK\n", encoding="utf-8")
    for path in (str(secret), f"../../../../../../..{secret}", "/etc/passwd"):
        config = f'[estate]\n[[body]]\nid = "{A}"\nname = "A"\n[[source]]\nfile = "{path}"\n'
        assert "leads out of the folder" in brought(play, folder(config=config))


@pytest.mark.parametrize("name", ["custodes.toml", "judgements.yaml", "answers.json", "plan.yaml", "papers", "records"])
def test_a_file_named_like_one_of_the_service_stands_for_none(play: Play, name: str) -> None:
    """What is uploaded lies apart from what the service writes for a run."""
    standing(play, A)
    judged = "- {say: make, of: [register.csv:4], make: Dahua, by: nobody, date: 2026-01-01}\n"
    upload(play, A, name, judged.encode(), kind="records")
    (run,) = worked()
    assert run.state == "done", run.error
    assert device("Gate").make == ""


def test_a_judgement_stays_with_its_file(play: Play) -> None:
    """A later file of the same name is another file: row 4 of it is another device."""
    standing(play, A)
    gate = device("Gate")
    assert gate.ref == "register.csv:4"
    told = {"device": [gate.pk], "say": "maker", "value_maker": "Dahua", "because": "seen", "run": shown(), "many": 1}
    assert manager(play).post(E + "judge/", told).status_code == 302
    worked()
    assert device("Gate").maker == "Dahua"
    with within(EVERYTHING):
        first = Upload.objects.get()
    manager(play).post(f"{E}files/{first.pk}/withdraw/", {"reason": "replaced"})
    upload(play, A, "register.csv", register().replace(b"Gate", b"New lift camera"))
    worked()
    lift = device("New lift")
    assert (lift.maker, lift.ref) == ("", "register (2).csv:4")
    assert "there is no record" in page(play, "judgements/")


def test_judgements_of_a_folder_follow_its_file(play: Play) -> None:
    standing(play, A)
    judged = '- {say: maker, of: ["register.csv:4"], maker: Dahua, by: x, date: 2026-01-01, because: board seen}\n'
    upload(play, A, "more.zip", folder(register=register("two").decode(), judgements__yaml=judged))
    worked()
    with within(EVERYTHING):
        found = Device.objects.filter(run=shown(), name__startswith="Gate")
        made = {one.name.strip(): one.maker for one in found}
        assert Judged.objects.get().of == ["register (2).csv:4"]
    assert made == {"Gate": "", "Gate two": "Dahua"}
    lost = folder(register=register("three").decode(), judgements__yaml=judged.replace("register.csv", "elsewhere.csv"))
    for _ in range(2):  # what was refused is not here: it may be sent again
        assert "of no source" in brought(play, lost)


def test_reasons_are_the_bodys_own(play: Play) -> None:
    """The office reads the record of changes, and in it the fingerprint of a reason, not its words."""
    standing(play, A)
    told = {"device": [device("Gate").pk], "say": "make", "value_make": "Axis", "because": "QQREASON"}
    assert manager(play).post(E + "judge/", told | {"run": shown(), "many": 1}).status_code == 302
    for role in (Role.OFFICE_ADMIN, Role.AUDITOR):
        assert "QQREASON" not in play.client(role).get(f"/audit/?chain={A}").content.decode()
    assert "QQREASON" in page(play, "judgements/")


def test_sites_that_are_told_in_part_keep_the_rest(play: Play) -> None:
    standing(play, A)
    client = manager(play)
    client.post(E + "settings/act/", {"act": "sites", "sites": "id,name,landlord\nquay,Quay,Harbour Trust\n"})
    with within(EVERYTHING):
        quay = Site.objects.get(slug="quay")
        assert quay.sensitive and quay.latitude == 51.5 and quay.landlord == "Harbour Trust"
    odd = client.post(E + "settings/act/", {"act": "sites", "sites": "id,name,sensitive\nquay,Quay,perhaps\n"})
    assert odd.status_code == 400 and "yes or no" in odd.content.decode()


def test_a_run_that_cannot_be_tidied_holds(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    standing(play, A)

    def broken(*_: Any) -> None:
        raise RuntimeError("the disk, say")

    monkeypatch.setattr(running, "clear", broken)
    manager(play).post(E + "assess/")
    (run,) = worked()
    assert run.state == "done" and shown() == str(run.pk)
    assert "5 records" in page(play, "register/")


ODD = (
    'source = "x"\n[[body]]\nid = "{A}"\nname = "A"\n',
    '[[source]]\nfile = "register.csv"\n[[site]]\nid = 3\n',
    '[[source]]\nfile = "register.csv"\n[[site]]\nid = "a"\naliases = 3\n',
    '[[source]]\nfile = "register.csv"\n[form."a b"]\nx = 1\n',
    "=",
)


@pytest.mark.parametrize("config", ODD)
def test_a_configuration_that_is_none_is_refused(play: Play, config: str) -> None:
    estate(play, A)
    assert "custodes.toml" in brought(play, folder(config=config))


def test_what_no_page_sends_is_refused_and_is_no_fault(play: Play) -> None:
    standing(play, A)
    client = manager(play)
    assert client.post(E + "judge/", {"device": ["9" * 5_000]}).status_code == 200
    long = "id,name\n" + "x" * 150_000 + ",y\n"
    assert client.post(E + "settings/act/", {"act": "sites", "sites": long}).status_code == 400
    for text in ("[[[]]]", '{"features": [{"geometry": {"type": "Polygon", "coordinates": [[[1]]]}}]}', "1" * 400):
        assert sent(play, text.encode(), "odd.geojson").status_code == 400, text
    assert client.get(E + "map/").status_code == 200
