"""The same answer as data: CSV, XLSX, JSON and Parquet. Nothing in them runs when opened."""

from custodes.publication.tables.payload import (
    assessment_text,
    device_payload,
    device_texts,
    dumps,
    findings_payload,
    summary_payload,
    write_findings,
    write_json,
    write_text,
)
from custodes.publication.tables.rows import COLUMNS, device_rows
from custodes.publication.tables.sheets import write_csv, write_parquet, write_xlsx

__all__ = [
    "COLUMNS",
    "assessment_text",
    "device_payload",
    "device_rows",
    "device_texts",
    "dumps",
    "findings_payload",
    "summary_payload",
    "write_csv",
    "write_findings",
    "write_json",
    "write_parquet",
    "write_text",
    "write_xlsx",
]
