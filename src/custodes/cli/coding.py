"""`survey code` and `survey xlsform`: sheets for two coders; questionnaires from and to another form."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from custodes.attribution.naming import namer
from custodes.cli.output import note, print_json, printable
from custodes.model.errors import BadUsage
from custodes.publication.text import no_formula
from custodes.survey.coding import COLUMNS, Agreement, Brands, agreement, read_codes, sheet
from custodes.survey.faults import Faults, SurveyRefused
from custodes.survey.folder import Survey, load
from custodes.survey.values import Type


def code_main(folder: Path, path: Path, form: str) -> int:
    """Run `custodes survey code`."""
    survey = load(folder, note)
    if not path.exists():
        return _write(survey, path)
    faults = Faults()
    rows = read_codes(path, faults)
    if faults.found:
        raise SurveyRefused(faults.sorted())
    found = agreement(rows)
    if form != "table":
        print_json((_object(name, item) for name, item in found.items()), form)
        return 0
    for name, item in found.items():
        kappa = "not to be had" if item.kappa is None else f"{item.kappa:.2f}"
        told = f"{name or 'all questions'}: {item.same:,} of {item.coded:,} coded the same, kappa {kappa}"
        sys.stdout.write(printable(f"{told}; {item.waiting:,} not coded by both") + "\n")
    for row in found[""].open if "" in found else ():
        told = f"  to settle, line {row.line}: {row.body}, {row.question}: {row.code_a} or {row.code_b}"
        sys.stdout.write(printable(told) + "\n")
    return 0


def _object(name: str, item: Agreement) -> dict[str, object]:
    return {
        "question": name or None,
        "coded": item.coded,
        "same": item.same,
        "kappa": None if item.kappa is None else round(item.kappa, 4),
        "not_coded_by_both": item.waiting,
        "to_settle": [{"line": row.line, "body": row.body, "a": row.code_a, "b": row.code_b} for row in item.open],
    }


def _write(survey: Survey, path: Path) -> int:
    texts = {name: question.text.get("en", "") for name, question in survey.questions.items()}
    rows = list(sheet(_answers(survey), texts, _brands()))
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        out = csv.DictWriter(stream, COLUMNS, lineterminator="\r\n", restval="")
        out.writeheader()
        out.writerows({name: no_formula(cell) for name, cell in row.items()} for row in rows)
    looks = sum(bool(row["look"]) for row in rows)
    note(f"{len(rows):,} answers in {path}, {looks:,} with something that must not be overlooked")
    return 0


def _answers(survey: Survey) -> Iterator[tuple[str, str, str, str]]:
    """Every free text that holds in the last wave it was given in."""
    for name, question in survey.questions.items():
        if question.type is not Type.TEXT:
            continue
        for wave in survey.waves.values():
            for body, cell in survey.asking(wave, None).cells(name).items():
                for part, held in cell.items():
                    if isinstance(held.value, str) and not held.led:
                        yield body, name, part, held.value


def _brands() -> Brands:
    """Brands by the reference data; whether one is more than a video system is told by its supplier's roles."""
    from custodes.knowledge import knowledge

    loaded = knowledge()
    named = namer(loaded)

    def makes(brand: str) -> bool:
        supplier = loaded.pack.suppliers.get(loaded.brand(brand).supplier or "")
        return supplier is None or not set(supplier.roles) <= {"vms"}

    def brands(text: str) -> Sequence[tuple[str, bool]]:
        return [(brand, makes(brand)) for brand in named(text)]

    return brands


def xlsform_main(path: Path, out: Path) -> None:
    """Run `custodes survey xlsform`, whichever way."""
    if path.is_dir():
        from custodes.publication.xlsform import write_xlsform

        if out.suffix.lower() != ".xlsx" or out.exists():
            raise BadUsage("an XLSForm is written as a new .xlsx", where=str(out))
        survey = load(path, note)
        for name, question in survey.questionnaire.questions.items():
            if question.silence != "unknown" or question.comparability != "same":
                note(f"not written: silence and comparability of {name}, which XLSForm has no place for")
        opened = survey.waves[survey.last_wave].opened
        note(f"written: {write_xlsform(survey.questionnaire, out, opened)}")
        return
    import yaml

    from custodes.survey.xlsform.read import read_xlsform

    if not path.is_file():
        raise BadUsage("there is no such folder or workbook", where=str(path))
    if out.exists():
        raise BadUsage("it is there already", where=str(out), remedy="give a file that is not there yet")
    questionnaire, left_out = read_xlsform(path)
    text = yaml.safe_dump(questionnaire, allow_unicode=True, sort_keys=False, width=110)
    out.write_text(f"# Read from {path.name}.\n{text}", encoding="utf-8")
    for item in left_out:
        note(f"left out: {item}")
    questions = sum(len(section["questions"]) for section in questionnaire["sections"])
    note(f"written: {out}, {questions:,} questions")
