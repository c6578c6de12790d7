"""One address for one page where its site is known: the steps of `pipelines.urls`, and the rules of the site file.

The rules are those of the site file that the page is read by, as its layouts are: so a replay and a reindex name pages by
the files of today, and the log keeps the file that each text was made by. Without a rule nothing changes.
"""

from pipelines.site import Site
from pipelines.urls import canonical_url, digest_address


def page_url(url: str, site: Site | None) -> str:
    """The canonical url of a page of a site, or of any page without one."""
    return canonical_url(url, *([site.same_page_as] if site and site.same_page.is_stated else []))


def page_id(url: str, site: Site | None) -> str:
    """The article id of a page: the first 16 hex digits of SHA-256 of its canonical url."""
    return digest_address(page_url(url, site))
