"""The command line: parse, call one function, render. Imports of weight happen inside the commands."""

from __future__ import annotations

import sys

import typer

from custodes.cli import commands


def run() -> None:
    """Entry point. Exit codes: 0 done, 1 findings above the asked threshold, 2 bad input, 3 internal."""
    try:
        commands.app()
    except BrokenPipeError:
        sys.stderr.close()
        raise SystemExit(0) from None
    except Exception as error:
        raise SystemExit(_explain(error)) from None


def _explain(error: Exception) -> int:
    from custodes.cli.output import printable
    from custodes.model.errors import CustodesError

    if isinstance(error, CustodesError):
        lines = printable(str(error), keep_lines=True).splitlines()[:12]
        typer.echo("\n".join(lines), err=True)
        return error.exit_code
    if isinstance(error, OSError) and error.filename is not None:
        where = printable(str(error.filename))[-120:]
        typer.echo(f"{where}: cannot be read or written\n  because  {error.strerror}", err=True)
        typer.echo("  to do    check the path, the rights and the room on the disk", err=True)
        return 2
    typer.echo(f"custodes: internal error: {type(error).__name__}: {printable(str(error))[:400]}", err=True)
    typer.echo("  this is a fault of the program; please report it with the command you ran", err=True)
    return 3


if __name__ == "__main__":
    run()
