"""Fills return workbooks in a running LibreOffice. Run by Debian's own python3, which has its `uno` module.

    python3 fill_in_office.py PIPE JOBS.json

JOBS: [{path, out, cells: [[sheet, cell, value]], insert: [sheet, column] or null, date: [sheet, cell] or null}]
"""

import json
import sys
import time
from pathlib import Path

import uno
from com.sun.star.beans import PropertyValue


def connected(pipe):
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    for _ in range(120):
        try:
            context = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
            return context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        except Exception:
            time.sleep(0.5)
    raise SystemExit("LibreOffice does not answer")


def prop(name, value):
    found = PropertyValue()
    found.Name, found.Value = name, value
    return found


def fill(desktop, job):
    book = desktop.loadComponentFromURL("file://" + job["path"], "_blank", 0, (prop("Hidden", True),))
    for name in book.Sheets.ElementNames:
        book.Sheets.getByName(name).unprotect("")
    for sheet, cell, value in job["cells"]:
        target = book.Sheets.getByName(sheet).getCellRangeByName(cell)
        if isinstance(value, str):
            target.String = value
        else:
            target.Value = value
    if job["date"]:
        sheet, cell = job["date"]
        book.Sheets.getByName(sheet).getCellRangeByName(cell).FormulaLocal = "2022-03-04"
    if job["insert"]:
        sheet, column = job["insert"]
        book.Sheets.getByName(sheet).Columns.insertByIndex(column, 1)
    book.storeToURL("file://" + job["out"], (prop("FilterName", "Calc MS Excel 2007 XML"),))
    book.close(True)


def main():
    desktop = connected(sys.argv[1])
    with Path(sys.argv[2]).open(encoding="utf-8") as stream:
        for job in json.load(stream):
            fill(desktop, job)
    desktop.terminate()


main()
