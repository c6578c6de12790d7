"""Sites that ask to be asked gently, by their files, their robots.txt or their answers; what each says, by key."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from pipelines.site import SHANGHAI
from tests.crawler.loopback import Answer, answer, article, listing

Counted = Callable[[str], bytes]
DELAY = 0.25
DISALLOWED = {"/a/5.html", "/c/7/", "/c/19/"}


def bureau(count: int, robots: str = "", **others: Answer) -> dict[str, Answer]:
    entries = [(f"/a/{number}.html", f"关于第{number}号事项的通知公告", "2024-03-02") for number in range(count)]
    answers: dict[str, Answer] = {"/robots.txt": answer(robots, content_type="text/plain")}
    answers |= {"/list/": answer(listing(entries))}
    return answers | {path: answer(article(title)) for path, title, _ in entries} | others


def many_channels() -> dict[str, Answer]:
    rules = "User-agent: *\nDisallow: /c/7/\nDisallow: /c/19/\n"
    answers = bureau(0, rules)
    return answers | {f"/c/{number}/": answer(listing([])) for number in range(32)}


def busy(times: int, **headers: str) -> Counted:
    """Too many requests, that often; then the page."""
    left = [times]

    def reply(_: str) -> bytes:
        left[0] -= 1
        if left[0] >= 0:
            return answer("", status="429 Too Many Requests", **headers)
        return answer(article("等了一会儿才来的通知公告"))

    return reply


AT_ONCE: list[int] = [0, 0]
"""How many requests are being answered, and the most that were."""


def slow(title: str) -> Counted:
    """A page that takes a while, so that two at once are seen."""

    def reply(_: str) -> bytes:
        AT_ONCE[0] += 1
        AT_ONCE[1] = max(AT_ONCE)
        time.sleep(0.05)
        AT_ONCE[0] -= 1
        return answer(article(title))

    return reply


ALWAYS_BUSY: dict[str, Answer] = {
    f"/a/{number}.html": answer("", status="503 Service Unavailable") for number in range(12)
}
REFUSALS = ("403 Forbidden", "412 Precondition Failed", "429 Too Many Requests", "521 Web Server Is Down", "reset")
EACH_REFUSED: dict[str, Answer] = {
    f"/a/{number}.html": b"" if status == "reset" else answer("", status=status)
    for number, status in enumerate(REFUSALS * 2)
}
IN_TWO_HOURS = datetime.now(SHANGHAI).replace(minute=0) + timedelta(hours=2)
SITES: dict[str, tuple[dict[str, Answer], dict[str, Any]]] = {
    "plain": (bureau(20, "User-agent: *\nDisallow: /a/5.html\n"), {"crawl": f"delay = {DELAY}\nconcurrency = 1"}),
    "starts": (
        many_channels(),
        {"channels": [f"/c/{number}/" for number in range(32)], "crawl": f"delay = {DELAY}\nconcurrency = 1"},
    ),
    "narrow": (
        bureau(8) | {f"/a/{number}.html": slow(f"关于第{number}号事项的通知公告") for number in range(8)},
        {"crawl": "delay = 0\nconcurrency = 1"},
    ),
    "stated": (bureau(6, "User-agent: *\nCrawl-delay: 0.4\n"), {"crawl": "delay = 0\nconcurrency = 4"}),
    "busy": (bureau(4) | {"/a/1.html": busy(1, retry_after="2")}, {"crawl": "delay = 0\nconcurrency = 1"}),
    "closed": (bureau(4) | {"/a/1.html": busy(9, retry_after="3600")}, {"crawl": "delay = 0\nconcurrency = 1"}),
    "frugal": (
        bureau(12, "User-agent: *\nDisallow: /a/0.html\n"),
        {"crawl": "delay = 0\nconcurrency = 4\npages_per_day = 5"},
    ),
    "nightly": (bureau(4), {"crawl": f'hours = "{IN_TWO_HOURS:%H:%M}-{IN_TWO_HOURS:%H}:59"'}),
    "refusing": (bureau(10) | EACH_REFUSED, {"crawl": "delay = 0\nconcurrency = 1"}),
    "broken": (bureau(12) | ALWAYS_BUSY, {"crawl": "delay = 0.05\nconcurrency = 1"}),
}
