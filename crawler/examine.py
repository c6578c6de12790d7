"""What is wrong between a site file and its site, and the lines of TOML that put it right."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from urllib.parse import urlsplit

from crawler.allowed_hosts import is_allowed
from crawler.finding import Finding, to_toml
from crawler.probe import DAYS_BACK, Probe, open_day
from crawler.suggest import suggest_body, suggest_links, suggest_published
from crawler.visit import Look
from pipelines.platforms import BY_NAME
from pipelines.records import Article
from pipelines.site import Site
from pipelines.title import fold

QUIET = timedelta(days=400)
"""A column without news for longer has been given up, or its list is another one now."""
UNSURE = 0.5
"""Confidence below which the two readings of a body hardly agree."""
_HINTS = {
    "dns": "the host has no address: the site has moved or is gone",
    "tls": "the secured connection was refused",
    "timeout": "some sites answer only inside China, or at night: try again, or from another network",
    "reset": "some sites answer only inside China: try from another network",
}


def examine(probe: Probe, site: Site, *, today: date) -> list[Finding]:
    """Everything that one column or issue shows."""
    if way := _find_in_way(probe, site):
        return [way]
    found = [*_examine_address(probe, site), *_examine_links(probe, site, today)]
    if probe.links:
        found += _examine_articles(probe, site)
    return found


def examine_whole(probes: Sequence[Probe], site: Site, *, today: date) -> list[Finding]:
    """What only all columns together show: the family, the expectations, and what may be said of the file now."""
    found = [finding for probe in probes for finding in examine(probe, site, today=today)]
    found += [*examine_platform(probes, site), *_examine_expectations(probes, site)]
    return found


def _find_in_way(probe: Probe, site: Site) -> Finding | None:
    """What keeps us from the list altogether."""
    look = probe.list
    if probe.instead:
        what = "an issue" if probe.day else "the list"
        says = f"{look.asked}: {_what_came(look)}; {what} is at {probe.instead.url} now"
        return Finding(
            "moved", probe.where, says, _new_address(probe.instead.url, site, is_issue=probe.day is not None)
        )
    if look.problem:
        hint = next((f"; {hint}" for kind, hint in _HINTS.items() if f"{kind}: " in f"{look.problem} "), "")
        return Finding("unreachable", probe.where, f"{look.asked}: {look.problem}{hint}")
    if look.outcome.kind == "blocked":
        says = f"{look.asked}: refuses us ({look.outcome.reason}); nothing can be said of it from this network"
        return Finding("blocked", probe.where, says)
    if look.outcome.kind == "gone" or (look.outcome.reason or "").startswith("http-"):
        what = (
            f"nor is there one of the {DAYS_BACK} days before"
            if probe.day
            else "and the home page names no such column"
        )
        says = f"{look.asked}: {_what_came(look)}, {what}; look for the new address"
        return Finding("gone", probe.where, says)
    return None


def _examine_address(probe: Probe, site: Site) -> Iterator[Finding]:
    look = probe.list
    if look.url == look.asked or probe.day:
        return
    if urlsplit(look.url).path.strip("/") == "" != urlsplit(look.asked).path.strip("/"):
        says = f"{look.asked}: leads to the home page; the column is gone, look for its new address"
        yield Finding("gone", probe.where, says)
    else:
        yield Finding("moved", probe.where, f"leads to {look.url}", _new_address(look.url, site))


def _examine_links(probe: Probe, site: Site, today: date) -> Iterator[Finding]:
    if not probe.links:
        selector = suggest_links(probe.list, site)
        hint = "these lines find one" if selector else "it may come from a script: see what the page loads in a browser"
        says = f"{probe.list.url}: no list of articles was found ({_what_came(probe.list)}); {hint}"
        yield Finding("no-links", probe.where, says, _layout_line("links", selector))
        return
    outside = Counter(urlsplit(link.url).netloc for link in probe.links if not is_allowed(link.url, site.hosts))
    if outside:
        count, missing = sum(outside.values()), [host for host, _ in outside.most_common()]
        says = f"{count} of {len(probe.links)} links lead to {', '.join(missing[:3])}, which hosts does not name"
        line = f"hosts = {to_toml([*site.hosts, *missing[:3]])}"
        yield Finding("other-host", "hosts", says, (line,), is_wrong=2 * count > len(probe.links))
    dates = [link.date for link in probe.links if link.date]
    if not dates and probe.day is None:
        yield Finding("no-dates", probe.where, "no dates beside the links; --since cannot skip any", is_wrong=False)
    elif dates and max(dates)[:10] < (today - QUIET).isoformat():
        says = (
            f"the newest of {len(dates)} dated links is of {max(dates)[:10]}: given up, or not the list that is kept up"
        )
        yield Finding("old", probe.where, says)
    if probe.day is None:
        yield from _examine_following(probe)


def _examine_following(probe: Probe) -> Iterator[Finding]:
    """The next page brings links that the first does not have."""
    look = probe.following
    if look is None:
        yield Finding("no-next", probe.where, "no following page was found", is_wrong=False)
    elif not look.outcome.links:
        says = f"{look.url}: the following page has no links ({_what_came(look)}); the list cannot be read to its end"
        yield Finding("next-page", probe.where, says)
    elif {link.url for link in look.outcome.links} <= {link.url for link in probe.links}:
        yield Finding("next-page", probe.where, f"{look.url}: the following page names the same links again")


def _examine_articles(probe: Probe, site: Site) -> Iterator[Finding]:
    look = probe.article
    if look is None or look.outcome.article is None:
        yield _no_article(probe, site)
        return
    article = look.outcome.article
    for name, suggest in (("title", None), ("published", suggest_published)):
        if not getattr(article, name):
            selector = suggest(look, site) if suggest else None
            yield Finding(
                "missing-field", probe.where, f"{look.url}: no {name} was found", _layout_line(name, selector)
            )
    if article.confidence is not None and article.confidence < UNSURE:
        says = f"{look.url}: the body is uncertain (confidence {article.confidence}); compare it with the page"
        yield Finding("unsure", probe.where, says, is_wrong=False)
    yield from _compare_with_list(probe, look, article)


def _no_article(probe: Probe, site: Site) -> Finding:
    if not probe.tried:
        return Finding("no-article", probe.where, f"none of {len(probe.links)} links leads to a host that hosts names")
    kinds = ", ".join(look.problem or _what_came(look) for look in probe.tried)
    last = next((look for look in probe.tried if look.view is not None), probe.tried[-1])
    selector = suggest_body(last, site)
    says = (
        f"{len(probe.links)} links, but {len(probe.tried)} that were followed are no articles: {kinds}; as {last.url}"
    )
    return Finding("no-article", probe.where, says, _layout_line("body", selector))


def _compare_with_list(probe: Probe, look: Look, article: Article) -> Iterator[Finding]:
    """List and article state the same title and day, or one of them was misread."""
    link = next((link for link in probe.links if link.url == look.asked), None)
    if link is None:
        return
    if link.date and article.published and link.date[:10] != article.published[: len(link.date[:10])]:
        says = f"{look.url}: the list says {link.date}, the article {article.published}"
        yield Finding("other-date", probe.where, says, is_wrong=False)
    listed, title = fold((link.title or "").rstrip(".…")), fold(article.title or "")
    if listed and title and listed not in title and title not in listed:
        says = f"{look.url}: the list calls it {link.title}, the article {article.title}"
        yield Finding("other-title", probe.where, says, is_wrong=False)


def examine_platform(probes: Sequence[Probe], site: Site) -> Iterator[Finding]:
    """Pages that are of another family than their file states."""
    looks = [look for probe in probes for look in (probe.instead or probe.list, *probe.tried) if look.view is not None]
    stated = BY_NAME.get(site.platform or "")
    told = Counter(look.platform for look in looks if look.platform)
    if site.platform is None or not told:
        return
    if stated is not None and any(stated.recognises(look.view) for look in looks if look.view is not None):
        return
    name, count = told.most_common(1)[0]
    says = f"the file says {site.platform!r}, but {count} of {len(looks)} pages are recognised as {name!r}"
    yield Finding("platform", "platform", says, (f"platform = {to_toml(name)}",))


def _examine_expectations(probes: Sequence[Probe], site: Site) -> Iterator[Finding]:
    """The first pages alone may already be more than the file expects, or be all there is and less."""
    total = len({link.url for probe in probes for link in probe.links})
    expect = site.expect
    if expect.max_articles is not None and total > expect.max_articles:
        says = f"the first pages alone lead to {total} articles, expected are at most {expect.max_articles}"
        yield Finding("expect", "[expect]", says, ("[expect]", f"max_articles = {2 * total}"))
    is_all = site.kind == "bureau" and not any(probe.list.outcome.next or not probe.links for probe in probes)
    if is_all and total < expect.min_articles:
        says = f"there are {total} articles and no further pages, expected are at least {expect.min_articles}"
        yield Finding("expect", "[expect]", says, ("[expect]", f"min_articles = {total}"))


def _new_address(url: str, site: Site, *, is_issue: bool = False) -> tuple[str, ...]:
    lines = (f"index = {to_toml(open_day(url) or url)}",) if is_issue else (f"url = {to_toml(url)}",)
    if is_allowed(url, site.hosts):
        return lines
    return (f"hosts = {to_toml([*site.hosts, urlsplit(url).netloc])}", *lines)


def _layout_line(name: str, selector: str | None) -> tuple[str, ...]:
    return ("[[layout]]", f"{name} = {to_toml(selector)}") if selector else ()


def _what_came(look: Look) -> str:
    outcome = look.outcome
    if look.problem:
        return look.problem
    return f"{outcome.kind}: {outcome.reason}" if outcome.reason else outcome.kind
