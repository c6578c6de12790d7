"""Bureaus on loopback addresses, one host each, and what the server saw of who asked which when."""

import socketserver
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from tests.crawler.loopback import Answer, answer, article, listing, redirect

MOVED = "/moved.html"
FORBIDDEN = "/never/1.html"
ROBOTS = answer("User-agent: *\nDisallow: /never/\n", content_type="text/plain")
SERVING = 0.02
"""Seconds that an answer takes, so that two at once would be seen."""


@dataclass(frozen=True)
class Asked:
    """One request: by whom (what the agent says), when it came and when it was answered."""

    host: str
    path: str
    worker: str
    began: float
    ended: float


@dataclass
class Origins:
    """All hosts; every one has the same pages."""

    hosts: tuple[str, ...]
    articles: int
    delay: float
    port: int = 0
    log: list[Asked] = field(default_factory=list)

    @property
    def urls(self) -> set[str]:
        """The addresses of all articles."""
        return {self.url_of(host, f"/a/{number}.html") for host in self.hosts for number in range(self.articles)}

    def url_of(self, host: str, path: str) -> str:
        return f"http://{host}:{self.port}{path}"

    def overlaps(self) -> int:
        """Pairs of requests at one host at one time."""
        return sum(second.began < first.ended for first, second in self._pairs())

    def nearest(self) -> float:
        """Seconds between the nearest two requests to one host, robots.txt too, whoever sent them."""
        return min(second.began - first.began for first, second in self._pairs())

    def shortest_gap(self) -> float:
        """Seconds between two requests to one host, on average over the fastest four in a row, whoever sent them.

        robots.txt has its own turn. A single gap is blurred by when the threads of this server get to run.
        """
        gaps = []
        for asked in self._by_host().values():
            moments = [one.began for one in asked if one.path != "/robots.txt"]
            gaps += [(last - first) / 3 for first, last in zip(moments, moments[3:], strict=False)]
        return min(gaps)

    def gaps(self) -> list[float]:
        """Seconds between each two requests to one host, robots.txt left out."""
        starts = ([one.began for one in asked if one.path != "/robots.txt"] for asked in self._by_host().values())
        return [later - earlier for moments in starts for earlier, later in pairwise(moments)]

    def forbidden(self) -> int:
        """Requests for what robots.txt disallows."""
        return sum(one.path == FORBIDDEN for one in self.log)

    def handovers(self) -> int:
        """How often a host was asked by another worker than before."""
        return sum(first.worker != second.worker for first, second in self._pairs())

    def twice(self) -> int:
        """Articles that were asked for more than once."""
        asked = [(one.host, one.path) for one in self.log if one.path.startswith("/a/")]
        return len(asked) - len(set(asked))

    def _pairs(self) -> Iterator[tuple[Asked, Asked]]:
        for asked in self._by_host().values():
            yield from pairwise(asked)

    def _by_host(self) -> dict[str, list[Asked]]:
        by_host: defaultdict[str, list[Asked]] = defaultdict(list)
        for one in sorted(self.log, key=lambda one: one.began):
            by_host[one.host].append(one)
        return by_host

    def write_sites(self, folder: Path) -> list[str]:
        """A site file a host; give the keys."""
        folder.mkdir()
        keys = []
        for number, host in enumerate(self.hosts):
            keys.append(f"bureau{number}")
            name = f"{host}:{self.port}"
            (folder / f"{keys[-1]}.toml").write_text(
                f'key = "{keys[-1]}"\nname = "测试站"\nkind = "bureau"\nhosts = ["{name}"]\n'
                f"[crawl]\ndelay = {self.delay}\nconcurrency = 1\n"
                f'[[channel]]\nname = "通知"\nurl = "http://{name}/list/"\n',
                encoding="utf-8",
            )
        return keys


class _Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        while head := self._read_head():
            began = time.monotonic()
            path = head.split(" ", 2)[1]
            worker = head.partition("(+")[2].partition(")")[0]
            data = self.server.answers.get(path) or answer("not here", status="404 Not Found")  # type: ignore[attr-defined]
            time.sleep(SERVING)
            ended = time.monotonic()
            host = str(self.server.server_address[0])  # type: ignore[index]
            self.server.log.append(Asked(host, path, worker, began, ended))  # type: ignore[attr-defined]
            try:
                self.wfile.write(data)
            except OSError:
                return

    def _read_head(self) -> str:
        head = b""
        try:
            while line := self.rfile.readline():
                head += line
                if line == b"\r\n":
                    return head.decode("latin-1")
        except OSError:
            pass
        return ""


class _Threads(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    answers: dict[str, Answer]
    log: list[Asked]


@contextmanager
def serve_hosts(
    count: int, *, articles: int, delay: float, moved: bool = False, forbidden: bool = False
) -> Iterator[Origins]:
    """As many hosts, on addresses of the loopback network and one port.

    With `moved`, a page of each leads to the first; with `forbidden`, each names one that its robots.txt disallows.
    """
    origins = Origins(tuple(f"127.0.1.{number + 1}" for number in range(count)), articles, delay)
    entries = [(f"/a/{number}.html", f"关于第{number}号事项的通知公告", "2024-03-02") for number in range(articles)]
    listed = [*entries, (MOVED, "关于网站迁移的通知公告", "2024-03-01")] if moved else entries
    if forbidden:
        listed = [*listed, (FORBIDDEN, "不许读取的通知公告", "2024-03-01")]
    answers: dict[str, Answer] = {"/robots.txt": ROBOTS, "/list/": answer(listing(listed))}
    answers |= {path: answer(article(title)) for path, title, _ in entries}
    servers: list[_Threads] = []
    try:
        for host in origins.hosts:
            servers.append(_Threads((host, origins.port), _Handler))
            origins.port = servers[0].server_address[1]
            servers[-1].answers, servers[-1].log = answers, origins.log
            threading.Thread(target=servers[-1].serve_forever, args=(0.1,), daemon=True).start()
        if moved:
            answers[MOVED] = redirect(origins.url_of(origins.hosts[0], "/a/0.html"))
        yield origins
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()
