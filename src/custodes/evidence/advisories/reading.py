"""One file of advisories, read as what its contents are, whatever it is called."""

from __future__ import annotations

import gzip
import io
import json
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from custodes.evidence.advisories.csaf import read_csaf
from custodes.evidence.advisories.records import read_cve, read_nvd
from custodes.evidence.advisories.tables import read_epss, read_kev
from custodes.model.errors import BadInput
from custodes.model.vulnerabilities import Catalogue

_LARGEST = 256 << 20
_GZIP = b"\x1f\x8b"


def read_advisories(path: Path) -> Catalogue:
    """What a file holds. Raises BadInput for one that is damaged, too large, or of no known form."""
    name = path.name
    if not path.is_file():
        raise BadInput("there is no such file", where=name, remedy="check the path")
    if path.stat().st_size > _LARGEST:
        raise BadInput("the file is too large", where=name, why=f"up to {_LARGEST >> 20} MiB are read")
    data = path.read_bytes()
    if data[:2] == _GZIP:
        data = _unpacked(data, name)
    text = data.decode("utf-8-sig", "replace")
    if text.lstrip()[:1] != "{":
        if "cve,epss" in text[:400].lower():
            return read_epss(text, name)
        raise BadInput("this is no file of advisories", where=name, remedy=_REMEDY)
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadInput("this file of advisories is damaged", where=name, why=str(error)[:120]) from None
    return _of_document(document, name)


_REMEDY = "give CSAF 2.0, CISA's KEV, a record or an answer of the NVD, a CVE record (JSON), or the table of EPSS (CSV)"


def _of_document(document: Mapping[str, Any], name: str) -> Catalogue:
    if "product_tree" in document and "document" in document:
        return read_csaf(document, name)
    if "catalogVersion" in document:
        return read_kev(document, name)
    if document.get("dataType") == "CVE_RECORD" or "cveMetadata" in document:
        return read_cve(document, name)
    if str(document.get("format", "")).startswith("NVD") or "configurations" in document or "vulnStatus" in document:
        return read_nvd(document, name)
    raise BadInput("this is no file of advisories", where=name, why="none of the known forms", remedy=_REMEDY)


def _unpacked(data: bytes, name: str) -> bytes:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
            held = stream.read(_LARGEST + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise BadInput("this file is damaged", where=name, why=str(error)[:80]) from None
    if len(held) > _LARGEST:
        raise BadInput("the file is too large once unpacked", where=name, why=f"up to {_LARGEST >> 20} MiB are read")
    return held
