"""What a verification may say, and what it may not: each claim with its limit."""

from archive.verify.log_state import LogState, Trust
from archive.verify.report import Claim


def make_claims(state: LogState, trust: Trust, *, is_whole: bool = True) -> tuple[Claim, ...]:
    """Claims in the order of their strength; of what was looked at, where that is not the whole."""
    trusted = [key.name for key in trust.witnesses]
    return (
        Claim(
            kind="unchanged",
            holds=state.findings.is_all_as_logged,
            chinese="归档文件与日志逐字节一致" if is_whole else "所选抓取的记录与日志逐字节一致；其余未查",
            english="the files are, byte for byte, what the log says"
            if is_whole
            else "the records asked for are, byte for byte, what the log says; the others were not looked at",
            proves_not_chinese="不证明网站确实发布过这些内容，只证明归档者收到或找到了这些字节",
            proves_not_english="not that the bureau published it: only that the archive received or found these bytes",
        ),
        Claim(
            kind="received",
            holds=state.captures > state.found == 0,
            chinese="所有抓取都登记为收到时的字节" + unanswered(state.unanswered)[0]
            if not state.found
            else f"{state.captures} 条抓取中有 {state.found} 条只登记为“当时如此存在”，来历和收到的时间未经证明",
            english="every capture was logged as it was received or handed over" + unanswered(state.unanswered)[1]
            if not state.found
            else f"{state.found} of {state.captures} captures were only found: how and when they came is not proven",
            proves_not_chinese="只是归档者的说法；找到的抓取，其所述日期早于登记时刻的，什么也不证明",
            proves_not_english="the archive's own word; of a capture that was found, a date before its finding proves nothing",
        ),
        Claim(
            kind="signed",
            holds=state.seals > 0 and state.sealed >= state.substance,
            chinese="日志由密钥签署"
            + ("（由检查者提供的公钥，或由其轮换出的公钥）" if state.are_keys_trusted else "（公钥取自归档本身）"),
            english="the log is signed by "
            + (
                "a key the checker brought, or one that its rotations lead to"
                if state.are_keys_trusted
                else "a key that lies with it"
            ),
            proves_not_chinese="若公钥只来自归档本身，则持有密钥者可以重写全部历史并重新签署",
            proves_not_english="whoever holds the key could have rewritten the whole history and signed it anew",
        ),
        Claim(
            kind="existed",
            holds=state.until is not None and state.dated >= state.substance,
            chinese="签署的内容在时间戳或见证所示时刻之前已经存在" + _extent(state)[0],
            english="what was sealed existed by the time of a timestamp or of a witness" + _extent(state)[1],
            proves_not_chinese="此前的各个抓取时间只是归档者自己的说法",
            proves_not_english="the dates of captures before it are the archive's own word",
        ),
        Claim(
            kind="witnessed",
            holds=bool(trusted) and all(state.cosigned.get(one, 0) >= state.substance for one in trusted),
            chinese="检查者指定的见证方见证了日志只增不改",
            english="the witnesses that the checker named saw the log grow to this, and never shrink or fork",
            proves_not_chinese="见证方没有看过内容；不证明内容属实，也不证明见证方初次看到之前日志未被重写",
            proves_not_english="they saw no content: not that it is true, nor that the log was not rewritten before they saw it first",
        ),
        continues(holds=state.is_trusted_consistent),
    )


def unanswered(count: int) -> tuple[str, str]:
    """Beside a claim of what was received: that so many exchanges brought nothing."""
    return (f"，其中 {count} 次没有得到应答", f"; {count} of them had no answer") if count else ("", "")


def continues(*, holds: bool) -> Claim:
    """That it goes on from what the checker has kept."""
    return Claim(
        kind="continues",
        holds=holds,
        chinese="日志延续了检查者在别处保存的检查点",
        english="the log continues a checkpoint that the checker kept elsewhere",
        proves_not_chinese="没有别处保存的检查点、时间戳或见证，就看不出被重写的历史",
        proves_not_english="a rewritten history shows only against a checkpoint, timestamp or witness held elsewhere",
    )


def _extent(state: LogState) -> tuple[str, str]:
    """How far a time reaches: what was logged after it has none."""
    if state.until is None or state.dated >= state.head.size:
        return "", ""
    rest = state.head.size - state.dated
    return (
        f"：仅限前 {state.dated} 个条目；其后 {rest} 个条目没有可证明的时间",
        f": the first {state.dated} entries only; the {rest} after them have no provable time",
    )
