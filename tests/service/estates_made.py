"""An estate of a body as tests want it: a register with marks of its own, worked out as the service does it."""

from __future__ import annotations

from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile
from playing import Play

from custodes.service.access.roles import Role
from custodes.service.access.scope import EVERYTHING, within
from custodes.service.estates import acts, running, taking
from custodes.service.estates.models import WAITING, Estate, Run
from custodes.service.surveys.models import Body

HEAD = "Name,Make,Model,MAC,Serial,Firmware,Site,Status\n"


def register(mark: str = "", more: str = "") -> bytes:
    """Five devices. Every one is invented."""
    rows = (
        f"Front door {mark},Hikvision,DS-2CD2143G2-I,,DS-2CD2143G2-I20210101AAWRF00000001,V5.7.1,Quay,active\n"
        f"Yard {mark},Axis,P3245-V,AC:CC:8E:00:00:11,,10.12.1,Quay,active\n"
        f"Gate {mark},,,,,,Mill,active\n"
        f"Lobby {mark},LaView,LV-PB932F4,,,,Mill,active\n"
        f"Old shed {mark},Dahua,IPC-HFW2231S-S-S2,,,,Mill,removed\n"
    )
    return (HEAD + rows + more).encode()


def estate(play: Play, body: str) -> Estate:
    """The estate of a body, a police force with two sites."""
    from custodes.service.estates.models import Site

    with within(EVERYTHING):
        made = acts.estate_of(Body.objects.get(pk=body))
        Estate.objects.filter(pk=made.pk).update(
            kind="police-force", jurisdiction="UK-England and Wales", told={"as_at": "2026-11-20"}
        )
        for slug, sensitive, place in (("quay", True, (51.5, -0.1)), ("mill", False, (51.6, -0.2))):
            Site.objects.get_or_create(
                body_id=body,
                slug=slug,
                defaults={"name": slug.title(), "sensitive": sensitive, "latitude": place[0], "longitude": place[1]},
            )
        return Estate.objects.select_related("body").get(pk=made.pk)


def upload(play: Play, body: str, name: str, data: bytes, **told: str) -> str:
    """A file on its page, and where that led."""
    client = play.client(Role.ESTATE_MANAGER, body)
    done = client.post(f"/estate/{body}/files/add/", {"file": SimpleUploadedFile(name, data), **told})
    assert done.status_code == 302, done.content.decode()[-3000:]
    return str(done["Location"])


def worked() -> list[Run]:
    """Every run that waits, worked as the process in the background does."""
    with within(EVERYTHING):
        done: list[Run] = []
        while (run := Run.objects.filter(state=WAITING).order_by("pk").first()) is not None:
            running.work(run.pk)
            run.refresh_from_db()
            done.append(run)
        return done


def standing(play: Play, body: str, mark: str = "", more: str = "") -> Estate:
    """An estate that was worked out."""
    estate(play, body)
    upload(play, body, f"register{mark}.csv", register(mark, more), dated="2026-11-02")
    (run,) = worked()
    assert run.state == "done", run.error
    with within(EVERYTHING):
        return Estate.objects.select_related("body", "current").get(body=body)


def path_of(run: Run) -> Path:
    """Where the results of a run lie."""
    return running.place(run)


__all__ = ["estate", "path_of", "register", "standing", "taking", "upload", "worked"]
