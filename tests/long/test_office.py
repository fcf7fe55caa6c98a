"""Papers opened in LibreOffice, and registers that it writes read back. Run by `make long`, which installs it."""

from __future__ import annotations

import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest
from pypdf import PdfReader

from custodes.cli.assessing import Request, asking
from custodes.cli.papering import Wanted, form_main
from custodes.estate.config import load_estate
from custodes.estate.flows import Options, assess
from custodes.knowledge import knowledge

EXAMPLE = Path(__file__).parents[2] / "src/custodes/estate/example"
AS_AT = date(2026, 11, 22)
pytestmark = pytest.mark.long


def converted(path: Path, out: Path, kind: str) -> Path:
    """The file as LibreOffice writes it in another format."""
    office = shutil.which("soffice")
    assert office, "Debian's packages libreoffice-calc-nogui and libreoffice-writer-nogui are needed"
    command = [office, f"-env:UserInstallation=file://{out}/profile", "--headless", "--convert-to", kind]
    if path.suffix == ".csv":
        command.append("--infilter=CSV:44,34,76")  # comma, quote, UTF-8
    subprocess.run([*command, "--outdir", str(out), str(path)], check=True, capture_output=True, timeout=240)
    return out / f"{path.stem}.{kind}"


def in_office(path: Path, out: Path) -> PdfReader:
    """The file as LibreOffice prints it."""
    return PdfReader(converted(path, out, "pdf"))


@pytest.mark.parametrize("form", sorted(knowledge().forms))
@pytest.mark.parametrize("ending", ["docx", "xlsx"])
def test_libreoffice_opens_every_paper(form: str, ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"{form}.{ending}"
    request = asking(Request(EXAMPLE, "table", marking="OFFICIAL-SENSITIVE"), (), "CN", None, "")
    form_main(Wanted(form, path), request)
    reader = in_office(path, tmp_path)
    text = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    assert knowledge().forms[form].title in text
    assert "Northmarch Constabulary (fictional" in text
    assert all("OFFICIAL-SENSITIVE" in page.extract_text() for page in reader.pages)
    if knowledge().forms[form].one_side and ending == "docx":
        assert len(reader.pages) == 1


@pytest.mark.parametrize("kind", ["xls", "ods", "xlsx"])
def test_a_register_that_an_office_program_wrote_reads_the_same(kind: str, tmp_path: Path) -> None:
    source = tmp_path / "SYNTHETIC_r.csv"
    lines = ["Ref,Make,Model,Serial Number,Quantity", "A1,Hikvision,DS-2CD2143G2-I,0012345678,4", "A2,Axis,P3265-LV,,"]
    source.write_text("\n".join([*lines, "A3,\u5927\u534e,IPC-HFW2231S,,2"]) + "\n", encoding="utf-8")
    book = converted(source, tmp_path, kind)
    assert book.read_bytes()[:2] in (b"PK", b"\xd0\xcf")
    told = [
        [(device.name, device.quantity, device.attribution.brand_name, device.attribution.oem) for device in devices]
        for devices in (assess(load_estate(path), Options(AS_AT)).assessment.devices for path in (source, book))
    ]
    assert told[0] == told[1]
    assert len(told[0]) == 3
