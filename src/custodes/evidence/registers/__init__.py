"""Registers: spreadsheets and exports of any kind, read as observations."""
