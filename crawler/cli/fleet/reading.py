"""`lantian fleet status` and `lantian fleet catalog`: how a fleet is, and what it has."""

from pathlib import Path

import click

from archive.directory import Archive
from archive.locks import sharing_catalog
from crawler.cli.fleet_database import database_option
from crawler.cli.options import archive_option, every_command, this_run
from crawler.cli.output import print_json, print_table, progress_bar, say, say_count


@click.command()
@archive_option
@database_option
@every_command
def catalog(*, url: str, archive_path: Path) -> None:
    """Bring a catalog over the archives of all workers up to date, in a folder of its own.

    What reads catalogs then answers over the whole fleet: `search`, `stats`, `reprints`, `export`, and, with copies of the
    archives below the folder, `history` and `diff`. Run it again, by cron, to follow.

    \b
    Example:
      lantian fleet catalog --archive fleet-wide
      lantian search 扬尘 --archive fleet-wide
    """
    from crawler.fleet.catalog import FleetCatalog  # noqa: PLC0415 (of the extra)
    from crawler.fleet.database import using_database  # noqa: PLC0415
    from crawler.fleet.migrate import require_current  # noqa: PLC0415
    from crawler.fleet.reader import follow  # noqa: PLC0415

    with using_database(url) as engine, progress_bar() as bar:
        require_current(engine)
        archive = Archive.open(archive_path)
        shared = FleetCatalog(engine)
        task = bar.add_task("fleet catalog", total=None)
        with sharing_catalog(archive):
            changes = follow(archive, shared, progress=lambda so_far: bar.update(task, completed=so_far))
        counts = shared.counts()
    if this_run().json:
        print_json({"changes": changes, **counts})
    else:
        say(f"{archive_path}: {say_count(changes, 'changes')} taken in; the fleet has {_say_counts(counts)}")


@click.command()
@database_option
@every_command
def status(*, url: str) -> None:
    """Show the workers, the jobs, and the hosts that are held.

    \b
    Example:
      lantian fleet status --json
    """
    from crawler.fleet.status import read_status  # noqa: PLC0415 (of the extra)

    found = read_status(url)
    if this_run().json:
        print_json(found)
        return
    print_table("workers", ("worker", "last heard of, s ago", "jobs"), found["workers"])
    print_table("jobs", ("job", "state", "number"), found["jobs"])
    print_table("hosts held", ("host", "worker", "for s"), found["hosts"])
    say(f"{found['pages']['pending']} pages to fetch, {found['pages']['done']} done")
    say(f"in the catalog: {_say_counts(found['catalog'])}")


def _say_counts(counts: dict[str, int]) -> str:
    return ", ".join(say_count(number, things) for things, number in counts.items())
