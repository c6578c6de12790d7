"""Who published when: government metas first, then what a family states, then the lines around the article.

Every field says where it was found. A placeholder time (00:00, 23:59:59) lowers the precision; two readings of one
day give the more precise one.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from pipelines.anchor import Anchor, find_byline, find_house, find_marked_source
from pipelines.dates import parse_date
from pipelines.embedded import read_embedded
from pipelines.furniture import is_tools
from pipelines.labels import DATE, Stated, clean_value, opens_with_label, read_labels
from pipelines.lines import Line
from pipelines.platforms.family import Platform
from pipelines.signatures import cut_signature, read_signature, read_writers
from pipelines.trim import Body
from pipelines.view import View

_META_DATES = (
    "pubdate",
    "publishdate",
    "publishtime",
    "publish-date",
    "article:published_time",
    "firstpublishedtime",
    "og:release_date",
    "dc.date",
    "datepublished",
    "weibo: article:create_at",
    "apub:time",
)
_META_SOURCES = ("contentsource", "source", "mediaid")
_NEAR_ABOVE, _NEAR_BELOW, _NEAR_HEADLINE = 15, 25, 4
_NAME_LIMITS = {"source": 30, "author": 16, "editor": 16}
_URL_DATE = re.compile(
    r"/t((?:19|20)\d{2})(\d{2})(\d{2})_\d|/art/((?:19|20)\d{2})/(\d{1,2})/(\d{1,2})/|/((?:19|20)\d{2})-?(\d{2})[/-](\d{2})/|"
    r"/((?:19|20)\d{2})(\d{2})(\d{2})/|/((?:19|20)\d{2})/(\d{1,2})/(\d{1,2})/|/((?:19|20)\d{2})-(\d{1,2})-(\d{1,2})/|/((?:19|20)\d{2})/(\d{2})(\d{2})/"
)
_ISSUE = re.compile(r"/(?:19|20)\d\d-\d\d(?:/|-)\d\d/")
_NOT_A_NAME = re.compile(
    r"^(?:\d+|L_\d+|\w+@\w+.*|admin\w*|管理员|系统管理员|匿名|佚名|未知|无|网络|网络整理|综合整理|本站编辑|name.*)$",
    re.IGNORECASE,
)
_SPLIT_DATE = re.compile(r"(?P<day>\d{1,2})\s*[日/]?\s+(?P<month>(?:19|20)\d\d\s*[-/.年]\s*\d{1,2})\s*月?")


@dataclass(slots=True)
class Fields:
    """Fields found so far and where each came from; the first finding of a field stays."""

    values: dict[str, str] = field(default_factory=dict)
    origins: dict[str, str] = field(default_factory=dict)

    def offer(self, name: str, value: str | None, origin: str) -> None:
        """Take a value unless the field is known or the value says nothing."""
        if value and name not in self.values:
            self.values[name] = value
            self.origins[name] = origin


def find_fields(
    view: View, platform: Platform, anchor: Anchor, body: Body, *, stated: dict[str, str], header: dict[str, str]
) -> Fields:
    """Source, author, editor, column and time of an article; `header` is what a table above it states."""
    fields = Fields()
    above = list(_labels(_above(view, anchor, body)))
    below = [item for item in _labels([*body.lines[-2:], *body.below[:_NEAR_BELOW]]) if item.origin in _BELOW]
    below = [replace(item, origin="info-line:below") if item.origin == "info-line:beside" else item for item in below]
    labels = [*above, *(item for item in below if item.field != "published" and item.origin == "info-line")]
    labels.sort(key=lambda item: not item.label.startswith("责"))
    for name in ("source", "author", "editor", "subtitle", "leadin", "column"):
        fields.offer(name, stated.get(name), f"platform:{platform.name}")
    if contents := view.metas.get("contentsource"):
        fields.offer("source", _name(contents), "meta:contentsource")
    for item in labels:
        if item.field in {"source", "author", "editor"}:
            fields.offer(item.field, _name(_first_name(item)), item.origin)
    for meta in _META_SOURCES:
        fields.offer("source", _name(_unlabel(view.metas.get(meta))), f"meta:{meta}")
    fields.offer("column", view.metas.get("columnname"), "meta:columnname")
    machine = read_embedded(view)
    fields.offer("author", find_byline(view, anchor), "byline")
    fields.offer("author", _find_signature(body), "signature")
    house, writer = find_house(view, anchor) or (None, None)
    fields.offer("source", house, "line-of-its-own")
    fields.offer("author", writer, "line-of-its-own")
    fields.offer("author", _name(machine.get("author")), "embedded")
    fields.offer("source", _name(header.get("source")), "document-header")
    fields.offer("source", _name(find_marked_source(view, anchor)), "class:source")
    stated_elsewhere = {"document-header": header.get("published"), "embedded": machine.get("published")}
    published, origin = _published(view, platform, stated, [*above, *below], stated_elsewhere)
    fields.offer("published", published, origin)
    return fields


def _find_signature(body: Body) -> str | None:
    """Who wrote the text, by its last lines, the brackets at its end, or its first line."""
    for line in reversed(body.lines[-2:]):
        if names := read_signature(line.text) or read_writers(line.text) or cut_signature(line.text)[1]:
            return names
    return read_writers(body.lines[0].text) if body.lines else None


@dataclass(frozen=True, slots=True)
class Found:
    """A field that a line states; `origin` is `info-line`, or with `:place` where no label stands before the value."""

    field: str
    value: str
    origin: str
    label: str = ""


def _above(view: View, anchor: Anchor, body: Body) -> list[Line]:
    """The lines between headline and text; without a standing headline the last ones before the text."""
    if anchor.headline is None:
        return list(body.above[-_NEAR_ABOVE:])
    first = view.lines.all[min(number for number in (anchor.headline, anchor.info) if number is not None)]
    start = next((number for number, line in enumerate(body.above) if line is first), None)
    near = list(body.above[start:] if start is not None else body.above[-_NEAR_ABOVE:])
    for number in anchor.others:
        near += view.lines.all[number : number + _NEAR_HEADLINE]
    return near


def _can_be_value(field: str, text: str) -> bool:
    return (
        len(text) <= _NAME_LIMITS.get(field, 40)
        and not opens_with_label(text + "：")
        and not is_tools(text)
        and "：" not in text
    )


_REGION = re.compile(
    r"(?<=\S) (?:北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|"
    r"甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆|香港|澳门)$"
)
"""Where the account that posted was at the time, which portals show behind its name."""


def _first_name(item: Found) -> str:
    """A source is one body: what stands behind a space after it is another, or who collected the text."""
    first = _REGION.sub("", item.value).split(" ")[0]
    return first if item.field == "source" and len(first) >= 4 else _REGION.sub("", item.value)  # noqa: PLR2004


def _labels(lines: Iterable[Line]) -> Iterable[Found]:
    """All labelled values of short lines; a label alone on its line takes the next line as its value."""
    waiting: str | None = None
    previous = ""
    for line in lines:
        if split := _SPLIT_DATE.fullmatch(f"{previous} {line.text}"):
            yield Found("published", f"{split['month']}-{split['day']}".replace("年", "-"), "info-line:split")
        previous = line.text
        if len(line.text) > 200:  # noqa: PLR2004
            waiting = None
            continue
        stated = read_labels(line.text)
        if waiting and not stated and _can_be_value(waiting, line.text):
            yield Found(waiting, clean_value(line.text), "info-line")
        waiting = None
        is_labelled = any(item.labelled for item in stated)
        for item in stated:
            if item.value:
                yield Found(item.field, item.value, _origin(item, beside=is_labelled), item.label)
            elif line.text.rstrip(" :：|｜").endswith(item.label):
                waiting = item.field


_BELOW = {"info-line", "info-line:beside"}


def _origin(item: Stated, *, beside: bool) -> str:
    """How a line states a value: with its own label, by its place, or by its place beside labelled values."""
    if item.labelled:
        return "info-line"
    return "info-line:beside" if beside else "info-line:place"


def _unlabel(value: str | None) -> str | None:
    return re.sub(r"^来源\s*[:：]\s*", "", value).split(" ")[0] if value else None


def _name(value: str | None) -> str | None:
    return None if not value or _NOT_A_NAME.match(value) else value


def _published(
    view: View, platform: Platform, stated: dict[str, str], labels: list[Found], elsewhere: dict[str, str | None]
) -> tuple[str | None, str]:
    """The best reading: the first source that has one gives the day, any source the time of that day."""
    readings: list[tuple[str, str]] = []
    _read(readings, stated.get("published"), f"platform:{platform.name}", view)
    for meta in _META_DATES:
        _read(readings, view.metas.get(meta), f"meta:{meta}", view)
    for wanted in ("info-line", "info-line:beside", "info-line:place", "info-line:split"):
        for item in labels:
            if item.field == "published" and item.origin == wanted:
                _read(readings, item.value, item.origin, view)
    for origin, value in elsewhere.items():
        _read(readings, value, origin, view)
    if not readings:
        late = next((item for item in labels if item.origin == "info-line:below"), None)
        _read(readings, late.value if late else None, "info-line:below", view)
    if not readings and (platform.name == "founder" or _ISSUE.search(view.url)):
        _read(readings, _url_date(view.url), "url", view)
    if not readings:
        return None, ""
    day = readings[0][0][:10]
    value, origin = max((item for item in readings if item[0][:10] == day), key=lambda item: len(item[0]))
    return value, origin


def _read(readings: list[tuple[str, str]], text: str | None, origin: str, view: View) -> None:
    if not text:
        return
    found = DATE.search(text)
    value = parse_date(_straighten(found[0] if found else text), fetched_at=view.fetched_at)
    if value:
        readings.append((value, origin))


def _straighten(text: str) -> str:
    """Dates as templates glue them: `2019年06月15日08:18`, `2023 11/ 17 20:52`, `2007-08-20-23:59:59`."""
    text = re.sub(r"日(?=\d)", "日 ", text)
    text = re.sub(r"^((?:19|20)\d\d) (\d{1,2})/ ?(\d{1,2})", r"\1-\2-\3", text)
    return re.sub(r"^(\d{4}-\d{1,2}-\d{1,2})-(?=\d)", r"\1 ", text)


def _url_date(url: str) -> str | None:
    found = _URL_DATE.search(url)
    return "-".join(part for part in found.groups() if part) if found else None
