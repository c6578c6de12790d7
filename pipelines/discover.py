"""The links that a list page is made for, without its navigation, and the page after it.

Anchors that stand in the same place of the markup (same tags and classes up to the root) are one group. A group is
worth what its titles, dates and article-like addresses say; menus have short titles and none of these.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice, takewhile
from urllib.parse import urlsplit

from lxml.etree import _Element

from pipelines.dom import matches, squeeze, text_of
from pipelines.labels import DATE
from pipelines.list_dates import find_date, fold_address
from pipelines.platforms.family import Platform
from pipelines.records import Link
from pipelines.select import select_all
from pipelines.site import Layout
from pipelines.view import View

_NEXT_WORDS = re.compile(
    r"[\s\[【<>«»]*(?:下一页|下页|后一页|下一頁|下頁|下一版|下一张|next(?:\s+page)?|›|»|>)[\s\]】<>»›]*", re.IGNORECASE
)
_NEXT_PICTURE = re.compile(
    r"(?:^|[/_\-.])(?:next|xia\w*|nextpage|page_?next|right|down)\w*\.(?:gif|png|jpe?g|svg)", re.IGNORECASE
)
_PAGERS = re.compile(
    r"\b(?:pages?\d*|pager|pagination|pagenav\w*|page[-_]?\w*|fenye\w*|wp_paging|pb_sys_common|pagediv|list_?page)\b"
)
_MENUS = re.compile(
    r"\b(?:nav\w*|menu\w*|footer\w*|foot|header|breadcrumb\w*|crumbs?|topbar|sub-?nav\w*|sub-?menu\w*|sidebar|links?|friend\w*|tools?)\b"
)
_ARTICLE_FILE = re.compile(r"\d{3,}|[0-9a-f]{16,}|detail|content|show|article", re.IGNORECASE)
_MOST = 5000
_SHORTEST, _LONGEST, _MENU_LENGTH = 6, 40, 8
_SAMPLED, _ROW_LINKS = 12, 3
_DATED, _ARTICLE_LIKE, _LEAST = 15.0, 8.0, 60.0


@dataclass(frozen=True, slots=True)
class Entry:
    """One anchor of a list with what stands around it."""

    link: Link
    anchor: _Element
    shape: str


@dataclass(frozen=True, slots=True)
class LinkGroup:
    """Entries that stand in one place of the markup; `worth` is in characters of title."""

    entries: tuple[Entry, ...]
    worth: float


def find_groups(view: View, platform: Platform) -> tuple[LinkGroup, ...]:
    """Groups that may be lists of articles, best first; a page of more than `_MOST` links is cut there."""
    items = platform.items if platform.kind(view) else None
    places: dict[str, list[_Element]] = defaultdict(list)
    known: dict[_Element, str] = {}
    for anchor in islice(view.root.iter("a"), _MOST):
        places[_place(anchor, known)].append(anchor)
    groups = (
        _group(view, place, anchors, items) for place, anchors in places.items() if items or not _is_menu(anchors)
    )
    kept = (group for group in groups if group.worth > _LEAST or (items and group.entries) or _is_rest(group))
    return tuple(sorted(kept, key=lambda group: -group.worth))


def _is_rest(group: LinkGroup) -> bool:
    """Whether the group is what is left for the last page of a list: an entry or two, each with its date beside it."""
    return bool(group.entries) and all(
        entry.link.date and len(entry.link.title or "") >= _SHORTEST and _is_article_like(entry)
        for entry in group.entries
    )


def _is_article_like(entry: Entry) -> bool:
    return bool(_ARTICLE_FILE.search(entry.shape.replace("#", "000")))


def _is_menu(anchors: list[_Element]) -> bool:
    """Short titles without dates beside them: told before any address is joined, for most anchors of a page are menus."""
    titles = [text_of(anchor) or anchor.get("title") or "" for anchor in anchors]
    if sum(map(len, titles)) >= _MENU_LENGTH * len(titles):
        return False
    asked = anchors if len(anchors) < _SAMPLED else [*anchors[:3], *anchors[len(anchors) // 2 :][:3], *anchors[-3:]]
    return not any(DATE.search(text_of(row)) for anchor in asked if (row := _row(anchor)) is not None)


def _row(anchor: _Element) -> _Element | None:
    """What stands around an anchor: its parent, or its table row."""
    parent = anchor.getparent()
    row = parent.getparent() if parent is not None and parent.tag == "td" else None
    return row if row is not None and sum(1 for _ in islice(row.iter("a"), _ROW_LINKS)) < _ROW_LINKS else parent


def _group(view: View, place: str, anchors: list[_Element], items: str | None) -> LinkGroup:
    entries = [entry for anchor in anchors if (entry := _entry(view, anchor))]
    if items:
        entries = [entry for entry in entries if re.search(items, entry.link.url)]
    elif sum(entry.link.date is not None for entry in entries) > 1:
        # Tables without classes put menu, list and pager in one place: rows have dates, menus short titles.
        dated = {_block_of(entry) for entry in entries if entry.link.date}
        entries = [
            entry
            for entry in entries
            if entry.link.date or (len(entry.link.title or "") >= _MENU_LENGTH and _block_of(entry) in dated)
        ]
    return LinkGroup(tuple(entries), _worth(place, entries))


def _block_of(entry: Entry) -> _Element | None:
    """The table or list that an entry stands in: a column at the side has one of its own."""
    return next(entry.anchor.iterancestors("table", "ul", "ol", "dl"), None)


def find_links(view: View, groups: Sequence[LinkGroup], *, whole: bool = False) -> tuple[Link, ...]:
    """The links of the main list, in the order of the page, each once; of every list with `whole` (a homepage)."""
    if not groups:
        return ()
    chosen = [entry for group in groups for entry in group.entries] if whole else _with_lead(view, groups[0])
    links: dict[str, Link] = {}
    for entry in chosen:
        kept = links.setdefault(entry.link.url, entry.link)
        if not kept.title and entry.link.title:
            links[entry.link.url] = entry.link
    return tuple(links.values())


def find_links_in(view: View) -> tuple[Link, ...]:
    """Every titled link of a page that holds nothing but a list, in order, each once."""
    entries = (_entry(view, anchor) for anchor in view.root.iter("a"))
    links: dict[str, Link] = {}
    for entry in entries:
        if entry:
            links.setdefault(entry.link.url, entry.link)
    return tuple(links.values())


def _with_lead(view: View, group: LinkGroup) -> list[Entry]:
    """A list and what its own block shows above it: headlines with the same shape of address."""
    shape = Counter(entry.shape for entry in group.entries).most_common(1)[0][0]
    block = _common_block([entry.anchor for entry in group.entries])
    parent = block.getparent() if block is not None else None
    if parent is None or parent.tag in {"body", "html", "tr", "table"}:
        return list(group.entries)
    entries = {entry.anchor: entry for entry in group.entries}
    for anchor in parent.iter("a"):
        entry = entries.get(anchor) or _entry(view, anchor)
        if entry and entry.shape == shape and len(entry.link.title or "") >= _SHORTEST:
            entries.setdefault(anchor, entry)
    order = {anchor: number for number, anchor in enumerate(parent.iter("a"))}
    return sorted(entries.values(), key=lambda entry: order.get(entry.anchor, 0))


def _common_block(anchors: list[_Element]) -> _Element | None:
    paths = [[anchor, *anchor.iterancestors()][::-1] for anchor in anchors]
    block = None
    for level in zip(*paths, strict=False):
        if any(element is not level[0] for element in level):
            break
        block = level[0]
    return block.getparent() if block is not None and block.tag == "a" else block


def _entry(view: View, anchor: _Element) -> Entry | None:
    address = view.address(anchor.get("href"))
    if not address:
        return None
    title = _title(anchor)
    return (
        Entry(Link(address, title or None, find_date(view, anchor)), anchor, fold_address(address)) if title else None
    )


def _title(anchor: _Element) -> str:
    """The text shown, or `@title` where the text is cut with dots."""
    shown, stated = text_of(anchor), squeeze(anchor.get("title"))
    if not shown or (shown.endswith(("…", "...")) and len(stated) > len(shown) / 2):
        return stated or shown
    return shown


def _place(anchor: _Element, known: dict[_Element, str]) -> str:
    """Where an anchor stands: tags and classes of its ancestors. `known` are the places of elements passed before."""
    path = list(takewhile(lambda element: element not in known, anchor.iterancestors()))
    above = path[-1].getparent() if path else anchor.getparent()
    place = known[above] if above is not None else ""
    for element in reversed(path):
        known[element] = place = f"{place}/{_name(element)}"
    return place


def _name(element: _Element) -> str:
    """Tag, class and id; rows and items are alike whatever their class."""
    tag = str(element.tag)
    name = "" if tag in {"li", "tr", "td", "dd"} else (element.get("class") or "").strip().split(" ")[0]
    return f"{tag}.{name}#{element.get('id') or ''}" if name or tag == "div" else tag


def _worth(place: str, entries: list[Entry]) -> float:
    unique = {entry.link.url: entry for entry in entries}.values()
    titles = sum(
        min(len(entry.link.title or ""), _LONGEST) for entry in unique if len(entry.link.title or "") >= _SHORTEST
    )
    dated = sum(entry.link.date is not None for entry in unique)
    alike = sum(map(_is_article_like, unique))
    if len(unique) > 1 and titles < _MENU_LENGTH * len(unique) and not dated:
        return 0.0
    worth = titles + _DATED * dated + _ARTICLE_LIKE * alike
    return worth * (0.2 if _MENUS.search(place.lower().replace(".", " ").replace("#", " ")) and not dated else 1.0)


def has_pager(view: View) -> bool:
    """Whether the page is one of several pages of a list."""
    if any(map(_leads_on, view.root.iter("a"))):
        return True
    pagers = (
        element for element in view.root.iter("div", "p", "ul", "span", "nav", "td") if _PAGERS.search(matches(element))
    )
    return any(sum(text_of(anchor).isdigit() for anchor in pager.iter("a")) > 1 for pager in pagers)


def find_next(view: View, platform: Platform) -> Link | None:
    """The page after this one: what the family states, else the anchor that says or shows 下一页."""
    if found := platform.following(view):
        return found
    for anchor in view.root.iter("a"):
        if _leads_on(anchor) and (link := _other(view, anchor)):
            return link
    for element in view.root.iter("link"):
        if (element.get("rel") or "").lower() == "next" and (link := _other(view, element)):
            return link
    return None


def links_by_selector(view: View, selector: str) -> tuple[Link, ...]:
    """The links of the anchors that a site file selects, or of the anchors inside what it selects."""
    links: dict[str, Link] = {}
    for element in select_all(view, selector):
        for anchor in [element] if element.tag == "a" else element.iter("a"):
            if entry := _entry(view, anchor):
                links.setdefault(entry.link.url, entry.link)
    return tuple(links.values())


def next_by_layout(view: View, platform: Platform, layout: Layout) -> Link | None:
    """The following page by the selector of a site file, else by rule."""
    for anchor in select_all(view, layout.next) if layout.next else ():
        if link := _other(view, anchor):
            return link
    return find_next(view, platform)


def _leads_on(anchor: _Element) -> bool:
    """Whether an anchor says 下一页, or shows it as a picture."""
    if text := text_of(anchor):
        return bool(_NEXT_WORDS.fullmatch(text))
    return any(
        _NEXT_PICTURE.search(image.get("src") or "") or _NEXT_WORDS.fullmatch(image.get("alt") or "-")
        for image in anchor.iter("img")
    )


def _other(view: View, element: _Element) -> Link | None:
    address = view.address(element.get("href"))
    if not address or address == view.url or urlsplit(address).netloc != urlsplit(view.url).netloc:
        return None
    return Link(address)
