"""The rules of health against the unevenness of offices: what is no trouble raises no alarm, what is one does."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from archive.directory import Archive
from crawler.frontier import Errand, Finding, Frontier, Target
from crawler.health.alarms import Alarm, find_alarms, find_mangling, is_no_chance
from crawler.health.measure import Tally, measure
from crawler.health.rhythm import Rhythm, count_office_days, find_silence
from crawler.schedule import longest_wait, openings_between
from pipelines.site import Expect, Site
from tests.crawler.health_rates import count_false_alarms, measure_silences

MONDAY = datetime(2026, 3, 9, tzinfo=UTC)
LIST = "http://a.example.cn/"


def make_site(**crawl: object) -> Site:
    channel = ({"name": "动态", "url": "http://a.example.cn/"},)
    table = {"key": "ceshi", "name": "测试", "kind": "bureau", "hosts": ("a.example.cn",), "channel": channel}
    return Site.model_validate(table | {"crawl": crawl, "schedule": {"jitter": 0}})


def alarms_of(frontier: Frontier, site: Site, now: datetime) -> list[Alarm]:
    with frontier.view() as connection:
        figures = measure(connection, site, now=now)
    assert figures
    return [*find_alarms(figures, now=now)]


def working_days(first: date, number: int) -> list[date]:
    days = [first + timedelta(days=day) for day in range(2 * number)]
    return [day for day in days if day.weekday() < 5][:number]


def test_a_daily_channel_is_silent_after_a_week_of_office_days() -> None:
    rhythm = Rhythm(working_days(date(2026, 3, 2), 10), found=5, first=date(2026, 3, 9))
    assert find_silence(rhythm, date(2026, 3, 20)) is None
    silence = find_silence(rhythm, date(2026, 3, 23))
    assert silence
    assert (silence.since, silence.office_days) == (date(2026, 3, 13), 6)


@pytest.mark.parametrize("holiday", [(date(2026, 9, 30), date(2026, 10, 12)), (date(2026, 2, 13), date(2026, 2, 26))])
def test_no_holiday_is_a_silence(holiday: tuple[date, date]) -> None:
    before, after = holiday
    rhythm = Rhythm([day for day in working_days(before - timedelta(days=40), 60) if day <= before], 9, before)
    assert find_silence(rhythm, after) is None


def test_a_channel_that_was_no_longer_used_when_we_came_is_not_silent() -> None:
    came = date(2026, 2, 9)
    assert find_silence(Rhythm(working_days(date(2024, 3, 4), 50), found=1, first=came), date(2026, 3, 9)) is None


def test_a_channel_that_was_in_use_when_we_came_may_fall_silent_the_next_day() -> None:
    rhythm = Rhythm(working_days(date(2026, 3, 2), 15), found=1, first=date(2026, 3, 21))
    assert find_silence(rhythm, date(2026, 3, 27)) is None
    assert find_silence(rhythm, date(2026, 3, 30))


def test_office_days_over_new_year() -> None:
    assert count_office_days(date(2025, 12, 29), date(2026, 1, 5)) == 5


def test_slots_of_the_night_are_one_opening_where_a_site_may_be_asked_by_night_only() -> None:
    site = make_site(hours="22:00-06:30")
    assert len(openings_between(site, MONDAY, MONDAY + timedelta(days=2))) == 2
    assert len(openings_between(make_site(), MONDAY, MONDAY + timedelta(days=2))) == 6
    assert longest_wait(make_site(), MONDAY) == timedelta(hours=12)


@pytest.mark.parametrize(
    ("seen", "of", "usual", "is_none"),
    [
        (0, 0, 0.0, False),
        (2, 2, 0.0, False),
        (3, 3, 0.0, True),
        (4, 6, 0.02, True),
        (100, 5000, 0.02, False),
        (3000, 5000, 0.3, True),
        (2600, 5000, 0.5, False),
        (5000, 5000, 1.0, False),
    ],
)
def test_chance_is_told_from_trouble_whatever_the_number(*, seen: int, of: int, usual: float, is_none: bool) -> None:
    assert is_no_chance(seen, of, usual) is is_none


@pytest.mark.parametrize(
    ("articles", "is_whole", "said"),
    [
        (3, False, "3 articles, its file expects 4 to 5"),
        (4, False, None),
        (6, False, None),  # those that have left the lists are known as well
        (3, True, "3 articles, its file expects 4 to 5"),
        (5, True, None),
        (6, True, "6 articles, its file expects 4 to 5"),
    ],
)
def test_what_a_file_expects_is_held_against_scheduled_crawls_too(
    articles: int, *, is_whole: bool, said: str | None, tmp_path: Path
) -> None:
    site = make_site().model_copy(update={"expect": Expect(min_articles=4, max_articles=5)})
    pages = [Target(f"http://a.example.cn/{number}.html", Errand("article")) for number in range(articles)]
    with Frontier(Archive.open(tmp_path / "archive")) as frontier:
        current = frontier.begin(site.key, pages, now=MONDAY, only_due=not is_whole)
        current.tally["whole crawl"] = int(is_whole)
        for claim in frontier.claim(current, now=MONDAY, limit=9):
            frontier.settle(current, claim, Finding("article"), counts={"article": 1}, now=MONDAY)
        assert frontier.end(current, now=MONDAY)
        alarms = alarms_of(frontier, site, MONDAY)
    assert [alarm.text for alarm in alarms] == ([said] if said else [])


@pytest.mark.parametrize(
    ("pages", "articles", "named", "said"),
    [
        (6, 0, 6, "none of 6 pages that should be articles is one; does its file still describe it?"),
        (6, 1, 6, None),
        (0, 0, 0, f"the list {LIST} has named nothing yet; has it moved, or changed its layout?"),
    ],
)
def test_a_site_that_gives_nothing_from_the_first_crawl_on_is_told_of_without_any_expectation(
    pages: int, articles: int, named: int, said: str | None, tmp_path: Path
) -> None:
    site, seeds = make_site(), [Target(f"{LIST}{number}.html", Errand("article")) for number in range(pages)]
    with Frontier(Archive.open(tmp_path / "archive")) as frontier:
        current = frontier.begin(site.key, seeds, now=MONDAY)
        current.tally.update({"whole crawl": 1, "pages": pages + 1, f"list {LIST}": named})
        for number, claim in enumerate(frontier.claim(current, now=MONDAY, limit=9)):
            kind = "article" if number < articles else "other"
            counts = {"asked article": 1, "article": int(kind == "article")}
            frontier.settle(current, claim, Finding(kind), counts=counts, now=MONDAY)
        assert frontier.end(current, now=MONDAY)
        alarms = alarms_of(frontier, site, MONDAY)
    assert [alarm.text for alarm in alarms] == ([said] if said else [])


@pytest.mark.parametrize(
    ("unread", "read", "is_told"), [(0, 12, False), (3, 0, False), (4, 0, True), (4, 1, False), (6, 1, False)]
)
def test_new_pages_that_cannot_be_read_are_told_of_until_one_can(
    unread: int, read: int, *, is_told: bool, tmp_path: Path
) -> None:
    """One new page a crawl, as of offices that publish little."""
    site = make_site()
    with Frontier(Archive.open(tmp_path / "archive")) as frontier:
        for number, lost in enumerate([*[0] * 12, *[1] * unread, *[0] * read]):
            at = MONDAY + timedelta(hours=12 * number)
            current = frontier.begin(site.key, [], now=at)
            current.tally.update({"pages": 2, f"list {LIST}": 9, "new page": 1, "new page no article": lost})
            current.tally.update({"asked article": 1, "article": 1 - lost, "no article": lost})
            assert frontier.end(current, now=at)
        told = [alarm.text for alarm in alarms_of(frontier, site, at) if alarm.kind == "layout"]
    assert told == ([f"{unread} of the last 6 pages that should be articles are none"] if is_told else [])


SOUND, MANGLED, NOTHING_NEW = (3, 0), (3, 2), (0, 0)


@pytest.mark.parametrize(
    ("newest_first", "share"),
    [
        ([SOUND] * 20, None),
        ([MANGLED, *[SOUND] * 20], None),
        ([MANGLED, MANGLED, MANGLED, *[SOUND] * 20], 2 / 3),
        ([(2, 2), *[SOUND] * 20], 1.0),
        ([NOTHING_NEW, (2, 2), NOTHING_NEW, *[SOUND] * 20], 1.0),
        ([SOUND, (2, 2), *[SOUND] * 20], None),
        ([(2, 2), (2, 0)], None),
        ([MANGLED] * 20, None),
    ],
)
def test_pages_that_lose_characters_are_told_until_some_do_not(
    newest_first: list[tuple[int, int]], share: float | None
) -> None:
    """A crawl to which the server says "not modified" throughout says nothing, and ends no alarm."""
    rounds = [Tally({"pages": 4, "decoded": decoded, "characters lost": lost}) for decoded, lost in newest_first]
    assert find_mangling(rounds) == share


def test_uneven_bureaus_raise_hardly_any_alarm() -> None:
    figures = measure_silences(25, seed=3)
    years = sum(one.days for one in figures.values()) / 365
    assert years > 60
    assert sum(one.false for one in figures.values()) / years < 0.1
    alarms, crawls = count_false_alarms(1, 100, seed=3)
    assert crawls > 300
    assert sum(alarms.values()) <= 1
