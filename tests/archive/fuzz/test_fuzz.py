"""Damaged files of every kind are refused or found, never a crash; and what earlier damage did bring down.

The long version is `tests/soak/test_fuzz_soak.py`; what it found stands here.
"""

import gzip
import json
import sqlite3
import struct
import time
from contextlib import closing
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from archive.canonical import write_plain
from archive.importing.foreign import read_foreign
from archive.importing.records import Skipped
from archive.log.checkpoint import Checkpoint
from archive.log.entries import decode_entry
from archive.log.note import NoteError, PublicKey
from archive.log.reader import LogReader
from archive.verify import scanning
from archive.verify.check import verify
from archive.verify.spool import Expected
from archive.wacz.proofs import certificate_files
from archive.warc.metadata_block import read_metadata
from archive.warc.records import BrokenRecord, sha256
from archive.warc.reference import read_original
from pipelines.records import Capture
from tests.archive.fuzz.__main__ import fuzz
from tests.archive.fuzz.material import Material, make_material
from tests.archive.fuzz.targets import TARGETS
from tests.archive.log.authority import make_root
from tests.archive.verify.sealed import split


@pytest.fixture(scope="module")
def material(tmp_path_factory: pytest.TempPathFactory) -> Material:
    return make_material(tmp_path_factory.mktemp("fuzz"))


@pytest.mark.parametrize("name", TARGETS)
def test_damaged_files_bring_nothing_down(material: Material, name: str) -> None:
    told = fuzz(name, material, seconds=0, most=12)
    assert told.defects == {}
    assert told.cases > 6


@pytest.mark.parametrize("value", [b"\xff{", "{", "[]", "[" * 100_000])
def test_a_catalog_with_something_else_for_a_text_is_altered(material: Material, value: object) -> None:
    path = material.work / "catalog.sqlite"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE versions SET body = ?", (value,))
    kinds = {finding.kind for finding in verify(material.work).findings}
    material.restore(Path("catalog.sqlite"))
    assert "derived-altered" in kinds


@pytest.mark.parametrize("text", ["a+00000000+é", "a+00000000+AAAA", "环+é+é", "+", ""])
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(NoteError):
        PublicKey.parse(text)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("file", "../../etc/passwd"),
        ("file", "/dev/zero"),
        ("file", "warc/../../x"),
        ("file", f"warc/wuxi/202611/{256 * 'x'}"),
        ("file", "warc" + 600 * "/x"),
        ("file", "warc/wuxi/202611/x\0"),
        ("offset", -1),
        ("length", 1 << 62),
    ],
)
def test_an_entry_that_leads_out_of_the_archive_is_none(material: Material, field: str, value: object) -> None:
    log = LogReader.open(material.folder)
    entry = next(json.loads(data) for _, data in log.entries() if b'"type":"capture"' in data)
    with pytest.raises(ValueError, match=field):
        decode_entry(write_plain(entry | {field: value}))


@pytest.mark.parametrize(
    "moment", ["", "2026-13-45T99:99:99Z", "0001-01-01T00:00:00+08:00", "9999-12-31T23:59:59-08:00"]
)
@pytest.mark.parametrize("field", ["logged", "date"])
def test_an_entry_of_no_moment_is_none(material: Material, field: str, moment: str) -> None:
    log = LogReader.open(material.folder)
    entry = next(json.loads(data) for _, data in log.entries() if b'"type":"capture"' in data)
    with pytest.raises(ValueError, match=field):
        decode_entry(write_plain(entry | {field: moment}))


def test_an_address_of_escapes_that_are_no_text_breaks_no_check_off(material: Material) -> None:
    entries = [data for _, data in LogReader.open(material.folder).entries()]
    material.relog([data.replace(b'"uri":"http://', b'"uri":"http://%E5%41') for data in entries])
    try:
        kinds = {finding.kind for finding in verify(material.work).findings}
    finally:
        material.unlog()
    assert "derived-altered" in kinds
    assert "check-failed" not in kinds


def test_an_entry_that_is_none_just_before_a_seal_is_told(material: Material) -> None:
    log = LogReader.open(material.folder)
    entry = log.data(log.seals()[0].checkpoint.size - 1)
    tiles = [path for path in material.work.glob("log/tile/entries/**/*") if path.is_file()]
    for path in (holding := [path for path in tiles if entry in path.read_bytes()]):
        path.write_bytes(path.read_bytes().replace(entry, entry.replace(b'"logged":"2', b'"logged":"x')))
    kinds = {finding.kind for finding in verify(material.work).findings}
    for path in holding:
        material.restore(path.relative_to(material.work))
    assert {"log-entry", "entry-altered", "log-rewritten"} <= kinds


@pytest.mark.parametrize("size", ["9" * 5000, "10000000000000000000", "-1", "01", "１", ""])
def test_a_checkpoint_of_no_number_of_entries_is_refused(size: str) -> None:
    with pytest.raises(NoteError):
        Checkpoint.parse(f"log\n{size}\n{'A' * 43}=\n")


