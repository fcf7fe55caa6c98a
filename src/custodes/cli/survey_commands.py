"""The commands under `custodes survey` and their options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from custodes.cli.forms import Form

survey_app = typer.Typer(
    help="Ask many bodies, count with honest bounds, correct in public: a survey is a folder of text files.",
    no_args_is_help=True,
)

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="The survey folder.")]
Formed = Annotated[Form, typer.Option("--format", help="table, json or jsonl.")]
Known = Annotated[str | None, typer.Option("--as-known", help="With what was recorded up to this day, YYYY-MM-DD.")]


@survey_app.command()
def check(folder: Folder, form: Formed = Form.TABLE) -> None:
    """Find every fault of a survey folder: FILE:LINE: reason. Exit 2 if there is one."""
    from custodes.cli import surveying

    raise typer.Exit(surveying.check_main(folder, form.value))


@survey_app.command()
def pack(
    folder: Folder,
    out: Annotated[Path, typer.Option(help="Folder for the workbooks, one a body.")] = Path("returns"),
    wave: Annotated[str | None, typer.Option(help="For this wave; the last one if left out.")] = None,
    body: Annotated[list[str] | None, typer.Option(help="For this body only; may be repeated.")] = None,
    marking: Annotated[str, typer.Option(help="Stands on every page, sheet and file name.")] = "",
) -> None:
    """A return workbook for each body asked: drop-downs, English and Welsh, last time's answer beside."""
    from custodes.cli import surveying

    surveying.pack_main(folder, out, wave, tuple(body or ()), marking)


@survey_app.command(name="import")
def import_(
    folder: Folder,
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[FILE]...", help="Return workbooks, or one CSV; answers.csv if none."),
    ] = None,
    recorded_at: Annotated[
        str | None, typer.Option("--recorded-at", help="The day the returns came in, YYYY-MM-DD; today unless told.")
    ] = None,
) -> None:
    """Read answers in: return workbooks, each whole or refused by cell; or a CSV of any size into a store."""
    from custodes.cli import surveying

    raise typer.Exit(surveying.import_main(folder, tuple(files or ()), recorded_at))


@survey_app.command()
def figures(
    folder: Folder,
    ids: Annotated[list[str] | None, typer.Argument(metavar="[FIGURE]...", help="These figures only.")] = None,
    as_known: Known = None,
    edition: Annotated[str | None, typer.Option(help="As they were in this edition; all if left out.")] = None,
    wave: Annotated[str | None, typer.Option(help="Of this wave; each figure's own if left out.")] = None,
    form: Formed = Form.TABLE,
) -> None:
    """Every figure with its denominator, its states, and its bounds under each reading of silence."""
    from custodes.cli import surveying

    surveying.figures_main(surveying.Asked(folder, form.value, as_known, edition, wave, tuple(ids or ())))


@survey_app.command()
def compare(
    folder: Folder,
    first: Annotated[str, typer.Argument(metavar="WAVE", help="The earlier wave.")],
    second: Annotated[str, typer.Argument(metavar="WAVE", help="The later wave.")],
    ids: Annotated[list[str] | None, typer.Argument(metavar="[FIGURE]...", help="These figures only.")] = None,
    as_known: Known = None,
    form: Formed = Form.TABLE,
) -> None:
    """Change between two waves: of the whole set as an interval, on the bodies settled in both exactly."""
    from custodes.cli import surveying

    surveying.compare_main(surveying.Asked(folder, form.value, as_known, ids=tuple(ids or ())), first, second)


@survey_app.command()
def claims(
    folder: Folder,
    ids: Annotated[list[str] | None, typer.Argument(metavar="[CLAIM]...", help="These claims only.")] = None,
    as_known: Known = None,
    form: Formed = Form.TABLE,
) -> None:
    """What was said in print, and whether it holds: the verdict, the arithmetic, the nearest explanation."""
    from custodes.cli import surveying

    surveying.claims_main(surveying.Asked(folder, form.value, as_known, ids=tuple(ids or ())))


@survey_app.command()
def edition(
    folder: Folder,
    name: Annotated[
        str | None, typer.Argument(metavar="[EDITION]", help="All, with what each corrects, if none.")
    ] = None,
    freeze: Annotated[
        bool, typer.Option("--freeze", help="Keep its figures, with a hash of all they rest on.")
    ] = False,
    since: Annotated[str | None, typer.Option("--since", help="What differs from this earlier edition.")] = None,
    form: Formed = Form.TABLE,
) -> None:
    """Editions: figures as published and as corrected, with cause and every claim affected; freeze and rebuild."""
    from custodes.cli import editioning

    if since is not None:
        raise typer.Exit(editioning.since_main(folder, name, since, form.value))
    raise typer.Exit(editioning.edition_main(folder, name, freeze, form.value))


