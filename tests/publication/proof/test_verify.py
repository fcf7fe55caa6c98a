"""A bundle against everything that can be done to it. Whatever is done, the file it was done to is named first."""

from __future__ import annotations

import base64
import json
import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from custodes.publication.proof.bundle import CHECKPOINT, LEAVES, LOG_FILE, PUBLIC_KEY, proofs, seal, write
from custodes.publication.proof.keys import Key, Signer
from custodes.publication.proof.log import EDITION, FIGURE, ROW, Log
from custodes.publication.proof.manifest import MANIFEST, listed, measure, walk, write_manifest
from custodes.publication.proof.notes import Checkpoint, read_checkpoint, read_note, write_note
from custodes.publication.proof.verify import verify

SIGNER = Signer("example.org/survey", bytes(range(32)))
KEY = [Key("", SIGNER.verifier.public, None)]
OTHER = [Key("", Signer("example.org/survey", bytes(32)).verifier.public, None)]
ORIGIN = "example.org/survey"
FROZEN = "editions/one/figures.json"


def made_log(rows: int = 20, editions: int = 2) -> Log:
    log = Log.begun(ORIGIN, {"title": "made up"})
    for number in range(editions):
        name = ("one", "two", "three")[number]
        for row in range(rows):
            log.add(ROW, {"body": f"body-{row}", "value": "yes", "edition": name})
        for figure in range(3):
            log.add(FIGURE, {"id": f"f{figure}", "edition": name}, name, f"f{figure}")
        files = {FROZEN: listed(b"{}\n").sha256} if name == "one" else {}
        log.add(EDITION, {"id": name, "files": files}, name)
    return log


def made(folder: Path, signer: Signer | None = SIGNER, **log: int) -> Path:
    folder.mkdir()
    write(folder, "index.html", b"<h1>x</h1>\n")
    write(folder, "data/a.csv", b"a,b\r\n1,2\r\n")
    write(folder, FROZEN, b"{}\n")
    seal(folder, made_log(**log), ORIGIN, signer)
    return folder


def first(bundle: Path, keys: list[Key] | None = None) -> str:
    found = verify(bundle, keys)
    return found.wrong[0].path if found.wrong else ""


