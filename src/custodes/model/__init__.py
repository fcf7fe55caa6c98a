"""Frozen, typed records and vocabularies. Standard library and pyarrow schemas; no I/O, no clock."""
