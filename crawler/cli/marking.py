"""Differences for people: colours on a terminal, `[-removed-]` and `{+added+}` where there are none."""

from collections.abc import Iterable, Iterator, Sequence

from rich.text import Text

from crawler.cli.output import Screen
from pipelines.diff import ParagraphDiff, Span
from pipelines.edits import Edit

STYLES = {"same": "", "removed": "bold red strike", "added": "bold green"}
MARKS = {"same": "{}", "removed": "[-{}-]", "added": "{{+{}+}}"}
LOUD = "bold white on red"
NEIGHBOURS = 1
"""Unchanged paragraphs shown before and after a changed one."""


def mark_spans(spans: Iterable[Span], *, colour: bool) -> Text:
    """Spans as one line; with colours, marks would only be in the way."""
    text = Text()
    for span in spans:
        text.append(span.text if colour else MARKS[span.kind].format(span.text), STYLES[span.kind])
    return text


def mark_edit(edit: Edit, *, colour: bool) -> Iterator[Text]:
    """The lines of an edit: fields first, then the changed paragraphs with their neighbours."""
    for field in edit.fields:
        yield Text(f"  {field.name}: ", "bold").append_text(mark_spans(field.spans, colour=colour))
    shown = list(_near_changes(edit.paragraphs))
    for index, paragraph in enumerate(edit.paragraphs):
        if index in shown:
            yield _mark_paragraph(paragraph, colour=colour)
        elif index - 1 in shown:
            yield Text("    …", "dim")


def print_edit(edit: Edit, *, console: Screen) -> None:
    """Print the lines of an edit."""
    for line in mark_edit(edit, colour=console.is_terminal and not console.no_color):
        console.print(line, soft_wrap=not console.is_terminal)


def _near_changes(paragraphs: Sequence[ParagraphDiff]) -> Iterator[int]:
    for index in range(len(paragraphs)):
        around = paragraphs[max(index - NEIGHBOURS, 0) : index + NEIGHBOURS + 1]
        if any(one.kind != "same" for one in around):
            yield index


def _mark_paragraph(paragraph: ParagraphDiff, *, colour: bool) -> Text:
    sign = {"same": " ", "changed": "~", "removed": "-", "added": "+"}[paragraph.kind]
    number = (paragraph.after if paragraph.after is not None else paragraph.before) or 0
    line = Text(f"{sign}{number + 1:3} ", "dim" if paragraph.kind == "same" else "bold")
    if paragraph.moved:
        line.append("(moved) ", "italic")
    return line.append_text(mark_spans(paragraph.spans, colour=colour))
