"""大汉 Hanweb JCMS: marker comments around body and source, lists as a `<datastore>` that a script pages through.

The list page embeds its first group of records; further ones come from `dataproxy.jsp`, three pages of the list in a
request, with the parameters that the page states. Display texts may be cut, `@title` is whole.
"""

import re
from urllib.parse import urlencode

from pipelines.dom import parse_page, squeeze, text_of
from pipelines.platforms.family import Platform
from pipelines.records import Link
from pipelines.view import View

_BODY = re.compile(
    r"<!--\s*(?:ZJEG_RSS\.content\.begin|<\$\[信息内容\]>begin)\s*-->(.*?)<!--\s*(?:ZJEG_RSS\.content\.end|<\$\[信息内容\]>end)\s*-->",
    re.DOTALL,
)
_FIELD = re.compile(r"<!--<\$\[(信息来源|信息标题|发布时间|作者)\]>begin-->(.{0,300}?)<!--<\$\[\1\]>end-->", re.DOTALL)
_NAMES = {"信息来源": "source", "信息标题": "title", "发布时间": "published", "作者": "author"}
_PARAMETER = re.compile(
    r"[\"']?\b(columnid|unitid|webid|webname|appid|path|sourceContentType|permissiontype|col)[\"']?\s*[:=]\s*[\"']?([^\"'&,;\s}]*)"
)
_PROXY = re.compile(r"proxyUrl\s*:\s*[\"']([^\"']+)[\"']")
_NUMBER = {
    name: re.compile(rf"\b{name}\s*:\s*[\"']?(\d+)") for name in ("perPage", "totalRecord", "currentPage", "pageCount")
}
_GROUP = 3
_SCRIPTED = (("X-Requested-With", "XMLHttpRequest"),)
_NEXT_GROUP = re.compile(r"<nextgroup>.{0,200}?href=[\"']([^\"']+)", re.DOTALL | re.IGNORECASE)
_DATASTORE = re.compile(r"<datastore\b.*?(?:</datastore>|\Z)", re.DOTALL | re.IGNORECASE)


def fragment(view: View) -> str | None:
    """The body between the marker comments."""
    found = _BODY.search(view.text)
    return found[1] if found and len(found[1]) > 1 else None


def fields(view: View) -> dict[str, str]:
    """Title, time, source and author between marker comments."""
    found: dict[str, str] = {}
    for name, inner in _FIELD.findall(view.text):
        part = parse_page(inner)
        if part is not None and (value := squeeze(text_of(part))):
            found[_NAMES[name]] = value
    return found


def read_records(datastore: str) -> str:
    """The HTML of all records of a datastore, in CDATA or plain, a line each."""
    parts = (part.partition("</record>")[0].strip() for part in datastore.split("<record>")[1:])
    return "\n".join(part.removeprefix("<![CDATA[").removesuffix("]]>") for part in parts)


def records(view: View) -> str | None:
    """The HTML of the records that a list page embeds in a script."""
    found = _DATASTORE.search(view.text)
    return read_records(found[0]) if found else None


def find_next_group(datastore: str) -> str | None:
    """The address that a datastore states for the records after its own."""
    found = _NEXT_GROUP.search(datastore)
    return found[1].replace("&amp;", "&") if found else None


def following(view: View) -> Link | None:
    """The request for the records after the ones that the list page embeds, by groups as its script counts them."""
    datastore, proxy = _DATASTORE.search(view.text), _PROXY.search(view.text)
    numbers = {name: int(found[1]) for name, rule in _NUMBER.items() if (found := rule.search(view.text))}
    per_page, total = max(1, numbers.get("perPage", 15)), numbers.get("totalRecord", 0)
    if not (proxy and total):
        stated = view.address(find_next_group(datastore[0])) if datastore else None
        return Link(stated, headers=(*_SCRIPTED, ("Referer", view.url))) if stated else None
    group = per_page * _GROUP
    held = datastore[0].count("<record>") if datastore else 0
    # A page that embeds less than a group is asked for the whole of it again: nothing is missed.
    start = held // group * group + 1
    if held >= total:
        return None
    address = view.address(
        f"{proxy[1]}?startrecord={start}&endrecord={min(total, start + group - 1)}&perpage={per_page}"
    )
    form = dict(_PARAMETER.findall(view.text[proxy.start() :]) or _PARAMETER.findall(view.text))
    headers = (
        ("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8"),
        *_SCRIPTED,
        ("Referer", view.url),
    )
    return Link(address, method="POST", body=urlencode(form).encode(), headers=headers) if address else None


PLATFORM = Platform(
    name="hanweb",
    signs=("zjeg_rss.content", "<$[信息内容]>", "<$[信息来源]>", "/jpage/", "jpageform", "<datastore>"),
    address=r"/(?:art/\d{4}/|col/col\d+/)",
    articles=r"/art/\d{4}/(?:\d{1,2}/\d{1,2}/)?art_[\w]+\.html",
    listings=r"/col/col\d+/(?:index\.html)?",
    bodies=("#zoom", ".bt_content", ".main_content", "#content"),
    fields=fields,
    records=records,
    fragment=fragment,
    following=following,
)
