"""Archived pages as this program reads them today, by the site files of today: two so read can be compared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from archive.catalog.catalog import Catalog
from archive.catalog.entries import site_key
from archive.directory import Archive
from archive.errors import NotInArchive
from archive.history.sighting import Sighting
from archive.warc.readback import read_capture
from archive.workers.pool import Workers
from pipelines.identity import page_id
from pipelines.parts import find_first, follow_pages, join_parts
from pipelines.records import Article
from pipelines.site import Site


class Rereader:
    """Reads captures again, each once until it is told to forget them."""

    def __init__(self, archive: Archive, catalog: Catalog, *, workers: Workers, sites: Mapping[str, Site]) -> None:
        self._archive, self._catalog = archive, catalog
        self._workers, self._sites = workers, sites
        self._read: dict[str, Article | None] = {}

    def forget(self) -> None:
        """Let go of what was read."""
        self._read.clear()

    def read(self, record_id: str) -> Article | None:
        """The article of a capture; None where it is none. Raises NotInArchive."""
        if record_id not in self._read:
            places = self._catalog.places_of([record_id])
            if not places:
                raise NotInArchive(f"{record_id}: the catalog does not know this capture; run lantian reindex")
            capture = read_capture(self._archive, places[0].file, places[0].offset)
            site = self._sites.get(site_key(places[0].file))
            self._read[record_id] = self._workers.submit(capture, site).result().article
        return self._read[record_id]

    def article_of(self, sightings: Sequence[Sighting]) -> Article | None:
        """The article as it was at the last of these captures of its pages, read today; None where it is none."""
        read = [(one, self.read(one.refers_to or one.record_id)) for one in sightings]
        pages = {article.id: _Page(article, self._sites.get(site_key(one.file))) for one, article in read if article}
        if not pages or read[-1][1] is None:
            return None
        first = find_first(pages[read[-1][1].id], pages.get)
        return join_parts(first.read, [page.read for page in follow_pages(first, pages.get)[1:]])


@dataclass(frozen=True, slots=True)
class _Page:
    """A page of an article as it is read today."""

    read: Article
    site: Site | None

    @property
    def article(self) -> str:
        """Its id."""
        return self.read.id

    @property
    def first_page(self) -> str | None:
        """The id of the page where its article begins."""
        return page_id(self.read.first_page, self.site) if self.read.first_page else None

    @property
    def next_page(self) -> str | None:
        """The id of the page after it."""
        return page_id(self.read.next_page, self.site) if self.read.next_page else None
