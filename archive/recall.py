"""What a killed crawl had fetched and not yet gone on from is read from the archive, not asked for again."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select

from archive.catalog.catalog import Catalog
from archive.catalog.schema import captures
from archive.directory import Archive
from archive.errors import BrokenWarc
from archive.replay import find_original
from archive.reread import read_places, reread
from archive.warc.readback import Stored
from archive.workers.pool import Workers
from pipelines.records import Capture, Outcome, format_instant
from pipelines.site import Site


def recall(
    archive: Archive, catalog: Catalog, url: str, *, since: datetime, workers: Workers, sites: Mapping[str, Site]
) -> tuple[Capture, Stored, Outcome] | None:
    """The first whole exchange with an address that began at or after a moment, and what it turned out to be."""
    query = (
        select(captures.c.record_id)
        .where(
            captures.c.url == url,
            captures.c.fetched_at >= format_instant(since),
            captures.c.method == "GET",
            captures.c.custody == "wire",
            captures.c.failure.is_(None),
            captures.c.truncated.is_(None),
        )
        .order_by(captures.c.fetched_at)
        .limit(1)
    )
    with catalog.view() as connection:
        record_id = connection.execute(query).scalar_one_or_none()
    if record_id is None:
        return None
    try:
        found = list(read_places(archive, catalog.places_of([record_id])))
        (read,) = reread(
            archive, found, workers=workers, sites=sites, find_original=lambda one: find_original(archive, catalog, one)
        )
    except BrokenWarc:
        return None
    return (*found[0], read.outcome)
