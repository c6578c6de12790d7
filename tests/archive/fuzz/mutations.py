"""Changes to files, drawn by hypothesis: of bytes, of the words in a text, of gzip members and what is in them.

A change is a value, so a case can be shrunk, printed and run again. Places are fractions, so that one change fits any file.
"""

import gzip
import re
import struct
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

from hypothesis import strategies as st
from isal import igzip_lib

from archive.warc.records import NOT_DEFLATE
from tests.archive.verify.sealed import split

Layer = Literal["bytes", "words", "members", "in member"]
_TOKEN: Final = re.compile(rb'"(?:[^"\\]|\\.){0,300}"|[A-Za-z0-9+/=:._-]+')
_BOMB: Final = 300 << 20
_RARE: Final = 5
_WORDS: Final = (
    b"0", b"-1", b"1", b"7", b"255", b"65536", b"2147483648", b"9007199254740993", b"9223372036854775808", b"1e400",
    b"9" * 30, b"9" * 5000, b"NaN", b"Infinity", b"null", b"true", b"{}", b"[]", b'""', b'"\\ud800"', b'"\\u0000"',
    b"[" * 100_000, b'{"a":' * 20_000, b'"' + b"x" * 70_000 + b'"', b'"../../../../etc/passwd"', b'"/dev/zero"', b'"warc"',
    b'"."', b'"9999-12-31T23:59:59Z"', b'"0001-01-01T00:00:00Z"', b'"2026-13-45T99:99:99Z"', b'"sha256:00"', b"\xff\xfe",
    "环境".encode() * 100, b"\r\n", b"\r\n\r\n", b"\x00", b"WARC/1.1", b"WARC-Type: revisit", b"Content-Length: -5",
    b"Transfer-Encoding: chunked", b"Content-Encoding: gzip", b"urn:uuid:0",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Edit:
    """One change: what, where (a fraction of the whole), over how much of it, and a number for what else it needs."""

    kind: str
    at: float
    over: float
    value: int


_BYTES: dict[str, Callable[[bytes, int, int, int], bytes]] = {
    "flip": lambda data, at, _, value: _put(data, at, bytes([data[at] ^ (1 << value % 8)]) if data else b""),
    "set": lambda data, at, _, value: _put(data, at, bytes([value & 255])),
    "cut": lambda data, at, _, __: data[:at],
    "drop": lambda data, at, length, _: data[:at] + data[at + length :],
    "repeat": lambda data, at, length, value: data[: at + length] + data[at : at + length] * (value % 3 + 1) + data[at + length :],
    "insert": lambda data, at, _, value: data[:at] + _WORDS[value % len(_WORDS)] + data[at:],
    "number": lambda data, at, _, value: _put(data, at, struct.pack("<Q", value)),
    "ones": lambda data, at, length, _: _put(data, at, b"\xff" * min(length, 64)),
}  # fmt: skip
_WORD: Final = ("replace", "exchange", "lose", "double")
_MEMBERS: Final = ("lose member", "double member", "exchange members", "join", "bomb", "empty member", "extra field")


def _edits(kinds: Sequence[str]) -> st.SearchStrategy[list[Edit]]:
    fraction = st.floats(0, 1, allow_nan=False)
    edit = st.builds(Edit, st.sampled_from(kinds), fraction, fraction, st.integers(0, 2**64 - 1))
    return st.lists(edit, min_size=1, max_size=4)


LAYERS: dict[Layer, st.SearchStrategy[list[Edit]]] = {
    "bytes": _edits(list(_BYTES)),
    "words": _edits(_WORD),
    "members": _edits(_MEMBERS),
    "in member": _edits([*_BYTES, *_WORD]),
}
Change = tuple[Layer, list[Edit]]


def changes(*layers: Layer) -> st.SearchStrategy[Change]:
    """Changes of one of these layers."""
    return st.one_of(*(st.tuples(st.just(layer), LAYERS[layer]) for layer in layers))


def apply(data: bytes, change: Change) -> bytes:
    """The changed bytes."""
    layer, edits = change
    if layer in {"members", "in member"}:
        return _change_members(data, edits, is_inside=layer == "in member")
    for edit in edits:
        data = _apply_plain(data, edit)
    return data


def _apply_plain(data: bytes, edit: Edit) -> bytes:
    if edit.kind in _BYTES:
        at = min(int(edit.at * len(data)), max(len(data) - 1, 0))
        return _BYTES[edit.kind](data, at, int(edit.over * edit.over * (len(data) - at)), edit.value) if data else data
    tokens = list(_TOKEN.finditer(data))
    if not tokens:
        return data
    one = tokens[int(edit.at * (len(tokens) - 1))]
    other = tokens[int(edit.over * (len(tokens) - 1))]
    new = {
        "replace": _WORDS[edit.value % len(_WORDS)],
        "exchange": other[0],
        "lose": b"",
        "double": one[0] + b"," + one[0],
    }[edit.kind]
    return data[: one.start()] + new + data[one.end() :]


def _change_members(data: bytes, edits: list[Edit], *, is_inside: bool) -> bytes:
    try:
        return _change_list([member.data for member in split(data)], edits, is_inside=is_inside)
    except (NOT_DEFLATE, zlib.error, EOFError, OSError):
        return data  # not gzip, or not any more: nothing to take apart


def _change_list(members: list[bytes], edits: list[Edit], *, is_inside: bool) -> bytes:
    for edit in edits:
        if not members:
            break
        at = int(edit.at * (len(members) - 1))
        if is_inside:
            members[at] = gzip.compress(_apply_plain(gzip.decompress(members[at]), edit), 1, mtime=0)
        else:
            kind = (
                "double member" if edit.kind == "bomb" and edit.value % 8 != _RARE else edit.kind
            )  # bombs take seconds
            members = _CHANGE_LIST[kind](members, at, int(edit.over * (len(members) - 1)))
    return b"".join(members)


@cache
def _bomb() -> bytes:
    return igzip_lib.compress(b"WARC/1.1\r\nWARC-Type: response\r\nX: " + bytes(_BOMB), 1, igzip_lib.COMP_GZIP)


def _with_extra(member: bytes) -> bytes:
    return member[:3] + bytes([member[3] | 4]) + member[4:10] + b"\x08\x00LT\x04\x00abcd" + member[10:]


_CHANGE_LIST: dict[str, Callable[[list[bytes], int, int], list[bytes]]] = {
    "lose member": lambda members, at, _: members[:at] + members[at + 1 :],
    "double member": lambda members, at, other: [*members[:other], members[at], *members[other:]],
    "exchange members": lambda members, at, other: [
        members[other] if number == at else members[at] if number == other else one for number, one in enumerate(members)
    ],
    "join": lambda members, _, __: [gzip.compress(b"".join(map(gzip.decompress, members)), 1, mtime=0)],
    "bomb": lambda members, at, _: [*members[:at], _bomb(), *members[at:]],
    "empty member": lambda members, at, _: [*members[:at], gzip.compress(b"", mtime=0), *members[at:]],
    "extra field": lambda members, at, _: [*members[:at], _with_extra(members[at]), *members[at + 1 :]],
}  # fmt: skip


def _put(data: bytes, at: int, new: bytes) -> bytes:
    return data[:at] + new + data[at + len(new) :]
