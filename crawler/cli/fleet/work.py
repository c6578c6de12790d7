"""The work of a fleet's worker: its archive, its locks and its queue, open until it is interrupted."""

import logging
from collections.abc import Callable
from contextlib import ExitStack, suppress
from datetime import timedelta
from functools import partial
from pathlib import Path

from archive.directory import Archive
from archive.errors import ArchiveError
from archive.upload.courier import Courier
from crawler.cli.options import this_run
from crawler.cli.output import complain
from crawler.fleet.catalog import FleetCatalog
from crawler.fleet.database import using_database
from crawler.fleet.hosts import HostLocks
from crawler.fleet.migrate import require_current
from crawler.fleet.publisher import Publisher, publish_rest
from crawler.fleet.queue import Queue
from crawler.fleet.worker import FleetWorker, Post
from crawler.run import log_to_stderr, make_settings
from crawler.run_archive import open_intake
from pipelines.site import Site


def work(
    url: str,
    *,
    name: str,
    lanes: int,
    lease: timedelta,
    sites: dict[str, Site],
    watched: list[Site],
    archive_path: Path,
    workers: int,
    allow_private: bool,
    send_by: Callable[[Archive], Courier] | None,
) -> None:
    """Work until interrupted. Raises ArchiveError."""
    settings = make_settings(ALLOW_PRIVATE_ADDRESSES=allow_private or None)
    log_to_stderr(complain, debug=this_run().debug)
    # Says so ten times a second while the database is away; the worker does once.
    logging.getLogger("psycopg.pool").setLevel(logging.ERROR)
    with ExitStack() as opened:
        engine = opened.enter_context(using_database(url, longest_idle=lease / 3))
        require_current(engine)
        fleet_catalog = FleetCatalog(engine, patience=0)
        opened.push(partial(_tell_the_rest, archive_path, fleet_catalog))
        intake = opened.enter_context(
            open_intake(archive_path, sites=sites, workers=workers, command="fleet worker", send_by=send_by)
        )
        opened.enter_context(Publisher(intake.archive, intake.catalog, fleet_catalog).running())
        locks = opened.enter_context(HostLocks(engine, holder=name, lease=lease))
        queue = opened.enter_context(Queue(url))
        post = Post(url, name, engine, locks, queue, intake, sites, watched, lanes, lease)
        FleetWorker(settings, post).start()


def _tell_the_rest(path: Path, fleet: FleetCatalog, failure: type[BaseException] | None, *_: object) -> None:
    """Where a worker has failed, why it has is what must be told."""
    with suppress(*((ArchiveError,) if failure else ())):
        publish_rest(path, fleet)
