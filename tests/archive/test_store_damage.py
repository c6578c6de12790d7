"""Files of the store that were damaged: what is wrong is named with file and byte, and no capture is made up."""

import os
from pathlib import Path

import pytest

from archive.directory import Archive
from archive.errors import BrokenWarc
from archive.warc.captures import to_records
from archive.warc.readback import Stored, read_capture, read_captures, read_file
from archive.warc.records import Record, encode_record, read_records
from pipelines.records import Capture
from tests.archive.keeping import keep
from tests.archive.warc.samples import TINY, page


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive.open(tmp_path / "archive")


def cases_of_damage() -> list[tuple[str, str]]:
    return [
        ("truncated", "the file ends inside a record"),
        ("garbage behind", "not a gzip member"),
        ("garbage inside", "not a gzip member"),
        ("two records in a member", "more than one record"),
        ("a block changed", "WARC-Block-Digest"),
        ("a payload changed with its block digest", "WARC-Payload-Digest"),
        ("a record removed", "does not belong to the capture before it"),
        ("a capture removed", "closed with 3 captures and now holds 2"),
        ("a file behind a file", "more behind the record that closed the file"),
        ("a request twice", "not the records of a capture"),
        ("an unknown type", "not the records of a capture"),
        ("a date changed", "differ in their WARC-Date"),
        ("an unknown field of metadata", "unexpected keyword argument 'colour'"),
    ]


@pytest.mark.parametrize(("damage", "reason"), cases_of_damage())
def test_a_damaged_file_is_an_error_that_names_file_and_byte(archive: Archive, damage: str, reason: str) -> None:
    kept = keep(archive, page(0), page(1), page(2))
    file = archive.path / kept[0][1].file
    offset = damage_file(file, kept, damage)
    with pytest.raises(BrokenWarc) as caught:
        list(read_captures(archive))
    text = str(caught.value)
    assert text.startswith(f"{kept[0][1].file} at byte {offset}: ")
    assert reason in text
    assert "\n" not in text


def damage_file(file: Path, kept: list[tuple[Capture, Stored]], damage: str) -> int:
    """Damage the last capture; gives the byte at which it must be noticed."""
    data, at = file.read_bytes(), kept[2][1].offset
    length = kept[2][1].length
    info = records_at(file)[0].id
    whole = list(to_records(page(2), warcinfo_id=info))
    if damage == "truncated":
        file.write_bytes(data[: at + length - 1])
    elif damage == "garbage behind":
        file.write_bytes(data + b"garbage" * 9)
        return len(data)
    elif damage == "garbage inside":
        file.write_bytes(data[:at] + b"garbage" * 9 + data[at:])
    elif damage == "a capture removed":
        file.write_bytes(data[: kept[1][1].offset] + data[at:])
        return len(data) - at - length_of_last(file) + kept[1][1].offset
    elif damage == "a file behind a file":
        file.write_bytes(data * 2)
        return len(data)
    elif damage == "a record removed":
        file.write_bytes(data[:at] + data[at + length :])
    elif damage == "two records in a member":
        file.write_bytes(data[:at] + two_in_one(whole))
    else:
        file.write_bytes(data[:at] + b"".join(map(encode_record, altered(whole, damage))))
    return at


def length_of_last(file: Path) -> int:
    with file.open("rb") as stream:
        return list(read_records(stream.fileno(), 0, file.stat().st_size))[-1].length


def records_at(file: Path) -> list[Record]:
    with file.open("rb") as stream:
        return [placed.record for placed in read_records(stream.fileno(), 0, file.stat().st_size)]


def two_in_one(whole: list[Record]) -> bytes:
    import gzip  # noqa: PLC0415

    return gzip.compress(b"".join(gzip.decompress(encode_record(record)) for record in whole[:2]))


def altered(whole: list[Record], damage: str) -> list[Record]:
    """Records changed by someone who may have mended the digests."""
    from archive.warc.records import sha256  # noqa: PLC0415

    first, *rest = whole
    if damage == "a request twice":
        return [first, rest[0], *rest]
    if damage == "an unknown type":
        return [Record((("WARC-Type", "conversion"), *first.fields[1:]), first.block), *rest]
    block = first.block.replace(b"html", b"HTML")
    if damage == "a block changed":
        return [Record(first.fields, block), *rest]
    if damage == "a payload changed with its block digest":
        fields = tuple((name, sha256(block) if name == "WARC-Block-Digest" else value) for name, value in first.fields)
        return [Record(fields, block), *rest]
    if damage == "a date changed":
        fields = tuple(
            (name, "2020-01-01T00:00:00.000000Z" if name == "WARC-Date" else value) for name, value in first.fields
        )
        return [Record(fields, first.block), *rest]
    block = rest[-1].block + b"colour: 1\r\n"
    changed = {"WARC-Block-Digest": sha256(block), "Content-Length": str(len(block))}
    fields = tuple((name, changed.get(name, value)) for name, value in rest[-1].fields)
    return [first, *rest[:-1], Record(fields, block)]


def test_a_closed_file_cut_at_any_byte_is_an_error(archive: Archive) -> None:
    kept = keep(archive, *TINY)
    file = archive.path / kept[0][1].file
    data = file.read_bytes()
    for size in reversed(range(len(data))):
        os.truncate(file, size)
        with pytest.raises(BrokenWarc):
            list(read_file(archive, kept[0][1].file))
    file.write_bytes(data)
    assert list(read_captures(archive)) == kept


def test_a_place_where_no_capture_begins_is_an_error(archive: Archive) -> None:
    ((_, stored),) = keep(archive, page())
    for offset in (0, stored.offset + stored.length, 10**9):
        with pytest.raises(BrokenWarc):
            read_capture(archive, stored.file, offset)
    with pytest.raises(BrokenWarc, match="the file is gone"):
        read_capture(archive, "warc/wuxi/202101/none.warc.gz", 0)


def test_without_strictness_the_other_files_are_read_and_the_break_is_logged(
    archive: Archive, caplog: pytest.LogCaptureFixture
) -> None:
    broken = keep(archive, page(0), site="anqing")
    kept = keep(archive, page(1))
    (archive.path / broken[0][1].file).write_bytes(b"garbage" * 9)
    assert list(read_captures(archive, strict=False)) == kept
    assert "anqing" in caplog.text
