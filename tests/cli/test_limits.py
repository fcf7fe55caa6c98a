"""What does not fit into the time allowed is said before it is begun."""

from __future__ import annotations

from pathlib import Path

from cli_run import Run


def test_a_copy_that_would_take_too_long_is_refused_with_the_option_that_allows_it(run: Run, tmp_path: Path) -> None:
    register = tmp_path / "SYNTHETIC_large.csv"
    heads = ",".join(["Name", "Make", *(f"Extra {n}" for n in range(60))])
    register.write_text(heads + "\n" + "".join(f"C{n},Axis{',x' * 60}\n" for n in range(1_000)), encoding="utf-8")
    copy = tmp_path / "copy.xlsx"
    refused = run("assess", register, "--annotate", copy, "--seconds", "1", codes=(2,))
    assert "--seconds 2 allows it" in refused.stderr
    assert not copy.exists()
    run("assess", register, "--annotate", copy, "--seconds", "10")
    assert copy.is_file()
