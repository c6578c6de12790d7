"""The parts of a report as a page to hand on: Chinese and English side by side, no scripts, nothing from outside."""

from collections.abc import Iterable, Sequence
from typing import Final

from archive.display import escape
from archive.verify.report import Claim, Look

_STYLE: Final = """
body { font: 16px/1.6 "Noto Sans CJK SC", "PingFang SC", sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
h1 small { font-weight: normal } .intact { color: #17692b } .altered, .unreadable { color: #a31515 }
.not-provable { color: #8a5a00 } table { border-collapse: collapse; width: 100% } td, th { border: 1px solid #ccc;
padding: .3rem .5rem; text-align: left; vertical-align: top; overflow-wrap: anywhere } code, pre { font-size: .85em }
pre { white-space: pre-wrap } .no { color: #888 } @media print { body { margin: 0 } }
"""


def make_page(chinese: str, english: str, parts: Iterable[str], *, mood: str) -> str:
    """A page with its title and its parts, which are markup; `mood` is the verdict that colours the title."""
    return "\n".join(
        (
            "<!doctype html><html lang=zh><meta charset=utf-8><meta name=viewport content='width=device-width'>",
            f"<title>{escape(chinese)} {escape(english)}</title><style>{_STYLE}</style>",
            f"<h1 class={mood}>{escape(chinese)} <small>{escape(english)}</small></h1>",
            *parts,
            "</html>\n",
        )
    )


def heading(chinese: str, english: str) -> str:
    """The title of a section."""
    return f"<h2>{escape(chinese)} <small>{escape(english)}</small></h2>"


def paragraph(chinese: str, english: str, *, mood: str = "") -> str:
    """The same said twice."""
    return f"<p{f' class={mood}' if mood else ''}>{both(chinese, english)}</p>"


def both(chinese: str, english: str) -> str:
    """The same said twice, in a cell."""
    return f"{escape(chinese)}<br>{escape(english)}"


def mark(done: bool) -> str:  # noqa: FBT001 (a value to show)
    """Whether something holds or was done."""
    return "✓" if done else "<span class=no>—</span>"


def lines(texts: Iterable[str]) -> str:
    """Lines that are there to be copied."""
    shown = "\n".join(escape(line) for text in texts for line in text.split("\n"))
    return f"<pre>{shown}</pre>"


def claims_table(claims: Iterable[Claim]) -> str:
    """What is claimed, each with its limit."""
    rows = [
        (
            mark(claim.holds),
            both(claim.chinese, claim.english),
            both(claim.proves_not_chinese, claim.proves_not_english),
        )
        for claim in claims
    ]
    return table(("", "证明 proves", "不证明 does not prove"), rows)


def looks_table(looks: Iterable[Look]) -> str:
    """What was looked at, and what was not."""
    return table(("", ""), [(mark(look.done), both(look.chinese, look.english)) for look in looks])


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """A table of cells that are markup; a head of nothing is left out."""
    if not rows:
        return "<p>无 none</p>"
    titles = "".join(f"<th>{escape(title)}</th>" for title in head) if any(head) else ""
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table>{titles and f'<tr>{titles}</tr>'}{body}</table>"
