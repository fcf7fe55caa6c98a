"""What every page of an estate starts from: whose it is, what was found last, what is being worked out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from custodes.service.access.roles import May
from custodes.service.access.routes import Request
from custodes.service.estates import results
from custodes.service.estates.models import Estate, Run
from custodes.service.estates.running import place
from custodes.service.surveys.models import Body
from custodes.service.web.pages import show

#: The pages of an estate, in the order of the menu: route, word.
TABS = (
    ("estate", "Overview"),
    ("estate_files", "Files"),
    ("estate_register", "Register"),
    ("estate_queue", "To decide"),
    ("estate_board", "Findings"),
    ("estate_map", "Map"),
    ("estate_traffic", "Destinations"),
    ("estate_firmware", "Firmware"),
    ("estate_plan", "Plan"),
    ("estate_forms", "Forms"),
    ("estate_settings", "Settings"),
)


@dataclass(frozen=True)
class Desk:
    """A body's estate as a page sees it. `run`: the last assessment that ended well."""

    request: Request
    body: Body
    estate: Estate | None

    @property
    def run(self) -> Run | None:
        """The assessment that pages show."""
        return self.estate.current if self.estate is not None else None

    @property
    def last(self) -> Run | None:
        """The assessment that was begun last, whatever became of it."""
        if self.estate is None or self.estate.last_id == self.estate.current_id:
            return self.run
        return self.estate.last

    @property
    def may_work(self) -> bool:
        """Whether who is asking may change something."""
        return self.request.person.may(May.WORK_ESTATE, self.body.pk)

    def read(self, name: str) -> Any:
        """A file of results of the last assessment; None where there is none."""
        return results.read_json(place(self.run) / name) if self.run is not None else None

    def show(self, template: str, tab: str, context: Mapping[str, Any], status: int = 200) -> HttpResponse:
        """A page with the estate's frame."""
        last = self.last
        busy = last if last is not None and last.state in ("waiting", "running") else None
        frame = {
            "body": self.body,
            "estate": self.estate,
            "run": self.run,
            "busy": busy,
            "failed": last if last is not None and last.state == "failed" else None,
            "may_work": self.may_work,
            "tabs": TABS,
            "tab": tab,
        }
        return show(self.request, f"estate/{template}.html", {**frame, **context}, status=status)


def desk(request: Request, body: str) -> Desk:
    """The desk of a body. Raises Http404 for one that is not there."""
    estates = Estate.objects.select_related("body", "current").defer("told", "more")
    estate = estates.filter(body=body).first()
    held = estate.body if estate is not None else get_object_or_404(Body, pk=body)
    return Desk(request, held, estate)
