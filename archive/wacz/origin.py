"""Where a capture came from, as its own records say: the address that answered, and the certificate it showed.

The log has digests of these records, so they are what the archive kept then; that it was so is the archive's word.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from cryptography.x509 import load_der_x509_certificate

from archive.warc.captures import from_records
from archive.warc.records import BrokenRecord, Record
from pipelines.records import Tls


@dataclass(frozen=True, slots=True)
class Origin:
    """`peer` is address and port; `certificate` is that of the server, with version of TLS, digest and whether it held."""

    peer: str | None = None
    certificate: str | None = None


def read_origin(records: Iterable[Record]) -> Origin:
    """Of the records of one capture; nothing where they do not say."""
    try:
        capture = from_records(list(records))
    except BrokenRecord:
        return Origin()
    return Origin(capture.peer, _describe(capture.tls) if capture.tls and capture.tls.chain else None)


def _describe(tls: Tls) -> str:
    held = {True: "verified then", False: "not verified then", None: "not checked then"}[tls.verified]
    return f"{_subject(tls.chain[0])}, {tls.version}, {held}, sha256:{sha256(tls.chain[0]).hexdigest()}"


def _subject(der: bytes) -> str:
    try:
        return load_der_x509_certificate(der).subject.rfc4514_string()
    except ValueError:
        return "a certificate that cannot be read"
