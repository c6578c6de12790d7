"""`make demo`: the whole road on sites of our own, on this machine alone, in a minute or two."""

import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.demo_site.commands import ROOT
from tests.demo_site.tour import Tour, take_tour

COLUMNS = ("pages", "article", "new", "unchanged", "changed", "duplicate", "attachment", "gone", "failed")
SHOWN = 40
console = Console(width=None if sys.stdout.isatty() else 120)


def main() -> int:
    """Take the tour, show what came of it; 1 when anything is not as the truth says."""
    parser = ArgumentParser(prog="python -m tests.demo_site", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "demo-out", help="where to write")
    out = parser.parse_args().folder.resolve()
    if out.exists() and not (out / "sites").is_dir():
        console.print(f"{out}: is not of an earlier demo; name a new folder", highlight=False)
        return 2
    tour = take_tour(out, tell=_tell)
    for edition in sorted(tour.crawls):
        console.print(_crawl_table(tour, edition))
    console.print(_news_table(tour))
    return _end(tour)


def _tell(text: str) -> None:
    console.print(f"[bold]•[/] {text}")


def _crawl_table(tour: Tour, edition: int) -> Table:
    table = Table(title=f"crawl {edition}", title_justify="left")
    table.add_column("site")
    for column in (*COLUMNS, "304"):
        table.add_column(column, justify="right")
    for key, row in sorted(tour.crawls[edition].items()):
        site = tour.sites[key.removeprefix("demo_")]
        unmodified = sum(ask.status == 304 for ask in site.asked if ask.edition == edition)
        table.add_row(site.source.name, *(str(row.get(column, "")) for column in COLUMNS), str(unmodified))
    return table


def _news_table(tour: Tour) -> Table:
    table = Table("what", "site", "title", title="between the crawls", title_justify="left")
    for what, site, title in _news(tour):
        table.add_row(what, site, title)
    return table


def _news(tour: Tour) -> Iterator[tuple[str, str, str]]:
    titles = {article["url"]: article["title"] for article in tour.articles}
    for site in tour.sites.sites.values():
        for page in site.source.pages_in(2):
            title = titles.get(site.base + page.path, "")
            if page.edited:
                yield "quietly edited", site.source.name, title
            elif page.since > 1:
                yield "new", site.source.name, title
            elif page.gone:
                yield "gone, and kept", site.source.name, title


def _end(tour: Tour) -> int:
    for problem in tour.problems[:SHOWN]:
        console.print(f"[red]✗[/] {problem}", highlight=False, soft_wrap=True)
    if tour.problems:
        console.print(f"[red]{len(tour.problems)} things are not as the truth says[/]")
        return 1
    out = tour.out.relative_to(ROOT) if tour.out.is_relative_to(ROOT) else tour.out
    console.print(f"[green]✓[/] {len(tour.articles)} articles, each found once, each word as it was published")
    console.print("[green]✓[/] replayed from the archived bytes: no difference")
    console.print(
        f"Look at {out}/seed (the texts), {out}/articles.jsonl, {out}/archive/warc (every exchange, byte for byte)"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
