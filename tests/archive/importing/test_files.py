"""Files of others come in whole, are named as imported, and whatever cannot come in is said."""

import gzip
import os
import zipfile
from pathlib import Path

import pytest

from archive.catalog.catalog import Catalog
from archive.directory import Archive
from archive.importing import kept
from archive.log.entries import CaptureEntry, ImportEntry
from archive.log.reader import LogReader
from archive.verify.check import verify
from archive.verify.selection import Selection
from archive.warc.readback import read_captures
from tests.archive.importing.foreign import record, response, run, warc
from tests.archive.made_pages import article_html, article_url

URL = article_url(1)


def custodies(folder: Path) -> list[tuple[str, str]]:
    with Catalog(Archive.open(folder)) as catalog, catalog.view() as view:
        return [tuple(row) for row in view.exec_driver_sql("SELECT kind, custody FROM captures ORDER BY url")]


def test_a_warc_comes_in_as_imported_beside_the_untouched_original(tmp_path: Path) -> None:
    file = tmp_path / "old.warc.gz"
    file.write_bytes(warc(1, 2))
    archive = tmp_path / "archive"
    result = run(archive, file)
    assert result.exit_code == 0, result.output
    assert custodies(archive) == [("article", "import"), ("article", "import")]
    (original,) = (archive / "imports").iterdir()
    assert original.read_bytes() == file.read_bytes()
    assert original.stat().st_mode & 0o222 == 0
    (first, _), _ = read_captures(Archive.open(archive))
    assert first.response == response(1)
    log = LogReader.open(archive)
    entries = [log.entry(index) for index in range(log.size)]
    (entry,) = [one for one in entries if isinstance(one, ImportEntry)]
    assert (entry.custody, entry.captures) == ("unknown before this moment", 2)
    assert entry.kept_as == f"imports/{original.name}"


def test_the_original_is_looked_at_with_a_page_that_it_brought_and_with_no_other(tmp_path: Path) -> None:
    files = [tmp_path / f"{number}.warc.gz" for number in (1, 2)]
    for number, file in enumerate(files, 1):
        file.write_bytes(warc(number))
    run(tmp_path / "archive", *files)
    for original in (tmp_path / "archive" / "imports").iterdir():
        if original.read_bytes() == files[0].read_bytes():
            original.unlink()
    for number, found in ((1, ["original-missing"]), (2, [])):
        report = verify(tmp_path / "archive", selection=Selection(article_url(number)))
        assert [one.kind for one in report.findings if one.weight == "altered"] == found
        assert report.counts.selected == 1


def test_nothing_in_a_foreign_file_claims_more_than_that_it_was_found(tmp_path: Path) -> None:
    """Nor may a date of the future in it have the archive called altered."""
    file = tmp_path / "old.warc"
    dates = ("2019-05-01T16:46:00Z", "2999-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00")
    page = record("resource", URL, article_html(1).encode())
    file.write_bytes(b"".join(page.replace(b"2019-05-01T16:46:00Z", date.encode()) for date in dates))
    result = run(tmp_path / "archive", file)
    assert (result.exit_code, "without a valid WARC-Date" in result.stderr) == (1, True)
    assert {custody for _, custody in custodies(tmp_path / "archive")} == {"unknown"}
    log = LogReader.open(tmp_path / "archive")
    entries = [entry for entry in map(log.entry, range(log.size)) if isinstance(entry, CaptureEntry)]
    assert [(entry.claim, entry.date[:4]) for entry in entries] == [("found", "2019"), ("found", "2999")]
    report = verify(tmp_path / "archive", is_deep=True)
    assert {finding.weight for finding in report.findings} == {"note", "not-provable"}


def test_a_name_that_is_no_line_of_text_is_refused_before_anything_is_kept(tmp_path: Path) -> None:
    file = tmp_path / os.fsdecode(b"old\xff.warc.gz")
    file.write_bytes(warc(1))
    result = run(tmp_path / "archive", file)
    assert (result.exit_code, "rename a copy" in result.stderr) == (3, True)
    assert not (tmp_path / "archive" / "imports").exists()


def test_what_a_program_notes_of_its_own_work_is_counted_and_nothing_to_worry_about(tmp_path: Path) -> None:
    file = tmp_path / "theirs.warc.gz"
    notes = [
        record("resource", url, b"x") for url in ("metadata://gnu.org/software/wget/warc/wget.log", "dns:a.example")
    ]
    file.write_bytes(warc(1) + b"".join(map(gzip.compress, notes)))
    result = run(tmp_path / "archive", file)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "theirs.warc.gz: 1 capture, 2 records of no page; the original is" in result.stdout


