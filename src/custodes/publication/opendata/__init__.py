"""The same figures and rows for machines: CSV, JSON, Parquet, XLSX, ODS, SQLite, and what describes them."""
