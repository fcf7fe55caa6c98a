"""The checks of an estate for a terminal, as objects, and as a workbook that goes out and comes back."""
