"""What the records of a capture say, held against ISO 28500 and against warcio."""

import gzip
import hashlib
import re
import zlib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from archive.directory import Archive
from archive.store import Store
from archive.warc.captures import SERVER_NOT_MODIFIED, from_records, to_records
from archive.warc.readback import warc_files
from archive.warc.records import Record, decode_record, encode_record, read_member
from archive.warc.reference import Reference
from pipelines.records import Capture, Failure, Tls, new_record_id
from tests.archive.warc.samples import MOMENT, PAGE, chunked, not_modified, page, samples

INFO = new_record_id()

# ISO 28500 §5 and §6: the fields that a record of a type must have, and those that it must not.
MUST = {
    "response": {"WARC-Target-URI"},
    "resource": {"WARC-Target-URI"},
    "request": {"WARC-Target-URI"},
    "revisit": {"WARC-Target-URI", "WARC-Profile"},
    "metadata": set[str](),
}
MUST_NOT = {
    "response": {"WARC-Refers-To", "WARC-Refers-To-Date", "WARC-Profile", "WARC-Filename", "WARC-Segment-Number"},
    "resource": {"WARC-Refers-To", "WARC-Refers-To-Date", "WARC-Profile", "WARC-Filename", "WARC-Segment-Number"},
    "request": {"WARC-Refers-To", "WARC-Refers-To-Date", "WARC-Profile", "WARC-Filename", "WARC-Segment-Number"},
    "revisit": {"WARC-Filename", "WARC-Segment-Number"},
    "metadata": {"WARC-Refers-To-Date", "WARC-Profile", "WARC-Filename", "WARC-Segment-Number"},
}
FORMS = {
    "WARC-Record-ID": r"<[a-z][a-z0-9+.-]*:[^<>\s]+>",
    "WARC-Concurrent-To": r"<[a-z][a-z0-9+.-]*:[^<>\s]+>",
    "WARC-Refers-To": r"<[a-z][a-z0-9+.-]*:[^<>\s]+>",
    "WARC-Warcinfo-ID": r"<[a-z][a-z0-9+.-]*:[^<>\s]+>",
    "WARC-Date": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z",
    "WARC-Refers-To-Date": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z",
    "WARC-Target-URI": r"[!-~]+",
    "WARC-Refers-To-Target-URI": r"[!-~]+",
    "WARC-Block-Digest": r"sha256:[0-9a-f]{64}",
    "WARC-Payload-Digest": r"sha256:[0-9a-f]{64}",
    "WARC-IP-Address": r"[0-9.]+|[0-9a-f:]+",
    "WARC-Truncated": r"length|time|disconnect|unspecified",
    "Content-Type": r"[a-z]+/[a-z.-]+(;.*)?",
    "Content-Length": r"\d+",
}


def records(capture: Capture, original: Reference | None = None) -> tuple[Record, ...]:
    return to_records(capture, warcinfo_id=INFO, original=original)


def through_bytes(made: tuple[Record, ...], folder: Path) -> list[Record]:
    """Written to a file and read again."""
    members = [encode_record(record) for record in made]
    (folder / "members").write_bytes(b"".join(members))
    offset, read = 0, []
    with (folder / "members").open("rb") as file:
        for _ in members:
            data, length = read_member(file.fileno(), offset, sum(map(len, members)))
            read.append(decode_record(data))
            offset += length
    return read


@pytest.mark.parametrize("capture", samples())
def test_every_kind_comes_back_field_for_field(capture: Capture, tmp_path: Path) -> None:
    assert from_records(through_bytes(records(capture), tmp_path)) == capture


