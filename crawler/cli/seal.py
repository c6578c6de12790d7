"""`lantian seal`: the log signed, and stamped by authorities elsewhere."""

from functools import partial
from pathlib import Path

import click

from archive.directory import Archive
from archive.log.keys import key_path
from archive.log.rotation import rotate_key as put_new_key
from archive.log.rotation import take_key
from archive.log.seal import seal as make_seal
from archive.log.writer import Log
from crawler.cli.options import archive_option, every_command, this_run
from crawler.cli.output import print_json
from crawler.timestamping import ask_authority


@click.command()
@click.option(
    "--tsa", "authorities", multiple=True, metavar="URL", help="Have an RFC 3161 authority stamp it; may be repeated."
)
@click.option(
    "--key", "key_file", type=click.Path(path_type=Path, dir_okay=False), help="The private key, Ed25519 in PEM."
)
@click.option("--rotate-key", is_flag=True, help="Take a new key; the old one signs for it in the log.")
@archive_option
@every_command
def seal(*, authorities: tuple[str, ...], key_file: Path | None, rotate_key: bool, archive_path: Path) -> None:
    """Sign the log of the archive as it is now. Keep the checkpoint it prints elsewhere: it is what others can check by.

    The key is made on first use, for you alone to read, in ~/.config/lantian/keys (or LANTIAN_KEYS), never inside the
    archive: whoever copies the archive must not get it.

    \b
    Example:
      lantian seal --tsa https://freetsa.org/tsr > checkpoint.txt
    """
    archive = Archive.open(archive_path, create=False)
    path = key_file or key_path(archive)
    with Log(archive) as log:
        key = (put_new_key if rotate_key else take_key)(log, path)
        made, stamped = make_seal(log, key, stamps=[partial(ask_authority, url) for url in authorities])
    if this_run().json:
        print_json(
            {
                "checkpoint": str(made.note),
                "entries": made.checkpoint.size,
                "public_key": str(key.public),
                "key_file": str(path),
                "timestamps": stamped,
            }
        )
        return
    click.echo(str(made.note), nl=False)
    click.echo(f"{key.public}\n{path}: the key; {made.checkpoint.size} entries sealed, {stamped} timestamps", err=True)
