"""`lantian sites new`: a site file from one address."""

import re
from datetime import datetime
from pathlib import Path

import click

from archive.sites import scan_sites, site_for
from crawler.cli.options import allow_private_option, every_command, sites_option, this_run
from crawler.cli.output import complain, print_json, say
from crawler.cli.sites.visiting import on_a_visit, require_address
from crawler.guesses import tell_key
from crawler.provinces import Province, by_name
from crawler.scaffold import Seen, fill_template, tour_of
from crawler.site_choice import find_file
from crawler.visit import visit
from pipelines.site import SHANGHAI, Site, parse_site

OURS = Path("seeds/sites")
"""Where site files stand in a working copy."""


@click.command()
@click.argument("url")
@click.option("--key", help="The site's key: pinyin, unique in the country.  [default: from the host]")
@click.option("--name", help="The name of the office or paper.  [default: as the page tells]")
@click.option("--province", help="The province, as 江苏.  [default: as the page tells]")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder to write into.  [default: the province's under seeds/sites, or this one]",
)
@allow_private_option
@sites_option
@every_command
def new(
    *,
    url: str,
    key: str | None,
    name: str | None,
    province: str | None,
    out: Path | None,
    allow_private: bool,
    sites_path: Path | None,
) -> None:
    """Write the file of a new site, from the first page of one of its lists or from its home page.

    Only what was seen goes into the file; the rest stays a comment. A file that is there is never overwritten.

    \b
    Example:
      lantian sites new https://sthjj.example.gov.cn/xwzx/hbyw/
      lantian sites new https://sthjj.example.gov.cn/ --key example_sx --out my-sites
    """
    require_address(url)
    sites, _ = scan_sites(sites_path)
    if province and not by_name(province):
        raise click.UsageError(f"--province {province}: no province; write 江苏, 内蒙古, or 全国 for a ministry")
    if key:
        _require_free(key, sites, sites_path, out)
    else:
        _require_unknown(url, sites, sites_path)
    with on_a_visit(url):
        seen = visit(tour_of(url), site=None, allow_private=allow_private)
    place = by_name(province) or seen.province
    key = key or tell_key(seen.url, place, sites)
    if not key:
        raise click.UsageError(f"{seen.url}: no free key can be made of its host; name one with --key")
    path = (out or _folder_of(place)) / f"{key}.toml"
    if path.exists():
        raise click.UsageError(f"{path}: is there already; edit it, or name another --key")
    text = fill_template(seen, key=key, day=datetime.now(SHANGHAI).date(), name=name, province=province)
    site = parse_site(text, where=str(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("x", encoding="utf-8") as file:
        file.write(text)
    _report(path, site, seen)


def _folder_of(place: Province | None) -> Path:
    return OURS / place.folder if OURS.is_dir() and place else Path()


def _require_unknown(url: str, sites: dict[str, Site], sites_path: Path | None) -> None:
    known = site_for(url, sites)
    if known:
        where = find_file(known.key, sites_path)
        raise click.UsageError(
            f"{url}: is on a host of {known.key!r}; add a [[channel]] to {where}, or name another --key"
        )


def _require_free(key: str, sites: dict[str, Site], sites_path: Path | None, out: Path | None) -> None:
    """Refuse a key that is no key or taken, before anything is fetched."""
    if not re.fullmatch(r"[a-z][a-z0-9_]{1,40}", key):
        raise click.UsageError(f"--key {key}: not a key; write pinyin in small letters, as jiangsu")
    if key in sites:
        raise click.UsageError(f"--key {key}: is taken by {find_file(key, sites_path)}; name another")
    if out and (out / f"{key}.toml").exists():
        raise click.UsageError(f"{out / key}.toml: is there already; edit it, or name another --key")


def _report(path: Path, site: Site, seen: Seen) -> None:
    if site.name == site.key:
        complain(f"{path}: the name of the office was not found on the page; write it after name =")
    if this_run().json:
        print_json({"file": str(path), "site": site.model_dump(mode="json", by_alias=True), "notes": list(seen.notes)})
        return
    say(f"wrote {path}")
    say(f"  {site.name} ({site.key}), {site.province or 'province unknown'}, {site.platform or 'generic markup'}")
    for channel in site.channels:
        say(f"  {channel.name}  {channel.url}")
    if site.issues:
        say(f"  {site.issues.index}")
    say("next:")
    say("  1. look the file over; what was seen is said in facts")
    say(f"  2. lantian sites probe {path}")
    say(f"  3. lantian sites save-case {path} URL --case NAME   (a list and an article, for the tests)")
    say(f"  4. lantian sites check --live {path}")
