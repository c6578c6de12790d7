"""`lantian sites`: the bureaus and newspapers this program knows, and everything for adding one more."""

from importlib import import_module

import click

from crawler.cli.command_list import WholeSentences

COMMANDS = {"list": "listing", "check": "check", "new": "new", "probe": "probe", "save-case": "save_case"}
"""Each command with the module it is in."""


class Sites(WholeSentences):
    """A command is imported when it is called, so that `list` does not wait for a network stack."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click asks)
        """Every command, in the order of the work."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command in its module."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"crawler.cli.sites.{COMMANDS[cmd_name]}")
        command: click.Command = getattr(module, "list_sites" if cmd_name == "list" else COMMANDS[cmd_name])
        return command


@click.group(cls=Sites)
def sites() -> None:
    """List the sites, check their files, add a new one.

    \b
    Example:
      lantian sites new https://sthjj.example.gov.cn/xwzx/hbyw/
      lantian sites probe example_sx.toml
      lantian sites check --live example_sx.toml
    """
