"""The same answer as data: CSV, XLSX, JSON and Parquet. Nothing in them runs when opened."""

from custodes.publication.tables.payload import (
    assessment_payload,
    device_payload,
    dumps,
    findings_payload,
    summary_payload,
    write_findings,
    write_json,
)
from custodes.publication.tables.rows import COLUMNS, device_rows
from custodes.publication.tables.sheets import write_csv, write_parquet, write_xlsx

__all__ = [
    "COLUMNS",
    "assessment_payload",
    "device_payload",
    "device_rows",
    "dumps",
    "findings_payload",
    "summary_payload",
    "write_csv",
    "write_findings",
    "write_json",
    "write_parquet",
    "write_xlsx",
]
