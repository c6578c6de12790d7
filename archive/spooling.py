"""What would fill the memory, on disk for a while: a database in a temporary folder."""

import sqlite3
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from archive.errors import StorageFull


class TemporaryDatabase:
    """A database that goes when it is closed; of it, `cache_mb` stay in memory. Raises StorageFull at its end."""

    def __init__(self, tables: str, *, cache_mb: int) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="lantian-spool-")
        path = Path(self._folder.name) / "spool.sqlite"
        self.connection = sqlite3.connect(path.as_uri(), isolation_level=None, uri=True)
        # Of this database alone: another is attached to be read, and must not be locked.
        for pragma in (
            "main.journal_mode = OFF",
            "main.synchronous = OFF",
            "main.locking_mode = EXCLUSIVE",
            f"main.cache_size = -{cache_mb << 10}",
        ):
            self.connection.execute(f"PRAGMA {pragma}")
        self.connection.executescript(tables)
        self.connection.execute("BEGIN")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.connection.close()
        self._folder.cleanup()
        if isinstance(error, sqlite3.OperationalError):
            hint = "make room there, or name another temporary folder with TMPDIR"
            raise StorageFull(f"{self._folder.name}: {error}; {hint}") from error
