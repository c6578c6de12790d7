"""Who may touch what when: writers share the catalog, rebuilding has it alone; one at a time appends to the log, or signs.

The kernel frees locks of the dead.

A host is asked by one process at a time: a crawl holds the hosts of its site.
"""

import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from archive.directory import Archive
from archive.disk import on_disk
from archive.errors import CatalogError, HostBusy

_NAME = "catalog.lock"
_HOSTS = "locks"
_ALARMS = "alarms.lock"
_KEY = "key.lock"
_LOG = "log"


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
def holding_hosts(archive: Archive, hosts: Iterable[str]) -> Iterator[None]:
    """Be the only one who asks these hosts; raises HostBusy while another process does."""
    folder = archive.path / _HOSTS
    with on_disk(folder), ExitStack() as held:
        folder.mkdir(exist_ok=True)
        # In one order, so that two who want the same hosts cannot each hold half of them.
        for host in sorted({host.lower() for host in hosts}):
            handle = os.open(folder / f"{host.replace('/', '_')}.lock", os.O_RDWR | os.O_CREAT, 0o644)
            held.callback(os.close, handle)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise HostBusy(f"{host}: another lantian process is crawling it; wait until it is done") from None
        yield


@contextmanager
def holding_alarms(folder: Path) -> Iterator[None]:
    """Be the only one who tells of the alarms of the archive in `folder`; waits for the others."""
    with _waiting(folder / _ALARMS):
        yield


@contextmanager
def holding_key(folder: Path) -> Iterator[None]:
    """Be the only one who signs for the archive in `folder` or takes a new key; waits for the others."""
    with _waiting(folder / _KEY):
        yield


@contextmanager
def holding_log(folder: Path) -> Iterator[None]:
    """Be the only one who may append to the log of the archive in `folder`, if it has one; waits for the others.

    Under it no WARC file gets its final name either, so that a copy taken by whoever holds it has each file once.
    """
    if (folder / _LOG).is_dir():
        with _waiting(folder / _LOG / "lock"):
            yield
    else:
        yield


@contextmanager
def _waiting(path: Path) -> Iterator[None]:
    with on_disk(path):
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


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
