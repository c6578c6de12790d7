"""`lantian upload`: a copy of an archive in an object store; needs the extra `lantian[s3]`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, Literal, TypeVar

import click

from archive.directory import Archive
from archive.errors import UploadError
from archive.store import Store
from archive.upload.bucket import Retention, parse_bucket
from archive.upload.send import bucket_of, send
from archive.upload.sent import Sent
from crawler.cli.exit_codes import found_if
from crawler.cli.options import archive_option, every_command, this_run
from crawler.cli.output import complain, print_json, say

_Any = TypeVar("_Any", bound=Callable[..., object])
Mode = Literal["governance", "compliance"]


class BucketAddress(click.ParamType[str]):
    """The address of a bucket, or of a place in it, as it was typed."""

    name = "s3://bucket/prefix"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Read what was typed."""
        try:
            parse_bucket(value)
        except UploadError as error:
            self.fail(str(error), param, ctx)
        return str(value)


BUCKET: Final = BucketAddress()


def retention_options(command: _Any) -> _Any:
    """How long the store is to refuse to delete what is uploaded."""
    command = click.option(
        "--retain-mode",
        type=click.Choice(["governance", "compliance"]),
        default="governance",
        show_default=True,
        help="Who may delete it before: with governance some users, with compliance nobody at all.",
    )(command)
    return click.option(
        "--retain-days",
        type=click.IntRange(min=1),
        help="Days for which the store is to keep what is never changed (S3 Object Lock; the bucket must have it on).",
    )(command)


def retention_of(days: int | None, mode: Mode) -> Retention | None:
    """The same as a value."""
    return Retention(days, "COMPLIANCE" if mode == "compliance" else "GOVERNANCE") if days else None


@click.command()
@click.argument("to", type=BUCKET, metavar="s3://BUCKET/PREFIX")
@retention_options
@archive_option
@every_command
def upload(*, to: str, retain_days: int | None, retain_mode: Mode, archive_path: Path) -> None:
    """Upload what an archive must not lose: closed WARC files, imports, the log with its seals and public keys.

    It goes below s3://BUCKET/PREFIX/ID, ID being that of the archive, in the layout of the archive directory. Nothing is
    uploaded twice, and nothing there is overwritten but an earlier state of the same log and what was deleted from the
    archive under an order; every object is read back.
    Credentials and endpoint are those of botocore: AWS_ACCESS_KEY_ID, AWS_PROFILE, AWS_ENDPOINT_URL and so on.

    Exits 1 when something else is there under a name of ours.

    \b
    Example:
      lantian upload s3://evidence/lantian --retain-days 3650
    """
    archive = Archive.open(archive_path, create=False)
    with bucket_of(archive, to, retention=retention_of(retain_days, retain_mode)) as bucket:
        with Store(archive):
            pass  # what a killed run left is mended and logged first
        sent = send(archive, bucket)
    _report(sent)
    click.get_current_context().exit(found_if(sent.problems))


def _report(sent: Sent) -> None:
    if this_run().json:
        print_json(
            {
                "address": sent.address,
                "uploaded": sent.uploaded,
                "bytes": sent.bytes,
                "known": sent.known,
                "entries": sent.entries,
                "replaced": sent.replaced,
                "problems": sent.problems,
            }
        )
        return
    for problem in sent.problems:
        complain(problem)
    for replaced in sent.replaced:
        say(replaced)
    log = (
        "the log is kept back until another lantian process has closed its files"
        if sent.entries is None
        else f"{sent.entries} entries of the log"
    )
    say(f"{sent.address}: {sent.uploaded} objects uploaded ({sent.bytes} bytes), {sent.known} were there; {log}")
