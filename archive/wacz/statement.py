"""The report that lies among the proofs of a WACZ, for people: what is in it, who signed, and how to check that.

A report inside the thing that it reports on proves nothing; so it claims no verdict, and it is a pure function of the other
files in `proofs/`: the check makes it again, byte for byte, and one that says anything else is an alteration. `FORM` is the
number of its text: whoever changes that gives it another number and keeps the old text for the files that have it.

Form 1 had punctuation in half width, told of every exchange as of one that was answered, and its script of the captures in
the index alone. Up to form 2 there was no script for what a player shows.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Final

from archive.display import escape
from archive.log.entries import NO_BYTES
from archive.log.note import Note, NoteError, PublicKey, parse_keys
from archive.verify.html import both, heading, lines, make_page, paragraph, table
from archive.wacz.claims import CLAIMS, UNANSWERED, make_claims, tell_origin
from archive.wacz.commands import make_commands
from archive.wacz.proofs import CERTIFICATE, INCLUSION, KEYS
from archive.wacz.report import WaczReport
from archive.wacz.seals import CHECKPOINT
from archive.wacz.told import Told, read_told

FORM: Final = 3
FORMS: Final = (1, 2, FORM)
FORM_MARK: Final = re.compile(rb"<!-- lantian proof report (\d{1,9}) -->")
_NARROW: Final = str.maketrans("，；：（）", ",;:()")
_SCRIPT: Final = (
    """print(len(captures), "captures are in the log that was signed,", count, "of them in the index; there is no other record")""",
    """print(count, "captures are in the log that was signed, and beside them there is no other record")""",
)
"""Its last line on the captures now, and in form 1."""
_CLAIMED: Final = ("unchanged", "received", "signed", "existed", "packed")


def make_statement(
    names: Collection[str],
    read: Callable[[str], bytes],
    *,
    inclusion: Iterable[str],
    unsealed: Iterable[str],
    form: int = FORM,
) -> str:
    """The page in one of the `FORMS`; `names` are those in the WACZ, the others lines of two of its files.

    Raises ValueError, KeyError or TypeError for proofs that are none.
    """
    told = read_told(names, read, inclusion=inclusion, unsealed=unsealed)
    if form == 1:
        told.counts["received"] += told.counts.pop("unanswered", 0)
    note = Note.parse(read(CHECKPOINT))
    signers = _signers(note, parse_keys(read(KEYS).decode()))
    return make_page("存证说明", "What this file is to prove", _parts(names, told, note, signers, form), mood="no")


def _signers(note: Note, keys: Iterable[PublicKey]) -> list[PublicKey]:
    """None where a signature does not hold: the check says that, and not this page."""
    try:
        return note.signed_by(list(keys))
    except NoteError:
        return []


def _parts(names: Collection[str], told: Told, note: Note, signers: list[PublicKey], form: int) -> Iterator[str]:
    until = told.until(told.end)
    captures = sum(told.counts[origin] for origin in (*CLAIMS, "unanswered"))
    yield f"<!-- lantian proof report {form} -->"
    yield _say(
        form,
        "本页是制作者的自述，不是核验结论：任何人都能在文件里放一页任意的说明。lantian verify FILE 会由 proofs/ 中的其他文件"
        "重新生成本页，逐字节比对，不符即判为有改动；结论以核验为准。",
        "This page is the maker's statement and no verdict: whoever makes a file can put any page into it. `lantian verify "
        "FILE` makes this page again from the other files in proofs/ and calls the file altered where a byte differs; the "
        "verdict is what the check says.",
        mood="not-provable",
    )
    yield from _captures_part(told, captures, len([*filter(CERTIFICATE.fullmatch, names)]), form)
    yield from _claims_part(told, captures, until, form)
    yield from _time_part(told, until, form)
    yield from _keys_part(note, signers, form)
    yield from _commands_part({INCLUSION, *names}, signers, form)


def _captures_part(told: Told, captures: int, certificates: int, form: int) -> Iterator[str]:
    yield heading("所含抓取", f"Captures ({captures})")
    yield table(("网址与时间 address and time", "来历 how it came", "日志 log", "摘要 digests"), _captures(told, form))
    if captures > len(told.captures):
        yield paragraph(
            f"其余 {captures - len(told.captures)} 条未列出。", f"{captures - len(told.captures)} more are not listed."
        )
    yield table(("", ""), _counts(told, certificates))


def _claims_part(told: Told, captures: int, until: str | None, form: int) -> Iterator[str]:
    report = WaczReport(
        "",
        captures=captures,
        proven=captures,
        found=told.counts["found"],
        supplied=told.counts["supplied"],
        unanswered=told.counts["unanswered"],
        until=until,
    )
    claims = [one for one in make_claims(report, are_keys_trusted=False) if one.kind in _CLAIMED]
    yield heading("所称与所不能证明", "What is claimed, and what it would not prove")
    yield table(
        ("所称 claimed", "不证明 would not prove"),
        [
            (
                both(_punctuate(form, one.chinese), one.english),
                both(_punctuate(form, one.proves_not_chinese), one.proves_not_english),
            )
            for one in claims
        ],
    )


def _time_part(told: Told, until: str | None, form: int) -> Iterator[str]:
    yield heading("时间", "Time")
    yield _time(told, until, form)
    yield table(
        ("时刻 moment", "何人所称 by whose word", "日志条目 entries of the log", "文件 file"),
        [(escape(one.moment), escape(one.who), str(one.entries), escape(one.place)) for one in told.words],
    )


def _keys_part(note: Note, signers: list[PublicKey], form: int) -> Iterator[str]:
    yield heading("密钥与检查点", "Keys and checkpoint")
    yield lines((*map(str, signers), "", note.text))
    yield _say(
        form,
        "密钥属于谁，本文件不能说明：请与保管者在别处公布的密钥核对（--pubkey）。",
        "Whose key this is the file cannot say: compare it with what the archive's keeper publishes elsewhere (--pubkey).",
    )


def _commands_part(names: Collection[str], signers: list[PublicKey], form: int) -> Iterator[str]:
    yield heading("自行复核", "Check it yourself")
    yield _say(
        form,
        "这些命令写在文件里，制作者可以改写：若不信任制作者，请用 lantian verify FILE --html 得出的命令。",
        "These lines stand in the file, and whoever made it could have written others: of a maker whom you do not trust, take "
        "them from `lantian verify FILE --html`.",
    )
    commands = make_commands(None, names, signers, is_shown=form >= FORM)
    yield lines(one.replace(*_SCRIPT) for one in commands) if form == 1 else lines(commands)


def _say(form: int, chinese: str, english: str, *, mood: str = "") -> str:
    return paragraph(_punctuate(form, chinese), english, mood=mood)


def _punctuate(form: int, chinese: str) -> str:
    return chinese.translate(_NARROW) if form == 1 else chinese


def _captures(told: Told, form: int) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for index, entry in told.captures.values():
        until = told.until(index + 1)
        seen = f"<br>≤ {escape(until)}" if until else ""
        published = told.texts.get(entry["record_id"], {}).get("published")
        read = f"<br>{both('读出的发布日期', 'published, as read')} {escape(published)}" if published else ""
        rows.append(
            (
                f"{escape(entry['uri'])}<br>{escape(entry['date'])}{seen}{read}",
                both(*tell_origin(entry["claim"], is_answered=form == 1 or entry["record_type"] not in NO_BYTES)),
                f"{index}<br>{escape(entry['logged'])}<br>{escape(entry['record_id'])}",
                f"record {escape(entry['member'])}<br>payload {escape(entry['payload'] or '—')}",
            )
        )
    return rows


def _counts(told: Told, certificates: int) -> list[tuple[str, ...]]:
    counts = {f"{chinese} {english}": told.counts[claim] for claim, (chinese, english) in CLAIMS.items()}
    if told.counts["unanswered"]:
        counts[" ".join(UNANSWERED)] = told.counts["unanswered"]
    counts |= {
        "尚无签名覆盖 not covered by a signature": told.counts["unsealed"],
        "登记的文字 texts that were logged": told.counts["derived"],
        "站点规则 site files": told.counts["site"],
        "服务器证书 certificates of servers": certificates,
    }
    return [(escape(name), str(count)) for name, count in counts.items()]


def _time(told: Told, until: str | None, form: int) -> str:
    if until is None:
        return _say(
            form,
            "没有时间戳或见证覆盖全部抓取：各抓取时间只是归档者自己的说法。",
            "No timestamp and no witness covers all captures: their dates are the archive's own word.",
        )
    return _say(
        form,
        f"若下列各项属实，全部抓取（日志前 {told.end} 个条目）不晚于 {until} 已存在；没有什么能证明“不早于”。",
        f"If what follows holds, all captures (the first {told.end} entries of the log) existed by {until}; nothing proves a "
        "“not before”.",
    )
