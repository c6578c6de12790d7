"""Dates as Chinese pages write them become ISO 8601 in Asia/Shanghai, cut to the precision that is stated.

Nothing is guessed: no two-digit year, no day for a month, no afternoon. A time that only fills a form (00:00, 23:59:59)
is no statement; a date later than the day after the page was fetched is a mistake, or no publication date.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final

SHANGHAI: Final = timezone(timedelta(hours=8))
"""China has had one zone without summer time since 1992, and pages state no other."""

_GRACE = timedelta(days=1)
_PLACEHOLDERS = {(0, 0, None), (0, 0, 0), (23, 59, 59)}
_WIDTHS = str.maketrans(
    {0xFF10 + digit: str(digit) for digit in range(10)}
    | dict(zip("：／－．﹣–—−，Ｔ　\xa0", ":/-.----,T  ", strict=True))
    | dict(zip("〇○零一二三四五六七八九", "〇〇〇一二三四五六七八九", strict=True))
)  # one character for one, so that positions hold
_NUMERALS: Final = {numeral: value for value, numeral in enumerate("〇一二三四五六七八九")} | {"O": 0, "o": 0}

_S = r"\s{0,4}"
_YEAR = r"(?P<{0}>(?:19|20)\d\d|[一二][〇九0O][〇一二三四五六七八九\dO]{{2}})"
_COUNT = r"(?P<{0}>\d{{1,2}}|[一二三四五六七八九]?十[一二三四五六七八九]?|廿[一二三四五六七八九]?|卅一?|[一二三四五六七八九])"
_DATE = "|".join(
    (
        rf"{_YEAR.format('y1')}{_S}年{_S}{_COUNT.format('m1')}{_S}月{_S}{_COUNT.format('d1')}(?:{_S}[日号])?",
        rf"(?P<y2>(?:19|20)\d\d){_S}(?P<sep>[-/.]){_S}(?P<m2>\d{{1,2}}){_S}(?P=sep){_S}(?P<d2>\d{{1,2}})",
        r"(?P<y3>(?:19|20)\d\d)\s{1,4}(?P<m3>\d{1,2})/\s?(?P<d3>\d{1,2})",
        r"(?P<y4>(?:19|20)\d\d)-(?P<m4>\d{1,2})/(?P<d4>\d{1,2})",
    )
)
_WEEKDAY = rf"(?:{_S}[(（\[【]?(?:星期|周|礼拜)[一二三四五六日天][)）\]】]?)?"
_HALVES = "凌晨|早上|早晨|清晨|上午|中午|下午|傍晚|晚上|晚|夜间|AM|PM"
_TIME = (
    rf"(?:[\s,T_\-·|]{{0,6}}(?P<before>{_HALVES})?{_S}(?P<hour>\d{{1,2}}){_S}[:时點点]{_S}(?P<minute>\d{{1,2}})(?!\d)"
    rf"(?:{_S}(?:[:分]{_S}(?P<second>\d{{1,2}})(?!\d)(?:\.\d{{1,9}})?秒?|分))?"
    rf"(?:{_S}(?P<after>AM|PM)\b)?(?P<zone>Z\b|[+\-](?:0\d|1[0-4]):?[0-5]\d(?!\d))?)?"
)
_EDGES = r"(?<!\d)(?<!\d[.\-/])", r"(?:(?!\d|[.\-/]\d)|(?<=\d\d)(?=\d\d:\d\d))"
_FOUND = re.compile(rf"{_EDGES[0]}(?:{_DATE}){_EDGES[1]}{_WEEKDAY}{_TIME}", re.IGNORECASE)
_COMPACT = re.compile(r"\s*((?:19|20)\d\d)(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d))?\s*")


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A date in a text, from `start` to `end`; `iso` as `Article.published` wants it."""

    start: int
    end: int
    iso: str


def parse_date(text: str, *, fetched_at: datetime | None = None) -> str | None:
    """The first date of a text that is one, not later than the day after `fetched_at` (aware).

    >>> parse_date("发布时间：2021年6月29日 18:13"), parse_date("二〇二一年六月二十九日"), parse_date("21-06-29")
    ('2021-06-29T18:13+08:00', '2021-06-29', None)
    >>> parse_date("2021-06-29T10:13:05Z"), parse_date("2021-06-29 00:00:00"), parse_date("2021-02-30")
    ('2021-06-29T18:13:05+08:00', '2021-06-29', None)
    """
    if compact := _COMPACT.fullmatch(text):
        year, month, day, hour, minute, second = (None if part is None else int(part) for part in compact.groups())
        return _write(_day(year, month, day), _clock(hour, minute, second), SHANGHAI, fetched_at)
    return next((found.iso for found in find_dates(text, fetched_at=fetched_at)), None)


def find_dates(text: str, *, fetched_at: datetime | None = None) -> Iterator[FoundDate]:
    """All dates of a text in order, those that cannot be left out."""
    for match in _FOUND.finditer(text.translate(_WIDTHS)):
        parts = next((match[f"y{form}"], match[f"m{form}"], match[f"d{form}"]) for form in "1234" if match[f"y{form}"])
        iso = _write(_day(*map(_number, parts)), _stated_clock(match), _stated_zone(match), fetched_at)
        if iso:
            yield FoundDate(match.start(), match.end(), iso)


