"""Whatever a server sends, the road ends with an outcome, soon, and never with an exception."""

import json
import random
from time import perf_counter, process_time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.report import outcome_to_line
from tests.pipelines.pages import read

TEXT = "<p>环境保护，人人有责。".encode() * 3
SECONDS = 20

PAGES = {
    "100,000 nested tags": b"<div>" * 100_000 + TEXT + b"</div>" * 100_000,
    "unclosed inline tags": b"<b><i><font>" * 30_000 + TEXT,
    "unclosed tables": b"<a href=x><table><tr><td>" * 20_000 + TEXT,
    "NUL bytes": b"\x00" * 1000 + TEXT,
    "a JPEG": b"\xff\xd8\xff\xe0" + bytes(1000),
    "nothing": b"",
    "white space": b" \n\t ",
    "one long paragraph": b"<p>" + "环境，保护。".encode() * 100_000,
    "many short lines": "<p>环境，保护。</p>".encode() * 10_000,
    "many links": "<li><a href=/a/1.html>环境，保护</a>".encode() * 10_000,
    "a long attribute": b'<div class="' + b"a " * 500_000 + b'">x</div>',
    "dashes, digits, breadcrumbs": f"<p>{'-' * 5000}x</p><p>{'1' * 5000}x</p><p>{'首页 > ' * 3000}x</p>".encode() * 20,
    "open brackets": ("<p>" + "（责任编辑" * 3000 + "</p>").encode() * 10,
    "dates without end": ("<p>" + "2021-01-01 来源 " * 5000 + "</p>").encode(),
    "nested JSON": b'{"a":' * 50_000,
    "wrapped braces": b"raw(" + b"{" * 50_000 + b"})",
    "records without end": b"<datastore>" + b"<record><![CDATA[" * 50_000,
    "scripts without end": b"<script>" * 50_000,
    "comments without end": b"<!--" * 50_000,
    "family comments without end": b"<!--enpproperty" * 20_000,
    "impossible entities": b"&#x110000;&#0;&#xD800;&nbsp;" * 5000 + TEXT,
    "an encoded surrogate": "<p>\ud800环境</p>".encode("utf-8", "surrogatepass"),
    "a broken base": b'<base href="http://[bad"><a href="http://[x">a</a>' + TEXT,
    "a feed": b'<?xml version="1.0" encoding="gb2312"?><rss><channel><item><title>a</title></item></channel></rss>',
}


@pytest.mark.parametrize("name", PAGES)
def test_hostile_page_has_an_outcome_in_time(name: str) -> None:
    start = perf_counter()
    outcome = read(PAGES[name])
    json.dumps(outcome_to_line(outcome))
    assert perf_counter() - start < SECONDS
    assert outcome.kind == "article" or outcome.reason or outcome.links or outcome.kind == "listing"


NOISE = {
    "random bytes": random.Random(1).randbytes(70_000),
    "random bytes above 7F": bytes(random.Random(1).choices(range(0x80, 0x100), k=70_000)),
    "random bytes in a page": b"<html><body><p>" + random.Random(1).randbytes(70_000) + b"</p></body></html>",
    "random bytes that claim a charset": b'<meta charset="gb2312">' + random.Random(1).randbytes(70_000),
}


@pytest.mark.parametrize("name", NOISE)
def test_what_no_charset_reads_is_no_text_and_nothing_is_repaired_in_it(name: str) -> None:
    read(TEXT)
    start = process_time()
    outcome = read(NOISE[name])
    assert (outcome.kind, outcome.reason, outcome.page, outcome.article) == ("other", "unreadable", None, None)
    assert process_time() - start < 1


def test_characters_strewn_at_random_are_left_as_they_came() -> None:
    noise = "".join(map(chr, random.Random(1).choices(range(0x4E00, 0xA000), k=20_000)))
    for page in (noise, "。".join(noise[start : start + 20] for start in range(0, 4000, 20))):
        outcome = read("<p>" + page)
        assert outcome.page is not None
        assert outcome.page.steps == ()


@pytest.mark.parametrize("size", [60, 300])
def test_a_page_with_a_piece_of_noise_in_it_is_still_read(size: int) -> None:
    noise = bytes(random.Random(1).choices(range(0x80, 0x100), k=size))
    outcome = read(b"<h1>\xbb\xb7</h1><p>" + noise + b"</p>" + 9 * "<p>环境保护，人人有责。</p>".encode("gbk"))
    assert outcome.article is not None
    assert "环境保护，人人有责。" in outcome.article.paragraphs


FRAGMENTS = st.sampled_from(
    [
        "<p>",
        "</p>",
        "<div id=zoom>",
        "<table><tr><td>",
        "<a href=1.html>",
        "环境",
        "，",
        "2024-01-01",
        "来源：",
        "\x00",
        "&nbsp;",
        "</html>",
        "<!--",
        "-->",
        "<script>",
        "</script>",
        "createPageHTML(3, 0, 'i', 'html')",
        "<title>",
        "首页 > ",
        "<br>",
        "｜",
        "<base href=x>",
    ]
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(FRAGMENTS | st.text(max_size=8), max_size=40))
def test_any_pieces_of_markup_have_an_outcome(pieces: list[str]) -> None:
    outcome = read("".join(pieces).encode("utf-8", "surrogatepass"))
    assert outcome_to_line(outcome)["kind"] == outcome.kind
