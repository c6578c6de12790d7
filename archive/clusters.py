"""Clusters: the articles that say nearly the same, who had it first, and how each hangs on another.

A cluster is all texts with one root, as `archive.near_duplicates` finds it, and all articles that ever said one of them.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, func, select

from archive.catalog.addressing import first_pages
from archive.catalog.catalog import Catalog
from archive.catalog.schema import captures, said, sketches, versions
from archive.judge import order_of
from archive.reading import to_article
from pipelines.records import Article, Provenance
from pipelines.site import Site


@dataclass(frozen=True, slots=True)
class Member:
    """An article with one of the texts of a cluster, as the first capture that has it shows it.

    `published` and `source` are what the page states. `similarity` is to the text of `like`, the record id of the
    capture that first had the text it was found to be nearly; both are None for the text that begins the cluster.
    `body` is the article's JSON without its provenance, with all of its pages.
    """

    article: str
    url: str
    site: str
    record_id: str
    fetched_at: str
    custody: str
    published: str | None
    source: str | None
    title: str | None
    text_digest: str
    similarity: float | None
    like: str | None
    body: str
    provenance: Provenance

    def read(self) -> Article:
        """The article as a value."""
        return to_article(self.body, self.provenance)


@dataclass(frozen=True, slots=True)
class Cluster:
    """Members in the fixed order of captures; an article whose text was edited is there once for each text."""

    members: tuple[Member, ...]

    @property
    def earliest_capture(self) -> Member:
        """The member that was captured first."""
        return self.members[0]

    @property
    def earliest_publication(self) -> Member:
        """The member that states the earliest date; the first captured of equals, and where none states any.

        A bare day is the whole of that day, so a time on that day does not stand behind it.
        """
        dated = [member for member in self.members if member.published]
        if not dated:
            return self.earliest_capture
        first_day = min((member.published or "")[:10] for member in dated)
        same_day = [member for member in dated if (member.published or "").startswith(first_day)]
        if any(len(member.published or "") == len(first_day) for member in same_day):
            return same_day[0]
        return min(same_day, key=lambda member: member.published or "")


def cluster_of(catalog: Catalog, url: str, *, sites: Mapping[str, Site] | None = None) -> Cluster | None:
    """The cluster that the article of an address is in; None where the archive has no text under that address."""
    with catalog.view() as connection:
        roots = connection.execute(
            select(sketches.c.root)
            .join_from(versions, sketches, sketches.c.text_digest == versions.c.text_digest)
            .join(captures, captures.c.id == versions.c.first_capture)
            .where(versions.c.article.in_(first_pages(url, sites or {})))
            .order_by(*(column.desc() for column in order_of(captures)))
        ).scalars()
        root = roots.first()
        return None if root is None else Cluster(tuple(_members(connection, root)))


def clusters(catalog: Catalog, *, at_least: int = 2) -> Iterator[Cluster]:
    """Every cluster of at least so many articles, those with the most articles first."""
    size = func.count(versions.c.article.distinct())
    query = (
        select(sketches.c.root)
        .join_from(sketches, versions, sketches.c.text_digest == versions.c.text_digest)
        .where(versions.c.first_capture.is_not(None))
        .group_by(sketches.c.root)
        .having(size >= at_least)
        .order_by(size.desc(), sketches.c.root)
    )
    with catalog.view() as connection:
        for root in connection.execute(query).scalars().all():
            yield Cluster(tuple(_members(connection, root)))


_CAPTURED = ("site", "record_id", "fetched_at", "custody", "payload_digest", "recipe")


def _members(connection: Connection, root: int) -> Iterator[Member]:
    seen: set[tuple[str, str]] = set()
    for row in connection.execute(_query_members(root)):
        # Versions of several recipes may hold one text; the first captured speaks for it.
        if (row.article, row.text_digest) not in seen:
            seen.add((row.article, row.text_digest))
            yield _to_member(row)


def _query_members(root: int) -> Select[Any]:
    parent, its_first = sketches.alias("parent"), captures.alias("its_first")
    return (
        select(versions.c.article, versions.c.url, versions.c.published, versions.c.text_digest, said)
        .add_columns(
            *(captures.c[name] for name in _CAPTURED), sketches.c.similarity, its_first.c.record_id.label("like")
        )
        .join_from(sketches, versions, sketches.c.text_digest == versions.c.text_digest)
        .join(captures, captures.c.id == versions.c.first_capture)
        .outerjoin(parent, parent.c.id == sketches.c.parent)
        .outerjoin(its_first, its_first.c.id == parent.c.first_capture)
        .where(sketches.c.root == root)
        .order_by(*order_of(captures))
    )


def _to_member(row: Any) -> Member:
    stated = json.loads(row.said)
    named = {name: getattr(row, name) for name in (*_CAPTURED, "article", "url", "published", "text_digest")}
    del named["payload_digest"], named["recipe"]
    return Member(
        **named,
        source=stated["source"],
        title=stated["title"],
        similarity=row.similarity,
        like=row.like,
        body=row.said,
        provenance=Provenance(**{name: getattr(row, name) for name in Provenance.model_fields}),
    )
