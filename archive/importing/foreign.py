"""The exchanges in WARC and ARC files of others, tolerantly: what can be read is given, what cannot is named, never dropped."""

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final, cast, get_args

from archive.conformance.digests import is_digest_of
from archive.importing.records import ForeignRecord, Skipped, read_records
from archive.warc.uris import is_too_long
from pipelines.framing import split_response
from pipelines.records import Capture, Truncation, parse_instant

REVISIT: Final = "revisit"
NO_PAGE: Final = "not of the web"
"""Why what a program notes of its own work is no capture: answers of name servers, logs, screenshots."""
_RECEIVED: Final = frozenset({"response", "resource", REVISIT})


@dataclass(frozen=True, slots=True)
class Revisit:
    """An exchange of which the head alone was written, since its body is that of another (WARC/1.1 §6.7).

    `url` and `fetched_at` say where and when the other came, as far as the record says it: else at the same address.
    `payload_digest` is what is stated of the body, in whatever algorithm.
    """

    file: str
    capture: Capture
    url: str
    fetched_at: datetime | None
    payload_digest: str | None


Exchange = Capture | Revisit | Skipped


def read_foreign(path: str | os.PathLike[str]) -> Iterator[Exchange]:
    """Every exchange or resource of a foreign file, in its order, and in between what was skipped.

    Raises BrokenWarc when the file cannot be opened.
    """
    where = Path(path)
    group: list[ForeignRecord] = []
    for record in read_records(where):
        if isinstance(record, Skipped):
            yield record
        elif record.type == "warcinfo":
            continue
        elif any(record.belongs_to(other) for other in group):
            group.append(record)
        else:
            yield from _to_captures(where, group)
            group = [record]
    yield from _to_captures(where, group)


def _to_captures(path: Path, group: Iterable[ForeignRecord]) -> Iterator[Exchange]:
    request = next((record.block for record in group if record.type == "request"), b"")
    is_answered = not {record.type for record in group}.isdisjoint(_RECEIVED)
    for record in group:
        if record.type in _RECEIVED:
            reason = _why_not(record)
            yield Skipped(path.name, reason, record.type, record.url) if reason else _to_exchange(path, record, request)
        elif not (is_answered and record.type in {"request", "metadata"}):
            yield Skipped(path.name, "a record without a response of its own", record.type, record.url)


def _why_not(record: ForeignRecord) -> str | None:
    if not (record.url or "").lower().startswith(("http://", "https://")):
        return NO_PAGE
    if is_too_long(record.url or ""):
        return "an address too long to be kept"
    if record.type != "resource" and not record.block:
        return f"an empty {record.type}"
    try:
        parse_instant(record.fields["warc-date"])
    except ValueError:
        return "a record without a valid WARC-Date"
    if record.type == "response" and _is_another_payload(record):
        return "a response whose body does not have the WARC-Payload-Digest that it states"
    return None


def _is_another_payload(record: ForeignRecord) -> bool:
    """Some programs digest the body as it was sent, some without its chunks; one that was cut has the digest of the whole."""
    stated = record.fields.get("warc-payload-digest", "")
    if "warc-truncated" in record.fields or "warc-segment-number" in record.fields:
        return False
    bodies = (record.block.partition(b"\r\n\r\n")[2], split_response(record.block, method="GET")[1])
    return all(is_digest_of(stated, body) is False for body in bodies)


def _to_exchange(path: Path, record: ForeignRecord, request: bytes) -> Capture | Revisit:
    capture = _to_capture(record, request)
    if record.type != REVISIT:
        return capture
    fetched_at = None
    with suppress(KeyError, ValueError):
        fetched_at = parse_instant(record.fields["warc-refers-to-date"])
    url = record.fields.get("warc-refers-to-target-uri", capture.url).strip("<>")
    capture = replace(capture, truncated=None)  # wget means the body that it left out, which came whole
    return Revisit(path.name, capture, url, fetched_at, record.fields.get("warc-payload-digest"))


def _to_capture(record: ForeignRecord, request: bytes) -> Capture:
    truncated = record.fields.get("warc-truncated")
    capture = Capture(
        url=record.url or "",
        fetched_at=parse_instant(record.fields["warc-date"]),
        request=request,
        response=record.block,
        truncated=cast("Truncation", truncated) if truncated in get_args(Truncation) else None,
    )
    with suppress(UnicodeDecodeError):
        method = request.partition(b" ")[0].decode("ascii")
        capture = replace(capture, method=method) if method.isalpha() else capture
    if record.type == "resource":
        return replace(capture, custody="operator", content_type=record.fields.get("content-type"))
    return capture
