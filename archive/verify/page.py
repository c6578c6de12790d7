"""The report for people, in Chinese and English side by side: for a terminal, and as one page to hand on."""

from collections.abc import Iterable, Iterator
from typing import Final

from archive.display import escape
from archive.verify.report import Finding, Report, Verdict

VERDICTS: Final[dict[Verdict, tuple[str, str]]] = {
    "intact": ("完好", "intact"),
    "altered": ("有改动", "altered"),
    "unreadable": ("无法读取", "unreadable"),
    "not-provable": ("与日志并无矛盾,但尚不能证明", "nothing contradicts the log, but not all is provable"),
}
SHOWN: Final = 200
"""Findings listed; `--json` has all of them."""

_STYLE: Final = """
body { font: 16px/1.6 "Noto Sans CJK SC", "PingFang SC", sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
h1 small { font-weight: normal } .intact { color: #17692b } .altered, .unreadable { color: #a31515 }
.not-provable { color: #8a5a00 } table { border-collapse: collapse; width: 100% } td, th { border: 1px solid #ccc;
padding: .3rem .5rem; text-align: left; vertical-align: top; overflow-wrap: anywhere } code, pre { font-size: .85em }
pre { white-space: pre-wrap } .no { color: #888 } @media print { body { margin: 0 } }
"""


def to_lines(report: Report) -> Iterator[str]:
    """The report for a terminal."""
    chinese, english = VERDICTS[report.verdict]
    counts = report.counts
    only = f"; {' / '.join(_found(report))}" if counts.found else ""
    yield f"{report.archive}: {chinese} / {english}{only}"
    yield (
        f"  {counts.entries} entries, {counts.captures} captures, {counts.records} records, {counts.files} files, "
        f"{counts.seals} seals, {counts.timestamps} timestamps"
    )
    window = report.window
    told = f"≤ {window.until}, {window.entries} entries" if window.until else "无 none"
    yield f"  可证明的时间 provable time: {told}"
    for look in report.looked:
        yield f"  [{'x' if look.done else ' '}] 查看 looked at: {look.chinese} / {look.english}"
    for claim in report.claims:
        yield f"  [{'x' if claim.holds else ' '}] {claim.chinese} / {claim.english}"
        yield f"      {claim.proves_not_chinese} / {claim.proves_not_english}"
    for finding in report.findings[:SHOWN]:
        yield f"  {finding.weight}: {_tell(finding)}"
    if len(report.findings) > SHOWN:
        yield f"  … and {len(report.findings) - SHOWN} more; --json lists them"
    if report.omitted:
        yield f"  … and {report.omitted} of them not listed anywhere, but part of the verdict"
    yield from _to_redo(report)


def _found(report: Report) -> tuple[str, str]:
    """What stands beside the verdict where some captures were only found: intact is not all that is to be said of them."""
    found, captures = report.counts.found, report.counts.captures
    return (
        f"{captures} 条抓取中有 {found} 条只登记为“当时如此存在”:收到的时间未经证明",
        f"{found} of {captures} captures were only found, not received: when they came is not proven",
    )


def _to_redo(report: Report) -> Iterator[str]:
    """What somebody needs who does not take our word for it."""
    whose = "检查者带来 brought by the checker" if report.are_keys_trusted else "取自归档本身 lying with the archive"
    for key in report.keys:
        yield f"  密钥 key ({whose}): {key}"
    for number, line in enumerate((report.checkpoint or "").splitlines()):
        yield f"  {'检查点 checkpoint: ' if not number else '  '}{line}"
    if report.commands:
        yield "  自行复核,依次粘贴 to redo it yourself, paste one after another:"
        yield from report.commands


