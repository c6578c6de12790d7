"""What can be found, in the words of both languages; every finding names one of these kinds."""

from typing import Final

from archive.verify.report import Finding, Weight

KINDS: Final[dict[str, tuple[Weight, str, str]]] = {
    "header-altered": ("altered", "WARC 记录头被改动", "the WARC header of the record was altered"),
    "date-altered": ("altered", "抓取时间 WARC-Date 被改动", "WARC-Date was altered"),
    "uri-altered": ("altered", "网址 WARC-Target-URI 被改动", "WARC-Target-URI was altered"),
    "block-altered": ("altered", "记录内容(HTTP 头部等)被改动", "the block of the record was altered"),
    "payload-altered": ("altered", "网页正文字节被改动", "the payload was altered"),
    "record-altered": ("altered", "记录被改动", "the record was altered"),
    "gzip-altered": ("altered", "记录内容未变,但压缩字节被改动", "the content is the same, the compressed bytes are not"),
    "gzip-broken": ("altered", "压缩数据损坏", "the compressed data is broken"),
    "record-missing": ("altered", "记录被删除", "the record is missing"),
    "record-moved": ("altered", "记录次序被改动", "the record is not in its order"),
    "record-duplicated": ("altered", "记录被重复写入", "the record stands here once more"),
    "record-unlisted": ("altered", "文件里有日志没有登记的记录", "the log knows nothing of this record"),
    "bytes-unlisted": ("altered", "文件里有日志没有登记的字节", "the log knows nothing of these bytes"),
    "file-missing": ("altered", "文件缺失", "the file is missing"),
    "file-unlisted": ("altered", "日志没有登记的文件", "the log knows nothing of this file"),
    "file-misplaced": ("altered", "文件被改名或调换", "the file is another's: renamed or swapped"),
    "file-altered": ("altered", "文件整体摘要不符", "the digest of the whole file differs"),
    "record-id-reused": ("altered", "同一记录号用于多条记录", "one record id stands for several records"),
    "revisit-nowhere": ("altered", "重访记录所指的原记录不存在", "the revisit refers to a record that is not there"),
    "revisit-loop": ("altered", "重访记录互相指向,没有原件", "the revisits refer to one another, to no original"),
    "digest-disagrees": ("altered", "日志登记的摘要与字节不符", "a digest of the log is not that of the bytes"),
    "future-dated": ("altered", "抓取时间晚于登记时间", "the capture is dated after it was logged"),
    "back-dated": ("altered", "抓取时间远早于登记时间", "the capture is dated long before it was logged as received"),
    "clock-contradiction": ("altered", "登记时间晚于时间戳", "an entry says it was made after the timestamp over it"),
    "log-unreadable": ("unreadable", "日志无法读取", "the log cannot be read"),
    "log-tiles": ("altered", "日志的哈希树与条目不符", "the tiles of the log are not those of its entries"),
    "log-entry": ("altered", "日志条目无效", "an entry of the log is invalid"),
    "log-chain": ("altered", "同一网址的前后条目不相连", "the chain of an address's captures is broken"),
    "log-cut": ("altered", "日志被截短", "the log is shorter than what was signed"),
    "log-rewritten": ("altered", "日志被改写:与已签署的检查点不符", "the log is not the one that was signed"),
    "log-forked": ("altered", "日志与所信任的检查点不符", "the log does not continue the trusted checkpoint"),
    "seal-unreadable": ("altered", "检查点文件损坏", "a signed checkpoint cannot be read"),
    "seal-signature": ("altered", "检查点签名无效", "the signature of a checkpoint is not valid"),
    "key-swapped": ("altered", "签名密钥被替换,且没有轮换登记", "the key changed without a rotation that the old one signed"),
    "key-untrusted": ("altered", "检查点不是由所信任的密钥签署", "no trusted key signed the checkpoint"),
    "rotation-unsigned": ("altered", "密钥轮换没有旧密钥的签名", "a key rotation is not signed by the old key"),
    "timestamp-other": ("altered", "时间戳对应的是别的数据", "a timestamp is over other data"),
    "timestamp-untrusted": ("not-provable", "时间戳机构不受信任或已过期", "no trusted authority, valid then, made the timestamp"),
    "derived-altered": ("altered", "提取的文字、标题或日期被改动", "derived text, title or date was altered"),
    "recipe-differs": ("note", "提取程序版本不同", "another recipe reads the text differently; nothing was altered"),
    "reextract-differs": ("altered", "重新提取的结果与登记不符", "the same recipe gives another text than was logged"),
    "index-altered": ("altered", "索引条目与日志不符", "an index line is not what the log says"),
    "index-removed": ("altered", "索引缺少条目", "the index lacks a capture"),
    "no-log": ("not-provable", "没有日志", "there is no log"),
    "no-seal": ("not-provable", "日志从未签署", "the log was never sealed"),
    "unsealed": ("not-provable", "最后一次签署之后的条目尚无法证明", "entries after the last seal are not provable yet"),
    "open-file": ("note", "文件尚未关闭", "the file is not closed yet"),
    "found-only": ("note", "只登记为“当时如此存在”", "entered only as found so at a moment"),
    "gap": ("note", "已登记的缺口", "a gap that the log admits"),
}  # fmt: skip


def make_finding(
    kind: str,
    *,
    place: str | None = None,
    offset: int | None = None,
    record: str | None = None,
    entry: int | None = None,
    expected: object = None,
    actual: object = None,
) -> Finding:
    """A finding of a kind that the table has."""
    weight, chinese, english = KINDS[kind]
    return Finding(
        kind=kind,
        weight=weight,
        chinese=chinese,
        english=english,
        place=place,
        offset=offset,
        record=record,
        entry=entry,
        expected=None if expected is None else str(expected),
        actual=None if actual is None else str(actual),
    )
