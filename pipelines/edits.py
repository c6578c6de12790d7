"""What a publisher changed between two captures of an article: text, fields, dates, files and pictures.

Both readings must come from one recipe; what an update of ours changed is no edit. An edit is *quiet* when readers of
the page cannot tell: its text changed and the date that it states did not move forward, or that date was moved back.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from pipelines.diff import ParagraphDiff, Span, diff_paragraphs, diff_text
from pipelines.records import Article

TEXT = ("title", "subtitle")
STATED = ("published", "source", "author", "editor", "column", "document_number")
MEDIA = ("attachments", "images")

DateMove = Literal["forward", "back", "stated", "removed"]


@dataclass(frozen=True, slots=True)
class FieldDiff:
    """One field that is not as it was; values are as text, `spans` compare them."""

    name: str
    before: str | None
    after: str | None
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Edit:
    """Everything that differs between two readings of an article.

    `paragraphs` holds every paragraph of both, unchanged ones included. `date` says how the stated date moved.
    """

    fields: tuple[FieldDiff, ...]
    paragraphs: tuple[ParagraphDiff, ...]
    date: DateMove | None

    @property
    def changed(self) -> tuple[str, ...]:
        """The names of what differs; `text` stands for the paragraphs."""
        text = ("text",) if any(one.kind != "same" for one in self.paragraphs) else ()
        return text + tuple(field.name for field in self.fields)

    @property
    def is_quiet(self) -> bool:
        """Whether title or text changed behind a date that did not move forward, or the page was dated back."""
        is_rewritten = bool({"text", *TEXT} & set(self.changed))
        return self.date in {"back", "removed"} or (is_rewritten and self.date is None)

    def __bool__(self) -> bool:
        return bool(self.changed)


def compare_articles(before: Article, after: Article) -> Edit:
    """Compare two readings by one recipe."""
    fields = tuple(_fields(before, after))
    paragraphs = diff_paragraphs(before.paragraphs, after.paragraphs)
    return Edit(fields, paragraphs, _date_move(before.published, after.published))


def _fields(before: Article, after: Article) -> Iterator[FieldDiff]:
    for name in (*TEXT, *STATED):
        yield from _field(name, getattr(before, name), getattr(after, name))
    for name in MEDIA:
        yield from _field(name, _list(getattr(before, name)), _list(getattr(after, name)))


def _field(name: str, old: str | None, new: str | None) -> Iterator[FieldDiff]:
    if old != new:
        yield FieldDiff(name, old, new, diff_text(old or "", new or ""))


def _list(items: Any) -> str | None:
    """Files and pictures one a line: address, and title where one is stated."""
    lines = (" ".join(filter(None, (item.url, getattr(item, "title", None)))) for item in items)
    return "\n".join(lines) or None


def _date_move(old: str | None, new: str | None) -> DateMove | None:
    """ISO dates in one time zone; `2026-03-02` and `2026-03-02T08:10+08:00` differ in precision, not in the day."""
    if old == new:
        return None
    if old is None or new is None:
        return "removed" if new is None else "stated"
    shorter = min(len(old.partition("+")[0]), len(new.partition("+")[0]))
    if old[:shorter] == new[:shorter]:
        return None
    return "forward" if new > old else "back"
