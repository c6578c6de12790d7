"""Payloads deleted under an order: gone everywhere, admitted everywhere, and nothing else touched; killed at any step."""

import gzip
import http.client
import json
import os
import shutil
import signal
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

import crawler.cli.delete  # noqa: F401 (before its parts are changed)
from archive.catalog import catalog as catalog_module
from archive.catalog.catalog import Catalog
from archive.deletion import carry_out, files
from archive.directory import Archive
from archive.index import read_index, update_index
from archive.log.entries import DeletionEntry
from archive.log.keys import key_path
from archive.log.reader import LogReader
from archive.search.index import is_purging
from archive.upload.ledger import Ledger
from archive.verify.check import verify
from archive.verify.report import Report
from archive.warc.readback import read_captures
from archive.warc.records import encode_record, make_record, read_records
from archive.warc.tombstone import NoRoom, encode_tombstone, is_tombstone, make_tombstone, replace_record
from crawler.cli import main
from pipelines.records import Capture
from tests.archive.importing.test_files import record, warc
from tests.archive.importing.test_files import run as import_files
from tests.archive.made_pages import article_capture, article_html, article_title, article_url, capture
from tests.archive.reader.test_replay_server import ask, serving
from tests.archive.taking import take_all
from tests.archive.verify.sealed import PRIVATE, files_of, rewrite, seal_now

ORDER = "无锡市中级人民法院(2026)苏02民初1号裁定"
URL, MIRROR, OTHER = article_url(1), "http://mirror.example.cn/t20260302_1.html", article_url(2)


def crawl() -> list[Capture]:
    """A page, the same bytes at a mirror, its words in other bytes, an edit, and a page that nobody named."""
    return [
        article_capture(1, minute=1, headers='ETag: "1"\r\n'),
        article_capture(2, minute=2),
        article_capture(1, minute=3, edition=1),
        capture("http://reprint.example.cn/t20260302_1.html", article_html(1) + "<!-- reprint -->", minute=5),
    ]


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    archive = Archive.open(tmp_path_factory.mktemp("deletion") / "archive")
    take_all(archive, crawl())
    take_all(
        archive,
        [
            capture(MIRROR, article_html(1), minute=6, headers='ETag: "1"\r\n'),
            capture(URL, minute=30, status="304 Not Modified", sent='If-None-Match: "1"\r\n'),
        ],
    )
    update_index(archive)
    seal_now(archive)
    return archive.path


@pytest.fixture
def folder(clean: Path, tmp_path: Path) -> Path:
    shutil.copytree(clean, tmp_path / "archive")
    return tmp_path / "archive"


def call(folder: Path, *arguments: str, typed: str | None = None) -> Result:
    command, *others = arguments
    given = [command, *others, "--archive", str(folder)]
    given += ["--workers", "0"] if command in {"delete", "reindex"} else []
    return CliRunner().invoke(main, given, prog_name="lantian", input=typed)


def delete(folder: Path, *arguments: str) -> Result:
    return call(folder, "delete", *arguments, "--order", ORDER, "--yes")


def kinds(report: Report) -> list[str]:
    """The made pages are of another day, and so were found; that is no matter here."""
    return [finding.kind for finding in report.findings if finding.kind != "found-only"]


