"""What the check of a WACZ may say, and what it may not: each claim with its limit."""

from collections.abc import Iterator
from typing import Final

from archive.verify.claims import continues, unanswered
from archive.verify.report import Claim
from archive.wacz.report import WaczReport

CLAIMS: Final = {
    "received": ("从服务器收到", "received from a server"),
    "supplied": ("由人提供", "supplied by a person"),
    "found": ("登记时已在磁盘上", "found on the disk when it was logged"),
}
"""How a capture came, by the word of its entry."""
UNANSWERED: Final = ("没有得到应答", "no answer came")
"""In its place, of an exchange that failed before any byte came."""


def tell_origin(claim: str, *, is_answered: bool) -> tuple[str, str]:
    """How a capture came, in both languages."""
    return UNANSWERED if claim == "received" and not is_answered else CLAIMS[claim]


def make_claims(report: WaczReport, *, are_keys_trusted: bool) -> tuple[Claim, ...]:
    """Claims in the order of their strength."""
    return tuple(_claims(report, are_keys_trusted=are_keys_trusted))


def _claims(report: WaczReport, *, are_keys_trusted: bool) -> Iterator[Claim]:
    is_proven = 0 < report.proven == report.captures
    is_unaltered = report.verdict in {"intact", "not-provable"}
    yield Claim(
        kind="unchanged",
        holds=is_proven and is_unaltered,
        chinese="文件中的每条记录与签名日志逐字节一致",
        english="every record in the file is, byte for byte, the one that the signed log has",
        proves_not_chinese="不证明网站确实发布过这些内容，只证明归档者收到或找到了这些字节",
        proves_not_english="not that the bureau published it: only that the archive received or found these bytes",
    )
    yield _received(report)
    yield Claim(
        kind="signed",
        holds=bool(report.signed_by),
        chinese="日志的检查点由密钥签署"
        + ("（由检查者提供的公钥，或由其轮换出的公钥）" if are_keys_trusted else "（公钥取自文件本身）"),
        english="the checkpoint of the log is signed by "
        + (
            "a key the checker brought, or one that its rotations lead to"
            if are_keys_trusted
            else "a key that lies in the file"
        ),
        proves_not_chinese="若公钥只来自文件本身，则任何人都可以用自己的密钥做出这样的文件",
        proves_not_english="of a key that only the file names, nothing: anybody can make such a file with a key of his own",
    )
    yield Claim(
        kind="existed",
        holds=report.until is not None,
        chinese="全部抓取在时间戳或见证所示时刻之前已经存在" + (f"：不晚于 {report.until}" if report.until else ""),
        english="all of it existed by the time of a timestamp or of a witness"
        + (f": {report.until}" if report.until else ""),
        proves_not_chinese="此前的各个抓取时间只是归档者自己的说法；没有什么能证明“不早于”",
        proves_not_english="the dates of captures before it are the archive's own word; nothing proves a “not before”",
    )
    yield Claim(
        kind="witnessed",
        holds=bool(report.cosigned_by),
        chinese="检查者指定的见证方见证了日志只增不改",
        english="a witness that the checker named saw the log grow to this, and never shrink or fork",
        proves_not_chinese="见证方没有看过内容；不证明内容属实",
        proves_not_english="it saw no content: not that it is true",
    )
    yield continues(holds=bool(report.continues))
    yield Claim(
        kind="packed",
        holds=report.signer is not None and is_unaltered,
        chinese="文件自打包之后未变（打包者的匿名签名）",
        english="the file is as it was packed (the anonymous signature of its packer)",
        proves_not_chinese="不证明打包者是谁；标题是打包者自述",
        proves_not_english="not who packed it; its title is the packer's word",
    )


def _received(report: WaczReport) -> Claim:
    weak = [
        (f"{count} {chinese}", f"{count} {english}")
        for count, chinese, english in (
            (report.found, "条只登记为“当时如此存在”", "only found on the disk"),
            (report.supplied, "条由人提供", "supplied by a person"),
        )
        if count
    ]
    return Claim(
        kind="received",
        holds=report.proven > 0 and not weak,
        chinese=f"并非全部取自服务器：{'，'.join(one for one, _ in weak)}"
        if weak
        else "全部抓取都登记为从服务器收到时的字节" + unanswered(report.unanswered)[0],
        english=f"not all of it was received from a server: {', '.join(one for _, one in weak)}"
        if weak
        else "every capture was logged as it was received from a server" + unanswered(report.unanswered)[1],
        proves_not_chinese="只是归档者的说法；找到的抓取，其所述日期早于登记时刻的，什么也不证明",
        proves_not_english="the archive's own word; of a capture that was found, a date before its finding proves nothing",
    )
