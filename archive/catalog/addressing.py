"""From an address to what the catalog has of its page."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, or_, select, union

from archive.catalog.schema import articles, captures, versions
from pipelines.identity import page_url
from pipelines.site import Site


def is_page(url: str, sites: Mapping[str, Site]) -> ColumnElement[bool]:
    """A condition on captures: they are of the page of an address, however the site files of then or of today name it."""
    with_rules = [site for site in sites.values() if site.same_page.is_stated]
    names = {page_url(url, site) for site in (None, *with_rules)}
    as_captured = select(captures.c.canonical).where(captures.c.url == url)
    return captures.c.canonical.in_(union(as_captured, *(select(literal(name)) for name in sorted(names))))


def first_pages(url: str, sites: Mapping[str, Site]) -> Select[Any]:
    """The article that a page is, or is a further page of, by id; of several readings there may be several."""
    captured = select(captures.c.version).where(is_page(url, sites))
    own = select(versions.c.article).where(versions.c.id.in_(captured))
    return select(func.coalesce(articles.c.part_of, articles.c.id)).where(articles.c.id.in_(own))


def is_of_article(url: str, sites: Mapping[str, Site]) -> ColumnElement[bool]:
    """A condition on captures: they are of the page of an address, or of another page of its article."""
    first = first_pages(url, sites)
    pages = select(articles.c.canonical).where(or_(articles.c.id.in_(first), articles.c.part_of.in_(first)))
    return or_(is_page(url, sites), captures.c.canonical.in_(pages))
