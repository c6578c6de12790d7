"""What a checker brings from elsewhere, read from the files that options name."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeVar

import click
from cryptography import x509

from archive.log.checkpoint import Checkpoint
from archive.log.note import Note, NoteError, PublicKey, parse_keys
from archive.log.witness import to_witness
from archive.verify.log_state import Trust

Value = TypeVar("Value")


def read_trust(
    *, keys: Iterable[Path], checkpoints: Iterable[Path], roots: Iterable[Path], witnesses: Iterable[Path]
) -> Trust:
    """Keys of logs, checkpoints, roots of timestamp authorities, keys of witnesses; raises UsageError."""
    return Trust(
        keys=tuple(_each(keys, "keys", _read_keys)),
        checkpoints=tuple(_each(checkpoints, "a checkpoint", _read_checkpoint)),
        roots=tuple(_each(roots, "certificates", _read_certificates)),
        witnesses=tuple(map(to_witness, _each(witnesses, "keys of witnesses", _read_keys))),
    )


def _each(paths: Iterable[Path], what: str, read: Callable[[Path], Iterable[Value]]) -> Iterator[Value]:
    for path in paths:
        try:
            yield from read(path)
        except (NoteError, ValueError, OSError) as error:
            raise click.UsageError(f"{path}: does not hold {what}: {str(error).splitlines()[0]}") from None


def _read_keys(path: Path) -> Iterable[PublicKey]:
    return parse_keys(path.read_text("utf-8"))


def _read_checkpoint(path: Path) -> Iterable[Note]:
    note = Note.parse(path.read_bytes())
    Checkpoint.parse(note.text)
    return [note]


def _read_certificates(path: Path) -> Iterable[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(path.read_bytes())
    except ValueError:
        raise ValueError("it reads PEM, with BEGIN CERTIFICATE") from None
