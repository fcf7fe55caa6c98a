"""Dated rules held as data (part 2)."""
