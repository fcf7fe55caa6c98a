"""Batch functions over large tables: Arrow in, Arrow out, a row for each row."""
