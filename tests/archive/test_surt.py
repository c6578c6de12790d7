import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.surt import surt

SESSION = 32 * "0"
# The keys were made with the Python package surt 0.3.1, run as a program of its own.
CASES = [
    ("http://www.example.com/", "com,example)/"),
    (
        "http://www12.sthj.gov.cn/col/col123/index.html?uid=1&pageNum=2",
        "cn,gov,sthj)/col/col123/index.html?pagenum=2&uid=1",
    ),
    ("http://www123a.example.com", "com,example,www123a)/"),
    ("http://www.cn", "cn)/"),
    ("http://Example.com:80/A/B.HTML?B=2&a=1&C=3", "com,example)/a/b.html?a=1&b=2&c=3"),
    ("https://example.com:443/x", "com,example)/x"),
    ("https://example.com:80/x", "com,example:80)/x"),
    ("http://user:pw@example.com/x", "com,example)/x"),
    ("http://..example..com../a", "com,example)/a"),
    ("http://127.0.0.1:8000/x", "1,0,0,127:8000)/x"),
    ("http://3279880203/blah", "11,0,127,195)/blah"),
    ("http://[::1]:8000/x", "::1:8000)/x"),
    ("http://xn--fiqs8s.cn/a", "cn,xn--fiqs8s)/a"),
    ("http://example.com/a/../b/./c//d", "com,example)/b/c/d"),
    ("http://example.com/..", "com,example)/.."),
    ("http://example.com//..", "com,example)/"),
    ("http://example.com/../../a", "com,example)/a"),
    ("http://example.com/../../../a", "com,example)/../a"),
    ("http://example.com:0080/x", "com,example)/x"),
    ("https://example.com:00080/x", "com,example:80)/x"),
    ("http://example.com/a/b/?", "com,example)/a/b"),
    ("http://example.com/%D6%D0%B9%FA.html?k=%BB%B7", "com,example)/%d6%d0%b9%fa.html?k=%bb%b7"),
    ("http://example.com/a%252fb", "com,example)/a/b"),
    ("http://example.com/a%zz b+c", "com,example)/a%25zz%20b+c"),
    ("http://example.com/?q=a%26b=c", "com,example)/?b=c&q=a"),
    ("http://example.com/a?b&a&a=1&=2", "com,example)/a?=2&a&a=1&b"),
    ("http://example.com/a?b=1&", "com,example)/a?&b=1"),
    ("http://example.com/#!/a", "com,example)/"),
    (f"http://example.com/a?PHPSESSID={SESSION}&x=1", "com,example)/a?x=1"),
    (f"http://example.com/a?x=1&sid={SESSION}", "com,example)/a?&x=1"),
    ("http://example.com/a?x=1&cfid=12&cftoken=34", "com,example)/a?&x=1"),
    ("http://example.com/(S(4hqa0555fwsecu455xqckv45))/mileg.aspx", "com,example)/mileg.aspx"),
    ("urn:uuid:1", "urn:uuid:1"),
]


@pytest.mark.parametrize(("url", "key"), CASES)
def test_keys_are_those_that_players_look_up(url: str, key: str) -> None:
    assert surt(url) == key


@given(st.text(max_size=40))
def test_whatever_follows_a_host_has_a_key_without_white_space(text: str) -> None:
    key = surt(f"http://example.cn/{text}")
    assert key.startswith("cn,example)/")
    assert not set(key) & set(" \t\r\n")
