"""`lantian replay`: the road run again over the archive, against what the catalog says."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import click

from archive.directory import Archive
from archive.replay import Difference
from archive.replay import replay as run_again
from archive.sites import read_sites
from archive.workers.pool import Workers
from archive.workers.ray_reader import using_ray
from crawler.cli.exit_codes import found_if
from crawler.cli.options import archive_option, every_command, sites_option, this_run, workers_option
from crawler.cli.output import print_json, print_table, progress_bar, say, say_count

COLUMNS = ("url", "fetched_at", "field", "before", "after")
SHOWN = 60
"""Characters of a value in the table; `--json` gives them whole."""


@click.command()
@click.option("--diff", is_flag=True, help="Only compare; the catalog stays as it is.")
@click.option(
    "--engine",
    type=click.Choice(["processes", "ray"]),
    default="processes",
    show_default=True,
    help="Who reads the pages: processes of this machine, or --workers actors of Ray (extra lantian[ray]), in the "
    "cluster that RAY_ADDRESS names or else on this machine.",
)
@workers_option
@archive_option
@sites_option
@every_command
def replay(*, diff: bool, engine: str, workers: int, archive_path: Path, sites_path: Path | None) -> None:
    """Read every capture of the archive again, and keep what comes out; with --diff only compare.

    Exits 1 when --diff finds a difference.

    \b
    Example:
      lantian replay --diff
    """
    archive = Archive.open(archive_path, create=False)
    sites = read_sites(sites_path)
    captures = 0
    differences: list[Difference] = []
    with _open_pool(engine, workers) as pool, progress_bar() as bar:
        task = bar.add_task("replay", total=None)
        for replayed in run_again(archive, workers=pool, sites=sites, diff=diff):
            captures += 1
            differences += replayed.differences
            bar.update(task, completed=captures)
    _report(captures, differences)
    click.get_current_context().exit(found_if(diff and differences))


@contextmanager
def _open_pool(engine: str, workers: int) -> Iterator[Workers]:
    if engine == "ray":
        with using_ray(max(1, workers)) as start, Workers(max(1, workers), start=start) as pool:
            yield pool
    else:
        with Workers(workers) as pool:
            yield pool


def _report(captures: int, differences: list[Difference]) -> None:
    if this_run().json:
        for difference in differences:
            print_json(asdict(difference))
        print_json({"captures": captures, "differences": len(differences)})
        return
    if differences:
        rows = [[str(getattr(difference, column))[:SHOWN] for column in COLUMNS] for difference in differences]
        print_table("differences", COLUMNS, rows)
    found = say_count(len(differences), "differences") if differences else "no differences"
    say(f"{say_count(captures, 'captures')} replayed, {found}")
