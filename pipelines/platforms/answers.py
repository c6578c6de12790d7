"""Answers to list requests that are no pages: Hanweb's `<datastore>`, the JSON of gkmlpt, units of JPaaS.

Records hold HTML in CDATA, so a datastore is read by pattern and not as XML; display texts may be cut, `@title` is
whole, and dates are broken over lines. Some servers wrap the whole in `raw({"result": "<datastore>…"})`.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from pipelines.dates import parse_date
from pipelines.discover import find_links_in
from pipelines.links import join_link
from pipelines.platforms.hanweb import find_next_group, read_records
from pipelines.records import Link
from pipelines.view import view_page

Answer = tuple[tuple[Link, ...], Link | None]

_DATASTORE = re.compile(r"\s*(?:<\?xml[^>]{0,100}>)?\s*<datastore\b", re.IGNORECASE)
_TOTAL = re.compile(r"<totalrecord>\s*(\d+)", re.IGNORECASE)
_TOTAL_PAGES = re.compile(r"<totalpage>\s*(\d+)", re.IGNORECASE)
_WRAPPED = re.compile(r"^\s*\w*\(?\s*(\{.*\})\s*\)?;?\s*$", re.DOTALL)


def read_answer(asked: Link, text: str, fetched_at: datetime) -> Answer | None:
    """Links and next request of an answer; None for what is none. The next request is made as `asked` was."""
    wrapped = _WRAPPED.match(text) if text.lstrip()[:1] in "{[r" else None
    if wrapped:
        return _read_json(asked, wrapped[1], fetched_at)
    if _DATASTORE.match(text):
        return _read_datastore(asked, text, fetched_at)
    return None


def _read_datastore(asked: Link, text: str, fetched_at: datetime) -> Answer:
    return _links(asked.url, read_records(text), fetched_at), _next_group(asked, text)


def _links(url: str, html: str, fetched_at: datetime) -> tuple[Link, ...]:
    view = view_page(url, html, fetched_at) if html else None
    return find_links_in(view) if view else ()


def _query(asked: Link) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(asked.url).query, keep_blank_values=True))


def _asked_anew(asked: Link, query: dict[str, str]) -> Link:
    """The same request with another query."""
    return replace(asked, url=urlunsplit(urlsplit(asked.url)._replace(query=urlencode(query))))


def _next_group(asked: Link, text: str) -> Link | None:
    """The same request for the following records: by `startrecord` and `endrecord`, by `page`, or as stated."""
    query, total, pages = _query(asked), _TOTAL.search(text), _TOTAL_PAGES.search(text)
    if (start := query.get("startrecord", "")).isdigit() and (end := query.get("endrecord", "")).isdigit() and total:
        size = int(end) - int(start) + 1
        if size < 1 or int(end) >= int(total[1]):
            return None
        following = {"startrecord": str(int(end) + 1), "endrecord": str(min(int(end) + size, int(total[1])))}
        return _asked_anew(asked, query | following)
    if (page := query.get("page", "")).isdigit() and pages:
        return _asked_anew(asked, query | {"page": str(int(page) + 1)}) if int(page) < int(pages[1]) else None
    stated = find_next_group(text)
    address = join_link(asked.url, stated) if stated and read_records(text) else None
    return replace(asked, url=address) if address else None


def _read_json(asked: Link, text: str, fetched_at: datetime) -> Answer | None:
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if isinstance(answer, dict) and isinstance(answer.get("result"), str) and "<datastore" in answer["result"]:
        return _read_datastore(asked, answer["result"], fetched_at)
    data = answer.get("data") if isinstance(answer, dict) else None
    if isinstance(data, dict) and isinstance(data.get("html"), str):
        links = _links(asked.url, data["html"], fetched_at)
        return links, _next_unit(asked) if links else None
    if not (isinstance(answer, dict) and any(isinstance(answer.get(key), list) for key in _LISTS)):
        return None
    links = tuple(_articles(asked.url, answer, fetched_at))
    return (links, _next_page(asked, answer, len(links))) if links or "classify" in answer else None


def _next_unit(asked: Link) -> Link | None:
    """The unit's next page: an empty one is its end. The number stands in a parameter that is JSON itself."""
    query = _query(asked)
    try:
        parameters = json.loads(query.get("paramJson", ""))
    except (ValueError, RecursionError):
        return None
    number = parameters.get("pageNo") if isinstance(parameters, dict) else None
    if not str(number).isdigit():
        return None
    following = json.dumps(parameters | {"pageNo": int(str(number)) + 1}, separators=(",", ":"), ensure_ascii=False)
    return _asked_anew(asked, query | {"paramJson": following})


_TITLES, _ADDRESSES = ("title", "doctitle", "name"), ("url", "docpuburl", "chnldocurl", "link", "post_url")
_LISTS = ("articles", "data", "list", "results")
_DATES = ("display_publish_time", "publish_time", "first_publish_time", "created_at", "pubdate", "docreltime", "date")


def _articles(url: str, answer: Any, fetched_at: datetime) -> Iterator[Link]:
    """The records of gkmlpt (`articles`) and of search APIs (`data`): objects with a title and an address."""
    lists = (answer.get(key) for key in _LISTS) if isinstance(answer, dict) else ()
    for record in next((found for found in lists if isinstance(found, list)), []):
        if not isinstance(record, dict):
            continue
        title = next((str(record[key]) for key in _TITLES if record.get(key)), None)
        address = join_link(url, next((str(record[key]) for key in _ADDRESSES if record.get(key)), ""))
        stated = next((str(record[key]) for key in _DATES if record.get(key)), "")
        if title and address:
            yield Link(address, title, parse_date(stated, fetched_at=fetched_at) if stated else None)


def _next_page(asked: Link, answer: dict[str, Any], found: int) -> Link | None:
    """`page=N+1` while the count of posts is not reached; an empty page is the end."""
    query, classify = _query(asked), answer.get("classify")
    count = classify.get("post_count") if isinstance(classify, dict) else None
    page = query.get("page", "")
    if not page.isdigit() or not found or (isinstance(count, int) and int(page) * found >= count):
        return None
    return _asked_anew(asked, query | {"page": str(int(page) + 1)})
