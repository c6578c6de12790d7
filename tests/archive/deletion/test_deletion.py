"""Payloads deleted under an order: gone everywhere, admitted everywhere, and nothing else touched."""

import http.client
import json
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

import crawler.cli.delete  # noqa: F401 (before its parts are changed)
from archive.catalog.catalog import Catalog
from archive.directory import Archive
from archive.index import read_index
from archive.log.entries import DeletionEntry
from archive.log.keys import key_path
from archive.log.reader import LogReader
from archive.upload.ledger import Ledger
from archive.verify.check import verify
from archive.warc.readback import read_captures
from tests.archive.deletion.deleting import (
    MIRROR,
    ORDER,
    OTHER,
    URL,
    call,
    delete,
    entries_of,
    kinds,
    parts_of_index,
    places_of,
)
from tests.archive.importing.foreign import record, warc
from tests.archive.importing.foreign import run as import_files
from tests.archive.made_pages import article_capture, article_html, article_title
from tests.archive.reader.serving import ask, serving
from tests.archive.taking import take_all
from tests.archive.verify.sealed import PRIVATE, files_of, seal_now


def test_it_is_gone_everywhere_and_everything_else_verifies(folder: Path) -> None:
    before = {path: path.stat().st_size for path in files_of(folder)}
    assert set(places_of(folder, article_title(1))) > {"catalog.sqlite"}
    result = delete(folder, URL)
    assert result.exit_code == 0, result.output
    assert "http://reprint.example.cn/t20260302_1.html: says the same words" in result.stderr
    reprint = result.stderr.split("--record ")[1].split()[0]
    assert verify(folder).verdict == "not-provable", "it is not sealed yet"
    assert delete(folder, "--record", reprint).exit_code == 0
    assert places_of(folder, article_title(1)) == []
    seal_now(Archive.open(folder))
    report = verify(folder, is_deep=True, reextract=0)
    assert (report.verdict, set(kinds(report))) == ("intact", {"deleted"}), [
        one.model_dump() for one in report.findings
    ]
    found = [finding for finding in report.findings if finding.kind == "deleted"]
    assert {finding.actual for finding in found} == {ORDER}
    assert len(found) == 3, "two pages of the address, and the reprint; the mirror refers to the first"
    assert all(finding.offset is not None and finding.record for finding in found)
    assert {path: path.stat().st_size for path in files_of(folder)} == before
    assert len(list(read_captures(Archive.open(folder)))) == 6
    assert call(folder, "reindex").exit_code == 0
    assert verify(folder).verdict == "intact"


