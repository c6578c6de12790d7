"""`lantian export`: the articles of the archive in the forms that others read, the index of its captures, or these."""

import sys
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import click

from archive.catalog.catalog import Catalog
from archive.directory import Archive
from archive.errors import NotInArchive
from archive.export.articles import export_articles
from archive.export.manifest import manifest_path
from archive.export.metadata import metadata_lines
from archive.export.noting import Passing
from archive.export.selection import Chosen, Selection, choose_articles, count_articles
from archive.index import read_index
from archive.log.covering import digest_file
from archive.wacz.selection import Selection as Captured
from archive.wacz.selection import find_capture
from archive.writing import write_lines
from crawler.cli.address import KNOWN_ADDRESS
from crawler.cli.held_sites import require_held
from crawler.cli.moment import BEGINNING, DAY, MOMENT
from crawler.cli.new_path import force_option, require_new
from crawler.cli.noting import log_export
from crawler.cli.options import archive_option, every_command, this_run
from crawler.cli.output import print_json, progress_bar, say, say_count
from crawler.cli.prove import key_option, pack
from pipelines.records import format_instant


@click.command()
@click.option(
    "--format",
    "form",
    type=click.Choice(["seed", "jsonl", "csv", "parquet", "cdxj", "wacz"]),
    required=True,
    help="See above.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="A folder (seed, parquet) or a file (jsonl, csv, cdxj: by default standard output).",
)
@force_option
@click.option("--site", "keys", metavar="KEY", multiple=True, help="Only this site; may be given several times.")
@click.option(
    "--url", "urls", type=KNOWN_ADDRESS, multiple=True, help="wacz: only this page; may be given several times."
)
@click.option("--since", type=BEGINNING, help="wacz: only what was captured since this day or moment.")
@click.option("--until", type=MOMENT, help="wacz: only what was captured up to this day or moment.")
@key_option
@click.option("--published-from", "first_day", type=DAY, help="Only articles published on this day or later.")
@click.option("--published-to", "last_day", type=DAY, help="Only articles published on this day or earlier.")
@click.option(
    "--at", type=MOMENT, help="Each article as the archive knew it at this moment, or at the end of this day."
)
@click.option("--unique", is_flag=True, help="Of articles with equal text only the first.")
@click.option(
    "--members",
    type=click.Choice(["all", "first"]),
    default="all",
    show_default=True,
    help="Of near-duplicates all, or only the first captured.",
)
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
    first_day: str | None,
    last_day: str | None,
    at: datetime | None,
    unique: bool,
    members: Literal["all", "first"],
    archive_path: Path,
) -> None:
    """Export the last version of every article. The same archive always gives the same bytes.

    \b
    seed     a folder of text files NNN_<id>.txt, in order of publication
    jsonl    one JSON object a line
    csv      for spreadsheets, a line an article: everything but the text;
             what they would take for a formula has an apostrophe in front
    parquet  a folder of typed files by site and month
    cdxj     instead of articles a sorted line for each capture, by which
             pywb and other players find it in the WARC files
    wacz     the captures with index, list of pages and proofs in one file,
             which ReplayWeb.page opens and `lantian verify` checks

    The first four are there whole or not at all, an interrupted export goes on where it stopped, and OUT.manifest.json
    beside it has counts, digests and what was reconstructed.

    \b
    Example:
      lantian export --format seed --out texts
      lantian export --format jsonl --site jiangsu > jiangsu.jsonl
      lantian export --format parquet --members first --at 2024-06-30 --out articles
      lantian export --format cdxj --out index.cdxj
      lantian export --format wacz --site jiangsu --since 2024-03-01 --out jiangsu.wacz
    """
    if form in {"seed", "parquet", "wacz"} and out is None:
        raise click.UsageError(f"--format {form} needs --out")
    is_folder = form in {"seed", "parquet"}
    if out is not None and out.exists() and out.is_dir() is not is_folder:
        raise click.UsageError(f"{out}: is a {'file; name a folder' if is_folder else 'folder; name a file'}")
    if out is not None:
        require_new(out)
    wanted = Selection(keys, first_day, last_day, format_instant(at) if at else None, unique, members)
    archive = Archive.open(archive_path, create=False)
    if form == "cdxj":
        _give_index(archive, keys, out)
        return
    with Catalog(archive) as catalog:
        require_held(catalog, keys)
        if missing := next((url for url in urls if find_capture(catalog, url) is None), None):
            raise NotInArchive(f"{missing}: the archive has no capture of it; lantian ingest fetches one")
        if form == "wacz" and out:
            start, end = (format_instant(one) if one else None for one in (since, until))
            captured = Captured(urls, keys, since=start, until=end)
            pack(archive, catalog, captured, out, key_path=key_path, title=", ".join(urls or keys))
        elif out is None:
            _stream(archive, form, _STREAMS[form](choose_articles(catalog, wanted)))
        else:
            _export(archive, catalog, form, out, wanted)


def _json_lines(chosen: Iterator[Chosen]) -> Iterator[bytes]:
    return (f"{one.line}\n".encode() for one in chosen)


_STREAMS = {"csv": metadata_lines, "jsonl": _json_lines}


def _export(archive: Archive, catalog: Catalog, form: Any, out: Path, wanted: Selection) -> None:
    with progress_bar() as bar:
        task = bar.add_task(f"export {form}", total=count_articles(catalog, wanted))
        tally = export_articles(
            catalog,
            form,
            out,
            wanted,
            archive_id=archive.id,
            progress=lambda so_far: bar.update(task, completed=so_far),
        )
    log_export(archive, form, items=tally.articles, digest=digest_file(manifest_path(out)))
    _tell(tally.articles, out, what="articles", reconstructed=tally.reconstructed)


def _give_index(archive: Archive, keys: tuple[str, ...], out: Path | None) -> None:
    """Write the index to a file, which is there whole or not at all, or to standard output."""
    lines = read_index(archive, sites=keys)
    if out is None:
        _stream(archive, "cdxj", (line.encode() for line in lines))
        return
    count = write_lines(out, lines)
    log_export(archive, "cdxj", items=count, digest=digest_file(out))
    _tell(count, out, what="captures")


def _stream(archive: Archive, form: str, lines: Iterable[bytes]) -> None:
    passing = Passing(lines)
    sys.stdout.buffer.writelines(passing)
    log_export(archive, form, items=passing.count - (form == "csv"), digest=passing.digest)


def _tell(count: int, out: Path, *, what: str, reconstructed: int = 0) -> None:
    if this_run().json:
        counts = {what: count} | ({"reconstructed": reconstructed} if reconstructed else {})
        print_json(counts | {"out": str(out)})
    else:
        say(f"{out}: {say_count(count, what)}" + (f", {reconstructed} of them reconstructed" if reconstructed else ""))
