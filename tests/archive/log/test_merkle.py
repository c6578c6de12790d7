"""Roots and proofs: the tree of the RFC by its names, and every tree up to 2,000 leaves against the definition."""

import random
from functools import cache

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
from tests.archive.log.published_proofs import subtrees_of

LARGEST = 2000


MANY = [leaf_hash(number.to_bytes(4, "big")) for number in range(LARGEST)]
SUBTREE = subtrees_of(MANY)


def split(size: int) -> int:
    """`k` of RFC 9162 §2.1.1."""
    k = 1
    while 2 * k < size:
        k *= 2
    return k


@cache
def naive_root(start: int, end: int) -> bytes:
    """MTH as RFC 9162 §2.1.1 writes it, of the leaves from `start` up to `end`."""
    if start == end:
        return EMPTY_ROOT
    if end - start == 1:
        return MANY[start]
    k = start + split(end - start)
    return node_hash(naive_root(start, k), naive_root(k, end))


def naive_path(m: int, start: int, end: int) -> list[bytes]:
    """PATH as RFC 9162 §2.1.3.1 writes it."""
    if end - start == 1:
        return []
    k = split(end - start)
    if m < k:
        return [*naive_path(m, start, start + k), naive_root(start + k, end)]
    return [*naive_path(m - k, start + k, end), naive_root(start, start + k)]


def naive_proof(m: int, start: int, end: int, *, whole: bool = True) -> list[bytes]:
    """SUBPROOF as RFC 9162 §2.1.4.1 writes it."""
    if m == end - start:
        return [] if whole else [naive_root(start, end)]
    k = split(end - start)
    if m <= k:
        return [*naive_proof(m, start, start + k, whole=whole), naive_root(start + k, end)]
    return [*naive_proof(m - k, start + k, end, whole=False), naive_root(start, start + k)]


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


def test_trees_and_proofs_of_every_size_are_those_of_the_definition() -> None:
    chance = random.Random(6)
    tree = Tree()
    for size, leaf in enumerate(MANY, 1):
        tree.append(leaf)
        root = naive_root(0, size)
        assert tree.root() == range_hash(SUBTREE, 0, size) == root
        for index in {size - 1, chance.randrange(size)}:
            path = inclusion_proof(SUBTREE, index, size)
            assert path == naive_path(index, 0, size)
            assert is_included(MANY[index], index, size, path, root)
        for first in {max(1, size - 1), chance.randint(1, size)}:
            proof = consistency_proof(SUBTREE, first, size)
            assert proof == naive_proof(first, 0, size)
            assert is_consistent(first, size, naive_root(0, first), root, proof)
    assert tree.size == LARGEST


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
