"""`lantian run`: what is due is crawled once, however often it is started; edits are found, the rest is not asked again."""

import signal
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.log.entries import GapEntry
from archive.log.reader import LogReader
from tests.crawler.killed_crawls import make_answers
from tests.crawler.loopback import BODY, Server, answer, article, lantian, lines_of, listing, serve, start, write_site

RUN = ("loopback", "--sites", "sites", "--allow-private", "--json")
HOURLY = "[schedule]\ncron = '0 * * * *'\njitter = 0"
NEW = ("/a/new.html", "关于新发布事项的通知公告", "2024-03-09")


@pytest.fixture
def server() -> Iterator[Server]:
    with serve(make_answers(30)) as running:
        yield running


@pytest.fixture
def folder(server: Server, tmp_path: Path) -> Path:
    write_site(tmp_path / "sites", "loopback", server, top=HOURLY)
    return tmp_path


def change(folder: Path, statement: str, *values: object) -> None:
    """Turn the clock of the frontier back: what is written there is all that a run knows of the time."""
    with sqlite3.connect(folder / "archive-data" / "frontier.sqlite") as connection:
        connection.execute(statement, values)
    connection.close()


def days_ago(number: float) -> str:
    return (datetime.now(UTC) - timedelta(days=number)).strftime("%Y-%m-%dT%H:00:00.000000Z")


def test_two_runs_at_once_crawl_a_site_once_and_the_next_asks_for_lists_for_what_is_due_and_a_witness(
    folder: Path, server: Server
) -> None:
    both = [start("run", "--due", *RUN, cwd=folder) for _ in range(2)]
    said = [process.communicate(timeout=120) for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    asked = Counter(path for path in server.asked if path != "/robots.txt")
    assert (len(asked), set(asked.values())) == (32, {1})
    assert lines_of(lantian("run", "--due", *RUN, cwd=folder)) == []

    change(folder, "UPDATE runs SET slot = ?", days_ago(3))
    change(folder, "UPDATE pages SET next_at = ? WHERE url LIKE '%/a/3.html'", days_ago(1))
    entries = [NEW, *((f"/a/{number}.html", f"关于第{number}号事项的通知公告", "2024-03-02") for number in range(14))]
    server.answers["/list/"] = answer(listing(entries, following="/list/1.html"))
    other = article(NEW[1]).replace(
        BODY, "本月全市各县区共收到群众来信来访一百二十余件，办结率与上年同期相比有所提高。"
    )
    server.answers[NEW[0]] = answer(other)
    server.answers["/a/3.html"] = answer(
        article("关于第3号事项的通知公告", extra="<p>更正：执行日期改为四月一日。</p>")
    )
    server.asked.clear()
    (line,) = lines_of(lantian("run", "--due", *RUN, cwd=folder))
    # Of two known articles that each crawl looks at, one was due; the other is the newest.
    witness = "/a/29.html"
    assert Counter(server.asked) == Counter(["/robots.txt", "/list/", "/list/1.html", NEW[0], "/a/3.html", witness])
    assert (line["new"], line["changed"], line["ended"]) == (1, 1, "finished")
    with sqlite3.connect(folder / "archive-data" / "frontier.sqlite") as connection:
        ((missed,),) = connection.execute("SELECT missed FROM gaps").fetchall()
    connection.close()
    assert 70 <= missed <= 72
    log = LogReader.open(folder / "archive-data")
    (gap,) = [one for index in range(log.size) if isinstance(one := log.entry(index), GapEntry)]
    assert (gap.kind, gap.subject, gap.reason.split()[0]) == ("missed-run", "loopback", str(missed))
    assert gap.due


def test_a_run_that_stays_ends_in_order_and_the_next_goes_on_with_its_slot(folder: Path, server: Server) -> None:
    # Slow enough that it is not at its end before it is told to stop.
    write_site(folder / "sites", "loopback", server, top=HOURLY, crawl="delay = 0.05\nconcurrency = 1")
    staying = start("run", "--forever", *RUN, cwd=folder)
    deadline = time.monotonic() + 60
    while len(server.asked) < 5 and time.monotonic() < deadline:
        time.sleep(0.02)
    staying.send_signal(signal.SIGTERM)
    staying.communicate(timeout=60)
    assert staying.returncode == 0
    assert not list((folder / "archive-data" / "warc").rglob("*.open"))
    again = lantian("run", "--due", *RUN, cwd=folder)
    assert lines_of(again)[0]["article"] == 30
    asked = Counter(path for path in server.asked if path.startswith("/a/"))
    assert (len(asked), set(asked.values())) == (30, {1})