_Clock = tuple[int, int, int | None]


def _number(text: str) -> int:
    """Read digits, or numerals either digit by digit (二〇二一) or by tens (二十九, 廿九)."""
    if text.isdigit() and text.isascii():
        return int(text)
    if len(text) == len("二〇二一"):
        return int("".join(str(_NUMERALS.get(numeral, numeral)) for numeral in text))
    tens, mark, units = text.replace("廿", "二十").replace("卅", "三十").rpartition("十")
    ten = _NUMERALS[tens] if tens else 1
    return (ten * 10 if mark else 0) + (_NUMERALS[units] if units else 0)


def _day(year: int | None, month: int | None, day: int | None) -> date | None:
    try:
        return date(year or 0, month or 0, day or 0)
    except ValueError:
        return None


def _stated_clock(match: re.Match[str]) -> _Clock | None:
    if match["hour"] is None:
        return None
    hour = _resolve(int(match["hour"]), (match["before"] or match["after"] or "").upper())
    second = match["second"]
    return _clock(hour, int(match["minute"]), None if second is None else int(second))


def _clock(hour: int | None, minute: int | None, second: int | None) -> _Clock | None:
    if hour is None or minute is None or hour > 23 or minute > 59 or (second or 0) > 59:  # noqa: PLR2004
        return None
    return hour, minute, second


def _resolve(hour: int, half: str) -> int | None:
    """The hour of 24, where the half of the day leaves no doubt; 上午12:30 and 晚上12:30 leave some."""
    if not half:
        return hour
    if half in {"AM", "PM"}:
        return None if hour > 12 else hour % 12 + 12 * (half == "PM")  # noqa: PLR2004
    first, last, shift = _HOURS[half]
    if first <= hour <= last:
        return hour + shift
    return hour if first + shift <= hour <= last + shift else None


# Hours of twelve that a half of the day can mean, and what to add to them.
_HOURS: Final = {
    "凌晨": (0, 5, 0),
    "清晨": (4, 8, 0),
    "早上": (5, 11, 0),
    "早晨": (5, 11, 0),
    "上午": (5, 11, 0),
    "下午": (1, 11, 12),
    "傍晚": (4, 8, 12),
    "晚上": (5, 11, 12),
    "晚": (5, 11, 12),
    "夜间": (6, 11, 12),
    "中午": (11, 12, 0),
}


def _write(day: date | None, clock: _Clock | None, zone: timezone, fetched_at: datetime | None) -> str | None:
    if day is None:
        return None
    if clock is None or clock in _PLACEHOLDERS:
        return None if _is_future(day, fetched_at) else day.isoformat()
    hour, minute, second = clock
    moment = datetime(day.year, day.month, day.day, hour, minute, second or 0, tzinfo=zone).astimezone(SHANGHAI)
    if fetched_at is not None and moment > fetched_at + _GRACE:
        return None
    if (moment.hour, moment.minute, None if second is None else moment.second) in _PLACEHOLDERS:
        return moment.date().isoformat()
    return moment.isoformat(timespec="minutes" if second is None else "seconds")


def _is_future(day: date, fetched_at: datetime | None) -> bool:
    return fetched_at is not None and day > (fetched_at + _GRACE).astimezone(SHANGHAI).date()


def _stated_zone(match: re.Match[str]) -> timezone:
    """A zone is one only behind seconds or a `T`; `09:00-11:30` is a span of time."""
    text = match["zone"]
    if text is None or not (match["second"] or "T" in match[0].upper()):
        return SHANGHAI
    if text.upper() == "Z":
        return UTC
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))


# Where content systems put the day into an address; each needs its own borders, or numbers of articles become days.
_URL_DIALECTS: Final = tuple(
    re.compile(pattern.replace("Y", r"(?P<y>(?:19|20)\d\d)").replace("M", r"(?P<m>\d\d)").replace("D", r"(?P<d>\d\d)"))
    for pattern in (
        r"/tYMD_\d+\.",  # TRS: /202106/t20210629_974894.shtml
        r"/Y-M/D(?:/|_)",  # Founder: /html/2021-06/29/content_1.htm
        r"/Y-M-D/",
        r"/YM/D/",
        r"/Y/M-?D/",  # PHPCMS, Sudy: /2021/0629/48653.html
        r"/Y/(?P<m>\d{1,2})/(?P<d>\d{1,2})/",  # Hanweb: /art/2021/6/29/art_1_2.html
        r"/YMD/",  # /20210629/<32 hex>/c.html
        r"[/_]YMD(?:\d{6})?[/_.-]",  # 14 digits whose first eight are the day
    )
)


def date_from_url(url: str, *, fetched_at: datetime | None = None) -> str | None:
    """The day that an address carries in its path, by the dialects of the content systems.

    >>> date_from_url("http://example.gov.cn/art/2021/6/29/art_80179_1166.html")
    '2021-06-29'
    >>> date_from_url("http://example.gov.cn/202106/content_20210.html") is None
    True
    """
    path = url.partition("?")[0]
    for dialect in _URL_DIALECTS:
        for match in dialect.finditer(path):
            day = _day(int(match["y"]), int(match["m"]), int(match["d"]))
            if day and not _is_future(day, fetched_at):
                return day.isoformat()
    return None
