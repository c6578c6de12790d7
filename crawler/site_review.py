"""What is wrong in a site file that can be read, told without the network: names, hosts and selectors that cannot work."""

import difflib
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from cssselect import SelectorError
from lxml.cssselect import CSSSelector

from crawler.allowed_hosts import is_allowed
from pipelines.platforms import BY_NAME
from pipelines.site import Layout, Site


def review_site(site: Site, *, where: str) -> list[str]:
    """Each mistake as one line: file, table, key, and what was probably meant."""
    return [f"{where} {what}" for what in (*_platform(site), *_addresses(site), *_layouts(site))]


def _platform(site: Site) -> Iterator[str]:
    if site.platform is not None and site.platform not in BY_NAME:
        close = difflib.get_close_matches(site.platform, BY_NAME, n=1)
        hint = f"did you mean {close[0]!r}?" if close else f"known families: {', '.join(sorted(BY_NAME))}"
        yield f"platform: unknown family {site.platform!r}; {hint}"


def _addresses(site: Site) -> Iterator[str]:
    for host in site.hosts:
        if "/" in host:
            yield f"hosts: {host!r} is an address; write its host alone, {urlsplit(host).netloc or host.split('/')[0]!r}"
    stated = [("[[channel]]", channel.url) for channel in site.channels]
    stated += [("[issues]", site.issues.index)] if site.issues else []
    for table, url in stated:
        if not is_allowed(url, site.hosts):
            host = urlsplit(url).netloc
            close = difflib.get_close_matches(host, site.hosts, n=1)
            hint = f"did you mean {close[0]!r}?" if close else f"add {host!r} to hosts"
            yield f"{table}: {url} is on no host of this site; {hint}"
    if site.issues and not re.search(r"\{(?:yyyy|mm|dd)\}", site.issues.index):
        yield "[issues]: index names no day; write {yyyy}, {mm} and {dd} where the address of an issue has them"


def _layouts(site: Site) -> Iterator[str]:
    for layout in site.layouts:
        for name in Layout.model_fields.keys() - {"since", "until"}:
            selector = getattr(layout, name)
            problem = _problem_of(selector) if selector else None
            if problem:
                yield f"[[layout]]: {name}: {selector!r} is no CSS selector: {problem}; try it in a browser's console"


def _problem_of(selector: str) -> str | None:
    try:
        CSSSelector(selector, translator="html")
    except SelectorError as error:
        return str(error)
    return None
