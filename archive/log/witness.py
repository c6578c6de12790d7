"""Witnesses (c2sp.org/tlog-witness): they cosign a checkpoint when it continues the last one that they saw of a log.

A witness keeps the size and root of each log it knows. What is sent to it is the checkpoint and the proof that the log
only grew since then; what comes back are cosignatures, each with its time (c2sp.org/tlog-cosignature). Who rewrites
the log gets none from a witness that saw it before.
"""

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from archive.errors import WitnessError
from archive.log.checkpoint import parse_size
from archive.log.note import COSIGNATURE, Note, NoteError, PublicKey, Signature, cosigned_at, parse_signature
from archive.log.reader import LogReader, Seal

SIZE_TYPE: Final = "text/x.tlog.size"
_OK: Final = 200
_CONFLICT: Final = 409
_MEANINGS: Final = {
    400: "it could not read the request",
    403: "it does not know the key of this log, or its signature does not hold",
    404: "it does not know this log; have its keeper add the public key",
    422: "it was shown that this log does not continue the one it saw",
}
_LENGTH: Final = 8 + 64
"""Bytes of a time and an Ed25519 signature."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a witness answered: status, content type, and the first bytes of the body."""

    status: int
    content_type: str
    body: bytes


Ask = Callable[[bytes], Answer]
"""Posts a request to a witness; raises WitnessError."""


def ask_for_cosignatures(log: LogReader, seal: Seal, ask: Ask) -> tuple[Signature, ...]:
    """Have a witness cosign a seal; its first refusal tells what size it saw last. Raises WitnessError, BrokenLog."""
    size = seal.checkpoint.size
    answer = ask(make_request(seal.note, 0, ()))
    if answer.status == _CONFLICT and answer.content_type.partition(";")[0].strip() == SIZE_TYPE:
        seen = _parse_size(answer.body)
        if seen > size:
            raise WitnessError(f"it saw this log with {seen} entries, and here are {size}: something was taken away")
        if seen:
            answer = ask(make_request(seal.note, seen, log.consistency_proof(seen, size) if seen < size else ()))
    if answer.status == _CONFLICT:
        raise WitnessError(f"it saw another log of this name: not the one that has {size} entries here")
    if answer.status != _OK:
        raise WitnessError(f"it did not cosign: {_MEANINGS.get(answer.status, f'status {answer.status}')}")
    try:
        lines = parse_cosignatures(answer.body)
    except NoteError as error:
        raise WitnessError(f"its answer cannot be understood: {error}") from None
    if not lines:
        raise WitnessError("its answer holds no Ed25519 cosignature")
    return lines


def make_request(note: Note, old: int, proof: Sequence[bytes]) -> bytes:
    """The body of `add-checkpoint`: the size seen before, the proof from there, an empty line, the checkpoint."""
    hashes = "".join(f"{base64.b64encode(one).decode('ascii')}\n" for one in proof)
    return f"old {old}\n{hashes}\n{note}".encode()


def parse_cosignatures(body: bytes) -> tuple[Signature, ...]:
    """The lines of an answer that are Ed25519 cosignatures; others are passed over. Raises NoteError."""
    try:
        lines = body.decode("utf-8").splitlines()
    except UnicodeDecodeError:
        raise NoteError("cosignatures are not UTF-8") from None
    return tuple(filter(is_cosignature, map(parse_signature, lines)))


def is_cosignature(line: Signature) -> bool:
    """Whether a line under a note is of a witness, by its length; whoever signs the log says no time."""
    return len(line.data) == _LENGTH


def to_witness(key: PublicKey) -> PublicKey:
    """A key that was published as one for plain signatures, as the key of a witness."""
    return replace(key, kind=COSIGNATURE)


def when(line: Signature) -> datetime:
    """The moment at which a witness says that it cosigned; raises NoteError for one that no calendar has."""
    try:
        return datetime.fromtimestamp(cosigned_at(line), UTC)
    except (ValueError, OverflowError, OSError):
        raise NoteError(f"the time {cosigned_at(line)} of a cosignature cannot be") from None


def _parse_size(body: bytes) -> int:
    text = body.decode("ascii", "replace").removesuffix("\n")
    try:
        return parse_size(text)
    except NoteError:
        raise WitnessError("its answer does not say which size it saw") from None
