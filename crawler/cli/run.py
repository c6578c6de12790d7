"""`lantian run`: crawls the sites whose time has come; for cron and systemd, or as one process that stays."""

import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import click

from archive.directory import STOP, Archive
from archive.sites import scan_sites
from crawler.cli.exit_codes import found_if
from crawler.cli.options import (
    allow_private_option,
    archive_option,
    choose_sites,
    every_command,
    sites_option,
    workers_option,
)
from crawler.cli.output import complain
from crawler.frontier import Frontier
from crawler.schedule import Due, decide
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
    nothing is due, 1 when no page of a site could be had.

    \b
    Example:
      lantian run --due
      lantian run --forever --archive /srv/lantian
    """
    if due == forever:
        raise click.UsageError("say --due (once, for cron and systemd) or --forever")
    if forever:
        click.get_current_context().exit(_stay(archive_path / STOP))
    sites, wrong_files = scan_sites(sites_path)
    dues = _find_due(archive_path, choose_sites(keys, sites))
    problems = () if keys else tuple(wrong_files)
    if dues:
        from crawler.cli.due_crawl import crawl_due  # noqa: PLC0415 (who finds nothing due needs no network stack)

        settings = {"ALLOW_PRIVATE_ADDRESSES": allow_private or None}
        code = crawl_due(
            archive_path, dues, sites=sites, problems=problems, workers=workers, at_once=at_once, settings=settings
        )
    else:
        for problem in problems:
            complain(problem)
        code = found_if(problems)
    click.get_current_context().exit(code)


def _find_due(path: Path, sites: list[Site]) -> list[Due]:
    with Frontier(Archive.open(path)) as frontier:
        return decide(sites, frontier.last_slots(), now=datetime.now(UTC))


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
