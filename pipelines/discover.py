"""The links that a list page is made for, without its navigation, and the page after it."""

import re
from collections import defaultdict
from dataclasses import dataclass

from lxml.etree import _Element

from pipelines.dom import squeeze, text_of
from pipelines.labels import DATE
from pipelines.platforms.family import Platform
from pipelines.records import Link
from pipelines.view import View

_NEXT_WORDS = re.compile(r"^[\s\[【<>«»]*(?:下一页|下页|后一页|下一頁|下頁|next|Next|NEXT|›|»|>)[\s\]】<>»›]*$")
_SHORTEST = 6


@dataclass(frozen=True, slots=True)
class Entry:
    """One anchor of a list with what stands around it."""

    link: Link
    anchor: _Element
    place: str


def find_links(view: View, *, whole: bool = False) -> tuple[Link, ...]:
    """The links of the main list, in order, each once; of every list with `whole` (a homepage)."""
    groups: dict[str, list[Entry]] = defaultdict(list)
    for entry in _entries(view):
        groups[entry.place].append(entry)
    ranked = sorted(groups.values(), key=_worth, reverse=True)
    if not ranked:
        return ()
    chosen = [entry for group in ranked if whole or group is ranked[0] for entry in group if _worth(group) > 0]
    links: dict[str, Link] = {}
    for entry in chosen:
        links.setdefault(entry.link.url, entry.link)
    return tuple(links.values())


def _entries(view: View) -> list[Entry]:
    entries = []
    for anchor in view.root.iter("a"):
        address = view.address(anchor.get("href"))
        title = _title(anchor)
        if address and title:
            entries.append(Entry(Link(address, title, _date(anchor)), anchor, _place(anchor)))
    return entries


def _title(anchor: _Element) -> str:
    shown, stated = text_of(anchor), squeeze(anchor.get("title"))
    return stated if stated and (not shown or shown.rstrip(".…") in stated or len(stated) > len(shown)) else shown


def _date(anchor: _Element) -> str | None:
    holder = anchor
    for _ in range(3):
        found = DATE.search(text_of(holder))
        if found:
            return found[0]
        parent = holder.getparent()
        if parent is None or len(list(parent.iter("a"))) > 2:  # noqa: PLR2004
            return None
        holder = parent
    return None


def _place(anchor: _Element) -> str:
    """Where an anchor stands: tags and classes of its ancestors; the entries of one list share it."""
    path = []
    for element in anchor.iterancestors():
        path.append(f"{element.tag}.{(element.get('class') or '').split(' ')[0]}#{element.get('id') or ''}" if element.tag not in {"li", "tr"} else element.tag)
    return "/".join(path)


def _worth(group: list[Entry]) -> float:
    titles = [entry.link.title or "" for entry in group]
    long = sum(len(title) for title in titles if len(title) >= _SHORTEST)
    dated = sum(entry.link.date is not None for entry in group)
    return long + 20.0 * dated - 200.0 if len(group) > 1 else long - 200.0


def find_next(view: View, platform: Platform) -> Link | None:
    """The page after this one: what the family states, else the anchor that says 下一页."""
    if found := platform.following(view):
        return found
    for anchor in view.root.iter("a"):
        if _NEXT_WORDS.match(text_of(anchor)) and (address := view.address(anchor.get("href"))) and address != view.url:
            return Link(address)
    for element in view.root.iter("link"):
        if (element.get("rel") or "").lower() == "next" and (address := view.address(element.get("href"))):
            return Link(address)
    return None
