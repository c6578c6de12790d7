"""A crawl of very many small pages of one site on this machine, and the most memory that the crawling process had.

    python -m tests.soak.long_crawl FOLDER PAGES

Prints JSON: pages kept, seconds, and `peak_memory_mb` of the crawling process; worker processes are counted apart.
"""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.crawler.loopback import Answer, Server, answer, article, listing, serve, surroundings, write_site

_A_LIST = 250


class Bureau(dict[str, Answer]):
    """The pages of an office, made when they are asked for: lists of 250 articles each, and the articles."""

    def __init__(self, pages: int, *, weight: int = 0) -> None:
        super().__init__()
        self._pages = pages
        self._filler = f"<!--{'x' * weight}-->"

    def get(self, path: str, default: Any = None) -> Any:
        """The answer for a path."""
        if path == "/robots.txt":
            return answer("User-agent: *\nAllow: /", content_type="text/plain")
        if path.startswith("/list/"):
            return answer(self._list(int(path.removeprefix("/list/index_").removesuffix(".html") or 0)))
        number = path.removeprefix("/a/").removesuffix(".html")
        if not number.isdigit():
            return default
        return answer(article(title_of(int(number)), date=date_of(int(number))) + self._filler)

    def _list(self, place: int) -> str:
        numbers = range(place * _A_LIST, min((place + 1) * _A_LIST, self._pages))
        following = f"/list/index_{place + 1}.html" if numbers.stop < self._pages else None
        entries = [(f"/a/{number}.html", title_of(number), date_of(number)) for number in numbers]
        return listing(entries, following=following)


def title_of(number: int) -> str:
    return f"关于第{number}号事项的通知公告"


def date_of(number: int) -> str:
    return f"2024-{number % 12 + 1:02d}-{number % 28 + 1:02d}"


def crawl(folder: Path, pages: int, *, weight: int = 0) -> dict[str, Any]:
    """Crawl the office, and measure; `weight` are bytes that every article has beside its text."""
    with serve({}) as server:
        server.answers = Bureau(pages, weight=weight)
        channels = ["/list/index_0.html"]
        limits = f"delay = 0\nconcurrency = 8\nmax_list_pages = {pages}"
        write_site(folder / "sites", "endless", server, crawl=limits, channels=channels)
        began = time.monotonic()
        arguments = ["crawl", "endless", "--sites", "sites", "--allow-private", "--json"]
        peaks = _run(folder, arguments, Steps(server, pages))
    line = json.loads((folder / "out.jsonl").read_text("utf-8"))
    return {
        "pages": line["pages"],
        "articles": line["article"],
        "ended": line["ended"],
        "seconds": round(time.monotonic() - began, 1),
        "peak_memory_mb": max(peaks.values()),
        "peak_memory_mb_by_pages_asked": peaks,
    }


class Steps:
    """Notes a peak at every tenth of the way."""

    def __init__(self, server: Server, pages: int) -> None:
        self._server, self._step = server, max(pages // 10, 1)
        self.peaks: dict[int, int] = {}

    def note(self, megabytes: int) -> None:
        reached = len(self._server.asked) // self._step * self._step
        if reached not in self.peaks:
            print(reached, megabytes, file=sys.stderr, flush=True)
        self.peaks[reached] = max(megabytes, self.peaks.get(reached, 0))


def _run(folder: Path, arguments: list[str], steps: Steps) -> dict[int, int]:
    """Run a command; the peaks of its memory in megabytes, without its children's, by pages asked for."""
    command = [sys.executable, "-m", "crawler.cli", *arguments, "--archive", "archive"]
    with (folder / "out.jsonl").open("wb") as out, (folder / "errors.txt").open("wb") as errors:
        process = subprocess.Popen(command, cwd=folder, env=surroundings(), stdout=out, stderr=errors)
        while process.poll() is None:
            if peak := _peak_of(process.pid):
                steps.note(peak // 1024)
            time.sleep(0.1)
    return steps.peaks


def _peak_of(pid: int) -> int:
    """The most memory that a process has had so far, in kilobytes."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")), 0)


if __name__ == "__main__":
    Path(sys.argv[1]).mkdir(parents=True, exist_ok=True)
    print(json.dumps(crawl(Path(sys.argv[1]), int(sys.argv[2]))))
