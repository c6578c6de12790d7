"""What `lantian verify` says of WACZ files, which carry their proofs with them."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from archive.export.writing import write_text
from archive.verify.log_state import Trust
from archive.verify.page import claim_lines
from archive.verify.report import EXIT_CODES
from archive.wacz.check import check_wacz
from archive.wacz.claims import make_claims
from archive.wacz.page import to_html
from archive.wacz.report import WaczFinding, WaczReport
from crawler.cli.output import print_json, say

_SAID: Final = {
    "intact": "intact: every capture stands in the signed log as it is here · 完好：所有抓取均与签名日志一致",
    "altered": "altered: something is not as it was sealed · 已被改动：内容与封存时不一致",
    "unreadable": "unreadable: this is no whole WACZ · 无法读取：不是完整的 WACZ 文件",
    "not-provable": "not provable: nothing vouches for some of the captures · 无法证明：部分抓取没有证据",
}
_WEAK: Final = (
    "intact as logged, and not all of it was received from a server: see below "
    "· 与签名日志一致，但并非全部取自服务器，见下"
)
_SHOWN: Final = 10
"""Captures that are listed on a terminal."""
_WORST: Final = ("unreadable", "altered", "not-provable", "intact")


def check_wacz_files(
    files: Sequence[Path], *, trust: Trust, reextract: int | None, workers: int, as_json: bool, page: Path | None
) -> int:
    """Check each file and tell, a single one as a `page` too; gives the exit code of the worst verdict."""
    verdicts = []
    is_trusted = bool(trust.keys)
    for path in files:
        report = check_wacz(path, trust=trust, reextract=reextract, workers=workers)
        verdicts.append(report.verdict)
        if as_json:
            print_json(to_json(report, is_trusted=is_trusted))
        else:
            for line in _to_lines(report, is_trusted=is_trusted):
                say(line)
        if page:
            write_text(page, to_html(report, are_keys_trusted=is_trusted))
    return EXIT_CODES[min(verdicts, key=_WORST.index)]


def to_json(report: WaczReport, *, is_trusted: bool) -> dict[str, Any]:
    """What is printed, see `archive/wacz/report.schema.json`; `is_trusted` is whether the checker brought the keys."""
    findings = [
        asdict(one) | {"weight": one.weight, "chinese": one.words[0], "english": one.words[1]}
        for one in report.findings
    ]
    made = report.reextraction.model_dump() if report.reextraction else None
    claims = [claim.model_dump() for claim in make_claims(report, are_keys_trusted=is_trusted)]
    more = {"verdict": report.verdict, "are_keys_trusted": is_trusted, "claims": claims}
    return asdict(report) | {"findings": findings, "reextraction": made} | more


def _to_lines(report: WaczReport, *, is_trusted: bool) -> Iterator[str]:
    is_weak = report.verdict == "intact" and report.is_weak
    yield f"{report.path}: {_WEAK if is_weak else _SAID[report.verdict]}"
    if report.is_readable:
        yield f"  {report.proven} of {report.captures} captures proved"
    yield from _to_captures(report)
    yield from _to_claims(report)
    for name in report.signed_by:
        known = "named with --pubkey" if is_trusted else "found in the file itself; name it with --pubkey to trust it"
        yield f"  checkpoint signed by {name} ({known})"
    for name in report.cosigned_by:
        yield f"  cosigned by the witness {name}, who saw this log grow and never shrink or fork · 见证方联署"
    yield from _to_times(report)
    if made := report.reextraction:
        yield (
            f"  {made.read} of {made.logged} logged texts made again from the bytes: {made.same} the same, "
            f"{made.other_recipe} otherwise by another recipe, {made.failed} could not be made · 重新提取文字"
        )
    if report.is_readable:
        yield from claim_lines(make_claims(report, are_keys_trusted=is_trusted))
    yield from _to_findings(report)
    if report.commands:
        yield "  --html FILE writes this as a page, with commands to redo it without us · 可导出报告及复核命令"


def _to_captures(report: WaczReport) -> Iterator[str]:
    for one in report.listed[:_SHOWN]:
        yield f"  {one.date} {one.uri}" + "".join(
            f"; {where} {word}" for where, word in (("from", one.peer), ("certificate", one.certificate)) if word
        )
    if report.proven > _SHOWN:
        yield f"  … and {report.proven - _SHOWN} more · 其余未列出"


def _to_times(report: WaczReport) -> Iterator[str]:
    """By when all of it existed, and what was seen of the log before the last of it came."""
    if report.until:
        yield f"  existed by {report.until}, by the word of {'; '.join(report.witnesses)} · 不晚于该时刻已存在"
    for seen in report.seen:
        if seen.entries < report.entries:
            yield (
                f"  what stands among the first {seen.entries} entries of the log existed by {seen.moment}, by the word of "
                f"{seen.witness} · 日志前 {seen.entries} 个条目不晚于该时刻已存在"
            )


def _to_claims(report: WaczReport) -> Iterator[str]:
    """What is said of the captures and the file, and not that a server sent it."""
    if report.found:
        yield (
            f"  {report.found} of them only found on the disk, by {report.found_by}: the date of receipt is unproven "
            "· 仅证明当时已存在于磁盘，接收时间未经证明"
        )
    if report.supplied:
        yield f"  {report.supplied} of them supplied by a person, not received from a server · 由人提供，非取自服务器"
    if report.title:
        yield f"  its title “{report.title}” is the word of whoever packed it, and proved by nothing · 标题为打包者自述"


def _to_findings(report: WaczReport) -> Iterator[str]:
    for finding in report.findings:
        yield f"  {_to_line(finding)}"
    if report.omitted:
        yield f"  … and {report.omitted} findings more, not listed but part of the verdict · 其余未列出"


def _to_line(finding: WaczFinding) -> str:
    place = finding.file + (f" at byte {finding.offset}" if finding.offset is not None else "")
    details = [f"{name} {value}" for name in ("expected", "actual") if (value := getattr(finding, name))]
    record = [f"record {finding.record_id}"] if finding.record_id else []
    head = f"{finding.words[0]} / {finding.words[1]} [{finding.kind}]"
    return "; ".join([f"{place}: {head}" if place else head, *record, *details])
