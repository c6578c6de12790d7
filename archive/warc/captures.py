"""A capture as WARC records and back, field for field.

The first record of a capture is its primary one and carries the capture's id: `response`, `revisit` (a 304 whose
original is known, or a response with the body of an earlier one), `resource` (supplied by a person), or, when no response came, `request`, or `metadata` when
nothing was sent either. The last is always `metadata`; so a group that ends without it was never whole. All share
one WARC-Date, and the others are concurrent to the primary.
"""

import ipaddress
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote

from archive.canonical import LARGEST_INTEGER
from archive.warc.metadata_block import read_metadata, write_metadata
from archive.warc.records import BrokenRecord, Fields, Record, make_record, sha256
from archive.warc.tombstone import FAILURE, is_tombstone
from pipelines.framing import parse_head, split_response
from pipelines.records import EXCHANGED, Capture, Failure, format_instant, new_record_id, parse_instant

IDENTICAL_PAYLOAD: Final = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
SERVER_NOT_MODIFIED: Final = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
_ORIGINAL: Final = "original"
_RESPONSE: Final = "application/http;msgtype=response"
_REQUEST: Final = "application/http;msgtype=request"
_FIELDS_TYPE: Final = ("Content-Type", "application/warc-fields")
_RECEIVED: Final = ("response", "revisit", "resource")
_SHAPES: Final = (
    *([kind, "request", "metadata"] for kind in _RECEIVED),
    *([kind, "metadata"] for kind in (*_RECEIVED, "request")),
    ["metadata"],
    ["metadata", "request", "metadata"],
    ["metadata", "metadata"],
)
MOST_RECORDS: Final = max(map(len, _SHAPES))
"""Records of one capture: whoever reads them holds them all."""
_SHARED: Final = {"WARC-Date", "WARC-Target-URI", "WARC-Warcinfo-ID", "WARC-IP-Address"}
UNFINISHED: Final = Failure("unfinished", "the writer was stopped before it had written all of this capture")
"""The failure of a capture whose last record was never written; its other records are whole."""
# RFC 3986 §2, and the brackets, bars and braces that are common in real queries.
_URI: Final = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%|{}]+")
_URI_SAFE: Final = "-._~:/?#[]@!$&'()*+,;=%|{}"
LONGEST_URI: Final = 60 * 1024
"""Bytes of a WARC-Target-URI; the entry of the log that names it has room for 64 KiB."""
_FILE: Final = re.compile(r"warc(/[^/.][^/]*){3}")
_MEDIA_TYPE: Final = re.compile(r"[!#$&^_.+\-0-9A-Za-z]+/[!#$&^_.+\-0-9A-Za-z]+(;[\x20-\x7e]*)?")
_RECORD_ID: Final = re.compile(r"[a-z][a-z0-9+.-]*:[A-Za-z0-9\-._~:/?#@!$&'()*+,;=%]+")


@dataclass(frozen=True, slots=True)
class Reference:
    """The capture that a 304 says is still what the server has, or whose body came again.

    In the latter case `place` says where it stands: file and offset.
    """

    record_id: str
    url: str
    fetched_at: datetime
    payload_digest: str | None = None
    place: tuple[str, int] | None = None


def to_records(capture: Capture, *, warcinfo_id: str, original: Reference | None = None) -> tuple[Record, ...]:
    """The records of a capture in the order they are written; raises ValueError for a value no record can hold."""
    if not _RECORD_ID.fullmatch(capture.record_id):
        raise ValueError(f"{capture.record_id!r} is not a URI; use new_record_id()")
    if not capture.url:
        raise ValueError("a capture without url cannot be kept")
    if is_too_long(capture.url):
        raise ValueError(f"the url has {len(capture.url)} characters; up to {LONGEST_URI} can be kept")
    shared = _shared_fields(capture, warcinfo_id)
    kind = _primary_type(capture, original)
    records: list[Record] = []
    if kind in _RECEIVED:
        records.append(_received(capture, kind, shared, original))
    if capture.request:
        fields = (*_head("request", capture, is_primary=kind == "request"), *shared, ("Content-Type", _REQUEST))
        records.append(make_record(fields, capture.request))
    fields = (*_head("metadata", capture, is_primary=kind == "metadata"), *shared)
    is_url_exact = to_uri(capture.url) == capture.url
    block = write_metadata(capture, is_url_exact=is_url_exact) + _write_original(original)
    records.append(make_record((*fields, _FIELDS_TYPE), block))
    return tuple(records)


def is_too_long(url: str) -> bool:
    """Whether no capture of an address can be kept."""
    return len(to_uri(url)) > LONGEST_URI


def from_records(records: Sequence[Record]) -> Capture:
    """The capture of one whole group; raises BrokenRecord."""
    primary = records[0]
    blocks = {record.type: record.block for record in records}
    if [record.type for record in records] not in _SHAPES:
        raise BrokenRecord("not the records of a capture")
    try:
        known = read_metadata(blocks["metadata"])
        known.pop(_ORIGINAL, None)
        if is_tombstone(primary):
            known["failure"] = FAILURE
        return _build(primary, blocks, known)
    except (ValueError, KeyError, TypeError) as error:
        raise BrokenRecord(f"the metadata of a capture cannot be read: {error}") from None