def test_a_certificate_of_no_known_version_is_left_in_its_record() -> None:
    der = make_root()[1].public_bytes(Encoding.DER)
    assert len(list(certificate_files((der,)))) == 1
    assert list(certificate_files((der.replace(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x07", 1),))) == []


def stored(data: bytes) -> bytes:
    """The beginning of a member that is not compressed, so that what is in it could be one too: it has no end."""
    block = b"WARC/1.1\r\n" + data
    return b"\x1f\x8b\x08\x00" + bytes(6) + struct.pack("<BHH", 0, len(block), len(block) ^ 0xFFFF) + block


@pytest.mark.parametrize(
    "junk",
    [b"\x1f\x8b\x08" * 400_000, b"\x1f\x8b\x08\x00" + bytes(400_000), b"".join(map(stored, [b"x" * 60_000] * 200))],
)
def test_a_file_that_leads_nowhere_is_told_and_what_is_in_its_place_is_found(material: Material, junk: bytes) -> None:
    path = material.warcs()[0]
    file = material.work / path
    whole = file.read_bytes()
    first = len(split(whole)[0].data)
    file.write_bytes(whole[:first] + junk)
    began = time.process_time()
    report = verify(material.work)
    taken = time.process_time() - began
    material.restore(path)
    assert report.verdict == "altered"
    assert taken < 20, "it took more than a minute for a megabyte of such bytes"
    assert any(finding.kind in {"bytes-unlisted", "gzip-broken"} for finding in report.findings)


def test_a_scan_that_gives_up_still_finds_what_is_in_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanning, "_FREE", 0)
    monkeypatch.setattr(scanning, "_MOST_TIMES", 0)
    members = [gzip.compress(RECORD + bytes([number])) for number in range(3)]
    data = members[0] + b"junk" + members[1] + members[2]
    path = tmp_path / "file"
    path.write_bytes(data)
    places = [(4 + len(members[0]), members[1]), (4 + len(members[0]) + len(members[1]), members[2])]
    due = [Expected(at, len(one), sha256(one), f"r{at}", 0, is_primary=True) for at, one in places]
    with path.open("rb") as file:
        found = list(scanning.scan(file.fileno(), len(data), due))
    assert [one.offset for one in found] == [0, len(members[0]), *(at for at, _ in places)]
    assert [one.digest for one in found[2:]] == [one.digest for one in due]
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    with path.open("rb") as file:
        *_, last = scanning.scan(file.fileno(), len(data), due)
    assert (last.offset, last.problem is not None, last.digest == due[-1].digest) == (places[-1][0], True, False)


@pytest.mark.parametrize(
    "line",
    [
        "tls: []", "tls: 1", "failure: []", "failure: {}", "failure: 1", "duration: []", "custody: {}", "peer: 1",
        "url: 1", "method: null", "interim: 1", 'interim: "é"', "duration: " + "[" * 100_000,
    ],
)  # fmt: skip
def test_metadata_that_says_nothing_sensible_is_refused(line: str) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        read_metadata(f"{line}\r\n".encode())


@pytest.mark.parametrize(
    "place",
    ['["../../etc/passwd", 1]', '["/dev/zero", 0]', "1", "[1]", '["warc/a/b/c", -1]', '[["warc/a/b/c"], 1]', '["warc/a/b/c", "x"]', '["warc/a/b/c", Infinity]', f'["warc/a/b/c", {1 << 63}]', f'["warc/a/b/{256 * "c"}", 1]', '["warc/a/b/c\\u0000", 1]', "[" * 100_000],
)  # fmt: skip
def test_a_body_that_stands_nowhere_is_refused(place: str) -> None:
    with pytest.raises(BrokenRecord):
        read_original(f"original: {place}\r\n".encode())


RECORD = (
    b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:1>\r\nWARC-Date: 2019-05-01T16:46:00Z\r\n"
    b"WARC-Target-URI: http://a.example/\r\nContent-Length: 16\r\n\r\nHTTP/1.1 200\r\n\r\n\r\n\r\n"
)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (RECORD + b"WARC/1.0\r\nX: " + bytes(3 << 20), "header of more than"),
        (RECORD + b"WARC/1.0\r\n" + b"X: y\r\n" * (1 << 18), "header of more than"),
        (RECORD + b"\r\n" * (1 << 20), "header of more than"),
        (gzip.compress(RECORD) + gzip.compress(gzip.compress(RECORD)), "not a record"),
        (RECORD.replace(b"Length: 16", b"Length: 8") + RECORD, "no part of it"),
    ],
    ids=["line without end", "header without end", "blank lines without end", "packed twice", "too short a length"],
)
def test_a_foreign_file_without_measure_is_read_up_to_there(
    tmp_path: Path, data: bytes, says: str, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "foreign.warc"
    path.write_bytes(data)
    found = list(read_foreign(path))
    assert any(isinstance(one, Capture) for one in found)
    assert any(says in one.reason for one in found if isinstance(one, Skipped)), found
    assert capfd.readouterr() == ("", "")