def _tell(finding: Finding) -> str:
    where = finding.place or ("log" if finding.entry is not None else "")
    at = [where] if where else []
    at += [f"at byte {finding.offset}"] if finding.offset is not None else []
    at += [f"entry {finding.entry}"] if finding.entry is not None else []
    at += [finding.record] if finding.record else []
    said = [f"expected {finding.expected}"] if finding.expected else []
    said += [f"found {finding.actual}" if finding.expected else finding.actual] if finding.actual else []
    values = f" ({', '.join(said)})" if said else ""
    return f"{' '.join(at) or 'archive'}: {finding.chinese} / {finding.english} [{finding.kind}]{values}"


def to_html(report: Report) -> str:
    """The report as one page without scripts or outside parts."""
    chinese, english = VERDICTS[report.verdict]
    parts = [
        "<!doctype html><html lang=zh><meta charset=utf-8><meta name=viewport content='width=device-width'>",
        f"<title>{escape(chinese)} {escape(english)}</title><style>{_STYLE}</style>",
        f"<h1 class={report.verdict}>{escape(chinese)} <small>{escape(english)}</small></h1>",
        f"<p><code>{escape(report.archive)}</code></p>",
        *(f"<p class=not-provable>{escape(one)}</p>" for one in _found(report) if report.counts.found),
        _window(report),
        "<h2>能证明什么,不能证明什么 <small>What it proves, and what not</small></h2>",
        _table(("", "证明 proves", "不证明 does not prove"), _claims(report)),
        f"<h2>发现 <small>Findings ({len(report.findings)})</small></h2>",
        _table(("位置 place", "发现 finding", "应为 expected", "实为 found"), _findings(report)),
        "<h2>检查范围 <small>What was looked at</small></h2>",
        _table(("", ""), _looks(report)),
        _table(
            ("", ""),
            [(escape(name), str(value)) for name, value in report.counts.model_dump(exclude_none=True).items()],
        ),
        "<h2>密钥与检查点 <small>Keys and checkpoint</small></h2>",
        f"<pre>{_lines(report.keys)}\n\n{_lines((report.checkpoint or '').split(chr(10)))}</pre>",
        "<h2>自行复核 <small>Redo it yourself</small></h2>",
        f"<pre>{_lines(report.commands)}</pre></html>\n",
    ]
    return "\n".join(parts)


def _lines(lines: Iterable[str]) -> str:
    return "\n".join(map(escape, lines))


def _window(report: Report) -> str:
    if not report.window.until:
        return "<p>没有受信任的时间戳,无法证明存在的时间。<br>No trusted timestamp: no time is provable.</p>"
    witnesses = escape("; ".join(report.window.witnesses))
    until = escape(report.window.until)
    entries = report.window.entries
    return (
        f"<p>前 {entries} 个条目不晚于 {until} 已存在({witnesses})。<br>"
        f"The first {entries} entries existed by {until}, by the word of {witnesses}.</p>"
    )


def _looks(report: Report) -> list[tuple[str, ...]]:
    return [
        ("✓" if look.done else "<span class=no>—</span>", f"{escape(look.chinese)}<br>{escape(look.english)}")
        for look in report.looked
    ]


def _claims(report: Report) -> list[tuple[str, ...]]:
    return [
        (
            "✓" if claim.holds else "<span class=no>—</span>",
            f"{escape(claim.chinese)}<br>{escape(claim.english)}",
            f"{escape(claim.proves_not_chinese)}<br>{escape(claim.proves_not_english)}",
        )
        for claim in report.claims
    ]


def _findings(report: Report) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for finding in report.findings[:SHOWN]:
        place = finding.place or ""
        at = f"{place}{f' @ {finding.offset}' if finding.offset is not None else ''}"
        entry = f"<br>entry {finding.entry}" if finding.entry is not None else ""
        where = f"{escape(at)}<br>{escape(finding.record or '')}{entry}"
        what = f"<span class={finding.weight}>{escape(finding.chinese)}<br>{escape(finding.english)}</span>"
        rows.append((where, what, escape(finding.expected or ""), escape(finding.actual or "")))
    return rows


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    if not rows:
        return "<p>无 none</p>"
    titles = "".join(f"<th>{escape(title)}</th>" for title in head)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><tr>{titles}</tr>{body}</table>"
