"""From page files to HTML text: frames are filled, lists and newspaper pages are drawn up for an edition."""

import re
from collections.abc import Iterable
from itertools import pairwise

from tests.demo_site.content import Edition, PageSource, SiteSource, read_page

_SLOT = re.compile(r"\{\{(\w+)\}\}")
_LIST_TITLE = 18


def fill(frame: str, slots: dict[str, str]) -> str:
    """Put the slots into a frame; a slot that nobody fills is an error of the demo."""
    return _SLOT.sub(lambda match: slots[match[1]], frame)


def charset_meta(charset: str) -> str:
    """The tag by which a page claims a charset, or a remark where it claims none."""
    if not charset:
        return "<!-- -->"
    return f'<meta http-equiv="Content-Type" content="text/html; charset={charset}" />'


def draw_article(site: SiteSource, page: PageSource, edition: Edition) -> str:
    """The whole page as the server of that edition gives it, not yet encoded."""
    fields = read_page(site, page.file(edition))
    slots = {"author": "", "source": "", "subtitle": "", "introtitle": "", **fields, "id": page.id}
    slots |= {"channel": page.channel, "column": _column(site, page), "charset_meta": charset_meta(page.wire.meta)}
    editor, author = fields.get("editor"), fields.get("author")
    slots["editor_line"] = f'<div class="bj">（责任编辑：{editor}）</div>' if editor else ""
    slots["author_span"] = f'<span class="zz">作者：{author}</span>' if author else ""
    slots["byline"] = f"本报记者　{author}" if author else ""
    slots |= _neighbours(site, page, edition)
    if page.issue:
        slots |= _issue_slots(site, page.issue, page.node, edition)
    return fill(site.frames[page.frame], slots)


