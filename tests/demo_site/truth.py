"""What a crawl of the demo sites must find, and what is wrong with what it found."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.demo_site.content import Edition, PageSource
from tests.demo_site.server import DemoSite, DemoSites

FIELDS = ("title", "subtitle", "published", "source", "author", "editor", "paragraphs")


@dataclass(frozen=True, slots=True)
class Expected:
    """An article that must be found at an address, as its truth file says."""

    site: str
    url: str
    page: PageSource
    truth: Mapping[str, Any]


def expect_articles(sites: DemoSites, editions: Iterable[Edition]) -> dict[str, Expected]:
    """Every article of the editions by address, in its latest state."""
    found: dict[str, Expected] = {}
    for edition in editions:
        for name, site in sites.sites.items():
            for page in site.source.articles_in(edition):
                url = site.base + page.path
                found[url] = Expected(name, url, page, site.source.truth(page, edition))
    return found


def expect_not_modified(site: DemoSite) -> set[str]:
    """The paths that a second, conditional crawl must be answered 304 for: those whose validators stayed the same.

    A neighbour of a new article is not among them: the link to it changes the page, though not its text.
    """
    before, after = site.answers[1], site.answers[2]
    return {
        page.path
        for page in site.source.articles_in(2)
        if page.since == 1 and page.wire.validator and before[page.path].validators == after[page.path].validators
    }


def differences(found: Mapping[str, Any], expected: Expected, base: str) -> list[str]:
    """In what an article differs from its truth, one line a field."""
    truth = expected.truth
    lines = [
        f"{expected.url}: {name} is {_shown(found.get(name))}, the page says {_shown(truth.get(name))}"
        for name in FIELDS
        if _normal(found.get(name)) != _normal(truth.get(name))
    ]
    attached = {item["url"] for item in found.get("attachments") or ()}
    if attached != {base + item["url"] for item in truth.get("attachments", ())}:
        lines.append(f"{expected.url}: attachments are {sorted(attached)}")
    return lines


def compare(found: Iterable[Mapping[str, Any]], expected: Mapping[str, Expected], sites: DemoSites) -> list[str]:
    """Everything that is wrong with a set of articles: missed, found twice, not asked for, or different."""
    articles = list(found)
    times = Counter(article["url"] for article in articles)
    lines = [f"{url}: missed" for url in expected if not times[url]]
    lines += [f"{url}: found {count} times" for url, count in times.items() if count > 1]
    lines += [f"{url}: taken for an article" for url in times if url not in expected]
    for article in articles:
        target = expected.get(article["url"])
        if target:
            lines += differences(article, target, sites[target.site].base)
    return lines


def seed_text(truth: Mapping[str, Any]) -> str:
    """The article as the seed format writes it, from its truth alone."""
    published = truth.get("published")
    stated = published and published.replace("T", " ").removesuffix("+08:00")
    known = (
        ("发布时间", stated),
        ("来源", truth.get("source")),
        ("作者", truth.get("author")),
        ("编辑", truth.get("editor")),
    )
    info = " ".join(f"{name}:{value}" for name, value in known if value)
    lines = [truth["title"], truth.get("subtitle"), info, *truth["paragraphs"]]
    text = "\n".join(line for line in lines if line)
    return "".join(chr(ord(c) - 0xFEE0) if "！" <= c <= "～" else c for c in text)


def _normal(value: Any) -> Any:
    return list(value) if isinstance(value, list | tuple) else value or None


def _shown(value: Any) -> str:
    text = " / ".join(value) if isinstance(value, list | tuple) else str(value)
    return text if len(text) < 160 else text[:160] + "…"
