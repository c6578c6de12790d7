"""The report for people, in Chinese and English side by side: for a terminal, and as one page to hand on."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from archive.display import escape
from archive.verify.html import both, claims_table, heading, lines, looks_table, make_page, paragraph, table
from archive.verify.report import Claim, Finding, Report, Verdict, Weight

VERDICTS: Final[dict[Verdict, tuple[str, str]]] = {
    "intact": ("完好", "intact"),
    "altered": ("有改动", "altered"),
    "unreadable": ("无法读取", "unreadable"),
    "not-provable": ("与日志并无矛盾，但尚不能证明", "nothing contradicts the log, but not all is provable"),
}
NO_LOG: Final = ("没有日志，无从证明", "there is no log, so nothing can be proven")
"""What is said where nothing could contradict anything."""
REDO: Final = ("自行复核：依次粘贴到 bash", "to redo it yourself, paste into bash one after another")
BROUGHT: Final = "由检查者提供或由其轮换而来 brought by the checker, or led to by its rotations"
LYING: Final = "取自归档本身，可信与否请用 --pubkey 指定 lying with the archive; name it with --pubkey to trust it"
"""Where keys come from."""
_COUNTED: Final = {
    "entries": "日志条目",
    "captures": "抓取",
    "found": "当时如此存在的抓取",
    "records": "记录",
    "files": "文件",
    "bytes": "字节",
    "seals": "签署",
    "timestamps": "时间戳",
    "selected": "所选抓取",
}
"""The names of `Counts` in Chinese."""
_WORST: Final[tuple[Weight, ...]] = ("altered", "unreadable", "not-provable", "note")
SHOWN: Final = 200
"""Findings listed; `--json` has all of them."""


def to_lines(report: Report) -> Iterator[str]:
    """The report for a terminal."""
    chinese, english = _verdict(report)
    only = f"; {' / '.join(_found(report))}" if report.counts.found else ""
    yield f"{report.archive}: {chinese} / {english}{only}"
    yield f"  {'; '.join(f'{name}: {count}' for name, count in _counted(report))}"
    window = report.window
    told = f"≤ {window.until}, {window.entries} entries ({'; '.join(window.witnesses)})" if window.until else "无 none"
    yield f"  可证明的时间 provable time: {told}"
    for look in report.looked:
        yield f"  [{'x' if look.done else ' '}] 查看 looked at: {look.chinese} / {look.english}"
    yield from claim_lines(report.claims)
    yield from finding_lines(report.findings, omitted=report.omitted)
    whose = BROUGHT if report.are_keys_trusted else LYING
    yield from redo_lines(report.keys, report.checkpoint, report.commands, whose=whose)


def claim_lines(claims: Iterable[Claim]) -> Iterator[str]:
    """What is proved and what not, for a terminal."""
    for claim in claims:
        yield f"  [{'x' if claim.holds else ' '}] {claim.chinese} / {claim.english}"
        yield f"      {claim.proves_not_chinese} / {claim.proves_not_english}"


def finding_lines(findings: Sequence[Finding], *, omitted: int) -> Iterator[str]:
    """What was found, with its weight, for a terminal; `omitted` more were not kept."""
    for finding in _worst_first(findings):
        yield f"  {finding.weight}: {_tell(finding)}"
    if (rest := len(findings) - SHOWN) > 0:
        yield f"  … 其余 {rest} 项见 --json / and {rest} more; --json lists them"
    if omitted:
        yield f"  … 另有 {omitted} 项未列出，但已计入结论 / and {omitted} not listed anywhere, but part of the verdict"


def redo_lines(keys: Iterable[str], checkpoint: str | None, commands: Sequence[str], *, whose: str) -> Iterator[str]:
    """What somebody needs who does not take our word for it, for a terminal; `whose` says where the keys came from."""
    for key in keys:
        yield f"  密钥 key ({whose}): {key}"
    for number, line in enumerate((checkpoint or "").splitlines()):
        yield f"  {'检查点 checkpoint: ' if not number else '  '}{line}"
    if commands:
        yield f"  {' / '.join(REDO)}:"
        yield from "\n".join(commands).split("\n")


def _verdict(report: Report) -> tuple[str, str]:
    has_none = report.verdict == "not-provable" and not report.counts.entries
    return NO_LOG if has_none else VERDICTS[report.verdict]


def _counted(report: Report) -> list[tuple[str, ...]]:
    counts = report.counts.model_dump(exclude_none=True).items()
    return [(f"{_COUNTED[name]} {name}", str(count)) for name, count in counts]


def _found(report: Report) -> tuple[str, str]:
    """What stands beside the verdict where some captures were only found: intact is not all that is to be said of them."""
    found, captures = report.counts.found, report.counts.captures
    return (
        f"{captures} 条抓取中有 {found} 条只登记为“当时如此存在”：收到的时间未经证明",
        f"{found} of {captures} captures were only found, not received: when they came is not proven",
    )


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
    whose = BROUGHT if report.are_keys_trusted else LYING
    parts = [
        f"<p><code>{escape(report.archive)}</code></p>",
        *(f"<p class=not-provable>{escape(one)}</p>" for one in _found(report) if report.counts.found),
        _window(report),
        heading("能证明什么，不能证明什么", "What it proves, and what not"),
        claims_table(report.claims),
        *findings_part(report.findings, omitted=report.omitted),
        heading("检查范围", "What was looked at"),
        looks_table(report.looked),
        table(("", ""), _counted(report)),
        heading("密钥与检查点", "Keys and checkpoint"),
        lines((*(f"{key}   ({whose})" for key in report.keys), "", report.checkpoint or "")),
        heading(*REDO),
        lines(report.commands),
    ]
    return make_page(*_verdict(report), parts, mood=report.verdict)


def _window(report: Report) -> str:
    if not report.window.until:
        return paragraph(
            "没有受信任的时间戳或见证，无法证明存在的时间。", "No trusted timestamp or witness: no time is provable."
        )
    witnesses, until, entries = "; ".join(report.window.witnesses), report.window.until, report.window.entries
    return paragraph(
        f"前 {entries} 个条目不晚于 {until} 已存在（{witnesses}）。",
        f"The first {entries} entries existed by {until}, by the word of {witnesses}.",
    )


def findings_part(findings: Sequence[Finding], *, omitted: int) -> Iterator[str]:
    """What was found, as a section of a page; `omitted` more were not kept."""
    yield heading("发现", f"Findings ({len(findings) + omitted})")
    yield table(("位置 place", "发现 finding", "应为 expected", "实为 found"), list(map(_row, _worst_first(findings))))
    if (rest := len(findings) + omitted - SHOWN) > 0:
        yield paragraph(
            f"其余 {rest} 项未列出，但已计入结论。", f"{rest} more are not listed here, but part of the verdict."
        )


def _worst_first(findings: Sequence[Finding]) -> Sequence[Finding]:
    """Those that are shown: no number of notes hides an alteration."""
    return sorted(findings, key=lambda finding: _WORST.index(finding.weight))[:SHOWN]


def _row(finding: Finding) -> tuple[str, ...]:
    at = f" @ {finding.offset}" if finding.offset is not None else ""
    entry = f"entry {finding.entry}" if finding.entry is not None else ""
    where = "<br>".join(escape(one) for one in (f"{finding.place or ''}{at}", finding.record, entry) if one)
    what = f"<span class={finding.weight}>{both(finding.chinese, finding.english)}<br>{escape(finding.kind)}</span>"
    return where, what, escape(finding.expected or ""), escape(finding.actual or "")
