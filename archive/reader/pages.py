"""The pages of the reader itself: the list, and the banner with its verdict above every archived page."""

from collections.abc import Sequence
from typing import Final

from archive.display import escape
from archive.reader.lookup import Sight
from archive.reader.memento import BYTES, CONTENT, TIMEMAP, memento_path
from archive.reader.verdict import Evidence
from archive.warc.uris import to_uri
from pipelines.records import format_instant

POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'self'"
)
_SANDBOX: Final = "allow-top-navigation-by-user-activation"
"""For `leaving_page` alone: what is archived comes with a stricter one of its own."""
_WORDS: Final = {
    "intact": "完好 intact",
    "not-provable": "无法证明 not provable",
    "altered": "已被改动 ALTERED",
}
_CUSTODIES: Final = {
    "operator": "由人提供 supplied by a person · ",
    "import": "由他处导入，此前来历不明 imported, custody unknown before · ",
    "unknown": "来历不明 of unknown origin · ",
}
_FOUND: Final = "登记时如此存在，并非收到时登记 found so when it was logged, not logged as received · "
_STYLE: Final = """
body{margin:0;display:flex;flex-direction:column;height:100vh;font:15px/1.6 sans-serif;color:#222}
header{padding:.5rem 1rem;border-bottom:3px solid}.intact{background:#e8f5e9;border-color:#2e7d32}
.not-provable{background:#fff8e1;border-color:#f9a825}.altered{background:#b71c1c;color:#fff;border-color:#000}
.altered a{color:#fff}header b{font-size:1.1rem}iframe{flex:1;border:0;width:100%}
main{padding:1rem;max-width:60rem}li{overflow-wrap:anywhere}input{width:30rem;max-width:100%;font:inherit}
"""


def list_page(sights: Sequence[Sight]) -> str:
    """The start: a field for an address, and what was captured last."""
    items = "".join(
        f'<li>{escape(one.fetched_at[:19])}Z <a href="{escape(memento_path(one))}">{escape(one.url)}</a></li>'
        for one in sights
    )
    form = '<form action="/find"><input name="url" placeholder="http://…"> <button>查找 find</button></form>'
    return _page("Lantian", f"<main><h1>存档 archive</h1>{form}<ul>{items}</ul></main>")


def memento_page(sight: Sight, evidence: Evidence, sights: Sequence[Sight], *, note: str = "") -> str:
    """The banner, and below it the archived page in a frame in which nothing runs; `note` stands in its place.

    What the banner says is what the record says, where it can be read.
    """
    verdict = evidence.verdict
    at = sights.index(sight)
    steps = [
        (sights[at - 1], "← 前一次 earlier") if at else None,
        (sights[at + 1], "后一次 later →") if at + 1 < len(sights) else None,
    ]
    links = [f'<a href="{escape(memento_path(one))}">{word}</a>' for one, word in filter(None, steps)]
    links.append(f'<a href="{escape(TIMEMAP + to_uri(sight.url))}">{len(sights)} 次抓取 captures</a>')
    links.append(f'<a href="{escape(f"{BYTES}{sight.stamp}/{to_uri(sight.url)}")}">原始字节 exact bytes</a>')
    banner = (
        f'<header class="{verdict.state}" id="verdict"><b>{_WORDS[verdict.state]}</b> — {escape(verdict.chinese)} · '
        f"{escape(verdict.english)}<br>{_about(sight, evidence)}<br>{' · '.join(links)}</header>"
    )
    source = escape(f"{CONTENT}{verdict.state}/{sight.stamp}/{to_uri(sight.url)}")
    frame = f'<iframe sandbox="{_SANDBOX}" src="{source}" title="archived page"></iframe>'
    return _page(sight.url, banner + (f"<main>{escape(note)}</main>" if note else frame))


def leaving_page(sight: Sight) -> str:
    """What the frame shows where a link was followed in it: another page stands under its own banner only."""
    link = f'<a target="_top" href="{escape(memento_path(sight))}">{escape(sight.url)}</a>'
    return _page(sight.url, f"<main><p>此链接通向另一页 the link leads to another page:</p><p>{link}</p></main>")


def _about(sight: Sight, evidence: Evidence) -> str:
    """How a capture came here, when, and from which address; of a 304 also how its original did."""
    capture = evidence.capture
    if capture is None:
        return f"{escape(sight.fetched_at)} · {escape(sight.url)}"
    custodies = {one.custody for one in (capture, evidence.shown) if one}
    words = [word for custody, word in _CUSTODIES.items() if custody in custodies]
    words += [_FOUND] if "found" in evidence.verdict.claims and not words else []
    return f"{''.join(words)}{escape(format_instant(capture.fetched_at))} · {escape(capture.url)}"


def message_page(text: str) -> str:
    """One line, as for what is not here."""
    return _page("Lantian", f"<main><p>{escape(text)}</p><p><a href='/'>Lantian</a></p></main>")


def _page(title: str, body: str) -> str:
    head = f'<meta charset="utf-8"><title>{escape(title)}</title><style>{_STYLE}</style>'
    return f'<!DOCTYPE html>\n<html lang="zh-CN"><head>{head}</head><body>{body}</body></html>\n'
