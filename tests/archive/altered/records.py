"""Records altered in a WARC file, members and compression: each row a way, and what must be said of it."""

import gzip
import re
import struct
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from tests.archive.altered.case import Case, Spot
from tests.archive.altered.clean import TRUNCATED, first_file, name_of, second_file
from tests.archive.verify.sealed import Member, split, with_block

Members = list[Member]
REVISIT: Final = 13
_ID: Final = re.compile(rb"WARC-Record-ID: <([^>]*)>")
_CUT: Final = 40


def _row(name: str, change: Callable[[Members], Members], *kinds: str, at: int = 1, is_new: bool = False) -> Case:
    """A change of the first file; the place is that of member `at` as it was before, or of the new file."""

    def alter(folder: Path) -> Sequence[Spot]:
        path = first_file(folder)
        before = split(path.read_bytes())
        after = change(list(before))
        path.write_bytes(b"".join(member.data for member in after))
        return [_spot(folder, path, after if is_new else before, at)]

    return Case(name, alter, kinds)


def _spot(folder: Path, path: Path, members: Sequence[Member], at: int) -> Spot:
    number = at % len(members)
    offset = sum(len(member.data) for member in members[:number])
    return Spot(name_of(folder, path), offset, record_of(members[number]))


def record_of(member: Member) -> str | None:
    """The id of the record in a member; None for bytes that are none."""
    try:
        found = _ID.search(member.plain)
    except (OSError, EOFError):
        return None
    return found[1].decode() if found else None


def at(number: int, change: Callable[[bytes], bytes]) -> Callable[[Members], Members]:
    """Change one record; number 1 is the first response, 2 its request, 3 its metadata."""
    return lambda members: [*members[:number], members[number].change(change), *members[number + 1 :]]


