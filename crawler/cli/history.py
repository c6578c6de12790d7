"""`lantian history`: what became of a page, or which pages of a site were edited."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from rich.text import Text

from archive.catalog.catalog import Catalog
from archive.directory import Archive
from archive.history.changed_pages import changed_pages
from archive.history.historian import Historian
from archive.history.sighting import Sighting
from archive.reader.seals import CaptureVerdict
from archive.sites import read_sites
from archive.workers.pool import Workers
from crawler.cli.address import KNOWN_ADDRESS
from crawler.cli.exit_codes import found_if
from crawler.cli.held_sites import require_held
from crawler.cli.marking import LOUD, print_edit
from crawler.cli.moment import BEGINNING, in_china
from crawler.cli.options import archive_option, every_command, sites_option, this_run
from crawler.cli.output import Screen, complain, print_json, say, say_count
from crawler.cli.standing import Standing, look_into, print_doubt
from pipelines.edits import Edit
from pipelines.records import format_instant


@click.command()
@click.argument("urls", nargs=-1, type=KNOWN_ADDRESS, metavar="[URL]...")
@click.option(
    "--edited", is_flag=True, help="Every page of the archive that was edited or taken away, instead of URLs."
)
@click.option("--quiet-only", is_flag=True, help="Only edits of which the page says nothing.")
@click.option(
    "--site", "keys", metavar="KEY", multiple=True, help="With --edited: only this site; may be given several times."
)
@click.option("--since", type=BEGINNING, help="Only what was captured since this day or moment.")
@archive_option
@sites_option
@every_command
def history(
    *,
    urls: tuple[str, ...],
    edited: bool,
    quiet_only: bool,
    keys: tuple[str, ...],
    since: datetime | None,
    archive_path: Path,
    sites_path: Path | None,
) -> None:
    """Tell what became of a page: every capture, edits, moved dates, disappearances.

    Of an article over several pages every page's captures are told, whichever of its addresses is given.

    An edit is quiet when the text changed and the date on the page did not move forward, or was moved back. What an
    update of this program reads differently is never an edit. Each capture is held against its record and the log; what
    was altered, or is in the log and not in the catalog, is said. Exits 1 then, and when a page was edited or taken away.
    Times are China's.

    \b
    Example:
      lantian history https://sthjj.example.gov.cn/tz/t20240310_1.html
      lantian history --edited --site jiangsu --since 2024-03-01
    """
    if bool(urls) == edited:
        raise click.UsageError("name URLs, or ask for --edited")
    after = format_instant(since) if since else ""
    found = doubts = 0
    with open_historian(archive_path, sites_path) as (historian, catalog):
        require_held(catalog, keys)
        pages = changed_pages(catalog, sites=keys, since=after or None) if edited else list(urls)
        for url in pages:
            whole = historian.history(url)
            sightings = [one for one in whole if one.fetched_at > after]
            marked = [one for one in sightings if one.is_quiet or (not quiet_only and (one.edit or one.turn))]
            found += len(marked)
            shown = marked if edited or quiet_only else sightings
            standing = look_into(historian.archive, url, whole, shown)
            doubts += standing.is_doubtful
            _report(url, shown, standing)
    if edited and not this_run().json:
        told = "1 edit or disappearance" if found == 1 else f"{found or 'no'} edits or disappearances"
        say(f"{say_count(len(pages), 'pages')} looked at, {told}")
        say("which pages those are is the catalog's word: lantian verify holds all of it against records and log")
    click.get_current_context().exit(found_if(found or doubts))


@contextmanager
def open_historian(archive_path: Path, sites_path: Path | None) -> Iterator[tuple[Historian, Catalog]]:
    """A historian of an archive that exists, and its catalog."""
    archive = Archive.open(archive_path, create=False)
    sites = read_sites(sites_path)
    with Catalog(archive) as catalog, Workers(0) as workers:
        yield Historian(archive, catalog, workers=workers, sites=sites), catalog


def to_line(sighting: Sighting, verdict: CaptureVerdict) -> dict[str, Any]:
    """A capture as JSON; `proof` is the state of its record and of the one that it is held against, and why."""
    edit = edit_to_line(sighting.edit) if sighting.edit else None
    return asdict(sighting) | {
        "edit": edit,
        "proof": {"state": verdict.state, "reason": verdict.english, "claims": verdict.claims},
    }


def edit_to_line(edit: Edit) -> dict[str, Any]:
    """An edit as JSON; of the paragraphs only those that changed."""
    line = asdict(edit)
    line["paragraphs"] = [one for one in line["paragraphs"] if one["kind"] != "same"]
    return {"changed": edit.changed} | line


def _report(url: str, sightings: list[Sighting], standing: Standing) -> None:
    if standing.lacking:
        many = say_count(len(standing.lacking), "captures")
        complain(f"{url}: the log has {many} that the catalog lacks, as {standing.lacking[0]}; run lantian reindex")
    if this_run().json:
        for one in sightings:
            print_json(to_line(one, standing.of(one)))
        return
    if not sightings:
        return
    console = Screen()
    console.print(Text(url, "bold underline"), soft_wrap=True)
    for one in sightings:
        console.print(_headline(one, url), soft_wrap=True)
        print_doubt(standing.of(one), console=console)
        if one.edit:
            print_edit(one.edit, console=console)
    console.print(Text(standing.summary(sightings), "dim"), soft_wrap=True)


def _headline(one: Sighting, url: str) -> Text:
    line = Text(f"{in_china(one.fetched_at)}  {one.status or '-':>3}  ")
    line.append(f"{one.verdict:<9} ", "bold yellow" if one.edit else "")
    if one.is_quiet:
        line.append("QUIET EDIT", LOUD).append(" ")
    if one.turn == "disappeared":
        line.append("DISAPPEARED", LOUD).append(" ")
    elif one.turn:
        line.append("came back ", "bold")
    if one.edit and one.edit.date:
        line.append(f"date {_DATES[one.edit.date]} ", "bold magenta")
    words = (one.reason, one.location and f"→ {one.location}", one.published, one.title)
    line.append("  ".join(word for word in words if word))
    if one.custody != "wire":
        line.append(f"  ({_CUSTODIES[one.custody]})", "italic")
    return line if one.url == url else line.append(f"  {one.url}", "dim")


_CUSTODIES = {"operator": "supplied by a person", "import": "imported", "unknown": "of unknown origin"}
_DATES = {"forward": "moved forward", "back": "MOVED BACK", "stated": "now stated", "removed": "REMOVED"}
