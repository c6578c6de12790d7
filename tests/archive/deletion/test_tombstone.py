"""What stands in the place of a record that was deleted."""

import gzip
from pathlib import Path

import pytest

import crawler.cli.delete  # noqa: F401 (before its parts are changed)
from archive.warc.records import encode_record, make_record, read_records
from archive.warc.tombstone import NoRoom, encode_tombstone, is_tombstone, make_tombstone, replace_record


def test_a_tombstone_is_as_long_as_what_it_replaces(tmp_path: Path) -> None:
    fields = (("WARC-Type", "response"), ("WARC-Record-ID", "<urn:uuid:1>"), ("WARC-Date", "2026-01-01T00:00:00Z"))
    for size in (0, 1, 2, 3, 4, 5, 100_000):
        record = make_record((*fields, ("WARC-Payload-Digest", "x" * 200)), bytes(range(256)) * 3 + b"x" * size)
        member = encode_tombstone(make_tombstone(record, deleted="2026-01-02"), length=len(encode_record(record)))
        path = tmp_path / "file"
        path.write_bytes(member)
        with path.open("rb") as file:
            (placed,) = read_records(file.fileno(), 0, len(member))
        assert is_tombstone(placed.record)
        assert placed.length == len(encode_record(record))
        assert gzip.decompress(member).startswith(b"WARC/1.1\r\nWARC-Type: metadata")


def test_a_short_record_gets_a_tombstone_with_as_many_fields_as_there_is_room_for() -> None:
    own = (("WARC-Type", "resource"), ("WARC-Record-ID", "<urn:uuid:5a28863e-bb66-4c1d-8e90-88def3d3fee5>"))
    when = (("WARC-Date", "2026-11-28T09:19:55.123456Z"), ("WARC-Target-URI", "http://a.example.cn/1.html"))
    more = (("WARC-IP-Address", "192.0.2.7"), ("WARC-Warcinfo-ID", "<urn:uuid:b59975c6-6fb0-4486-bca2-90ef7bb802f6>"))
    short = make_record((*own, *when, *more, ("Content-Type", "text/plain")), b"\r\n")
    length = len(encode_record(short))
    with pytest.raises(NoRoom):
        encode_tombstone(make_tombstone(short, deleted="2026-11-28T09:19:55.123456Z"), length=length)
    member = replace_record(short, deleted="2026-11-28T09:19:55.123456Z", length=length)
    assert len(member) == length
    said = gzip.decompress(member)
    assert b"WARC-Record-ID: <urn:uuid:5a28863e" in said
    assert b"WARC-Target-URI: http://a.example.cn/1.html" in said
    assert b'deleted: "2026-11-28T09:19:55.123456Z"' in said
