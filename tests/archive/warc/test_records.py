import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.warc.records import BrokenRecord, Record, decode_record, encode_record, make_record, read_records

FIELDS = (
    ("WARC-Type", "response"),
    ("WARC-Record-ID", "<urn:uuid:00000000-0000-4000-8000-000000000000>"),
    ("WARC-Date", "2021-06-29T10:13:05.000007Z"),
    ("WARC-Target-URI", "http://hbj.example/"),
)


def record(block: bytes = b"HTTP/1.1 200 OK\r\n\r\n\r\n\r\n") -> Record:
    return make_record(FIELDS, block)


def plain(made: Record) -> bytes:
    return zlib.decompress(encode_record(made), 31)


@given(st.binary())
@settings(deadline=None)
def test_a_block_comes_back_byte_for_byte(block: bytes) -> None:
    made = record(block)
    assert decode_record(plain(made)) == made


def test_the_same_record_gives_the_same_bytes() -> None:
    assert encode_record(record()) == encode_record(record())


def test_a_member_is_laid_out_as_the_standard_says() -> None:
    lines = plain(record(b"block")).split(b"\r\n")
    assert lines[0] == b"WARC/1.1"
    assert lines[-5:] == [b"Content-Length: 5", b"", b"block", b"", b""]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (b"WARC/1.1", b"WARC/1.0", "no WARC/1.1 header"),
        (b"WARC-Date: ", b"WARC-Dote: ", "the field WARC-Date is missing"),
        (b"WARC-Date: ", b"WARC Date: ", "not a named field"),
        (b"WARC-Date: ", b"WARC-Date: \x07", "not a named field"),
        (b"WARC-Date: ", b"WARC-Date: \xff", "the header is not UTF-8"),
        (b"WARC-Target-URI: ", b"WARC-Date: ", "the field WARC-Date is repeated"),
        (b"WARC-Type: response\r\n", b"", "the field WARC-Type is missing"),
        (b"Content-Length: 5", b"Content-Length: 4", "Content-Length is not the length"),
        (b"Content-Length: 5", b"Content-Length: 05", "Content-Length is not the length"),
        (b"\r\n\r\nblock\r\n\r\n", b"\r\n\r\nblock\r\n", "Content-Length is not the length"),
        (b"\r\n\r\nblock", b"\r\n\r\nblack", "the block does not have its WARC-Block-Digest"),
        (b"WARC-Block-Digest", b"X-Block-Digest", "the block does not have its WARC-Block-Digest"),
    ],
)
def test_a_record_that_breaks_a_rule_is_not_read(old: bytes, new: bytes, reason: str) -> None:
    data = plain(record(b"block"))
    assert data.count(old) == 1
    with pytest.raises(BrokenRecord, match=reason):
        decode_record(data.replace(old, new))


def test_two_records_in_one_member_are_not_read() -> None:
    with pytest.raises(BrokenRecord, match="more than one record"):
        decode_record(plain(record()) * 2)


def test_records_of_a_file_have_their_places(tmp_path: Path) -> None:
    made = [record(bytes([number]) * number * 9999) for number in range(40)]
    members = [encode_record(one) for one in made]
    (tmp_path / "file").write_bytes(b"".join(members))
    with (tmp_path / "file").open("rb") as file:
        placed = list(read_records(file.fileno(), 0, sum(map(len, members))))
    assert [one.record for one in placed] == made
    assert [one.length for one in placed] == list(map(len, members))
    assert [one.offset for one in placed] == [sum(map(len, members[:number])) for number in range(40)]


def test_a_repeated_field_is_allowed_for_concurrent_records() -> None:
    made = make_record((*FIELDS, ("WARC-Concurrent-To", "<urn:a>"), ("WARC-Concurrent-To", "<urn:b>")), b"")
    assert decode_record(plain(made)) == made
