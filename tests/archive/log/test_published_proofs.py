"""Proofs that others published: the good ones are taken and made alike, each spoilt in every way they spoil it is refused."""

import base64
import json
from pathlib import Path
from typing import Final

import pytest

from archive.log.merkle import (
    EMPTY_ROOT,
    Tree,
    consistency_proof,
    inclusion_proof,
    is_consistent,
    is_included,
    leaf_hash,
    range_hash,
)
from tests.archive.log.published_proofs import (
    CONSISTENCY,
    INCLUSION,
    LEAVES,
    RANDOM,
    ROOTS,
    Proof,
    spoilt_consistencies,
    spoilt_inclusions,
    subtrees_of,
)

ARGON: Final = Path(__file__).parents[2] / "cases" / "argon2020.json"
"""Two proofs of a log of 961,984,013 certificates; the file names where they were published."""


@pytest.mark.parametrize("size", range(9))
def test_roots_are_the_published_ones(size: int) -> None:
    tree = Tree()
    for leaf in LEAVES[:size]:
        tree.append(leaf)
    assert tree.root() == ROOTS[size]
    assert range_hash(subtrees_of(LEAVES), 0, size) == ROOTS[size]


@pytest.mark.parametrize(("index", "size", "proof"), INCLUSION)
def test_inclusion_proofs_are_the_published_ones_and_none_else_is_taken(index: int, size: int, proof: tuple[str, ...]) -> None:  # fmt: skip
    made = inclusion_proof(subtrees_of(LEAVES), index, size)
    assert [one.hex() for one in made] == list(proof)
    assert is_included(LEAVES[index], index, size, made, ROOTS[size])
    spoilt = list(spoilt_inclusions(LEAVES[index], index, size, made, ROOTS[size]))
    assert [name for name, claim in spoilt if is_included(*claim)] == []
    assert len(spoilt) >= 18


@pytest.mark.parametrize(("first", "second", "proof"), CONSISTENCY)
def test_consistency_proofs_are_the_published_ones_and_none_else_is_taken(first: int, second: int, proof: tuple[str, ...]) -> None:  # fmt: skip
    made = consistency_proof(subtrees_of(LEAVES), first, second)
    assert [one.hex() for one in made] == list(proof)
    roots = (ROOTS[first], ROOTS[second])
    assert is_consistent(first, second, *roots, made)
    if first == second:
        return
    spoilt = list(spoilt_consistencies(first, second, roots, made))
    assert [name for name, claim in spoilt if is_consistent(*claim)] == []
    assert len(spoilt) >= 27


@pytest.mark.parametrize(("leaf", "root", "is_good"), [
    (leaf_hash(b"data"), leaf_hash(b"data"), True), (leaf_hash(b"data"), b"", False), (b"", leaf_hash(b"data"), False),
    (b"", b"", False),
])  # fmt: skip
def test_a_tree_of_one_entry_has_the_hash_of_the_entry(leaf: bytes, root: bytes, *, is_good: bool) -> None:
    assert is_included(leaf, 0, 1, (), root) is is_good


@pytest.mark.parametrize(("index", "size"), [(0, 0), (0, 1), (1, 0), (2, 1)])
@pytest.mark.parametrize(("leaf", "root"), [(RANDOM, b""), (b"", EMPTY_ROOT), (RANDOM, EMPTY_ROOT)])
def test_nothing_is_in_an_empty_tree_or_behind_the_end(index: int, size: int, leaf: bytes, root: bytes) -> None:
    assert not is_included(leaf, index, size, (), root)


_ONE, _OTHER = b"don't care 1", b"don't care 2"


@pytest.mark.parametrize(("first", "second", "roots", "proof", "is_good"), [
    (0, 0, (_ONE, _OTHER), (), False), (1, 1, (_ONE, _OTHER), (), False), (0, 0, (_ONE, _ONE), (), True),
    (1, 1, (_OTHER, _OTHER), (), True), (0, 1, (_ONE, _OTHER), (), False), (0, 1, (EMPTY_ROOT, _OTHER), (), False),
    (1, 0, (_ONE, _OTHER), (), False), (2, 1, (_ONE, _OTHER), (), False), (1, 2, (_ONE, _OTHER), (), False),
    (0, 0, (EMPTY_ROOT, _OTHER), (), False), (1, 1, (EMPTY_ROOT, _OTHER), (), False),
    (0, 0, (EMPTY_ROOT, EMPTY_ROOT), (EMPTY_ROOT,), False), (0, 1, (EMPTY_ROOT, EMPTY_ROOT), (EMPTY_ROOT,), False),
    (1, 1, (EMPTY_ROOT, EMPTY_ROOT), (EMPTY_ROOT,), False),
])  # fmt: skip
def test_trees_of_one_size_are_the_same_or_they_are_not_consistent(
    first: int, second: int, roots: tuple[bytes, bytes], proof: Proof, *, is_good: bool
) -> None:
    assert is_consistent(first, second, *roots, proof) is is_good


def test_no_byte_is_moved_from_one_hash_to_the_next() -> None:
    leaf, sibling = LEAVES[:2]
    assert is_included(leaf, 0, 2, [sibling], ROOTS[2])
    assert not is_included(leaf[:-1], 0, 2, [leaf[-1:] + sibling], ROOTS[2])
    assert is_consistent(1, 2, leaf, ROOTS[2], [sibling])
    assert not is_consistent(1, 2, leaf[:-1], ROOTS[2], [leaf[-1:] + sibling])


def test_proofs_of_a_log_of_certificates_are_taken_and_spoilt_ones_are_not() -> None:
    said = json.loads(ARGON.read_text("utf-8"))
    size, root = said["size"], base64.b64decode(said["root"])
    entry, old = said["inclusion"], said["consistency"]
    path, steps = ([base64.b64decode(one) for one in part["proof"]] for part in (entry, old))
    leaf, before = leaf_hash(base64.b64decode(entry["entry"])), base64.b64decode(old["root"])
    assert is_included(leaf, entry["index"], size, path, root)
    assert is_consistent(old["size"], size, before, root, steps)
    spoilt = [*spoilt_inclusions(leaf, entry["index"], size, path, root)]
    assert [name for name, claim in spoilt if is_included(*claim)] == []
    spoilt = [*spoilt_consistencies(old["size"], size, (before, root), steps)]
    assert [name for name, claim in spoilt if is_consistent(*claim)] == []
