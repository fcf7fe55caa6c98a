"""The commands and their options. Each calls one function of a room below."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from custodes.cli.assess_command import assess
from custodes.cli.capture_commands import capture, claims, sanitise
from custodes.cli.drone_commands import drone_app
from custodes.cli.estate_commands import checks, plan, timeline
from custodes.cli.firmware_commands import firmware_app
from custodes.cli.forms import Form
from custodes.cli.options import Answers, AsAt, Country, Kind, Known, Mapping, Marking, Measures, Packs
from custodes.cli.publish_commands import checkpoint, key, publish, report, timestamp, verify
from custodes.cli.service_commands import backup, restore, serve, upgrade
from custodes.cli.survey_commands import survey_app
from custodes.cli.table_commands import destinations, estimate, identify, resolve, rollup

app = typer.Typer(
    name="custodes",
    help="Who really made the equipment that watches the public, how sure, and why.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback(invoke_without_command=True)
def main(
    version: Annotated[bool, typer.Option("--version", help="Print the version and the reference data's.")] = False,
) -> None:
    """Who really made the equipment that watches the public, how sure, and why."""
    if version:
        from custodes import __version__
        from custodes.knowledge import knowledge

        pack = knowledge().pack
        typer.echo(f"custodes {__version__}, reference data {pack.version} of {pack.date.isoformat()}")
        raise typer.Exit


app.command()(resolve)
app.command()(identify)
app.command()(destinations)
app.command()(rollup)
app.command()(estimate)


@app.command()
def discover(
    scope: Annotated[
        Path | None, typer.Argument(help="The scope: who authorised it, which networks, how fast, when (YAML).")
    ] = None,
    out: Annotated[Path, typer.Option(help="Every reply is kept here, as raw bytes with its time.")] = Path(
        "replies.jsonl"
    ),
    watch: Annotated[bool, typer.Option("--watch", help="Print each device as it becomes known.")] = False,
    example: Annotated[bool, typer.Option("--example", help="Print a scope file to start from.")] = False,
    form: Annotated[Form, typer.Option("--format", help="table, json or jsonl.")] = Form.TABLE,
    pack: Packs = None,
) -> None:
    """Ask the devices of a network who they are: read-only, without logins, only inside the declared scope."""
    from custodes.cli import discovering

    asked = discovering.Discovering(scope, out, form.value, watch, tuple(pack or ()))
    raise typer.Exit(discovering.discover_main(asked, example))


app.command()(capture)
app.command()(claims)
app.command()(sanitise)


app.command()(assess)


@app.command("diff")
def differ(
    old: Annotated[
        Path, typer.Argument(help="An earlier assessment: JSON of `assess --format json`, or a frozen copy.")
    ],
    new: Annotated[Path, typer.Argument(help="A later one.")],
    form: Annotated[Form, typer.Option("--format", help="table, json or jsonl.")] = Form.TABLE,
) -> None:
    """What differs between two assessments: the equipment changed, we know more, or the rules changed."""
    from custodes.cli import differing

    differing.diff_main(old, new, form.value)


app.command()(plan)
app.command()(checks)
app.command()(timeline)


@app.command()
def explain(
    device: Annotated[str, typer.Argument(help="A device id, its name or place, or FILE:ROW.")],
    estate: Annotated[Path, typer.Option("--estate", help="The register or estate it stands in.")],
    form: Annotated[Form, typer.Option("--format", help="table or json.")] = Form.TABLE,
    as_at: AsAt = None,
    measure: Measures = None,
    country: Country = None,
    as_known: Known = None,
    body_kind: Kind = "",
    mapping: Mapping = None,
    answers: Answers = None,
    pack: Packs = None,
) -> None:
    """Why: the evidence for and against, for one device, and the rules that reach it."""
    from custodes.cli import assessing

    request = assessing.Request(estate, form.value, as_at, "", mapping, tuple(answers or ()), tuple(pack or ()))
    request = assessing.asking(request, measure or (), country, as_known, body_kind)
    assessing.explain_main(request, device)


@app.command()
def ask(
    path: Annotated[Path, typer.Argument(help="A register file or an estate folder.")],
    out: Annotated[Path, typer.Option(help="Folder for the question workbooks, one an addressee.")] = Path("questions"),
    form: Annotated[Form, typer.Option("--format", help="table, json or jsonl.")] = Form.TABLE,
    as_at: AsAt = None,
    marking: Marking = "",
    mapping: Mapping = None,
    answers: Answers = None,
    pack: Packs = None,
) -> None:
    """The questions that would settle what is not known, as workbooks to send out and read back."""
    from custodes.cli import assessing

    request = assessing.Request(path, form.value, as_at, marking, mapping, tuple(answers or ()), tuple(pack or ()))
    assessing.ask_main(request, out)


@app.command()
def measures(
    as_at: AsAt = None,
    as_known: Known = None,
    timeline: Annotated[bool, typer.Option("--timeline", help="Every day on which something changed.")] = False,
    body_kind: Kind = "",
    place: Annotated[str, typer.Option("--place", help="Jurisdiction of the body, such as UK-Scotland.")] = "",
    form: Annotated[Form, typer.Option("--format", help="table, json or jsonl.")] = Form.TABLE,
    pack: Packs = None,
) -> None:
    """The rules of the reference data as they stood on a day: in force, amended, withdrawn, and their force."""
    from custodes.cli import ruling

    ruling.measures_main(ruling.When(as_at, as_known, body_kind, place), timeline, form.value, tuple(pack or ()))


@app.command()
def form(
    form_id: Annotated[str | None, typer.Argument(metavar="ID", help="Which form; all are listed if left out.")] = None,
    path: Annotated[
        Path | None,
        typer.Argument(help="A register file, an estate folder, or a frozen copy (an archive of --freeze)."),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Write it as this .xlsx, .docx, .pdf or .json.")] = None,
    freeze: Annotated[
        Path | None, typer.Option("--freeze", help="Keep what is signed, with all it rests on, in this archive.")
    ] = None,
    filled: Annotated[
        Path | None, typer.Option("--filled", help="Take over what a person wrote into an earlier .xlsx of this form.")
    ] = None,
    since: Annotated[
        Path | None, typer.Option("--since", help="An earlier frozen copy or assess JSON, to say what has changed.")
    ] = None,
    body: Annotated[str, typer.Option(help="Of an estate of several bodies, the one that the paper is about.")] = "",
    expect: Annotated[
        str, typer.Option(help="Refuse a frozen copy unless its manifest has this hash (sha256), as written down.")
    ] = "",
    form_of: Annotated[Form, typer.Option("--format", help="table, json or jsonl: print the paper.")] = Form.TABLE,
    as_at: AsAt = None,
    marking: Marking = "",
    country: Country = None,
    as_known: Known = None,
    body_kind: Kind = "",
    mapping: Mapping = None,
    answers: Answers = None,
    pack: Packs = None,
    values: Annotated[bool, typer.Option("--values", help="List every value that a form of your own may use.")] = False,
) -> None:
    """Fill in a paper that somebody signs: a return, a board page, a worksheet, a questionnaire."""
    from custodes.cli import assessing, papering

    packs = tuple(pack or ())
    if values:
        papering.values_main(form_of.value)
    elif form_id is None or path is None:
        papering.list_main(packs, form_of.value, form_id)
    else:
        request = assessing.Request(path, form_of.value, as_at, marking, mapping, tuple(answers or ()), packs)
        request = assessing.asking(request, (), country, as_known, body_kind)
        papering.form_main(papering.Wanted(form_id, out, freeze, since, filled, body, expect), request)


@app.command(name="what-if")
def what_if(
    rule: Annotated[Path, typer.Argument(help="A YAML file with one proposed rule (see `custodes schema measures`).")],
    path: Annotated[Path, typer.Argument(help="A register file or an estate folder.")],
    as_at: AsAt = None,
    body_kind: Kind = "",
    mapping: Mapping = None,
    answers: Answers = None,
    form: Annotated[Form, typer.Option("--format", help="table or json.")] = Form.TABLE,
    pack: Packs = None,
) -> None:
    """Whom and what a proposed rule would reach, with bounds where makers are not known."""
    from custodes.cli import assessing, ruling

    request = assessing.Request(path, form.value, as_at, "", mapping, tuple(answers or ()), tuple(pack or ()))
    ruling.what_if_main(rule, request, body_kind)


@app.command(name="map")
def map_(
    file: Annotated[Path, typer.Argument(help="A register file of a shape the program does not know.")],
    pack: Packs = None,
) -> None:
    """Propose a mapping of columns to fields, to correct and give back with --mapping."""
    from custodes.cli import assessing

    assessing.map_main(file, tuple(pack or ()))


@app.command()
def demo(
    out: Annotated[Path, typer.Option(help="Folder for the report.")] = Path("report"),
) -> None:
    """Assess the bundled example estate (fictional, synthetic) and write its report."""
    from custodes.cli import assessing

    assessing.demo_main(out)


@app.command()
def schema(
    name: Annotated[str | None, typer.Argument(help="Which schema; the list of names if left out.")] = None,
) -> None:
    """Print the published JSON schema of a command's output, or of a kind of reference data."""
    from custodes.cli import schemas

    schemas.main(name)


