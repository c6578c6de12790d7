"""`lantian crawl`: what bureaus and newspapers have published, into the archive."""

from pathlib import Path
from typing import Any

import click

from archive.errors import ArchiveError
from archive.sites import scan_sites
from crawler.cli.crawl_report import report, show_progress
from crawler.cli.moment import WHOLE_DAY
from crawler.cli.options import (
    allow_private_option,
    archive_option,
    choose_sites,
    every_command,
    sites_option,
    this_run,
    workers_option,
)
from crawler.cli.output import complain
from crawler.run import Ended, Plan, log_to_stderr, make_settings, run_plans
from crawler.run_archive import open_intake
from crawler.spider_loader import make_spider


@click.command()
@click.argument("keys", nargs=-1, metavar="[SITE]...")
@click.option("--since", type=WHOLE_DAY, help="Only what was published on this day or later.")
@click.option("--until", type=WHOLE_DAY, help="Only what was published on this day or earlier.")
@click.option("--pages", type=click.IntRange(min=1), help="List pages a channel.  [default: as the site file says]")
@click.option(
    "--at-once", type=click.IntRange(min=1), default=4, show_default=True, help="Sites crawled at the same time."
)
@allow_private_option
@workers_option
@archive_option
@sites_option
@every_command
def crawl(
    *,
    keys: tuple[str, ...],
    since: str | None,
    until: str | None,
    pages: int | None,
    at_once: int,
    workers: int,
    archive_path: Path,
    sites_path: Path | None,
    allow_private: bool,
) -> None:
    """Crawl SITEs (by default every one that is not closed) into the archive.

    What the archive knows is asked for as "changed since?". Ctrl-C finishes what is in flight; the next crawl goes on
    from there. Exits 1 when no page of a site could be had, or when it gave fewer or more articles than its file expects;
    3 when a crawl had to stop.

    \b
    Example:
      lantian crawl jiangsu --since 2024-03-01 --until 2024-03-31
      LANTIAN_CONTACT=archive@example.org lantian crawl
    """
    if since and until and since > until:
        raise click.UsageError(f"--since {since} is after --until {until}; nothing is published then")
    sites, wrong_files = scan_sites(sites_path)
    chosen = choose_sites(keys, sites)
    options: dict[str, Any] = dict(since=since, until=until, pages=pages and str(pages))
    settings = make_settings(ALLOW_PRIVATE_ADDRESSES=allow_private or None)
    log_to_stderr(complain, debug=this_run().debug)
    ended: list[Ended] = []
    problems: list[Exception] = [*wrong_files]
    try:
        keys = tuple(site.key for site in chosen)
        opened = open_intake(archive_path, sites=sites, workers=workers, command="crawl", chosen=keys)
        with opened as intake, show_progress() as progress:
            options |= {"intake": intake, "progress": progress}
            plans = [Plan(make_spider(site), options, site.hosts) for site in chosen]
            ended = run_plans(plans, settings=settings, lanes=at_once)
    except ArchiveError as error:
        problems.append(error)
    code = report(ended, problems=problems, is_whole=not (pages or since or until))
    click.get_current_context().exit(code)
