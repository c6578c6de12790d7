import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest

from archive.errors import WorkerError
from archive.language import read_knowledge
from archive.workers.pool import CHUNK, Workers
from archive.workers.process import WorkerProcess
from pipelines.records import Outcome
from pipelines.site import Site
from tests.archive.forking import start
from tests.archive.made_pages import article_capture, article_html, article_title, article_url, capture


@contextmanager
def striking(workers: Workers, sign: signal.Signals) -> Iterator[set[int]]:
    """Send a signal to every worker process as soon as it is up; gives those that were hit."""
    hit: set[int] = set()
    is_over = threading.Event()

    def strike() -> None:
        while not is_over.wait(0.01):
            for pid in workers.pids - hit:
                os.kill(pid, sign)
                hit.add(pid)

    thread = threading.Thread(target=strike)
    thread.start()
    try:
        yield hit
    finally:
        is_over.set()
        thread.join()


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    """Two processes, for what leaves them as they were."""
    with Workers(2) as workers:
        yield workers


def test_pages_are_read_in_other_processes_and_in_this_one_alike(workers: Workers) -> None:
    captures = [article_capture(number) for number in range(6)]
    with Workers(0) as here:
        away = [future.result() for future in [workers.submit(capture, None) for capture in captures]]
        home = [here.submit(capture, None).result() for capture in captures]
        assert os.getpid() not in workers.pids
    assert away == home
    assert [outcome.article and outcome.article.title for outcome in away] == [article_title(n) for n in range(6)]


def test_the_layout_of_a_site_reaches_the_workers(workers: Workers) -> None:
    table = {
        "key": "ceshi",
        "name": "测试",
        "kind": "bureau",
        "hosts": ("sthj.example.cn",),
        "channel": ({"name": "动态", "url": "http://sthj.example.cn/"},),
        "layout": (
            {"until": date(2026, 4, 2), "column": "h1"},
            {"since": date(2026, 4, 2), "column": "div.footer p"},
        ),
    }
    site = Site.model_validate(table)
    found = [workers.submit(article_capture(1, minute=minute), site).result().article for minute in (-24 * 60, 0, 1)]
    columns = [article.column for article in found if article]
    assert columns[0] == article_title(1)
    assert columns[1] == columns[2] != columns[0]


def test_a_worker_that_is_killed_is_replaced_and_no_page_is_lost() -> None:
    with Workers(2) as workers:
        futures = [workers.submit(article_capture(number), None) for number in range(40)]
        futures[0].result()
        victim = next(iter(workers.pids))
        os.kill(victim, signal.SIGKILL)
        outcomes = [future.result(timeout=60) for future in futures]
        assert victim not in workers.pids
    assert [outcome.article and outcome.article.title for outcome in outcomes] == [article_title(n) for n in range(40)]


def test_a_page_that_kills_every_worker_is_given_up_and_the_others_are_read() -> None:
    with Workers(1) as workers:
        with striking(workers, signal.SIGKILL) as hit:
            poison = workers.submit(article_capture(1), None)
            assert poison.result(timeout=60) == Outcome("other", reason="worker-died")
        assert len(hit) == 2
        assert workers.submit(article_capture(2), None).result(timeout=60).kind == "article"


def test_a_page_that_hangs_is_tried_again_and_then_given_up() -> None:
    with Workers(1, patience=0.5) as workers:
        with striking(workers, signal.SIGSTOP) as hit:
            assert workers.submit(article_capture(1), None).result(timeout=60) == Outcome("other", reason="too-slow")
        assert len(hit) == 2
        after = [workers.submit(article_capture(number), None) for number in (2, 3)]
        assert [future.result(timeout=60).kind for future in after] == ["article", "article"]


def test_where_no_process_can_be_started_every_page_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONHOME", "/nowhere")
    with Workers(2) as workers:
        futures = [workers.submit(article_capture(number), None) for number in range(5)]
        for future in futures:
            with pytest.raises(WorkerError, match="workers: a process ended with code 1 before it was ready"):
                future.result(timeout=60)


