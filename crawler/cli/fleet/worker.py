"""`lantian fleet worker`: takes jobs until it is interrupted."""

import socket
from datetime import timedelta
from functools import partial
from pathlib import Path

import click

from archive.sites import read_sites
from archive.upload.courier import open_courier
from crawler.cli.fleet_database import database_option
from crawler.cli.options import (
    allow_private_option,
    archive_option,
    choose_sites,
    every_command,
    sites_option,
    workers_option,
)
from crawler.cli.upload import BUCKET, Mode, retention_of, retention_options


@click.command()
@click.argument("keys", nargs=-1, metavar="[SITE]...")
@click.option(
    "--name", default=socket.gethostname, help="Who this worker is, for people.  [default: the machine's name]"
)
@click.option(
    "--at-once", type=click.IntRange(min=1), default=16, show_default=True, help="Sites crawled at the same time."
)
@click.option(
    "--lease",
    type=click.FloatRange(min=3),
    default=180.0,
    show_default=True,
    help="Seconds after which the hosts of a worker that is not heard of are another's; the same for the whole fleet.",
)
@click.option(
    "--upload",
    type=BUCKET,
    envvar="LANTIAN_UPLOAD",
    show_envvar=True,
    metavar="s3://BUCKET/PREFIX",
    help="Upload the archive, as `lantian upload` does: at the start, every so often, and at the end.",
)
@click.option(
    "--upload-every",
    type=click.FloatRange(min=1),
    default=3600.0,
    show_default=True,
    help="Seconds between two uploads; each closes the WARC files that are written.",
)
@retention_options
@allow_private_option
@workers_option
@archive_option
@sites_option
@database_option
@every_command
def worker(
    *,
    keys: tuple[str, ...],
    url: str,
    name: str,
    at_once: int,
    lease: float,
    upload: str | None,
    upload_every: float,
    retain_days: int | None,
    retain_mode: Mode,
    workers: int,
    archive_path: Path,
    sites_path: Path | None,
    allow_private: bool,
) -> None:
    """Take jobs of the fleet until Ctrl-C, or a file `stop` in the archive: what is due by the site files, and what `crawl` and `ingest` queue.

    What is due of SITEs (by default all) is put into the queue, for whichever worker is free. Each worker writes into an
    archive directory of its own. What is in flight at Ctrl-C is finished; the rest is gone on with by the others.

    \b
    Example:
      lantian fleet worker jiangsu anhui --archive archive-of-this-machine
    """
    from crawler.cli.fleet.work import work  # noqa: PLC0415 (of the extra)

    sites = read_sites(sites_path)
    send_by = None
    if upload:
        retention, every = retention_of(retain_days, retain_mode), timedelta(seconds=upload_every)
        send_by = partial(open_courier, address=upload, retention=retention, every=every)
    work(
        url,
        name=name,
        lanes=at_once,
        lease=timedelta(seconds=lease),
        sites=sites,
        watched=choose_sites(keys, sites),
        archive_path=archive_path,
        workers=workers,
        allow_private=allow_private,
        send_by=send_by,
    )
