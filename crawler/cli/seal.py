"""`lantian seal`: the log signed, and attested by others elsewhere: authorities stamp it, witnesses cosign it."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import click

from archive.directory import Archive
from archive.errors import TimestampError, WitnessError
from archive.log.attest import add_cosignatures, add_timestamp
from archive.log.keys import key_path
from archive.log.reader import LogReader, Seal
from archive.log.signing import sign_log
from archive.log.writer import Log
from archive.store import Store
from crawler.attesting import ask_authority, ask_witness
from crawler.cli.address import PAGE_ADDRESS
from crawler.cli.exit_codes import FAILED
from crawler.cli.options import archive_option, every_command, this_run
from crawler.cli.output import complain, print_json, say, say_count, say_lines


@click.command()
@click.option(
    "--tsa",
    "authorities",
    type=PAGE_ADDRESS,
    multiple=True,
    help="Have an RFC 3161 authority stamp it; may be given several times.",
)
@click.option(
    "--witness",
    "witnesses",
    type=PAGE_ADDRESS,
    multiple=True,
    help="Have a C2SP witness cosign it; may be given several times.",
)
@click.option(
    "--key",
    "key_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The private key, Ed25519 in PEM.  [default: the archive's own]",
)
@click.option("--rotate-key", is_flag=True, help="Take a new key; the old one signs for it in the log.")
@archive_option
@every_command
def seal(
    *,
    authorities: tuple[str, ...],
    witnesses: tuple[str, ...],
    key_file: Path | None,
    rotate_key: bool,
    archive_path: Path,
) -> None:
    """Sign the log of the archive as it is now. Keep the checkpoint it prints elsewhere: it is what others can check by.

    What a killed run left is mended and logged first.

    The key is made on first use, for you alone to read, in ~/.config/lantian/keys (or LANTIAN_KEYS), never inside the
    archive: whoever copies the archive must not get it. A sealed archive takes no other key than its own, or the one
    that --rotate-key puts in its place; so keep a copy of it.

    An authority says when it saw the checkpoint. A witness says that it saw the log grow to it and never shrink or fork;
    its keeper has to know the public key of this archive first, and URL is its submission prefix. Where one of them
    fails, the seal stands, the others are still asked, and it ends with 3.

    \b
    Example:
      lantian seal --tsa https://freetsa.org/tsr > checkpoint.txt
      lantian seal --witness https://witness.example.org/w1
    """
    archive = Archive.open(archive_path, create=False)
    path = key_file or key_path(archive)
    Store(archive).close()
    with Log(archive) as log:
        key, made = sign_log(log, path, is_rotated=rotate_key)
        stamped = [_attest(log, made, url, _stamp) for url in authorities]
        cosigned = [_attest(log, made, url, _cosign) for url in witnesses]
    note = str(LogReader.open(archive.path).cosigned(made))
    if this_run().json:
        print_json(
            {
                "checkpoint": note,
                "entries": made.checkpoint.size,
                "public_key": str(key.public),
                "key_file": str(path),
                "timestamps": sum(stamped),
                "cosignatures": sum(cosigned),
            }
        )
    else:
        say_lines(str(note))
        counts = ", ".join(_counts(made, sum(stamped), sum(cosigned)))
        say(key.public, err=True)
        say(f"{path}: the key; {counts}", err=True)
    if not all(stamped + cosigned):
        click.get_current_context().exit(FAILED)


def _counts(made: Seal, stamped: int, cosigned: int) -> Iterator[str]:
    yield f"{say_count(made.checkpoint.size, 'entries')} sealed"
    yield say_count(stamped, "timestamps")
    yield say_count(cosigned, "cosignatures")


def _attest(log: Log, made: Seal, url: str, how: Callable[[Log, Seal, str], None]) -> bool:
    try:
        how(log, made, url)
    except (TimestampError, WitnessError) as error:
        complain(error)
        return False
    return True


def _stamp(log: Log, made: Seal, url: str) -> None:
    add_timestamp(log, made, partial(ask_authority, url))


def _cosign(log: Log, made: Seal, url: str) -> None:
    try:
        add_cosignatures(log, made, partial(ask_witness, url))
    except WitnessError as error:
        raise WitnessError(f"{url}: {error}; the seal is made without this witness") from None
