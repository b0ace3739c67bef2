"""The tree against the published vectors of transparency-dev/merkle, and against a naive tree written from the RFC."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verivote import merkle
from verivote.errors import VerivoteError
from verivote.merkle import Frontier, check_consistency, check_inclusion, consistency, grow, inclusion

from .vectors import VECTORS

TREE = VECTORS["merkle"]
LEAVES = [merkle.leaf_hash(bytes.fromhex(each)) for each in TREE["leaves"]]
ROOTS = [bytes.fromhex(each) for each in TREE["roots"]]
EMPTY = sha256(b"").digest()
OTHER = bytes.fromhex("abacaba000000000000000000000000000000000000000000060061e00123456")


def refuses(check, *arguments) -> bool:
    try:
        check(*arguments)
    except VerivoteError as refused:
        return refused.code in ("inclusion", "consistency")
    return False


def naive_root(leaves: list[bytes]) -> bytes:
    """RFC 6962, 2.1, word by word."""
    if len(leaves) < 2:
        return leaves[0] if leaves else EMPTY
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha256(b"\1" + naive_root(leaves[:k]) + naive_root(leaves[k:])).digest()


def naive_path(m: int, leaves: list[bytes]) -> list[bytes]:
    """RFC 6962, 2.1.1, word by word."""
    if len(leaves) == 1:
        return []
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if m < k:
        return [*naive_path(m, leaves[:k]), naive_root(leaves[k:])]
    return [*naive_path(m - k, leaves[k:]), naive_root(leaves[:k])]


# == the published vectors ==
def test_the_roots_are_the_published_ones():
    assert [merkle.root(LEAVES[:size]) for size in range(1, 9)] == ROOTS
    assert merkle.root([]) == merkle.EMPTY == EMPTY


def wrong_inclusions(index: int, size: int, root: bytes, leaf: bytes, proof: list[bytes]):
    """The ways in which the published test spoils a proof."""
    yield from ((at, size, leaf, proof, root) for at in (index - 1, index + 1, index ^ 2))
    yield from ((index, other, leaf, proof, root) for other in (size * 2, size // 2))
    yield from (
        (index, size, b"WrongLeaf", proof, root),
        (index, size, leaf, proof, EMPTY),
        (index, size, leaf, proof, OTHER),
    )
    for spoilt in ([*proof, b""], [*proof, root], [b"", *proof], [root, *proof]):
        yield index, size, leaf, spoilt, root
    for at, each in enumerate(proof):
        yield index, size, leaf, [*proof[:at], bytes([each[0] ^ 8]) + each[1:], *proof[at + 1 :]], root
    if proof:
        yield index, size, leaf, proof[:-1], root
    if len(proof) > 1:
        yield index, size, leaf, [proof[0], OTHER, *proof[1:]], root


@pytest.mark.parametrize("vector", TREE["inclusion"], ids=lambda v: f"{v['index']} of {v['size']}")
def test_published_inclusion_proofs_hold_and_spoilt_ones_do_not(vector):
    index, size, proof = vector["index"], vector["size"], [bytes.fromhex(each) for each in vector["proof"]]
    root, leaf = ROOTS[size - 1], LEAVES[index]
    assert inclusion(LEAVES[:size], index) == proof
    check_inclusion(index, size, leaf, proof, root)
    passed = [each for each in wrong_inclusions(index, size, root, leaf, proof) if not refuses(check_inclusion, *each)]
    assert passed == []


@pytest.mark.parametrize(("index", "size"), [(0, 0), (0, 1), (1, 0), (2, 1)])
def test_no_proof_shows_what_is_not_there(index, size):
    for leaf, root in ((OTHER, b""), (b"", EMPTY), (OTHER, EMPTY)):
        assert refuses(check_inclusion, index, size, leaf, [], root)


def test_a_tree_of_one_leaf_needs_no_proof():
    check_inclusion(0, 1, LEAVES[0], [], LEAVES[0])
    assert refuses(check_inclusion, 0, 1, b"", [], b"")


def wrong_consistencies(first: int, second: int, one: bytes, two: bytes, proof: list[bytes]):
    """The ways in which the published test spoils a proof."""
    yield from ((at, second, one, two, proof) for at in (first - 1, first + 1, first ^ 2))
    yield from ((first, other, one, two, proof) for other in (second * 2, second // 2))
    yield from ((first, second, b"WrongRoot", two, proof), (first, second, one, b"WrongRoot", proof))
    yield first, second, two, one, proof
    spoilt = [[], [*proof, b""], [*proof, one], [*proof, two], [b"", *proof], [one, *proof], [two, *proof]]
    spoilt += [[proof[0], *proof], proof[:-1]]
    for at, each in enumerate(proof):
        spoilt.append([*proof[:at], bytes([each[0] ^ 16]) + each[1:], *proof[at + 1 :]])
    yield from ((first, second, one, two, each) for each in spoilt)


@pytest.mark.parametrize("vector", TREE["consistency"], ids=lambda v: f"{v['first']} to {v['second']}")
def test_published_consistency_proofs_hold_and_spoilt_ones_do_not(vector):
    first, second, proof = vector["first"], vector["second"], [bytes.fromhex(each) for each in vector["proof"]]
    one, two = ROOTS[first - 1], ROOTS[second - 1]
    assert consistency(LEAVES[:second], first) == proof
    check_consistency(first, second, one, two, proof)
    wrong = wrong_consistencies(first, second, one, two, proof) if proof else ()
    assert [each for each in wrong if not refuses(check_consistency, *each)] == []


@pytest.mark.parametrize(
    ("first", "second", "one", "two", "proof", "is_wrong"),
    [
        (0, 0, b"one", b"two", [], True),
        (1, 1, b"one", b"two", [], True),
        (0, 0, b"one", b"one", [], False),
        (0, 1, b"one", b"two", [], False),
        (1, 1, b"two", b"two", [], False),
        (1, 0, b"one", b"two", [], True),
        (2, 1, b"one", b"two", [], True),
        (-1, 1, b"one", b"two", [], True),
        (1, 2, b"one", b"two", [], True),
        (3, 4, b"one", b"two", [], True),
        (0, 0, EMPTY, EMPTY, [EMPTY], True),
        (0, 1, EMPTY, EMPTY, [EMPTY], True),
        (1, 1, EMPTY, EMPTY, [EMPTY], True),
    ],
)
def test_the_edges_of_consistency(first, second, one, two, proof, is_wrong):
    assert refuses(check_consistency, first, second, one, two, proof) is is_wrong


# == against the naive tree ==
sizes = st.integers(1, 70)


def leaves_of(size: int) -> list[bytes]:
    return [merkle.leaf_hash(bytes([at])) for at in range(size)]


@given(sizes, st.data())
def test_inclusion_is_that_of_the_naive_tree(size, data):
    leaves, index = leaves_of(size), data.draw(st.integers(0, size - 1))
    proof = inclusion(leaves, index)
    assert proof == naive_path(index, leaves)
    check_inclusion(index, size, leaves[index], proof, naive_root(leaves))


@given(sizes, st.data())
def test_consistency_leads_to_the_roots_of_the_naive_tree(size, data):
    leaves, first = leaves_of(size), data.draw(st.integers(0, size))
    one, two = naive_root(leaves[:first]), naive_root(leaves)
    check_consistency(first, size, one, two, consistency(leaves, first))
    if first:
        assert refuses(check_consistency, first, size, OTHER, two, consistency(leaves, first))


@given(st.integers(0, 70), st.integers(0, 40))
def test_growing_gives_the_proofs_of_the_whole_tree(old, new):
    leaves = leaves_of(old + new)
    before, _ = grow(Frontier(), leaves[:old])
    kept = before.to_bytes()
    grown, proofs = grow(before, leaves[old:])
    assert proofs == [naive_path(at, leaves) for at in range(old, old + new)]
    assert (grown.size, grown.root()) == (old + new, naive_root(leaves))
    assert before.to_bytes() == kept
    assert Frontier.from_bytes(grown.to_bytes()).root() == grown.root()


@pytest.mark.parametrize("size", [1, 2, 3, 1000])
def test_growing_leaf_by_leaf_comes_to_the_same(size):
    frontier, leaves = Frontier(), [merkle.leaf_hash(str(at).encode()) for at in range(size)]
    for leaf in leaves:
        frontier, _ = grow(frontier, [leaf])
    assert frontier.root() == merkle.root(leaves) == naive_root(leaves)


@pytest.mark.parametrize("data", [b"", b"\0" * 7, b"\0" * 9, b"\0" * 40, (3).to_bytes(8, "big") + b"\0" * 63])
def test_what_is_no_edge_is_refused(data):
    with pytest.raises(VerivoteError) as refused:
        Frontier.from_bytes(data)
    assert refused.value.code == "frontier"


def test_an_edge_has_a_size_and_a_hash_for_each_bit_of_it():
    for size, hashes in ((-1, [EMPTY]), (1, []), (2, [EMPTY, EMPTY])):
        with pytest.raises(VerivoteError):
            Frontier(size, hashes)


def test_what_is_not_in_the_tree_has_no_proof():
    assert all(refuses(inclusion, LEAVES, at) for at in (-1, 8))
    assert all(refuses(consistency, LEAVES, at) for at in (-1, 9))
