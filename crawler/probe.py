"""A dry run of one column or issue: its list, and the first article that the list leads to."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urljoin, urlsplit

from crawler.allowed_hosts import is_allowed
from crawler.newspaper import is_of
from crawler.visit import Look, Visitor
from pipelines.dom import squeeze, text_of
from pipelines.platforms import BY_NAME
from pipelines.records import Link
from pipelines.site import Channel, Issues, Site

TRIES = 3
"""Links followed until one is an article: the first may be a file, or lead elsewhere."""
PAPER_TRIES = 6
"""A page of a newspaper may lead to other pages first."""
ISSUES = 2
"""Links of a paper's home page that are looked at, where its issues are not where its file says."""
DAYS_BACK = 7
"""Papers pause at weekends and holidays, the longest for a week."""
_INDEX = re.compile(r"(?:/|(?:node|nbs|index|paper)[\w.-]*)$", re.IGNORECASE)
"""How the address of an issue ends; that of an article may hold a day too."""
_DAY = re.compile(r"(?<!\d)((?:19|20)\d\d)(\D?)(0[1-9]|1[0-2])(\D?)(0[1-9]|[12]\d|3[01])(?!\d)")


@dataclass(frozen=True)
class Probe:
    """What one column or issue gave. `tried` are the pages its links led to; the last is the article, if there is one.

    `following` is the next page of the list, `instead` another address of it that works where this one does not.
    """

    where: str
    name: str
    list: Look
    tried: tuple[Look, ...] = ()
    instead: Look | None = None
    following: Look | None = None
    day: date | None = None

    @property
    def article(self) -> Look | None:
        """The page that is an article."""
        return next((look for look in self.tried if look.outcome.article), None)

    @property
    def links(self) -> tuple[Link, ...]:
        """What the list leads to."""
        return self.list.outcome.links


async def probe_channel(visitor: Visitor, site: Site, channel: Channel) -> Probe:
    """Look at a column's first pages, and follow the links of the first until one is an article."""
    found = await visitor.look(channel.url)
    instead = None if found.outcome.links else await _look_elsewhere(visitor, channel, found)
    wanted = (instead or found).outcome.links
    hosts = (*site.hosts, urlsplit((instead or found).url).netloc)
    tried = await _try_links(visitor, [link for link in wanted if is_allowed(link.url, hosts)], tries=TRIES)
    following = await visitor.look(found.outcome.next) if found.outcome.next else None
    return Probe(f"[[channel]] {channel.name}", channel.name, found, tried, instead, following)


async def probe_issue(visitor: Visitor, site: Site, issues: Issues, *, today: date) -> Probe:
    """Look at the newest issue of the last days, and follow its pages until one is an article."""
    for back in range(DAYS_BACK):
        day = today - timedelta(days=back)
        found = await visitor.look(index_of(issues, day))
        if found.outcome.links or found.problem:
            break
    instead = (
        None if found.outcome.links or found.problem else await find_issue(visitor, await _home_of(visitor, issues))
    )
    ordered = sorted(_of_issue(found.outcome.links, day, site), key=lambda link: not _is_article(link, site))
    tried = await _try_links(visitor, ordered, tries=PAPER_TRIES)
    return Probe("[issues]", f"{day:%Y-%m-%d}", found, tried, instead, day=day)


async def _home_of(visitor: Visitor, issues: Issues) -> Look:
    return await visitor.look(urljoin(issues.index, "/"))


async def find_issue(visitor: Visitor, home: Look) -> Look | None:
    """An issue that a paper's home page leads to, at once or by a link."""
    anchors = home.view.root.iter("a") if home.view else ()
    named = (home.view.address(anchor.get("href")) for anchor in anchors if home.view)
    dated = dict.fromkeys(address for address in named if address and _INDEX.search(address) and open_day(address))
    looks = [home] if open_day(home.url) else [await visitor.look(address) for address in list(dated)[:ISSUES]]
    return next((look for look in looks if look.outcome.kind == "newspaper-index"), None)


def open_day(url: str) -> str | None:
    """The address of an issue with its day left open; None where it names none.

    >>> open_day("http://paper.example.cn/html/2026-10/02/node_1.htm")
    'http://paper.example.cn/html/{yyyy}-{mm}/{dd}/node_1.htm'
    """
    found = _DAY.search(url)
    if not found:
        return None
    return f"{url[: found.start()]}{{yyyy}}{found[2]}{{mm}}{found[4]}{{dd}}{url[found.end() :]}"


def _of_issue(links: Iterable[Link], day: date, site: Site) -> Iterator[Link]:
    return (link for link in links if is_of(link.url, day) and is_allowed(link.url, site.hosts))


def _is_article(link: Link, site: Site) -> bool:
    family = BY_NAME.get(site.platform or "founder")
    return family is not None and bool(re.search(family.articles or "(?!)", link.url))


def index_of(issues: Issues, day: date) -> str:
    """The address of a day's issue."""
    return issues.index.replace("{yyyy}", f"{day:%Y}").replace("{mm}", f"{day:%m}").replace("{dd}", f"{day:%d}")


async def _try_links(visitor: Visitor, links: Iterable[Link], *, tries: int) -> tuple[Look, ...]:
    """Follow links until one is an article, or enough were tried."""
    tried: list[Look] = []
    for link in [link for link in links if link.method == "GET"][:tries]:
        tried.append(await visitor.look(link))
        if tried[-1].outcome.article:
            break
    return tuple(tried)


async def _look_elsewhere(visitor: Visitor, channel: Channel, found: Look) -> Look | None:
    """The list under the other scheme, or where the home page names the column."""
    if found.outcome.kind == "blocked" or (found.outcome.reason or "").endswith(("private-address", "bad-url")):
        return None
    if found.problem:
        look = await visitor.look(_other_scheme(channel.url))
        return look if look.outcome.links else None
    return await _search_home(visitor, channel)


def _other_scheme(url: str) -> str:
    scheme, _, rest = url.partition(":")
    return f"{'http' if scheme == 'https' else 'https'}:{rest}"


async def _search_home(visitor: Visitor, channel: Channel) -> Look | None:
    home = await visitor.look(urljoin(channel.url, "/"))
    for address in _named_so(home, channel.name):
        look = await visitor.look(address)
        if look.outcome.links and look.url != home.url:
            return look
    return None


def _named_so(home: Look, name: str) -> list[str]:
    """The addresses behind the column's name on a page; two at most, for menus name it twice."""
    if home.view is None:
        return []
    anchors = home.view.root.iter("a")
    found = (home.view.address(anchor.get("href")) for anchor in anchors if text_of(anchor) == squeeze(name))
    return list(dict.fromkeys(address for address in found if address))[:2]
