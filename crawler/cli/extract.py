"""`lantian extract`: what would be made of saved pages. Stores nothing.

The contract by which quality is measured: one JSON object a page, in input order, whatever a page is like.
"""

import json
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from archive.sites import read_sites, site_for
from archive.workers.pool import Workers
from crawler.cli.address import PAGE_ADDRESS
from crawler.cli.exit_codes import found_if
from crawler.cli.moment import MOMENT
from crawler.cli.options import every_command, sites_option, workers_option
from crawler.cli.output import complain, print_json, progress_bar
from pipelines.records import Capture, Outcome, format_instant, parse_instant
from pipelines.report import outcome_to_line
from pipelines.site import Site

AHEAD = 64
"""Pages read from disk before the oldest of them is printed; bounds memory, not speed."""
OWN_KEYS = ("path", "url", "fetched_at", "content_type")


@dataclass(frozen=True, slots=True)
class Job:
    """One saved page to look at; `extras` are the caller's own keys, which come back unchanged.

    `problem` says why nothing can be made of the line that named it.
    """

    path: str | None
    url: str | None = None
    fetched_at: str | None = None
    content_type: str | None = None
    extras: tuple[tuple[str, Any], ...] = ()
    problem: str | None = None


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--batch", type=click.File("r", encoding="utf-8"), help='JSON lines {"path", "url", …}; - is stdin.')
@click.option("--url", type=PAGE_ADDRESS, help="The address of FILE, where there is one file.")
@click.option("--fetched-at", type=MOMENT, help="When FILE was fetched.  [default: when the file was last written]")
@click.option("--content-type", help="What the server said FILE is, with its charset.")
@sites_option
@workers_option
@every_command
def extract(
    *,
    files: tuple[Path, ...],
    batch: Iterable[str] | None,
    url: str | None,
    fetched_at: datetime | None,
    content_type: str | None,
    sites_path: Path | None,
    workers: int,
) -> None:
    """Show what would be made of saved pages: JSON lines, in input order. Stores nothing.

    \b
    Example:
      lantian extract page.html --url https://sthjj.example.gov.cn/tz/t20240310_1.html
      lantian extract --batch pages.jsonl > articles.jsonl
    """
    if bool(files) == (batch is not None):
        raise click.UsageError("name FILEs, or a list with --batch")
    if url and len(files) != 1:
        raise click.UsageError("--url belongs to exactly one FILE")
    moment = format_instant(fetched_at) if fetched_at else None
    given = [Job(str(file), url, moment, content_type) for file in files]
    jobs = given if batch is None else list(_read_batch(batch))
    failed = _run(jobs, read_sites(sites_path), workers)
    click.get_current_context().exit(found_if(failed))


def _run(jobs: list[Job], sites: dict[str, Site], workers: int) -> int:
    """Print a line a job, in order; give the number that could not be read."""
    failed = 0
    with Workers(min(workers, len(jobs))) as pool, progress_bar() as bar:
        task = bar.add_task("extract", total=len(jobs))
        for job, outcome in _in_order(jobs, pool, sites):
            failed += isinstance(outcome, str)
            line = {"path": job.path} | outcome_to_line(_heard(outcome), url=job.url)
            print_json(line | {key: value for key, value in job.extras if key not in line})
            bar.advance(task)
    return failed


def _heard(outcome: Outcome | str) -> Outcome:
    """The outcome; a problem is told to people and becomes an outcome with a reason."""
    if isinstance(outcome, Outcome):
        return outcome
    complain(outcome)
    return Outcome(kind="other", reason="unreadable")


def _in_order(jobs: list[Job], pool: Workers, sites: dict[str, Site]) -> Iterator[tuple[Job, Outcome | str]]:
    """Each job with its outcome, or with the problem that kept it from being read."""
    waiting: deque[tuple[Job, Future[Outcome] | str]] = deque()
    for job in jobs:
        waiting.append((job, _submit(job, pool, sites)))
        if len(waiting) > AHEAD:
            yield _settle(*waiting.popleft())
    while waiting:
        yield _settle(*waiting.popleft())


def _settle(job: Job, result: Future[Outcome] | str) -> tuple[Job, Outcome | str]:
    return job, result if isinstance(result, str) else result.result()


def _submit(job: Job, pool: Workers, sites: dict[str, Site]) -> Future[Outcome] | str:
    if job.problem or job.path is None:
        return job.problem or "no path"
    try:
        capture = _to_capture(job, Path(job.path))
    except OSError as error:
        return f"{job.path}: {error.strerror or error}"
    except ValueError as error:
        return f"{job.path}: {error}"
    return pool.submit(capture, site_for(capture.url, sites))


def _to_capture(job: Job, path: Path) -> Capture:
    """A saved page as a capture that a person supplied; raises OSError and ValueError."""
    data = path.read_bytes()
    written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return Capture(
        url=job.url or f"file:{job.path}",
        fetched_at=parse_instant(job.fetched_at) if job.fetched_at else written,
        response=data,
        custody="operator",
        content_type=job.content_type,
    )


def _read_batch(lines: Iterable[str]) -> Iterator[Job]:
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield _parse_job(line, f"--batch line {number}")


def _parse_job(line: str, where: str) -> Job:
    try:
        table = json.loads(line)
    except ValueError as error:
        return Job(None, problem=f"{where}: not JSON: {error}")
    own = {key: table.get(key) for key in OWN_KEYS} if isinstance(table, dict) else {}
    wrong = [key for key, value in own.items() if not isinstance(value, str | None)]
    if wrong or not own.get("path"):
        return Job(
            None, problem=f'{where}: {wrong[0] if wrong else "path"}: a text is wanted; write {{"path": …, "url": …}}'
        )
    extras = tuple((key, value) for key, value in table.items() if key not in OWN_KEYS)
    return Job(**own, extras=extras)