def read_original(metadata: bytes) -> tuple[str, int] | None:
    """Where the body of a revisit stands, file and offset, from its metadata record; None where that does not say.

    Raises BrokenRecord for what is no place in an archive.
    """
    try:
        file, offset = read_metadata(metadata).get(_ORIGINAL) or ("", 0)
        is_place = bool(_FILE.fullmatch(file)) and isinstance(offset, int) and 0 <= offset <= LARGEST_INTEGER
    except (ValueError, KeyError, TypeError) as error:
        raise BrokenRecord(f"it does not say where its body stands: {error}") from None
    if file and not is_place:
        raise BrokenRecord(f"where its body stands is no place in an archive: {file!r:.80} {offset!r:.20}")
    return (file, offset) if file else None


def _write_original(original: Reference | None) -> bytes:
    return f"{_ORIGINAL}: {json.dumps(original.place)}\r\n".encode() if original and original.place else b""


def make_missing_last(records: Sequence[Record]) -> Record:
    """The last record of a capture whose writer was stopped before it; the other records tell what they can."""
    primary = records[0]
    blocks = {record.type: record.block for record in records}
    known: dict[str, Any] = {"truncated": primary.get("WARC-Truncated"), "failure": UNFINISHED}
    if primary.type == "resource":
        known |= {"custody": "operator", "content_type": primary.get("Content-Type")}
    if method := re.match(rb"[A-Z]+(?= )", blocks.get("request", b"")):
        known["method"] = method[0].decode("ascii")
    capture = _build(primary, blocks, known)
    own = (("WARC-Type", "metadata"), ("WARC-Record-ID", f"<{new_record_id()}>"))
    shared = tuple((name, value) for name, value in primary.fields if name in _SHARED)
    concurrent = ("WARC-Concurrent-To", f"<{primary.id}>")
    return make_record((*own, concurrent, *shared, _FIELDS_TYPE), write_metadata(capture, is_url_exact=True))


def is_primary(record: Record) -> bool:
    """Whether a record begins a capture."""
    return record.get("WARC-Concurrent-To") is None


def payload_digest(kind: str, block: bytes, method: str) -> str | None:
    """The digest of the payload as WARC/1.1 §5.9 means it: of a response the entity, de-chunked, still content-encoded.

    None for the kinds of record whose payload is not in the block.
    """
    if kind == "resource":
        return sha256(block)
    return sha256(split_response(block, method=method)[1]) if kind == "response" else None


def _primary_type(capture: Capture, original: Reference | None) -> str:
    if capture.custody not in EXCHANGED:
        return "resource"
    if capture.response:
        is_revisit = original and (original.place or parse_head(capture.response).status == HTTPStatus.NOT_MODIFIED)
        return "revisit" if is_revisit else "response"
    return "request" if capture.request else "metadata"


def _head(kind: str, capture: Capture, *, is_primary: bool) -> Fields:
    if is_primary:
        return (("WARC-Type", kind), ("WARC-Record-ID", f"<{capture.record_id}>"))
    own_id = ("WARC-Record-ID", f"<{new_record_id()}>")
    return (("WARC-Type", kind), own_id, ("WARC-Concurrent-To", f"<{capture.record_id}>"))


def _shared_fields(capture: Capture, warcinfo_id: str) -> Fields:
    fields = [
        ("WARC-Date", format_instant(capture.fetched_at)),
        ("WARC-Target-URI", to_uri(capture.url)),
        ("WARC-Warcinfo-ID", f"<{warcinfo_id}>"),
    ]
    address = _address(capture.peer)
    return (*fields, ("WARC-IP-Address", address)) if address else tuple(fields)


def _received(capture: Capture, kind: str, shared: Fields, original: Reference | None) -> Record:
    fields = [*_head(kind, capture, is_primary=True), *shared]
    block = capture.response
    if kind == "revisit" and original:
        if original.place:
            block = block[: parse_head(block).size]
        fields += [
            ("WARC-Profile", IDENTICAL_PAYLOAD if original.place else SERVER_NOT_MODIFIED),
            ("WARC-Refers-To", f"<{original.record_id}>"),
            ("WARC-Refers-To-Target-URI", to_uri(original.url)),
            ("WARC-Refers-To-Date", format_instant(original.fetched_at)),
        ]
        digest = original.payload_digest
    else:
        digest = payload_digest(kind, capture.response, capture.method)
    if capture.truncated:
        fields.append(("WARC-Truncated", capture.truncated))
    if digest:
        fields.append(("WARC-Payload-Digest", digest))
    fields.append(("Content-Type", _block_type(capture, kind)))
    return make_record(tuple(fields), block)


def _block_type(capture: Capture, kind: str) -> str:
    if kind != "resource":
        return _RESPONSE
    claimed = capture.content_type or ""
    return claimed if _MEDIA_TYPE.fullmatch(claimed) else "application/octet-stream"


def to_uri(url: str) -> str:
    """An address as WARC-Target-URI can have it: what no URI holds is escaped."""
    return url if _URI.fullmatch(url) else quote(url, safe=_URI_SAFE, errors="surrogatepass")


@lru_cache(maxsize=1024)
def _address(peer: str | None) -> str | None:
    host = (peer or "").rpartition(":")[0].strip("[]").partition("%")[0]
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        return None


def _build(primary: Record, blocks: Mapping[str, bytes], known: Mapping[str, Any]) -> Capture:
    response = next((blocks[kind] for kind in _RECEIVED if kind in blocks), b"")
    fields: dict[str, Any] = {
        "url": primary.get("WARC-Target-URI") or "",
        "fetched_at": parse_instant(primary.get("WARC-Date") or ""),
        "request": blocks.get("request", b""),
        "response": response,
        "record_id": primary.id,
    }
    return Capture(**(fields | dict(known)))
