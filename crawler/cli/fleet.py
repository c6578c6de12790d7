"""`lantian fleet`: many machines that share one frontier in PostgreSQL; needs the extra `lantian[fleet]`."""

import socket
from datetime import timedelta
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import click

from archive.sites import read_sites, site_for
from archive.upload.courier import open_courier
from crawler.cli.command_list import WholeSentences
from crawler.cli.options import (
    allow_private_option,
    archive_option,
    choose_sites,
    every_command,
    sites_option,
    this_run,
    workers_option,
)
from crawler.cli.output import complain, print_json, print_table
from crawler.cli.upload import Mode, retention_of, retention_options

database_option = click.option(
    "--database",
    "url",
    envvar="LANTIAN_DATABASE",
    required=True,
    show_envvar=True,
    help="The fleet's PostgreSQL: postgresql://user@host/name.",
)


@click.group(cls=WholeSentences)
def fleet() -> None:
    """Crawl with many workers, on one machine or several, that share a PostgreSQL database.

    \b
    Example:
      export LANTIAN_DATABASE=postgresql://lantian@db.example.org/lantian
      lantian fleet init
      lantian fleet worker --archive /srv/lantian
      lantian fleet crawl suzhou_js
    """
    if any(find_spec(name) is None for name in ("procrastinate", "psycopg", "alembic")):
        raise click.UsageError("a fleet needs more packages: pip install 'lantian[fleet]'")


@fleet.command()
@database_option
@every_command
def init(*, url: str) -> None:
    """Make the tables in the database, or bring them up to this version; safe to run again.

    \b
    Example:
      lantian fleet init --database postgresql://lantian@db.example.org/lantian
    """
    from crawler.fleet.database import name_of, using_database  # noqa: PLC0415 (of the extra)
    from crawler.fleet.migrate import upgrade  # noqa: PLC0415

    with using_database(url) as engine:
        revision = upgrade(engine)
    if this_run().json:
        print_json({"database": name_of(url), "revision": revision})
    else:
        click.echo(f"{name_of(url)}: its tables are of revision {revision}")


@fleet.command()
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
    """Take jobs of the fleet until Ctrl-C: what is due by the site files, and what `crawl` and `ingest` queue.

    What is due of SITEs (by default all) is put into the queue, for whichever worker is free. Each worker writes into an
    archive directory of its own. What is in flight at Ctrl-C is finished; the rest is gone on with by the others.

    \b
    Example:
      lantian fleet worker jiangsu suzhou_js --archive archive-of-this-machine
    """
    from crawler.cli.fleet_work import work  # noqa: PLC0415 (of the extra)

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


@fleet.command()
@click.argument("keys", nargs=-1, metavar="[SITE]...")
@sites_option
@database_option
@every_command
def crawl(*, keys: tuple[str, ...], url: str, sites_path: Path | None) -> None:
    """Queue a crawl of SITEs (by default every one that is not closed), besides what is due.

    \b
    Example:
      lantian fleet crawl jiangsu
    """
    from crawler.fleet.queue import Queue  # noqa: PLC0415 (of the extra)

    chosen = choose_sites(keys, read_sites(sites_path))
    with Queue(url) as queue:
        for site in chosen:
            queue.crawl(site, is_due=False)
    _say_queued("sites", len(chosen))


@fleet.command()
@click.argument("urls", nargs=-1, required=True, metavar="URL...")
@sites_option
@database_option
@every_command
def ingest(*, urls: tuple[str, ...], url: str, sites_path: Path | None) -> None:
    """Queue single addresses; each is fetched when no crawl is at its host.

    \b
    Example:
      lantian fleet ingest https://sthjj.example.gov.cn/tz/t20240310_1.html
    """
    from crawler.fleet.queue import Queue  # noqa: PLC0415 (of the extra)
    from crawler.fleet.worker import host_of  # noqa: PLC0415
    from crawler.ingest_spider import find_problem  # noqa: PLC0415

    problems = {one: problem for one in dict.fromkeys(urls) if (problem := find_problem(one))}
    wanted = [one for one in dict.fromkeys(urls) if one not in problems]
    sites = read_sites(sites_path)
    with Queue(url) as queue:
        for one in wanted:
            site = site_for(one, sites)
            queue.ingest(one, host=site.hosts[0] if site else host_of(one))
    for one, problem in problems.items():
        complain(f"{one}: {problem}")
    _say_queued("addresses", len(wanted))
    click.get_current_context().exit(int(bool(problems)))


@fleet.command()
@database_option
@every_command
def status(*, url: str) -> None:
    """Show the workers, the jobs, and the hosts that are held.

    \b
    Example:
      lantian fleet status --json
    """
    from crawler.fleet.status import read_status  # noqa: PLC0415 (of the extra)

    found = read_status(url)
    if this_run().json:
        print_json(found)
        return
    print_table("workers", ("worker", "last heard of, s ago", "jobs"), found["workers"])
    print_table("jobs", ("job", "state", "number"), found["jobs"])
    print_table("hosts held", ("host", "worker", "for s"), found["hosts"])
    click.echo(f"{found['pages']['pending']} pages to fetch, {found['pages']['done']} done")


def _say_queued(things: str, number: int) -> None:
    if this_run().json:
        print_json({"queued": number})
    else:
        click.echo(f"{things} queued: {number}; `lantian fleet status` shows how far they are")
