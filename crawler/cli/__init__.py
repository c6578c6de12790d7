"""The command `lantian`: one file a command; errors are one line, a traceback comes with --debug.

Exit codes: see `crawler.cli.exit_codes`.
"""

import os
import sys
from importlib import import_module
from keyword import iskeyword
from typing import Any

import click

from archive.errors import ArchiveError, QueryError
from crawler.cli.command_list import WholeSentences
from crawler.cli.exit_codes import FAILED, UNUSABLE
from crawler.cli.options import Run
from crawler.cli.output import complain
from pipelines.errors import PipelineError, SiteError

COMMANDS = (
    "crawl",
    "run",
    "health",
    "ingest",
    "extract",
    "repair",
    "replay",
    "reindex",
    "seal",
    "upload",
    "verify",
    "history",
    "diff",
    "prove",
    "reprints",
    "stats",
    "search",
    "export",
    "import",
    "delete",
    "serve",
    "sites",
    "fleet",
)


_SHOWN = 80
"""Characters of what cannot be read."""


class Lantian(WholeSentences):
    """The outermost boundary: what nobody handled becomes one line and an exit code.

    A command is imported when it is called, so that `extract` does not wait for a network stack.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click asks)
        """Every command, in the order of the work."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command in the module of its name."""
        if cmd_name not in COMMANDS:
            return None
        name = f"{cmd_name}_" if iskeyword(cmd_name) else cmd_name
        command: click.Command = getattr(import_module(f"crawler.cli.{name}"), name)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; with --debug let every traceback through."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except (SiteError, QueryError) as error:
            self._end(ctx, error, str(error), UNUSABLE)
        except UnicodeEncodeError as error:
            text = f"{error.object[:_SHOWN]!a}: is no text; does the terminal write what LANG says?"
            self._end(ctx, error, text, UNUSABLE)
        except (ArchiveError, PipelineError) as error:
            self._end(ctx, error, str(error), FAILED)
        except BrokenPipeError:
            # Whoever read our output has seen enough.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(FAILED)
        except OSError as error:
            self._end(ctx, error, f"{error.filename or 'system'}: {error.strerror or error}", FAILED)
        except KeyboardInterrupt as error:
            self._end(ctx, error, "interrupted", FAILED)
        except Exception as error:  # noqa: BLE001 (the outermost boundary)
            text = f"internal error: {type(error).__name__}: {error}; run again with --debug to see where"
            self._end(ctx, error, text, FAILED)

    def _end(self, ctx: click.Context, error: BaseException, text: str, code: int) -> None:
        if ctx.ensure_object(Run).debug:
            raise error
        complain(text)
        ctx.exit(code)


@click.group(cls=Lantian, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="lantian", message="%(prog)s %(version)s", prog_name="lantian")
def main() -> None:
    """Collect, keep and clean what China's local environmental bureaus and newspapers publish.

    \b
    Example:
      lantian crawl jiangsu --since 2024-03-01
      lantian ingest https://sthjj.example.gov.cn/tz/202403/t20240310_1.html
      lantian export --format seed --out texts
    """
