"""Where the database of a fleet is: an option of every command of `lantian fleet`."""

from importlib.util import find_spec

import click

database_option = click.option(
    "--database",
    "url",
    envvar="LANTIAN_DATABASE",
    required=True,
    show_envvar=True,
    help="The fleet's PostgreSQL: postgresql://user@host/name.",
)


def require_fleet() -> None:
    """Raise UsageError where the packages of a fleet are not installed."""
    if any(find_spec(name) is None for name in ("procrastinate", "psycopg", "alembic")):
        raise click.UsageError("a fleet needs more packages; install lantian with them: pip install '.[fleet]'")
