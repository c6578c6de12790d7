"""Revisits of other programs come in as what they were: dates at which a page was still the same, and pages at other addresses."""

import base64
import gzip
import hashlib
import io
import json
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive.canonical import LARGEST_INTEGER
from archive.catalog.catalog import Catalog
from archive.deletion import plan
from archive.directory import Archive
from archive.log.entries import ImportEntry
from archive.reindex import reindex
from archive.verify.check import verify
from archive.warc.readback import read_captures
from archive.workers.pool import Workers
from crawler.cli import main
from tests.archive.importing.foreign import record, response, run, warc
from tests.archive.made_pages import article_html, article_url
from tests.archive.taking import take_all
from tests.archive.verify.sealed import seal_now, today
from tests.archive.warc.samples import page

URL, OTHER = article_url(1), "http://mirror.example.org/1.html"
LATER, DATE = "2019-06-01T08:00:00Z", "2019-05-01T16:46:00Z"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nDate: Sat, 01 Jun 2019 08:00:00 GMT\r\n\r\n"
NOT_MODIFIED = b"HTTP/1.1 304 Not Modified\r\nDate: Sat, 01 Jun 2019 08:00:00 GMT\r\n\r\n"
PROFILES = "http://netpreserve.org/warc/1.0/revisit/"


def sha1_of(body: bytes) -> str:
    """As Heritrix writes it."""
    return f"sha1:{base64.b32encode(hashlib.sha1(body).digest()).decode()}"


def revisit(block: bytes, *, url: str = URL, kind: str = "identical-payload-digest", **fields: str) -> bytes:
    """One as Heritrix and others write it; `fields` with underscores for hyphens."""
    more = {"WARC-Profile": PROFILES + kind} | {
        f"WARC-{name.replace('_', '-')}": value for name, value in fields.items()
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in more.items())
    plain = record("revisit", url, block).replace(DATE.encode(), LATER.encode(), 1)
    return gzip.compress(plain.replace(b"Content-Length", lines.encode() + b"Content-Length", 1))


def body(number: int = 1) -> bytes:
    return article_html(number).encode("gb18030")


def bring_in(folder: Path, data: bytes) -> tuple[int, str]:
    """Import a file into the archive `a` of a folder."""
    file = folder / "theirs.warc.gz"
    file.write_bytes(data)
    result = run(folder / "a", file)
    return result.exit_code, result.output


def history(folder: Path, url: str = URL) -> list[tuple[str, str, str]]:
    arguments = ["history", url, "--archive", str(folder), "--json"]
    result = CliRunner().invoke(main, arguments, prog_name="lantian")
    told = map(json.loads, result.stdout.splitlines())
    return [(one["fetched_at"][:10], one["verdict"], one["custody"]) for one in told]


def primary_types(folder: Path) -> list[str]:
    return [stored.record_type for _, stored in read_captures(Archive.open(folder))]


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"Refers_To_Target_URI": URL, "Refers_To_Date": DATE},
        {"Refers_To_Target_URI": f"<{URL}>", "Refers_To_Date": DATE, "Truncated": "length"},
    ],
)
def test_a_payload_that_came_again_is_a_capture_of_its_day_and_its_bytes_are_not_kept_twice(
    tmp_path: Path, fields: dict[str, str]
) -> None:
    code, said = bring_in(tmp_path, warc(1) + revisit(HEAD, Payload_Digest=sha1_of(body()), **fields))
    assert (code, "2 captures" in said) == (0, True), said
    assert history(tmp_path / "a") == [("2019-05-01", "new", "import"), ("2019-06-01", "unchanged", "import")]
    assert primary_types(tmp_path / "a") == ["response", "revisit"]
    _, (again, _) = read_captures(Archive.open(tmp_path / "a"))
    assert again.response == HEAD + body()


