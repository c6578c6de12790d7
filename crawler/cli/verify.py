"""`lantian verify`: what can be proved of an archive; and any WARC file against the rules of the format."""

from dataclasses import asdict
from pathlib import Path

import click

from archive.conformance.check import check_file
from crawler.cli.options import every_command, this_run
from crawler.cli.output import print_json

FOUND = 1


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--conformance", is_flag=True, required=True, help="Hold WARC files against the rules of ISO 28500.")
@every_command
def verify(*, files: tuple[Path, ...], conformance: bool) -> None:
    """Check WARC FILES, plain or gzipped, whoever wrote them, against the header rules of WARC/1.0 and 1.1.

    Exits 0 when they keep every rule, 1 with the rules they break, each with file, byte, record and section.

    \b
    Example:
      lantian verify --conformance other.warc.gz
    """
    del conformance
    count = 0
    for path in files:
        for breach in check_file(path):
            count += 1
            if this_run().json:
                print_json(asdict(breach))
            else:
                click.echo(str(breach))
    if not this_run().json:
        click.echo(f"{len(files)} file{'s' * (len(files) != 1)}, {count or 'no'} rule{'s' * (count != 1)} broken")
    click.get_current_context().exit(FOUND if count else 0)
