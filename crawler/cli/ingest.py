"""`lantian ingest`: one page into the archive, fetched now or supplied by a person."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from archive.ingest import Intake, Taken
from archive.sites import read_sites, site_for
from archive.warc.records import LARGEST_BLOCK
from crawler.cli.address import PAGE_ADDRESS
from crawler.cli.exit_codes import FAILED, found_if
from crawler.cli.ingest_texts import find_texts, ingest_texts
from crawler.cli.moment import MOMENT
from crawler.cli.options import (
    allow_private_option,
    archive_option,
    every_command,
    sites_option,
    this_run,
    workers_option,
)
from crawler.cli.output import complain, print_json, print_table
from crawler.ingest_spider import IngestSpider, Result, find_problem
from crawler.run import Plan, log_to_stderr, make_settings, run_plans
from crawler.run_archive import open_intake
from pipelines.records import Capture, Outcome
from pipelines.report import outcome_to_line
from pipelines.site import Site

NO_PAGE = {"blocked", "gone", "other"}
SAVED_PAGE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command()
@click.argument("urls", nargs=-1, metavar="[URL]...")
@click.option("--from", "source", type=SAVED_PAGE, help="A saved page instead.")
@click.option("--url", type=PAGE_ADDRESS, help="The address that FILE was saved from.")
@click.option(
    "--seed-text",
    "folder",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="A folder of texts, one article a .txt file, of unknown origin.",
)
@click.option("--content-type", help="What the server said FILE is, with its charset.")
@click.option("--fetched-at", type=MOMENT, help="When FILE was fetched.  [default: now]")
@click.option("--ignore-robots", is_flag=True, help="Fetch what robots.txt asks crawlers to leave alone.")
@allow_private_option
@workers_option
@archive_option
@sites_option
@every_command
def ingest(
    *,
    urls: tuple[str, ...],
    source: Path | None,
    url: str | None,
    folder: Path | None,
    content_type: str | None,
    fetched_at: datetime | None,
    workers: int,
    archive_path: Path,
    sites_path: Path | None,
    ignore_robots: bool,
    allow_private: bool,
) -> None:
    """Put single pages into the archive: fetched from URL now, a saved FILE with its address, or a folder of texts.

    A saved page is kept as supplied by you, never as received from the server; texts as of unknown origin, repaired,
    judged against the archive and linked to the live page where there is one. A host that a crawl is at is not asked:
    try again when it is done. Exits 1 when some pages could not be had or an answer is no page, 3 when none could be had.

    \b
    Example:
      lantian ingest https://sthjj.example.gov.cn/tz/t20240310_1.html
      lantian ingest --from page.html --url https://sthjj.example.gov.cn/tz/t20240310_1.html
      lantian ingest --seed-text texts
    """
    if bool(urls) + bool(source) + bool(folder) != 1:
        raise click.UsageError("name URLs, a saved page with --from FILE --url URL, or texts with --seed-text DIR")
    if source and not url:
        raise click.UsageError("--from needs --url: where was the page saved from?")
    if problem := find_problem(urls[0]) if len(urls) == 1 else None:
        raise click.UsageError(f"{urls[0]}: {problem}")
    sites = read_sites(sites_path)
    settings = make_settings(
        ALLOW_PRIVATE_ADDRESSES=allow_private or None,
        ROBOTSTXT_OBEY=not ignore_robots,
        # A person waits for the answer.
        RETRY_TIMES=1,
        DOWNLOAD_DELAY=0,
        AUTOTHROTTLE_START_DELAY=0,
    )
    texts = find_texts(folder) if folder else []
    supplied = _supplied(source, url, content_type, fetched_at) if source and url else None
    with open_intake(archive_path, sites=sites, workers=workers, command="ingest") as intake:
        if texts:
            click.get_current_context().exit(ingest_texts(texts, intake))
        if supplied:
            results = [_take(supplied, intake, sites)]
        else:
            log_to_stderr(complain, debug=this_run().debug)
            unique = list(dict.fromkeys(urls))
            options = dict(urls=unique, intake=intake, sites=sites)
            (ended,) = run_plans([Plan(IngestSpider, options)], settings=settings)
            results = _in_order(unique, ended.spider.results, ended.reason)
    _report(results)


def _supplied(source: Path, url: str, content_type: str | None, fetched_at: datetime | None) -> Capture:
    if source.stat().st_size > LARGEST_BLOCK:
        raise click.UsageError(f"{source}: larger than {LARGEST_BLOCK} bytes; that is no page")
    if fetched_at and fetched_at > datetime.now(UTC) + timedelta(days=1):
        raise click.UsageError(f"--fetched-at {fetched_at}: is still to come; look at the clock")
    return Capture(
        url=url,
        fetched_at=fetched_at or datetime.now(UTC),
        response=source.read_bytes(),
        custody="operator",
        content_type=content_type,
    )


def _take(capture: Capture, intake: Intake, sites: dict[str, Site]) -> Result:
    taken = intake.take(capture, site=site_for(capture.url, sites))
    return Result(capture.url, capture.url, taken=taken, outcome=taken.future.result())


def _in_order(urls: list[str], results: dict[str, Result], reason: str) -> list[Result]:
    missing = "not fetched: interrupted" if reason == "shutdown" else f"not fetched: {reason}"
    return [results.get(url) or Result(url, url, missing) for url in urls]


def _report(results: list[Result]) -> None:
    for result in results:
        problem = _problem_of(result)
        if problem:
            complain(f"{result.url}: {problem}")
    if this_run().json:
        for result in results:
            print_json(_to_json(result))
    else:
        rows = [row for result in results if (row := _to_row(result))]
        if rows:
            print_table("ingested", ("url", "kind", "verdict", "title, or why there is none"), rows)
    is_nothing_had = all(result.problem for result in results)
    click.get_current_context().exit(FAILED if is_nothing_had else found_if(any(map(_problem_of, results))))


def _problem_of(result: Result) -> str | None:
    """Why a result is not a page; None where it is one."""
    if result.problem:
        return result.problem
    outcome = result.outcome
    if outcome is None or outcome.kind not in NO_PAGE:
        return None
    if outcome.reason == "redirect":
        return "a redirect to no http or https address is not followed; the answer is kept"
    return f"{outcome.kind} ({outcome.reason}); the answer is kept"


def _verdict(taken: Taken | None) -> str | None:
    return taken.verdict.result() if taken else None


def _to_json(result: Result) -> dict[str, Any]:
    head: dict[str, Any] = {"asked": result.url, "problem": _problem_of(result)}
    if result.taken:
        stored = result.taken.stored
        head |= {"record_id": stored.record_id, "file": stored.file, "verdict": _verdict(result.taken)}
    outcome = result.outcome or Outcome(kind="other", reason="no-response")
    return head | outcome_to_line(outcome, url=result.final_url)


def _to_row(result: Result) -> tuple[object, ...] | None:
    if not result.outcome or result.problem:
        return None
    title = result.outcome.article.title if result.outcome.article else None
    return (result.final_url, result.outcome.kind, _verdict(result.taken), title or result.outcome.reason)
