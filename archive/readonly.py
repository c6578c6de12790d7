"""Archives that cannot be written: a copy on a read-only medium, or one that belongs to somebody else.

SQLite wants to put files beside a database in WAL mode even to read it; where it cannot, the database is opened as one
that nobody changes, which is so.
"""

import os
from pathlib import Path
from typing import Final

from archive.errors import CatalogError

FIND_VIEW: Final = "SELECT name FROM sqlite_master WHERE type = 'view' LIMIT 1"
"""Finds a view in a database. We make none, and one in the place of a table can make up its rows without end."""


def can_write(folder: Path) -> bool:
    """Whether this process may make files in a folder."""
    return os.access(folder, os.W_OK)


def has_unfinished(path: Path) -> bool:
    """Whether a process that was killed left writes of a database beside it."""
    wal = Path(f"{path}-wal")
    return wal.exists() and wal.stat().st_size > 0


def immutable_uri(path: Path) -> str:
    """A database as one that nobody changes; raises CatalogError where writes beside it would be overlooked."""
    if has_unfinished(path):
        raise CatalogError(
            f"{path}: has unfinished writes beside it and its folder cannot be written; copy the archive to where it can"
        )
    return f"{path.absolute().as_uri()}?immutable=1"
