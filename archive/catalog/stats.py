"""What is in the archive, counted: by site, month, kind, source, duplicates, damage and charset.

Articles are counted as they were last captured, each once, however many pages it has; captures are counted as they are.
An article is a *duplicate* where another address had its text first, a *near-duplicate* where the chain that its text
hangs on begins with another article, and else *original*; *no text* where it has no paragraph (a picture, a file).
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection, Select, func, select, true
from sqlalchemy.sql.selectable import Subquery

from archive.catalog.catalog import Catalog
from archive.catalog.schema import articles, attachments, captures, pages, said, sketches, versions
from archive.judge import order_of

UNDATED: Final = "undated"
UNSTATED: Final = "not stated"
ROLES: Final = ("original", "duplicate", "near-duplicate", "no text")


@dataclass(slots=True)
class SiteCount:
    """One site's share: captures, articles by role, and articles whose text was repaired."""

    captures: int = 0
    articles: int = 0
    roles: Counter[str] = field(default_factory=Counter)
    reconstructed: int = 0


@dataclass(slots=True)
class Stats:
    """The counts of an archive; the keys are names, the values numbers of captures or articles as each field says.

    `months` are of publication, `YYYY-MM`. `damage` counts captures by kind of damage that repair found; `replaced` is
    the number of captures in which decoding had to replace characters. `attachments` counts files by format, each address
    once as it was last captured, and `unread_attachments` those of which not all could be read, by problem.
    """

    captures: int = 0
    articles: int = 0
    reconstructed: int = 0
    sites: dict[str, SiteCount] = field(default_factory=dict)
    months: Counter[str] = field(default_factory=Counter)
    sources: Counter[str] = field(default_factory=Counter)
    roles: Counter[str] = field(default_factory=Counter)
    kinds: Mapping[str, int] = field(default_factory=dict)
    custody: Mapping[str, int] = field(default_factory=dict)
    charsets: Mapping[str, int] = field(default_factory=dict)
    damage: Mapping[str, int] = field(default_factory=dict)
    replaced: int = 0
    attachments: Mapping[str, int] = field(default_factory=dict)
    unread_attachments: Mapping[str, int] = field(default_factory=dict)


def count(catalog: Catalog, *, sites: Collection[str] = ()) -> Stats:
    """Count these sites, or all, in one consistent view."""
    stats = Stats()
    with catalog.view() as connection:
        _count_captures(connection, stats, sites)
        _count_attachments(connection, stats, sites)
        for row in connection.execution_options(yield_per=1000).execute(_query_articles(sites)):
            _count_article(stats, row)
    return stats


def _count_captures(connection: Connection, stats: Stats, sites: Collection[str]) -> None:
    of_sites = [captures.c.site.in_(sites)] if sites else []
    by_site = _group(connection, captures.c.site, of_sites)
    stats.sites = {site: SiteCount(captures=number) for site, number in sorted(by_site.items())}
    stats.captures = sum(by_site.values())
    stats.kinds = _group(connection, captures.c.kind, of_sites)
    stats.custody = _group(connection, captures.c.custody, of_sites)
    texts = (
        select(pages).join_from(pages, captures, captures.c.record_id == pages.c.record_id).where(*of_sites).subquery()
    )
    stats.charsets = _group(connection, texts.c.charset, [])
    each = func.json_each(texts.c.damage).table_valued("value")
    found = select(each.c.value, func.count()).select_from(texts).join(each, onclause=true()).group_by(each.c.value)
    stats.damage = _ranked(connection, found)
    stats.replaced = connection.execute(select(func.count()).where(texts.c.replaced > 0)).scalar_one()


def _count_attachments(connection: Connection, stats: Stats, sites: Collection[str]) -> None:
    backwards = [column.desc() for column in order_of(captures)]
    place = func.row_number().over(partition_by=attachments.c.page, order_by=backwards).label("place")
    query = select(attachments.c.format, attachments.c.problem, place)
    query = query.join_from(attachments, captures, captures.c.id == attachments.c.last_capture)
    last = (query.where(captures.c.site.in_(sites)) if sites else query).subquery()
    is_last = last.c.place == 1
    stats.attachments = _group(connection, last.c.format, [is_last])
    stats.unread_attachments = _group(connection, last.c.problem, [is_last, last.c.problem.is_not(None)])


def _group(connection: Connection, column: Any, wanted: list[Any]) -> dict[str, int]:
    return _ranked(connection, select(column, func.count()).where(*wanted).group_by(column))


def _ranked(connection: Connection, query: Select[Any]) -> dict[str, int]:
    """The most frequent first, equals by name."""
    found = sorted(connection.execute(query), key=lambda row: (-row[1], str(row[0])))
    return {str(name): number for name, number in found}


def _count_article(stats: Stats, row: Any) -> None:
    site = stats.sites[row.site]
    site.articles += 1
    stats.articles += 1
    site.reconstructed += row.reconstructed
    stats.reconstructed += row.reconstructed
    role = _role_of(row)
    site.roles[role] += 1
    stats.roles[role] += 1
    stats.months[row.published[:7] if row.published else UNDATED] += 1
    stats.sources[row.source or UNSTATED] += 1


def _role_of(row: Any) -> str:
    if row.root is None:
        return "no text"
    if row.begins == row.article:
        return "original"
    return "duplicate" if row.first_said != row.article else "near-duplicate"


def _query_articles(sites: Collection[str]) -> Select[Any]:
    """Each article as it was last captured, with the articles that first had its text and the beginning of its chain."""
    last = _last_versions(sites)
    first, root_first = captures.alias("first"), captures.alias("root_first")
    said, root_said = versions.alias("said"), versions.alias("root_said")
    root = sketches.alias("root")
    return (
        select(last, sketches.c.root, said.c.article.label("first_said"), root_said.c.article.label("begins"))
        .select_from(last)
        .outerjoin(sketches, sketches.c.text_digest == last.c.text_digest)
        .outerjoin(first, first.c.id == sketches.c.first_capture)
        .outerjoin(said, said.c.id == first.c.version)
        .outerjoin(root, root.c.id == sketches.c.root)
        .outerjoin(root_first, root_first.c.id == root.c.first_capture)
        .outerjoin(root_said, root_said.c.id == root_first.c.version)
        .where(last.c.place == 1)
    )


def _last_versions(sites: Collection[str]) -> Subquery:
    backwards = [column.desc() for column in order_of(captures)]
    query = (
        select(versions.c.article, versions.c.published, versions.c.text_digest, captures.c.site)
        .add_columns(
            func.json_extract(versions.c.body, "$.source").label("source"),
            func.json_extract(said, "$.reconstructed").label("reconstructed"),
            func.row_number().over(partition_by=versions.c.article, order_by=backwards).label("place"),
        )
        .join_from(versions, captures, captures.c.id == versions.c.last_capture)
        .join(articles, articles.c.id == versions.c.article)
        .where(articles.c.part_of.is_(None))
    )
    return (query.where(captures.c.site.in_(sites)) if sites else query).subquery()
