"""`lantian stats`: what is in the archive, counted."""

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import click

from archive.catalog.catalog import Catalog
from archive.catalog.stats import ROLES, SiteCount, Stats, count
from archive.directory import Archive
from archive.export.stats_page import stats_page
from archive.writing import write_text
from crawler.cli.held_sites import require_held
from crawler.cli.new_path import html_option
from crawler.cli.options import archive_option, every_command, this_run
from crawler.cli.output import print_json, print_table

MOST_ROWS = 20
"""Rows of a table on a terminal; --json and --html have them all."""


@click.command()
@click.option("--site", "keys", metavar="KEY", multiple=True, help="Only this site; may be given several times.")
@html_option("Write a page with charts.")
@archive_option
@every_command
def stats(*, keys: tuple[str, ...], page: Path | None, archive_path: Path) -> None:
    """Count what is in the archive: by site, month, kind, source, duplicates, damage and charset.

    Articles are counted as last captured, one an address. The page needs no other file and runs no script.

    \b
    Example:
      lantian stats
      lantian stats --site jiangsu --html stats.html
    """
    with Catalog(Archive.open(archive_path, create=False)) as catalog:
        require_held(catalog, keys)
        found = count(catalog, sites=keys)
    if page:
        title = f"蓝天档案统计 {', '.join(keys) or archive_path.resolve().name}"
        write_text(page, stats_page(found, title=title))
    if this_run().json:
        sites = {key: _fields_of(site) for key, site in found.sites.items()}
        print_json(_fields_of(found) | {"sites": sites})
    else:
        _print(found)


def _fields_of(counts: Stats | SiteCount) -> dict[str, Any]:
    # `asdict` cannot copy a Counter.
    return {field.name: getattr(counts, field.name) for field in fields(counts)}


def _print(found: Stats) -> None:
    rows = [
        (key, site.captures, site.articles, *(site.roles[role] for role in ROLES), site.reconstructed)
        for key, site in sorted(found.sites.items(), key=lambda one: (-one[1].articles, one[0]))
    ]
    total = (found.captures, found.articles, *(found.roles[role] for role in ROLES), found.reconstructed)
    print_table("sites", ("site", "captures", "articles", *ROLES, "reconstructed"), [*rows, ("all", *total)])
    _print_counts("articles by month of publication", dict(sorted(found.months.items(), reverse=True)))
    _print_counts("articles by stated source", dict(found.sources.most_common()))
    for title, counts in (("kind", found.kinds), ("custody", found.custody), ("charset", found.charsets)):
        _print_counts(f"captures by {title}", counts)
    _print_counts("attached files by format", found.attachments)
    _print_counts("attached files not read whole, by problem", found.unread_attachments)
    _print_counts("captures by damage", {**found.damage, "characters replaced in decoding": found.replaced})


def _print_counts(title: str, counts: Mapping[str, int]) -> None:
    shown = list(counts.items())[:MOST_ROWS]
    if len(counts) > MOST_ROWS:
        shown.append((f"{len(counts) - MOST_ROWS} others", sum(list(counts.values())[MOST_ROWS:])))
    if shown:
        print_table(title, ("", "count"), shown)
