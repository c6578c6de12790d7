"""Appending to the log: one process at a time, whole batches, safe under `kill -9` and a power cut.

The order on disk: `head`, of no entries; then, with every batch, entries and tiles, synced; `head`, which makes them
count; the index. Whatever a killed writer left beyond `head` is overwritten or removed by the next, what counts never
is. Nothing here needs a key: `seal` signs.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from archive.directory import Archive
from archive.disk import on_disk, replace_synced, sync_folder
from archive.errors import BrokenLog, StorageFull
from archive.locks import holding_log
from archive.log.checkpoint import Checkpoint
from archive.log.edge import Edge, partial_tiles
from archive.log.entries import CaptureEntry, DerivedEntry, Entry, FileEntry, encode_entry
from archive.log.index import PATH, LogIndex
from archive.log.merkle import EMPTY_ROOT
from archive.log.reader import CHECKPOINT, FOLDER, HEAD, LogReader, read_head
from archive.log.tiles import TILES, tile_path


class Log:
    """The log of an archive, open for writing; threads and processes may each have one."""

    def __init__(self, archive: Archive) -> None:
        """Raises StorageFull, BrokenLog."""
        self.archive = archive
        self.folder = archive.path / FOLDER
        with on_disk(self.folder):
            self.folder.mkdir(exist_ok=True)
        with holding_log(self.archive.path), on_disk(self.folder), _index_errors(archive.path):
            self._begin()
            self.index = LogIndex.open(archive.path)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of it."""
        self.index.close()

    def append(self, entries: Sequence[Entry]) -> list[int]:
        """Append entries in their order and give their indexes; on return they survive a power cut.

        What was found on the disk and is logged already is passed over, and so is a file already logged as closed.
        Raises StorageFull, BrokenLog.
        """
        with holding_log(self.archive.path), on_disk(self.folder), _index_errors(self.archive.path):
            head = self._read_head()
            self.index.follow(LogReader(self.folder, head))
            with self.index.reading():
                fresh = [entry for entry in entries if not self._is_logged(entry)]
                previous = self._find_previous(fresh, head.size)
            if fresh:
                root = self._write(
                    head, [encode_entry(entry, previous=before) for entry, before in zip(fresh, previous, strict=True)]
                )
                self.index.add(head.size, fresh, root=root)
        return list(range(head.size, head.size + len(fresh)))

    def has_derived(self, record_id: str, recipe: str, body: str) -> bool:
        """Whether it has this text of a capture, by this recipe and with this digest. Raises BrokenLog."""
        leaves = self.index.derived_of(record_id)
        reader = LogReader.open(self.archive.path)  # after the index, to which others add what they log
        logged = map(reader.entry, leaves)
        return any(isinstance(one, DerivedEntry) and (one.recipe, one.body) == (recipe, body) for one in logged)

    @contextmanager
    def standing(self) -> Iterator[Checkpoint]:
        """The head of the log while nobody else can append."""
        with holding_log(self.archive.path):
            yield self._read_head()

    def _read_head(self) -> Checkpoint:
        head = read_head(self.folder)
        if head.size and head.origin != self.archive.id:
            raise BrokenLog(f"{self.folder / HEAD}: is of another archive, {head.origin}; restore it from a copy")
        return Checkpoint(self.archive.id, head.size, head.root)

    def _begin(self) -> None:
        """A new log has a head before it has a tile: tiles without one would look like a head that was taken away."""
        if not (self.folder / HEAD).exists() and not (self.folder / TILES).exists():
            self._write_head(Checkpoint(self.archive.id, 0, EMPTY_ROOT))
            sync_folder(self.archive.path)

    def _write_head(self, head: Checkpoint) -> None:
        replace_synced(self.folder / HEAD, [head.text.encode()], draft=self.folder / f"{HEAD}.new")

    def _is_logged(self, entry: Entry) -> bool:
        if isinstance(entry, FileEntry):
            return self.index.file_leaf(entry.file) is not None
        if isinstance(entry, CaptureEntry) and entry.claim == "found":
            return self.index.has_capture(entry.file, entry.offset)
        return False

    def _find_previous(self, entries: Sequence[Entry], start: int) -> list[int | None]:
        """For each capture the entry before of its address."""
        newest: dict[str, int] = {}
        previous: list[int | None] = []
        for index, entry in enumerate(entries, start):
            if not isinstance(entry, CaptureEntry):
                previous.append(None)
                continue
            previous.append(newest[entry.uri] if entry.uri in newest else self.index.last_leaf(entry.uri))
            newest[entry.uri] = index
        return previous

    def _write(self, head: Checkpoint, entries: list[bytes]) -> bytes:
        """Gives the root of the tree then."""
        edge = Edge(self.folder, head)
        for entry in entries:
            edge.append(entry)
        edge.finish()
        root = edge.root()
        self._write_head(Checkpoint(head.origin, edge.size, root))
        self._remove_narrow(head.size, edge.size)
        return root

    def _remove_narrow(self, old: int, new: int) -> None:
        """Remove the partial tiles that wider ones have replaced, but for those that the last seal speaks of."""
        sealed = self._sealed_size()
        kept = {tile_path(*place) for size in (new, sealed) for place in partial_tiles(size)}
        for place in partial_tiles(old):
            if tile_path(*place) not in kept:
                (self.folder / tile_path(*place)).unlink(missing_ok=True)

    def _sealed_size(self) -> int:
        try:
            text = (self.folder / CHECKPOINT).read_text(encoding="utf-8")
            return Checkpoint.peek(text).size
        except (OSError, ValueError):
            return 0


@contextmanager
def _index_errors(archive: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        raise StorageFull(f"{archive / PATH}: {error}; make room on the disk and start again") from None
    except sqlite3.Error as error:
        raise BrokenLog(f"{archive / PATH}: {error}; remove it, it is made anew") from None
