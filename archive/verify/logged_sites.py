"""The site files that the log keeps: by their rules several addresses may be one page."""

from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache

from pydantic import ValidationError

from archive.verify.spool import Spool
from pipelines.identity import page_url
from pipelines.site import Site


@lru_cache(maxsize=1024)
def parse_rules(rules: str) -> Site | None:
    """A site file as the log keeps it; None for one of another version of this program, or that was too long to be kept."""
    try:
        return Site.model_validate_json(rules)
    except ValidationError:
        return None


def page_by(url: str, site: Site | None) -> str:
    """The page of an address by a site file of the log; the address where its rules lead nowhere: anybody can log some who can write."""
    try:
        return page_url(url, site)
    except ValueError:
        return url


def sites_with_rules(spool: Spool) -> Mapping[str, list[Site]]:
    """Every state of each site's file, by the key of the site, that says which addresses are one page."""
    found: dict[str, list[Site]] = defaultdict(list)
    for key, rules in spool.connection.execute("SELECT site, rules FROM sites"):
        if (site := parse_rules(rules)) and site.same_page.is_stated:
            found[key].append(site)
    return found
