"""Who may touch the catalog when: writers share it, rebuilding has it alone. The kernel frees locks of the dead."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from archive.directory import Archive
from archive.disk import on_disk
from archive.errors import CatalogError

_NAME = "catalog.lock"


@contextmanager
def sharing_catalog(archive: Archive) -> Iterator[None]:
    """Write to the catalog beside others; raises CatalogError while it is being rebuilt."""
    with _locked(archive, fcntl.LOCK_SH, "the catalog is being rebuilt; start again when that is done"):
        yield


@contextmanager
def owning_catalog(archive: Archive) -> Iterator[None]:
    """Have the catalog alone, to rebuild it; raises CatalogError while another process writes to it."""
    with _locked(archive, fcntl.LOCK_EX, "a crawl, an ingestion or a replay is writing; start again when it is done"):
        yield


@contextmanager
def _locked(archive: Archive, mode: int, busy: str) -> Iterator[None]:
    path = archive.path / _NAME
    with on_disk(path):
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(handle, mode | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CatalogError(f"{archive.catalog_path}: {busy}") from None
        yield
    finally:
        os.close(handle)
