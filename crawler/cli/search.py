"""`lantian search`: every sentence of the archive, found."""

from dataclasses import asdict
from pathlib import Path

import click
from rich.text import Text

from archive.catalog.catalog import Catalog
from archive.directory import Archive
from archive.ingest import NO_SITE
from archive.search.find import Found, Order
from archive.search.find import search as find
from archive.search.hits import Hit
from archive.search.query import filters_of, parse_query
from archive.search.snippets import Snippet
from archive.sites import read_sites
from crawler.cli.held_sites import require_held
from crawler.cli.options import archive_option, every_command, sites_option, this_run
from crawler.cli.output import Screen, print_json

OTHER = "other"
"""The kind of what was stored under no site."""


@click.command()
@click.argument("query", nargs=-1, required=True)
@click.option(
    "--order",
    type=click.Choice(["date", "relevance"]),
    default="date",
    show_default=True,
    help="The newest first, or those first in which the words weigh most.",
)
@click.option("--all-versions", is_flag=True, help="Also what articles said before they were changed.")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="Hits on a page.")
@click.option("--offset", type=click.IntRange(min=0, max=1 << 31), default=0, help="Skip so many articles.")
@click.option("--after", metavar="CURSOR", help="Go on behind this cursor, which the page before ended with.")
@archive_option
@sites_option
@every_command
def search(
    *,
    query: tuple[str, ...],
    order: Order,
    all_versions: bool,
    limit: int,
    offset: int,
    after: str | None,
    archive_path: Path,
    sites_path: Path | None,
) -> None:
    """Search what articles and their attached files say: every piece of text of two characters or more is found.

    Words side by side must all be there; "a phrase" stands as it is; AND, OR, NOT and parentheses combine. Traditional
    and Simplified, full and half width, capitals and small letters are one; spaces and the kind of punctuation make no
    difference. Fields: title: source: author: column: (text), site: (a key), kind: (article, attachment; bureau,
    newspaper, other), since: and until: (2021, 2021-06, 2021-06-29; the stated date, or that of the first capture).

    Attached files (PDF, Word, Excel) are found by what they say and by their names, dated as the articles that name them.

    \b
    Example:
      lantian search '扬尘 (整改 OR 处罚) NOT "露天焚烧" site:jiangsu since:2021-06'
      lantian search title:PM2.5 --order relevance --json
      lantian search '排放清单 kind:attachment'
    """
    asked = " ".join(query)
    keys = [one.value for one in filters_of(parse_query(asked)) if one.field == "site"]
    archive = Archive.open(archive_path, create=False)
    kinds = {NO_SITE: OTHER} | {key: site.kind for key, site in read_sites(sites_path).items()}
    with Catalog(archive) as catalog:
        require_held(catalog, keys)
        found = find(
            catalog,
            asked,
            kinds=kinds,
            order=order,
            all_versions=all_versions,
            limit=limit,
            offset=offset,
            after=after,
        )
    if this_run().json:
        for hit in found.hits:
            print_json(asdict(hit))
        print_json(asdict(found.summary))
    else:
        _print_page(found, Screen())


def _print_page(found: Found, console: Screen) -> None:
    for hit in found.hits:
        for line in _describe(hit, is_styled=console.is_terminal):
            console.print(line, soft_wrap=True)
        console.print()
    console.print(f"{len(found.hits)} of {found.total} hits", highlight=False)
    if found.next and found.total > len(found.hits):
        console.print(f"next page: --after {found.next}", highlight=False, soft_wrap=True)


def _describe(hit: Hit, *, is_styled: bool) -> list[Text]:
    """A hit as a person reads it: headline, where it is from, address, places."""
    notes = [hit.kind if hit.format else None, hit.format, hit.published, hit.source, ",".join(hit.sites), hit.column]
    notes += [f"not all of it could be read: {hit.problem}"] if hit.problem else []
    notes += ["reconstructed"] if hit.reconstructed else []
    notes += [] if hit.is_current else ["an earlier version"]
    title, *places = hit.snippets if hit.title else (Snippet("title", "(no title)", ()), *hit.snippets)
    head = _mark(title, is_styled=is_styled)
    head.stylize("bold")
    lines = [head, Text("  " + "  ".join(filter(None, notes)), "dim"), Text(f"  {hit.url}", "dim")]
    lines += [Text(f"  attached to: {one.title or '(no title)'}  {one.url}", "dim") for one in hit.attached_to]
    return lines + [Text("    ") + _mark(place, is_styled=is_styled) for place in places]


def _mark(snippet: Snippet, *, is_styled: bool) -> Text:
    """What was searched for stands out: by style on a terminal, else between « and »."""
    shown = snippet.text
    text, at = Text(), 0
    for start, end in snippet.marks:
        text.append(shown[at:start])
        text.append(shown[start:end] if is_styled else f"«{shown[start:end]}»", "bold red")
        at = end
    return text.append(shown[at:])
