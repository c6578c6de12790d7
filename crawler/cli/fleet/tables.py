"""`lantian fleet init`: the tables in the database."""

import click

from crawler.cli.fleet_database import database_option
from crawler.cli.options import every_command, this_run
from crawler.cli.output import print_json, say


@click.command()
@database_option
@every_command
def init(*, url: str) -> None:
    """Make the tables in the database, or bring them up to this version; safe to run again.

    \b
    Example:
      lantian fleet init --database postgresql://lantian@db.example.org/lantian
    """
    from crawler.fleet.database import name_of, using_database  # noqa: PLC0415 (of the extra)
    from crawler.fleet.migrate import upgrade  # noqa: PLC0415

    with using_database(url) as engine:
        revision = upgrade(engine)
    if this_run().json:
        print_json({"database": name_of(url), "revision": revision})
    else:
        say(f"{name_of(url)}: its tables are of revision {revision}")
