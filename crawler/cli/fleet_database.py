"""Where the database of a fleet is: an option of every command of `lantian fleet`."""

from importlib.util import find_spec
from typing import Any

import click
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError


class Database(click.ParamType[str]):
    """The address of a PostgreSQL database, as it was typed."""

    name = "url"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Read what was typed."""
        try:
            is_ours = make_url(value).get_backend_name() == "postgresql"
        except ArgumentError:
            is_ours = False
        if not is_ours:
            self.fail(f"{value}: not the address of a PostgreSQL; write postgresql://user@host/name", param, ctx)
        return str(value)


database_option = click.option(
    "--database",
    "url",
    type=Database(),
    envvar="LANTIAN_DATABASE",
    required=True,
    show_envvar=True,
    help="The fleet's PostgreSQL: postgresql://user@host/name.",
)


def require_fleet() -> None:
    """Raise UsageError where the packages of a fleet are not installed."""
    if any(find_spec(name) is None for name in ("procrastinate", "psycopg", "alembic")):
        raise click.UsageError("a fleet needs more packages; install lantian with them: pip install '.[fleet]'")
