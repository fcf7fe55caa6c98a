"""The Merkle tree of RFC 6962 and RFC 9162 over SHA-256: root, inclusion and consistency proofs, and their checking.

A proof is a list of 32-byte hashes in the order of the RFC. Sizes and indices count leaves from 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256

EMPTY = sha256(b"").digest()
_LEAF, _NODE = b"\x00", b"\x01"


def leaf_hash(entry: bytes) -> bytes:
    """The hash of one entry as a leaf."""
    return sha256(_LEAF + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two nodes."""
    return sha256(_NODE + left + right).digest()


class Tree:
    """A tree over the hashes of leaves that are all there: `levels[0]`; a node without a sibling is carried up."""

    def __init__(self, leaves: Iterable[bytes]) -> None:
        self.levels: list[list[bytes]] = [list(leaves)]
        while len(self.levels[-1]) > 1:
            below = self.levels[-1]
            pairs = zip(below[::2], below[1::2], strict=False)
            above = [sha256(_NODE + left + right).digest() for left, right in pairs]
            if len(below) % 2:
                above.append(below[-1])
            self.levels.append(above)

    @classmethod
    def over(cls, entries: Iterable[bytes]) -> Tree:
        """The tree over entries themselves."""
        return cls([sha256(_LEAF + entry).digest() for entry in entries])

    @property
    def size(self) -> int:
        """How many entries it has."""
        return len(self.levels[0])

    @property
    def root(self) -> bytes:
        """The hash of the whole."""
        return self.levels[-1][0] if self.size else EMPTY

    def inclusion(self, index: int) -> list[bytes]:
        """That entry `index` is in the tree. Raises IndexError outside of it."""
        if not 0 <= index < self.size:
            raise IndexError(f"there is no entry {index} in a tree of {self.size}")
        found = []
        for level in self.levels[:-1]:
            beside = index ^ 1
            if beside < len(level):
                found.append(level[beside])
            index >>= 1
        return found

    def root_at(self, size: int) -> bytes:
        """The root that the tree had when it had `size` entries."""
        if not 0 <= size <= self.size:
            raise IndexError(f"a tree of {self.size} never had {size} entries")
        if size == 0:
            return EMPTY
        low, parts = 0, []
        while low < size:  # whole subtrees from left to right, each the largest power of two that is left
            height = (size - low).bit_length() - 1
            parts.append(self.levels[height][low >> height])
            low += 1 << height
        found = parts.pop()
        while parts:
            found = node_hash(parts.pop(), found)
        return found

    def consistency(self, size: int) -> list[bytes]:
        """That the tree of the first `size` entries is a beginning of this one."""
        if not 0 < size <= self.size:
            raise IndexError(f"a tree of {self.size} has no earlier tree of {size}")
        found: list[bytes] = []
        low, high, whole = 0, self.size, True
        while size != high:
            split = low + (1 << ((high - low - 1).bit_length() - 1))
            if size <= split:
                found.append(self._node(split, high))
                high = split
            else:
                found.append(self._node(low, split))
                low, whole = split, False
        if not whole:
            found.append(self._node(low, high))
        return found[::-1]

    def _node(self, low: int, high: int) -> bytes:
        """The node over entries `low` to `high`: a whole subtree, or the ragged one at the right edge."""
        height = (high - low - 1).bit_length()
        return self.levels[height][low >> height]


def included(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether a proof shows that `leaf` is entry `index` of the tree with `root` (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    place, last, found = index, size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = node_hash(step, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, step)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root


def consistent(first: int, first_root: bytes, second: int, second_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether a proof shows that the first tree is a beginning of the second (RFC 9162, 2.1.4.2)."""
    if first == second:
        return not proof and first_root == second_root
    if not 0 < first < second:
        return False
    steps = [first_root, *proof] if first & (first - 1) == 0 else list(proof)
    if not steps:
        return False
    place, last = first - 1, second - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            new = node_hash(new, step)
        place, last = place >> 1, last >> 1
    return last == 0 and old == first_root and new == second_root