def sub(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    return lambda plain: plain.replace(old, new, 1)


def drop(*names: bytes) -> Callable[[bytes], bytes]:
    """Leave fields out of the header."""
    return lambda plain: b"\r\n".join(line for line in plain.split(b"\r\n") if not line.startswith(names))


def edit(block: bytes) -> bytes:
    return block[:-9] + b"X" + block[-8:]


def _header_edit(block: bytes) -> bytes:
    return block.replace(b"200 OK", b"404 OK")


def _shorter_length(plain: bytes) -> bytes:
    return re.sub(rb"Content-Length: (\d+)", lambda found: b"Content-Length: %d" % (int(found[1]) - 5), plain, count=1)


def _to_itself(plain: bytes) -> bytes:
    own = _ID.search(plain)
    assert own
    return re.sub(rb"WARC-Refers-To: <[^>]*>", b"WARC-Refers-To: <%s>" % own[1], plain)


def add_gzip_field(member: Member) -> Member:
    """An extra field (RFC 1952 §2.3.1.1) between the fixed part of the header and the data."""
    extra = b"LT\x04\x00abcd"
    data = member.data
    return Member(data[:3] + bytes([data[3] | 4]) + data[4:10] + struct.pack("<H", len(extra)) + extra + data[10:])


def _flip(member: Member) -> Member:
    return Member(member.data[:60] + bytes([member.data[60] ^ 1]) + member.data[61:])


def _packed(*members: Member) -> Member:
    return Member(gzip.compress(b"".join(member.plain for member in members), mtime=0))


def _id_of_another_file(folder: Path) -> Sequence[Spot]:
    path, other = first_file(folder), second_file(folder)
    members = split(path.read_bytes())
    mine, theirs = (record_of(one) for one in (members[1], split(other.read_bytes())[1]))
    assert mine
    assert theirs
    spot = _spot(folder, path, members, 1)
    members[1] = members[1].change(sub(mine.encode(), theirs.encode()))
    path.write_bytes(b"".join(member.data for member in members))
    return [spot]


def _append(change: Callable[[bytes], bytes] | None) -> Callable[[Path], Sequence[Spot]]:
    """A record of the second file behind the last one of the first, with another id where `change` gives it one."""

    def alter(folder: Path) -> Sequence[Spot]:
        path = first_file(folder)
        size = path.stat().st_size
        foreign = split(second_file(folder).read_bytes())[1]
        member = foreign.change(change) if change else foreign
        with path.open("ab") as file:
            file.write(member.data)
        return [Spot(name_of(folder, path), size, record_of(member))]

    return alter


_DIGESTS: Final = (b"WARC-Block-Digest", b"WARC-Payload-Digest")
_REUSED: Final = sub(b"urn:uuid:", b"urn:uuid:0")

RECORDS: Final = [
    _row("payload edited, digest kept", at(1, with_block(edit, recompute=False)), "payload-altered"),
    _row("payload edited, digests recomputed", at(1, with_block(edit, recompute=True)), "payload-altered", "header-altered"),
    _row("payload cut short, length and digests recomputed", at(1, with_block(lambda block: block[:-5], recompute=True)), "payload-altered", "header-altered"),
    _row("record deleted", lambda all_: all_[:4] + all_[7:], "record-missing", at=4),
    _row("records reordered", lambda all_: all_[:1] + all_[4:7] + all_[1:4] + all_[7:], "record-moved", at=4, is_new=True),
    _row("record duplicated", lambda all_: all_[:4] + all_[1:4] + all_[4:], "record-duplicated", at=4, is_new=True),
    Case("record appended after the seal", _append(_REUSED), ("record-unlisted",)),
    _row("WARC-Date changed", at(1, sub(b"WARC-Date: 2", b"WARC-Date: 1")), "date-altered"),
    _row("Target-URI changed", at(1, sub(b"http://hbj.example/0.html", b"http://hbj.example/9.html")), "uri-altered"),
    _row("digests removed", at(1, drop(*_DIGESTS)), "digests-removed"),
    _row("HTTP header edited, digests recomputed", at(1, with_block(_header_edit, recompute=True)), "block-altered", "header-altered"),
    _row("HTTP header edited, digests kept", at(1, with_block(_header_edit, recompute=False)), "block-altered"),
    _row("request edited", at(2, with_block(lambda block: block + b"x", recompute=True)), "record-altered", at=2),
    _row("metadata edited", at(3, sub(b"192.0.2.7", b"192.0.2.8")), "record-altered", at=3),
    _row("gzip cut at a member", lambda all_: all_[:-4], "record-missing", at=-4),
    _row("gzip cut inside a member", lambda all_: [*all_[:-1], Member(all_[-1].data[:_CUT])], "gzip-broken", at=-1),
    _row("garbage after the last member", lambda all_: [*all_, Member(b"garbage")], "bytes-unlisted", at=-1, is_new=True),
    _row("bit flipped", lambda all_: [*all_[:4], _flip(all_[4]), *all_[5:]], "gzip-broken", at=4),
    _row("all records in one member", lambda all_: [_packed(*all_)], "records-joined", at=0),
    _row("a capture joined in one member, its payload edited", lambda all_: [all_[0], _packed(all_[1].change(with_block(edit, recompute=False)), *all_[2:4]), *all_[4:]], "records-joined", "payload-altered"),
    _row("a foreign record joined to one of ours", lambda all_: [_packed(all_[0], all_[1].change(_REUSED)), *all_[1:]], "records-joined", "record-unlisted", at=0),
    _row("hidden extra member", lambda all_: [*all_[:2], Member(gzip.compress(b"hidden", mtime=0)), *all_[2:]], "bytes-unlisted", at=2, is_new=True),
    _row("extra gzip field", lambda all_: [all_[0], add_gzip_field(all_[1]), *all_[2:]], "gzip-altered"),
    _row("compressed anew", lambda all_: [all_[0], _packed(all_[1]), *all_[2:]], "gzip-altered"),
    _row("revisit re-pointed to another record", at(REVISIT, sub(b"WARC-Refers-To: <urn:uuid:", b"WARC-Refers-To: <urn:uuid:f")), "reference-altered", at=REVISIT),
    _row("revisit in a loop", at(REVISIT, _to_itself), "reference-altered", at=REVISIT),
    _row("revisit to nothing", at(REVISIT, drop(b"WARC-Refers-To: ")), "reference-altered", at=REVISIT),
    _row("Content-Length shortened", at(1, _shorter_length), "length-altered"),
    _row("WARC-Truncated dropped", at(TRUNCATED, drop(b"WARC-Truncated")), "header-altered", at=TRUNCATED),
    Case("record id of a record in another file", _id_of_another_file, ("id-altered",)),
    Case("record of another file once more, under its id", _append(None), ("record-id-reused",)),
]  # fmt: skip
