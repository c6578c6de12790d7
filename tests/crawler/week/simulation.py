"""A simulated time: sites that live, a `cron` that starts `lantian run --due` and `lantian health`, and what they found.

Everything but the clock is real: servers, processes, archive, messages. What has to be found when follows from the
sites' own files: what is published, at the first crawl that can begin after it; what is edited or taken away, within
`promise_days`; what breaks, at the first crawl after it, or the second where one is not enough to tell a passing trouble.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import func, select

from archive.catalog.catalog import Catalog
from archive.catalog.schema import captures
from archive.directory import Archive
from archive.sites import read_sites
from crawler.frontier.hosts import LONGEST
from crawler.schedule import openings_between
from pipelines.records import parse_instant
from pipelines.site import SHANGHAI, Site
from tests.crawler.chat_programs import chat_programs
from tests.crawler.clocked import Clocked
from tests.crawler.loopback import serve_pages, write_site
from tests.crawler.week.living import BROKEN, CHANNELS, LivingSite

CRON: Final = timedelta(hours=2)
SILENCE: Final = timedelta(days=9)
"""Six office days, and the weekend among them."""
UNSEEN: Final = frozenset({"blocked", "down", "server error", "list moved", "unreadable"})
SLOW_TO_TELL: Final = frozenset({"down", "server error", "mangled"})
"""Breakages that one crawl cannot tell from a passing trouble, or by the few pages that it asks for."""
_LINE = re.compile(r"(?P<site>\w+) \[(?P<kind>\w+)\] (?P<over>over: )?(?P<text>.*)")


@dataclass(frozen=True)
class Event:
    """Something that happened at a site, when it had to be found, and when it was."""

    site: str
    what: str
    url: str
    at: datetime
    promised: datetime
    found: datetime | None = None

    @property
    def is_kept(self) -> bool:
        return self.found is not None and self.found <= self.promised


@dataclass(frozen=True)
class Told:
    """A line that was told."""

    at: datetime
    site: str
    kind: str
    is_over: bool
    text: str


@dataclass(frozen=True)
class Expected:
    """When a site is broken, by when that has to be told, and by when that it is over; `times` for so many channels."""

    since: datetime
    raised_by: datetime
    until: datetime
    over_by: datetime
    times: int


@dataclass
class World:
    """The sites by key, and what was told of them."""

    folder: Path
    sites: Mapping[str, LivingSite]
    promise_days: int = 3
    files: Mapping[str, Site] = field(default_factory=dict)
    told: list[Told] = field(default_factory=list)
    crawls: int = 0

    def promised(self, key: str, at: datetime, *, crawls: int = 1) -> datetime:
        """When the crawl of this number after a moment has ended: it begins when the cron comes next."""
        openings = sorted(openings_between(self.files[key], at, at + timedelta(days=4)))
        return openings[crawls - 1] + CRON + timedelta(minutes=5)


@contextmanager
def live(
    world: World,
    steps: Sequence[datetime],
    *,
    top: Mapping[str, str],
    environment: Mapping[str, str],
    is_run: Callable[[datetime], bool],
) -> Iterator[tuple[Clocked, datetime]]:
    """Let the world live through the steps; gives the program after the last one, while the servers still run."""
    with ExitStack() as stack:
        posted: list[tuple[str, Any]]
        url, posted = stack.enter_context(chat_programs())
        for key, site in world.sites.items():
            stack.enter_context(serve_pages(site))
            channels = [f"/list/{name}" for name in CHANNELS]
            crawl = f"delay = 0\nconcurrency = 2\npromise_days = {world.promise_days}\n{top.get(key, '')}"
            write_site(world.folder / "sites", key, site, channels=channels, crawl=crawl)
        world.files = {key: site for key, site in read_sites(world.folder / "sites").items() if key in world.sites}
        clocked = Clocked(world.folder, environment)
        for step in steps:
            for site in world.sites.values():
                site.now = step
            if is_run(step):
                done = clocked.run(step, "run", "--due", *world.sites, "--sites", "sites", "--allow-private", "--json")
                assert done.code in {0, 1, 3}, done.errors
                assert "Traceback" not in done.errors, done.errors
                world.crawls += len(done.lines())
            done = clocked.run(
                step + timedelta(minutes=4), "health", *world.sites, "--sites", "sites", "--webhook", f"slack={url}/x"
            )
            assert done.code in {0, 1}, done.errors
            world.told += [_parse(step, line) for _, said in posted for line in said["text"].splitlines()[1:]]
            posted.clear()
        yield clocked, steps[-1]


def find_events(world: World, clocked: Clocked, now: datetime, *, since: datetime) -> list[Event]:
    """What happened since a moment and had to be found by now, with the time at which it was."""
    first = _find_first(world)
    turns = _find_turns(clocked, now)
    events = []
    for key, site in world.sites.items():
        for story in site.stories:
            url = site.url + story.path
            if story.published >= since:
                promised = _find_promise(world, key, story.published)
                events.append(Event(key, "published", url, story.published, promised, first.get(url)))
            for what, at in (("edited", story.edited), ("removed", story.removed)):
                if at is not None:
                    found = min((one for one in turns.get((url, what), []) if one >= at), default=None)
                    events.append(Event(key, what, url, at, at + timedelta(days=world.promise_days), found))
    return [event for event in events if event.promised <= now]


def expected_alarms(world: World) -> dict[tuple[str, str], Expected]:
    """By site and kind, the alarms that have to be raised."""
    expected = {}
    for key, site in world.sites.items():
        kind = BROKEN[site.breakage.kind] if site.breakage else None
        if site.breakage is None or kind is None:
            continue
        since, until = site.breakage.since, site.breakage.until
        crawls = 2 if site.breakage.kind in SLOW_TO_TELL else 1
        raised_by = world.promised(key, since, crawls=crawls)
        if kind == "silent":
            raised_by = since + SILENCE
        if kind == "coverage":
            raised_by = max(world.promised(key, _find_sixth(site, channel, since)) for channel in CHANNELS)
        times = len(CHANNELS) if kind in {"list", "silent", "coverage"} else 1
        over_by = world.promised(key, until + (LONGEST if kind == "refused" else timedelta(0)))
        expected[key, kind] = Expected(since, raised_by, until, over_by, times)
    return expected


def _find_sixth(site: LivingSite, channel: str, since: datetime) -> datetime:
    """When a channel had six new articles since a moment: enough to tell that a field is lost."""
    new = [one.published for one in site.stories if one.channel == channel and one.published >= since]
    return sorted(new)[5]


def _find_promise(world: World, key: str, published: datetime) -> datetime:
    """What is published while nothing can be read is found when it can be again.

    A host that refused is left in peace for a day at most; what was fetched and could not be read has its turn within
    `promise_days`.
    """
    promised, broken = world.promised(key, published), world.sites[key].breakage
    wait = {"blocked": LONGEST, "unreadable": timedelta(days=world.promise_days)}.get(broken.kind if broken else "")
    if broken is None or broken.kind not in UNSEEN:
        return promised
    until = broken.until + (wait or timedelta(0))
    return world.promised(key, until) if broken.since < promised and published < until else promised


def _find_first(world: World) -> dict[str, datetime]:
    """When each page was read as an article for the first time."""
    with Catalog(Archive.open(world.folder / "archive-data")) as catalog, catalog.view() as connection:
        query = select(captures.c.url, func.min(captures.c.fetched_at)).where(captures.c.kind == "article")
        return {url: parse_instant(at) for url, at in connection.execute(query.group_by(captures.c.url))}


def _find_turns(clocked: Clocked, now: datetime) -> dict[tuple[str, str], list[datetime]]:
    """What `lantian history` shows: when edits and disappearances were seen, by page."""
    turns: dict[tuple[str, str], list[datetime]] = {}
    for line in clocked.run(now, "history", "--edited", "--json", "--sites", "sites").lines():
        what = "removed" if line["turn"] == "disappeared" else "edited" if line["edit"] else None
        if what:
            turns.setdefault((line["url"], what), []).append(parse_instant(line["fetched_at"]))
    return turns


def _parse(at: datetime, line: str) -> Told:
    found = _LINE.match(line)
    assert found, line
    return Told(at, found["site"], found["kind"], bool(found["over"]), found["text"])


def moment(text: str) -> datetime:
    """A moment in China."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


