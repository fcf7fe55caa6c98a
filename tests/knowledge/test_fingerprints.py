"""Fingerprints as data: their own examples, what is refused at load, an unseen rule beside them, Recog's XML."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from custodes.cli.commands import app
from custodes.knowledge import knowledge
from custodes.knowledge.fingerprints import faults
from custodes.model.errors import KnowledgeError

RULE = {
    "id": "zork.server",
    "fields": ["http.server"],
    "pattern": r"^Zorkcam/(?P<firmware>[0-9.]+)$",
    "brand_name": "Zork",
    "device_type": "camera",
    "surveillance": True,
    "weight": 3,
}


def _pack(path: Path, **changes: object) -> Path:
    (path / "fingerprints").mkdir(parents=True)
    (path / "fingerprints" / "own.yaml").write_text(yaml.safe_dump([RULE | changes]), encoding="utf-8")
    return path


def _identified(path: Path, option: str, raw: str) -> dict:
    row = json.dumps({"id": 1, "protocol": "http.header.server", "encoding": "text", "raw": raw})
    done = CliRunner().invoke(app, ["identify", option, str(path)], input=row + "\n")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_every_rule_meets_its_examples_and_none_of_its_near_misses() -> None:
    rules = knowledge().fingerprints
    assert [(rule.id, fault) for rule in rules for fault in faults(rule)] == []
    assert [rule.id for rule in rules if len(rule.samples) < 2 or not rule.near_misses] == []
    assert len({rule.id for rule in rules}) == len(rules)


def test_every_family_names_what_the_pack_has() -> None:
    loaded = knowledge()
    assert {family.brand for family in loaded.families.values()} - {None} <= set(loaded.pack.brands)
    assert {family.supplier for family in loaded.families.values()} - {None} <= set(loaded.pack.suppliers)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"pattern": "(?:a+)+b"}, "repeats inside a repeat"),
        ({"pattern": "(.+)* http"}, "repeats inside a repeat"),
        ({"pattern": "a(?=b)"}, "look-around"),
        ({"pattern": r"(a)\1"}, "look-around, a back-reference"),
        ({"pattern": "a{1,5000}"}, "counts a repeat"),
        ({"pattern": "a*"}, "matches the empty text"),
        ({"pattern": "("}, "does not compile"),
        ({"pattern": "(?P<colour>a)"}, "no capture is called"),
        ({"brand": "hikvison"}, "did you mean 'hikvision'"),
        ({"family": "nowhere"}, "is no id of the reference data"),
    ],
)
def test_what_is_unsafe_or_names_nothing_is_refused_at_load(tmp_path: Path, changes: dict, why: str) -> None:
    with pytest.raises(KnowledgeError) as refusal:
        _ = knowledge((_pack(tmp_path, **changes),)).fingerprints
    assert why in str(refusal.value)


def test_an_unseen_rule_changes_the_expected_answer_only(tmp_path: Path) -> None:
    pack = _pack(tmp_path)
    found = _identified(pack, "--pack", "Zorkcam/1.2")
    assert (found["brand"], found["brand_name"], found["firmware"]) == (None, "Zork", "1.2")
    assert (found["surveillance"], found["status"]) == (True, "asserted")
    assert _identified(pack, "--pack", "Zorkcamera/1.2")["status"] == "unknown"


XML = """<?xml version="1.0"?>
<fingerprints matches="http_header.server" protocol="http">
 <fingerprint pattern="^Zorkcam/([\\d.]+)( beta)?$">
  <description>made up</description>
  <example service.version="1.2">Zorkcam/1.2</example>
  <param pos="0" name="hw.vendor" value="Axis"/><param pos="0" name="hw.device" value="IP Camera"/>
  <param pos="1" name="hw.version"/>
 </fingerprint>
 <fingerprint pattern="^(?:(.+)*) http"><param pos="0" name="hw.vendor" value="Bad"/></fingerprint>
 <fingerprint pattern="^Quux \\((\\w+)\\) \\[(x)\\] ([0-9]+)"><param pos="0" name="os.vendor" value="Quux"/>
  <param pos="1" name="hw.model"/><param pos="3" name="os.version"/></fingerprint>
</fingerprints>
"""


def test_a_recog_file_beside_the_pack(tmp_path: Path) -> None:
    (tmp_path / "http_servers.xml").write_text(XML, encoding="utf-8")
    found = _identified(tmp_path, "--rules", "Zorkcam/1.2")
    assert (found["brand"], found["firmware"], found["surveillance"]) == ("axis", "1.2", True)
    found = _identified(tmp_path, "--rules", "Quux (M1) [x] 77")
    assert (found["brand_name"], found["model"], found["firmware"]) == ("Quux", "M1", "77")
    row = json.dumps({"id": 1, "protocol": "x", "encoding": "text", "raw": "y"})
    done = CliRunner().invoke(app, ["identify", "--rules", str(tmp_path)], input=row)
    assert "refused: http_servers.xml, http-servers.2: the pattern repeats inside a repeat" in done.stderr


@pytest.mark.parametrize(
    "text", ["", "<fingerprints", "<a/>", '<!DOCTYPE a [<!ENTITY b "c">]><fingerprints>&b;</fingerprints>']
)
def test_an_xml_that_is_none_is_one_clear_message(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.xml").write_text(text, encoding="utf-8")
    with pytest.raises(KnowledgeError) as refusal:
        _ = knowledge((tmp_path,)).fingerprints
    assert "x.xml" in str(refusal.value)
