"""Where commands write with --out and --html: what is there already stays as it is, unless --force says to replace it."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])
_FORCED: Final = "lantian.force"


def require_new(path: Path) -> None:
    """Raise UsageError for a file that is there, or a folder with anything in it, where --force was not given."""
    is_taken = any(path.iterdir()) if path.is_dir() else os.path.lexists(path)
    if is_taken and not click.get_current_context().meta.get(_FORCED):
        raise click.UsageError(f"{path}: is there already; name another, or replace it with --force")


class NewFile(click.Path):
    """A file to write."""

    def __init__(self) -> None:
        super().__init__(path_type=Path, dir_okay=False)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Read what was typed."""
        path = Path(os.fsdecode(super().convert(value, param, ctx)))
        require_new(path)
        return path


def _remember(context: click.Context, _: click.Parameter, value: bool) -> None:  # noqa: FBT001 (click calls it)
    context.meta[_FORCED] = value


force_option = click.option(
    "--force",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_remember,
    help="Replace what is there already.",
)


def html_option(text: str) -> Callable[[Command], Command]:
    """`--html` as `page`, a file to write, and `--force`."""
    return lambda command: force_option(click.option("--html", "page", type=NewFile(), help=text)(command))
