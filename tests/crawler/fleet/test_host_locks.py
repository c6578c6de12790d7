"""Hosts taken for a time, and a frontier that only their holder writes: two holders in one process, on a real database."""

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, select

from archive.errors import DatabaseAway, HostBusy, HostLost
from crawler.fleet.catalog import FleetCatalog
from crawler.fleet.database import open_database, transaction, using_database
from crawler.fleet.frontier import SharedFrontier
from crawler.fleet.hosts import HostLocks, Lease
from crawler.fleet.migrate import TABLES, require_current, upgrade
from crawler.fleet.schema import host_locks
from crawler.frontier import Errand, Finding, Target
from crawler.health.alarms import Alarm
from crawler.health.notify import tell
from crawler.health.webhooks import parse_webhook
from tests.archive.made_entries import entry
from tests.crawler.chat_programs import chat_programs
from tests.postgres import Postgres

SHORT = timedelta(seconds=0.6)
LIST = Target("http://a.cn/", Errand("list"))
ARTICLES = [Target(f"http://a.cn/{number}", Errand("article", newest=f"2024-01-0{number}")) for number in range(1, 5)]


@pytest.fixture(scope="module")
def engine(postgres: Postgres) -> Iterator[Engine]:
    with using_database(postgres.make(), longest_idle=timedelta(seconds=0.5)) as opened:
        upgrade(opened)
        yield opened


def now() -> datetime:
    return datetime.now(UTC)


def take(engine: Engine, *hosts: str, holder: str = "one", lease: timedelta = timedelta(minutes=1)) -> Lease:
    return HostLocks(engine, holder=holder, lease=lease).take(hosts)


def test_a_host_is_one_worker_s_until_it_is_given_back_and_its_pause_is_over(engine: Engine) -> None:
    locks = HostLocks(engine, holder="one")
    lease = locks.take(["b.cn", "a.cn"])
    with pytest.raises(HostBusy, match=r"a\.cn: one of the fleet is crawling it"):
        take(engine, "A.cn", "c.cn")
    take(engine, "c.cn", holder="nothing was taken by half")
    locks.give_back(lease, pause=timedelta(seconds=0.3))
    assert not lease.is_valid
    with pytest.raises(HostBusy):
        take(engine, "a.cn")
    time.sleep(0.35)
    assert take(engine, "a.cn", "b.cn").token > lease.token


