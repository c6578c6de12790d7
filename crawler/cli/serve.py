"""`lantian serve`: archived pages in a browser, on this machine only."""

from pathlib import Path

import click

from archive.catalog.catalog import Catalog
from archive.directory import Archive
from archive.reader.server import ReplayServer
from crawler.cli.options import archive_option, every_command, this_run
from crawler.cli.output import print_json, say


@click.command()
@click.option("--replay", is_flag=True, required=True, help="Show archived pages, each under its verdict.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8930, show_default=True, help="The port; 0 takes a free one."
)
@archive_option
@every_command
def serve(*, replay: bool, port: int, archive_path: Path) -> None:  # noqa: ARG001 (what there is to serve)
    """Show archived pages in a browser, on 127.0.0.1 only, until Ctrl-C.

    Every page stands under a banner that says whether its record is intact, not provable, or altered. Scripts of
    archived pages do not run, and nothing is loaded from the live web. Programs find captures by Memento (RFC 7089):
    /timegate/URL and /timemap/link/URL.

    \b
    Example:
      lantian serve --replay --port 8930
    """
    archive = Archive.open(archive_path, create=False)
    with Catalog(archive) as catalog, _open(archive, catalog, port) as server:
        if this_run().json:
            print_json({"url": f"{server.base}/"})
        else:
            say(f"{server.base}/ (Ctrl-C ends it)")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            say("", err=True)


def _open(archive: Archive, catalog: Catalog, port: int) -> ReplayServer:
    try:
        return ReplayServer(archive, catalog, port=port)
    except OSError as error:
        raise click.UsageError(
            f"port {port}: {error.strerror}; name another with --port, or 0 for a free one"
        ) from None
