"""A text file in the form in which a page is pasted: title, subtitle, fields and paragraphs are found by position.

What stands before the first and after the last sentence is judged by whole lines, as `furniture` does for pages; what
stands between is text, whatever words it holds. A line that no rule knows is kept as a paragraph.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import zip_longest

from pipelines.dates import parse_date
from pipelines.labels import Stated
from pipelines.plain_lines import (
    BLANK,
    BRACKETED,
    BULLET,
    COLUMN,
    CUT,
    DASHES,
    ORIGINAL_TITLE,
    is_button_line,
    is_dateline,
    is_field,
    is_headline,
    is_sentence,
    read_fields_of,
)
from pipelines.signatures import cut_signature, read_signature

_EDGE = 200
"""Lines at either end that may be furniture; a longer run without a sentence is a list or a table, and text."""

_SHARE = re.compile(
    r"\s*(?:查看原文|阅读原文|查看全文|我要分享|一键分享|分享到?|收藏|打印|转发|我要评论|我要纠错|举报|[大中小]|[A-Z][+-]?|[|｜/])"
)
_LABELS_LENGTH = 16
_NAMED = re.compile(r"[^\s。,，;；:：!！?？|]{2,20}")
_EVENT = re.compile(r"(?:时间|日期)\s*[:：]")
_SPOKEN = re.compile(r"[。！!？?]")
_COMMENTS = re.compile(
    r"(?:已关闭评论|评论已关闭|评论关闭|暂无评论|发表评论|[(（]?\d{0,6}[)）]?\s*条?评论|已關閉評論|評論已關閉)?"
)


@dataclass(frozen=True, slots=True)
class PlainText:
    """What a pasted article states. `origins` says for each field which rule found it."""

    title: str | None = None
    subtitle: str | None = None
    published: str | None = None
    source: str | None = None
    author: str | None = None
    editor: str | None = None
    column: str | None = None
    paragraphs: tuple[str, ...] = ()
    origins: dict[str, str] = field(default_factory=dict)


def read_plain_text(text: str, *, fetched_at: datetime | None = None) -> PlainText:
    r"""Find title, fields and paragraphs in a repaired text; `fetched_at` (aware) bounds the date.

    >>> read = read_plain_text("环境监测站开放\n发布时间:2021-06-29 来源:环保局\n  6月26日,监测站向公众开放。\n责任编辑:张茜")
    >>> read.title, read.published, read.source, read.editor, read.paragraphs
    ('环境监测站开放', '2021-06-29', '环保局', '张茜', ('6月26日,监测站向公众开放。',))
    """
    lines = [line for raw in text.splitlines() if (line := raw.strip(BLANK))]
    start = _count_before_sentence(lines, default=min(len(lines), _EDGE))
    lines = lines[: _find_cut(lines, start)]
    end = len(lines) - _count_before_sentence(lines[start:][::-1], default=0)
    reader = _Reader(fetched_at)
    reader.read_head(lines[:start], all_lines=lines)
    reader.paragraphs += lines[start:end]
    reader.read_signature_at_end()
    reader.read_tail(lines[end:])
    return PlainText(**reader.values, paragraphs=tuple(reader.paragraphs), origins=reader.origins)


def _count_before_sentence(lines: list[str], *, default: int) -> int:
    return next((index for index, line in enumerate(lines[:_EDGE]) if is_sentence(line)), default)


def _find_cut(lines: list[str], start: int) -> int:
    """Nothing belongs to the article from `上一篇: …` or a bare `相关阅读` on, once a sentence was read."""
    cuts = (index for index, line in enumerate(lines[start + 1 :], start + 1) if CUT.fullmatch(line))
    return next(cuts, len(lines))


class _Reader:
    """The fields gathered so far; the first rule that finds a field keeps it."""

    def __init__(self, fetched_at: datetime | None) -> None:
        self.fetched_at = fetched_at
        self.values: dict[str, str] = {}
        self.origins: dict[str, str] = {}
        self.paragraphs: list[str] = []

    def offer(self, name: str, value: str | None, origin: str) -> None:
        if value and name not in self.values:
            self.values[name] = value
            self.origins[name] = origin

    def read_head(self, lines: list[str], *, all_lines: list[str]) -> None:
        """What stands before the first sentence."""
        repeated = _find_repeated(lines, all_lines)
        has_fields = False
        for line, following in zip_longest(lines, lines[1:], fillvalue=""):
            if self.read_edge(line, place="head"):
                has_fields = has_fields or is_field(line)
            elif not has_fields and "title" not in self.values and (is_headline(line) or is_field(following)):
                self.offer("title", line, "headline")
            elif "title" in self.values and self.read_share_line(line):
                has_fields = True
            elif not self.paragraphs and "title" in self.values and DASHES.match(line):
                self.offer("subtitle", line, "dash-line")
            else:
                self.paragraphs.append(line)
        if repeated and repeated != self.values.get("title") and repeated in self.paragraphs:
            self.promote(repeated)
        self.take_subtitle(lines)

    def promote(self, line: str) -> None:
        """The line that the page repeats is the headline; what stood before it was the masthead."""
        self.values["title"], self.origins["title"] = line, "repeated"
        self.paragraphs = self.paragraphs[self.paragraphs.index(line) + 1 :]

    def take_subtitle(self, lines: list[str]) -> None:
        """One short line between headline and fields is the subtitle, as in the exported form."""
        title, index = self.values.get("title"), next((i for i, line in enumerate(lines) if is_field(line)), None)
        if title is None or index is None or title not in lines:
            return
        between = [line for line in lines[lines.index(title) + 1 : index] if line in self.paragraphs]
        if len(between) == 1 and is_headline(between[0]) and "subtitle" not in self.values:
            self.offer("subtitle", between[0], "between headline and fields")
            self.paragraphs.remove(between[0])

    def read_tail(self, lines: Iterable[str]) -> None:
        """What stands after the last sentence; a date alone there is the date of the document, and stays."""
        self.paragraphs += [line for line in lines if is_dateline(line) or not self.read_edge(line, place="tail")]
        if bracketed := self.values.pop("bracketed", None):
            self.origins.pop("bracketed")
            self.offer("source", bracketed, "bracketed line")

    def read_signature_at_end(self) -> None:
        """A signature goes where it is what names the author; where the page states him too, it is text."""
        if self.paragraphs and "author" not in self.values:
            self.paragraphs[-1], names = cut_signature(self.paragraphs[-1])
            self.offer("author", names, "signature")

    def read_edge(self, line: str, *, place: str) -> bool:
        """Whether a line outside the text was understood: as fields, a signature, or furniture."""
        line = BULLET.sub("", line, count=1) if BULLET.match(line) else line
        if self.repeats_title(line) or ORIGINAL_TITLE.fullmatch(line):
            return True
        if column := COLUMN.fullmatch(line):
            self.offer("column", column["value"].strip(BLANK), f"{place}: column line")
            return True
        if bracketed := BRACKETED.fullmatch(line):
            if not re.search("网址|網址|链接|鏈接", bracketed["label"]):
                self.offer("bracketed", bracketed["value"].strip(BLANK), place)
            return True
        if names := read_signature(line):
            self.offer("author", names, f"{place}: signature")
            return True
        return self.read_fields(line, place) if is_field(line) else is_button_line(line)

    def read_fields(self, line: str, place: str) -> bool:
        stated = read_fields_of(line)
        if place == "tail" and (_EVENT.match(line) or self.says_more(line, stated)):
            return False
        for item in stated:
            if item.field == "published":
                self.offer("published", parse_date(item.value, fetched_at=self.fetched_at), f"{place}: info line")
            elif item.field in {"source", "author", "editor", "column"} and not _SPOKEN.search(item.value):
                self.offer(item.field, item.value, f"{place}: info line")
        return True

    def says_more(self, line: str, stated: list[Stated]) -> bool:
        """Below a text, another source or author than the page states, or words around it, are the text's own."""
        known = [item for item in stated if item.field in {"source", "author"} and item.field in self.values]
        rest = len(line) - sum(len(item.value) for item in stated)
        return any(item.value != self.values[item.field] or rest > _LABELS_LENGTH for item in known)

    def repeats_title(self, line: str) -> bool:
        title = self.values.get("title")
        return bool(title and line.startswith(title) and _COMMENTS.fullmatch(line[len(title) :].strip(BLANK)))

    def read_share_line(self, line: str) -> bool:
        """`河南日报 查看原文 我要分享`: a name before nothing but buttons is the source."""
        name, mark, rest = line.partition(" ")
        if not mark or not _NAMED.fullmatch(name) or _SHARE.sub("", rest).strip(BLANK):
            return False
        self.offer("source", name, "head: share line")
        return True


def _find_repeated(head: list[str], lines: list[str]) -> str | None:
    """The line of the head that another line repeats: `原标题:…`, or a bullet with the state of its comments."""
    originals = {found["value"] for line in lines if (found := ORIGINAL_TITLE.fullmatch(line))}
    bullets = [BULLET.sub("", line, count=1) for line in head if BULLET.match(line)]
    for line in head:
        if line in originals or any(
            bullet.startswith(line) and _COMMENTS.fullmatch(bullet[len(line) :]) for bullet in bullets
        ):
            return line
    return None