def places_of(folder: Path, text: str) -> list[str]:
    """Where bytes of a text lie, in any coding that a file of the archive may have."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            data = path.read_bytes()
            data += gzip.decompress(data) if data[:2] == b"\x1f\x8b" else b""
            found += [path.name for coding in ("utf-8", "gb18030") if text.encode(coding) in data]
    return found


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


def die(*_: object, **__: object) -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def die_with_a_draft(path: Path, pieces: Iterable[bytes]) -> NoReturn:
    path.with_name(f"{path.name}.deleting").write_bytes(b"".join(pieces)[:-5])
    die()


STEPS: dict[str, tuple[object, str, Callable[..., object]]] = {
    "before the log": (carry_out, "now", die),
    "after the log": (carry_out, "finish_files", die),
    "with a draft": (files, "_write_anew", die_with_a_draft),
    "after the files": (carry_out, "_stale", die),
    "inside the catalog": (catalog_module, "begin_purge", die),
    "before the search index": (catalog_module, "purge_further", die),
    "before the index": (carry_out, "update_index", die),
}


def delete_and_die(folder: Path, step: str) -> int:
    """In a process of its own; gives the signal that ended it."""
    child = os.fork()
    if child == 0:
        module, name, end = STEPS[step]
        setattr(module, name, end)
        delete(folder, URL)
        os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.parametrize("step", STEPS)
def test_a_kill_at_any_step_leaves_it_undone_or_finished_at_the_next_start(folder: Path, step: str) -> None:
    assert delete_and_die(folder, step) == -signal.SIGKILL
    opened = Archive.open(folder)
    logged = any(b'"type":"deletion"' in data for _, data in LogReader.open(folder).entries())
    assert logged is (step != "before the log")
    report = verify(folder)
    assert "altered" not in {finding.weight for finding in report.findings}, report.findings
    take_all(opened, [article_capture(3, minute=50)])
    seal_now(opened)
    after = verify(folder, is_deep=True)
    assert (after.verdict, set(kinds(after))) == ("intact", {"deleted"} if logged else set())
    assert (article_title(1).encode() in opened.catalog_path.read_bytes()) is True, "the reprint has the title"
    lines = call(folder, "export", "--format", "jsonl").stdout
    assert (URL in lines) is not logged
    assert list(folder.rglob("*.deleting")) == []
    assert not logged or parts_of_index(opened) <= 2, "one that was written anew, and what came since"


def parts_of_index(archive: Archive) -> int:
    """What was taken out of the search index stays in its parts until they are merged."""
    with Catalog(archive) as catalog, catalog.view() as view:
        assert not is_purging(view)
        return int(view.exec_driver_sql("SELECT count(DISTINCT segid) FROM text_index_idx").scalar_one())


@pytest.mark.parametrize("names", [("warc", "index", "catalog.sqlite"), ("index",), ("catalog.sqlite",)])
def test_what_was_deleted_and_is_put_back_is_named(clean: Path, folder: Path, names: tuple[str, ...]) -> None:
    assert delete(folder, URL).exit_code == 0
    for path in (path for name in names for path in files_under(clean / name)):
        shutil.copy(path, folder / path.relative_to(clean))
    seal_now(Archive.open(folder))
    report = verify(folder)
    places = {one.place.partition("/")[0] for one in report.findings if one.kind == "deletion-unfinished" and one.place}
    assert (report.verdict, places) == ("not-provable", {names[0]})


def files_under(path: Path) -> list[Path]:
    return [path] if path.is_file() else [one for one in path.rglob("*") if one.is_file()]


def test_another_page_under_the_name_of_a_deletion_is_found(folder: Path) -> None:
    assert delete(folder, URL).exit_code == 0
    path = next(path for path in files_of(folder) if b"deleted: " in gzip.decompress(path.read_bytes()))
    good = path.read_bytes()
    rewrite(
        path,
        lambda members: [
            *members[:1],
            members[1].change(lambda plain: plain.replace(b"deleted: ", b"altered: ")),
            *members[2:],
        ],
    )
    assert "altered" in {finding.weight for finding in verify(folder).findings}
    path.write_bytes(good)
    entry = next(e for e in entries_of(folder) if isinstance(e, DeletionEntry))
    from archive.log.writer import Log  # noqa: PLC0415

    with Log(Archive.open(folder)) as log:
        log.append([entry.model_copy(update={"offset": entry.offset + 1})])
    assert "deletion-nowhere" in kinds(verify(folder))


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


def entries_of(folder: Path) -> list[object]:
    log = LogReader.open(folder)
    return [log.entry(index) for index in range(log.size)]


def test_what_came_with_an_import_that_was_not_ended_is_not_half_deleted(tmp_path: Path) -> None:
    archive = Archive.open(tmp_path / "archive")
    take_all(archive, [replace(article_capture(1), custody="import")])
    before = {path: path.read_bytes() for path in sorted((archive.path / "warc").rglob("*.gz"))}
    refused = delete(archive.path, URL)
    assert refused.exit_code == 3
    assert "import that file again to the end first; nothing was deleted" in refused.output
    assert {path: path.read_bytes() for path in before} == before
