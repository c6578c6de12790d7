"""Published proofs, and the ways in which their publishers spoil them.

The tree of eight leaves, its proofs and the ways to spoil them: transparency-dev/merkle, proof/verify_test.go and
testdata/ (before that google/certificate-transparency-go).
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from archive.log.merkle import EMPTY_ROOT, leaf_hash, node_hash

ENTRIES = ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
ROOTS = [bytes.fromhex(root) for root in (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)]  # fmt: skip
_A, _AB, _ABCD = ROOTS[1], ROOTS[2], ROOTS[4]
_B = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
_CD = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
_E = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
_EF = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
_G = "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f"
_GH = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
_EFGH = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
INCLUSION = [
    (0, 1, ()),
    (0, 8, (_B, _CD, _EFGH)),
    (5, 8, (_E, _GH, _ABCD.hex())),
    (2, 3, (_AB.hex(),)),
    (1, 5, (_A.hex(), _CD, _E)),
]
CONSISTENCY = [
    (1, 1, ()),
    (1, 8, (_B, _CD, _EFGH)),
    (6, 8, (_EF, _GH, _ABCD.hex())),
    (2, 5, (_CD, _E)),
    (6, 7, (_EF, _G, _ABCD.hex())),
    (2, 8, (_CD, _EFGH)),
]
RANDOM: Final = bytes.fromhex("abacaba000000000000000000000000000000000000000000060061e00123456")
LEAVES = [leaf_hash(bytes.fromhex(entry)) for entry in ENTRIES]

Proof = Sequence[bytes]
Claim = tuple[Any, ...]


def subtrees_of(leaves: list[bytes]) -> Callable[[int, int], bytes]:
    levels = [leaves]
    while len(levels[-1]) > 1:
        below = levels[-1]
        levels.append([node_hash(below[at], below[at + 1]) for at in range(0, len(below) - 1, 2)])
    return lambda level, number: levels[level][number]


def spoilt_proofs(proof: Proof, roots: Proof, bit: int) -> Iterator[tuple[str, list[bytes]]]:
    for name, more in [("garbage", b""), *((f"root {at}", root) for at, root in enumerate(roots))]:
        yield f"{name} behind", [*proof, more]
        yield f"{name} before", [more, *proof]
    for at, one in enumerate(proof):
        yield f"bit {bit} of {at}", [*proof[:at], bytes([one[0] ^ 1 << bit]) + one[1:], *proof[at + 1 :]]
        yield f"without {at}", [*proof[:at], *proof[at + 1 :]]
        yield f"{at} twice", [*proof[:at], one, *proof[at:]]
        yield f"a byte less in {at}", [*proof[:at], one[:-1], *proof[at + 1 :]]
        yield f"a byte more in {at}", [*proof[:at], one + b"\0", *proof[at + 1 :]]
        yield f"another before {at}", [*proof[:at], RANDOM, *proof[at:]]


def spoilt_inclusions(leaf: bytes, index: int, size: int, proof: Proof, root: bytes) -> Iterator[tuple[str, Claim]]:
    for place in (index - 1, index + 1, index ^ 2, 2**64 - 1, size):
        yield f"leaf {place}", (leaf, place, size, proof, root)
    for length in (size * 2, size // 2, 0):
        yield f"size {length}", (leaf, index, length, proof, root)
    for other in (b"WrongLeaf", b"", RANDOM):
        yield f"leaf hash {other.hex()}", (other, index, size, proof, root)
    for other in (EMPTY_ROOT, RANDOM, b""):
        yield f"root {other.hex()}", (leaf, index, size, proof, other)
    for name, spoilt in spoilt_proofs(proof, [root], 3):
        yield name, (leaf, index, size, spoilt, root)


def spoilt_consistencies(first: int, second: int, roots: tuple[bytes, bytes], proof: Proof) -> Iterator[tuple[str, Claim]]:  # fmt: skip
    for other in (first - 1, first + 1, first ^ 2, 0):
        yield f"first {other}", (other, second, *roots, proof)
    for other in (second * 2, second // 2, 0):
        yield f"second {other}", (first, other, *roots, proof)
    yield "wrong first root", (first, second, b"WrongRoot", roots[1], proof)
    yield "wrong second root", (first, second, roots[0], b"WrongRoot", proof)
    yield "swapped roots", (first, second, *roots[::-1], proof)
    yield "no proof", (first, second, *roots, ())
    for name, spoilt in spoilt_proofs(proof, roots, 4):
        yield name, (first, second, *roots, spoilt)
