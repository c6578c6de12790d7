"""From an address to what the catalog has of its page."""

from collections.abc import Mapping

from sqlalchemy import ColumnElement, literal, select, union

from archive.schema import captures
from pipelines.identity import page_url
from pipelines.site import Site


def is_page(url: str, sites: Mapping[str, Site]) -> ColumnElement[bool]:
    """A condition on captures: they are of the page of an address, however the site files of then or of today name it."""
    with_rules = [site for site in sites.values() if site.same_page.is_stated]
    names = {page_url(url, site) for site in (None, *with_rules)}
    as_captured = select(captures.c.canonical).where(captures.c.url == url)
    return captures.c.canonical.in_(union(as_captured, *(select(literal(name)) for name in sorted(names))))
