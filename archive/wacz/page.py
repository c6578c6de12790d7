"""What the check of a WACZ found as one page to hand on, in Chinese and English."""

from typing import Final

from archive.display import escape
from archive.verify.html import both, claims_table, heading, lines, make_page, paragraph, table
from archive.verify.page import BROUGHT, REDO, SHOWN, VERDICTS, findings_part
from archive.wacz.claims import make_claims, tell_origin
from archive.wacz.report import WaczReport

LYING: Final = "取自文件本身，可信与否请用 --pubkey 指定 found in the file itself; name it with --pubkey to trust it"
"""Where keys come from that the checker did not bring."""


def to_html(report: WaczReport, *, are_keys_trusted: bool) -> str:
    """The page, without scripts or outside parts; `are_keys_trusted` is whether the checker brought the keys."""
    whose = BROUGHT if are_keys_trusted else LYING
    claims = make_claims(report, are_keys_trusted=are_keys_trusted)
    weak = next(claim for claim in claims if claim.kind == "received")
    parts = [
        f"<p><code>{escape(report.path)}</code></p>",
        *([paragraph(weak.chinese, weak.english, mood="not-provable")] if report.is_weak else []),
        *_window(report),
        heading("所含抓取", f"Captures ({report.proven} / {report.captures})"),
        table(("网址 address", "抓取时间 captured", "来历 how it came"), _captures(report)),
        *_unlisted(report),
        heading("能证明什么，不能证明什么", "What it proves, and what not"),
        claims_table(claims),
        *findings_part([one.to_finding() for one in report.findings], omitted=report.omitted),
        heading("检查范围", "What was looked at"),
        table(("", ""), _counts(report)),
        heading("密钥与检查点", "Keys and checkpoint"),
        lines((*(f"{key}   ({whose})" for key in report.signed_by), "", report.checkpoint or "")),
        heading(*REDO),
        lines(report.commands),
    ]
    return make_page(*VERDICTS[report.verdict], parts, mood=report.verdict)


def _window(report: WaczReport) -> list[str]:
    said = [
        paragraph(
            f"日志前 {one.entries} 个条目不晚于 {one.moment} 已存在（{one.witness}）。",
            f"The first {one.entries} entries of the log existed by {one.moment}, by the word of {one.witness}.",
        )
        for one in sorted(report.seen, key=lambda one: (one.entries, one.moment))[:SHOWN]
    ]
    if report.until is None:
        return [
            paragraph(
                "没有受信任的时间戳或见证证明全部抓取的时间。", "No trusted timestamp dates all of it, and no witness."
            ),
            *said,
        ]
    whole = paragraph(
        f"全部抓取不晚于 {report.until} 已存在（日志前 {report.entries} 个条目）。",
        f"All of it existed by {report.until} (the first {report.entries} entries of the log).",
    )
    return [whole, *said]


def _captures(report: WaczReport) -> list[tuple[str, ...]]:
    return [
        (
            f"{escape(one.uri)}<br>{escape(one.record_id)}",
            escape(one.date),
            "<br>".join(
                (
                    both(*tell_origin(one.claim, is_answered=one.is_answered)),
                    *(escape(word) for word in (one.peer, one.certificate) if word),
                )
            ),
        )
        for one in report.listed
    ]


def _unlisted(report: WaczReport) -> list[str]:
    rest = report.proven - len(report.listed)
    return [paragraph(f"其余 {rest} 条未列出。", f"{rest} more are not listed.")] if rest else []


def _counts(report: WaczReport) -> list[tuple[str, ...]]:
    counts = {
        "抓取 captures": report.captures,
        "日志可证 proven by the log": report.proven,
        "没有得到应答 without an answer": report.unanswered,
        "由人提供 supplied by a person": report.supplied,
        "当时存在 found on the disk": report.found,
        "时间戳 timestamps that hold": report.timestamps,
    }
    made = report.reextraction
    told = f"{made.read} / {made.logged}: {made.same} same" if made else "未查 not looked at; --reextract"
    return [*((name, str(count)) for name, count in counts.items()), ("重新提取的文字 texts made again", told)]
