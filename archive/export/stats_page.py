"""The counts of an archive as one HTML page: it needs no other file and runs no script; the charts are SVG in the page."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from archive.catalog.stats import ROLES, UNDATED, UNSTATED, SiteCount, Stats
from archive.display import escape
from archive.export.edit_page import CUSTODIES

MOST_BARS: Final = 20
"""Bars of one chart; the rest is summed up below it."""
_COLOURS: Final = {"original": "#2a6f97", "duplicate": "#c9a227", "near-duplicate": "#e07a3f", "no text": "#b5b5b5"}
_WORDS: Final = {
    "original": "首次收录 original",
    "duplicate": "同文 duplicate",
    "near-duplicate": "近似 near-duplicate",
    "no text": "无正文 no text",
    UNDATED: "无日期 undated",
    UNSTATED: "未注明 not stated",
    **CUSTODIES,
}
_STYLE: Final = """
body{margin:2rem auto;max-width:62rem;padding:0 1rem;font:15px/1.6 "Noto Sans CJK SC","Source Han Sans SC",sans-serif;color:#222}
h1{font-size:1.5rem;margin:0}h2{font-size:1.1rem;margin:2rem 0 .5rem;border-bottom:1px solid #ddd}
.totals{display:flex;flex-wrap:wrap;gap:1rem;margin:1rem 0}.totals div{background:#f3f6f8;padding:.6rem 1rem;border-radius:6px}
.totals b{display:block;font-size:1.5rem}.key span{display:inline-block;width:.8rem;height:.8rem;margin:0 .3rem 0 1rem}
svg{display:block;width:100%;height:auto}svg text{font-size:13px;fill:#222}.note{color:#666;font-size:13px}
"""
_LABEL, _WIDE, _HIGH, _END = 230, 900, 24, 90
_COLUMNS_HIGH: Final = 180


def stats_page(stats: Stats, *, title: str) -> str:
    """The page; `title` names the archive."""
    sections = (
        ("按月 articles by month of publication", _month_chart(stats.months)),
        ("按站点 articles by site", _key() + _site_chart(stats.sites)),
        ("按来源 articles by stated source", _bar_chart(stats.sources)),
        ("按类型 captures by kind", _bar_chart(stats.kinds)),
        ("按来历 captures by custody", _bar_chart(stats.custody)),
        ("按编码 captures by charset", _bar_chart(stats.charsets)),
        ("附件 attached files by format", _bar_chart(stats.attachments)),
        ("附件未读全 attached files not read whole", _bar_chart(stats.unread_attachments)),
        ("受损 captures by damage found", _bar_chart(stats.damage)),
    )
    parts = [f"<h2>{escape(name)}</h2>\n{chart or _NOTHING}\n" for name, chart in sections]
    return "".join(
        (
            '<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="utf-8">',
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
            '<meta name="viewport" content="width=device-width">',
            f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>\n<h1>{escape(title)}</h1>\n",
            _totals(stats),
            *parts,
            _NOTE,
            "</body></html>\n",
        )
    )


_NOTHING: Final = '<p class="note">无 none</p>'
_NOTE: Final = (
    '<p class="note">文章按最后一次抓取计，每个地址一篇。Articles are counted as last captured, one an address; a duplicate has '
    "the text of an address captured before, exactly or nearly.</p>\n"
)


def _totals(stats: Stats) -> str:
    figures = {
        "抓取 captures": stats.captures,
        "文章 articles": stats.articles,
        "站点 sites": len(stats.sites),
        **{_WORDS[role]: stats.roles[role] for role in ROLES[1:3]},
        "修复 reconstructed": stats.reconstructed,
    }
    return f'<div class="totals">{"".join(f"<div><b>{value:,}</b>{name}</div>" for name, value in figures.items())}</div>\n'


def _key() -> str:
    marks = (f'<span style="background:{_COLOURS[role]}"></span>{_WORDS[role]}' for role in ROLES)
    return f'<p class="key">{"".join(marks)}</p>\n'


def _bar_chart(counts: Mapping[str, int]) -> str:
    ranked = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    rest = ranked[MOST_BARS:]
    others = f'<p class="note">其余 others ({len(rest)}): {sum(number for _, number in rest):,}</p>' if rest else ""
    return _bars([(name, [("#2a6f97", number)]) for name, number in ranked[:MOST_BARS]]) + others


def _site_chart(sites: Mapping[str, SiteCount]) -> str:
    ranked = sorted(sites.items(), key=lambda one: (-one[1].articles, one[0]))
    filled = [(name, [(_COLOURS[role], site.roles[role]) for role in ROLES]) for name, site in ranked if site.articles]
    return _bars(filled[: 3 * MOST_BARS])


def _bars(rows: Sequence[tuple[str, Sequence[tuple[str, int]]]]) -> str:
    """Horizontal bars, each of one or more coloured parts, with name and sum."""
    if not rows:
        return ""
    most = max(sum(number for _, number in parts) for _, parts in rows) or 1
    lines = "".join(_bar(place, name, parts, most) for place, (name, parts) in enumerate(rows))
    return f'<svg viewBox="0 0 {_WIDE} {_HIGH * len(rows)}" role="img">{lines}</svg>'


def _bar(place: int, name: str, parts: Sequence[tuple[str, int]], most: int) -> str:
    top, left = place * _HIGH, float(_LABEL)
    drawn = [f'<text x="{_LABEL - 8}" y="{top + 16}" text-anchor="end">{_name(name)}</text>']
    for colour, number in parts:
        width = number / most * (_WIDE - _LABEL - _END)
        if number:
            drawn.append(
                f'<rect x="{left:.1f}" y="{top + 3}" width="{max(width, 1):.1f}" height="{_HIGH - 6}" fill="{colour}"/>'
            )
        left += width
    total = sum(number for _, number in parts)
    return "".join([*drawn, f'<text x="{left + 6:.1f}" y="{top + 16}">{total:,}</text>'])


def _name(name: str, longest: int = 16) -> str:
    shown = _WORDS.get(name, name)
    return escape(
        shown if len(shown) <= 2 * longest or (not shown.isascii() and len(shown) <= longest) else shown[:longest] + "…"
    )


def _month_chart(months: Mapping[str, int]) -> str:
    """Columns month by month from the first to the last, those without an article too."""
    dated = sorted(month for month in months if month != UNDATED)
    if not dated:
        return _bar_chart(months)
    shown = list(_each_month(dated[0], dated[-1]))[-240:]
    most, width = max(months.get(month, 0) for month in shown) or 1, _WIDE / len(shown)
    drawn = "".join(_column(place, month, months.get(month, 0), most, width) for place, month in enumerate(shown))
    undated = f'<p class="note">{_WORDS[UNDATED]}: {months[UNDATED]:,}</p>' if months.get(UNDATED) else ""
    return f'<svg viewBox="0 0 {_WIDE} {_COLUMNS_HIGH + 40}" role="img">{drawn}</svg>{undated}'


def _each_month(first: str, last: str) -> Iterator[str]:
    start, end = (int(month[:4]) * 12 + int(month[5:7]) - 1 for month in (first, last))
    for number in range(start, end + 1):
        yield f"{number // 12:04d}-{number % 12 + 1:02d}"


def _column(place: int, month: str, number: int, most: int, width: float) -> str:
    high = number / most * _COLUMNS_HIGH
    left, top = place * width, 16 + _COLUMNS_HIGH - high
    bar = f'<rect x="{left + width * 0.1:.1f}" y="{top:.1f}" width="{width * 0.8:.1f}" height="{high:.1f}" fill="#2a6f97">'
    parts = [f"{bar}<title>{month}: {number:,}</title></rect>"]
    if width >= 24 and number:  # noqa: PLR2004 (room for a number)
        parts.append(f'<text x="{left + width / 2:.1f}" y="{top - 3:.1f}" text-anchor="middle">{number:,}</text>')
    if month.endswith("-01") or width >= 60:  # noqa: PLR2004
        words = month if width >= 60 else month[:4]  # noqa: PLR2004
        parts.append(f'<text x="{left + width * 0.1:.1f}" y="{_COLUMNS_HIGH + 34}">{words}</text>')
    return "".join(parts)
