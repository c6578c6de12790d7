"""Captures that are kept as a run keeps them: in a store that is opened and closed."""

from archive.directory import Archive
from archive.store import Store
from archive.warc.readback import Stored
from pipelines.records import Capture


def keep(archive: Archive, *captures: Capture, site: str = "wuxi") -> list[tuple[Capture, Stored]]:
    with Store(archive) as store:
        return [(capture, store.append(capture, site=site)) for capture in captures]
