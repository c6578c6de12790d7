"""Bureaus that live: they publish, edit and take away, break and recover, each at its moments on a simulated clock."""

import ssl
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Final

from tests.archive.made_texts import MadeText, make_text
from tests.crawler.loopback import Server, answer, listing

PER_PAGE: Final = 15
CHANNELS: Final = ("dt", "tz")


@cache
def _text(number: int) -> MadeText:
    return make_text(number, characters=160, few_words=True)


@dataclass(frozen=True)
class Story:
    """An article with its moments; the number makes its text."""

    number: int
    channel: str
    published: datetime
    edited: datetime | None = None
    removed: datetime | None = None

    @property
    def path(self) -> str:
        return f"/{self.channel}/{self.published:%Y%m}/t{self.published:%Y%m%d}_{self.number}.html"

    @property
    def title(self) -> str:
        return _text(self.number).title + f"（第{self.number}号）"


@dataclass(frozen=True)
class Breakage:
    """Something that is wrong with a site for a time, of a kind of `BROKEN`."""

    kind: str
    since: datetime
    until: datetime

    def is_on(self, moment: datetime) -> bool:
        return self.since <= moment < self.until


@dataclass
class LivingSite(Server):
    """A site at the moment `now`; with `has_validators` it answers "changed since?"."""

    stories: list[Story] = field(default_factory=list)
    breakage: Breakage | None = None
    charset: str = "utf-8"
    has_validators: bool = False
    contexts: tuple[ssl.SSLContext, ssl.SSLContext] | None = None
    now: datetime = datetime(2026, 1, 1, tzinfo=UTC)

    @property
    def context(self) -> ssl.SSLContext | None:
        """A certificate that is accepted, or the other one."""
        return self.contexts[self.broken == "certificate"] if self.contexts else None

    @property
    def broken(self) -> str | None:
        return self.breakage.kind if self.breakage and self.breakage.is_on(self.now) else None

    def reply(self, head: str) -> bytes:
        path = head.split(" ", 2)[1]
        self.asked.append(path)
        if self.broken == "down":
            return b""
        if path == "/robots.txt":
            return answer("", status="404 Not Found")
        if self.broken == "blocked":
            return answer("<script>$_ts={}</script>", status="412 Precondition Failed")
        if self.broken == "server error":
            return answer("", status="500 Internal Server Error")
        if path.startswith("/list/"):
            return self._encode(self._list(path), head)
        story = next((one for one in self._shown() if one.path == path), None)
        return self._encode(self._article(story), head) if story else answer("没有找到", status="404 Not Found")

    def _shown(self) -> list[Story]:
        """What is online, newest first."""
        shown = [
            one for one in self.stories if one.published <= self.now and not (one.removed and one.removed <= self.now)
        ]
        return sorted(shown, key=lambda one: (one.published, one.number), reverse=True)

    def _list(self, path: str) -> str:
        if self.broken == "list moved":
            return "<html><head><title>栏目调整</title></head><body><p>栏目已调整</p></body></html>"
        channel, _, number = path.removeprefix("/list/").removesuffix(".html").partition("_")
        page = int(number or 0)
        shown = [one for one in self._shown() if one.channel == channel]
        rows = [(one.path, one.title, f"{one.published:%Y-%m-%d}") for one in shown]
        following = f"/list/{channel}_{page + 1}.html" if len(rows) > (page + 1) * PER_PAGE else None
        return listing(rows[page * PER_PAGE : (page + 1) * PER_PAGE], following=following)

    def _article(self, story: Story) -> str:
        paragraphs = list(_text(story.number).paragraphs)
        if story.edited and story.edited <= self.now:
            paragraphs.append("更正：上述数据应为三百二十一吨，执行日期改为下月一日。")
        body = "".join(f"<p>{one}</p>" for one in paragraphs)
        day = f"{story.published:%Y-%m-%d}"
        if self.broken == "unreadable":
            return f"<!DOCTYPE html><html><head><title>{story.title}</title></head><body><div id='app'></div></body></html>"
        if self.broken == "redesigned":
            return f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>{story.title}_测试站</title></head><body>
<div class="crumb">当前位置：首页 &gt; 通知</div><div class="detail-main"><h2 class="t">{story.title}</h2>
<div class="from">来源：本站 发布时间：{day} 09:30</div><div class="txt">{body}</div></div></body></html>"""
        source = "" if self.broken == "no source" and story.published >= self._broken_since() else "来源：市生态环境局"
        return f"""<!DOCTYPE html><html><head><meta charset="{self._charset()}"><title>{story.title}</title>
<meta name="ArticleTitle" content="{story.title}"><meta name="PubDate" content="{day} 09:30"></head>
<body><div class="nav"><a href="/">首页</a></div><h1>{story.title}</h1><div class="info">{source}</div>
<div class="TRS_Editor">{body}</div></body></html>"""

    def _broken_since(self) -> datetime:
        assert self.breakage
        return self.breakage.since

    def _charset(self) -> str:
        return "utf-8" if self.broken == "charset changed" else self.charset

    def _encode(self, text: str, head: str) -> bytes:
        data = text.encode(self._charset())
        if self.broken == "mangled":
            start, middle, end = text.partition("<p>")
            data = start.encode() + middle.encode() + end.encode("gb18030")
        tag = f'"{hash(data)}"'
        if self.has_validators and tag in head:
            return answer("", status="304 Not Modified", etag=tag)
        return answer(
            data, content_type=f"text/html; charset={self._charset()}", **({"etag": tag} if self.has_validators else {})
        )


BROKEN: Final[dict[str, str | None]] = {
    "redesigned": "layout",
    "unreadable": "layout",
    "no source": "coverage",
    "list moved": "list",
    "blocked": "refused",
    "down": "list",
    "server error": "list",
    "charset changed": None,
    "mangled": "charset",
    "certificate": "certificate",
    "silent": "silent",
}
"""Kinds of breakage, and the alarm that each has to raise; a charset that changes and is stated rightly is no trouble."""
