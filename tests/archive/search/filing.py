"""Captures of an article and of the files that it names."""

from dataclasses import replace
from pathlib import Path

from pipelines.records import Capture
from tests.archive.made_pages import HOST, article_html, article_url, capture
from tests.pipelines.documents.made_pdf import make_pdf, set_paragraphs

MADE = Path(__file__).parents[2] / "pipelines" / "documents" / "made"
NOTICE, TABLE, PDF = "notice.docx", "table.xls", "fujian.pdf"
SAID = "按照部署，坚持精准治污、科学治污、依法治污，持续打好蓝天、碧水、净土保卫战，推动生态环境质量持续改善。"


def file_url(name: str) -> str:
    return f"{HOST}/files/{name}"


def file_capture(name: str, *, minute: int = 0, said: str = SAID) -> Capture:
    """The exchange that brings a file; the PDF says what it is told to."""
    body = make_pdf(set_paragraphs([said])) if name == PDF else (MADE / name).read_bytes()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: {len(body)}\r\n\r\n"
    return replace(capture(file_url(name), minute=minute), response=head.encode() + body)


def article_with(*names: str, number: int = 1, minute: int = 0) -> Capture:
    """An article that names files, each by a title of its own."""
    links = "".join(f'<p><a href="/files/{name}">附件：{name[:3]}的全文</a></p>' for name in names)
    html = article_html(number).replace(
        '</div></div>\n<div class="share">', f'{links}</div></div>\n<div class="share">'
    )
    assert not links or links in html
    return capture(article_url(number), html, minute=minute)
