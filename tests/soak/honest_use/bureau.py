"""A bureau on loopback that publishes, edits, takes away, moves and breaks while it is crawled; it answers "changed since?"."""

import random
import time
from dataclasses import dataclass, field

from tests.crawler.loopback import Server, answer, article, listing, redirect
from tests.demo_site.files import make_pdf

PER_PAGE = 8
ROBOTS = answer("User-agent: *\nDisallow: /secret/", content_type="text/plain")


@dataclass
class Page:
    """An article: how often it was edited, and what became of it."""

    edition: int = 1
    state: str = "there"


@dataclass
class Bureau(Server):
    """`pages` by their number, `slowness` the most seconds that an answer takes."""

    pages: dict[int, Page] = field(default_factory=dict)
    slowness: float = 0.0
    chance: random.Random = field(default_factory=random.Random)

    def live_on(self) -> None:
        """What happens at an office between two crawls."""
        for _ in range(self.chance.randint(1, 5)):
            what = self.chance.choice(["new", "new", "edit", "edit", "gone", "broken", "moved", "there"])
            if what == "new" or not self.pages:
                self.pages[len(self.pages)] = Page()
                continue
            page = self.chance.choice(list(self.pages.values()))
            if what == "edit":
                page.edition += 1
            else:
                page.state = what

    def urls(self) -> list[str]:
        """Where its articles are."""
        return [f"{self.url}/a/{number}.html" for number in self.pages]

    def reply(self, head: str) -> bytes:
        time.sleep(self.chance.random() * self.slowness)
        path = head.split(" ", 2)[1]
        self.asked.append(path)
        return self._answer(path, head)

    def _answer(self, path: str, head: str) -> bytes:
        if path == "/robots.txt":
            return ROBOTS
        folder, _, name = path.strip("/").partition("/")
        number = int("".join(filter(str.isdigit, name)) or 0)
        if folder == "list":
            return self._list(number)
        if folder == "files":
            return answer(make_pdf([title(number), f"第{number % 3}号附件"]), content_type="application/pdf")
        if number in self.pages and folder in {"a", "b"}:
            return self._article(number, self.pages[number], head, is_old=folder == "a")
        return answer("<html>没有这个页面</html>", status="404 Not Found")

    def _article(self, number: int, page: Page, head: str, *, is_old: bool) -> bytes:
        if page.state == "gone":
            return answer("<html>已删除</html>", status="404 Not Found")
        if page.state == "broken":
            return answer("<html>busy</html>", status="503 Service Unavailable")
        if page.state == "moved" and is_old:
            return redirect(f"/b/{number}.html")
        tag = f'"{number}-{page.edition}"'
        if f"If-None-Match: {tag}" in head:
            return answer("", status="304 Not Modified", etag=tag)
        return answer(draw(number, page.edition), etag=tag)

    def _list(self, number: int) -> bytes:
        numbers = sorted(self.pages, reverse=True)
        shown = numbers[number * PER_PAGE : (number + 1) * PER_PAGE]
        entries = [(f"/a/{one}.html", title(one), "2026-03-02") for one in shown]
        more = f"/list/{number + 1}.html" if len(numbers) > (number + 1) * PER_PAGE else None
        return answer(listing([*entries, ("/secret/1.html", "内部通知事项一则", "2026-03-01")], following=more))


def title(number: int) -> str:
    return f"关于第{number}号事项的通知公告"


def draw(number: int, edition: int = 1) -> str:
    """An article; some have an attached file, some say the same words as others."""
    file = f'<p><a href="/files/{number}.pdf">附件：第{number}号附件.pdf</a></p>' if number % 4 == 1 else ""
    changed = f"<p>本通知已作第{edition}次修改。</p>" if edition > 1 else ""
    return article(title(number - number % 5 // 4), date="2026-03-02", extra=changed + file)
