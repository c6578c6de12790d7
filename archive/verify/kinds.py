"""What can be found, in the words of both languages; every finding names one of these kinds."""

from typing import Final, TypedDict, Unpack

from archive.verify.report import Finding, Weight

KINDS: Final[dict[str, tuple[Weight, str, str]]] = {
    "header-altered": ("altered", "WARC 记录头被改动", "the WARC header of the record was altered"),
    "date-altered": ("altered", "抓取时间 WARC-Date 被改动", "WARC-Date was altered"),
    "uri-altered": ("altered", "网址 WARC-Target-URI 被改动", "WARC-Target-URI was altered"),
    "id-altered": ("altered", "记录号 WARC-Record-ID 被改动", "WARC-Record-ID was altered"),
    "reference-altered": ("altered", "重访记录被改为指向别的记录", "the revisit was made to refer to another record"),
    "length-altered": ("altered", "Content-Length 与内容长度不符", "Content-Length is not the length of the block"),
    "digests-removed": ("altered", "记录头里的摘要被删除", "digests were removed from the WARC header"),
    "block-altered": ("altered", "记录内容（HTTP 头部等）被改动", "the block of the record was altered"),
    "payload-altered": ("altered", "网页（或文件）本身的字节被改动", "the payload was altered"),
    "record-altered": ("altered", "记录被改动", "the record was altered"),
    "gzip-altered": ("altered", "记录内容未变，但压缩字节被改动", "the content is the same, the compressed bytes are not"),
    "gzip-broken": ("altered", "压缩数据损坏", "the compressed data is broken"),
    "records-joined": ("altered", "多条记录被压进同一个 gzip 成员", "several records stand in one gzip member"),
    "record-missing": ("altered", "记录被删除", "the record is missing"),
    "record-moved": ("altered", "记录次序被改动", "the record is not in its order"),
    "record-duplicated": ("altered", "记录被重复写入", "the record stands here once more"),
    "record-unlisted": ("altered", "文件里有日志没有登记的记录", "the log knows nothing of this record"),
    "bytes-unlisted": ("altered", "文件里有日志没有登记的字节", "the log knows nothing of these bytes"),
    "file-missing": ("altered", "文件缺失", "the file is missing"),
    "file-unlisted": ("altered", "日志没有登记的文件", "the log knows nothing of this file"),
    "file-reopened": ("altered", "日志登记为已关闭的文件，在此却以未关闭的文件名存在", "the log has the file as closed, and it lies here as not closed"),
    "open-unlogged": (
        "not-provable", "未关闭的文件里有日志尚未登记的字节：任何人都可能放入",
        "the log has not these bytes of a file that is not closed: nobody vouches for them yet",
    ),
    "link": ("not-provable", "是链接：内容不在此处", "a link: what it leads to is not kept here"),
    "file-aside": ("note", "修复或删除时留在一旁的字节，不属于归档", "left beside by mending or deleting: no part of the archive"),
    "file-stray": ("note", "不是 WARC 文件，不属于归档", "no WARC file and no part of the archive"),
    "original-altered": ("altered", "导入的原件被改动", "the kept original of an import was altered"),
    "original-missing": ("altered", "导入的原件缺失", "the kept original of an import is missing"),
    "original-unlisted": (
        "note", "没有相应导入登记的原件：导入未完成，或由他人放入", "no import is logged of it: one that was not ended, or somebody put it here",
    ),
    "file-misplaced": ("altered", "文件被改名或调换", "the file is another's: renamed or swapped"),
    "file-replaced": ("altered", "文件被换成了别的文件", "another file was put in its place: none of its records is there"),
    "file-altered": ("altered", "文件整体摘要不符", "the digest of the whole file differs"),
    "record-id-reused": ("altered", "同一记录号用于多条记录", "one record id stands for several records"),
    "revisit-nowhere": ("altered", "重访记录所指的原记录不存在", "the revisit refers to a record that is not there"),
    "revisit-loop": ("altered", "重访记录互相指向，没有原始记录", "the revisits refer to one another, to no original"),
    "digest-disagrees": ("altered", "日志登记的摘要与字节不符", "a digest of the log is not that of the bytes"),
    "future-dated": ("altered", "抓取时间晚于登记时间", "the capture is dated after it was logged"),
    "back-dated": ("altered", "抓取时间远早于登记时间", "the capture is dated long before it was logged as received"),
    "clock-contradiction": ("altered", "条目所称的登记时间晚于覆盖它的时间戳", "an entry says it was made after the timestamp over it"),
    "log-unreadable": ("unreadable", "日志无法读取", "the log cannot be read"),
    "log-tiles": ("altered", "日志的哈希树与条目不符", "the tiles of the log are not those of its entries"),
    "log-left-over": ("note", "日志末端之外的残留：写入中断或另行放入", "beyond the end of the log: of a writer at work or killed; counts for nothing"),
    "log-stray": ("note", "日志目录里不属于日志的文件", "no part of the log, though it lies there"),
    "log-entry": ("altered", "日志条目无效", "an entry of the log is invalid"),
    "entry-altered": ("altered", "日志条目被改动", "an entry of the log is not the one in its tree"),
    "log-chain": ("altered", "同一网址的前后条目不相连", "the chain of an address's captures is broken"),
    "log-cut": ("altered", "日志被截短", "the log is shorter than what was signed"),
    "log-rewritten": ("altered", "日志被改写：与已签署的检查点不符", "the log is not the one that was signed"),
    "log-forked": ("altered", "日志没有延续所信任的检查点", "the log does not continue the trusted checkpoint"),
    "seal-unreadable": ("altered", "检查点文件损坏", "a signed checkpoint cannot be read"),
    "seal-signature": ("altered", "检查点签名无效", "the signature of a checkpoint is not valid"),
    "key-swapped": ("altered", "签名密钥被替换，却没有由旧密钥签署的轮换登记", "the key changed without a rotation that the old one signed"),
    "key-untrusted": ("altered", "检查点不是由所信任的密钥签署", "no trusted key signed the checkpoint"),
    "key-retired": ("altered", "检查点由已被替换的旧密钥签署", "a key that another had replaced signed the checkpoint"),
    "archive-other": ("altered", "归档编号与日志所属的归档不同", "the archive says it is another than the one of its log"),
    "checkpoint-other": (
        "altered", "log/checkpoint 不是任何已签署的检查点", "log/checkpoint is none of the checkpoints that were signed",
    ),
    "rotation-unsigned": ("altered", "密钥轮换没有旧密钥的签名", "a key rotation is not signed by the old key"),
    "timestamp-other": ("altered", "时间戳对应的是别的数据", "a timestamp is over other data"),
    "timestamp-untrusted": ("not-provable", "时间戳不是由受信任且当时有效的机构出具", "no trusted authority, valid then, made the timestamp"),
    "timestamp-unchecked": (
        "note", "未指定时间戳机构（--tsa-ca），时间戳未查", "no authority was named (--tsa-ca): the timestamp was not checked",
    ),
    "cosignature-invalid": ("altered", "见证方的联署与检查点不符", "the cosignature of a witness is not over this checkpoint"),
    "witness-missing": (
        "not-provable", "所指定的见证方没有联署最后的检查点", "a witness that was named did not cosign what was sealed last",
    ),
    "witness-unknown": ("note", "联署的见证方未被指定（--witness-key）", "of a witness that nobody named (--witness-key): not checked"),
    "derived-altered": ("altered", "提取的文字、标题或日期被改动", "derived text, title or date was altered"),
    "catalog-unlogged": ("altered", "目录库里有日志没有登记的抓取", "the catalog has a capture that the log knows nothing of"),
    "catalog-lacks": (
        "altered", "目录库称某文件已全部收录，却缺少其中的抓取", "the catalog lacks a capture of a file that it says it has wholly",
    ),
    "text-unlogged": (
        "not-provable", "目录库里的文字由日志没有登记的提取程序得出；lantian reindex 会重新提取并登记",
        "the log has no such text by this recipe; lantian reindex makes it anew and logs it",
    ),
    "text-gone": ("not-provable", "日志登记了文字，目录库里却没有", "the log has a text of this capture, the catalog has none"),
    "page-unexplained": (
        "not-provable", "日志里的站点规则不能说明此抓取属于该页面", "no site file in the log explains that the capture is of this page",
    ),
    "catalog-ahead": (
        "note", "目录库里有日志尚未登记的内容（写入中断所致），无从证明", "the catalog has what the log does not have yet, as of a killed run: nothing vouches for it",
    ),
    "catalog-behind": (
        "note", "目录库尚缺抓取，检索和历史不全；用 lantian reindex 补齐", "the catalog lacks captures, so history and search do too; lantian reindex adds them",
    ),
    "catalog-other": ("note", "目录库属于本程序的另一版本，未查", "the catalog is of another version of this program and was not looked at"),
    "recipe-differs": ("note", "提取程序的版本不同，提取结果因此不同；并非改动", "another recipe reads the text differently; nothing was altered"),
    "reextract-differs": ("altered", "由同一提取程序重新提取，结果与登记不符", "the same recipe gives another text than was logged"),
    "reextract-failed": ("not-provable", "未能重新提取", "the text could not be extracted anew"),
    "derived-nowhere": ("altered", "登记了文字，却没有对应的抓取", "a text is logged of a capture that is not"),
    "nothing-selected": ("not-provable", "日志里没有所选的抓取", "the log has no capture of what was asked for"),
    "index-altered": ("altered", "索引条目与日志不符", "an index line is not what the log says"),
    "index-removed": ("altered", "索引缺少条目", "the index lacks a capture"),
    "index-unlisted": ("altered", "索引文件没有对应的 WARC 文件", "an index of no WARC file that the log has"),
    "check-failed": (
        "unreadable", "某项检查遇到无法读取的数据而中断；其余检查均已完成", "a check broke off over data that cannot be read; the others were made",
    ),
    "no-log": ("not-provable", "没有日志", "there is no log"),
    "no-seal": ("not-provable", "日志从未签署", "the log was never sealed"),
    "unsealed": ("not-provable", "最后一次签署之后的条目尚无法证明", "entries after the last seal are not provable yet"),
    "unsealed-notes": (
        "note", "最后一次签署之后只有导出、运行和缺口的登记", "after the last seal there are only notes of exports, runs and gaps",
    ),
    "open-file": ("note", "文件尚未关闭", "the file is not closed yet"),
    "found-only": ("note", "只登记为“当时如此存在”", "entered only as found so at a moment"),
    "clock-set-back": (
        "note", "所述日期晚于登记时刻（时钟曾被拨回，或导入文件的日期有误）：只登记为“当时如此存在”",
        "dated after it was logged, by a clock that was set back or by a file that was imported: entered as found so",
    ),
    "logged-back": (
        "note", "此条目所称的登记时间早于排在它前面的条目：时钟曾被拨回，或时间由持密钥者自定",
        "it says it was logged before those in front of it: a clock was set back, or whoever has the key chose the time",
    ),
    "deleted": (
        "note", "已删除，归档者已签名；是否确有法律命令、是哪一份，只是归档者自己的说法", "gone, as the archive signed; that an order said so, and which, is its own word",
    ),
    "deletion-unsigned": (
        "not-provable", "删除登记尚未签署：任何有写入权限的人都可能删除并作此登记；请运行 lantian seal 签署",
        "gone, by a deletion that nobody signed for: whoever can write could have made it; lantian seal signs it",
    ),
    "deletion-unfinished": (
        "not-provable", "删除已登记，但尚未完成；下一条写入归档的命令会将其完成", "a deletion was logged and is not finished; the next command that writes does it",
    ),
    "deletion-nowhere": ("altered", "登记了删除，但没有对应的抓取", "the log says of no capture that it was deleted"),
    "deletion-false": ("altered", "登记为已删除的位置被放入了别的内容", "where something was deleted, something else was put in"),
    "gap": ("note", "已登记的缺口", "a gap that the log admits"),
    "gap-unsealed": (
        "note", "尚未签署的缺口登记：任何有写入权限的人都可能添加", "a gap that nobody signed for yet: whoever can write could have put it in",
    ),
}  # fmt: skip


class Where(TypedDict, total=False):
    """The place of a finding: a file and what stands in it, or an entry of the log."""

    place: object
    offset: int | None
    record: object
    entry: int | None


def make_finding(kind: str, *, expected: object = None, actual: object = None, **where: Unpack[Where]) -> Finding:
    """A finding of a kind that the table has."""
    weight, chinese, english = KINDS[kind]
    return Finding(
        kind=kind,
        weight=weight,
        chinese=chinese,
        english=english,
        place=_plain(where.get("place")),
        offset=where.get("offset"),
        record=_plain(where.get("record")),
        entry=where.get("entry"),
        expected=_plain(expected),
        actual=_plain(actual),
    )


def _plain(value: object) -> str | None:
    """Text that any report can hold: names of files need not be UTF-8, and a database has any type anywhere."""
    return None if value is None else str(value).encode("utf-8", "backslashreplace").decode("utf-8")
