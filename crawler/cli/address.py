"""Addresses on the command line: mistyped ones are told before anything is looked up, fetched or kept."""

import re
from typing import Any, Final

import click

from pipelines.urls import parse_address


class PageAddress(click.ParamType[str]):
    """The http or https address of a page or a service, as it was typed."""

    name = "url"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Read what was typed."""
        try:
            is_host = _HOST.fullmatch(parse_address(value).host)
        except ValueError:
            is_host = None
        if not is_host:
            hint = "write it with https:// or http://" if "://" not in value else "write https://host/path"
            self.fail(f"{value}: not an http or https address; {hint}", param, ctx)
        return str(value)


class KnownAddress(PageAddress):
    """The same, or another name under which the archive has something, such as the `nih:` of a text of unknown origin."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Read what was typed."""
        return str(value) if _OTHER_SCHEME.match(value) else super().convert(value, param, ctx)


_HOST: Final = re.compile(r"[\w.:-]+")
"""Letters of any script, for names may be Chinese; an address that was cut short with … is none."""
_OTHER_SCHEME: Final = re.compile(r"(?!https?:)[a-z][a-z0-9+-]*:(?!\d)", re.IGNORECASE)
PAGE_ADDRESS: Final = PageAddress()
KNOWN_ADDRESS: Final = KnownAddress()
