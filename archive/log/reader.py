"""Reading the log: entries, roots, proofs and the checkpoints that were signed. It writes nothing and trusts nothing.

`head` is what the archive itself says of its log; only a signed checkpoint, best one kept elsewhere, binds anybody.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from archive.bounded import read_file
from archive.errors import BrokenLog
from archive.log.checkpoint import Checkpoint
from archive.log.entries import Entry, decode_entry
from archive.log.merkle import EMPTY_ROOT, consistency_proof, inclusion_proof, range_hash
from archive.log.note import Note, NoteError, PublicKey, parse_keys, parse_signature
from archive.log.tiles import TILES, BrokenTile, Tiles

FOLDER: Final = "log"
HEAD: Final = "head"
CHECKPOINT: Final = "checkpoint"
SEALS: Final = "seals"
KEYS: Final = "keys"
REPLIES: Final = ".tsr"
COSIGNATURES: Final = ".cosig"
_HINT: Final = "restore the log from a copy; `lantian verify` says what is wrong with it"


@dataclass(frozen=True, slots=True)
class Seal:
    """A checkpoint that was signed. `name` is its file below `log/seals`; what others say of it lies beside."""

    name: str
    note: Note
    checkpoint: Checkpoint


class LogReader:
    """The log of an archive as it is now."""

    def __init__(self, folder: Path, head: Checkpoint) -> None:
        self.folder = folder
        self.head = head
        self.tiles = Tiles(folder, head.size)

    @classmethod
    def open(cls, archive: Path) -> Self:
        """The log below an archive directory; one without a log has an empty one. Raises BrokenLog."""
        folder = archive / FOLDER
        return cls(folder, read_head(folder))

    @property
    def size(self) -> int:
        """How many entries there are."""
        return self.head.size

    def data(self, index: int) -> bytes:
        """The bytes of an entry, whose leaf hash is in the tree; raises BrokenLog, IndexError."""
        try:
            return self.tiles.entry(index)
        except (BrokenTile, OSError) as error:
            raise BrokenLog(f"{self.folder}: entry {index}: {error}; {_HINT}") from None

    def entry(self, index: int) -> Entry:
        """An entry; raises BrokenLog, IndexError."""
        try:
            return decode_entry(self.data(index))
        except ValueError as error:
            raise BrokenLog(f"{self.folder}: entry {index}: {str(error).splitlines()[0]}; {_HINT}") from None

    def entries(self, start: int = 0) -> Iterator[tuple[int, bytes]]:
        """Every entry from `start` on, with its index, as bytes; raises BrokenLog."""
        try:
            yield from self.tiles.entries(start)
        except (BrokenTile, OSError) as error:
            raise BrokenLog(f"{self.folder}: {error}; {_HINT}") from None

    def root(self, size: int | None = None) -> bytes:
        """The root of the first `size` entries by the tiles; raises BrokenLog."""
        size = self.size if size is None else size
        if size > self.size:
            raise BrokenLog(f"{self.folder}: has {self.size} entries, not {size}; {_HINT}")
        try:
            return range_hash(self.tiles.subtree, 0, size) if size else EMPTY_ROOT
        except (BrokenTile, OSError) as error:
            raise BrokenLog(f"{self.folder}: {error}; {_HINT}") from None

    def inclusion_proof(self, index: int, size: int | None = None) -> list[bytes]:
        """The proof that an entry is in the tree of `size` entries; raises BrokenLog, ValueError."""
        try:
            return inclusion_proof(self.tiles.subtree, index, self.size if size is None else size)
        except (BrokenTile, OSError) as error:
            raise BrokenLog(f"{self.folder}: {error}; {_HINT}") from None

    def consistency_proof(self, first: int, second: int | None = None) -> list[bytes]:
        """The proof that the tree of `second` entries continues that of `first`; raises BrokenLog, ValueError."""
        try:
            return consistency_proof(self.tiles.subtree, first, self.size if second is None else second)
        except (BrokenTile, OSError) as error:
            raise BrokenLog(f"{self.folder}: {error}; {_HINT}") from None

    def seals(self) -> list[Seal]:
        """Every checkpoint that was signed, the oldest first; raises BrokenLog for a file that is none."""
        folder = self.folder / SEALS
        return sorted(
            (read_seal(path) for path in seal_paths(folder)), key=lambda seal: (seal.checkpoint.size, seal.name)
        )

    def beside(self, seal: Seal, suffix: str) -> list[Path]:
        """The files beside a seal with what others say of it: timestamps or cosignatures."""
        return sorted((self.folder / SEALS).glob(f"{seal.name}.*{suffix}"))

    def cosigned(self, seal: Seal) -> Note:
        """The note of a seal with the lines of its witnesses under it; what is no line is left out."""
        note = seal.note
        for path in self.beside(seal, COSIGNATURES):
            try:
                lines = map(parse_signature, read_file(path).decode().splitlines())
                note = Note(note.text, tuple(dict.fromkeys((*note.signatures, *lines))))
            except (NoteError, OSError, UnicodeDecodeError):
                continue
        return note

    def keys(self) -> list[PublicKey]:
        """The public keys that lie with the log, the oldest first; raises BrokenLog."""
        path = self.folder / KEYS
        try:
            return list(parse_keys(read_file(path).decode())) if path.exists() else []
        except (NoteError, OSError, UnicodeDecodeError) as error:
            raise BrokenLog(f"{path}: {error}; {_HINT}") from None


def read_head(folder: Path) -> Checkpoint:
    """How many entries a log has, by its own word; raises BrokenLog."""
    path = folder / HEAD
    has_tiles = (folder / TILES).exists()  # asked first: whoever begins a log writes the head before them
    if not path.exists():
        if has_tiles:
            raise BrokenLog(f"{path}: is missing, and there are tiles; {_HINT}")
        return Checkpoint("", 0, EMPTY_ROOT)
    try:
        return Checkpoint.parse(read_file(path).decode())
    except (NoteError, OSError, UnicodeDecodeError) as error:
        raise BrokenLog(f"{path}: {error}; {_HINT}") from None


def seal_paths(folder: Path) -> list[Path]:
    """The files of seals: without what lies beside them, by us or by another system."""
    paths = sorted(folder.iterdir()) if folder.is_dir() else []
    return [path for path in paths if path.suffix == "" and not path.name.startswith(".")]


def read_seal(path: Path) -> Seal:
    """A signed checkpoint in a file; raises BrokenLog. Its signatures are not checked here."""
    try:
        note = Note.parse(read_file(path))
        return Seal(path.name, note, Checkpoint.parse(note.text))
    except (NoteError, OSError) as error:
        raise BrokenLog(f"{path}: {error}; {_HINT}") from None