app.command()(publish)
app.command()(report)
app.command()(verify)
app.command()(checkpoint)
app.command()(timestamp)
app.command()(serve)
app.command()(backup)
app.command()(restore)
app.command()(upgrade)
app.command()(key)
app.add_typer(survey_app, name="survey")
app.add_typer(drone_app, name="drone")
app.add_typer(firmware_app, name="firmware")

knowledge_app = typer.Typer(help="The reference data: check it, show a row, compare two packs.", no_args_is_help=True)
app.add_typer(knowledge_app, name="knowledge")


@knowledge_app.command()
def check(pack: Packs = None, form: Annotated[Form, typer.Option("--format")] = Form.TABLE) -> None:
    """Check every row: schema, ids, sources, certainty, and the examples of every rule."""
    from custodes.cli import knowing

    raise typer.Exit(knowing.check_main(tuple(pack or ()), form.value))


@knowledge_app.command()
def show(
    row: Annotated[str, typer.Argument(help="The id of a supplier, brand, grammar, serial form or measure.")],
    pack: Packs = None,
    form: Annotated[Form, typer.Option("--format")] = Form.TABLE,
) -> None:
    """Show one row with its source, and what points to it."""
    from custodes.cli import knowing

    knowing.show_main(row, tuple(pack or ()), form.value)


@knowledge_app.command()
def editions(
    table: Annotated[
        Path, typer.Argument(help="A CSV of listed companies: name, day, perhaps alias, former name, end.")
    ],
    out: Annotated[Path | None, typer.Option(help="Write the list as a YAML row for an own pack.")] = None,
    list_id: Annotated[str, typer.Option("--id", help="Id of the list in that row.")] = "own-list",
    pack: Packs = None,
    form: Annotated[Form, typer.Option("--format")] = Form.TABLE,
) -> None:
    """A published table of listed companies, edition by edition: who came, who went, who is a supplier known here."""
    from custodes.cli import knowing

    knowing.editions_main(table, out, list_id, form.value, tuple(pack or ()))


@knowledge_app.command()
def diff(
    old: Annotated[str, typer.Argument(help="A pack folder, or LIST@DAY for a list as it stood on that day.")],
    new: Annotated[str, typer.Argument(help="Another pack folder, or the same list on another day.")],
    form: Annotated[Form, typer.Option("--format")] = Form.TABLE,
    pack: Packs = None,
) -> None:
    """What changed between two pack folders, row by row; or between two editions of a list."""
    from custodes.cli import knowing

    knowing.diff_main(old, new, form.value, tuple(pack or ()))
