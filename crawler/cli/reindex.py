"""`lantian reindex`: the catalog made anew from the archive alone."""

from pathlib import Path

import click

from archive.directory import Archive
from archive.reindex import reindex as rebuild
from archive.sites import read_sites
from archive.workers.pool import Workers
from crawler.cli.options import archive_option, every_command, sites_option, this_run, workers_option
from crawler.cli.output import print_json, progress_bar, say, say_count


@click.command()
@workers_option
@archive_option
@sites_option
@every_command
def reindex(*, workers: int, archive_path: Path, sites_path: Path | None) -> None:
    """Make the catalog anew from the WARC files alone.

    The old one stays in use until the new one is whole.

    \b
    Example:
      lantian reindex --archive archive-data
    """
    archive = Archive.open(archive_path, create=False)
    sites = read_sites(sites_path)
    with Workers(workers) as pool, progress_bar() as bar:
        task = bar.add_task("reindex", total=None)
        count = rebuild(archive, workers=pool, sites=sites, progress=lambda so_far: bar.update(task, completed=so_far))
    if this_run().json:
        print_json({"captures": count})
    else:
        say(f"{archive_path}: {say_count(count, 'captures')} catalogued")
