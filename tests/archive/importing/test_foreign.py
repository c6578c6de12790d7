"""Files as other programs write them: warcio's own writer, and shapes seen of wget, Heritrix and plain gzip."""

import base64
import gzip
import hashlib
import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive.directory import Archive
from archive.errors import BrokenWarc
from archive.importing.foreign import Exchange, read_foreign
from archive.importing.records import Skipped
from archive.store import Store
from archive.warc.readback import warc_files
from pipelines.framing import split_response
from pipelines.records import Capture
from tests.archive.warc.samples import PAGE, chunked, page, samples

RESPONSE = b"HTTP/1.1 200 OK\r\nX-\xbb\xb7: \xbe\xb3\r\nno colon\r\n\r\n" + PAGE
REQUEST = b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n"


def record(kind: str, block: bytes, number: int = 0, **fields: str) -> bytes:
    """One record of WARC/1.0, as other programs write them."""
    lines = {
        "WARC-Type": kind,
        "WARC-Record-ID": f"<urn:uuid:{kind}-{number}>",
        "WARC-Date": "2019-05-01T16:46:00Z",
        "WARC-Target-URI": f"http://a.example/{number}",
        "Content-Type": "application/http; msgtype=response",
        "Content-Length": str(len(block)),
    }
    lines |= {name.replace("_", "-"): value for name, value in fields.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value)
    return b"WARC/1.0\r\n" + head.encode() + b"\r\n" + block + b"\r\n\r\n"


def pair(number: int = 0) -> list[bytes]:
    request = record("request", REQUEST, number, WARC_Concurrent_To=f"<urn:uuid:response-{number}>")
    return [record("response", RESPONSE, number), request]


def read(path: Path, data: bytes) -> list[Exchange]:
    path.write_bytes(data)
    return list(read_foreign(path))


def captures(found: list[Exchange]) -> list[Capture]:
    return [one for one in found if isinstance(one, Capture)]


def reasons(found: list[Exchange]) -> list[str]:
    return [one.reason for one in found if isinstance(one, Skipped)]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "foreign.warc.gz"


def test_blocks_are_raw_whatever_their_http_looks_like(file: Path) -> None:
    (capture,) = captures(read(file, b"".join(map(gzip.compress, pair()))))
    assert (capture.response, capture.request) == (RESPONSE, REQUEST)
    assert (capture.url, capture.method, capture.custody) == ("http://a.example/0", "GET", "wire")
    assert capture.fetched_at == datetime(2019, 5, 1, 16, 46, tzinfo=UTC)


def test_plain_files_members_and_one_gzip_of_all_read_the_same(file: Path) -> None:
    parts = [record("warcinfo", b"software: x\r\n"), *pair(0), *pair(1), *pair(2)]
    forms = [b"".join(parts), b"".join(map(gzip.compress, parts)), gzip.compress(b"".join(parts))]
    found = [read(file, form) for form in forms]
    assert [reasons(one) for one in found] == [[], [], []]
    urls = [[capture.url for capture in captures(one)] for one in found]
    assert urls == [[f"http://a.example/{number}" for number in range(3)]] * 3


def test_a_request_may_stand_before_its_response_and_be_named_by_it(file: Path) -> None:
    """So wget writes them."""
    parts = []
    for number in range(2):
        parts.append(record("request", REQUEST, number))
        parts.append(record("response", RESPONSE, number, WARC_Concurrent_To=f"<urn:uuid:request-{number}>"))
    found = read(file, b"".join(parts))
    assert reasons(found) == []
    assert [(one.request, one.response) for one in captures(found)] == [(REQUEST, RESPONSE)] * 2


def test_a_post_and_a_cut_response_are_known_as_such(file: Path) -> None:
    request = record("request", b"POST /x HTTP/1.1\r\n\r\na=1", WARC_Concurrent_To="<urn:uuid:response-0>")
    (capture,) = captures(read(file, record("response", RESPONSE, WARC_Truncated="length") + request))
    assert (capture.method, capture.truncated) == ("POST", "length")


def test_a_resource_is_what_somebody_supplied(file: Path) -> None:
    (capture,) = captures(read(file, record("resource", PAGE, Content_Type="text/html")))
    assert (capture.response, capture.custody, capture.content_type) == (PAGE, "operator", "text/html")


def test_a_cut_file_gives_what_is_whole_and_says_that_it_is_cut(file: Path) -> None:
    whole = b"".join(map(gzip.compress, pair(0)))
    torn = gzip.compress(pair(1)[0])
    for size in range(1, len(torn)):
        found = read(file, whole + torn[:size])
        assert [(one.url, one.response) for one in captures(found)][:1] == [("http://a.example/0", RESPONSE)]
        assert all(one.response == RESPONSE for one in captures(found))
        assert any("the file ends inside a gzip member at byte" in reason for reason in reasons(found)), size


def test_a_cut_plain_file_gives_what_is_whole_and_says_that_it_is_cut(file: Path) -> None:
    whole, torn = b"".join(pair(0)), pair(1)[0]
    for size in range(1, len(torn) - 4):
        found = read(file, whole + torn[:size])
        assert [capture.url for capture in captures(found)] == ["http://a.example/0"], size
        assert reasons(found) or not torn[:size].strip(), size


