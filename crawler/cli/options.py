"""Options that several commands share: each command takes only those it needs."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from crawler.settings import LANTIAN_WORKERS
from crawler.site_choice import hint_at
from pipelines.site import Site

Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass(slots=True)
class Run:
    """How this run of the program speaks: `debug` shows tracebacks, `json` prints lines for programs."""

    debug: bool = False
    json: bool = False


def this_run() -> Run:
    """The run of the command that is being carried out."""
    return click.get_current_context().find_root().ensure_object(Run)


def _remember_debug(context: click.Context, _: click.Parameter, value: bool) -> None:  # noqa: FBT001 (click calls it)
    run = context.find_root().ensure_object(Run)
    run.debug = run.debug or value


def _remember_json(context: click.Context, _: click.Parameter, value: bool) -> None:  # noqa: FBT001
    run = context.find_root().ensure_object(Run)
    run.json = run.json or value


def every_command(command: Command) -> Command:
    """`--json` and `--debug`."""
    command = click.option(
        "--debug",
        is_flag=True,
        expose_value=False,
        is_eager=True,
        callback=_remember_debug,
        help="Show a traceback where something goes wrong.",
    )(command)
    return click.option(
        "--json",
        is_flag=True,
        expose_value=False,
        is_eager=True,
        callback=_remember_json,
        help="Print JSON lines for programs.",
    )(command)


archive_option = click.option(
    "--archive",
    "archive_path",
    envvar="LANTIAN_ARCHIVE",
    default="archive-data",
    show_default=True,
    show_envvar=True,
    type=click.Path(path_type=Path),
    help="The archive directory.",
)
sites_option = click.option(
    "--sites",
    "sites_path",
    envvar="LANTIAN_SITES",
    show_envvar=True,
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="A folder of more site files, beside the packaged ones.",
)
workers_option = click.option(
    "--workers",
    type=click.IntRange(min=0),
    default=LANTIAN_WORKERS,
    help="Processes that read pages; 0 reads them in this one.  [default: one a core, at most 4]",
)
allow_private_option = click.option(
    "--allow-private",
    is_flag=True,
    help="Fetch loopback, private and link-local addresses too; LANTIAN_ALLOW_PRIVATE=10.0.0.0/8 names networks.",
)


def choose_sites(keys: tuple[str, ...], sites: dict[str, Site]) -> list[Site]:
    """The sites of these keys, or every one that is not closed; raises UsageError for an unknown key."""
    for key in keys:
        if key not in sites:
            raise click.UsageError(f"{key}: no such site; {hint_at(key, sites)}")
    if keys:
        return [sites[key] for key in dict.fromkeys(keys)]
    return [site for site in sites.values() if site.status != "closed"]
