"""The report for people, in Chinese and English side by side: for a terminal, and as one page to hand on."""

from collections.abc import Iterable, Iterator
from typing import Final

from archive.display import escape
from archive.verify.html import both, claims_table, heading, lines, looks_table, make_page, paragraph, table
from archive.verify.report import Claim, Finding, Report, Verdict

VERDICTS: Final[dict[Verdict, tuple[str, str]]] = {
    "intact": ("完好", "intact"),
    "altered": ("有改动", "altered"),
    "unreadable": ("无法读取", "unreadable"),
    "not-provable": ("与日志并无矛盾,但尚不能证明", "nothing contradicts the log, but not all is provable"),
}
SHOWN: Final = 200
"""Findings listed; `--json` has all of them."""


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
    yield from claim_lines(report.claims)
    for finding in report.findings[:SHOWN]:
        yield f"  {finding.weight}: {_tell(finding)}"
    if len(report.findings) > SHOWN:
        yield f"  … and {len(report.findings) - SHOWN} more; --json lists them"
    if report.omitted:
        yield f"  … and {report.omitted} of them not listed anywhere, but part of the verdict"
    yield from _to_redo(report)


def claim_lines(claims: Iterable[Claim]) -> Iterator[str]:
    """What is proved and what not, for a terminal."""
    for claim in claims:
        yield f"  [{'x' if claim.holds else ' '}] {claim.chinese} / {claim.english}"
        yield f"      {claim.proves_not_chinese} / {claim.proves_not_english}"


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
        yield from "\n".join(report.commands).split("\n")


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
    counts = report.counts.model_dump(exclude_none=True).items()
    parts = [
        f"<p><code>{escape(report.archive)}</code></p>",
        *(f"<p class=not-provable>{escape(one)}</p>" for one in _found(report) if report.counts.found),
        _window(report),
        heading("能证明什么,不能证明什么", "What it proves, and what not"),
        claims_table(report.claims),
        heading("发现", f"Findings ({len(report.findings)})"),
        table(("位置 place", "发现 finding", "应为 expected", "实为 found"), _findings(report)),
        heading("检查范围", "What was looked at"),
        looks_table(report.looked),
        table(("", ""), [(escape(name), str(value)) for name, value in counts]),
        heading("密钥与检查点", "Keys and checkpoint"),
        lines((*report.keys, "", report.checkpoint or "")),
        heading("自行复核", "Redo it yourself"),
        lines(report.commands),
    ]
    return make_page(*VERDICTS[report.verdict], parts, mood=report.verdict)


def _window(report: Report) -> str:
    if not report.window.until:
        return paragraph("没有受信任的时间戳,无法证明存在的时间。", "No trusted timestamp: no time is provable.")
    witnesses, until, entries = "; ".join(report.window.witnesses), report.window.until, report.window.entries
    return paragraph(
        f"前 {entries} 个条目不晚于 {until} 已存在({witnesses})。",
        f"The first {entries} entries existed by {until}, by the word of {witnesses}.",
    )


def _findings(report: Report) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for finding in report.findings[:SHOWN]:
        place = finding.place or ""
        at = f"{place}{f' @ {finding.offset}' if finding.offset is not None else ''}"
        entry = f"<br>entry {finding.entry}" if finding.entry is not None else ""
        where = f"{escape(at)}<br>{escape(finding.record or '')}{entry}"
        what = f"<span class={finding.weight}>{both(finding.chinese, finding.english)}</span>"
        rows.append((where, what, escape(finding.expected or ""), escape(finding.actual or "")))
    return rows