def test_of_many_who_want_a_host_at_once_one_has_it(engine: Engine) -> None:
    taken: list[str] = []

    def try_it(name: str) -> None:
        try:
            take(engine, "x.cn", "y.cn", holder=name)
        except HostBusy:
            return
        taken.append(name)

    threads = [threading.Thread(target=try_it, args=(str(number),)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == 1


def test_a_lease_is_renewed_while_its_holder_lives_and_ends_here_before_it_ends_there(engine: Engine) -> None:
    with HostLocks(engine, holder="alive", lease=SHORT) as locks:
        lease = locks.take(["d.cn"])
        time.sleep(2 * SHORT.total_seconds())
        assert lease.is_valid
        with pytest.raises(HostBusy):
            take(engine, "d.cn")
    lease = take(engine, "e.cn", lease=SHORT)
    while lease.is_valid:
        time.sleep(0.01)
    with pytest.raises(HostLost, match=r"e\.cn: not ours any more"):
        lease.require()
    with pytest.raises(HostBusy):
        take(engine, "e.cn")


def test_who_was_frozen_past_his_lease_writes_nothing(engine: Engine) -> None:
    old = take(engine, "f.cn", lease=SHORT)
    with SharedFrontier(engine, old) as frontier:
        current = frontier.begin("frozen", [LIST], now=now())
        (claim,) = frontier.claim(current, now=now())
        time.sleep(SHORT.total_seconds() + 0.1)
        new = take(engine, "f.cn", holder="two")
        with pytest.raises(HostLost):
            frontier.settle(current, claim, Finding("listing"), found=ARTICLES, now=now())
    with SharedFrontier(engine, new) as frontier:
        resumed = frontier.begin("frozen", [LIST], now=now())
        (again,) = frontier.claim(resumed, now=now(), limit=9)
        assert (resumed.id, again.id) == (current.id, claim.id)
        assert again.lost_since is not None
    locks = HostLocks(engine, holder="one", lease=SHORT)
    locks._held[old.token] = old
    locks.renew()
    assert not old.is_valid


def test_a_transaction_that_its_worker_left_open_keeps_nobody_out(engine: Engine) -> None:
    lease = take(engine, "g.cn", lease=SHORT)
    frozen = engine.connect()
    frozen.begin()
    lease.fence(frozen)
    time.sleep(SHORT.total_seconds() + 0.1)
    began = time.monotonic()
    take(engine, "g.cn", holder="two")
    assert time.monotonic() - began < 5
    frozen.invalidate()
    frozen.close()


def test_pages_go_through_the_shared_frontier_as_through_that_of_one_machine(
    engine: Engine, postgres: Postgres
) -> None:
    with SharedFrontier(engine, take(engine, "h.cn")) as frontier:
        current = frontier.begin("walk", [LIST], now=now(), only_due=True, due_limit=3)
        (claim,) = frontier.claim(current, now=now())
        added = frontier.settle(current, claim, Finding("listing", "said", "record"), found=ARTICLES, now=now())
        assert (added.fresh, added.refused) == (4, 0)
        newest, second = frontier.claim(current, now=now(), limit=2)
        assert [one.target.url for one in (newest, second)] == ["http://a.cn/4", "http://a.cn/3"]
        frontier.fail(current, newest, "reset", now=now())
        assert frontier.release(current) == 1
        postgres.restart()
        assert frontier.count_pending(current) == 3
        assert not frontier.end(current, now=now())
        assert frontier.spent("walk", now=now()) == 2
        asked = now()
        for one in frontier.claim(current, now=now(), limit=9):
            frontier.settle(current, one, Finding("article", is_article=True), now=now())
        assert not frontier.is_crawled_since("walk", asked)
        assert frontier.end(current, now=now())
        assert frontier.is_crawled_since("walk", asked)


def test_a_page_whose_capture_no_worker_has_told_of_is_asked_for_again(engine: Engine) -> None:
    """A power cut takes the last seconds of an archive; the frontier knows of them, and is elsewhere."""
    with SharedFrontier(engine, take(engine, "i.cn")) as frontier:
        long_ago = now() - timedelta(hours=2)
        current = frontier.begin("cut", [LIST], now=long_ago)
        (claim,) = frontier.claim(current, now=long_ago)
        frontier.settle(current, claim, Finding("listing", "x", "urn:kept"), found=ARTICLES[:2], now=long_ago)
        for moment, record in ((long_ago, "urn:lost"), (now(), "urn:not-told-yet")):
            (claim,) = frontier.claim(current, now=moment)
            finding = Finding("article", record_id=record, is_article=True)
            frontier.settle(current, claim, finding, now=moment)
        said = entry("http://i.cn/", "标题", ["一段"])
        FleetCatalog(engine).put("archive", {"urn:kept": replace(said, row=said.row | {"record_id": "urn:kept"})})
        lost = frontier.settled(current, before=now(), now=now())
        assert [one.record_id for one in lost] == ["urn:lost"]
        frontier.reopen(current, [one.page for one in lost])
        assert frontier.count_pending(current) == 1


def test_an_alarm_of_the_fleet_is_told_once_whoever_looks(engine: Engine) -> None:
    alarm = Alarm("site", "list", "http://j.cn/", "the list names nothing")
    with chat_programs() as (url, posted):
        hook = parse_webhook(f"slack={url}/hook")

        def look() -> None:
            with SharedFrontier(engine) as frontier:
                tell(frontier, [alarm], [hook], now=now())

        threads = [threading.Thread(target=look) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(posted) == 1


def test_the_migrations_come_to_the_tables_that_the_program_uses(engine: Engine) -> None:
    from alembic.autogenerate import compare_metadata  # noqa: PLC0415
    from alembic.runtime.migration import MigrationContext  # noqa: PLC0415
    from sqlalchemy import MetaData  # noqa: PLC0415

    wanted = MetaData()
    for tables in TABLES:
        for table in tables.sorted_tables:
            table.to_metadata(wanted)
    names = set(wanted.tables)
    upgrade(engine)
    require_current(engine)
    with transaction(engine) as connection:
        options = {"include_name": lambda name, kind, _: kind != "table" or name in names, "compare_type": True}
        assert compare_metadata(MigrationContext.configure(connection, opts=options), wanted) == []
        connection.execute(select(host_locks).limit(1))


def test_a_database_without_tables_or_of_another_kind_is_refused_in_one_line(postgres: Postgres) -> None:
    with (
        using_database(postgres.make()) as empty,
        pytest.raises(DatabaseAway, match="it has no tables; run `lantian fleet init`"),
    ):
        require_current(empty)
    with pytest.raises(DatabaseAway, match="a fleet needs PostgreSQL"):
        open_database("mysql://root:secret@db/x")
    away = open_database("postgresql://root:secret@127.0.0.1:9/x")
    with (
        pytest.raises(DatabaseAway, match=r"postgresql://root:\*\*\*@127.0.0.1:9/x: "),
        transaction(away, patience=0),
    ):
        pass
