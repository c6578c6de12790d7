"""RFC 3161: asking an authority to stamp a checkpoint, and checking what it said.

A reply holds when it is over these very bytes, when its authority's certificate chains to one that the checker trusts,
and when that certificate was valid at the time stamped.
"""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from rfc3161_client import (
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)
from rfc3161_client.base import HashAlgorithm

from archive.errors import TimestampError
from archive.log.der import sort_certificates

CLOCK: Final = timedelta(minutes=5)
"""By how much clocks may differ."""
AskAuthority = Callable[[bytes], bytes]
"""Posts a question to an authority and gives its reply, both DER; raises TimestampError."""


@dataclass(frozen=True, slots=True)
class Stamped:
    """What a reply says: when, and by whose certificate as it calls itself."""

    moment: datetime
    authority: str


def ask_for_timestamp(data: bytes, ask: AskAuthority) -> bytes:
    """The reply of an authority over `data`, with its certificate, to a question of a number of its own (the nonce).

    Raises TimestampError for a reply over other data or to another question (RFC 3161 §2.4.2).
    """
    request = TimestampRequestBuilder().data(data).hash_algorithm(HashAlgorithm.SHA256).nonce(nonce=True).build()
    reply = ask(request.as_bytes())
    check_reply(reply, data)
    if _decode(reply).tst_info.nonce != request.nonce:
        raise TimestampError("timestamp: answers another question; ask the authority again")
    return reply


def check_reply(reply: bytes, data: bytes) -> Stamped:
    """What an authority stamped; raises TimestampError unless it is over `data`. Trust is not asked here."""
    response = _decode(reply)
    digest = hashes.Hash(hashes.SHA256())
    digest.update(data)
    if response.tst_info.message_imprint.message != digest.finalize():
        raise TimestampError("timestamp: is over other data; ask the authority again")
    return Stamped(response.tst_info.gen_time.astimezone(UTC), _authority(response))


def verify_reply(reply: bytes, data: bytes, roots: Sequence[x509.Certificate]) -> Stamped:
    """What a trusted authority stamped.

    `roots` may hold certificates between a root and the authority, which its reply need not bring (RFC 3161 §2.4.1).
    Raises TimestampError for other data, a broken signature, an authority that
    chains to none of `roots`, and one whose certificate was not valid then.
    """
    stamped, reason = check_reply(reply, data), "no authority is trusted"
    response = _decode(reply)
    between = {one for one in roots if one.issuer != one.subject}
    for root in (one for one in roots if one not in between):
        builder = VerifierBuilder().add_root_certificate(root)
        for link in between:
            builder = builder.add_intermediate_certificate(link)
        try:
            if builder.build().verify_message(response, data):
                _require_valid(response, stamped.moment)
                return stamped
        except VerificationError as error:
            reason = str(error).splitlines()[0] if str(error) else "it does not verify"
            continue
    raise TimestampError(f"timestamp: {reason}; give its root and what stands between with --tsa-ca")


def _require_valid(response: TimeStampResponse, moment: datetime) -> None:
    for certificate in _certificates(response):
        if not certificate.not_valid_before_utc <= moment <= certificate.not_valid_after_utc:
            raise TimestampError("timestamp: the certificate of its authority was not valid then; ask another")


def _decode(reply: bytes) -> TimeStampResponse:
    try:
        response = decode_timestamp_response(sort_certificates(reply))
        response.tst_info.gen_time  # noqa: B018 (raises where the reply is a refusal)
    except ValueError:
        raise TimestampError("timestamp: the reply of the authority cannot be read; ask it again, or another") from None
    return response


def _authority(response: TimeStampResponse) -> str:
    certificates = _certificates(response)
    return certificates[0].subject.rfc4514_string() if certificates else "an authority that sent no certificate"


def _certificates(response: TimeStampResponse) -> list[x509.Certificate]:
    """That of whoever signed comes first; those above it may stand before it in the reply."""
    try:
        with warnings.catch_warnings():  # what is odd in a certificate is for its issuer to mend
            warnings.simplefilter("ignore")
            certificates = [x509.load_der_x509_certificate(data) for data in response.signed_data.certificates]
            for certificate in certificates:
                certificate.subject.rfc4514_string()
            signers = {(one.issuer, one.serial_number) for one in response.signed_data.signer_infos}
            certificates.sort(key=lambda one: (one.issuer, one.serial_number) not in signers)
    except (ValueError, KeyError, x509.InvalidVersion) as error:  # KeyError: names of a type that cryptography lacks
        raise TimestampError(f"timestamp: a certificate in it cannot be read: {str(error)[:80]}; ask again") from None
    return certificates
