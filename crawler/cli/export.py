"""`lantian export`: the articles of the archive as text files or JSON lines, or the index of its captures."""

import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import click

from archive.catalog import Catalog
from archive.directory import Archive
from archive.export.jsonl import jsonl_lines
from archive.export.seed import export_seed
from archive.export.writing import write_lines
from archive.index import read_index
from archive.wacz.selection import Selection
from crawler.cli.moment import MOMENT
from crawler.cli.options import archive_option, every_command, this_run
from crawler.cli.output import print_json
from crawler.cli.prove import key_option, pack
from pipelines.records import format_instant


@click.command()
@click.option(
    "--format",
    "form",
    type=click.Choice(["seed", "jsonl", "cdxj", "wacz"]),
    required=True,
    help="Text files, JSON lines, the index of captures, or the captures themselves.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="A folder (seed) or a file (jsonl, cdxj: by default standard output).",
)
@click.option("--site", "keys", multiple=True, help="Only this site; may be given several times.")
@click.option("--url", "urls", multiple=True, help="wacz: only this page; may be given several times.")
@click.option("--since", type=MOMENT, help="wacz: only what was captured after this moment.")
@click.option("--until", type=MOMENT, help="wacz: only what was captured up to this moment.")
@key_option
@click.option("--unique", is_flag=True, help="Of articles with equal text only the first.")
@archive_option
@every_command
def export(
    *,
    form: str,
    out: Path | None,
    keys: tuple[str, ...],
    urls: tuple[str, ...],
    since: datetime | None,
    until: datetime | None,
    key_path: Path,
    unique: bool,
    archive_path: Path,
) -> None:
    """Export the last version of every article. The same archive always gives the same bytes.

    seed: a folder of text files `NNN_<id>.txt` in order of publication. jsonl: one JSON object a line. cdxj: instead of
    articles a sorted line for each capture, with which pywb and other players find it in the WARC files. wacz: the
    captures with index, list of pages and proofs in one file, which ReplayWeb.page opens and `lantian verify` checks.

    \b
    Example:
      lantian export --format seed --out texts
      lantian export --format jsonl --site suzhou_js > suzhou.jsonl
      lantian export --format cdxj --out index.cdxj
      lantian export --format wacz --site suzhou_js --since 2024-03-01 --out suzhou.wacz
    """
    if form in {"seed", "wacz"} and out is None:
        raise click.UsageError(f"--format {form} needs --out")
    if form == "seed" and out is not None and out.exists() and not out.is_dir():
        raise click.UsageError(f"{out}: is a file; name a folder")
    archive = Archive.open(archive_path, create=False)
    if form == "cdxj":
        _give_lines(read_index(archive, sites=keys), out, what="captures")
        return
    with Catalog(archive) as catalog:
        if form == "wacz" and out:
            start, end = (format_instant(one) if one else None for one in (since, until))
            selection = Selection(urls, keys, since=start, until=end)
            pack(archive, catalog, selection, out, key_path=key_path, title=", ".join(urls or keys))
        elif form == "jsonl":
            _give_lines(jsonl_lines(catalog, sites=keys, unique=unique), out, what="articles")
        elif out:
            _tell(export_seed(catalog, out, sites=keys, unique=unique), out, what="articles")


def _give_lines(lines: Iterator[str], out: Path | None, *, what: str) -> None:
    """Write lines to a file, which is there whole or not at all, or to standard output."""
    if out is None:
        for line in lines:
            sys.stdout.buffer.write(line.encode())
        return
    _tell(write_lines(out, lines), out, what=what)


def _tell(count: int, out: Path, *, what: str) -> None:
    if this_run().json:
        print_json({what: count, "out": str(out)})
    else:
        click.echo(f"{out}: {count} {what}")
