"""The tree against the vectors of RFC 6962's reference code, the definition of the RFC, and each proof's checking."""

from __future__ import annotations

import time
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custodes.publication.proof.tree import EMPTY, Tree, consistent, included, leaf_hash

#: Entries and roots of the reference implementation of Certificate Transparency (merkle_tree_test.cc), which
#: transparency-dev/merkle and RFC 9162's authors use as well.
ENTRIES = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
#: Audit paths of the same tests: (index, size) to hashes.
PATHS = {
    (0, 1): [],
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
}


def by_definition(entries: list[bytes]) -> bytes:
    """MTH of RFC 6962, section 2.1, as it is written there."""
    if not entries:
        return sha256(b"").digest()
    if len(entries) == 1:
        return sha256(b"\x00" + entries[0]).digest()
    split = 1
    while split * 2 < len(entries):
        split *= 2
    return sha256(b"\x01" + by_definition(entries[:split]) + by_definition(entries[split:])).digest()


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_of_the_reference(size: int) -> None:
    assert Tree.over(ENTRIES[:size]).root.hex() == ROOTS[size - 1]


def test_the_empty_tree() -> None:
    assert Tree.over([]).root == EMPTY == sha256(b"").digest()


@pytest.mark.parametrize(("index", "size"), PATHS)
def test_audit_paths_of_the_reference(index: int, size: int) -> None:
    found = Tree.over(ENTRIES[:size]).inclusion(index)
    assert [one.hex() for one in found] == PATHS[index, size]


@given(st.lists(st.binary(max_size=9), max_size=70))
def test_root_is_as_defined(entries: list[bytes]) -> None:
    assert Tree.over(entries).root == by_definition(entries)


@given(st.lists(st.binary(max_size=9), min_size=1, max_size=70), st.data())
def test_proofs_prove(entries: list[bytes], data: st.DataObject) -> None:
    tree = Tree.over(entries)
    index = data.draw(st.integers(0, len(entries) - 1))
    proof = tree.inclusion(index)
    assert included(leaf_hash(entries[index]), index, tree.size, proof, tree.root)
    size = data.draw(st.integers(1, len(entries)))
    before = by_definition(entries[:size])
    assert tree.root_at(size) == before
    assert consistent(size, before, tree.size, tree.root, tree.consistency(size))


@given(st.lists(st.binary(max_size=9), min_size=2, max_size=40, unique=True), st.data())
def test_proofs_of_other_things_prove_nothing(entries: list[bytes], data: st.DataObject) -> None:
    tree = Tree.over(entries)
    index, other = (data.draw(st.integers(0, len(entries) - 1)) for _ in range(2))
    leaf, proof = leaf_hash(entries[index]), tree.inclusion(index)
    assert included(leaf, other, tree.size, proof, tree.root) is (other == index)
    assert not included(leaf_hash(b"another entry"), index, tree.size, proof, tree.root)
    assert not included(leaf, index, tree.size, [*proof, tree.root], tree.root)
    assert not included(leaf, index, tree.size, proof[:-1], tree.root)
    size = data.draw(st.integers(1, len(entries) - 1))
    changed = Tree.over([*entries[: size - 1], b"another entry", *entries[size:]])
    before = tree.root_at(size)
    assert not consistent(size, before, changed.size, changed.root, changed.consistency(size))
    assert not consistent(size, before, tree.size, tree.root, tree.consistency(size)[:-1])


def test_outside_of_the_tree_is_refused() -> None:
    tree = Tree.over(ENTRIES)
    for wrong in (-1, 8):
        with pytest.raises(IndexError):
            tree.inclusion(wrong)
    for wrong in (0, 9):
        with pytest.raises(IndexError):
            tree.consistency(wrong)
    assert not included(leaf_hash(b""), 8, 8, [], tree.root)
    assert not consistent(0, EMPTY, 8, tree.root, [])


@pytest.mark.long
def test_a_million_entries() -> None:
    """The root of a million entries; `bench/` times it, this holds that it is done at all."""
    begun = time.process_time()
    assert Tree.over(b"%d" % place for place in range(1_000_000)).size == 1_000_000
    assert time.process_time() - begun < 60
