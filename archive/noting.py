"""Noting in the log what was made of captures: an article is logged once it is catalogued."""

from collections.abc import Sequence

from archive.catalog.entries import Entry
from archive.log.deriving import Deriving
from archive.store import Store


class DerivedNotes:
    """The notes of one intake; they go through the journal of its store."""

    def __init__(self, store: Store, deriving: Deriving) -> None:
        self._store = store
        self._deriving = deriving

    def has(self, record_id: str, recipe: str, body: str) -> bool:
        """Whether the log has this text of a capture."""
        return self._store.journal.has_derived(record_id, recipe, body)

    def put(self, entries: Sequence[Entry]) -> None:
        """Log what was made of captures, soon. Raises ArchiveError."""
        for entry in self._deriving.entries(entries):
            self._store.journal.put(entry)

    def are_kept(self) -> bool:
        """Wait until all is logged; false where the disk is full. Raises ArchiveError."""
        self._store.journal.flush()
        return not self._store.journal.is_full