def test_it_is_signed_before_the_bytes_go_where_the_key_is_at_hand(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANTIAN_KEYS", str(folder.parent / "keys"))
    archive = Archive.open(folder)
    assert delete(folder, "--record", places(archive, OTHER)).exit_code == 0
    assert "deletion-unsigned" in kinds(verify(folder)), "no key is made for it"
    assert not (folder.parent / "keys").exists()
    (folder.parent / "keys").mkdir()
    path = key_path(archive)
    path.write_bytes(PRIVATE.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    path.chmod(0o600)
    done = delete(folder, URL)
    assert (done.exit_code, "signed with the key of the archive" in done.stdout) == (0, True)
    assert verify(folder, is_deep=True).verdict == "intact"


def places(archive: Archive, url: str) -> str:
    """The record of the first capture of an address."""
    with Catalog(archive) as catalog, catalog.view() as view:
        return str(view.exec_driver_sql("SELECT record_id FROM captures WHERE url = ?", (url,)).scalar_one())


def test_catalog_search_exports_index_history_and_server_follow(folder: Path) -> None:
    assert delete(folder, URL).exit_code == 0
    found = call(folder, "search", f'"{article_title(1)}"', "--json").stdout
    assert ("reprint.example.cn" in found, URL in found, MIRROR in found) == (True, False, False)
    assert OTHER in call(folder, "search", f'"{article_title(2)}"', "--json").stdout
    lines = call(folder, "export", "--format", "jsonl").stdout.splitlines()
    assert {json.loads(line)["url"] for line in lines} == {OTHER, "http://reprint.example.cn/t20260302_1.html"}
    told = [json.loads(line) for line in call(folder, "history", URL, "--json").stdout.splitlines()]
    assert [one["verdict"] for one in told[:2]] == ["deleted", "deleted"]
    assert (
        sum(json.loads(line.split(" ", 2)[2])["mime"] == "text/html" for line in read_index(Archive.open(folder))) == 2
    )
    with serving(folder) as server:
        gone = ask(server, f"/timegate/{URL}")
        assert (gone.status, "under an order" in gone.text) == (http.client.UNAVAILABLE_FOR_LEGAL_REASONS, True)
        assert ask(server, f"/timegate/{MIRROR}").status == http.client.UNAVAILABLE_FOR_LEGAL_REASONS
        assert ask(server, f"/timegate/{OTHER}").status == http.client.FOUND
    assert call(folder, "prove", URL, "--out", str(folder / "x.wacz")).exit_code == 3
    with Catalog(Archive.open(folder)) as catalog, catalog.view() as view:
        assert view.exec_driver_sql("INSERT INTO text_index (text_index) VALUES ('integrity-check')")
        assert view.exec_driver_sql("SELECT count(*) FROM versions").scalar_one() == 2
    assert parts_of_index(Archive.open(folder)) == 1


def test_the_same_bytes_that_come_again_are_kept_as_new(folder: Path) -> None:
    """The order binds what is kept; what is still public comes in as a page of its own, and refers to nothing that is gone."""
    archive = Archive.open(folder)
    assert delete(folder, URL).exit_code == 0
    ((outcome, _),) = take_all(archive, [article_capture(1, minute=40)])
    assert outcome.kind == "article"
    seal_now(archive)
    assert verify(folder, reextract=0).verdict == "intact"


def test_nothing_happens_without_a_reason_and_a_yes(folder: Path) -> None:
    before = {path: path.read_bytes() for path in files_of(folder)}
    size = LogReader.open(folder).size
    assert call(folder, "delete", URL).exit_code == 2
    assert call(folder, "delete", URL, "--order", " ", "--yes").exit_code == 2
    assert call(folder, "delete", "--order", ORDER).exit_code == 2
    refused = call(folder, "delete", URL, "--order", ORDER, typed="n\n")
    assert refused.exit_code == 1
    assert MIRROR in refused.stdout
    unknown = delete(folder, "http://nowhere.example/")
    assert (unknown.exit_code, "lantian history" in unknown.stderr) == (3, True)
    assert {path: path.read_bytes() for path in files_of(folder)} == before
    assert LogReader.open(folder).size == size
    with Ledger.open(Archive.open(folder), "s3://evidence/lantian/1"):
        pass
    deleted = call(folder, "delete", URL, "--order", ORDER, typed="y\n")
    assert deleted.exit_code == 0
    assert "s3://evidence/lantian/1: the copy there has it until the next `lantian upload`" in deleted.stderr
    assert delete(folder, URL).exit_code == 3, "it is deleted already"


@pytest.mark.parametrize("page", [warc(1), record("resource", URL, article_html(1).encode())])
def test_the_kept_original_of_an_import_goes_too(page: bytes, tmp_path: Path) -> None:
    file, folder = tmp_path / "old.warc", tmp_path / "archive"
    file.write_bytes(page)
    assert import_files(folder, file).exit_code == 0
    shown = call(folder, "delete", URL, "--order", ORDER, typed="y\n")
    assert shown.exit_code == 0, shown.output
    assert "goes as a whole" in shown.stderr
    assert list((folder / "imports").iterdir()) == []
    assert places_of(folder, article_title(1)) == []
    seal_now(Archive.open(folder))
    report = verify(folder, is_deep=True)
    assert (report.verdict, kinds(report)) == ("intact", ["deleted"] * 2)
    kept = next(e.file for e in entries_of(folder) if isinstance(e, DeletionEntry) and e.member is None)
    (folder / kept).write_bytes(page)
    report = verify(folder)
    assert (report.verdict, sorted(kinds(report))) == ("not-provable", ["deleted", "deletion-unfinished"])


def test_what_came_with_an_import_that_was_not_ended_is_not_half_deleted(tmp_path: Path) -> None:
    archive = Archive.open(tmp_path / "archive")
    take_all(archive, [replace(article_capture(1), custody="import")])
    before = {path: path.read_bytes() for path in sorted((archive.path / "warc").rglob("*.gz"))}
    refused = delete(archive.path, URL)
    assert refused.exit_code == 3
    assert "import that file again to the end first; nothing was deleted" in refused.output
    assert {path: path.read_bytes() for path in before} == before
