"""Commands on a whole estate beside its assessment, and their options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from custodes.cli.forms import Form
from custodes.cli.options import AsAt, Kind, Known, Marking, Packs, Seconds


def plan(
    path: Annotated[Path, typer.Argument(help="A register file or an estate folder.")],
    plan: Annotated[
        Path | None, typer.Option("--plan", help="What is to go and what limits there are (plan.yaml of the folder).")
    ] = None,
    form: Annotated[Form, typer.Option("--format", help="table, json or jsonl.")] = Form.TABLE,
    seconds: Annotated[float, typer.Option(min=1, help="The search may take so long.")] = 60.0,
    as_at: AsAt = None,
    as_known: Known = None,
    body_kind: Kind = "",
    pack: Packs = None,
) -> None:
    """In which order equipment is removed, within budgets, hands, access, contracts and dates; or why it cannot be."""
    from custodes.cli import assessing, planning

    request = assessing.Request(path, form.value, as_at, packs=tuple(pack or ()))
    request = assessing.asking(request, (), None, as_known, body_kind)
    raise typer.Exit(planning.plan_main(request, plan, seconds))


def checks(
    path: Annotated[Path, typer.Argument(help="A register file or an estate folder.")],
    attested: Annotated[
        list[Path] | None,
        typer.Option("--attested", help="What persons attest: a self-assessment (XLSX) or YAML; may be repeated."),
    ] = None,
    ask: Annotated[
        Path | None, typer.Option("--ask", help="Write the self-assessment, what only a person can say, as XLSX.")
    ] = None,
    form: Annotated[Form, typer.Option("--format", help="table, json or jsonl.")] = Form.TABLE,
    fail: Annotated[bool, typer.Option("--fail-on-shortfall", help="Exit 1 if anything falls short.")] = False,
    marking: Marking = "",
    as_at: AsAt = None,
    as_known: Known = None,
    body_kind: Kind = "",
    pack: Packs = None,
    seconds: Seconds = 20.0,
) -> None:
    """What falls short by the records and the network, what a person attests, what nobody can tell from outside."""
    from custodes.cli import assessing, checking

    request = assessing.Request(path, form.value, as_at, packs=tuple(pack or ()), marking=marking, seconds=seconds)
    request = assessing.asking(request, (), None, as_known, body_kind)
    raise typer.Exit(checking.checks_main(request, checking.Checking(tuple(attested or ()), ask, fail)))


def timeline(
    path: Annotated[Path, typer.Argument(help="A register file or an estate folder.")],
    device: Annotated[str | None, typer.Option("--device", help="A device id, its name or place, or FILE:ROW.")] = None,
    body: Annotated[str | None, typer.Option("--body", help="The id or name of a configured body.")] = None,
    rule: Annotated[
        str | None, typer.Option("--rule", help="The id of a rule (`custodes measures` lists them).")
    ] = None,
    form: Annotated[Form, typer.Option("--format", help="table, json or jsonl.")] = Form.TABLE,
    as_at: AsAt = None,
    as_known: Known = None,
    body_kind: Kind = "",
    pack: Packs = None,
    seconds: Seconds = 20.0,
) -> None:
    """What happened to a device, at a body or under a rule: records, purchases, owners, rules, faults by their days."""
    from custodes.cli import assessing, histories

    request = assessing.Request(path, form.value, as_at, packs=tuple(pack or ()), seconds=seconds)
    request = assessing.asking(request, (), None, as_known, body_kind)
    histories.timeline_main(request, device, body, rule)
