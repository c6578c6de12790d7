"""Date windows: both ends included, any precision, unknown dates neither in nor out."""

from datetime import date

import pytest

from crawler.window import Window, parse_day

MARCH = Window(since=date(2024, 3, 10), until=date(2024, 3, 20))


@pytest.mark.parametrize(
    ("stated", "inside"),
    [
        ("2024-03-10", True),
        ("2024-03-20T23:59+08:00", True),
        ("2024-03-09T23:59:59+08:00", False),
        ("2024-03-21", False),
        ("2024-03", True),
        ("2024-02", False),
        ("2024", True),
        (None, None),
        ("", None),
    ],
)
def test_a_stated_date_of_any_precision_is_held_against_the_window(stated: str | None, *, inside: bool | None) -> None:
    assert MARCH.holds(stated) is inside


def test_an_open_window_holds_every_date() -> None:
    assert Window().holds("1999-01-01") is True
    assert Window().is_open


def test_days_run_backwards_and_not_into_the_future() -> None:
    assert MARCH.days(date(2024, 3, 12)) == [date(2024, 3, 12), date(2024, 3, 11), date(2024, 3, 10)]
    assert Window().days(date(2024, 3, 12)) == [date(2024, 3, 12)]
    assert Window(since=date(2025, 1, 1)).days(date(2024, 3, 12)) == []


def test_a_day_that_is_no_date_is_refused_with_the_form_wanted() -> None:
    assert parse_day("2024-03-10") == date(2024, 3, 10)
    assert parse_day(None) is None
    with pytest.raises(ValueError, match="not a date; write 2024-03-10"):
        parse_day("10.3.2024")
