"""Payloads that came before: a response with the very body of an earlier one is kept as a revisit of it (WARC/1.1 §6.7.2).

Only its head is written. The body is put back when the capture is read, so that everything behind the store sees the
exchange as it was on the wire. For that the original is read and compared when the capture comes: body and framing
must be the same to the byte.
"""

from collections import OrderedDict
from typing import Final

from archive.catalog.catalog import Catalog, Place
from archive.directory import Archive
from archive.errors import BrokenWarc
from archive.warc.readback import Stored, read_capture, read_primary
from archive.warc.records import BrokenRecord, sha256
from archive.warc.reference import Reference, read_original
from pipelines.framing import parse_head, split_response
from pipelines.records import Capture, format_instant

_RECENT: Final = 4096
"""Captures that the catalog may not have yet."""


class Twins:
    """Finds the earlier capture whose body a response repeats. Threads take turns."""

    def __init__(self, archive: Archive, catalog: Catalog) -> None:
        self._archive = archive
        self._catalog = catalog
        self._recent: OrderedDict[str, Place] = OrderedDict()

    def find(self, capture: Capture) -> Reference | None:
        """The capture to refer to; None where the body is new, or not known to be whole."""
        entity = _whole_entity(capture)
        digest = sha256(entity) if entity else None
        place = (self._recent.get(digest) or self._catalog.place_of_payload(digest)) if digest else None
        return self.refer(capture, place) if place else None

    def refer(self, capture: Capture, place: Place) -> Reference | None:
        """The capture at a place, or the one that it refers to itself; None where its body is another after all."""
        try:
            return self._compare(capture, place)
        except (BrokenWarc, BrokenRecord):
            return None

    def remember(self, capture: Capture, stored: Stored) -> None:
        """Know a capture before the catalog does."""
        digest = stored.payload_digest
        if stored.record_type != "response" or digest is None or digest in self._recent or not _whole_entity(capture):
            return
        self._recent[digest] = Place(
            stored.record_id, stored.file, stored.offset, capture.url, format_instant(capture.fetched_at), digest
        )
        if len(self._recent) > _RECENT:
            self._recent.popitem(last=False)

    def _compare(self, capture: Capture, place: Place) -> Reference | None:
        """Read the original; where that refers to another itself, the other is it."""
        primary, metadata = read_primary(self._archive, place.file, place.offset)
        if primary.type == "revisit":
            chained = read_original(metadata)
            if chained is None:
                return None
            place = Place("", *chained, "", "", None)
            primary, _ = read_primary(self._archive, place.file, place.offset)
        if primary.type != "response":
            return None
        original = read_capture(self._archive, place.file, place.offset)
        if _framed_body(original) != _framed_body(capture):
            return None
        digest = primary.get("WARC-Payload-Digest")
        return Reference(primary.id, original.url, original.fetched_at, digest, (place.file, place.offset))


def _whole_entity(capture: Capture) -> bytes:
    """The body of a response that came whole; empty where there is none."""
    if capture.custody != "wire" or capture.failure or capture.truncated or capture.method != "GET":
        return b""
    _, entity, problem = split_response(capture.response)
    return entity if problem is None else b""


def _framed_body(capture: Capture) -> bytes:
    return capture.response[parse_head(capture.response).size :]
