"""What people and programs are told of a crawl, while it runs and when it has ended."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from archive.errors import ArchiveError
from crawler.cli.exit_codes import FAILED, found_if
from crawler.cli.options import this_run
from crawler.cli.output import ERRORS, complain, print_json, print_table
from crawler.run import ENDED_WELL, INTERRUPTED, Ended
from crawler.site_spider import Notice, SiteSpider
from crawler.walk import ORDERLY

VERDICTS = ("new", "changed", "unchanged", "duplicate", "near-duplicate")
COLUMNS = ("pages", "article", *VERDICTS, "attachment", "gone", "blocked", "failed")


@contextmanager
def show_progress() -> Iterator[Notice]:
    """A line a site on a terminal, with what has come so far; gives what spiders call after each page."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=ERRORS, disable=not ERRORS.is_terminal, transient=True) as progress:
        yield Lines(progress)


class Lines:
    """One line a site."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._lines: dict[str, Any] = {}

    def __call__(self, spider: SiteSpider) -> None:
        """Show the tally of a spider."""
        if spider.name not in self._lines:
            self._lines[spider.name] = self._progress.add_task("", total=None)
        tally = spider.tally
        text = f"{spider.name}: {tally['pages']} pages, {tally['article']} articles, {tally['failed']} failed"
        self._progress.update(self._lines[spider.name], description=text)


def report(ended: list[Ended], *, problems: Sequence[Exception], is_whole: bool) -> int:
    """Print how each site went; give the exit code. `problems` are of the site files or the archive.

    Expectations hold for crawls of a whole site only.
    """
    ordered = sorted(ended, key=lambda end: end.spider.name)
    stops = [line for end in ordered if (line := _why_stopped(end))]
    remedies = {line.rpartition(";")[2] for line in stops}
    # A full disk stops a crawl, and then the archive cannot be closed either: one trouble is told once.
    broken = [str(problem) for problem in problems if isinstance(problem, ArchiveError)]
    stops += [line for line in broken if line.rpartition(";")[2] not in remedies]
    findings = [str(problem) for problem in problems if not isinstance(problem, ArchiveError)]
    findings += [line for end in ordered if (line := _nothing_came(end))]
    findings += [line for end in ordered if is_whole and end.reason == ENDED_WELL and (line := _surprise(end.spider))]
    for line in dict.fromkeys([*stops, *findings]):
        complain(line)
    if this_run().json:
        for end in ordered:
            print_json({**_to_row(end.spider), "ended": end.reason, "counts": dict(sorted(end.spider.tally.items()))})
    elif ordered:
        rows = [list(_to_row(end.spider).values()) for end in ordered]
        print_table("crawled", ("site", *COLUMNS), rows)
    return FAILED if stops else found_if(findings)


def _to_row(spider: SiteSpider) -> dict[str, Any]:
    return {"site": spider.name} | {column: spider.tally[column] or spider.verdicts[column] for column in COLUMNS}


def _why_stopped(end: Ended) -> str | None:
    if end.reason == ENDED_WELL or end.reason in ORDERLY:
        return None
    if end.reason == INTERRUPTED:
        return f"{end.spider.name}: interrupted; what was in flight is kept, crawl again to go on"
    return end.reason


def _nothing_came(end: Ended) -> str | None:
    """A site of which pages were asked for, or would have been, and not one could be had."""
    tally = end.spider.tally
    is_silent = tally["pages"] <= tally["failed"] and tally["failed"] + tally["refused"] > 0
    return f"{end.spider.name}: no page could be had" if is_silent and end.reason == ENDED_WELL else None


def _surprise(spider: SiteSpider) -> str | None:
    """What the site file did not expect of a crawl of the whole site."""
    expect, found = spider.site.expect, spider.tally["article"]
    if found < expect.min_articles:
        return (
            f"{spider.name}: {found} articles, its file expects at least {expect.min_articles}; has the site changed?"
        )
    if expect.max_articles is not None and found > expect.max_articles:
        return f"{spider.name}: {found} articles, its file expects at most {expect.max_articles}; are lists taken for articles?"
    return None