def test_importing_again_brings_nothing_in_twice(tmp_path: Path) -> None:
    file = tmp_path / "old.warc.gz"
    file.write_bytes(warc(1, 2))
    run(tmp_path / "archive", file)
    again = run(tmp_path / "archive", file)
    assert again.exit_code == 0
    assert "0 captures, 2 were here already" in again.output
    assert len(custodies(tmp_path / "archive")) == 2


def test_the_same_file_twice_in_one_command_comes_in_once(tmp_path: Path) -> None:
    file, copy = tmp_path / "old.warc.gz", tmp_path / "copy.warc.gz"
    for path in (file, copy):
        path.write_bytes(warc(1, 2))
    result = run(tmp_path / "archive", file, copy)
    assert result.exit_code == 0
    assert "copy.warc.gz: 0 captures, 2 were here already" in result.output
    assert len(list(read_captures(Archive.open(tmp_path / "archive")))) == 2


def test_a_wacz_comes_in_and_what_is_broken_in_it_is_named(tmp_path: Path) -> None:
    file = tmp_path / "saved.wacz"
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("archive/data.warc.gz", warc(1) + warc(2)[:500])
        packed.writestr("datapackage.json", "{}")
    result = run(tmp_path / "archive", file)
    assert result.exit_code == 1
    assert "data.warc.gz" in result.stderr
    assert "it stays in the original" in result.stderr
    assert custodies(tmp_path / "archive") == [("article", "import")]


def test_a_page_that_was_unchanged_is_counted_and_one_that_is_missing_is_named(tmp_path: Path) -> None:
    file = tmp_path / "again.warc.gz"
    unchanged = b"HTTP/1.1 304 Not Modified\r\n\r\n"
    for url, code in ((URL, 0), (article_url(9), 1)):
        file.write_bytes(warc(1) + gzip.compress(record("revisit", url, unchanged)))
        result = run(tmp_path / f"archive{code}", file)
        assert result.exit_code == code
        assert ("1 capture, 1 times a page was unchanged" in result.stdout) is (code == 0)
        assert (
            f"{url}: the page that it repeats is not there, or is another; it stays in the original" in result.stderr
        ) is (code == 1)


def zip_with(path: Path, name: str) -> Path:
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr(name, warc(1))
    return path


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"filedesc://x.arc 0.0.0.0 20010101000000 text/plain 76\n", "is an ARC file"),
        (gzip.compress(b"filedesc://x.arc 0.0.0.0 20010101000000 text/plain 76\n"), "is an ARC file"),
        (b"WARC/0.17\r\nWARC-Type: warcinfo\r\n\r\n", "is WARC/0.17, older than the standard"),
        (b"<html>", "is neither WARC nor WACZ"),
        (b"", "is neither WARC nor WACZ"),
        (b"\x1f\x8b\x08\x00rubbish-rubbish-rubbish", "gzip"),
        (b"PK\x03\x04rubbish", "not a ZIP file"),
    ],
)
def test_what_is_no_warc_is_refused_in_one_line(data: bytes, says: str, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(data)
    result = run(tmp_path / "archive", file)
    assert result.exit_code == 3
    assert says in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_zip_that_two_programs_would_read_differently_is_refused(tmp_path: Path) -> None:
    up = run(tmp_path / "archive", zip_with(tmp_path / "up.wacz", "archive/../../a.warc.gz"))
    assert (up.exit_code, "unsafe-name" in up.stderr) == (3, True)
    twice = zip_with(tmp_path / "twice.wacz", "archive/a.warc.gz")
    with zipfile.ZipFile(twice, "a") as packed, pytest.warns(UserWarning, match="Duplicate name"):
        packed.writestr("archive/a.warc.gz", warc(2))
    result = run(tmp_path / "archive", twice)
    assert (result.exit_code, "duplicate-name" in result.stderr) == (3, True)
    assert custodies(tmp_path / "archive") == []


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "_FREE", 1 << 16)
    file = tmp_path / "bomb.wacz"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("archive/a.warc", bytes(1 << 20))
    result = run(tmp_path / "archive", file)
    assert (result.exit_code, "that is a bomb" in result.stderr) == (3, True)