@survey_app.command()
def confirm(
    folder: Folder,
    edition: Annotated[str, typer.Argument(metavar="EDITION", help="The edition that is to be confirmed.")],
    out: Annotated[
        Path | None, typer.Option(help="Write the letters into this folder, and write down who was asked.")
    ] = None,
    reply_by: Annotated[str | None, typer.Option("--reply-by", help="YYYY-MM-DD; two weeks on unless told.")] = None,
    marking: Annotated[str, typer.Option("--marking", help="Stands on every page and file name.")] = "",
    party: Annotated[str, typer.Option(help="The body or supplier that replied.")] = "",
    reply: Annotated[str, typer.Option(help="confirmed, disputed or replied.")] = "confirmed",
    on: Annotated[str | None, typer.Option(help="The day of the letters or of the reply; today unless told.")] = None,
    remark: Annotated[str, typer.Option(help="What was said.")] = "",
    form: Formed = Form.TABLE,
) -> None:
    """The confirmation round: letters to each body and supplier named, their replies, who is silent."""
    from custodes.cli import editioning

    wanted = editioning.Confirming(folder, edition, out, reply_by, marking, party, reply, on, remark)
    editioning.confirm_main(wanted, form.value)


@survey_app.command()
def new(folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that holds no survey.")]) -> None:
    """A small survey folder to start from, with a comment in each file."""
    from custodes.cli import editioning

    editioning.new_main(folder)


@survey_app.command()
def foi(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[PATH]...", help="Exports, mail (.eml, .mbox), PDF, XLSX, CSV, zips, folders."),
    ] = None,
    sent: Annotated[
        str | None, typer.Option(help="The day the requests went out, YYYY-MM-DD: starts the clocks.")
    ] = None,
    act: Annotated[str | None, typer.Option(help="The Act where a reply names none: uk-2000 or scotland-2002.")] = None,
    on: Annotated[str | None, typer.Option(help="The day it is looked at; today unless told.")] = None,
    out: Annotated[Path | None, typer.Option(help="Write the campaign table as this .csv or .xlsx.")] = None,
    reviews: Annotated[Path | None, typer.Option(help="Write letters asking for a review into this folder.")] = None,
    complaints: Annotated[
        Path | None, typer.Option(help="Write complaints to the regulator, with the history of each request, here.")
    ] = None,
    earlier: Annotated[
        Path | None, typer.Option(help="Requests sent before (CSV: body,sent): warns of like ones too near to --sent.")
    ] = None,
    typed: Annotated[
        Path | None, typer.Option(help="A campaign table (CSV) with figures typed twice: says where the two differ.")
    ] = None,
    marking: Annotated[str, typer.Option("--marking", help="Stands on every page and file name.")] = "",
    form: Formed = Form.TABLE,
) -> None:
    """Replies to a round of requests, sorted by kind with the words quoted; clocks; wordings that replies share."""
    from custodes.cli import requesting

    wanted = requesting.Requesting(tuple(paths or ()), sent, act, on, out, reviews, complaints, marking, earlier, typed)
    requesting.foi_main(wanted, form.value)


@survey_app.command()
def disclose(
    folder: Folder,
    body: Annotated[str, typer.Argument(metavar="BODY", help="The body that a request is about.")],
    out: Annotated[Path, typer.Option(help="The .zip to write.")],
    marking: Annotated[str, typer.Option("--marking", help="Stands on the document.")] = "",
) -> None:
    """What may be released of one body: its answers as sent and as corrected, and what is withheld, with the reason."""
    from custodes.cli import publishing

    publishing.disclose_main(folder, body, out, marking)


@survey_app.command()
def code(
    folder: Folder,
    sheet: Annotated[Path, typer.Argument(metavar="SHEET.csv", help="The coding sheet: written if it is not there.")],
    form: Formed = Form.TABLE,
) -> None:
    """Free text coded by two people: write the sheet; once it is filled in, say how far the two agree."""
    from custodes.cli import coding

    raise typer.Exit(coding.code_main(folder, sheet, form.value))


@survey_app.command()
def xlsform(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="A survey folder, or an XLSForm workbook.")],
    out: Annotated[Path, typer.Option(help="From a folder: the .xlsx to write. From a workbook: the .yaml to write.")],
) -> None:
    """A questionnaire as XLSForm, and an XLSForm as questionnaire: what has no counterpart is named."""
    from custodes.cli import coding

    coding.xlsform_main(path, out)
