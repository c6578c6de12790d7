"""A site file is understood whole, or refused in one line that names file, table and key."""

from datetime import UTC, datetime

import pytest

from pipelines.errors import SiteError
from pipelines.site import parse_site

HEAD = """
key = "qingxi"
name = "青溪市生态环境局"
kind = "bureau"
hosts = ["sthjj.qingxi.example"]
[[channel]]
name = "工作动态"
url = "http://sthjj.qingxi.example/gzdt/index.html"
"""

LAYOUTS = """
[[layout]]
until = 2024-05-01
body = "#zoom"
[[layout]]
since = 2024-05-01
body = ".TRS_Editor"
"""

REFUSED = [
    ("", "x.toml: key 'key' is missing; add it"),
    ("key = ", "x.toml: not valid TOML"),
    (HEAD + "[[layout]]\ntitel = 'h1'", "x.toml [[layout]]: unknown key 'titel'; did you mean 'title'?"),
    (HEAD + "[crawl]\ndelay = -1", "x.toml [crawl]: delay: "),
    (HEAD.replace("qingxi", "Qing Xi", 1), "x.toml: key: "),
    (HEAD.replace("http://", "ftp://"), "x.toml [[channel]]: url: "),
    (HEAD.replace('"bureau"', '"newspaper"'), "x.toml: a newspaper needs a table [issues]"),
    (HEAD + "[crawl]\ndelay = 'slow'", "x.toml [crawl]: delay: "),
]


@pytest.mark.parametrize(("text", "message"), REFUSED)
def test_a_file_that_is_not_understood_is_refused_in_one_line(text: str, message: str) -> None:
    with pytest.raises(SiteError) as caught:
        parse_site(text, where="x.toml")
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("fetched", "body"), [("2024-04-30T15:59:59", "#zoom"), ("2024-04-30T16:00:00", ".TRS_Editor")]
)
def test_the_layout_is_chosen_by_the_day_in_china_of_fetching(fetched: str, body: str) -> None:
    site = parse_site(HEAD + LAYOUTS, where="x.toml")
    assert site.layout_at(datetime.fromisoformat(fetched).replace(tzinfo=UTC)).body == body


def test_a_site_without_layouts_has_an_empty_one() -> None:
    assert parse_site(HEAD, where="x.toml").layout_at(datetime(2026, 1, 1, tzinfo=UTC)).body is None