@pytest.fixture(params=[SIGNER, None], ids=["signed", "unsigned"])
def bundle(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return made(tmp_path / "bundle", request.param)


def test_an_untouched_bundle(bundle: Path) -> None:
    found = verify(bundle)
    assert (found.wrong, found.editions, found.trusted) == ([], ["one", "two"], False)
    assert found.signed is (bundle / PUBLIC_KEY).is_file()


def test_every_flipped_byte_is_found_and_its_file_named(bundle: Path) -> None:
    chance = random.Random(1)
    for path in sorted(name for name, _ in walk(bundle)):
        data = (bundle / path).read_bytes()
        places = range(len(data)) if len(data) < 300 else chance.sample(range(len(data)), 60)
        for place in places:
            changed = bytearray(data)
            changed[place] ^= 1 << chance.randrange(8)
            (bundle / path).write_bytes(changed)
            assert first(bundle) == path, place
        (bundle / path).write_bytes(data)
    assert first(bundle) == ""


def test_a_file_that_is_missing_added_or_exchanged(bundle: Path) -> None:
    paths = sorted(name for name, _ in walk(bundle))
    for path in paths:
        data = (bundle / path).read_bytes()
        (bundle / path).unlink()
        assert first(bundle) == path
        (bundle / path).write_bytes(data + b"\n")
        assert first(bundle) == path
        (bundle / path).write_bytes(b"")
        assert first(bundle) == path
        (bundle / path).write_bytes(data)
    write(bundle, "data/more.csv", b"")
    assert first(bundle) == "data/more.csv"
    (bundle / "data/more.csv").unlink()
    one, two = (bundle / "index.html").read_bytes(), (bundle / "data/a.csv").read_bytes()
    (bundle / "index.html").write_bytes(two)
    (bundle / "data/a.csv").write_bytes(one)
    assert {wrong.path for wrong in verify(bundle).wrong} == {"index.html", "data/a.csv"}


def test_a_link_is_no_file(bundle: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    shutil.copy(bundle / "index.html", outside)
    (bundle / "index.html").unlink()
    (bundle / "index.html").symlink_to(outside)
    assert first(bundle) == "index.html"


def changed_log(bundle: Path, change: Callable[[list[bytes]], list[bytes]]) -> None:
    lines = (bundle / LOG_FILE).read_bytes().splitlines(keepends=True)
    (bundle / LOG_FILE).write_bytes(b"".join(change(lines)))


@pytest.mark.parametrize(
    ("change", "entry"),
    [
        (lambda lines: [*lines[:7], *lines[8:]], 7),
        (lambda lines: lines[:-1], 48),
        (lambda lines: [*lines[:5], lines[6], lines[5], *lines[7:]], 5),
        (lambda lines: [*lines[:9], lines[9].replace(b"yes", b"no"), *lines[10:]], 9),
        (lambda lines: [*lines[:3], b'{"entry":"row"}\n', *lines[3:]], 3),
        (lambda lines: [*lines, lines[1]], 49),
    ],
    ids=["dropped", "dropped at the end", "reordered", "changed", "added", "added at the end"],
)
def test_the_entry_of_the_log_is_named(bundle: Path, change: Callable[[list[bytes]], list[bytes]], entry: int) -> None:
    changed_log(bundle, change)
    wrong = verify(bundle).wrong[0]
    assert (wrong.path, wrong.entry) == (LOG_FILE, entry)


def hashed_again(bundle: Path, log: Log | None = None, *, checkpoint: bool = True) -> None:
    """All that a forger without the key can do: every hash made again, the old signature kept under the new text."""
    if log is not None:
        for path, data in proofs(log, log.tree()).items():
            write(bundle, path, data)
    found = {path: measure(bundle / path) for path, _ in walk(bundle) if path not in (MANIFEST, CHECKPOINT)}
    manifest = write_manifest(found)
    write(bundle, MANIFEST, manifest)
    if checkpoint:
        note = read_note((bundle / CHECKPOINT).read_bytes())
        head = read_checkpoint(note.text)
        tree = (log or made_log()).tree()
        text = Checkpoint(head.origin, tree.size, tree.root, listed(manifest).sha256).text()
        lines = (bundle / CHECKPOINT).read_text(encoding="utf-8").split("\n\n", 1)[1]
        (bundle / CHECKPOINT).write_text(f"{text}\n{lines}", encoding="utf-8")


def test_hashes_made_again_without_the_key_are_refused(tmp_path: Path) -> None:
    bundle = made(tmp_path / "bundle")
    (bundle / "data/a.csv").write_bytes(b"a,b\r\n1,3\r\n")
    hashed_again(bundle)
    assert first(bundle) == first(bundle, KEY) == CHECKPOINT


def test_a_log_made_again_without_the_key_is_refused(tmp_path: Path) -> None:
    for part in (True, False):
        bundle = made(tmp_path / f"bundle-{part}")
        log = made_log()
        log.entries[4] = log.entries[4].replace(b"yes", b"no")
        hashed_again(bundle, log, checkpoint=part)
        assert first(bundle, KEY) == (CHECKPOINT if part else LOG_FILE)
        assert verify(bundle).wrong


def test_only_the_list_made_again_names_the_list(tmp_path: Path) -> None:
    bundle = made(tmp_path / "bundle")
    (bundle / "data/a.csv").write_bytes(b"a,b\r\n1,3\r\n")
    hashed_again(bundle, checkpoint=False)
    assert first(bundle, KEY) == MANIFEST


def test_an_edition_swapped_is_named_though_the_list_was_made_again(tmp_path: Path) -> None:
    bundle = made(tmp_path / "bundle")
    (bundle / FROZEN).write_bytes(b"[]\n")
    hashed_again(bundle, checkpoint=False)
    wrong = verify(bundle, KEY).wrong[0]
    assert (wrong.path, wrong.entry) == (FROZEN, 24)


def test_signed_by_somebody_else(tmp_path: Path) -> None:
    bundle = made(tmp_path / "bundle", Signer(ORIGIN, bytes(32)))
    assert first(bundle) == ""  # it fits together
    assert first(bundle, OTHER) == ""
    assert first(bundle, KEY) == CHECKPOINT  # and is not by the key that was asked for


def test_an_unsigned_bundle_is_refused_where_a_key_is_asked_for(tmp_path: Path) -> None:
    assert first(made(tmp_path / "bundle", None), KEY) == CHECKPOINT


def test_the_signature_taken_away(tmp_path: Path) -> None:
    bundle = made(tmp_path / "bundle")
    head = read_checkpoint(read_note((bundle / CHECKPOINT).read_bytes()).text)
    (bundle / CHECKPOINT).write_text(write_note(head.text(), []), encoding="utf-8")
    assert first(bundle) == first(bundle, KEY) == CHECKPOINT


def test_a_second_signature_by_nobody_known(tmp_path: Path) -> None:
    bundle = made(tmp_path / "bundle")
    head = read_checkpoint(read_note((bundle / CHECKPOINT).read_bytes()).text)
    text = write_note(head.text(), [SIGNER, Signer("example.org/other", bytes(32))])
    (bundle / CHECKPOINT).write_text(text, encoding="utf-8")
    assert first(bundle) == CHECKPOINT


def test_signature_lines_that_say_nothing(tmp_path: Path) -> None:
    """No room under a checkpoint in which anything could be put unseen."""
    bundle = made(tmp_path / "bundle")
    whole = (bundle / CHECKPOINT).read_text(encoding="utf-8")
    garbage = base64.b64encode(SIGNER.key_id + b"garbage").decode()
    for more in (f"— {SIGNER.name} {garbage}\n", whole.split("\n\n")[1], "x" * 70_000):
        (bundle / CHECKPOINT).write_text(whole + more, encoding="utf-8")
        assert first(bundle) == first(bundle, KEY) == CHECKPOINT


def test_a_key_without_a_name_checks_a_note_with_one(tmp_path: Path) -> None:
    bundle = tmp_path / "bundle"
    made(bundle, Signer("another.example/name", SIGNER.seed))
    assert first(bundle, KEY) == ""
    assert verify(bundle, KEY).trusted


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("proof/editions.json", '"size": 25', '"size": 25.0'),
        ("proof/editions.json", '"size": 25', '"size": 1e999'),
        ("proof/figures.json", '"index": 21', '"index": -1'),
        ("proof/figures.json", '"proof": [', '"proof": [["x"],'),
        (MANIFEST, '"bytes": 11', '"bytes": 1e999'),
        (MANIFEST, '"sha256": "', '"sha256": "\\ud800'),
        (MANIFEST, '"files": [', '"files": [1,'),
    ],
)
def test_values_of_another_kind(tmp_path: Path, path: str, old: str, new: str) -> None:
    bundle = made(tmp_path / "bundle")
    text = (bundle / path).read_text(encoding="utf-8")
    assert old in text
    (bundle / path).write_text(text.replace(old, new, 1), encoding="utf-8")
    assert first(bundle) == path
    if path != MANIFEST:  # also where the list was made again, so that only the proof itself is wrong
        hashed_again(bundle, checkpoint=False)
        assert verify(bundle).wrong