def draw_lists(site: SiteSource, edition: Edition) -> dict[str, str]:
    """Every page of every list, by path."""
    drawn: dict[str, str] = {}
    for table in site.lists:
        items = _items(site, table, edition)
        size = table["per_page"]
        count = max(1, -(-len(items) // size))
        for index in range(count):
            slots = {"column": table["column"], "items": "\n".join(items[index * size : (index + 1) * size])}
            slots |= {"charset_meta": charset_meta(site.charset), "page_count": str(count), "page_index": str(index)}
            slots["pager"] = _pager(table["path"], index, count)
            for name in _list_names(table["style"], index):
                drawn[table["path"] + name] = fill(site.frames["list.html"], slots)
    return drawn


def draw_home(site: SiteSource, edition: Edition) -> str:
    """The home page: the newest of the first list, or the way to the newest issue."""
    slots = {"charset_meta": charset_meta(site.charset), "items": "", "issue": ""}
    if site.lists:
        slots["items"] = "\n".join(_items(site, site.lists[0], edition)[:4])
    if site.issues:
        newest = max(table["day"] for table in site.issues if table.get("since", 1) <= edition)
        slots["issue"] = f"{newest[:7]}/{newest[8:]}"
    return fill(site.frames["home.html"], slots)


def draw_issues(site: SiteSource, edition: Edition) -> dict[str, str]:
    """Every page (版) of every newspaper issue, by path."""
    return {
        f"/html/{table['day'][:7]}/{table['day'][8:]}/node_{node['node']}.htm": fill(
            site.frames["node.html"],
            {"charset_meta": charset_meta(site.charset), **_issue_slots(site, table["day"], node["node"], edition)},
        )
        for table in site.issues
        if table.get("since", 1) <= edition
        for node in table["nodes"]
    }


def _column(site: SiteSource, page: PageSource) -> str:
    return next((table["column"] for table in site.lists if table["channel"] == page.channel), "")


def _listed(site: SiteSource, channel: str, edition: Edition) -> list[tuple[str, PageSource, dict[str, str]]]:
    """The pages of a column, newest first, each with its date and fields."""
    pages = [page for page in site.pages_in(edition) if page.channel == channel]
    rows = [(page, read_page(site, page.file(edition))) for page in pages]
    return sorted(
        ((fields.get("pubdate", ""), page, fields) for page, fields in rows), key=lambda row: row[0], reverse=True
    )


def _items(site: SiteSource, table: dict[str, object], edition: Edition) -> list[str]:
    rows = [(date[:10], page.href, f["title"]) for date, page, f in _listed(site, str(table["channel"]), edition)]
    extra = table.get("extra", [])
    assert isinstance(extra, list)
    rows += [(entry["day"], entry["href"], entry["title"]) for entry in extra]
    draw = _draw_trs_item if table["style"] == "trs" else _draw_static_item
    return [draw(day, _relative(href, str(table["path"])), title) for day, href, title in rows]


def _relative(href: str, base: str) -> str:
    return "./" + href.removeprefix(base) if href.startswith(base) else href


def _draw_trs_item(day: str, href: str, title: str) -> str:
    short = title if len(title) <= _LIST_TITLE else title[:_LIST_TITLE] + "..."
    return f'<li><span class="date">{day}</span><a href="{href}" target="_blank" title="{title}">{short}</a></li>'


def _draw_static_item(day: str, href: str, title: str) -> str:
    return f'<li><a href="{href}" title="{title}">{title}</a><span>{day}</span></li>'


def _list_names(style: str, index: int) -> tuple[str, ...]:
    if index == 0:
        return ("", "index.html")
    return (f"index_{index}.html",) if style == "trs" else (f"index_{index + 1}.html",)


def _pager(path: str, index: int, count: int) -> str:
    if count == 1:
        return ""
    names = [path + _list_names("static", number)[-1] for number in range(count)]
    links = [
        f"<span>{number + 1}</span>" if number == index else f'<a href="{name}">{number + 1}</a>'
        for number, name in enumerate(names)
    ]
    following = f'<a class="next" href="{names[index + 1]}">下一页</a>' if index + 1 < count else ""
    return f'<a class="first" href="{names[0]}">首页</a>{"".join(links)}{following}<a class="last" href="{names[-1]}">尾页</a>'


def _neighbours(site: SiteSource, page: PageSource, edition: Edition) -> dict[str, str]:
    """Previous and following article of the same column or the same newspaper page."""
    row: Iterable[PageSource]
    if page.issue:
        row = [other for other in site.pages_in(edition) if (other.issue, other.node) == (page.issue, page.node)]
    else:
        row = [other for _, other, _ in _listed(site, page.channel, edition)] if page.channel else [page]
    order = list(row)
    before = {b.id: a for a, b in pairwise(order)}.get(page.id)
    after = {a.id: b for a, b in pairwise(order)}.get(page.id)
    return _neighbour(site, "previous", before, edition) | _neighbour(site, "following", after, edition)


def _neighbour(site: SiteSource, side: str, page: PageSource | None, edition: Edition) -> dict[str, str]:
    if page is None:
        return {f"{side}_href": "#", f"{side}_title": "没有了"}
    title = read_page(site, page.file(edition))["title"]
    return {f"{side}_href": page.href, f"{side}_title": title}


def _issue_slots(site: SiteSource, day: str, node: int, edition: Edition) -> dict[str, str]:
    """What the frames of a newspaper repeat on every page: the articles of the page (版) and all pages of the issue."""
    nodes = next(table["nodes"] for table in site.issues if table["day"] == day)
    name = next(entry["name"] for entry in nodes if entry["node"] == node)
    pages = [page for page in site.pages_in(edition) if (page.issue, page.node) == (day, node)]
    titles = {page.id: read_page(site, page.id)["title"] for page in pages}
    return {
        "issue": f"{day[:7]}/{day[8:]}",
        "issue_date": day,
        "compact": day.replace("-", ""),
        "day_long": f"{day[:4]}年{day[5:7]}月{day[8:]}日",
        "node_href": f"node_{node}.htm",
        "next_page": _next_page([entry["node"] for entry in nodes], node),
        "page_name": name,
        "page_number": name[1:3],
        "areas": "".join(
            f'<Area coords="2,{85 * i},171,{85 * i},171,{85 * i + 80},2,{85 * i + 80}" shape="polygon" href="content_{page.id}.htm">'
            for i, page in enumerate(pages)
        ),
        "page_articles": "".join(
            f'<li class="newslist_li2"> <a href=content_{page.id}.htm class="blue1"><div style="display:inline" id=mp{page.id}>{titles[page.id]}</div></a> </li>'
            for page in pages
        ),
        "page_links": "".join(
            f'<tr><td><a href=node_{entry["node"]}.htm class="blue" id=pageLink>{entry["name"]}</a></td></tr>'
            for entry in nodes
        ),
    }


def _next_page(nodes: list[int], node: int) -> str:
    """The anchor to the following page (下一版); the last page has none."""
    following = dict(pairwise(nodes)).get(node)
    return f'<a class=preart href="node_{following}.htm">下一版</a>' if following else ""
