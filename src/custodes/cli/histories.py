"""`custodes timeline`: what happened to a device, at a body, under a rule."""

from __future__ import annotations

import sys

from custodes.cli.assessing import Request, assessed_with, find_device
from custodes.cli.checking import brought
from custodes.cli.output import columns, print_json, printable
from custodes.estate.timeline import Histories
from custodes.model.errors import BadUsage
from custodes.publication.timeline import event_object, timeline_text


def timeline_main(request: Request, device: str | None, body: str | None, rule: str | None) -> None:
    """Print the timeline of the one thing that is named."""
    if sum(one is not None for one in (device, body, rule)) != 1:
        raise BadUsage("a timeline is of one thing", remedy="name one of --device, --body and --rule")
    done, options = assessed_with(request, keep_units=True)
    histories = Histories.of(done, options, brought(done.estate.attested))
    if device is not None:
        events = histories.of_device(find_device(done.assessment, device))
    elif body is not None:
        events = histories.of_body(body)
    else:
        events = histories.of_rule(rule or "")
    if request.form == "table":
        sys.stdout.write(printable(timeline_text(events, options.as_at, columns()), keep_lines=True))
    else:
        print_json([event_object(one, options.as_at) for one in events], request.form)
