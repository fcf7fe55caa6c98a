"""The example that a new service opens with: an invented force with its equipment, and a small survey that asks it."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory

from django.db import transaction

from custodes.service.access.models import User
from custodes.service.access.roles import Role
from custodes.service.audit.record import OFFICE_CHAIN, Act, record

#: The invented force of the example estate.
BODY = "northmarch"
_NAME = "Northmarch Constabulary (invented example)"
_CHANGES = {
    "questionnaire.yaml": (
        ("id: my-survey", "id: example"),
        ("{en: My survey, cy: Fy arolwg}", "{en: Example survey (invented), cy: Arolwg enghreifftiol (dychmygol)}"),
        ("        silence: unknown\n", "        silence: unknown\n        estate: {system: drones}\n"),
        ("        type: count\n", "        type: count\n        estate: {system: drones}\n"),
    ),
    "waves.yaml": (("questionnaire: my-survey", "questionnaire: example"),),
    "bodies.csv": (
        ("example-one,Example One (to be replaced),force", f"{BODY},{_NAME},force"),
        ("example-two,Example Two (to be replaced),force", "eastmarch,Eastmarch Constabulary (invented example),force"),
    ),
}


def is_wanted() -> bool:
    """Whether nobody has worked here yet."""
    from custodes.service.surveys.models import Body

    return not Body.objects.exists() and not User.objects.exists()


def open_example() -> None:
    """Brings the example in, in the scope of everything, and asks for it to be worked out."""
    from custodes.service.estates import bringing
    from custodes.service.estates.acts import estate_of
    from custodes.service.estates.running import want
    from custodes.service.surveys.folders import keep
    from custodes.service.surveys.models import Body
    from custodes.survey.starter import write_starter

    with TemporaryDirectory() as place:
        folder = Path(place)
        names = write_starter(folder)
        files = {name: (folder / name).read_text(encoding="utf-8") for name in names}
    for name, changes in _CHANGES.items():
        for old, new in changes:
            if old not in files[name]:
                raise AssertionError(f"the starter of surveys no longer has {old!r}")
            files[name] = files[name].replace(old, new)
    keep(files, None)
    with transaction.atomic():
        estate = estate_of(Body.objects.get(pk=BODY))
        bringing.bring_folder(estate, Path(str(resources.files("custodes.estate") / "example")), None)
        record(Act("example_opened", None), OFFICE_CHAIN, {"body": BODY})
        want(estate, None)


def hand_over(user: User) -> None:
    """The first administrator gets the example's estate and its return, to look around in."""
    from custodes.service.access.invitations import grant
    from custodes.service.audit.models import Event

    if Event.objects.filter(chain=OFFICE_CHAIN, kind="example_opened").exists():
        for role in (Role.ESTATE_MANAGER, Role.COORDINATOR):
            grant(user, role, BODY, None)
