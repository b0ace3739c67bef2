"""The tree over the log: RFC 6962, section 2.1, and RFC 9162, section 2.1, with SHA-256.

Hashes are 32 bytes. A leaf's hash is SHA-256(0x00 ‖ record), an inner node's SHA-256(0x01 ‖ left ‖ right).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256

from .errors import VerivoteError

HASH = 32
EMPTY = sha256(b"").digest()


def leaf_hash(record: bytes) -> bytes:
    return sha256(b"\x00" + record).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def root(hashes: Iterable[bytes]) -> bytes:
    """The root over leaf hashes, in O(log n) memory; SHA-256 of nothing for no leaf."""
    edge = Frontier()
    for each in hashes:
        edge.append(each)
    return edge.root()


class Frontier:
    """The right edge of a tree: the roots of its full subtrees, largest first. All that growing needs."""

    def __init__(self, size: int = 0, hashes: Iterable[bytes] = ()) -> None:
        self.size = size
        self.hashes = list(hashes)
        if size < 0 or len(self.hashes) != size.bit_count() or any(len(each) != HASH for each in self.hashes):
            raise VerivoteError("frontier")

    def append(self, leaf: bytes) -> None:
        """Add one leaf by its hash."""
        hashes, full = self.hashes, self.size
        while full & 1:
            leaf = sha256(b"\x01" + hashes.pop() + leaf).digest()
            full >>= 1
        hashes.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        if not self.hashes:
            return EMPTY
        *rest, found = self.hashes
        for left in reversed(rest):
            found = node_hash(left, found)
        return found

    def copy(self) -> Frontier:
        return Frontier(self.size, self.hashes)

    def to_bytes(self) -> bytes:
        """The size in 8 bytes, then the hashes: at most 2,056 bytes."""
        return self.size.to_bytes(8, "big") + b"".join(self.hashes)

    @classmethod
    def from_bytes(cls, data: bytes) -> Frontier:
        """Raises VerivoteError unless `data` is what `to_bytes` wrote."""
        if len(data) < 8:
            raise VerivoteError("frontier")
        return cls(int.from_bytes(data[:8], "big"), [data[at : at + HASH] for at in range(8, len(data), HASH)])


def grow(frontier: Frontier, leaves: Sequence[bytes]) -> tuple[Frontier, list[list[bytes]]]:
    """The frontier with more leaves, and the inclusion proof of each of them in the tree of the new size.

    From the frontier and the new leaves alone: O(m log(n + m)) for m leaves. The frontier given stays as it was.
    """
    grown = frontier.copy()
    for leaf in leaves:
        grown.append(leaf)
    proofs: list[list[bytes]] = [[] for _ in leaves]
    if not leaves:
        return grown, proofs
    old = list(frontier.hashes)
    row, begin, height = list(leaves), frontier.size, 0  # the nodes over new leaves, from index `begin` of this height
    while grown.size - 1 >> height:
        if begin & 1:
            row.insert(0, old.pop())
            begin -= 1
        for at, proof in enumerate(proofs):
            beside = ((frontier.size + at >> height) ^ 1) - begin
            if beside < len(row):
                proof.append(row[beside])
        row = _above(row)
        begin >>= 1
        height += 1
    return grown, proofs


def _above(row: list[bytes]) -> list[bytes]:
    """The nodes above a row; the last of an odd row goes up as it is."""
    pairs = [node_hash(row[at], row[at + 1]) for at in range(0, len(row) - 1, 2)]
    return [*pairs, row[-1]] if len(row) & 1 else pairs


# == inclusion ==
def inclusion(hashes: Sequence[bytes], index: int) -> list[bytes]:
    """The proof that the leaf at `index` is in the tree over these leaf hashes (RFC 9162, 2.1.3.1)."""
    if not 0 <= index < len(hashes):
        raise VerivoteError("inclusion")
    proof, row = [], list(hashes)
    while len(row) > 1:
        if index ^ 1 < len(row):
            proof.append(row[index ^ 1])
        row = _above(row)
        index >>= 1
    return proof


def root_from_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes]) -> bytes:
    """The root that a proof leads to (RFC 9162, 2.1.3.2). Raises VerivoteError where it cannot be a proof."""
    if not 0 <= index < size or len(leaf) != HASH or any(len(each) != HASH for each in proof):
        raise VerivoteError("inclusion")
    at, last, found = index, size - 1, leaf
    for each in proof:
        if last == 0:
            raise VerivoteError("inclusion")
        if at & 1 or at == last:
            found = node_hash(each, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, each)
        at, last = at >> 1, last >> 1
    if last:
        raise VerivoteError("inclusion")
    return found


def check_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> None:
    """Raises VerivoteError unless the proof shows that the leaf stands at `index` of the tree with this root."""
    if root_from_inclusion(index, size, leaf, proof) != root:
        raise VerivoteError("inclusion")


# == consistency ==
def consistency(hashes: Sequence[bytes], first: int) -> list[bytes]:
    """The proof that the tree of the first leaves is the beginning of the whole one (RFC 9162, 2.1.4.1)."""
    if not 0 <= first <= len(hashes):
        raise VerivoteError("consistency")
    return _subproof(first, hashes, True) if first else []


def _subproof(first: int, hashes: Sequence[bytes], is_whole: bool) -> list[bytes]:
    if first == len(hashes):
        return [] if is_whole else [root(hashes)]
    split = 1 << (len(hashes) - 1).bit_length() - 1
    if first <= split:
        return [*_subproof(first, hashes[:split], is_whole), root(hashes[split:])]
    return [*_subproof(first - split, hashes[split:], False), root(hashes[:split])]


def check_consistency(first: int, second: int, first_root: bytes, second_root: bytes, proof: Sequence[bytes]) -> None:
    """Raises VerivoteError unless the proof shows that the second tree goes on from the first (RFC 9162, 2.1.4.2).

    Of no leaves every tree is a continuation, with an empty proof, whatever root is named for them.
    """
    if not 0 <= first <= second or any(len(each) != HASH for each in proof):
        raise VerivoteError("consistency")
    if first in (0, second):
        if proof or (first == second and first_root != second_root):
            raise VerivoteError("consistency")
        return
    nodes = list(proof)
    if first & (first - 1) == 0:
        nodes.insert(0, first_root)
    if not nodes or _roots(first - 1, second - 1, nodes) != (first_root, second_root):
        raise VerivoteError("consistency")


def _roots(at: int, last: int, nodes: list[bytes]) -> tuple[bytes, bytes]:
    """The roots that a proof leads to, of the smaller tree and of the larger."""
    while at & 1:
        at, last = at >> 1, last >> 1
    smaller = larger = nodes[0]
    for each in nodes[1:]:
        if last == 0:
            raise VerivoteError("consistency")
        if at & 1 or at == last:
            smaller, larger = node_hash(each, smaller), node_hash(each, larger)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            larger = node_hash(larger, each)
        at, last = at >> 1, last >> 1
    if last:
        raise VerivoteError("consistency")
    return smaller, larger
