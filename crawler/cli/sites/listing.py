"""`lantian sites list`: every bureau and newspaper that can be crawled."""

from pathlib import Path

import click

from archive.sites import read_sites
from crawler.cli.options import every_command, sites_option, this_run
from crawler.cli.output import print_json, print_table
from pipelines.site import Site

COLUMNS = ("key", "name", "kind", "province", "platform", "status", "channels")


@click.command(name="list")
@sites_option
@every_command
def list_sites(sites_path: Path | None) -> None:
    """List every bureau and newspaper that can be crawled.

    \b
    Example:
      lantian sites list --json
    """
    rows = [_row(site) for site in read_sites(sites_path).values()]
    if this_run().json:
        for row in rows:
            print_json(row)
    else:
        print_table(f"{len(rows)} sites", COLUMNS, [[row[column] for column in COLUMNS] for row in rows])


def _row(site: Site) -> dict[str, str | int | None]:
    return {
        "key": site.key,
        "name": site.name,
        "kind": site.kind,
        "province": site.province,
        "platform": site.platform,
        "status": site.status,
        "channels": len(site.channels),
    }
