"""`lantian fleet`: many machines that share one frontier in PostgreSQL; needs the extra `lantian[fleet]`."""

import click

from crawler.cli.command_list import WholeSentences
from crawler.cli.fleet.queueing import crawl, ingest
from crawler.cli.fleet.reading import catalog, status
from crawler.cli.fleet.tables import init
from crawler.cli.fleet.worker import worker
from crawler.cli.fleet_database import require_fleet


@click.group(cls=WholeSentences)
def fleet() -> None:
    """Crawl with many workers, on one machine or several, that share a PostgreSQL database.

    \b
    Example:
      export LANTIAN_DATABASE=postgresql://lantian@db.example.org/lantian
      lantian fleet init
      lantian fleet worker --archive /srv/lantian
      lantian fleet crawl jiangsu
    """
    require_fleet()


for command in (init, worker, crawl, ingest, catalog, status):
    fleet.add_command(command)