def test_after_a_broken_member_the_next_is_read(file: Path) -> None:
    first, second, third = (gzip.compress(pair(number)[0]) for number in range(3))
    broken = second[:40] + bytes(20) + second[60:]
    found = read(file, first + broken + third)
    assert [capture.url for capture in captures(found)] == ["http://a.example/0", "http://a.example/2"]
    assert ["broken gzip" in reason and f"at byte {len(first)}; went on at byte {len(first + broken)}" in reason
            for reason in reasons(found) if "gzip" in reason] == [True]  # fmt: skip


def test_what_is_no_exchange_is_named(file: Path) -> None:
    parts = [
        record("response", b"", 0, WARC_Target_URI="dns:a.example"),
        record("conversion", b"text", 1),
        record("revisit", b"", 2),
        record("request", REQUEST, 3),
        record("response", RESPONSE, 4, WARC_Date="yesterday"),
        record("response", RESPONSE, 5, WARC_Date=""),
        record("response", b"", 6),
        record("response", RESPONSE, 7, WARC_Target_URI=f"http://a.example/{70000 * 'a'}"),
    ]
    found = read(file, b"".join(parts))
    assert captures(found) == []
    assert sorted(f"{one.type}: {one.reason}" for one in found if isinstance(one, Skipped)) == [
        "conversion: a record without a response of its own",
        "request: a record without a response of its own",
        "response: a record whose header is cut",
        "response: a record without a valid WARC-Date",
        "response: an address too long to be kept",
        "response: an empty response",
        "response: not of the web",
        "revisit: an empty revisit",
    ]


@pytest.mark.parametrize("data", [b"<html>no archive</html>", b"\x1f\x8b\x08garbage", b"PK\x03\x04" * 99, bytes(1000)])
def test_a_file_of_something_else_is_said_to_be_none(file: Path, data: bytes) -> None:
    found = read(file, data)
    assert captures(found) == []
    assert reasons(found)


CHUNKED = chunked().response
BODIES = (CHUNKED.partition(b"\r\n\r\n")[2], split_response(CHUNKED, method="GET")[1])


def sha1(data: bytes) -> str:
    return f"sha1:{base64.b32encode(hashlib.sha1(data, usedforsecurity=False).digest()).decode()}"


@pytest.mark.parametrize(
    ("stated", "reason"),
    [
        ({"WARC_Block_Digest": sha1(CHUNKED)}, None),
        ({"WARC_Block_Digest": sha1(PAGE)}, "a record whose bytes do not have the WARC-Block-Digest that it states"),
        *(({"WARC_Payload_Digest": sha1(body)}, None) for body in BODIES),
        (
            {"WARC_Payload_Digest": sha1(PAGE)},
            "a response whose body does not have the WARC-Payload-Digest that it states",
        ),
        ({"WARC_Payload_Digest": sha1(PAGE), "WARC_Truncated": "length"}, None),
        ({"WARC_Block_Digest": "whirlpool:x", "WARC_Payload_Digest": "none"}, None),
    ],
)
def test_what_contradicts_its_own_digest_stays_in_the_original(
    stated: dict[str, str], reason: str | None, file: Path
) -> None:
    found = read(file, record("response", CHUNKED, 0, **stated))
    assert (reasons(found), len(captures(found))) == ([reason] if reason else [], int(not reason))


def test_an_empty_file_holds_nothing(file: Path) -> None:
    assert read(file, b"") == []


def test_a_missing_file_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(BrokenWarc, match=r"none\.warc: cannot be read: No such file or directory; name a WARC"):
        list(read_foreign(tmp_path / "none.warc"))


def test_an_arc_file_is_read(file: Path) -> None:
    head = b"filedesc://x.arc 0.0.0.0 20190501164600 text/plain 66\n1 0 test\nURL IP-address Archive-date Content-type Archive-length\n\n"
    body = b"http://a.example/ 192.0.2.7 20190501164600 text/html %d\n" % len(RESPONSE) + RESPONSE + b"\n"
    (capture,) = captures(read(file, head + b"\n" + body))
    assert (capture.url, capture.response) == ("http://a.example/", RESPONSE)
    assert capture.fetched_at == datetime(2019, 5, 1, 16, 46, tzinfo=UTC)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # warcio leaves its own draft open
def test_what_warcio_writes_is_read(file: Path) -> None:
    stream = io.BytesIO()
    writer = WARCWriter(stream, gzip=True)
    headers = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.0")
    made = writer.create_warc_record("http://a.example/", "response", payload=io.BytesIO(PAGE), http_headers=headers)
    writer.write_record(made)
    (capture,) = captures(read(file, stream.getvalue()))
    assert capture.response == b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n" + PAGE


def test_our_own_files_can_be_read_as_foreign_ones(tmp_path: Path) -> None:
    archive = Archive.open(tmp_path)
    with Store(archive) as store:
        for capture in samples():
            store.append(capture, site="wuxi")
    found = list(read_foreign(tmp_path / warc_files(archive)[0]))
    kept = [one for one in samples() if one.response or one.custody == "operator"]
    assert [one.response for one in captures(found)] == [one.response for one in kept]
    assert [one.request for one in captures(found)] == [one.request for one in kept]
    assert chunked().response in [one.response for one in captures(found)]
    assert page().response in [one.response for one in captures(found)]
