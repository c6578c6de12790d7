"""A capture as WARC records and back, field for field.

The first record of a capture is its primary one and carries the capture's id: `response`, `revisit` (a 304 whose
original is known, or a response with the body of an earlier one), `resource` (supplied by a person), or, when no
response came, `request`, or `metadata` when nothing was sent either. The last is always `metadata`; so a group that
ends without it was never whole. All share one WARC-Date, and the others are concurrent to the primary.
"""

import ipaddress
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from http import HTTPStatus
from typing import Any, Final

from archive.warc.metadata_block import read_metadata, write_metadata
from archive.warc.records import BrokenRecord, Fields, Record, make_record, sha256
from archive.warc.reference import ORIGINAL, Reference, write_original
from archive.warc.tombstone import FAILURE, is_tombstone
from archive.warc.uris import LONGEST_URI, is_too_long, to_uri
from pipelines.framing import parse_head, split_response
from pipelines.records import EXCHANGED, Capture, Failure, format_instant, new_record_id, parse_instant

IDENTICAL_PAYLOAD: Final = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
SERVER_NOT_MODIFIED: Final = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
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
_MEDIA_TYPE: Final = re.compile(r"[!#$&^_.+\-0-9A-Za-z]+/[!#$&^_.+\-0-9A-Za-z]+(;[\x20-\x7e]*)?")
_RECORD_ID: Final = re.compile(r"[a-z][a-z0-9+.-]*:[A-Za-z0-9\-._~:/?#@!$&'()*+,;=%]+")


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
    block = write_metadata(capture, is_url_exact=is_url_exact) + write_original(original)
    records.append(make_record((*fields, _FIELDS_TYPE), block))
    return tuple(records)


def from_records(records: Sequence[Record]) -> Capture:
    """The capture of one whole group; raises BrokenRecord."""
    primary = records[0]
    blocks = {record.type: record.block for record in records}
    if [record.type for record in records] not in _SHAPES:
        raise BrokenRecord("not the records of a capture")
    try:
        known = read_metadata(blocks["metadata"])
        known.pop(ORIGINAL, None)
        if is_tombstone(primary):
            known["failure"] = FAILURE
        return _build(primary, blocks, known)
    except (ValueError, KeyError, TypeError) as error:
        raise BrokenRecord(f"the metadata of a capture cannot be read: {error}") from None


def make_missing_last(records: Sequence[Record]) -> Record:
    """The last record of a capture whose writer was stopped before it; the other records tell what they can."""
    primary = records[0]
    blocks = {record.type: record.block for record in records}
    # Of a body that is left out because it came before, the field says just that.
    truncated = None if primary.get("WARC-Profile") == IDENTICAL_PAYLOAD else primary.get("WARC-Truncated")
    known: dict[str, Any] = {"truncated": truncated, "failure": UNFINISHED}
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
    block, truncated = capture.response, capture.truncated
    if kind == "revisit" and original:
        if original.place:
            block = block[: parse_head(block).size]
            truncated = "length" if len(block) < len(capture.response) else truncated  # §6.7.2
        fields += [
            ("WARC-Profile", IDENTICAL_PAYLOAD if original.place else SERVER_NOT_MODIFIED),
            ("WARC-Refers-To", f"<{original.record_id}>"),
            ("WARC-Refers-To-Target-URI", to_uri(original.url)),
            ("WARC-Refers-To-Date", format_instant(original.fetched_at)),
        ]
        digest = original.payload_digest
    else:
        digest = payload_digest(kind, capture.response, capture.method)
    if truncated:
        fields.append(("WARC-Truncated", truncated))
    if digest:
        fields.append(("WARC-Payload-Digest", digest))
    fields.append(("Content-Type", _block_type(capture, kind)))
    return make_record(tuple(fields), block)


def _block_type(capture: Capture, kind: str) -> str:
    if kind != "resource":
        return _RESPONSE
    claimed = capture.content_type or ""
    return claimed if _MEDIA_TYPE.fullmatch(claimed) else "application/octet-stream"


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
