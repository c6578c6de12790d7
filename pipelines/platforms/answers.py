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
from pipelines.platforms.hanweb import read_records
from pipelines.records import Link
from pipelines.view import view_page

Answer = tuple[tuple[Link, ...], Link | None]

_DATASTORE = re.compile(r"\s*(?:<\?xml[^>]{0,100}>)?\s*<datastore\b", re.IGNORECASE)
_TOTAL = re.compile(r"<totalrecord>\s*(\d+)", re.IGNORECASE)
_TOTAL_PAGES = re.compile(r"<totalpage>\s*(\d+)", re.IGNORECASE)
_NEXT_GROUP = re.compile(r"<nextgroup>.*?href=[\"']([^\"']+)", re.DOTALL | re.IGNORECASE)
_WRAPPED = re.compile(r"^\s*\w*\(?\s*(\{.*\})\s*\)?;?\s*$", re.DOTALL)
_FORM = (("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8"), ("X-Requested-With", "XMLHttpRequest"))


def read_answer(url: str, text: str, fetched_at: datetime, *, form: bytes = b"") -> Answer | None:
    """Links and next request of an answer; None for what is none. `form` is the body that was posted for it."""
    wrapped = _WRAPPED.match(text) if text.lstrip()[:1] in "{[r" else None
    if wrapped:
        return _read_json(url, wrapped[1], fetched_at)
    if _DATASTORE.match(text):
        return _read_datastore(url, text, fetched_at, form)
    return None


def _read_datastore(url: str, text: str, fetched_at: datetime, form: bytes) -> Answer:
    return _links(url, read_records(text), fetched_at), _next_group(url, text, form)


def _links(url: str, html: str, fetched_at: datetime) -> tuple[Link, ...]:
    view = view_page(url, html, fetched_at) if html else None
    return find_links_in(view) if view else ()


def _next_group(url: str, text: str, form: bytes) -> Link | None:
    """The same request for the following records: by `startrecord` and `endrecord`, by `page`, or as stated."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    total, pages = _TOTAL.search(text), _TOTAL_PAGES.search(text)
    if (start := query.get("startrecord", "")).isdigit() and (end := query.get("endrecord", "")).isdigit() and total:
        size = int(end) - int(start) + 1
        if size < 1 or int(end) >= int(total[1]):
            return None
        query |= {"startrecord": str(int(end) + 1), "endrecord": str(min(int(end) + size, int(total[1])))}
    elif (page := query.get("page", "")).isdigit() and pages and int(page) < int(pages[1]):
        query["page"] = str(int(page) + 1)
    else:
        stated = _NEXT_GROUP.search(text)
        address = join_link(url, stated[1].replace("&amp;", "&")) if stated else None
        return Link(address) if address else None
    link = Link(urlunsplit(parts._replace(query=urlencode(query))))
    return replace(link, method="POST", body=form, headers=_FORM) if form else link


def _read_json(url: str, text: str, fetched_at: datetime) -> Answer | None:
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if isinstance(answer, dict) and isinstance(answer.get("result"), str) and "<datastore" in answer["result"]:
        return _read_datastore(url, answer["result"], fetched_at, b"")
    data = answer.get("data") if isinstance(answer, dict) else None
    if isinstance(data, dict) and isinstance(data.get("html"), str):
        return _links(url, data["html"], fetched_at), None
    links = tuple(_articles(url, answer, fetched_at))
    return (links, _next_page(url, answer, len(links))) if links else None


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


def _next_page(url: str, answer: Any, found: int) -> Link | None:
    """`page=N+1` while the count of posts is not reached."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    classify = answer.get("classify") if isinstance(answer, dict) else None
    count = classify.get("post_count") if isinstance(classify, dict) else None
    page = query.get("page", "")
    if not page.isdigit() or (isinstance(count, int) and int(page) * max(found, 1) >= count):
        return None
    return Link(urlunsplit(parts._replace(query=urlencode(query | {"page": str(int(page) + 1)}))))
