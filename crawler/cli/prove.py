"""`lantian prove`: one capture with everything needed to check it, in one file."""

from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click

from archive.catalog.catalog import Catalog
from archive.directory import Archive
from archive.errors import BrokenWarc, NotInArchive, NotSealed
from archive.history.logged import logged_captures
from archive.reader.lookup import find_sight
from archive.reader.verdict import look_at
from archive.sites import read_sites
from archive.wacz.draft import Packed
from archive.wacz.proofs import Prover
from archive.wacz.selection import Selection, choose, find_capture
from archive.wacz.signature import load_key
from archive.wacz.writer import write_wacz
from crawler.cli.address import KNOWN_ADDRESS
from crawler.cli.moment import MOMENT
from crawler.cli.new_path import NewFile, force_option
from crawler.cli.noting import log_export
from crawler.cli.options import archive_option, every_command, sites_option, this_run
from crawler.cli.output import complain, print_json, say, say_count
from pipelines.records import format_instant

key_option = click.option(
    "--signing-key",
    "key_path",
    envvar="LANTIAN_WACZ_KEY",
    show_envvar=True,
    default=Path(click.get_app_dir("lantian")) / "wacz-p384.pem",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The key that signs WACZ files; made on first use.",
)


@click.command()
@click.argument("url", type=KNOWN_ADDRESS)
@click.option("--at", "moment", type=MOMENT, help="The last capture at this moment.  [default: the last of all]")
@click.option("--out", type=NewFile(), default="proof.wacz", show_default=True, help="The file.")
@force_option
@key_option
@archive_option
@sites_option
@every_command
def prove(
    *,
    url: str,
    moment: datetime | None,
    out: Path,
    key_path: Path,
    archive_path: Path,
    sites_path: Path | None,
) -> None:
    """Pack one capture of a page with its proofs into a WACZ file, to be checked without us.

    It holds the record as it lies in the archive, its entry in the log, the path to a signed checkpoint, timestamps,
    certificates and keys. ReplayWeb.page and pywb show it; `lantian verify FILE` checks it offline. To prove an edit,
    `lantian export --format wacz --url URL` packs every capture of the page in the same way.

    \b
    Example:
      lantian prove https://sthjj.example.gov.cn/tz/t20240310_1.html --at 2024-03-31 --out notice.wacz
    """
    archive = Archive.open(archive_path, create=False)
    with Catalog(archive) as catalog:
        until = format_instant(moment) if moment else None
        record_id = find_capture(catalog, url, until=until, sites=read_sites(sites_path))
        if record_id is None:
            raise NotInArchive(f"{url}: the archive has no capture of it by then; lantian history shows what it has")
        prover = Prover.open(archive.path)
        if prover is None or not prover.lines(record_id):
            raise NotSealed(f"{url}: no signed checkpoint covers this capture yet; run lantian seal, then prove again")
        _hold_against_log(archive, catalog, url, record_id)
        pack(archive, catalog, Selection(record_ids=(record_id,)), out, key_path=key_path, title=url)


def _hold_against_log(archive: Archive, catalog: Catalog, url: str, record_id: str) -> None:
    """The catalog found the capture, and anybody can write there: it must be what it is said to be, and the last one."""
    verdict = look_at(archive, find_sight(catalog, record_id)).verdict
    if verdict.state == "altered":
        raise BrokenWarc(f"{url}: {verdict.english}; run lantian verify, then reindex")
    logged = logged_captures(archive, [url])
    lacking = len(logged - {place.record_id for place in catalog.places_of(logged)})
    if lacking:
        complain(f"{url}: the log has {say_count(lacking, 'captures')} that the catalog lacks; run lantian reindex")


def pack(archive: Archive, catalog: Catalog, selection: Selection, out: Path, *, key_path: Path, title: str) -> None:
    """Write a WACZ, log that it was given out, and say what is in it."""
    prover = Prover.open(archive.path)
    software = f"Lantian/{version('lantian')}"
    packed = write_wacz(
        archive,
        choose(archive, catalog, selection),
        out,
        title=title or archive.id,
        software=software,
        key=load_key(key_path),
        prover=prover,
    )
    log_export(archive, "wacz", items=packed.captures, digest=packed.digest)
    _tell(packed, out)


def _tell(packed: Packed, out: Path) -> None:
    line: dict[str, Any] = {"captures": packed.captures, "pages": packed.pages, "proven": packed.proven}
    if this_run().json:
        print_json(line | {"out": str(out), "manifest": packed.digest})
        return
    counts = f"{say_count(packed.captures, 'captures')}, {say_count(packed.pages, 'pages')}"
    say(f"{out}: {counts}, {packed.proven} proven by the last seal")
    if packed.proven < packed.captures:
        complain(
            f"{out}: not proven are {say_count(packed.captures - packed.proven, 'captures')}; lantian seal covers them"
        )
