"""Plays everybody of a small survey in this process: two bodies, each with marks that nobody else may see."""

from __future__ import annotations

import io
import json
import re
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.test import Client

from custodes.service.access.invitations import grant
from custodes.service.access.models import User
from custodes.service.access.roles import Role
from custodes.service.access.scope import EVERYTHING, within
from custodes.service.surveys import folders
from custodes.service.surveys.models import Survey, Wave
from custodes.service.surveys.waves import open_wave

BODIES = ("ashire", "beeshire")
BODY_ROLES = (Role.COORDINATOR, Role.RESPONDENT, Role.SRO, Role.CHIEF, Role.ESTATE_MANAGER, Role.AUDITOR)
OFFICE_ROLES = (Role.OFFICE_ADMIN, Role.ANALYST, Role.AUDITOR)
SURVEY, WAVE = "cameras", "w1"
PASSWORD = "a long enough password"


#: Question to what it asks of a body's register, for the surveys that are begun from now on.
ASKS: dict[str, Any] = {}


def questionnaire(version: str = "1") -> dict[str, Any]:
    told = _questionnaire(version)
    for section in told["sections"]:
        for question in section["questions"]:
            if question["id"] in ASKS:
                question["estate"] = ASKS[question["id"]]
    return told


def _questionnaire(version: str) -> dict[str, Any]:
    use = {"==": [{"source": "answers", "identifier": "cctv.use"}, "yes"]}
    return {
        "id": SURVEY,
        "version": version,
        "title": {"en": "Cameras", "cy": "Camerâu"},
        "sections": [
            {
                "id": "cctv",
                "title": {"en": "Camera systems", "cy": "Systemau camera"},
                "questions": [
                    {
                        "id": "cctv.use",
                        "type": "yes_no",
                        "text": {"en": "Do you use cameras?", "cy": "A ydych yn defnyddio camerâu?"},
                    },
                    {"id": "cctv.many", "type": "count", "text": {"en": "How many?", "cy": "Sawl un?"}, "when": use},
                    {
                        "id": "cctv.kind",
                        "type": "choice",
                        "options": ["old", "new"],
                        "text": {"en": "Which kind?"},
                        "when": use,
                    },
                ],
            },
            {
                "id": "systems",
                "title": {"en": "Systems"},
                "repeat": "camera system",
                "questions": [{"id": "sys.owner", "type": "text", "text": {"en": "Who owns it?"}}],
            },
            {
                "id": "worn",
                "title": {"en": "Body-worn video"},
                "questions": [
                    {"id": "worn.since", "type": "date", "text": {"en": "Since when?"}},
                    {"id": "worn.concern", "type": "yes_no", "text": {"en": "Any of concern?"}},
                ],
            },
        ],
    }


def files(**more: str) -> dict[str, str]:
    """A survey folder. Every body in it is invented."""
    bodies = "body,name,kind,invited_from,invited_to\n" + "".join(f"{one},{one.title()},county,,\n" for one in BODIES)
    yes = {"==": [{"source": "answers", "identifier": "worn.concern"}, "yes"]}
    figures = [
        {"id": "returns", "kind": "returns", "unit": "body", "title": {"en": "Returns"}},
        {
            "id": "worn",
            "kind": "share",
            "unit": "body",
            "question": "worn.concern",
            "numerator": yes,
            "title": {"en": "Worn"},
        },
    ]
    return {
        "questionnaire.yaml": json.dumps(questionnaire()),
        "waves.yaml": json.dumps(
            {"waves": [{"id": WAVE, "opened": "2026-01-05", "closed": "2026-02-05", "title": "The first wave"}]}
        ),
        "bodies.csv": bodies,
        "figures.yaml": json.dumps({"figures": figures}),
        "answers.csv": "body,question,part,value,state,valid_at,recorded_at,source\n",
        "publication.yaml": "# invented\npolicy: {invented: yes}\nlanguages: [en]\norigin: example.org/cameras\n",
    } | more


def zipped(told: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in told.items():
            archive.writestr(f"folder/{name}", text)
    return out.getvalue()


@dataclass
class Play:
    """Who is who. `people`: role and place (a body, or empty) to the account."""

    home: Path
    people: dict[tuple[Role, str], User] = field(default_factory=dict)

    @classmethod
    def begun(cls, home: Path) -> Play:
        """The survey is uploaded, its wave open, and everybody has an account."""
        made = cls(home)
        with within(EVERYTHING):
            folders.keep(files(), None)
            for role in OFFICE_ROLES:
                made._person(role, "")
            for body in BODIES:
                for role in BODY_ROLES:
                    made._person(role, body)
            open_wave(Survey.objects.get(pk=SURVEY), WAVE, made.people[Role.OFFICE_ADMIN, ""])
        return made

    def _person(self, role: Role, body: str) -> None:
        place = body or "office"
        user = User.objects.create_user(f"{role}@{place}.example", PASSWORD, name=f"{role} of {place}")
        grant(user, role, body, None)
        self.people[role, body] = user

    def client(self, role: Role | None = None, body: str = "") -> Client:
        """A browser in which somebody has signed in; nobody without a role."""
        client = Client()
        if role is not None:
            client.force_login(self.people[role, body], backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    @property
    def wave(self) -> Wave:
        return Wave.objects.get(survey_id=SURVEY, slug=WAVE)


def hub(body: str, *more: str) -> str:
    return "/".join(("", "returns", SURVEY, WAVE, body, *more)) + "/"


def seen(text: str) -> int:
    """The revision that a question's page shows."""
    found = re.search(r'name="seen" value="(\d+)"', text)
    assert found is not None
    return int(found[1])


def answer(client: Client, body: str, section: str, question: str, part: str = "", **told: str) -> Any:
    """Answers one question on its page."""
    place = hub(body, "sections", section, "questions", question) + (f"?part={part}" if part else "")
    page = client.get(place)
    assert page.status_code == 200, (place, page.status_code)
    return client.post(place, {"seen": seen(page.content.decode()), **told})


def fill(client: Client, body: str, mark: str = "", concern: str = "no") -> None:
    """A whole return."""
    answer(client, body, "cctv", "cctv.use", value="yes")
    answer(client, body, "cctv", "cctv.many", value="12")
    answer(client, body, "cctv", "cctv.kind", value="new")
    client.post(hub(body, "sections", "systems", "parts"), {"name": f"Town{mark}"})
    answer(client, body, "systems", "sys.owner", f"Town{mark}", value=f"the council {mark}")
    day = {"value-day": "3", "value-month": "4", "value-year": "2020"}
    answer(client, body, "worn", "worn.since", **day)
    answer(client, body, "worn", "worn.concern", value=concern)


def digest(text: str) -> str:
    found = re.search(r'name="digest" value="([0-9a-f]{64})"', text)
    assert found is not None, text[-3000:]
    return found[1]


def signed(play: Play, body: str, mark: str = "", concern: str = "no") -> None:
    """A return from its first answer to its signature."""
    fill(play.client(Role.COORDINATOR, body), body, mark, concern)
    day = {"as_at-day": "2", "as_at-month": "2", "as_at-year": "2026"}
    done = play.client(Role.SRO, body).post(hub(body, "complete"), day)
    assert done.status_code == 302, done.content.decode()
    chief = play.client(Role.CHIEF, body)
    page = chief.get(hub(body, "sign")).content.decode()
    done = chief.post(hub(body, "sign"), {"digest": digest(page), "agreed": "yes"})
    assert done.status_code == 302, done.content.decode()
