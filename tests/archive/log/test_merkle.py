"""Roots and proofs: the published examples, and every tree against the definition written out."""

import random
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.log.merkle import (
    EMPTY_ROOT,
    Tree,
    consistency_proof,
    inclusion_proof,
    is_consistent,
    is_included,
    leaf_hash,
    node_hash,
    range_hash,
)

# The reference leaves, roots and proofs of Certificate Transparency: transparency-dev/merkle, testonly/constants.go
# and proof/verify_test.go (before that google/certificate-transparency-go, merkletree); the tree of RFC 6962 §2.1.3.
ENTRIES = [bytes.fromhex(text) for text in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSION = [
    (0, 8, [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]),
    (5, 8, [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]),
]  # fmt: skip
CONSISTENCY = [
    (1, 1, []),
    (2, 5, [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ]),
    (2, 8, [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]),
]  # fmt: skip
LARGEST = 2000


def naive_root(leaves: list[bytes]) -> bytes:
    """MTH as RFC 9162 §2.1.1 writes it."""
    if not leaves:
        return EMPTY_ROOT
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return node_hash(naive_root(leaves[:k]), naive_root(leaves[k:]))


def naive_path(m: int, leaves: list[bytes]) -> list[bytes]:
    """PATH as RFC 9162 §2.1.3.1 writes it."""
    if len(leaves) == 1:
        return []
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    if m < k:
        return [*naive_path(m, leaves[:k]), naive_root(leaves[k:])]
    return [*naive_path(m - k, leaves[k:]), naive_root(leaves[:k])]


def naive_proof(m: int, leaves: list[bytes], *, whole: bool = True) -> list[bytes]:
    """SUBPROOF as RFC 9162 §2.1.4.1 writes it."""
    n = len(leaves)
    if m == n:
        return [] if whole else [naive_root(leaves)]
    k = 1
    while 2 * k < n:
        k *= 2
    if m <= k:
        return [*naive_proof(m, leaves[:k], whole=whole), naive_root(leaves[k:])]
    return [*naive_proof(m - k, leaves[k:], whole=False), naive_root(leaves[:k])]


def subtrees_of(leaves: list[bytes]) -> Callable[[int, int], bytes]:
    levels = [leaves]
    while len(levels[-1]) > 1:
        below = levels[-1]
        levels.append([node_hash(below[at], below[at + 1]) for at in range(0, len(below) - 1, 2)])
    return lambda level, number: levels[level][number]


LEAVES = [leaf_hash(entry) for entry in ENTRIES]
MANY = [leaf_hash(number.to_bytes(4, "big")) for number in range(LARGEST)]
SUBTREE = subtrees_of(MANY)


@pytest.mark.parametrize("size", range(9))
def test_roots_are_the_published_ones(size: int) -> None:
    tree = Tree()
    for leaf in LEAVES[:size]:
        tree.append(leaf)
    assert tree.root().hex() == ROOTS[size]
    assert range_hash(subtrees_of(LEAVES), 0, size).hex() == ROOTS[size]


@pytest.mark.parametrize(("index", "size", "proof"), INCLUSION)
def test_inclusion_proofs_are_the_published_ones(index: int, size: int, proof: list[str]) -> None:
    made = inclusion_proof(subtrees_of(LEAVES), index, size)
    assert [one.hex() for one in made] == proof
    assert is_included(LEAVES[index], index, size, made, bytes.fromhex(ROOTS[size]))


@pytest.mark.parametrize(("first", "second", "proof"), CONSISTENCY)
def test_consistency_proofs_are_the_published_ones(first: int, second: int, proof: list[str]) -> None:
    made = consistency_proof(subtrees_of(LEAVES), first, second)
    assert [one.hex() for one in made] == proof
    assert is_consistent(first, second, bytes.fromhex(ROOTS[first]), bytes.fromhex(ROOTS[second]), made)


def test_the_example_tree_of_the_rfc() -> None:
    """RFC 6962 §2.1.3: PATH(0..6, D[7]) and PROOF(3, 4 and 6, D[7]) by the names of their nodes."""
    a, b, c, d, e, f, j = (MANY[number] for number in range(7))
    g, h, i = node_hash(a, b), node_hash(c, d), node_hash(e, f)
    k, el = node_hash(g, h), node_hash(i, j)
    paths = {0: [b, h, el], 3: [c, g, el], 4: [f, j, k], 6: [i, k]}
    for index, path in paths.items():
        assert inclusion_proof(SUBTREE, index, 7) == path
    assert consistency_proof(SUBTREE, 3, 7) == [c, d, g, el]
    assert consistency_proof(SUBTREE, 4, 7) == [el]
    assert consistency_proof(SUBTREE, 6, 7) == [i, j, k]


@settings(max_examples=60, deadline=None)
@given(st.integers(1, LARGEST), st.data())
def test_proofs_are_those_of_the_definition(size: int, data: st.DataObject) -> None:
    leaves = MANY[:size]
    index = data.draw(st.integers(0, size - 1))
    first = data.draw(st.integers(1, size))
    root = naive_root(leaves)
    assert range_hash(SUBTREE, 0, size) == root
    path = inclusion_proof(SUBTREE, index, size)
    assert path == naive_path(index, leaves)
    assert is_included(leaves[index], index, size, path, root)
    proof = consistency_proof(SUBTREE, first, size)
    assert proof == naive_proof(first, leaves)
    assert is_consistent(first, size, naive_root(leaves[:first]), root, proof)


def test_a_growing_tree_has_the_root_of_the_definition_at_every_size() -> None:
    tree = Tree()
    for size, leaf in enumerate(MANY):
        assert tree.root() == range_hash(SUBTREE, 0, size)
        tree.append(leaf)
    assert tree.root() == naive_root(MANY)


@settings(max_examples=60, deadline=None)
@given(st.integers(2, LARGEST), st.data())
def test_a_proof_of_another_leaf_place_or_root_is_refused(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    other = data.draw(st.integers(0, size - 1).filter(lambda one: one != index))
    root = range_hash(SUBTREE, 0, size)
    path = inclusion_proof(SUBTREE, index, size)
    assert not is_included(MANY[other], index, size, path, root)
    assert not is_included(MANY[index], other, size, path, root)
    assert not is_included(MANY[index], index, size, path, range_hash(SUBTREE, 0, size - 1))
    assert not is_included(MANY[index], index, size, path[:-1], root)
    assert not is_included(MANY[index], index, size, [*path, root], root)
    assert not is_included(MANY[index], size, size, path, root)


@settings(max_examples=60, deadline=None)
@given(st.integers(2, LARGEST), st.data())
def test_a_history_that_was_rewritten_is_not_consistent(size: int, data: st.DataObject) -> None:
    first = data.draw(st.integers(1, size - 1))
    root, old = range_hash(SUBTREE, 0, size), range_hash(SUBTREE, 0, first)
    proof = consistency_proof(SUBTREE, first, size)
    forged = leaf_hash(b"forged")
    assert not is_consistent(first, size, forged, root, proof)
    assert not is_consistent(first, size, old, forged, proof)
    at = random.Random(size).randrange(len(proof))
    assert not is_consistent(first, size, old, root, [*proof[:at], forged, *proof[at + 1 :]])
    assert not is_consistent(first, size, old, root, proof[:-1])
    assert not is_consistent(size, first, root, old, proof)


def test_leaves_and_trees_that_are_not_there_are_refused() -> None:
    for index, size in ((-1, 4), (4, 4), (0, 0)):
        with pytest.raises(ValueError, match="not in a tree"):
            inclusion_proof(SUBTREE, index, size)
    for first, second in ((0, 4), (5, 4)):
        with pytest.raises(ValueError, match="has no proof"):
            consistency_proof(SUBTREE, first, second)