def test_a_payload_at_another_address_is_the_page_there(tmp_path: Path) -> None:
    refers = {"Refers_To_Target_URI": URL, "Refers_To_Date": DATE, "Payload_Digest": sha1_of(body())}
    code, said = bring_in(tmp_path, warc(1) + revisit(HEAD, url=OTHER, **refers))
    assert (code, "2 captures" in said) == (0, True), said
    assert [verdict for _, verdict, _ in history(tmp_path / "a", OTHER)] == ["duplicate"]


def test_the_page_may_come_behind_its_revisit_in_another_file_of_a_wacz_or_in_an_earlier_import(tmp_path: Path) -> None:
    again = revisit(HEAD, Payload_Digest=sha1_of(body()))
    for name, parts in (("behind", [again + warc(1)]), ("earlier", [warc(1), again])):
        (tmp_path / name).mkdir()
        assert [bring_in(tmp_path / name, data)[0] for data in parts] == [0] * len(parts)
    packed = tmp_path / "saved.wacz"
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr("archive/a.warc.gz", again)
        file.writestr("archive/b.warc.gz", warc(1))
    assert run(tmp_path / "packed", packed).exit_code == 0
    for folder in (tmp_path / "behind" / "a", tmp_path / "packed", tmp_path / "earlier" / "a"):
        assert [verdict for _, verdict, _ in history(folder)] == ["new", "unchanged"]


@pytest.mark.parametrize(
    ("block", "fields"),
    [
        (HEAD, {"Payload_Digest": sha1_of(b"another page")}),
        (HEAD, {}),
        (HEAD, {"Payload_Digest": "crc32:00000000"}),
        (HEAD[:-2], {"Payload_Digest": sha1_of(body())}),
        (HEAD.replace(b"Date", b"Transfer-Encoding: chunked\r\nDate"), {"Payload_Digest": sha1_of(body())}),
        (HEAD, {"Payload_Digest": sha1_of(body()), "Refers_To_Target_URI": OTHER, "Refers_To_Date": DATE}),
        (HEAD, {"Payload_Digest": sha1_of(body()), "Refers_To_Date": "2018-01-01T00:00:00Z"}),
        (b"", {"Payload_Digest": sha1_of(body())}),
    ],
    ids=["another", "no-digest", "unknown-digest", "cut-head", "other-framing", "elsewhere", "earlier", "empty"],
)
def test_what_no_page_bears_out_stays_in_the_original_and_is_named(
    tmp_path: Path, block: bytes, fields: dict[str, str]
) -> None:
    code, said = bring_in(tmp_path, warc(1) + revisit(block, **fields))
    assert (code, f"theirs.warc.gz: {URL}: " in said, "1 capture;" in said) == (1, True, True), said
    assert [verdict for _, verdict, _ in history(tmp_path / "a")] == ["new"]


def test_a_304_comes_in_where_it_is_known_of_which_state_it_speaks(tmp_path: Path) -> None:
    asked = record("request", URL, b'GET / HTTP/1.1\r\nIf-None-Match: "1"\r\n\r\n').replace(
        b"Content-Length", b"WARC-Concurrent-To: <urn:uuid:revisit-%d>\r\nContent-Length" % len(NOT_MODIFIED), 1
    )
    tagged = record("response", URL, response(1).replace(b"\r\n\r\n", b'\r\nETag: "1"\r\n\r\n', 1))
    said_when = revisit(NOT_MODIFIED, kind="server-not-modified", Refers_To_Target_URI=URL, Refers_To_Date=DATE)
    unknown = revisit(NOT_MODIFIED, kind="server-not-modified")
    for name, parts, told in (
        ("dated", warc(1) + said_when, ["new", "unchanged"]),
        ("asked", gzip.compress(tagged) + unknown + gzip.compress(asked), ["new", "unchanged"]),
        ("unknown", warc(1) + unknown, ["new"]),
    ):
        (tmp_path / name).mkdir()
        code, said = bring_in(tmp_path / name, parts)
        assert code == 0, said
        assert ("1 times a page was unchanged" in said) is (name == "unknown")
        assert [verdict for _, verdict, _ in history(tmp_path / name / "a")] == told
        assert ("revisit" in primary_types(tmp_path / name / "a")) is (name != "unknown")


