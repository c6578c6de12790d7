"""Captures that were written without their body, which is that of another capture, byte for byte (`revisit`)."""

from dataclasses import replace

from archive.warc.captures import IDENTICAL_PAYLOAD, payload_digest
from archive.warc.records import BrokenRecord, Record
from pipelines.framing import parse_head
from pipelines.records import Capture


def needs_body(primary: Record) -> bool:
    """Whether a capture was written without its body, which another one has."""
    return primary.get("WARC-Profile") == IDENTICAL_PAYLOAD


def give_body(capture: Capture, primary: Record, original: Capture) -> Capture:
    """The capture with the body of its original; raises BrokenRecord unless that is the one it refers to."""
    whole = replace(capture, response=capture.response + original.response[parse_head(original.response).size :])
    digest = payload_digest("response", whole.response, whole.method)
    is_it = f"<{original.record_id}>" == primary.get("WARC-Refers-To")
    if not is_it or digest != primary.get("WARC-Payload-Digest"):
        raise BrokenRecord("the record it refers to does not have its body")
    return whole
