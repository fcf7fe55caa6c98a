"""Every (route, role, body) is visited: who may see what is written by hand in `isolation.yaml`, and nothing leaks."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import estates_made
import pytest
import test_rounds
import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse
from playing import BODIES, BODY_ROLES, OFFICE_ROLES, SURVEY, WAVE, Play, answer, hub, signed

from custodes.service.access.invitations import Invited, invite
from custodes.service.access.roles import May, Role
from custodes.service.access.routes import ROUTES
from custodes.service.access.scope import EVERYTHING, within
from custodes.service.estates.models import Asked, Device, Estate, Found, Judged, Upload
from custodes.service.estates.models import Run as Run_
from custodes.service.pages import every_module
from custodes.service.publishing.models import Confirmation, Edition, Run
from custodes.service.returns.models import Delegation, Evidence, Query, Return
from custodes.service.surveys.models import Survey

every_module()
WHO: dict[str, dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "isolation.yaml").read_text(encoding="utf-8"))
MARKS = {BODIES[0]: "yakmark", BODIES[1]: "zebramark"}
#: What is sent where a page takes nothing but what is sent to it.
SENT: dict[str, dict[str, str]] = {
    "reply": {"reply": "a reply"},
    "parts": {"name": "Another"},
    "evidence": {"question": "cctv.use"},
    "review_act": {"act": "contact", "channel": "mail", "direction": "out", "what": "a letter"},
    "edition_act": {"act": "request"},
    "propose": {},
    "open_wave": {"wave": WAVE},
    "review_workbook": {},
    "round_new": {"title": "x"},
    "round_file": {},
    "round_act": {"figure": "x", "value": "1"},
    "estate_assess": {},
    "estate_upload": {},
    "estate_upload_begin": {"name": "x.csv", "size": "10"},
    "estate_upload_piece": {},
    "estate_upload_whole": {},
    "estate_withdraw": {"reason": "x"},
    "estate_judge": {},
    "estate_judgement_back": {"because": "x"},
    "estate_answer": {"make": "Axis", "answered_by": "x"},
    "estate_board_act": {},
    "estate_settings_act": {},
    "estate_limits": {},
    "estate_compare": {},
    "estate_form_fill": {},
    "estate_paper_keep": {},
}


@dataclass(frozen=True)
class Visitor:
    """Somebody: a role at a body or at the office; nobody without."""

    role: Role | None = None
    body: str = ""

    def __str__(self) -> str:
        return f"{self.role or 'nobody'} of {self.body or ('the office' if self.role else 'nowhere')}"


VISITORS = (
    Visitor(),
    *(Visitor(role) for role in OFFICE_ROLES),
    *(Visitor(role, body) for body in BODIES for role in BODY_ROLES),
)


@dataclass
class Stage:
    """A service in which each body has something of everything."""

    play: Play
    numbers: dict[tuple[str, str], int]
    token: str
    names: dict[tuple[str, str], str]


def staged(play: Play) -> Stage:
    numbers: dict[tuple[str, str], int] = {}
    names: dict[tuple[str, str], str] = {}
    for body in BODIES:
        mark = MARKS[body]
        signed(play, body, mark)
        coordinator = play.client(Role.COORDINATOR, body)
        kept = coordinator.post(
            hub(body, "evidence"),
            {"question": "cctv.use", "file": SimpleUploadedFile(f"{mark}.txt", f"{mark} paper".encode())},
        )
        assert kept.status_code == 302
        again = {"as_at-day": "2", "as_at-month": "2", "as_at-year": "2026"}
        play.client(Role.SRO, body).post(hub(body, "complete"), again)
        from playing import digest

        chief = play.client(Role.CHIEF, body)
        chief.post(
            hub(body, "sign"), {"digest": digest(chief.get(hub(body, "sign")).content.decode()), "agreed": "yes"}
        )
        place = f"/office/{SURVEY}/waves/{WAVE}/{body}/act/"
        office = play.client(Role.ANALYST)
        office.post(place, {"act": "contact", "channel": "telephone", "direction": "in", "what": f"{mark} rang"})
        office.post(place, {"act": "query", "question": "cctv.use", "text": f"{mark} asked"})
        with within(EVERYTHING):
            of = Return.objects.get(body_id=body)
            numbers["reply", body] = Query.objects.get(of=of).pk
            numbers["evidence", body] = Evidence.objects.get(of=of).pk
            Delegation.objects.create(of=of, body_id=body, section="cctv", user=play.people[Role.RESPONDENT, body])
            Delegation.objects.create(of=of, body_id=body, section="systems", user=play.people[Role.RESPONDENT, body])
    with within(EVERYTHING):
        survey = Survey.objects.get(pk=SURVEY)
        edition = Edition.objects.create(survey=survey, slug="first", title="First", cut=date(2026, 11, 1))
        for body in BODIES:
            Confirmation.objects.create(body_id=body, edition=edition, event="asked", day=date(2026, 11, 1))
        numbers["run", ""] = Run.objects.create(
            survey=survey, edition=edition, state="done", summary={"withheld": {}, "editions": [], "published": 0}
        ).pk
        token = invite(Invited(Role.ANALYST, "new@example.org"), None)
    preview = play.home / "previews" / f"{SURVEY}-{numbers['run', '']}"
    for folder in (preview, play.home / "published" / SURVEY):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "index.html").write_text("<p>a page for all</p>", encoding="utf-8")
    test_rounds.begun(play)
    with within(EVERYTHING):
        numbers["round", ""] = test_rounds.Round.objects.get().pk
        names["line", ""] = test_rounds.Line.objects.order_by("pk")[0].key
    for body in BODIES:
        estate_staged(play, body, numbers, names)
    return Stage(play, numbers, token, names)


def estate_staged(
    play: Play, body: str, numbers: dict[tuple[str, str], int], names: dict[tuple[str, str], str]
) -> None:
    """An estate with something of everything: a judgement, an answer, work, images, a form."""
    mark = MARKS[body]
    estates_made.standing(play, body, mark)
    client = play.client(Role.ESTATE_MANAGER, body)
    place = f"/estate/{body}/"
    for name in ("old", "new"):
        estates_made.upload(play, body, f"{name}-{mark}.bin", f"{mark} {name} image".encode() * 40)
    client.post(f"{place}forms/board-page/fill/", {"freeze": "xlsx"})
    with within(EVERYTHING):
        lobby = Device.objects.get(body_id=body, name__startswith="Lobby")
        asked = Asked.objects.filter(body_id=body).order_by("key")[0]
        images = list(Upload.objects.filter(body_id=body, kind="firmware").order_by("pk"))
        found = Found.objects.filter(body_id=body)[0]
        run = str(Estate.objects.get(body=body).current_id)
    judged = {"device": [lobby.pk], "say": "maker", "value_maker": "Hikvision", "because": f"seen by {mark}"}
    judged |= {"run": run, "many": 1}
    assert client.post(f"{place}judge/", judged).status_code == 302
    given = {"make": "Axis", "answered_by": f"the {mark} team"}
    assert client.post(f"{place}queue/{asked.key}/answer/", given).status_code == 302
    client.post(
        f"{place}findings/act/", {"finding": [found.key], "state": "doing", "note": f"{mark} does it", "run": run}
    )
    client.post(f"{place}firmware/compare/", {"old": images[0].pk, "new": images[1].pk})
    estates_made.worked()
    with within(EVERYTHING):
        runs = {run.kind: run.pk for run in Run_.objects.filter(body_id=body, state="done").order_by("pk")}
        assert set(runs) == {"assess", "inspect", "compare", "form"}
        numbers["run of estate", body] = runs["assess"]
        numbers["image", body], numbers["form", body] = runs["compare"], runs["form"]
        numbers["upload", body] = Upload.objects.filter(body_id=body, kind="records")[0].pk
        numbers["judgement", body] = Judged.objects.get(body_id=body).pk
        now = Estate.objects.get(body=body).current_id
        names["ident", body] = Device.objects.filter(run=now).order_by("number")[0].ident
        names["key", body] = Asked.objects.filter(run=now).order_by("key")[0].key


#: Which number a route of an estate is about.
NUMBERED = {
    "estate_run": "run of estate",
    "estate_image": "image",
    "estate_drift_page": "image",
    "estate_form": "form",
    "estate_paper": "form",
    "estate_paper_keep": "form",
    "estate_judgement_back": "judgement",
}


def address(stage: Stage, name: str, body: str) -> str:
    place = ROUTES[name].place
    told: dict[str, Any] = {
        "survey": SURVEY,
        "wave": WAVE,
        "body": body,
        "about": body,
        "section": "systems" if name == "parts" else "cctv",
        "question": "cctv.use",
        "edition": "first",
        "place": "index.html",
        "token": stage.token,
        "number": _number(stage, name, body),
        "ident": stage.names["ident", body],
        "key": stage.names["line", ""] if name.startswith("round") else stage.names["key", body],
        "form": "board-page",
        "name": "table.csv" if name == "round_result" else "devices.csv",
        "end": "xlsx",
    }
    wanted = {key: value for key, value in told.items() if f":{key}>" in place}
    return reverse(name, kwargs=wanted)


def _number(stage: Stage, name: str, body: str) -> int:
    if name.startswith("round"):
        return stage.numbers["round", ""]
    return stage.numbers["run", ""] if name in ("run", "preview") else stage.numbers[_numbered(name), body]


def _numbered(name: str) -> str:
    if name == "reply":
        return "reply"
    return NUMBERED.get(name, "upload") if name.startswith("estate_") else "evidence"


def expected(name: str, visitor: Visitor, body: str) -> str:
    """in, no (403), gone (404), or door (to sign in), by the hand-written table."""
    rule = WHO[name]
    if rule.get("anybody"):
        return "in"
    if visitor.role is None:
        return "door"
    if rule.get("own"):
        return "in"
    if visitor.body == "":
        if visitor.role in rule.get("office", ()):
            return "in"
        return "no"
    if visitor.role in rule.get("everywhere", ()):
        return "in"
    if "body" in rule and ":body>" in ROUTES[name].place:
        if visitor.body != body:
            return "gone"
        return "in" if visitor.role in rule["body"] else "no"
    return "no"


def visit(stage: Stage, name: str, visitor: Visitor, body: str) -> tuple[str, Any]:
    """What happened; whatever was changed is taken back."""
    client = stage.play.client(visitor.role, visitor.body)
    where = address(stage, name, body)
    with transaction.atomic():
        try:
            found = client.post(where, SENT[name]) if name in SENT else client.get(where)
        finally:
            transaction.set_rollback(True)
    if found.status_code == 302 and found["Location"].startswith("/account/login/"):
        return "door", found
    return {403: "no", 404: "gone"}.get(found.status_code, "in"), found


def places(name: str) -> tuple[str, ...]:
    return BODIES if any(f":{part}>" in ROUTES[name].place for part in ("body", "about")) else (BODIES[0],)


def visits() -> Iterator[tuple[str, Visitor, str]]:
    for name in ROUTES:
        yield from itertools.product((name,), VISITORS, places(name))


def wrong(stage: Stage, name: str, visitor: Visitor, body: str) -> list[str]:
    """How a visit differs from the table, or what it tells that it must not."""
    happened, found = visit(stage, name, visitor, body)
    faults = []
    if happened != expected(name, visitor, body):
        faults.append(f"{name} of {body} as {visitor}: {happened}, not {expected(name, visitor, body)}")
    if visitor.role in OFFICE_ROLES and visitor.body == "":
        return faults
    told = b"".join(found.streaming_content) if found.streaming else found.content
    text = f"{found.headers} {told.decode('utf-8', 'replace')}".casefold()
    for other, mark in MARKS.items():
        if other != visitor.body and (mark in text or (other in text and other not in found.wsgi_request.path)):
            faults.append(f"{name} of {body} as {visitor} tells of {other}")
    return faults


def test_every_route_is_in_the_table() -> None:
    assert set(ROUTES) == set(WHO)


def test_nothing_leaks(play: Play, capsys: pytest.CaptureFixture[str]) -> None:
    stage = staged(play)
    faults, many = [], 0
    for name, visitor, body in visits():
        many += 1
        faults += wrong(stage, name, visitor, body)
    with capsys.disabled():
        print(f"\n{many:,} visits: {len(ROUTES)} routes, {len(VISITORS)} visitors, {len(BODIES)} bodies")
    assert many > 500
    assert faults == []


def test_without_any_one_check_the_test_above_fails(play: Play) -> None:
    """Each route in turn lets everybody in: the visits to it no longer come out as they must."""
    stage = staged(play)
    unseen = []
    for name, route in list(ROUTES.items()):
        if WHO[name].get("anybody"):
            continue
        ROUTES[name] = replace(route, may=May.ANYTHING_PUBLIC)
        try:
            found = any(wrong(stage, name, visitor, body) for visitor in VISITORS for body in places(name))
        except Exception:  # a page that nobody was meant to reach may fail as well
            found = True
        finally:
            ROUTES[name] = route
        if not found:
            unseen.append(name)
    assert unseen == []


def test_a_page_and_a_body_that_are_not_there_look_the_same(play: Play) -> None:
    client = play.client(Role.COORDINATOR, BODIES[0])
    other, none = client.get(hub(BODIES[1])), client.get(hub("nowhere"))
    assert (other.status_code, none.status_code) == (404, 404)

    def bare(page: bytes) -> str:
        text = re.sub(r'csrfmiddlewaretoken" value="\w+"', "", page.decode())
        return text.replace(BODIES[1], "").replace("nowhere", "")

    assert bare(other.content) == bare(none.content)


def test_a_draft_is_not_seen_by_the_office(play: Play) -> None:
    answer(play.client(Role.COORDINATOR, BODIES[0]), BODIES[0], "cctv", "cctv.use", state="none", note="draftmark")
    page = play.client(Role.OFFICE_ADMIN).get(f"/office/{SURVEY}/waves/{WAVE}/{BODIES[0]}/").content.decode()
    assert "draftmark" not in page and "belongs to the body" in page