peers = (
    st.none()
    | st.ip_addresses().map(lambda address: f"[{address}]:80" if address.version == 6 else f"{address}:80")
    | st.text()
)
chains = st.lists(st.binary(max_size=40), max_size=3).map(tuple)
captures = st.builds(
    Capture,
    url=st.text(min_size=1),
    fetched_at=st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2999, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    method=st.sampled_from(["GET", "HEAD", "POST"]),
    request=st.binary(),
    interim=st.binary(),
    response=st.binary() | st.just(chunked().response) | st.just(page().response),
    duration=st.none() | st.floats(allow_nan=False, allow_infinity=False),
    peer=peers,
    tls=st.none() | st.builds(Tls, st.text(), st.text(), chains, st.none() | st.booleans()),
    failure=st.none() | st.builds(Failure, st.text(), st.text()),
    truncated=st.none() | st.sampled_from(["length", "time", "disconnect", "unspecified"]),
    custody=st.sampled_from(["wire", "operator", "unknown"]),
    content_type=st.none() | st.text(),
    record_id=st.uuids().map(lambda value: f"urn:uuid:{value}"),
)


@given(captures)
@settings(deadline=None)
def test_any_capture_comes_back_field_for_field(capture: Capture) -> None:
    made = records(capture)
    again = [decode_record(zlib.decompress(encode_record(record), 31)) for record in made]
    assert from_records(again) == capture
    for record in made:
        assert_rules(record)


def assert_rules(record: Record) -> None:
    names = [name for name, _ in record.fields]
    assert len(names) == len(set(names))
    assert {"WARC-Type", "WARC-Record-ID", "WARC-Date", "Content-Length"} <= set(names)
    assert MUST[record.type] <= set(names)
    assert not MUST_NOT[record.type] & set(names)
    for name, value in record.fields:
        assert re.fullmatch(FORMS.get(name, r"[ -~]+"), value), (name, value)


@pytest.mark.parametrize("capture", samples())
def test_every_header_keeps_the_rules_of_the_standard(capture: Capture) -> None:
    for record in records(capture):
        assert_rules(record)


@pytest.mark.parametrize("capture", samples())
def test_the_records_of_a_capture_are_concurrent_and_share_their_date(capture: Capture) -> None:
    primary, *others = records(capture)
    assert primary.id == capture.record_id
    assert {record.get("WARC-Concurrent-To") for record in others} <= {f"<{capture.record_id}>"}
    assert {record.get("WARC-Date") for record in (primary, *others)} == {"2021-06-29T10:13:05.000007Z"}
    assert len({record.id for record in (primary, *others)}) == 1 + len(others)


def kinds(capture: Capture, original: Reference | None = None) -> list[str]:
    return [record.type for record in records(capture, original)]


def test_what_was_received_decides_the_records() -> None:
    assert kinds(page()) == ["response", "request", "metadata"]
    assert kinds(replace(page(), response=b"", failure=Failure("timeout", ""))) == ["request", "metadata"]
    assert kinds(replace(page(), response=b"", request=b"")) == ["metadata"]
    assert kinds(Capture("http://hbj.example/", MOMENT, response=PAGE, custody="operator")) == ["resource", "metadata"]


def test_blocks_are_verbatim() -> None:
    response, request, _ = records(chunked())
    assert response.block == chunked().response
    assert request.block == chunked().request
    assert response.get("Content-Type") == "application/http;msgtype=response"
    assert request.get("Content-Type") == "application/http;msgtype=request"


def test_the_payload_is_the_entity_without_chunks_still_coded() -> None:
    (response, _, _) = records(chunked())
    entity = gzip.compress(PAGE, mtime=0)
    assert response.get("WARC-Payload-Digest") == f"sha256:{hashlib.sha256(entity).hexdigest()}"
    assert response.get("WARC-Block-Digest") == f"sha256:{hashlib.sha256(chunked().response).hexdigest()}"


def test_a_head_response_has_an_empty_payload() -> None:
    capture = replace(page(), method="HEAD")
    assert records(capture)[0].get("WARC-Payload-Digest") == f"sha256:{hashlib.sha256(b'').hexdigest()}"


