"""Rules of a site file say which of its addresses are one page; without one nothing changes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.errors import SiteError
from pipelines.identity import page_id, page_url
from pipelines.site import Site, parse_site
from pipelines.urls import article_id, canonical_url

HEAD = """
key = "qingxi"
name = "青溪日报"
kind = "bureau"
hosts = ["www.qx.example", "m.qx.example", "www.qx.example:8080"]
[[channel]]
name = "要闻"
url = "http://www.qx.example/yw/"
"""
RULES = """
[same_page]
parameters = ["div", "tj"]
mirrors = [
  { at = "m.qx.example", of = "www.qx.example" },
  { at = "m.qx.example/n/", of = "www.qx.example/news/" },
  { at = "www.qx.example/wap/", of = "www.qx.example/" },
  { at = "www.qx.example:8080", of = "www.qx.example" },
]
"""


def site(rules: str = "") -> Site:
    return parse_site(HEAD + rules, where="x.toml")


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://www.qx.example/c_1.htm?div=-1", "http://www.qx.example/c_1.htm"),
        ("https://www.qx.example/c?div&id=7&tj=yw", "http://www.qx.example/c?id=7"),
        ("https://www.qx.example/c?divide=1", "http://www.qx.example/c?divide=1"),
        ("http://www.qx.example/tz/index.html?div=-1", "http://www.qx.example/tz/"),
        ("http://m.qx.example/2024/1.html", "http://www.qx.example/2024/1.html"),
        ("http://M.QX.example", "http://www.qx.example/"),
        ("http://m.qx.example/n/1.html", "http://www.qx.example/news/1.html"),
        ("http://m.qx.example/north/1.html", "http://www.qx.example/north/1.html"),
        ("http://www.qx.example/wap/2024/1.html", "http://www.qx.example/2024/1.html"),
        ("http://m.qx.example/wap/2024/1.html", "http://www.qx.example/2024/1.html"),
        ("http://www.qx.example/wap/wap/1.html", "http://www.qx.example/1.html"),
        ("http://www.qx.example/wapmap.html", "http://www.qx.example/wapmap.html"),
        ("http://www.qx.example:8080/1.html", "http://www.qx.example/1.html"),
        ("http://m.qx.example.org/1.html?div=1", "http://m.qx.example.org/1.html?div=1"),
        (" ftp://m.qx.example/1 ", "ftp://m.qx.example/1"),
    ],
)
def test_addresses_of_one_page_have_one_name(url: str, name: str) -> None:
    assert page_url(url, site(RULES)) == name
    assert page_id(url, site(RULES)) == article_id(name)


@given(
    st.sampled_from(["www.qx.example", "m.qx.example", "www.qx.example:8080"]),
    st.lists(st.sampled_from(["/", "n", "wap", "news", "index.html", "?", "div=1", "&", "id=7", "..", "#x"])).map(
        "".join
    ),
)
def test_a_name_is_its_own_name_and_without_a_rule_it_is_the_canonical_url(host: str, rest: str) -> None:
    url = f"http://{host}/{rest}"
    name = page_url(url, site(RULES))
    assert page_url(name, site(RULES)) == name
    assert page_url(url, site()) == page_url(url, None) == canonical_url(url)


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ("parameter = ['a']", "x.toml [same_page]: unknown key 'parameter'; did you mean 'parameters'?"),
        ("parameters = ['a=1']", "x.toml [same_page]: parameters: "),
        ("mirrors = [{ at = 'm.qx.example' }]", "x.toml [same_page]: key 'of' is missing"),
        ("mirrors = [{ at = 'm.qx.example', off = 'a' }]", "x.toml [same_page]: unknown key 'off'; did you mean 'of'?"),
        ("mirrors = [{ at = 'http://m.qx.example', of = 'www.qx.example' }]", "x.toml [same_page]: at: "),
        ("mirrors = [{ at = 'wap.qx.example', of = 'www.qx.example' }]", "x.toml [same_page]: mirrors: 'wap.qx.example' is not"),
        ("mirrors = [{ at = 'm.qx.example/', of = 'www.qx.example' }]", "x.toml [same_page]: mirrors: 'm.qx.example/' of"),
        (
            "mirrors = [{ at = 'm.qx.example', of = 'www.qx.example' }, { at = 'www.qx.example/', of = 'm.qx.example/a/' }]",
            "x.toml [same_page]: mirrors: 'm.qx.example/a/' is itself",
        ),
        ("mirrors = [{ at = 'www.qx.example', of = 'www.qx.example' }]", "x.toml [same_page]: mirrors: 'www.qx.example' is itself"),
    ],
)  # fmt: skip
def test_a_rule_that_cannot_be_meant_is_refused_in_one_line(rules: str, message: str) -> None:
    with pytest.raises(SiteError) as caught:
        site(f"[same_page]\n{rules}")
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)