def deduplicated(pages: Sequence[tuple[str, str]]) -> bytes:
    """A page and revisits of it, as the writer of browsertrix and pywb makes them."""
    stream = io.BytesIO()
    writer = WARCWriter(stream, gzip=True, warc_version="1.1")
    for number, (url, date) in enumerate(pages):
        headers = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
        named = {"warc_headers_dict": {"WARC-Date": date}, "http_headers": headers}
        made = writer.create_warc_record(url, "response", payload=io.BytesIO(body()), **named)
        if number:
            digest = "sha256:" + hashlib.sha256(body()).hexdigest()
            made = writer.create_revisit_record(url, digest, *pages[0], **named)
        writer.write_record(made)
    return stream.getvalue()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # warcio leaves its own draft open
def test_what_warcio_deduplicates_comes_in_whole_again_and_once_and_the_archive_is_intact(tmp_path: Path) -> None:
    data = deduplicated([(URL, DATE), (URL, LATER), (OTHER, LATER)])
    assert bring_in(tmp_path, data)[0] == 0
    code, said = bring_in(tmp_path, data)
    assert (code, "0 captures, 3 were here already" in said) == (0, True), said
    archive = Archive.open(tmp_path / "a")
    seal_now(archive)
    assert verify(archive.path, is_deep=True, reextract=0).verdict == "intact"
    before = history(archive.path), history(archive.path, OTHER)
    (archive.path / "catalog.sqlite").unlink()
    with Workers(0) as workers:
        reindex(archive, workers=workers, sites={})
    assert (history(archive.path), history(archive.path, OTHER)) == before


def test_what_we_packed_ourselves_comes_in_with_every_date(tmp_path: Path) -> None:
    """A page, its body again, and a 304 of it: an archive that is handed on keeps its history."""
    ours = Archive.open(tmp_path / "ours")
    whole = today(page(0))
    take_all(ours, [whole, today(page(0))], one_by_one=True)
    assert "revisit" in primary_types(ours.path)
    packed = tmp_path / "ours.wacz"
    arguments = ["export", "--format", "wacz", "--out", str(packed), "--archive", str(ours.path)]
    result = CliRunner().invoke(main, arguments, prog_name="lantian")
    assert result.exit_code == 0, result.output
    assert run(tmp_path / "theirs", packed).exit_code == 0
    told = [[verdict for _, verdict, _ in history(folder, whole.url)] for folder in (ours.path, tmp_path / "theirs")]
    assert told[0] == told[1]
    assert len(told[0]) == 2


def test_an_import_with_more_numbers_than_captures_still_knows_its_own(tmp_path: Path) -> None:
    """By the numbers that the log keeps, the original goes with a page that is deleted."""
    strays = gzip.compress(b"".join(record("metadata", URL, b"x") for _ in range(1200)))
    assert bring_in(tmp_path, strays + warc(1))[0] == 1
    arguments = ["delete", URL, "--order", "某院(2026)民初1号", "--archive", str(tmp_path / "a"), "--yes"]
    result = CliRunner().invoke(main, arguments, prog_name="lantian")
    assert result.exit_code == 0, result.output
    with Catalog(Archive.open(tmp_path / "a")) as catalog, catalog.view() as view:
        assert view.exec_driver_sql("SELECT reason FROM captures").scalar() == "deleted"
    assert not any(one.suffix == ".gz" for one in (tmp_path / "a" / "imports").iterdir())


def test_an_entry_with_more_numbers_than_anybody_has_keeps_nobody_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan, "_MOST_NUMBERS", 10)
    one = ImportEntry(logged=LATER, name="x", digest=f"sha256:{64 * '0'}", kept_as="imports/x", captures=3, numbers=3)
    entries = [one, one.model_copy(update={"numbers": LARGEST_INTEGER})]
    wanted = {plan.imported_id(entries[0].digest, number) for number in (2, 5, 50)}
    assert [len(plan.came_with(entry, wanted)) for entry in entries] == [1, 2]
