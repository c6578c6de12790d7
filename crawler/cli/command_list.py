"""How a group of commands is listed in its help."""

from typing import Final

import click

_SENTENCE: Final = 200
"""Letters; longer than any first sentence."""


class WholeSentences(click.Group):
    """Tells of each command its whole first sentence; click would cut it off at the edge of the terminal."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands."""
        commands = ((name, self.get_command(ctx, name)) for name in self.list_commands(ctx))
        with formatter.section("Commands"):
            formatter.write_dl([(name, one.get_short_help_str(_SENTENCE)) for name, one in commands if one is not None])
