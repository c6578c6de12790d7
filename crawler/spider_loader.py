"""Every site file is a spider: `scrapy list` names them, `scrapy crawl KEY` runs one."""

from pathlib import Path

from scrapy import Request
from scrapy.settings import BaseSettings

from archive.sites import read_sites, site_for
from crawler.newspaper import NewspaperSpider
from crawler.site_spider import SiteSpider
from crawler.spider import BureauSpider
from pipelines.site import Site


def make_spider(site: Site) -> type[SiteSpider]:
    """The spider class of one site."""
    base = {"bureau": BureauSpider, "newspaper": NewspaperSpider}[site.kind]
    return type(f"{site.key.title()}Spider", (base,), {"name": site.key, "site": site, "__doc__": site.name})


class SiteSpiderLoader:
    """What Scrapy asks for spiders; raises SiteError for a site file that cannot be understood."""

    def __init__(self, sites: dict[str, Site]) -> None:
        self._sites = sites

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> "SiteSpiderLoader":
        """Read the packaged site files and those of the folder in LANTIAN_SITES."""
        folder = settings.get("LANTIAN_SITES")
        return cls(read_sites(Path(folder) if folder else None))

    def load(self, spider_name: str) -> type[SiteSpider]:
        """The spider of a site key; raises KeyError."""
        if spider_name not in self._sites:
            raise KeyError(f"{spider_name}: no such site; `scrapy list` shows them")
        return make_spider(self._sites[spider_name])

    def find_by_request(self, request: Request) -> list[str]:
        """The site whose hosts the request's address is on."""
        site = site_for(request.url, self._sites)
        return [site.key] if site else []

    def list(self) -> list[str]:
        """Every site key."""
        return sorted(self._sites)
