"""An edit as one HTML page to share: it needs no other file, runs no script, and says what it does not prove."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from archive.display import escape
from archive.history.sighting import Sighting
from archive.reader.seals import CaptureVerdict
from pipelines.diff import ParagraphDiff, Span
from pipelines.edits import Edit

LABELS: Final = {
    "title": "标题 title",
    "subtitle": "副标题 subtitle",
    "published": "发布时间 published",
    "source": "来源 source",
    "author": "作者 author",
    "editor": "编辑 editor",
    "column": "栏目 column",
    "document_number": "文号 document number",
    "attachments": "附件 attachments",
    "images": "图片 images",
}
_DATES: Final = {
    "forward": "页面标示的日期后移 — the stated date moved forward",
    "back": "页面标示的日期前移 — the stated date moved back",
    "stated": "原无日期，现标示日期 — a date is stated where there was none",
    "removed": "原有日期被删去 — the stated date was removed",
}
CUSTODIES: Final = {
    "wire": "从服务器收到 wire",
    "operator": "由人提供 operator",
    "import": "由他处导入 import",
    "unknown": "来历不明 unknown",
}
_TAGS: Final = {"same": "{}", "removed": "<del>{}</del>", "added": "<ins>{}</ins>"}
_STYLE: Final = """
body{margin:2rem auto;max-width:52rem;padding:0 1rem;font:17px/1.8 "Noto Serif CJK SC","Source Han Serif SC",serif;color:#222}
h1{font-size:1.4rem}table{border-collapse:collapse;font:14px/1.6 sans-serif;width:100%}
td,th{border:1px solid #ccc;padding:.3rem .5rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}
del{background:#fdd;color:#900}ins{background:#dfd;color:#060;text-decoration:none;border-bottom:2px solid #393}
p{margin:.4rem 0;padding-left:.6rem;border-left:4px solid transparent}.changed{border-color:#c90}.removed{border-color:#c33}
.added{border-color:#393}.note{font:14px/1.6 sans-serif;color:#555}.altered{background:#b71c1c;color:#fff;padding:.5rem}.quiet{background:#fe9;padding:.5rem;font-family:sans-serif}
"""


def edit_page(
    before: Sighting, after: Sighting, edit: Edit, verdicts: Sequence[CaptureVerdict], *, recipe: str, is_quiet: bool
) -> str:
    """The page for what changed between two captures, both read by `recipe`; `verdicts` are those on their records."""
    title = escape(after.title or before.title or after.url)
    return "".join(
        (
            '<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="utf-8">',
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
            '<meta name="viewport" content="width=device-width">',
            f"<title>{title}</title><style>{_STYLE}</style></head><body>\n<h1>{title}</h1>\n",
            _headline(edit, is_quiet=is_quiet),
            *map(_doubt, verdicts),
            _captures(before, after, verdicts, recipe),
            *_fields(edit),
            "<h2>正文 text</h2>\n" if edit.paragraphs else "",
            *map(_paragraph, edit.paragraphs),
            _NOTE,
            "</body></html>\n",
        )
    )


_NOTE: Final = (
    '<p class="note">本页比较归档中同一地址两次抓取的内容，均由同一版本的程序读取。“证明”一栏说明记录是否与登记时一致：'
    "received 为收到时登记，found 为登记时已如此存在，supplied 为由人提供。本页不证明由谁、为何修改，本页自身也可能被改过。"
    "请用 <code>lantian verify</code> 核对原始记录；用 <code>lantian export --format wacz --url</code> 可把前后两次抓取连同证明"
    "装入一个文件，交他人核验。<br>"
    "This page compares what an archive has of one address at two moments, both read by the same program. Under proof "
    "stands whether the records are as they were logged: when they were received, or only found so, or supplied by a "
    "person. It does not show who changed the page or why, and can have been edited itself. Check the records with "
    "<code>lantian verify</code>; <code>lantian export --format wacz --url</code> packs both captures with their proofs into "
    "one file, for others to check.</p>\n"
)


def _headline(edit: Edit, *, is_quiet: bool) -> str:
    if is_quiet:
        return '<p class="quiet">内容已改，页面未作说明 — changed, and the page does not say so</p>\n'
    return f'<p class="note">{_DATES[edit.date]}</p>\n' if edit.date else ""


def _doubt(verdict: CaptureVerdict) -> str:
    if verdict.state != "altered":
        return ""
    return f'<p class="altered">已被改动 ALTERED: {escape(verdict.chinese)} {escape(verdict.english)}</p>\n'


def _captures(before: Sighting, after: Sighting, verdicts: Sequence[CaptureVerdict], recipe: str) -> str:
    rows = (
        ("", "之前 before", "之后 after"),
        ("抓取 captured (UTC)", before.fetched_at, after.fetched_at),
        ("地址 URL", before.url, after.url),
        ("标题 title", before.title, after.title),
        ("标示日期 stated date", before.published, after.published),
        ("来历 custody", CUSTODIES[before.custody], CUSTODIES[after.custody]),
        ("证明 proof", *(f"{one.state} ({', '.join(one.claims)}): {one.chinese} {one.english}" for one in verdicts)),
        ("记录 record", before.record_id, after.record_id),
        ("摘要 payload digest", before.payload_digest, after.payload_digest),
        ("文件 file", f"{before.file} @ {before.offset}", f"{after.file} @ {after.offset}"),
        ("提取程序 recipe", recipe, recipe),
    )
    cells = ("".join(f"<td>{escape(cell or '')}</td>" for cell in row) for row in rows)
    return f"<table>{''.join(f'<tr>{row}</tr>' for row in cells)}</table>\n"


def _fields(edit: Edit) -> Iterator[str]:
    for field in edit.fields:
        yield f'<p class="changed"><b>{LABELS[field.name]}</b>: {_spans(field.spans)}</p>\n'


def _paragraph(paragraph: ParagraphDiff) -> str:
    moved = "（移动 moved）" if paragraph.moved else ""
    return f'<p class="{paragraph.kind}">{moved}{_spans(paragraph.spans)}</p>\n'


def _spans(spans: Iterable[Span]) -> str:
    return "".join(_TAGS[span.kind].format(escape(span.text)) for span in spans).replace("\n", "<br>")
