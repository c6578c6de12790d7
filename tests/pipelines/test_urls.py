import hashlib
import json
import re
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.errors import AddressError
from pipelines.links import check_url, choose_base, join_link
from pipelines.urls import STEPS, article_id, canonical_url

CASES: dict[str, list[dict[str, Any]]] = json.loads(
    (Path(__file__).parent.parent / "cases" / "urls.json").read_text("utf-8")
)
MARKS = re.findall(
    r"\S+", r"/ .. . %2e %2F %25 % %d6 ? & = # #/ ; : @ \ 环 // [ ] :80 :443 a B utm_source=a ;sid=2/ ;jsessionid=1"
)
PIECES = st.lists(st.one_of(st.sampled_from([*MARKS, " ", "from=timeline"]), st.characters()), max_size=12).map("".join)
ADDRESSES = st.tuples(
    st.sampled_from(["http://", "https://", "HTTP://", "ftp://", "//", ""]),
    st.sampled_from(["Example.gov.cn", "example.gov.cn.", "环境.cn", "u:p@a.cn", "[::1]", "a.cn:80", "b.cn:8443", ""]),
    PIECES,
).map("".join)


@pytest.mark.parametrize("case", CASES["canonical"], ids=lambda case: ascii(case["url"]))
def test_one_page_has_one_canonical_address(case: dict[str, Any]) -> None:
    assert canonical_url(case["url"]) == case["canonical"]


@given(ADDRESSES)
def test_the_canonical_of_a_canonical_address_is_itself(url: str) -> None:
    canonical = canonical_url(url)
    assert canonical_url(canonical) == canonical


def test_every_step_is_named_and_does_one_thing() -> None:
    assert all(step.__doc__ for step in STEPS)
    assert len({step.__name__ for step in STEPS}) == len(STEPS)


def test_the_article_id_is_the_beginning_of_a_digest_of_the_canonical_address() -> None:
    url = "HTTPS://Example.gov.cn/a?utm_source=x#y"
    assert article_id(url) == hashlib.sha256(b"http://example.gov.cn/a").hexdigest()[:16]
    assert article_id(canonical_url(url)) == article_id(url)


def test_an_address_that_no_encoding_can_write_still_has_an_id() -> None:
    assert len(article_id("http://example.gov.cn/\ud800")) == len(article_id("\ud800")) == 16


@pytest.mark.parametrize("case", CASES["joined"], ids=lambda case: ascii(case["link"]))
def test_a_link_is_joined_as_a_browser_does(case: dict[str, Any]) -> None:
    assert join_link(case["base"], case["link"], charset=case.get("charset", "utf-8")) == case["url"]


@pytest.mark.parametrize(
    ("href", "base"),
    [
        (None, "http://example.gov.cn/a/b.html"),
        ("", "http://example.gov.cn/a/b.html"),
        ("/c/", "http://example.gov.cn/c/"),
        ("//other.gov.cn/", "http://other.gov.cn/"),
        ("http://[broken", "http://example.gov.cn/a/b.html"),
        ("javascript:;", "http://example.gov.cn/a/b.html"),
        ("file:///D:/site/", "http://example.gov.cn/a/b.html"),
    ],
)
def test_a_broken_base_is_not_believed(href: str | None, base: str) -> None:
    assert choose_base("http://example.gov.cn/a/b.html", href) == base


@given(PIECES, PIECES)
def test_joining_never_raises_and_gives_http_or_nothing(base: str, link: str) -> None:
    url = join_link("http://example.gov.cn/" + base, link)
    if url is not None:
        assert url.isascii()
        assert check_url(url) == url


@pytest.mark.parametrize("case", CASES["refused"], ids=lambda case: ascii(case["text"]))
def test_what_is_no_address_is_refused_in_one_line(case: dict[str, Any]) -> None:
    with pytest.raises(AddressError) as caught:
        check_url(case["text"])
    assert case["says"] in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "url"),
    [
        (" http://example.gov.cn \n", "http://example.gov.cn/"),
        ("HTTPS://Example.gov.cn/A?utm_source=x#top", "https://example.gov.cn/A?utm_source=x"),
        ("http://环境.cn/附件.pdf", "http://xn--0ns354d.cn/%E9%99%84%E4%BB%B6.pdf"),
        ("http://127.0.0.1:8000/a", "http://127.0.0.1:8000/a"),
        ("http://[::1]:8000/a", "http://[::1]:8000/a"),
    ],
)
def test_an_address_is_made_fit_to_request_and_keeps_its_meaning(text: str, url: str) -> None:
    assert check_url(text) == url


@pytest.mark.parametrize("block", ["a/../", "%", "&utm_a", ";sid=", "a.", "-", "\\", "#", "@", "[", "环"])
def test_a_hostile_address_takes_linear_time(block: str) -> None:
    began = time.perf_counter()
    url = "http://example.gov.cn/" + block * 100_000
    canonical_url(url)
    join_link(url, block * 100_000)
    canonical_url("http://" + block * 100_000)
    assert time.perf_counter() - began < 5
