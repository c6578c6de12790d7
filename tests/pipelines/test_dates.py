import json
import re
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.dates import date_from_url, find_dates, parse_date

CASES: dict[str, list[dict[str, Any]]] = json.loads(
    (Path(__file__).parent.parent / "cases" / "dates.json").read_text("utf-8")
)
FETCHED_AT = datetime(2026, 10, 1, 4, 0, tzinfo=UTC)
DAYS = st.dates(min_value=date(1990, 1, 1), max_value=date(2026, 9, 30))
ISO = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d)?\+08:00)?")


@pytest.mark.parametrize("case", CASES["texts"], ids=lambda case: ascii(case["text"]))
def test_a_date_is_read_to_the_precision_stated(case: dict[str, Any]) -> None:
    assert parse_date(case["text"], fetched_at=FETCHED_AT) == case["iso"]


@pytest.mark.parametrize("case", CASES["urls"], ids=lambda case: case["url"])
def test_an_address_tells_its_day_by_the_dialect_of_its_system(case: dict[str, Any]) -> None:
    assert date_from_url(case["url"], fetched_at=FETCHED_AT) == case["iso"]


def test_all_dates_of_a_text_are_found_where_they_stand() -> None:
    text = "自2021年7月1日起施行，2021-06-29 18:13发布，2021-02-30除外。"
    found = list(find_dates(text))
    assert [item.iso for item in found] == ["2021-07-01", "2021-06-29T18:13+08:00"]
    assert [text[item.start : item.end] for item in found] == ["2021年7月1日", "2021-06-29 18:13"]


def test_without_a_fetch_time_any_day_of_the_calendar_is_one() -> None:
    assert parse_date("2099-01-01") == "2099-01-01"
    assert date_from_url("http://example.cn/20990101/a.html") == "2099-01-01"


def test_the_clock_of_a_server_may_be_ahead_by_a_day_and_no_more() -> None:
    ahead = FETCHED_AT + timedelta(hours=8, days=1)
    assert parse_date(ahead.strftime("%Y-%m-%d %H:%M:%S"), fetched_at=FETCHED_AT)
    later = ahead + timedelta(seconds=1)
    assert parse_date(later.strftime("%Y-%m-%d %H:%M:%S"), fetched_at=FETCHED_AT) is None


@given(
    DAYS,
    st.sampled_from(["{0}-{1:02}-{2:02}", "{0}年{1}月{2}日", "{0}.{1}.{2}", "{0}/{1:02}/{2:02}", "{0}{1:02}{2:02}"]),
)
def test_every_day_of_the_calendar_is_read_in_every_form(day: date, form: str) -> None:
    text = form.format(day.year, day.month, day.day)
    assert parse_date(text, fetched_at=FETCHED_AT) == day.isoformat()


@given(DAYS)
def test_every_day_is_read_in_chinese_numerals(day: date) -> None:
    tens = ["", "十", "二十", "三十"]
    numerals = "〇一二三四五六七八九"
    year = "".join(numerals[int(digit)] for digit in str(day.year))
    month, dom = (tens[n // 10] + (numerals[n % 10] if n % 10 else "") for n in (day.month, day.day))
    assert parse_date(f"{year}年{month}月{dom}日") == day.isoformat()


@given(st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2026, 9, 30)))  # noqa: DTZ001
def test_reading_what_was_written_gives_it_again(moment: datetime) -> None:
    iso = parse_date(moment.strftime("%Y-%m-%d %H:%M:%S"), fetched_at=FETCHED_AT)
    assert iso is not None
    assert parse_date(iso, fetched_at=FETCHED_AT) == iso


@given(st.text(alphabet="0123456789年月日-/.: T上下午二十〇一Z+", max_size=40))
def test_any_text_gives_an_iso_date_or_none(text: str) -> None:
    for found in find_dates(text, fetched_at=FETCHED_AT):
        assert ISO.fullmatch(found.iso)
        date.fromisoformat(found.iso[:10])
    assert parse_date(text) is None or ISO.fullmatch(parse_date(text) or "")


@pytest.mark.parametrize("block", ["2021", "2021-", "2021年 ", "二〇二一年", " ", "2021-06-29 ", "十"])
def test_hostile_text_takes_linear_time(block: str) -> None:
    began = time.perf_counter()
    list(find_dates(block * (500_000 // len(block))))
    assert time.perf_counter() - began < 8
