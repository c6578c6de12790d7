"""`lantian import`: WARC and WACZ files of other programs into the archive."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

import click

from archive.importing.files import Imported, import_file
from archive.importing.records import Skipped
from archive.sites import read_sites
from crawler.cli.exit_codes import found_if
from crawler.cli.options import archive_option, every_command, sites_option, this_run, workers_option
from crawler.cli.output import complain, print_json, say, say_count
from crawler.run_archive import open_intake

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
_NAMED = 5


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=FILE, metavar="FILE...")
@workers_option
@archive_option
@sites_option
@every_command
def import_(*, files: tuple[Path, ...], workers: int, archive_path: Path, sites_path: Path | None) -> None:
    """Bring WARC and WACZ files of others into the archive.

    The original is kept untouched; its exchanges are written in our strict form, as imported, and the log notes that
    their custody is unknown before this moment. A revisit comes in where a page of the archive bears out what it says.
    ARC and WARC/0.x are refused. Exits 1 when something in a file could not be brought in: it is named (of many alike
    the first five; with --json each), and stays in the original.

    \b
    Example:
      lantian import crawl-2019.warc.gz saved.wacz
    """
    sites = read_sites(sites_path)
    skipped = 0
    with open_intake(archive_path, sites=sites, workers=workers, command="import") as intake:
        for path in files:
            imported = import_file(intake, path, sites=sites)
            skipped += len(imported.skipped)
            _report(imported)
    click.get_current_context().exit(found_if(skipped))


def _report(imported: Imported) -> None:
    _report_skipped(imported.skipped)
    if this_run().json:
        print_json(asdict(imported))
    else:
        again = f", {imported.known} were here already" if imported.known else ""
        same = f", {imported.unchanged} times a page was unchanged" if imported.unchanged else ""
        notes = f", {say_count(imported.notes, 'records')} of no page" if imported.notes else ""
        told = f"{say_count(imported.captures, 'captures')}{again}{same}{notes}"
        say(f"{imported.name}: {told}; the original is {imported.kept_as}")


def _report_skipped(skipped: Iterable[Skipped]) -> None:
    """A line each; of what has the same reason the first few, and how many more there are."""
    told: Counter[tuple[str, str]] = Counter()
    for one in skipped:
        told[one.file, one.reason] += 1
        if told[one.file, one.reason] <= _NAMED:
            complain(f"{one.file}: {one.url or one.type or 'record'}: {one.reason}; it stays in the original")
    for (file, reason), count in told.items():
        if count > _NAMED:
            complain(f"{file}: {count - _NAMED} more: {reason}; --json names each")