def test_what_is_no_plain_file(bundle: Path) -> None:
    (bundle / "empty").mkdir()
    assert first(bundle) == "empty"
    (bundle / "empty").rmdir()
    os.mkfifo(bundle / "pipe")
    assert first(bundle) == "pipe"
    (bundle / "pipe").unlink()
    (bundle / "index.html").unlink()
    (bundle / "index.html").mkdir()
    assert first(bundle) == "index.html"


def test_a_file_of_another_length_is_not_read_to_its_end(bundle: Path) -> None:
    for path in ("index.html", LOG_FILE, LEAVES, MANIFEST):
        size = (bundle / path).stat().st_size
        os.truncate(bundle / path, 300 << 30)  # a hole: it takes no room
        assert first(bundle) == path
        os.truncate(bundle / path, size)
    assert first(bundle) == ""


def test_a_log_that_does_not_continue_the_one_that_was_kept(tmp_path: Path) -> None:
    kept = (made(tmp_path / "first", editions=1) / CHECKPOINT).read_bytes()
    later = made(tmp_path / "later", editions=3)
    assert verify(later, KEY, kept).wrong == []
    rewritten = made(tmp_path / "rewritten", rows=21, editions=3)
    assert verify(rewritten, KEY).wrong == []  # by itself it is whole
    assert [wrong.path for wrong in verify(rewritten, KEY, kept).wrong] == [LOG_FILE]
    newest = (later / CHECKPOINT).read_bytes()
    assert [wrong.path for wrong in verify(tmp_path / "first", KEY, newest).wrong] == [LOG_FILE]


def test_a_manifest_that_leads_out_of_the_bundle(tmp_path: Path) -> None:
    bundle = made(tmp_path / "bundle", None)
    (tmp_path / "secret").write_text("x")
    told = json.loads((bundle / MANIFEST).read_text())
    told["files"].append({"path": "../secret", "sha256": measure(tmp_path / "secret").sha256, "bytes": 1})
    (bundle / MANIFEST).write_text(json.dumps(told))
    assert first(bundle) == MANIFEST


@pytest.mark.parametrize("data", [b"", b"{", b"null\n", b"[]", b'{"format":"custodes-bundle-1","files":{}}'])
def test_any_manifest_is_read_or_refused(tmp_path: Path, data: bytes) -> None:
    bundle = made(tmp_path / "bundle")
    (bundle / MANIFEST).write_bytes(data)
    assert first(bundle) == MANIFEST


def test_leaves_exchanged_with_the_log_still_name_it(tmp_path: Path) -> None:
    bundle = made(tmp_path / "bundle")
    changed_log(bundle, lambda lines: [*lines[:9], lines[9].replace(b"yes", b"no"), *lines[10:]])
    data = (bundle / LEAVES).read_bytes()
    (bundle / LEAVES).write_bytes(data[32:] + data[:32])
    assert {wrong.path for wrong in verify(bundle).wrong} == {LOG_FILE, LEAVES}
