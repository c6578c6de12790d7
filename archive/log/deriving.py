"""What a recipe made of a capture, as the log keeps it: digests, so that an edit of the catalog shows.

The site files by which pages are read go into the log whole, each once a run: so the pages can be read again from the
archive alone.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from archive.catalog.entries import Entry as Catalogued
from archive.catalog.entries import site_key
from archive.log.covering import now
from archive.log.entries import DerivedEntry, Entry, SiteEntry
from archive.log.titles import title_digest
from archive.reading import Body
from archive.warc.records import sha256
from pipelines.site import Site

MOST_RULES: Final = 24 * 1024
"""Bytes of a site file that an entry of 64 KiB surely has room for; a longer one is named by its digest alone."""


class Deriving:
    """Gives the entries for what was made of captures by these sites; one for each run."""

    def __init__(self, sites: Mapping[str, Site]) -> None:
        self._sites = dict(sites)
        self._known: set[str] = set()

    def use(self, site: Site | None) -> None:
        """Know a site that pages are read by."""
        if site:
            self._sites[site.key] = site

    def entries(self, catalogued: Sequence[Catalogued]) -> Iterator[Entry]:
        """The entries of those captures that gave an article, each behind the site file it was read by."""
        for one in catalogued:
            if one.body is None:
                continue
            site = self._sites.get(site_key(one.row["file"]))
            digest = describe_site(site)[1] if site else None
            if site and digest and digest not in self._known:
                self._known.add(digest)
                yield _site_entry(site)
            yield _derived_entry(one.row, one.body, digest)


@lru_cache(maxsize=4096)
def describe_site(site: Site) -> tuple[str, str]:
    """A site file as text from which it can be had again, and the digest of that."""
    rules = site.model_dump_json(by_alias=True, exclude_defaults=True)
    return rules, sha256(rules.encode())


def _site_entry(site: Site) -> SiteEntry:
    rules, digest = describe_site(site)
    return SiteEntry(
        logged=now(), key=site.key, digest=digest, rules=rules if len(rules.encode()) <= MOST_RULES else ""
    )


def _derived_entry(row: Mapping[str, Any], body: Body, site: str | None) -> DerivedEntry:
    title = str(json.loads(body.text).get("title") or "")
    return DerivedEntry(
        logged=now(),
        capture=row["record_id"],
        article=body.article,
        url=row["canonical"],
        recipe=row["recipe"],
        body=body.body_digest,
        text=body.text_digest,
        title=title_digest(title),
        published=body.published,
        site=site,
    )
