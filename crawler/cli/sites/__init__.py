"""`lantian sites`: the bureaus and newspapers this program knows, and everything for adding one more."""

import click

from crawler.cli.sites.check import check
from crawler.cli.sites.listing import list_sites
from crawler.cli.sites.new import new
from crawler.cli.sites.probe import probe
from crawler.cli.sites.save_case import save_case

__all__ = ["sites"]


@click.group()
def sites() -> None:
    r"""List the sites, check their files, add a new one.

    \b
    Example:
      lantian sites new https://sthjj.example.gov.cn/xwzx/hbyw/
      lantian sites probe example_sx.toml
      lantian sites check --live example_sx.toml
    """


for command in (list_sites, check, new, probe, save_case):
    sites.add_command(command)
