"""The crawl of what is due: the sites of a slot, each by one process."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from archive.errors import ArchiveError, HostBusy
from crawler.cli.crawl_report import report, show_progress
from crawler.cli.options import this_run
from crawler.cli.output import complain
from crawler.frontier import NotDue
from crawler.run import Ended, Plan, log_to_stderr, make_settings, run_plans
from crawler.run_archive import open_intake
from crawler.schedule import Due
from crawler.spider_loader import make_spider
from pipelines.site import Site


def crawl_due(
    path: Path,
    dues: Sequence[Due],
    *,
    sites: Mapping[str, Site],
    problems: Sequence[Exception],
    workers: int,
    at_once: int,
    settings: Mapping[str, Any],
) -> int:
    """Crawl sites for their slots, report, and give the exit code; what another process crawls is left to it."""
    log_to_stderr(complain, debug=this_run().debug)
    ended: list[Ended] = []
    found = [*problems]
    try:
        chosen = [one.site.key for one in dues]
        opened = open_intake(path, sites=sites, workers=workers, command="run --due", chosen=chosen)
        with opened as intake, show_progress() as progress:
            shared = {"intake": intake, "progress": progress, "only_due": True}
            plans = [Plan(make_spider(one.site), shared | {"slot": one.slot}, one.site.hosts) for one in dues]
            others = (HostBusy, NotDue)
            ended = run_plans(plans, settings=make_settings(**settings), lanes=at_once, tolerated=others)
    except ArchiveError as error:
        found.append(error)
    return report(ended, problems=found, is_whole=False)
