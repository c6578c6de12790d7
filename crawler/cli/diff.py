"""`lantian diff`: what changed between two captures of a page."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import click
from rich.text import Text

from archive.errors import NotInArchive
from archive.export.edit_page import edit_page
from archive.history.historian import Historian
from archive.history.sighting import Sighting
from archive.language import read_knowledge
from archive.reader.seals import CaptureVerdict
from archive.writing import write_text
from crawler.cli.address import KNOWN_ADDRESS
from crawler.cli.exit_codes import found_if
from crawler.cli.history import edit_to_line, open_historian, to_line
from crawler.cli.marking import LOUD, print_edit
from crawler.cli.moment import MOMENT, in_china
from crawler.cli.new_path import html_option
from crawler.cli.options import archive_option, every_command, sites_option, this_run
from crawler.cli.output import Screen, print_json
from crawler.cli.standing import WORDS, print_doubt, worst_of
from pipelines.edits import Edit, compare_articles
from pipelines.records import Article, format_instant

Sides = tuple[Sequence[Sighting], Sequence[Sighting]]


@click.command()
@click.argument("url", type=KNOWN_ADDRESS)
@click.option("--from", "start", type=MOMENT, help="The capture before: the last one at this moment.")
@click.option("--to", "end", type=MOMENT, help="The capture after: the last one at this moment.  [default: the last]")
@html_option("Write a page to share.")
@archive_option
@sites_option
@every_command
def diff(
    *,
    url: str,
    start: datetime | None,
    end: datetime | None,
    page: Path | None,
    archive_path: Path,
    sites_path: Path | None,
) -> None:
    """Show what changed in an article between two captures, character by character.

    An article over several pages is compared as a whole. Without --from it is the last edit up to --to. Both captures
    are read by this program, whenever they were made. Times are China's, a bare day to its end. Exits 1 when something
    changed.

    \b
    Example:
      lantian diff https://sthjj.example.gov.cn/tz/t20240310_1.html
      lantian diff https://sthjj.example.gov.cn/tz/t20240310_1.html --from 2024-03-10 --to 2024-03-31 --html edit.html
    """
    with open_historian(archive_path, sites_path) as (historian, _):
        articles = [one for one in historian.history(url) if one.is_article]
        before, after = _choose(url, articles, start, end)
        sides = _sides(articles, before, after)
        old, new = _read(url, historian, sides)
        verdicts = [worst_of(historian.archive, side) for side in sides]
    edit = compare_articles(old, new)
    before, after = (
        replace(one, title=read.title, published=read.published) for one, read in ((before, old), (after, new))
    )
    is_quiet = edit.is_quiet and before.custody == after.custody == "wire"
    if page:
        write_text(page, edit_page(before, after, edit, verdicts, recipe=read_knowledge().recipe, is_quiet=is_quiet))
    _report((before, after), verdicts, edit, is_quiet=is_quiet)
    click.get_current_context().exit(found_if(edit or any(one.state == "altered" for one in verdicts)))


def _choose(
    url: str, articles: Sequence[Sighting], start: datetime | None, end: datetime | None
) -> tuple[Sighting, Sighting]:
    """The two captures to compare, of those that hold an article."""
    until = [one for one in articles if end is None or one.fetched_at <= format_instant(end)]
    if not until:
        raise NotInArchive(f"{url}: no article was captured by then; lantian history shows its captures")
    if start is None:
        return _last_edit(until)
    since = [one for one in until if one.fetched_at <= format_instant(start)]
    if not since:
        raise NotInArchive(f"{url}: no article was captured by --from; the first is of {until[0].fetched_at}")
    return since[-1], until[-1]


def _last_edit(articles: Sequence[Sighting]) -> tuple[Sighting, Sighting]:
    edited = next((one for one in reversed(articles) if one.edit), articles[-1])
    by_id = {one.record_id: one for one in articles}
    return by_id.get(edited.since or "", articles[0]), edited


def _sides(articles: Sequence[Sighting], before: Sighting, after: Sighting) -> Sides:
    """The captures up to either of these, of all pages of the article."""
    place = articles.index(after)
    # Between a capture of a page and its next one lie those of other pages, which are the same on both sides.
    end = place if after.since == before.record_id else articles.index(before) + 1
    return articles[:end], articles[: place + 1]


def _read(url: str, historian: Historian, sides: Sides) -> tuple[Article, Article]:
    """The article as it was on both sides, with all of its pages."""
    old, new = map(historian.article, sides)
    if old is None or new is None:
        raise NotInArchive(f"{url}: what was captured is no article; lantian history shows its captures")
    return old, new


def _report(sides: Sequence[Sighting], verdicts: Sequence[CaptureVerdict], edit: Edit, *, is_quiet: bool) -> None:
    if this_run().json:
        lines = [to_line(one, verdict) for one, verdict in zip(sides, verdicts, strict=True)]
        print_json({"before": lines[0], "after": lines[1], "edit": edit_to_line(edit), "is_quiet": is_quiet})
        return
    console = Screen()
    for one, verdict, sign, colour in zip(sides, verdicts, ("---", "+++"), ("red", "green"), strict=True):
        about = f"{sign} {in_china(one.fetched_at)}  {one.record_id}  {WORDS[verdict.state]}"
        console.print(Text(about, colour), soft_wrap=True)
        print_doubt(verdict, console=console)
    if is_quiet:
        console.print(Text("QUIET EDIT: the page changed and does not say so", LOUD))
    if edit:
        print_edit(edit, console=console)
    elif sides[0].record_id == sides[1].record_id:
        console.print("nothing to compare it with; lantian history shows every capture")
    else:
        console.print("no difference")
