"""A worker tells the catalog of the fleet what its own catalog says, soon after; what it could not tell it tells later.

Nobody waits for it: a capture is kept in the WARC file and in the worker's own catalog first. How far it has come stands
in that catalog's file, so that neither a kill nor a database that was away for a week leaves anything untold.
"""

import logging
import threading
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final

from archive.beside import running_beside
from archive.catalog.catalog import Catalog
from archive.catalog.known_entries import read_entries
from archive.catalog.outbox import Outbox
from archive.directory import Archive
from archive.errors import ArchiveError
from archive.locks import sharing_catalog
from crawler.fleet.catalog import FleetCatalog

EVERY: Final = 2.0
"""Seconds between two looks at what there is to tell."""
BATCH: Final = 256
_log = logging.getLogger(__name__)


class Publisher:
    """Tells the fleet of one archive; `publish` may be called at any time, by one thread."""

    def __init__(self, archive: Archive, catalog: Catalog, fleet: FleetCatalog) -> None:
        self._id = archive.id.rpartition(":")[2]
        self._catalog = catalog
        self._outbox = Outbox(catalog)
        self._fleet = fleet
        self._is_open = False
        self._said = ""

    def publish(self) -> int:
        """Tell everything that waits, and give the number of captures. Raises DatabaseAway, CatalogError."""
        if not self._is_open:
            self._open()
        told = 0
        while waiting := self._outbox.read(BATCH):
            record_ids = [one.record_id for one in waiting]
            with self._catalog.view() as connection:
                entries = read_entries(connection, record_ids)
            self._fleet.put(self._id, {record_id: entries.get(record_id) for record_id in record_ids})
            self._outbox.drop(waiting)
            told += len(waiting)
        return told

    def running(self) -> AbstractContextManager[None]:
        """Publish every now and then; a database that stays away is told in a line, once."""
        return running_beside(self._run, name="publisher")

    def _open(self) -> None:
        """Where this catalog is new, or that of the fleet, everything is told, and what is only there is taken out."""
        if self._outbox.open_for(self._fleet.id()):
            self._outbox.put(sorted(self._fleet.record_ids(self._id) - self._catalog.record_ids()))
        self._is_open = True

    def try_it(self) -> None:
        """Publish; what keeps it from that is told, and the rest waits."""
        self._say(self._try())

    def _run(self, ending: threading.Event) -> None:
        """A process that was frozen finds its connection closed, and has another at the next try."""
        failures = 0
        while not ending.wait(EVERY):
            problem = self._try()
            failures = failures + 1 if problem else 0
            if failures != 1:
                self._say(problem)

    def _try(self) -> str:
        """Publish, and give what kept it from that."""
        try:
            self.publish()
        except ArchiveError as error:
            return str(error)
        except Exception as error:  # noqa: BLE001 (the outermost boundary: a thread that dies tells nobody)
            return f"catalog of the fleet: {error!r}; this is a defect of lantian, nothing is lost"
        return ""

    def _say(self, problem: str) -> None:
        if problem and problem != self._said:
            _log.warning("%s (what the fleet's catalog lacks, it is told later)", problem)
        self._said = problem


def publish_rest(path: Path, fleet: FleetCatalog) -> None:
    """Tell what a run has catalogued at its very end, when its archive is closed."""
    archive = Archive.open(path, create=False)
    with sharing_catalog(archive), Catalog(archive) as catalog:
        Publisher(archive, catalog, fleet).try_it()
