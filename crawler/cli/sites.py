"""`lantian sites`: the bureaus and newspapers this program knows, and whether their files are right."""

from pathlib import Path

import click

from archive.sites import read_sites, scan_sites
from crawler.cli.options import every_command, sites_option, this_run
from crawler.cli.output import print_json, print_table
from pipelines.site import Site

COLUMNS = ("key", "name", "kind", "province", "platform", "status", "channels")


@click.group()
def sites() -> None:
    r"""List the sites, or check their files.

    \b
    Example:
      lantian sites list
      lantian sites check --sites my-sites
    """


@sites.command(name="list")
@sites_option
@every_command
def list_sites(sites_path: Path | None) -> None:
    r"""List every bureau and newspaper that can be crawled.

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


@sites.command()
@sites_option
@every_command
def check(sites_path: Path | None) -> None:
    r"""Check every site file; exit 1 when one is wrong.

    \b
    Example:
      lantian sites check --sites my-sites
    """
    right, problems = scan_sites(sites_path)
    _report(len(right), [str(problem) for problem in problems])


def _report(right: int, findings: list[str]) -> None:
    for finding in findings:
        if this_run().json:
            print_json({"finding": finding})
        else:
            click.echo(finding)
    if not this_run().json:
        click.echo(f"{right} site files are right, {len(findings)} are wrong")
    click.get_current_context().exit(1 if findings else 0)
