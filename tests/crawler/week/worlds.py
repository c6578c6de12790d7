"""Worlds to simulate: what their sites publish, edit and take away, by chance, and what breaks, by plan."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from tests.crawler.week.living import CHANNELS, Story

DAY = timedelta(days=1)


def make_stories(
    chance: random.Random, first: datetime, last: datetime, *, least: int = 0, most: int, burst: int = 0
) -> list[Story]:
    """What a bureau publishes at its desks: nothing at weekends, so many a day, and once many at the same time."""
    stories = []
    day = first.replace(hour=0, minute=0)
    while day < last:
        # Days begin at midnight in China, four in the afternoon in UTC.
        for channel in CHANNELS if (day + DAY / 2).weekday() < 5 else ():
            for _ in range(chance.randint(max(least, channel == "dt"), most)):
                published = day + timedelta(hours=chance.uniform(1, 10))
                if published < last:
                    stories.append((channel, published))
        day += DAY
    if burst:
        moment = chance.choice([published for _, published in stories])
        stories += [("tz", moment + timedelta(seconds=number)) for number in range(burst)]
    return [Story(number, channel, at) for number, (channel, at) in enumerate(sorted(stories, key=lambda one: one[1]))]


def with_changes(
    chance: random.Random, stories: list[Story], *, since: datetime, until: datetime, number: int
) -> Iterator[Story]:
    """The same with so many edits and as many removals between two moments.

    None before the first crawl after it was published: what is gone between two crawls nobody can find.
    """
    known = [one for one in stories if one.published < until - 1.5 * DAY]
    chosen = chance.sample(known, min(len(known), 2 * number))
    moments = {one: max(one.published + 1.2 * DAY, since + (until - since) * chance.random()) for one in chosen}
    for one in stories:
        if one not in moments:
            yield one
        elif chosen.index(one) < number:
            yield Story(one.number, one.channel, one.published, edited=moments[one])
        else:
            yield Story(one.number, one.channel, one.published, removed=moments[one])