def test_a_304_refers_to_the_capture_it_stands_for() -> None:
    original = Reference(page(3).record_id, "http://hbj.example/3 甲.html", MOMENT, "sha256:" + "a" * 64)
    revisit = records(not_modified(3), original)[0]
    assert revisit.type == "revisit"
    assert revisit.get("WARC-Profile") == SERVER_NOT_MODIFIED
    assert revisit.get("WARC-Refers-To") == f"<{original.record_id}>"
    assert revisit.get("WARC-Refers-To-Target-URI") == "http://hbj.example/3%20%E7%94%B2.html"
    assert revisit.get("WARC-Refers-To-Date") == "2021-06-29T10:13:05.000007Z"
    assert revisit.get("WARC-Payload-Digest") == original.payload_digest
    assert revisit.block == not_modified(3).response
    assert from_records(records(not_modified(3), original)).response == not_modified(3).response


def test_only_a_304_is_a_revisit() -> None:
    original = Reference(page().record_id, page().url, MOMENT)
    assert kinds(page(), original)[0] == "response"
    assert kinds(not_modified())[0] == "response"
    assert kinds(not_modified(), original)[0] == "revisit"


def test_a_cut_response_says_so() -> None:
    capture = replace(page(), truncated="length")
    assert records(capture)[0].get("WARC-Truncated") == "length"
    assert records(page())[0].get("WARC-Truncated") is None


def test_the_address_of_the_peer_is_stated() -> None:
    assert records(page())[0].get("WARC-IP-Address") == "192.0.2.7"
    assert records(replace(page(), peer="[2001:db8::1]:443"))[0].get("WARC-IP-Address") == "2001:db8::1"
    assert records(replace(page(), peer="unix:/run/x"))[0].get("WARC-IP-Address") is None


@pytest.mark.parametrize(
    "change",
    [
        {"record_id": "not a uri"},
        {"record_id": "urn:x\r\nX: y"},
        {"url": ""},
        {"url": f"http://a.example/{11000 * '环'}"},
    ],
)
def test_what_no_record_can_say_is_refused(change: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"URI|url"):
        records(replace(page(), **change))  # type: ignore[arg-type]  # the fields of a capture are not all text


def keep(archive: Archive, kept: list[Capture]) -> Path:
    """The file that holds the captures, and at its end the revisit of a page."""
    with Store(archive) as store:
        first, *_ = [store.append(capture, site="hbj") for capture in kept]
        original = Reference(first.record_id, kept[0].url, kept[0].fetched_at, first.payload_digest)
        store.append(not_modified(), site="hbj", original=original)
    (file,) = warc_files(archive)
    return archive.path / file


def test_warcio_reads_the_same_bytes(tmp_path: Path) -> None:
    kept = samples()
    with keep(Archive.open(tmp_path), kept).open("rb") as stream:
        blocks = [(one.rec_type, one.raw_stream.read()) for one in ArchiveIterator(stream, no_record_parse=True)]
    received = [one.response for one in kept if one.response or one.custody == "operator"]
    assert [block for kind, block in blocks if kind in {"response", "resource"}] == received
    assert [block for kind, block in blocks if kind == "revisit"] == [not_modified().response]
    sent = [one.request for one in (*kept, not_modified()) if one.request]
    assert [block for kind, block in blocks if kind == "request"] == sent


def test_warcio_finds_the_digests_right_where_it_can_judge_them(tmp_path: Path) -> None:
    """It hashes chunk framing and needs valid HTTP, so those two are left out."""
    kept = [one for one in samples() if b"chunked" not in one.response and b"not HTTP" not in one.response]
    kept = [one for one in kept if one.custody == "operator" or one.response != b"HTTP/1.1 2"]
    checkers = []
    with keep(Archive.open(tmp_path), kept).open("rb") as stream:
        for record in ArchiveIterator(stream, check_digests=True):
            record.content_stream().read()
            checkers.append(record.digest_checker)
    assert [checker.problems for checker in checkers if checker.problems] == []
    assert sum(checker.passed is True for checker in checkers) > 2 * len(kept)