def hold_alarms(told: Sequence[Told], expected: Mapping[tuple[str, str], Expected], now: datetime) -> list[str]:
    """What is wrong with the alarms: one that is late, missing, raised twice or about nothing, or over at a wrong time."""
    wrong = []
    raised: dict[tuple[str, str], list[Told]] = {}
    over: dict[tuple[str, str], list[Told]] = {}
    for line in told:
        (over if line.is_over else raised).setdefault((line.site, line.kind), []).append(line)
    wrong += [
        f"false: {line.at:%m-%d %H:%M} {line.site} [{line.kind}] {line.text}"
        for name, lines in raised.items()
        if name not in expected
        for line in lines
    ]
    for name, one in expected.items():
        moments = [line.at for line in raised.get(name, [])]
        if len(moments) != one.times or any(not one.since <= at <= one.raised_by for at in moments):
            wrong.append(
                f"{name}: raised at {[f'{at:%m-%d %H:%M}' for at in moments]}, promised {one.raised_by:%m-%d %H:%M}"
            )
        ends = [line.at for line in over.get(name, [])]
        if one.over_by <= now and (len(ends) != one.times or any(not one.until <= at <= one.over_by for at in ends)):
            wrong.append(f"{name}: over at {[f'{at:%m-%d %H:%M}' for at in ends]}, promised {one.over_by:%m-%d %H:%M}")
    return wrong
