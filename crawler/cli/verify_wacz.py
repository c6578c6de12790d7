"""What `lantian verify` says of WACZ files, which carry their proofs with them."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from archive.verify.log_state import Trust
from archive.verify.page import BROUGHT, VERDICTS, claim_lines, finding_lines, redo_lines
from archive.verify.report import EXIT_CODES
from archive.wacz.check import check_wacz
from archive.wacz.claims import UNANSWERED, make_claims
from archive.wacz.page import LYING, to_html
from archive.wacz.report import FORMAT, WaczReport
from archive.writing import write_text
from crawler.cli.output import print_json, say

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
    more = {"format": FORMAT, "verdict": report.verdict, "are_keys_trusted": is_trusted, "claims": claims}
    return asdict(report) | {"findings": findings, "reextraction": made} | more


def _to_lines(report: WaczReport, *, is_trusted: bool) -> Iterator[str]:
    claims = make_claims(report, are_keys_trusted=is_trusted)
    weak = next(claim for claim in claims if claim.kind == "received")
    only = f"; {weak.chinese} / {weak.english}" if report.is_weak else ""
    yield f"{report.path}: {' / '.join(VERDICTS[report.verdict])}{only}"
    if report.is_readable:
        yield f"  抓取 {report.captures} 条，日志可证 {report.proven} 条 / {report.proven} of {report.captures} captures proved"
        told = f"≤ {report.until}, {report.entries} entries" if report.until else "无 none"
        yield f"  可证明的时间 provable time: {told}"
        yield from _to_sights(report)
    yield from _to_captures(report)
    yield from _to_notes(report)
    if report.is_readable:
        yield from claim_lines(claims)
    yield from finding_lines([one.to_finding() for one in report.findings], omitted=report.omitted)
    whose = BROUGHT if is_trusted else LYING
    yield from redo_lines(report.signed_by, report.checkpoint, report.commands, whose=whose)


def _to_captures(report: WaczReport) -> Iterator[str]:
    for one in report.listed[:_SHOWN]:
        about = [
            f"{where} {word}"
            for where, word in (("来自 from", one.peer), ("证书 certificate", one.certificate))
            if word
        ]
        about += [] if one.is_answered else [" ".join(UNANSWERED)]
        yield "; ".join((f"  {one.date} {one.uri}", *about))
    if (rest := report.proven - _SHOWN) > 0:
        yield f"  … 其余 {rest} 条未列出 / and {rest} more"


def _to_sights(report: WaczReport) -> Iterator[str]:
    """By whom all of it was seen, and what was seen of the log before the last of it came."""
    for seen in report.seen:
        yield (
            f"  日志前 {seen.entries} 个条目不晚于 {seen.moment} 已存在（{seen.witness}） / the first {seen.entries} entries of the "
            f"log existed by {seen.moment}, by the word of {seen.witness}"
        )
    for name in report.cosigned_by:
        yield f"  见证方联署 / cosigned by the witness {name}, who saw this log grow and never shrink or fork"


def _to_notes(report: WaczReport) -> Iterator[str]:
    """What is said of the captures and the file, and not that a server sent it; and what became of the texts."""
    if report.found:
        yield (
            "  仅证明当时已存在于磁盘，接收时间未经证明 / "
            f"{report.found} of them only found on the disk, by {report.found_by}: the date of receipt is unproven"
        )
    if report.supplied:
        yield f"  由人提供，并非取自服务器 / {report.supplied} of them supplied by a person, not received from a server"
    if report.title:
        yield f"  标题为打包者自述 / its title “{report.title}” is the word of whoever packed it, and proved by nothing"
    if made := report.reextraction:
        yield (
            f"  登记的 {made.logged} 篇文字中重新提取了 {made.read} 篇：{made.same} 篇相同，{made.other_recipe} 篇因提取程序不同而异，"
            f"{made.failed} 篇未能提取 / {made.read} of {made.logged} logged texts made again from the bytes: {made.same} "
            f"the same, {made.other_recipe} otherwise by another recipe, {made.failed} could not be made"
        )
