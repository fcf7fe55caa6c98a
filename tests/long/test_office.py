"""Papers opened in LibreOffice. Run by `make long`, which installs it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from pypdf import PdfReader

from custodes.cli.assessing import Request, asking
from custodes.cli.papering import Wanted, form_main
from custodes.knowledge import knowledge

EXAMPLE = Path(__file__).parents[2] / "src/custodes/estate/example"
pytestmark = pytest.mark.long


def in_office(path: Path, out: Path) -> PdfReader:
    """The file as LibreOffice prints it."""
    office = shutil.which("soffice")
    assert office, "Debian's packages libreoffice-calc-nogui and libreoffice-writer-nogui are needed"
    command = [office, f"-env:UserInstallation=file://{out}/profile", "--headless", "--convert-to", "pdf"]
    subprocess.run([*command, "--outdir", str(out), str(path)], check=True, capture_output=True, timeout=240)
    return PdfReader(out / f"{path.stem}.pdf")


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
