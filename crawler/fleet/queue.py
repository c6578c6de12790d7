"""What the fleet is to do next: jobs in the tables of procrastinate, each with the site or the host that it is about.

A job is a nudge, and may come twice: what there is to fetch, and what is done, the frontier knows.
"""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Final, Self

import procrastinate
from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url

from archive.errors import DatabaseAway
from crawler.fleet.database import name_of
from pipelines.records import format_instant
from pipelines.site import Site

CRAWL: Final = "crawl"
INGEST: Final = "ingest"


def conninfo_of(url: str) -> str:
    """The address as libpq reads it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


class Queue:
    """Puts jobs into the queue of a fleet; open while it is entered. Raises DatabaseAway."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._app = procrastinate.App(connector=procrastinate.SyncPsycopgConnector(conninfo=conninfo_of(url)))

    def __enter__(self) -> Self:
        self._app.open()
        return self

    def __exit__(self, *_: object) -> None:
        self._app.close()

    def crawl(self, site: Site, *, is_due: bool) -> None:
        """Have a site crawled; with `is_due` for its slot, as `lantian run --due` does."""
        asked = format_instant(datetime.now(UTC))
        self._put(CRAWL, lock_of(site), key=site.key, is_due=is_due, asked_at=asked)

    def ingest(self, url: str, *, host: str, hops: int = 0) -> None:
        """Have one address fetched; `hops` counts the redirects that led to it."""
        self._put(INGEST, f"host {host}", url=url, hops=hops)

    def retry(self, job_ids: Collection[int]) -> None:
        """Have jobs done again whose worker is gone."""
        try:
            for job_id in job_ids:
                self._app.job_manager.retry_job_by_id(job_id, retry_at=datetime.now(UTC))
        except procrastinate.exceptions.ConnectorException as error:
            raise self._away(error) from error

    def _put(self, task: str, lock: str, **arguments: str | int | bool) -> None:
        try:
            self._app.configure_task(task, lock=lock).defer(**arguments)
        except procrastinate.exceptions.ConnectorException as error:
            raise self._away(error) from error

    def _away(self, error: Exception) -> DatabaseAway:
        return DatabaseAway(f"{name_of(self._url)}: {error.__cause__ or error}; is PostgreSQL running?")


def lock_of(site: Site) -> str:
    """Jobs of one lock run one after another."""
    return f"site {site.key}"


def find_active(connection: Connection) -> set[str]:
    """The locks of all jobs that wait or run."""
    return set(connection.execute(_ACTIVE).scalars())


def find_abandoned(connection: Connection, *, silence: timedelta) -> list[int]:
    """The running jobs whose worker has not been heard of for so long, or is not there any more.

    The second kind procrastinate does not find by itself (procrastinate#1518).
    """
    return list(connection.execute(_ABANDONED, {"silence": silence}).scalars())


_ACTIVE = text("SELECT DISTINCT lock FROM procrastinate_jobs WHERE status IN ('todo', 'doing') AND lock IS NOT NULL")
_ABANDONED = text("""
SELECT job.id FROM procrastinate_jobs job WHERE job.status = 'doing' AND NOT EXISTS (
    SELECT 1 FROM procrastinate_workers worker
    WHERE worker.id = job.worker_id AND worker.last_heartbeat > now() - CAST(:silence AS interval)
)""")
