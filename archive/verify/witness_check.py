"""The cosignatures beside a seal: of which witness, over this very checkpoint, and when."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from archive.bounded import read_file
from archive.log.note import Note, NoteError, PublicKey, Signature
from archive.log.reader import COSIGNATURES, SEALS, LogReader, Seal
from archive.log.witness import parse_cosignatures, when
from archive.verify.log_state import LogState, Trust
from archive.verify.stamp_check import check_clock


@dataclass(frozen=True, slots=True)
class Seen:
    """That a witness cosigned a checkpoint."""

    witness: PublicKey
    moment: datetime


def read_cosignature(text: str, line: Signature, witnesses: Sequence[PublicKey]) -> Seen | None:
    """What a line says over the text of a checkpoint; None for a witness that is not known. Raises NoteError."""
    known = next((key for key in witnesses if (key.name, key.id) == (line.name, line.key_id)), None)
    if known is None:
        return None
    Note(text, (line,)).signed_by([known])
    return Seen(known, when(line))


def strangers(note: Note, keys: Iterable[PublicKey]) -> Iterator[Signature]:
    """The lines under a note that none of these keys can have made: anybody can write one, in any name."""
    known = {(key.name, key.id) for key in keys}
    yield from (line for line in note.signatures if (line.name, line.key_id) not in known)


def check_cosignatures(log: LogReader, state: LogState, seal: Seal, trust: Trust) -> None:
    """Take in what the witnesses that the checker named saw; the rest are findings, and so is whoever else signed the seal."""
    for line in strangers(seal.note, state.chain.keys):
        state.findings.add("witness-unknown", place=f"log/{SEALS}/{seal.name}", actual=line.name)
    for path in log.beside(seal, COSIGNATURES):
        place = f"log/{SEALS}/{path.name}"
        try:
            lines = parse_cosignatures(read_file(path))
        except (NoteError, OSError) as error:
            state.findings.add("cosignature-invalid", place=place, actual=error)
            continue
        for line in lines:
            _check_line(state, seal, line, trust, place)


def _check_line(state: LogState, seal: Seal, line: Signature, trust: Trust, place: str) -> None:
    try:
        seen = read_cosignature(seal.checkpoint.text, line, trust.witnesses)
    except NoteError as error:
        state.findings.add("cosignature-invalid", place=place, actual=error)
        return
    if seen is None:
        state.findings.add("witness-unknown", place=place, actual=line.name)
        return
    size = seal.checkpoint.size
    state.cosigned[line.name] = max(size, state.cosigned.get(line.name, 0))
    state.date(size, seen.moment, line.name)
    check_clock(state, seal, seen.moment, place)


def check_missing(state: LogState, trust: Trust) -> None:
    """Witnesses that the checker named and that did not cosign what was sealed last."""
    for key in trust.witnesses:
        seen = state.cosigned.get(key.name, 0)
        if seen < state.sealed:
            state.findings.add(
                "witness-missing",
                place=f"log/{SEALS}",
                expected=f"{state.sealed} entries",
                actual=f"{seen} entries cosigned",
            )
