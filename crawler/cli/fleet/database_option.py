"""Where the database of a fleet is: an option of every command of `lantian fleet`."""

import click

database_option = click.option(
    "--database",
    "url",
    envvar="LANTIAN_DATABASE",
    required=True,
    show_envvar=True,
    help="The fleet's PostgreSQL: postgresql://user@host/name.",
)
