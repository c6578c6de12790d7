"""Signed notes (c2sp.org/signed-note): a text that stands as it is, and under it a line for each who signed it.

    <text>
    <empty line>
    — <name> <base64 of key id and signature>

Ed25519 is signature type 1; a witness's cosignature (c2sp.org/tlog-cosignature, type 4) also says when it was made.
"""

import base64
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519: Final = 1
COSIGNATURE: Final = 4
_KEY_ID: Final = 4
_TIME: Final = 8
_MARK: Final = "— "
_NAME: Final = re.compile(r"[^\s+]+")
_MOST_SIGNATURES: Final = 100
"""As golang.org/x/mod/sumdb/note; the specification wants 16 to be read, and a limit."""


class NoteError(ValueError):
    """A note or a key that cannot be understood, in one line."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """Who may sign: a name without blanks and plus signs, the kind of signature, and 32 bytes."""

    name: str
    data: bytes
    kind: int = ED25519

    @property
    def id(self) -> bytes:
        """The first four bytes of SHA-256 over name, newline, kind and key (signed-note, "Signatures")."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.data).digest()[:_KEY_ID]

    def __str__(self) -> str:
        """As a verifier key: `<name>+<id in hex>+<base64 of kind and key>`."""
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(bytes([self.kind]) + self.data).decode('ascii')}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a verifier key; raises NoteError."""
        name, _, rest = text.strip().partition("+")
        identity, _, encoded = rest.partition("+")
        try:
            data = base64.b64decode(encoded, validate=True)
        except ValueError:
            data = b""
        if not _NAME.fullmatch(name) or len(data) != 33 or data[0] not in {ED25519, COSIGNATURE}:  # noqa: PLR2004
            raise NoteError("not a verifier key; it reads <name>+<id>+<base64>")
        key = cls(name, data[1:], data[0])
        if key.id.hex() != identity:
            raise NoteError(f"the key of {name} does not have the id {identity}")
        return key

    def verifies(self, text: str, signature: bytes) -> bool:
        """Whether a signature (without the key id) is of this key over this text."""
        message = text.encode()
        if self.kind == COSIGNATURE:
            message = _cosigned(text, signature[:_TIME])
            signature = signature[_TIME:]
        try:
            Ed25519PublicKey.from_public_bytes(self.data).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class Signature:
    """One line under a note; `data` is what follows the key id."""

    name: str
    key_id: bytes
    data: bytes

    def __str__(self) -> str:
        """The line."""
        return f"{_MARK}{self.name} {base64.b64encode(self.key_id + self.data).decode('ascii')}"


@dataclass(frozen=True, slots=True)
class Note:
    """A text, which ends with a newline, and the signatures under it."""

    text: str
    signatures: tuple[Signature, ...] = ()

    def __str__(self) -> str:
        """The note as it is kept and sent."""
        return self.text + "\n" + "".join(f"{signature}\n" for signature in self.signatures)

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read a note; raises NoteError. Signatures that no known key made are kept, not checked."""
        try:
            whole = data.decode("utf-8")
        except UnicodeDecodeError:
            raise NoteError("the note is not UTF-8") from None
        if any(ord(letter) < 32 and letter != "\n" for letter in whole):  # noqa: PLR2004
            raise NoteError("the note holds control characters")
        text, separator, lines = whole.rpartition("\n\n")
        if not separator or not lines.endswith("\n"):
            raise NoteError("the note has no signatures")
        if lines.count("\n") > _MOST_SIGNATURES:
            raise NoteError(f"the note has more than {_MOST_SIGNATURES} signatures")
        return cls(text + "\n", tuple(map(parse_signature, lines[:-1].split("\n"))))

    def signed_by(self, keys: Iterable[PublicKey]) -> list[PublicKey]:
        """The keys that did sign; raises NoteError for a signature in the name and id of a key that is not its."""
        found: list[PublicKey] = []
        for key in keys:
            for line in self.signatures:
                if line.name == key.name and line.key_id == key.id:
                    if not key.verifies(self.text, line.data):
                        raise NoteError(f"the signature of {key.name} does not match the note")
                    found.append(key)
                    break
        return found

    def with_signature(self, signature: Signature) -> "Note":
        """The same note with one more signature."""
        return Note(self.text, (*self.signatures, signature))


def sign(text: str, name: str, key: Ed25519PrivateKey) -> Signature:
    """Sign a text that ends with a newline."""
    public = public_key(name, key)
    return Signature(name, public.id, key.sign(text.encode()))


def cosign(text: str, name: str, key: Ed25519PrivateKey, *, seconds: int) -> Signature:
    """Sign as a witness does, at a time in seconds since 1970 (c2sp.org/tlog-cosignature)."""
    public = public_key(name, key, kind=COSIGNATURE)
    time = seconds.to_bytes(_TIME, "big")
    return Signature(name, public.id, time + key.sign(_cosigned(text, time)))


def cosigned_at(signature: Signature) -> int:
    """When a witness says it signed, in seconds since 1970."""
    return int.from_bytes(signature.data[:_TIME], "big")


def public_key(name: str, key: Ed25519PrivateKey, *, kind: int = ED25519) -> PublicKey:
    """The half of a key that others check signatures with."""
    return PublicKey(name, key.public_key().public_bytes_raw(), kind)


def _cosigned(text: str, time: bytes) -> bytes:
    return f"cosignature/v1\ntime {int.from_bytes(time, 'big')}\n{text}".encode()


def parse_signature(line: str) -> Signature:
    """Read a line under a note; raises NoteError."""
    name, _, encoded = line.removeprefix(_MARK).partition(" ")
    try:
        data = base64.b64decode(encoded, validate=True)
    except ValueError:
        data = b""
    if not line.startswith(_MARK) or not _NAME.fullmatch(name) or len(data) <= _KEY_ID:
        raise NoteError(f"not a signature: {line[:60]!r}")
    return Signature(name, data[:_KEY_ID], data[_KEY_ID:])


def parse_keys(text: str) -> Sequence[PublicKey]:
    """The verifier keys of a file, one a line; empty lines and those that begin with # are passed over."""
    lines = (line.strip() for line in text.splitlines())
    return [PublicKey.parse(line) for line in lines if line and not line.startswith("#")]
