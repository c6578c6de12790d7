"""`lantian fleet crawl` and `lantian fleet ingest`: jobs for whichever worker is free."""

from pathlib import Path

import click

from archive.sites import read_sites, site_for
from crawler.cli.exit_codes import found_if
from crawler.cli.fleet_database import database_option
from crawler.cli.options import choose_sites, every_command, sites_option, this_run
from crawler.cli.output import complain, print_json, say


@click.command()
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
    _require_tables(url)
    with Queue(url) as queue:
        for site in chosen:
            queue.crawl(site, is_due=False)
    _say_queued("sites", len(chosen))


@click.command()
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
    _require_tables(url)
    with Queue(url) as queue:
        for one in wanted:
            site = site_for(one, sites)
            queue.ingest(one, host=site.hosts[0] if site else host_of(one))
    for one, problem in problems.items():
        complain(f"{one}: {problem}")
    _say_queued("addresses", len(wanted))
    click.get_current_context().exit(found_if(problems))


def _require_tables(url: str) -> None:
    """Raises DatabaseAway; the queue would try for half a minute, and say so each time."""
    from crawler.fleet.database import using_database  # noqa: PLC0415 (of the extra)
    from crawler.fleet.migrate import require_current  # noqa: PLC0415

    with using_database(url) as engine:
        require_current(engine)


def _say_queued(things: str, number: int) -> None:
    if this_run().json:
        print_json({"queued": number})
    else:
        say(f"{things} queued: {number}; `lantian fleet status` shows how far they are")
