"""`lantian run`: crawls the sites whose time has come; for cron and systemd, or as one process that stays."""

import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from archive.directory import Archive
from archive.errors import ArchiveError, HostBusy
from archive.sites import scan_sites
from crawler.cli.crawl import choose_sites
from crawler.cli.crawl_report import report, show_progress
from crawler.cli.options import (
    allow_private_option,
    archive_option,
    every_command,
    sites_option,
    this_run,
    workers_option,
)
from crawler.cli.output import complain
from crawler.frontier import Frontier
from crawler.run import Ended, Plan, log_to_stderr, make_settings, run_plans
from crawler.run_archive import open_intake
from crawler.schedule import Due, decide
from crawler.spider_loader import make_spider
from crawler.walk import STOP_FILE, NotDue
from pipelines.site import Site

BETWEEN = 30.0
"""Seconds between two looks at the schedule."""


@click.command()
@click.argument("keys", nargs=-1, metavar="[SITE]...")
@click.option("--due", is_flag=True, help="Crawl what is due, then end: for cron and systemd.")
@click.option(
    "--forever", is_flag=True, help="Stay, and crawl what becomes due; ends with Ctrl-C, SIGTERM or a stop file."
)
@click.option(
    "--at-once", type=click.IntRange(min=1), default=16, show_default=True, help="Sites crawled at the same time."
)
@allow_private_option
@workers_option
@archive_option
@sites_option
@every_command
def run(
    *,
    keys: tuple[str, ...],
    due: bool,
    forever: bool,
    at_once: int,
    workers: int,
    archive_path: Path,
    sites_path: Path | None,
    allow_private: bool,
) -> None:
    """Crawl those of SITEs (by default all) that are due by the [schedule] of their files.

    Safe to start at any time and more than once: a site is crawled by one process, for each slot once. What was missed
    is caught up, and noted as a gap. Lists are asked each time, articles when their time has come. Exits 0 when
    nothing is due.

    \b
    Example:
      lantian run --due
      lantian run --forever --archive /srv/lantian
    """
    if due == forever:
        raise click.UsageError("say --due (once, for cron and systemd) or --forever")
    if forever:
        click.get_current_context().exit(_stay(archive_path / STOP_FILE))
    sites, wrong_files = scan_sites(sites_path)
    dues = _find_due(archive_path, choose_sites(keys, sites))
    settings = {"ALLOW_PRIVATE_ADDRESSES": allow_private or None}
    problems: list[Exception] = [] if keys else [*wrong_files]
    log_to_stderr(complain, debug=this_run().debug)
    ended: list[Ended] = []
    try:
        ended = _crawl(archive_path, sites, dues, workers=workers, at_once=at_once, settings=settings)
    except ArchiveError as error:
        problems.append(error)
    code = report(ended, problems=problems, is_whole=False)
    click.get_current_context().exit(code)


def _find_due(path: Path, sites: list[Site]) -> list[Due]:
    with Frontier(Archive.open(path)) as frontier:
        return decide(sites, frontier.last_slots(), now=datetime.now(UTC))


def _crawl(
    path: Path, sites: dict[str, Site], dues: list[Due], *, workers: int, at_once: int, settings: dict[str, Any]
) -> list[Ended]:
    if not dues:
        return []
    with open_intake(path, sites=sites, workers=workers) as intake, show_progress() as progress:
        shared = {"intake": intake, "progress": progress, "only_due": True}
        plans = [Plan(make_spider(one.site), shared | {"slot": one.slot}, one.site.hosts) for one in dues]
        others = (HostBusy, NotDue)
        return run_plans(plans, settings=make_settings(**settings), lanes=at_once, tolerated=others)


def _stay(stop: Path) -> int:
    """Run `lantian run --due` again and again in processes of their own; what ends this one ends the running one in order."""
    command = [
        sys.executable,
        "-m",
        "crawler.cli",
        *["--due" if word == "--forever" else word for word in sys.argv[1:]],
    ]
    stopping: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _: stopping.append(number))
    while not stopping and not stop.exists():
        with subprocess.Popen(command, process_group=0) as child:  # noqa: S603 (our own interpreter and arguments)
            while child.poll() is None:
                if stopping:
                    child.send_signal(signal.SIGINT)
                    child.wait()
                time.sleep(0.2)
        until = time.monotonic() + BETWEEN
        while not stopping and not stop.exists() and time.monotonic() < until:
            time.sleep(0.2)
    return 0
