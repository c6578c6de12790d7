"""`lantian reprints`: who published an article first, who reprinted it, and what the reprints changed."""

from pathlib import Path
from typing import Any

import click
from rich.text import Text

from archive.catalog.catalog import Catalog
from archive.clusters import Cluster, Member, cluster_of, clusters
from archive.directory import Archive
from archive.errors import NotInArchive
from archive.reprints import Chain, Reprint, trace
from archive.sites import read_sites
from crawler.cli.address import KNOWN_ADDRESS
from crawler.cli.exit_codes import found_if
from crawler.cli.history import edit_to_line
from crawler.cli.marking import print_edit
from crawler.cli.moment import in_china
from crawler.cli.options import archive_option, every_command, sites_option, this_run
from crawler.cli.output import Screen, print_json, print_table, say

TEXTUAL = {"text", "title", "subtitle"}
"""What a reprint changes of the words; its date, source and editor are its own."""


@click.command()
@click.argument("url", required=False, type=KNOWN_ADDRESS)
@click.option("--at-least", type=click.IntRange(2, 1 << 31), default=2, help="Without URL: articles a chain must have.")
@archive_option
@sites_option
@every_command
def reprints(*, url: str | None, at_least: int, archive_path: Path, sites_path: Path | None) -> None:
    """Tell who published an article first and what each reprint changed; without URL, list all chains.

    The original is the one that states the earliest date, of those in this archive. Exits 1 when a reprint changed
    words of the original.

    \b
    Example:
      lantian reprints https://sthjj.example.gov.cn/tz/t20240310_1.html
      lantian reprints --at-least 5
    """
    sites = read_sites(sites_path)
    with Catalog(Archive.open(archive_path, create=False)) as catalog:
        if url is None:
            _list(catalog, at_least)
            return
        cluster = cluster_of(catalog, url, sites=sites)
    if cluster is None:
        raise NotInArchive(f"{url}: no article with text was captured there; lantian history shows its captures")
    chain = trace(cluster, sites=sites)
    if this_run().json:
        _print_lines(chain)
    else:
        _print_chain(chain)
    is_changed = any(TEXTUAL & set(reprint.edit.changed) for reprint in chain.reprints)
    click.get_current_context().exit(found_if(is_changed))


def _list(catalog: Catalog, at_least: int) -> None:
    found = [*clusters(catalog, at_least=at_least)]
    if this_run().json:
        for cluster in found:
            print_json({"original": cluster.earliest_publication.url} | _summary(cluster))
        return
    if not found:
        say(f"no text is in {at_least} articles or more of this archive")
        return
    rows = [(*_summary(cluster).values(), cluster.earliest_publication.url) for cluster in found]
    print_table("chains", ("articles", "published", "captured", "title", "first published at"), rows)


def _summary(cluster: Cluster) -> dict[str, Any]:
    original = cluster.earliest_publication
    return {
        "articles": len({member.article for member in cluster.members}),
        "published": original.published,
        "captured": in_china(cluster.earliest_capture.fetched_at),
        "title": original.title,
    }


def _print_lines(chain: Chain) -> None:
    print_json({"role": "original"} | _to_line(chain.original))
    for reprint in chain.reprints:
        judged = {"source_agreement": reprint.source, "scripts_differ": reprint.scripts_differ}
        print_json({"role": "reprint"} | _to_line(reprint.member) | judged | {"edit": edit_to_line(reprint.edit)})


def _to_line(member: Member) -> dict[str, Any]:
    names = ("url", "article", "site", "title", "published", "source", "fetched_at", "record_id", "custody")
    return {name: getattr(member, name) for name in names} | {"similarity": member.similarity, "like": member.like}


def _print_chain(chain: Chain) -> None:
    console = Screen()
    _print_member(console, "original", chain.original)
    if chain.first_captured is not chain.original:
        console.print(
            Text(f"  captured earlier, and dated later: {chain.first_captured.url}", "italic"), soft_wrap=True
        )
    for reprint in chain.reprints:
        _print_member(console, "reprint ", reprint.member)
        console.print(Text(f"  {_describe(reprint, chain.original)}", "bold"), soft_wrap=True)
        print_edit(reprint.edit, console=console)
    if not chain.reprints:
        console.print("no reprint is in this archive")


def _print_member(console: Screen, role: str, member: Member) -> None:
    line = Text(f"{role}  ", "bold").append(member.url, "bold underline")
    stated = f"published {member.published or 'without a date'}, source {member.source or 'not stated'}"
    console.print(line, soft_wrap=True)
    console.print(Text(f"  {stated}, captured {in_china(member.fetched_at)}, {member.title}"), soft_wrap=True)


def _describe(reprint: Reprint, original: Member) -> str:
    words = {
        "agrees": "its stated source is the original's",
        "differs": f"its stated source is {reprint.member.source}; the original found is of {original.source or original.site}",
        "not stated": "it states no source",
    }
    changed = sorted(TEXTUAL & set(reprint.edit.changed))
    script = "; other script, compared in Simplified" if reprint.scripts_differ else ""
    return f"{words[reprint.source]}; {'changed: ' + ', '.join(changed) if changed else 'the same words'}{script}"
