"""What of a primary record is not as it was logged: the log knows its header, its block and its payload apart."""

from collections.abc import Iterator, Mapping
from typing import Final

from archive.log.entries import CaptureEntry
from archive.warc.captures import payload_digest
from archive.warc.records import sha256, split_header

Difference = tuple[str, str | None, str | None]
"""The kind of a finding, what the log has, and what lies there."""
_END: Final = b"\r\n\r\n"
_DIGESTS: Final = ("WARC-Block-Digest", "WARC-Payload-Digest")


def compare(data: bytes, entry: CaptureEntry) -> Iterator[Difference]:
    """The differences between the plain bytes of a record and its entry; none where only the compression is another."""
    header = split_header(data)
    rest = data[len(header) :]
    if sha256(header) != entry.header:
        yield from _compare_header(header, len(rest) - len(_END), entry)
    block = rest[: -len(_END)]
    if sha256(block) == entry.block and rest.endswith(_END):
        return
    payloads = {payload_digest(entry.record_type, block, method) for method in ("GET", "HEAD")}
    is_payload = entry.payload and entry.payload not in payloads
    yield (
        "payload-altered" if is_payload else "block-altered",
        entry.payload if is_payload else entry.block,
        sha256(block),
    )


def _compare_header(header: bytes, length: int, entry: CaptureEntry) -> Iterator[Difference]:
    """By the fields that the log has; of the others it has a digest alone, and no more can be said."""
    fields = _fields(header)
    found = [
        (kind, said, fields.get(name))
        for kind, name, said in (
            ("date-altered", "WARC-Date", entry.date),
            ("uri-altered", "WARC-Target-URI", entry.uri),
            ("id-altered", "WARC-Record-ID", f"<{entry.record_id}>"),
            ("reference-altered", "WARC-Refers-To", f"<{entry.refers_to}>" if entry.refers_to else None),
        )
        if (fields.get(name) or None) != (said or None)
    ]
    if fields.get("Content-Length") != str(length):
        found.append(("length-altered", str(length), fields.get("Content-Length")))
    gone = [
        name for name, said in zip(_DIGESTS, (entry.block, entry.payload), strict=True) if said and name not in fields
    ]
    if gone:
        found.append(("digests-removed", ", ".join(gone), None))
    yield from found or [("header-altered", entry.header, sha256(header))]


def _fields(header: bytes) -> Mapping[str, str]:
    return dict(line.split(": ", 1) for line in header.decode("utf-8", "replace").split("\r\n") if ": " in line)
