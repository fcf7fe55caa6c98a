"""Files of advisories: as the formats have them, and as they are known to be wrong. All of them are made up."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from custodes.evidence.advisories import read_advisories
from custodes.model.errors import BadInput
from custodes.model.vulnerabilities import Affected, Bound, Catalogue


def read(tmp_path: Path, document: Any, name: str = "paper.json") -> Catalogue:
    """A document, written and read."""
    path = tmp_path / name
    path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    return read_advisories(path)


def csaf(tree: dict[str, Any], **status: list[str]) -> dict[str, Any]:
    """A paper about one fault."""
    return {
        "document": {"title": "made up", "publisher": {"name": "Example"},
                     "tracking": {"id": "EX-1", "current_release_date": "2024-05-06T00:00:00Z"}},
        "product_tree": tree,
        "vulnerabilities": [{"cve": "CVE-2024-0001", "cwe": {"name": "made-up weakness"}, "product_status": status}],
    }  # fmt: skip


def branch(category: str, name: str, *below: dict[str, Any], leaf: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {"category": category, "name": name}
    if leaf:
        found["product"] = {"product_id": leaf, "name": name}
    return found | ({"branches": list(below)} if below else {})


PLAIN = {
    "branches": [
        branch("vendor", "Example", branch("product_name", "CAM-1", branch("product_version", "1", leaf="P1")))
    ]
}


def one(catalogue: Catalogue) -> Affected:
    (advisory,) = catalogue.advisories
    (affected,) = advisory.affected
    return affected


def test_branches(tmp_path: Path) -> None:
    versions = branch("product_version_range", ">= 1.0 | < 1.4", leaf="P1")
    tree = {"branches": [branch("vendor", "Example", branch("product_name", "CAM-1", versions))]}
    told = read(tmp_path, csaf(tree, known_affected=["P1"]))
    assert (told.kind, told.dated) == ("CSAF 2.0", "2024-05-06")
    assert one(told) == Affected("Example", ("CAM-1",), ((Bound(">=", "1.0"), Bound("<", "1.4")),))
    assert told.advisories[0].what == "made-up weakness"
    assert not told.problems


def test_a_model_in_the_field_of_versions_is_a_product(tmp_path: Path) -> None:
    leaves = [
        branch("product_version", "EX-CAM-HDW1XXX,", leaf="P1"),
        branch("product_version", "EX-SD6CXX, and", leaf="P2"),
        branch("product_version", "HXN32204", leaf="P3"),
    ]
    tree = {"branches": [branch("vendor", "Example", branch("product_name", "Recorders and cameras", *leaves))]}
    told = read(tmp_path, csaf(tree, known_affected=["P1", "P2", "P3"]))
    assert [row.products for row in told.advisories[0].affected] == [("EX-CAM-HDW1XXX",), ("EX-SD6CXX",), ("HXN32204",)]
    assert all(not row.ranges for row in told.advisories[0].affected)
    assert any("stood where its version should be" in problem for problem in told.problems)


def test_a_version_in_the_field_of_products_is_a_range(tmp_path: Path) -> None:
    tree = {"branches": [branch("vendor", "Example", branch("product_name", "V3.4.106",
                                branch("product_version_range", "<= 200422", leaf="P1")))]}  # fmt: skip
    row = one(read(tmp_path, csaf(tree, known_affected=["P1"])))
    assert (row.products, row.ranges) == ((), ((Bound("<=", "V3.4.106 build 200422"),),))


def test_a_name_that_was_encoded_twice_is_mended(tmp_path: Path) -> None:
    name = "Beispielbrück".encode().decode("latin-1")
    tree = {
        "branches": [branch("vendor", name, branch("product_name", "G-1", branch("product_version", "1.2", leaf="P1")))]
    }
    assert one(read(tmp_path, csaf(tree, known_affected=["P1"]))).vendor == "Beispielbrück"


def test_products_by_relationships_alone(tmp_path: Path) -> None:
    tree = {
        "branches": [branch("vendor", "Example",
                            branch("product_family", "P3", branch("product_name", "D24M", leaf="HW")),
                            branch("product_family", "Firmware",
                                   branch("product_version", "MX-V4.0.1.15", leaf="FW")))],
        "relationships": [{"category": "installed_on", "product_reference": "FW", "relates_to_product_reference": "HW",
                           "full_product_name": {"product_id": "BOTH", "name": "both"}}],
    }  # fmt: skip
    row = one(read(tmp_path, csaf(tree, known_affected=["BOTH"])))
    assert (row.vendor, row.products, row.ranges) == ("Example", ("D24M",), ((Bound("=", "MX-V4.0.1.15"),),))


def test_relationships_in_a_circle_are_named_and_the_rest_is_read(tmp_path: Path) -> None:
    def related(key: str, on: str) -> dict[str, Any]:
        return {"category": "installed_on", "product_reference": "P1", "relates_to_product_reference": on,
                "full_product_name": {"product_id": key, "name": key}}  # fmt: skip

    tree = PLAIN | {"relationships": [related("A", "B"), related("B", "A")]}
    told = read(tmp_path, csaf(tree, known_affected=["A", "P1"]))
    assert one(told).products == ("CAM-1",)
    assert any("rest on each other" in problem for problem in told.problems)
    assert any("described nowhere" in problem for problem in told.problems)


def test_branches_without_end_are_cut(tmp_path: Path) -> None:
    deep = branch("product_name", "CAM-1", leaf="P1")
    for _ in range(400):
        deep = branch("product_family", "more", deep)
    told = read(tmp_path, csaf({"branches": [branch("vendor", "Example", deep)]}, known_affected=["P1"]))
    assert any("deeper than" in problem for problem in told.problems)


def test_nvd_with_bounds_single_versions_and_nothing(tmp_path: Path) -> None:
    def match(product: str, version: str = "*", **bounds: str) -> dict[str, Any]:
        return {
            "vulnerable": True,
            "criteria": f"cpe:2.3:o:example:{product}_firmware:{version}:*:*:*:*:*:*:*",
        } | bounds

    record = {"id": "CVE-2024-0002", "vulnStatus": "Analyzed", "lastModified": "2024-06-01T00:00:00",
              "cisaExploitAdd": "2024-07-01",
              "configurations": [{"nodes": [{"operator": "OR", "cpeMatch": [
                  match("cam-1", versionEndExcluding="2.0"), match("cam-2", "1.7"), match("cam-3", "-"),
                  {"vulnerable": False, "criteria": "cpe:2.3:h:example:cam-1:-:*:*:*:*:*:*:*"}]}]}]}  # fmt: skip
    wanted = (
        Affected("example", ("cam-1",), ((Bound("<", "2.0"),),)),
        Affected("example", ("cam-2",), ((Bound("=", "1.7"),),)),
        Affected("example", ("cam-3",), ()),
    )
    alone = read(tmp_path, record).advisories[0]
    answer = read(
        tmp_path, {"format": "NVD_CVE", "timestamp": "2024-08-01T00:00:00", "vulnerabilities": [{"cve": record}]}
    )
    assert alone.affected == answer.advisories[0].affected == wanted
    assert alone.exploited is not None and alone.exploited.since == "2024-07-01"
    assert answer.dated == "2024-08-01"


def test_a_cve_record(tmp_path: Path) -> None:
    versions = [{"version": "0", "lessThan": "3.2", "status": "affected"}, {"version": "3.2", "status": "unaffected"}]
    cna = {"affected": [{"vendor": "n/a", "product": "n/a", "versions": [{"version": "n/a", "status": "affected"}]},
                        {"vendor": "Example", "product": "CAM-9", "versions": versions}]}  # fmt: skip
    told = read(
        tmp_path, {"dataType": "CVE_RECORD", "cveMetadata": {"cveId": "CVE-2024-0003"}, "containers": {"cna": cna}}
    )
    assert one(told) == Affected("Example", ("CAM-9",), ((Bound("<", "3.2"),),), ((Bound("=", "3.2"),),))


def cve_of(tmp_path: Path, versions: list[dict[str, Any]], **product: Any) -> tuple[Affected, ...]:
    """What a CVE record of one product says."""
    affected = [{"vendor": "Example", "product": "CAM-9", "versions": versions} | product]
    cna = {"affected": affected}
    return (
        read(tmp_path, {"cveMetadata": {"cveId": "CVE-2024-0003"}, "containers": {"cna": cna}}).advisories[0].affected
    )


def test_a_range_ends_where_its_status_changes(tmp_path: Path) -> None:
    change = [{"at": "5.8.0", "status": "unaffected"}]
    entry = {"version": "5.0", "lessThan": "6.0", "status": "affected", "changes": change}
    (row,) = cve_of(tmp_path, [entry])
    assert row.ranges == ((Bound(">=", "5.0"), Bound("<", "5.8.0")),)
    assert row.fixed == ((Bound(">=", "5.8.0"),),)


def test_what_a_record_clears_is_not_told_as_affected(tmp_path: Path) -> None:
    versions = [{"version": "All", "status": "unaffected"}]
    assert cve_of(tmp_path, versions, defaultStatus="unaffected") == ()
    (row,) = cve_of(tmp_path, [{"version": "5.8.0", "status": "unaffected"}], defaultStatus="affected")
    assert (row.ranges, row.fixed) == ((), ((Bound("=", "5.8.0"),),))


@pytest.mark.parametrize("text", ["next of 5.8.0", "fixed in 5.8.0", "see the paper of May 2024"])
def test_prose_is_no_version(tmp_path: Path, text: str) -> None:
    for entry in ({"version": text, "status": "affected"}, {"version": text, "lessThan": "9", "status": "affected"}):
        (row,) = cve_of(tmp_path, [entry])
        assert row.ranges == ()


def test_what_others_add_counts_only_where_the_publisher_names_nothing(tmp_path: Path) -> None:
    def part(vendor: str, end: str) -> dict[str, Any]:
        versions = [{"version": "0", "lessThan": end, "status": "affected"}]
        return {"affected": [{"vendor": vendor, "product": "CAM-9", "versions": versions}]}

    for own, wanted in (("Example", "5.0"), ("n/a", "9.0")):
        containers = {"cna": part(own, "5.0"), "adp": [part("Example", "9.0")]}
        told = read(tmp_path, {"cveMetadata": {"cveId": "CVE-2024-0003"}, "containers": containers})
        assert one(told).ranges == ((Bound("<", wanted),),)


def test_a_part_of_a_device_keeps_its_version_to_itself(tmp_path: Path) -> None:
    tree = {
        "branches": [
            branch("vendor", "Example", branch("product_name", "CAM-1", branch("product_version", "5.9", leaf="HW"))),
            branch("vendor", "Other", branch("product_name", "lib", branch("product_version_range", "<9", leaf="LIB"))),
        ],
        "relationships": [{"category": "default_component_of", "product_reference": "LIB",
                           "relates_to_product_reference": "HW", "full_product_name": {"product_id": "BOTH"}}],
    }  # fmt: skip
    row = one(read(tmp_path, csaf(tree, known_affected=["BOTH"])))
    assert (row.products, row.ranges) == (("CAM-1",), ((Bound("=", "5.9"),),))


@pytest.mark.timeout(30)
def test_hostile_papers_are_read_at_once(tmp_path: Path) -> None:
    """Each of these took minutes once: an expression that goes back over a long name, one round for each link."""
    leaf = branch("product_version", "AA" + "1" * 60_000 + "X" * 60_000 + "!", leaf="P1")
    tree: dict[str, Any] = {"branches": [branch("vendor", "Example", branch("product_name", "CAM-1", leaf))]}
    links = [{"category": "installed_on", "product_reference": f"R{number + 1}", "relates_to_product_reference": "P1",
              "full_product_name": {"product_id": f"R{number}"}} for number in range(20_000)]  # fmt: skip
    read(tmp_path, csaf(tree | {"relationships": links}, known_affected=["P1"]))
    read(tmp_path, {"vulnStatus": "x", "id": "CVE-2024-0001", "configurations": [{}] * 300_000})
    cve_of(tmp_path, [{"version": "1" + " " * 200_000 + "x", "status": "affected"}])
    read(tmp_path, "cve,epss,percentile\n" + '"' + "CVE-2024-0001,0.5,0.5\n" * 20_000, "epss.csv")


def test_tables(tmp_path: Path) -> None:
    entry = {"cveID": "CVE-2024-0001", "dateAdded": "2024-02-03", "dueDate": "2024-02-24"}
    kev = read(tmp_path, {"catalogVersion": "2024.03.01", "vulnerabilities": [entry, {"cveID": "what"}]})
    assert kev.exploited["CVE-2024-0001"].since == "2024-02-03"
    assert (kev.dated, len(kev.problems)) == ("2024-03-01", 1)
    table = "#model_version:v2024,score_date:2024-03-02T00:00:00\ncve,epss,percentile\n"
    table += "CVE-2024-0001,0.25,0.9\nCVE-2024-0002,9,1\n"
    path = tmp_path / "epss.csv.gz"
    path.write_bytes(gzip.compress(table.encode()))
    epss = read_advisories(path)
    assert (epss.dated, dict(epss.likelihood), len(epss.problems)) == ("2024-03-02", {"CVE-2024-0001": 0.25}, 1)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not json",
        "[1, 2]",
        "{",
        "{}",
        '{"document": 1, "product_tree": ' + "[" * 5_000,
        "\x1f\x8bbroken",
        '{"a": NaN}',
    ],
)
def test_what_is_no_advisory_is_refused_by_name(tmp_path: Path, text: str) -> None:
    path = tmp_path / "odd.json"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(BadInput, match=r"odd\.json"):
        read_advisories(path)


@pytest.mark.parametrize("field", ["document", "product_tree", "vulnerabilities"])
@pytest.mark.parametrize("wrong", [None, 7, "text", [], {}, [None, 3, "x"], {"branches": {"a": 1}}])
def test_wrong_fields_lose_nothing_else(tmp_path: Path, field: str, wrong: Any) -> None:
    tree = {
        "branches": [
            branch("vendor", "Example", branch("product_name", "CAM-1", branch("product_version", "1", leaf="P1")))
        ]
    }
    document = csaf(tree, known_affected=["P1"]) | {field: wrong}
    read(tmp_path, document)
