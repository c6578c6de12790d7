"""The Merkle tree of RFC 9162 §2.1: hashes, roots, inclusion and consistency proofs, and how they are checked.

Proofs are made from anything that gives the hash of a complete subtree; nothing here reads a file.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

Subtrees = Callable[[int, int], bytes]
"""`subtree(level, number)`: the hash of the leaves from `number * 2**level` up to `(number + 1) * 2**level`."""

EMPTY_ROOT: Final = hashlib.sha256(b"").digest()
HASH_SIZE: Final = 32


def leaf_hash(entry: bytes) -> bytes:
    """The hash of an entry (RFC 9162 §2.1.1).

    >>> leaf_hash(b"").hex()[:8]
    '6e340b9c'
    """
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash over two subtrees (RFC 9162 §2.1.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """A tree that grows; it keeps only the roots of the complete subtrees at its right edge."""

    def __init__(self, edge: Iterable[bytes] = (), *, size: int = 0) -> None:
        """Begin with the complete subtrees of a tree of `size`, the largest first."""
        self.size = size
        self._edge = list(edge)

    def append(self, leaf: bytes) -> None:
        """Add the hash of a leaf."""
        number = self.size
        while number & 1:
            leaf = node_hash(self._edge.pop(), leaf)
            number >>= 1
        self._edge.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        """The root hash of all leaves so far."""
        return join_edge(self._edge)


def join_edge(edge: Sequence[bytes]) -> bytes:
    """The root over complete subtrees, the largest first."""
    if not edge:
        return EMPTY_ROOT
    root = edge[-1]
    for left in reversed(edge[:-1]):
        root = node_hash(left, root)
    return root


def complete_subtrees(start: int, end: int) -> Iterator[tuple[int, int]]:
    """The complete subtrees (level, number) that leaves `start` up to `end` fall into; `start` is aligned to the first.

    >>> list(complete_subtrees(0, 7))
    [(2, 0), (1, 2), (0, 6)]
    """
    while start < end:
        level = (end - start).bit_length() - 1
        yield level, start >> level
        start += 1 << level


def range_hash(subtree: Subtrees, start: int, end: int) -> bytes:
    """MTH(D[start:end]) of RFC 9162 §2.1.1, for a range that the recursion of the RFC meets."""
    return join_edge([subtree(level, number) for level, number in complete_subtrees(start, end)])


def inclusion_proof(subtree: Subtrees, index: int, size: int) -> list[bytes]:
    """PATH(m, D[n]) of RFC 9162 §2.1.3.1, from the leaf upwards; raises ValueError for a leaf that is not in the tree."""
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size}")
    proof: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            proof.append(range_hash(subtree, middle, end))
            end = middle
        else:
            proof.append(range_hash(subtree, start, middle))
            start = middle
    return proof[::-1]


def is_included(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether a proof shows the leaf at its place in the tree of that root (RFC 9162 §2.1.3.2)."""
    if not 0 <= index < size or not _are_hashes(leaf, root, *proof):
        return False
    number, last, result = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if number & 1 or number == last:
            result = node_hash(sibling, result)
            while number and not number & 1:
                number, last = number >> 1, last >> 1
        else:
            result = node_hash(result, sibling)
        number, last = number >> 1, last >> 1
    return last == 0 and result == root


def consistency_proof(subtree: Subtrees, first: int, second: int) -> list[bytes]:
    """PROOF(m, D[n]) of RFC 9162 §2.1.4.1; raises ValueError unless 0 < first <= second."""
    if not 0 < first <= second:
        raise ValueError(f"a tree of {second} has no proof that it continues one of {first}")
    proof: list[bytes] = []
    start, end, is_known = 0, second, True
    while first != end:
        middle = start + _split(end - start)
        if first <= middle:
            proof.append(range_hash(subtree, middle, end))
            end = middle
        else:
            proof.append(range_hash(subtree, start, middle))
            start, is_known = middle, False
    if not is_known:
        proof.append(range_hash(subtree, start, end))
    return proof[::-1]


def is_consistent(first: int, second: int, first_root: bytes, second_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether a proof shows that the second tree continues the first (RFC 9162 §2.1.4.2).

    Trees of one size need no proof. That a tree continues one of no entries says nothing, and is not taken.
    """
    if first == second:
        return not proof and first_root == second_root
    if not 0 < first < second or not _are_hashes(first_root, second_root, *proof):
        return False
    hashes = [first_root, *proof] if first & (first - 1) == 0 else list(proof)
    if not hashes:
        return False
    number, last = first - 1, second - 1
    while number & 1:
        number, last = number >> 1, last >> 1
    of_first = of_second = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            return False
        if number & 1 or number == last:
            of_first, of_second = node_hash(sibling, of_first), node_hash(sibling, of_second)
            while number and not number & 1:
                number, last = number >> 1, last >> 1
        else:
            of_second = node_hash(of_second, sibling)
        number, last = number >> 1, last >> 1
    return last == 0 and of_first == first_root and of_second == second_root


def _are_hashes(*values: bytes) -> bool:
    """Of other lengths, the end of one hash could be taken for the beginning of the next."""
    return all(len(value) == HASH_SIZE for value in values)


def _split(size: int) -> int:
    """The largest power of two smaller than `size` (k of RFC 9162 §2.1.1)."""
    return 1 << ((size - 1).bit_length() - 1)
