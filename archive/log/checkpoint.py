"""What is signed: how many entries the log has and the root over them (c2sp.org/tlog-checkpoint).

Three lines: the name of the log, the number of entries, the root in base64. The archive's id is the log's name.
"""

import base64
import binascii
import re
from dataclasses import dataclass
from typing import Final, Self

from archive.log.merkle import HASH_SIZE
from archive.log.note import NoteError

_LINES: Final = 3
_SIZE: Final = re.compile(r"0|[1-9][0-9]{0,19}")
"""No log has more entries than 64 bits count."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A state of the log. `extensions` are further lines that others may have written."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The text of the note that is signed."""
        root = base64.b64encode(self.root).decode("ascii")
        return "".join(f"{line}\n" for line in (self.origin, self.size, root, *self.extensions))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the text of a note; raises NoteError."""
        lines = text.removesuffix("\n").split("\n")
        if text.count("\n") < _LINES or not all(lines):
            raise NoteError("not a checkpoint: it has fewer than three lines, or an empty one")
        size = parse_size(lines[1])
        try:
            root = base64.b64decode(lines[2], validate=True)
        except (binascii.Error, ValueError):
            root = b""
        if len(root) != HASH_SIZE:
            raise NoteError("not a checkpoint: its third line is no root hash")
        return cls(lines[0], size, root, tuple(lines[_LINES:]))

    @classmethod
    def peek(cls, text: str) -> Self:
        """Read it with or without signatures below, which are not checked; raises NoteError."""
        return cls.parse(text.partition("\n\n")[0].removesuffix("\n") + "\n")


def parse_size(text: str) -> int:
    """Read a number of entries; raises NoteError."""
    if not _SIZE.fullmatch(text) or int(text) >> 63:
        raise NoteError(f"not a checkpoint: {text[:20]!r} is no number of entries")
    return int(text)
