"""An article over several pages: which page is its first, where the text goes on, and the pages joined.

The pages of one article have the same address but for a small number, behind the name of the file (`t1.shtml`, `t1_2.shtml`) or as
`page=2` at the end of the query. It is a number of a page only where a digit stands before it: `news_12.html` is an article, and
`news_13.html` another.
"""

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol, TypeVar

from pipelines.dom import text_of
from pipelines.platforms.family import Platform
from pipelines.records import Article
from pipelines.view import View

MOST_PAGES: Final = 100
_FILE = re.compile(r"(?P<head>[^?#]*/[^/?#]*\d[^/?#]*?)[_-](?P<number>\d{1,2})(?P<tail>\.\w{3,5})")
_QUERY = re.compile(
    r"(?P<head>[^?#]+\d[^#]*?)[?&](?:page|p|pn|pageno|cpage|page_no|currentpage)=(?P<number>\d{1,2})(?P<tail>)",
    re.IGNORECASE,
)
_PAGER = re.compile(
    r"[\s\[【（(<>«»]*(?:\d{1,2}|第?\s*\d{1,2}\s*页|[下上后前]一?页|首页|第一页|next|prev)[\s\]】）)<>»›«]*",
    re.IGNORECASE,
)
_SCRIPT = re.compile(r"createPageHTML\s*\([^()]*?[\"'](?P<name>[\w./-]*\d[\w./-]*)[\"']", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Parts:
    """The first page of an article, seen from a later one, and the page after this one; None where there is none."""

    first: str | None = None
    next: str | None = None


def find_parts(view: View, platform: Platform) -> Parts:
    """What the pager of an article says; the pager of a list, or links to other articles, say nothing."""
    linked = set(_linked(view, platform)) - {view.url}
    if not linked:
        return Parts()
    numbered = [(*numbers, address) for address in linked if (numbers := _split(address))]
    bare, own = _split(view.url) or (view.url, None)
    if own is not None:
        family = {number: address for name, number, address in numbered if name == bare}
        first = (
            bare if bare in linked else family.get(min(family, default=own)) if min(family, default=own) < own else None
        )
        if first or own + 1 in family:
            return Parts(first, family.get(own + 1))
    family = {number: address for name, number, address in numbered if name == view.url}
    return Parts(None, family.get(1) or family.get(2))


def _split(address: str) -> tuple[str, int] | None:
    """The address of the first page, and the number of this one."""
    found = _FILE.fullmatch(address) or _QUERY.fullmatch(address)
    return (found["head"] + found["tail"], int(found["number"])) if found else None


def _linked(view: View, platform: Platform) -> Iterator[str]:
    """The addresses that the pagers of a page name: anchors of a number or 下一页, or the call of a script."""
    for anchor in view.root.iter("a"):
        href = anchor.get("href")
        if href and href[0] != "#" and _PAGER.fullmatch(text_of(anchor)) and (address := view.address(href)):
            yield address
    if stated := platform.following(view):
        yield stated.url
    if found := _SCRIPT.search(view.text):
        extension = view.url[view.url.rfind(".") :]
        if address := view.address(found["name"] + extension):
            yield address


class Paged(Protocol):
    """A page of an article: its own id, that of the page where the article begins, and that of the next page."""

    @property
    def article(self) -> str:
        """The id of the page."""

    @property
    def first_page(self) -> str | None:
        """The id of the page where the article begins; of a first page its own or None."""

    @property
    def next_page(self) -> str | None:
        """The id of the page that its text goes on with."""


Said = TypeVar("Said", bound=Paged)


def follow_pages(first: Said, look: Callable[[str], Said | None]) -> list[Said]:
    """The pages of an article in their order, as far as `look` knows them by id.

    Both must say so: a page that it goes on with the next, and that one that the article began on one of the pages before.
    """
    pages, ids = [first], {first.article}
    while (following := pages[-1].next_page) and following not in ids and len(pages) < MOST_PAGES:
        found = look(following)
        if found is None or found.first_page not in ids:
            break
        pages.append(found)
        ids.add(following)
    return pages


def find_first(page: Said, look: Callable[[str], Said | None]) -> Said:
    """The first page of the article of a page, or the page itself: where the pages before it are not known, it stands alone."""
    first, seen = page, {page.article}
    while first.first_page and first.first_page not in seen and (found := look(first.first_page)):
        seen.add(first.first_page)
        first = found
    is_part = any(one.article == page.article for one in follow_pages(first, look))
    return first if is_part else page


def join_parts(first: Article, further: Sequence[Article]) -> Article:
    """The first page of an article with the text, files and pictures of the further ones behind its own, in their order.

    A page that only repeats the first (a pager of comments leads there) adds nothing. `next_page` stays what the last of them says.
    """
    paragraphs, attachments, images = list(first.paragraphs), list(first.attachments), list(first.images)
    for part in further:
        if part.paragraphs[:1] == first.paragraphs[:1]:
            continue
        paragraphs += part.paragraphs
        attachments += [item for item in part.attachments if item not in attachments]
        images += [item for item in part.images if item not in images]
    texts = [text for text in (first.title, first.subtitle, *paragraphs) if text]
    return first.model_copy(
        update=dict(
            paragraphs=tuple(paragraphs),
            attachments=tuple(attachments),
            images=tuple(images),
            reconstructed=any(part.reconstructed for part in (first, *further)),
            text_digest=digest_text(texts),
            next_page=further[-1].next_page if further else first.next_page,
        )
    )


def digest_text(texts: Sequence[str]) -> str:
    """The digest of title, subtitle and paragraphs, those that there are, joined by LF."""
    return f"sha256:{hashlib.sha256(chr(10).join(texts).encode('utf-8', 'replace')).hexdigest()}"
