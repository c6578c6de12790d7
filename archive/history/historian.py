"""What became of a page over time: every capture, and where its publisher changed it or took it away.

Two captures are called an edit only when one program reads both differently: where the catalog's readings differ, the
bytes are read again by the recipe and the site file of today. So neither an update of ours nor a new rule in a site
file is ever taken for an edit. Nothing is written.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Row, and_, select

from archive.catalog.addressing import is_of_article
from archive.catalog.catalog import Catalog
from archive.catalog.schema import articles, captures, versions
from archive.directory import Archive
from archive.errors import CatalogError, NotInArchive
from archive.history.logged import logged_captures
from archive.history.rereading import Rereader
from archive.history.sighting import Sighting, Verdict, is_there, turn_of, verdict_alone
from archive.judge import order_of
from archive.reading import to_article
from archive.warc.readback import read_capture
from archive.warc.records import sha256
from archive.workers.pool import Workers
from pipelines.edits import Edit, compare_articles
from pipelines.framing import parse_head
from pipelines.links import join_link
from pipelines.records import Article, Provenance
from pipelines.site import Site


@dataclass(slots=True)
class _Before:
    """What was seen of one page so far: its last article, whether it was there, what came of each kind."""

    article: Row[Any] | None = None
    is_there: bool | None = None
    payloads: dict[str, str | None] = field(default_factory=dict)


class Historian:
    """Tells the history of pages from a catalog, reading captures again where it must."""

    def __init__(self, archive: Archive, catalog: Catalog, *, workers: Workers, sites: Mapping[str, Site]) -> None:
        self.archive, self._catalog = archive, catalog
        self._sites = sites
        self._rereader = Rereader(archive, catalog, workers=workers, sites=sites)

    def history(self, url: str) -> tuple[Sighting, ...]:
        """Every capture of a page, and of the other pages of its article, in the fixed order; each page is held against itself.

        Raises NotInArchive where there is none.
        """
        self._rereader.forget()
        rows = self._rows(url)
        if not rows:
            raise NotInArchive(f"{url}: {self._why_none(url)}")
        return tuple(self._tell(rows))

    def article(self, sightings: Sequence[Sighting]) -> Article | None:
        """The article as it was at the last of these captures of its pages, read today; None where it is none."""
        return self._rereader.article_of(sightings)

    def _why_none(self, url: str) -> str:
        if logged := logged_captures(self.archive, [url]):
            return f"the catalog has no capture of it and the log has {len(logged)}; run lantian reindex"
        return "the archive has no capture of it; lantian ingest fetches one"

    def _rows(self, url: str) -> Sequence[Row[Any]]:
        part = and_(articles.c.canonical == captures.c.canonical, articles.c.part_of.is_not(None))
        query = (
            select(captures, versions.c.body, versions.c.body_digest, articles.c.id.label("part"))
            .join_from(captures, versions, captures.c.version == versions.c.id, isouter=True)
            .outerjoin(articles, part)
            .where(is_of_article(url, self._sites))
            .order_by(*order_of(captures))
        )
        with self._catalog.view() as connection:
            return connection.execute(query).all()

    def _tell(self, rows: Sequence[Row[Any]]) -> Iterator[Sighting]:
        pages: defaultdict[str, _Before] = defaultdict(_Before)
        for row in rows:
            yield self._tell_one(row, pages[row.part or ""])

    def _tell_one(self, row: Row[Any], page: _Before) -> Sighting:
        sighting = self._sighting(row)
        now = is_there(sighting, self._sites.get(row.site))
        if row.body is not None and sighting.verdict == "other":
            now, sighting = True, self._judge(sighting, page.article, row)
            page.article = row if page.article is None or row.custody == "wire" else page.article
        elif sighting.verdict == "other":
            now = False if page.article and self._is_no_article_now(page.article, row) else None
            sighting = replace(sighting, verdict="changed" if now is False else _compare_bytes(page.payloads, row))
        turn = None if now is None else turn_of(page.is_there, now)
        page.is_there = page.is_there if now is None else now
        return replace(sighting, turn=turn)

    def _sighting(self, row: Row[Any]) -> Sighting:
        names = ("record_id", "url", "fetched_at", "file", "offset", "status", "kind", "reason", "custody")
        known = {name: getattr(row, name) for name in (*names, "payload_digest", "refers_to")}
        sighting = Sighting(**known, verdict=verdict_alone(row))
        if row.body is not None:
            sighting = replace(sighting, reading=sha256(row.body.encode("utf-8", "surrogatepass")))
        return replace(sighting, location=self._location(row)) if sighting.verdict == "redirect" else sighting

    def _location(self, row: Row[Any]) -> str | None:
        value = parse_head(read_capture(self.archive, row.file, row.offset).response).header("location")
        return join_link(row.url, value) if value else None

    def _judge(self, sighting: Sighting, before: Row[Any] | None, row: Row[Any]) -> Sighting:
        article = _stored(row)
        sighting = replace(sighting, title=article.title, published=article.published, is_article=True)
        if before is None:
            judged = self._catalog.judge([row.record_id]).get(row.record_id)
            return replace(sighting, verdict="duplicate" if judged and judged.verdict == "duplicate" else "new")
        edit = self._compare(before, row)
        return replace(
            sighting,
            verdict="changed" if edit else "unchanged",
            since=before.record_id,
            edit=edit,
            is_quiet=edit is not None and edit.is_quiet and before.custody == row.custody == "wire",
        )

    def _is_no_article_now(self, before: Row[Any], row: Row[Any]) -> bool:
        """Whether the server gave something else where an article was, by the same program's reading of both."""
        if row.custody != "wire" or row.refers_to or not row.payload_digest or _is_same_payload(before, row):
            return False
        return row.kind != "attachment" and self._rereader.read(row.record_id) is None

    def _compare(self, before: Row[Any], after: Row[Any]) -> Edit | None:
        """What changed; None where the same program finds nothing."""
        if before.version == after.version or _is_same_payload(before, after):
            return None
        if before.recipe == after.recipe and not compare_articles(_stored(before), _stored(after)):
            return None
        old, new = (self._rereader.read(row.refers_to or row.record_id) for row in (before, after))
        return (compare_articles(old, new) or None) if old and new else None


def _compare_bytes(payloads: dict[str, str | None], row: Row[Any]) -> Verdict:
    """The verdict on what is no article: a list, a home page, a file."""
    if not row.payload_digest:
        return "other"
    before, payloads[row.kind] = payloads.get(row.kind), row.payload_digest
    if before is None:
        return "new"
    return "unchanged" if before == row.payload_digest else "changed"


def _is_same_payload(before: Row[Any], after: Row[Any]) -> bool:
    return before.payload_digest is not None and before.payload_digest == after.payload_digest


def _stored(row: Row[Any]) -> Article:
    """The article as the catalog has it; raises CatalogError for what is none."""
    known = {name: getattr(row, name) for name in ("record_id", "fetched_at", "custody", "recipe")}
    try:
        provenance = Provenance(**known, payload_digest=row.payload_digest or f"sha256:{64 * '0'}")
        return to_article(row.body, provenance)
    except ValidationError as error:
        what = error.errors()[0]["msg"]
        raise CatalogError(
            f"catalog: what it has of {row.record_id} is no article ({what}); run lantian reindex"
        ) from None