def test_a_worker_that_hung_once_costs_only_time() -> None:
    with Workers(1, patience=1) as workers:
        workers.submit(article_capture(1), None).result()
        (pid,) = workers.pids
        os.kill(pid, signal.SIGSTOP)
        futures = [workers.submit(article_capture(number), None) for number in range(2, 12)]
        assert [future.result(timeout=60).kind for future in futures] == ["article"] * 10
        assert pid not in workers.pids


def test_an_interrupt_from_the_terminal_is_left_to_the_parent(workers: Workers) -> None:
    workers.submit(article_capture(1), None).result()
    before = workers.pids
    os.kill(next(iter(before)), signal.SIGINT)
    assert workers.submit(article_capture(2), None).result().kind == "article"
    assert workers.pids == before


def test_what_is_submitted_is_finished_before_the_workers_go() -> None:
    with Workers(2) as workers:
        futures = [workers.submit(article_capture(number), None) for number in range(30)]
    assert all(future.done() for future in futures)
    assert workers.pids == frozenset()


def test_a_bounded_number_of_pages_waits() -> None:
    with Workers(1, waiting=4) as workers:
        workers.submit(article_capture(0), None).result()
        (pid,) = workers.pids
        os.kill(pid, signal.SIGSTOP)
        submitted: list[int] = []

        def submit_many() -> None:
            for number in range(20):
                workers.submit(article_capture(number), None)
                submitted.append(number)

        thread = threading.Thread(target=submit_many)
        thread.start()
        time.sleep(0.5)
        while_stopped = len(submitted)
        os.kill(pid, signal.SIGCONT)
        thread.join(timeout=60)
    assert while_stopped <= 4 + CHUNK
    assert len(submitted) == 20


def test_large_and_hostile_pages_come_back_with_an_outcome(workers: Workers) -> None:
    deep = "<html><body>" + "<div>" * 100_000 + "文字" + "</body></html>"
    large = article_html(1).replace("</body>", "<p>很长的一段。</p>" * 20_000 + "</body>")
    pages = [
        capture(article_url(1), deep),
        capture(article_url(2), large),
        capture(article_url(3), "\0" * 1000),
        capture(article_url(4), ""),
    ]
    outcomes = [future.result(timeout=60) for future in [workers.submit(page, None) for page in pages]]
    assert outcomes[1].kind == "article"
    assert all(outcome.article or outcome.reason or outcome.links for outcome in outcomes)


def have_workers(tell: int) -> None:
    """Have two processes read pages, tell which they are, and go on without end."""
    workers = Workers(2)
    [future.result() for future in [workers.submit(article_capture(number), None) for number in range(8)]]
    os.write(tell, f"{' '.join(map(str, workers.pids))}\n".encode())
    signal.pause()


def test_no_worker_outlives_a_killed_parent() -> None:
    parent, told = start(have_workers)
    with told:
        pids = [int(pid) for pid in told.readline().split()]
        parent.kill()
        parent.join()
    assert pids
    until = time.monotonic() + 10
    while time.monotonic() < until and any(is_running(pid) for pid in pids):
        time.sleep(0.05)
    assert [pid for pid in pids if is_running(pid)] == []


def have_endless_page(tell: int) -> None:
    """Have a process read a page without end, tell which it is, and die."""
    worker = WorkerProcess.start(read_knowledge(), patience=2)
    worker.send([(article_capture(1), None)])
    worker.receive(60)
    page = article_html(1).replace("</body>", "<p>一" * 1_500_000)
    worker.send([(capture(article_url(1), page), None)])
    os.write(tell, f"{worker.pid}\n".encode())
    os.kill(os.getpid(), signal.SIGKILL)


def test_no_worker_outlives_a_killed_parent_even_inside_an_endless_page() -> None:
    parent, told = start(have_endless_page)
    with told:
        pid = int(told.readline())
        parent.join()
    assert is_running(pid)
    until = time.monotonic() + 20  # the page would take longer
    while time.monotonic() < until and is_running(pid):
        time.sleep(0.05)
    assert not is_running(pid)


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
