"""`custodes knowledge check | show | diff`."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import yaml

from custodes.cli.output import note, print_json, printable
from custodes.estate.knowledge_flows import check_pack, diff_packs, show_row
from custodes.knowledge import knowledge
from custodes.model.errors import BadUsage


def check_main(packs: tuple[Path, ...], form: str) -> int:
    """Check; prints faults, returns 1 if there are any."""
    faults = check_pack(packs)
    if form != "table":
        print_json([asdict(fault) for fault in faults], form)
        return int(bool(faults))
    for fault in faults:
        sys.stdout.write(printable(f"{fault.kind}/{fault.row}: {fault.what}") + "\n")
    pack = knowledge(packs).pack
    counts = f"{len(pack.suppliers)} suppliers, {len(pack.brands)} brands, {len(pack.grammars)} model grammars, "
    counts += f"{len(pack.serials)} serial forms, {len(pack.others)} other names, "
    counts += f"{len(knowledge(packs).fingerprints)} fingerprints, {len(pack.rulebook.rules)} measures"
    note(f"reference data {pack.version} of {pack.date.isoformat()}: {counts}; {len(faults)} faults")
    return int(bool(faults))


def show_main(key: str, packs: tuple[Path, ...], form: str) -> None:
    """Show every row with this id, and what names it."""
    found = show_row(key, packs)
    if not found:
        raise BadUsage(
            f"no row of the reference data is called {key[:60]!r}", remedy="ids are small letters and dashes"
        )
    if form != "table":
        print_json(found, form)
        return
    for item in found:
        if "row" in item:
            text = yaml.safe_dump(_plain(item["row"]), allow_unicode=True, sort_keys=False, width=100)
            sys.stdout.write(printable(f"{item['kind']} ({item['file']})\n{text}\n", keep_lines=True))
    named = [f"{item['kind']}/{item['named_by']}" for item in found if "named_by" in item]
    if named:
        sys.stdout.write(printable("named by: " + ", ".join(named)) + "\n")


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, (list, tuple)) else value


def diff_main(old: str, new: str, form: str, packs: tuple[Path, ...]) -> None:
    """Print what changed between two pack folders, or between two editions of a list (`LIST@DAY`)."""
    if "@" in old and "@" in new and not Path(old).exists():
        _diff_lists(old, new, form, packs)
        return
    for folder in (old, new):
        if not Path(folder).is_dir():
            raise BadUsage(
                f"there is no pack folder {folder[:80]!r}", remedy="or name a list and a day: LIST@YYYY-MM-DD"
            )
    changes = diff_packs(Path(old), Path(new))
    if form != "table":
        print_json(changes, form)
        return
    for change in changes:
        keys = f": {', '.join(change['keys'])}" if "keys" in change else ""
        sys.stdout.write(printable(f"{change['change']:8} {change['kind']}/{change['id']}{keys}") + "\n")
    note(f"{len(changes)} rows differ")


def _diff_lists(old: str, new: str, form: str, packs: tuple[Path, ...]) -> None:
    from custodes.estate.rule_flows import list_changes

    changes = list_changes(knowledge(packs), old, new)
    if form != "table":
        print_json(changes, form)
        return
    for change in changes:
        sys.stdout.write(printable(f"{change['change']:8} {change['member']}") + "\n")
    note(f"{len(changes)} members differ between {old} and {new}")


def editions_main(table: Path, out: Path | None, key: str, form: str, packs: tuple[Path, ...]) -> None:
    """Run `custodes knowledge editions`."""
    from custodes.knowledge.listing import editions, list_row, read_table

    if not table.is_file():
        raise BadUsage(f"there is no table {str(table)[:80]!r}", remedy="check the path")
    suppliers = knowledge(packs).pack.suppliers
    changes = editions(read_table(table, suppliers))
    if out is not None:
        row = list_row(key, table.stem.replace("_", " "), f"own import of {table.name}", changes)
        out.write_text(yaml.safe_dump([row], allow_unicode=True, sort_keys=False, width=110), encoding="utf-8")
        note(f"the list as a row of reference data: {out}")
    if form != "table":
        print_json([asdict(change) for change in changes], form)
        return
    for change in changes:
        known = ", ".join(suppliers[one].name for one in change.suppliers if one in suppliers)
        members = len(change.suppliers) + len(change.others)
        told = f"{change.day}  {members} members, {len(change.added)} came, {len(change.removed)} went"
        sys.stdout.write(printable(f"{told}; known here: {known or 'none'}") + "\n")
