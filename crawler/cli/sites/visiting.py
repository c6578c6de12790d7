"""What the commands that look at live sites share: errors in one line, findings with the lines to change."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import click

from crawler.cli.exit_codes import FAILED
from crawler.cli.options import this_run
from crawler.cli.output import ERRORS, complain, say
from crawler.finding import Finding
from crawler.ingest_spider import find_problem
from crawler.run import log_to_stderr
from crawler.visit import VisitError

Command = TypeVar("Command", bound=Callable[..., Any])


@contextmanager
def on_a_visit(what: str) -> Iterator[None]:
    """Say on a terminal what is being looked at; a visit that could not be made ends the program with 3."""
    log_to_stderr(complain, debug=this_run().debug)
    try:
        if ERRORS.is_terminal:
            with ERRORS.status(f"looking at {what}"):
                yield
        else:
            yield
    except VisitError as error:
        if this_run().debug:
            raise
        complain(error)
        click.get_current_context().exit(FAILED)


def require_address(url: str) -> None:
    """Refuse what is no address before anything else is done."""
    problem = find_problem(url)
    if problem:
        raise click.UsageError(f"{url}: {problem}")


def show_findings(findings: Iterable[Finding], *, file: str) -> None:
    """A line for each, and under it the lines of TOML to put into the file."""
    for finding in findings:
        mark = "✗" if finding.is_wrong else "·"
        say(f"{mark} {file} {finding.where}: {finding.says}")
        for line in finding.change:
            say(f"      {line}")


def finding_to_json(finding: Finding, *, file: str) -> dict[str, Any]:
    """A finding for programs; `change` are lines of TOML."""
    return {
        "finding": finding.name,
        "wrong": finding.is_wrong,
        "file": file,
        "where": finding.where,
        "says": finding.says,
        "change": list(finding.change),
    }
