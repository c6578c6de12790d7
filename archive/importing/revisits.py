"""The page that a revisit of another program refers to, found in the archive: by what that says of it, never by a guess.

The body of an identical payload is put back only where it has the digest that the revisit states.
"""

from dataclasses import dataclass, replace
from http import HTTPStatus

from archive.catalog.catalog import Catalog, Place
from archive.conformance.digests import is_digest_of
from archive.directory import Archive
from archive.errors import BrokenWarc
from archive.importing.foreign import Revisit
from archive.warc.readback import read_capture
from archive.warc.records import sha256
from pipelines.framing import parse_head, split_response
from pipelines.records import Capture, format_instant


@dataclass(frozen=True, slots=True)
class Resolved:
    """A revisit as the exchange it was, with its body, and the capture that it repeats or that a 304 speaks of."""

    capture: Capture
    original: Place


def is_not_modified(revisit: Revisit) -> bool:
    """Whether the server itself said that nothing had changed."""
    return parse_head(revisit.capture.response).status == HTTPStatus.NOT_MODIFIED


def resolve(archive: Archive, catalog: Catalog, revisit: Revisit) -> Resolved | None:
    """Find the capture that a revisit stands for; None where the archive has none that bears it out."""
    if is_not_modified(revisit):
        original = _find_unmodified(catalog, revisit)
        return Resolved(revisit.capture, original) if original else None
    for place in catalog.captures_until(revisit.url, revisit.fetched_at or revisit.capture.fetched_at):
        if whole := _give_body(archive, revisit, place):
            return Resolved(whole, place)
    return None


def _find_unmodified(catalog: Catalog, revisit: Revisit) -> Place | None:
    """By the moment that the revisit names, or by the validator that its request carried."""
    if revisit.fetched_at is None:
        return catalog.original_of(revisit.capture)
    moment = format_instant(revisit.fetched_at)
    found = catalog.captures_until(revisit.url, revisit.fetched_at)
    return next((one for one in found if one.fetched_at == moment), None)


def _give_body(archive: Archive, revisit: Revisit, place: Place) -> Capture | None:
    """The exchange with the body of this capture, if that is what the revisit says it is."""
    capture, stated = revisit.capture, revisit.payload_digest
    head = parse_head(capture.response)
    if not stated or not head.complete or head.size != len(capture.response):
        return None
    try:
        original = read_capture(archive, place.file, place.offset)
    except BrokenWarc:
        return None
    body = original.response[parse_head(original.response).size :]
    whole = replace(capture, response=capture.response + body)
    _, entity, problem = split_response(whole.response, method=whole.method)
    is_same = place.payload_digest == sha256(entity)
    is_stated = any(is_digest_of(stated, data) for data in (entity, body))
    return whole if problem is None and is_same and is_stated else None
