"""Damaged files of every kind are refused or found, never a crash; and what earlier damage did bring down.

The long version is `tests/soak/test_fuzz_soak.py`; what it found stands here.
"""

import gzip
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from archive.foreign import Skipped, read_foreign
from archive.log.entries import decode_entry
from archive.log.note import NoteError, PublicKey
from archive.log.reader import LogReader
from archive.verify.check import verify
from pipelines.records import Capture
from tests.archive.fuzz.__main__ import fuzz
from tests.archive.fuzz.material import Material, make_material
from tests.archive.fuzz.targets import TARGETS


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
        ("offset", -1),
        ("length", 1 << 62),
    ],
)
def test_an_entry_that_leads_out_of_the_archive_is_none(material: Material, field: str, value: object) -> None:
    log = LogReader.open(material.folder)
    entry = next(json.loads(data) for _, data in log.entries() if b'"type":"capture"' in data)
    changed = json.dumps(entry | {field: value}, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    with pytest.raises(ValueError, match=field):
        decode_entry(changed)


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
