"""`lantian export`: the articles of the archive, as text files or JSON lines."""

import sys
from pathlib import Path

import click

from archive.catalog import Catalog
from archive.directory import Archive
from archive.export.jsonl import export_jsonl, jsonl_lines
from archive.export.seed import export_seed
from crawler.cli.options import archive_option, every_command, this_run
from crawler.cli.output import print_json


@click.command()
@click.option(
    "--format", "form", type=click.Choice(["seed", "jsonl"]), required=True, help="Text files, or JSON lines."
)
@click.option(
    "--out", type=click.Path(path_type=Path), help="A folder (seed) or a file (jsonl; by default standard output)."
)
@click.option("--site", "keys", multiple=True, help="Only this site; may be given several times.")
@click.option("--unique", is_flag=True, help="Of articles with equal text only the first.")
@archive_option
@every_command
def export(*, form: str, out: Path | None, keys: tuple[str, ...], unique: bool, archive_path: Path) -> None:
    """Export the last version of every article. The same archive always gives the same bytes.

    seed: a folder of text files `NNN_<id>.txt` in order of publication. jsonl: one JSON object a line.

    \b
    Example:
      lantian export --format seed --out texts
      lantian export --format jsonl --site suzhou_js > suzhou.jsonl
    """
    if form == "seed" and out is None:
        raise click.UsageError("--format seed needs --out FOLDER")
    if form == "seed" and out is not None and out.exists() and not out.is_dir():
        raise click.UsageError(f"{out}: is a file; name a folder")
    with Catalog(Archive.open(archive_path, create=False)) as catalog:
        if out is None:
            for line in jsonl_lines(catalog, sites=keys, unique=unique):
                sys.stdout.buffer.write(line.encode())
            return
        write = export_seed if form == "seed" else export_jsonl
        count = write(catalog, out, sites=keys, unique=unique)
    if this_run().json:
        print_json({"articles": count, "out": str(out)})
    else:
        click.echo(f"{out}: {count} articles")
