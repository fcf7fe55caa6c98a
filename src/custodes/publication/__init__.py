"""Renders a frozen Assessment; computes nothing."""

import os

# openpyxl writes other bytes when lxml happens to be installed; a paper must come out the same anywhere
os.environ["OPENPYXL_LXML"] = "False"
