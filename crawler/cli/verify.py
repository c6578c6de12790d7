"""`lantian verify`: what can be proved of an archive or of a WACZ; and any WARC file against the rules of the format."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn

import click

from archive.conformance.check import check_file
from archive.directory import Archive
from archive.errors import ArchiveError
from archive.verify.check import verify as verify_archive
from archive.verify.page import to_html, to_lines
from archive.verify.report import EXIT_CODES, Report
from archive.verify.selection import Selection
from archive.writing import write_text
from crawler.cli.address import KNOWN_ADDRESS
from crawler.cli.exit_codes import found_if
from crawler.cli.moment import BEGINNING
from crawler.cli.new_path import html_option
from crawler.cli.options import archive_option, every_command, this_run, workers_option
from crawler.cli.output import complain, print_json, say
from crawler.cli.trust import read_trust
from crawler.cli.verify_wacz import check_wacz_files
from pipelines.records import format_instant

ALL = 0
FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


class HowMany(click.ParamType[int]):
    """A number of texts, or all of them."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read what was typed."""
        if value == "all":
            return ALL
        if not (str(value).isascii() and str(value).isdecimal() and int(value) > 0):
            self.fail(f"{value}: neither a number of texts nor all", param, ctx)
        return int(value)


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--conformance", is_flag=True, help="Hold WARC FILES, whoever wrote them, against the rules of ISO 28500."
)
@click.option("--deep", is_flag=True, help="Inflate every record and digest its parts again.")
@click.option(
    "--reextract",
    type=HowMany(),
    metavar="N|all",
    help="Make the texts again from the archived bytes: N of them, at random, or all.",
)
@click.option("--url", type=KNOWN_ADDRESS, help="Look only at the captures of this page.")
@click.option("--since", type=BEGINNING, help="Look only at captures since this day or moment.")
@workers_option
@click.option(
    "--trusted-checkpoint", "checkpoints", multiple=True, type=FILE, help="A checkpoint that you kept elsewhere."
)
@click.option("--pubkey", "keys", multiple=True, type=FILE, help="A file of public keys that you trust, one a line.")
@click.option(
    "--tsa-ca",
    "roots",
    multiple=True,
    type=FILE,
    help="Root certificates of timestamp authorities, and those between, in PEM.",
)
@click.option(
    "--witness-key", "witnesses", multiple=True, type=FILE, help="A file of keys of witnesses that must have cosigned."
)
@html_option("Write the report as one page.")
@archive_option
@every_command
def verify(
    *,
    files: tuple[Path, ...],
    conformance: bool,
    deep: bool,
    reextract: int | None,
    url: str | None,
    since: datetime | None,
    workers: int,
    checkpoints: tuple[Path, ...],
    keys: tuple[Path, ...],
    roots: tuple[Path, ...],
    witnesses: tuple[Path, ...],
    page: Path | None,
    archive_path: Path,
) -> None:
    """Check an archive by its log, or WACZ FILES by the proofs in them: offline, reading only, without a catalog.

    The archive is that of --archive, or a folder in the place of FILES.

    Exits 0 intact, 1 altered, 3 unreadable, 4 not provable: nothing contradicts the log, not all is signed. With
    --conformance it checks single WARC files against the header rules of WARC/1.0 and 1.1: 0 when they keep every rule,
    1 with those they break.

    --reextract runs the recipe of this program over the archived bytes, by the site files that the log keeps. A text
    that comes out otherwise by the same recipe was altered; by another recipe it is only said that the recipe differs.

    \b
    Example:
      lantian verify --deep --pubkey key.txt --tsa-ca authority.pem --html report.html
      lantian verify --url https://sthjj.example.gov.cn/tz/t20240310_1.html --reextract all
      lantian verify copy-of-the-archive --deep
      lantian verify proof.wacz --pubkey key.txt --tsa-ca authority.pem --reextract all --html proof.html
      lantian verify --conformance other.warc.gz
    """
    if conformance:
        click.get_current_context().exit(_check_conformance(files))
    trust = read_trust(keys=keys, checkpoints=checkpoints, roots=roots, witnesses=witnesses)
    if len(files) == 1 and files[0].is_dir():
        archive_path, files = files[0], ()
    if files:
        _require_wacz(files, page=page, unfit={"--deep": deep, "--url": url, "--since": since})
        told = check_wacz_files(
            files, trust=trust, reextract=reextract, workers=workers, as_json=this_run().json, page=page
        )
        click.get_current_context().exit(told)
    try:
        archive = Archive.open(archive_path, create=False)
    except ArchiveError as error:
        _give_up(error)
    selection = Selection(url, format_instant(since) if since else None)
    report = verify_archive(
        archive.path, trust=trust, is_deep=deep, selection=selection, reextract=reextract, workers=workers
    )
    _tell(report, page)


def _give_up(why: object) -> NoReturn:
    """There is nothing that could be looked at."""
    complain(why)
    click.get_current_context().exit(EXIT_CODES["unreadable"])


def _require_wacz(files: Sequence[Path], *, page: Path | None, unfit: Mapping[str, object]) -> None:
    """A WACZ is always checked in depth; what it cannot be held against is not passed over in silence."""
    if missing := next((path for path in files if not path.exists()), None):
        _give_up(f"{missing}: there is no such file or folder; name a WACZ file, or the folder of an archive")
    if folder := next((path for path in files if path.is_dir()), None):
        raise click.UsageError(f"{folder}: is a folder beside other files; name the folder of an archive alone")
    if given := next((name for name, value in unfit.items() if value), None):
        raise click.UsageError(
            f"{given} is for an archive; a WACZ FILE is always checked whole, by --pubkey and --tsa-ca"
        )
    if page and len(files) > 1:
        raise click.UsageError("--html is the page of one FILE; name one")


def _check_conformance(files: Sequence[Path]) -> int:
    if not files:
        raise click.UsageError("--conformance wants FILES")
    count = 0
    for path in files:
        for breach in check_file(path):
            count += 1
            if this_run().json:
                print_json(asdict(breach))
            else:
                say(str(breach))
    if not this_run().json:
        say(f"{len(files)} file{'s' * (len(files) != 1)}, {count or 'no'} rule{'s' * (count != 1)} broken")
    return found_if(count)


def _tell(report: Report, page: Path | None) -> None:
    if this_run().json:
        print_json(json.loads(report.model_dump_json()))
    else:
        for line in to_lines(report):
            say(line)
    if page:
        write_text(page, to_html(report))
    click.get_current_context().exit(report.exit_code)
