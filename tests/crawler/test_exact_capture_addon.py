"""What the add-on promises a crawl: one sink, no way past it, doors closed, and an end when nothing can be kept."""

from pathlib import Path

import pytest
from scrapy.settings import Settings
from scrapy.utils.test import get_crawler

from crawler.addon import ExactCapture
from tests.crawler.certificates import make_authority
from tests.crawler.drive import Ask, drive
from tests.crawler.origin import Origin, page
from tests.crawler.sinks import FULL


def test_a_full_disk_ends_the_crawl_at_once_in_one_line(tmp_path: Path) -> None:
    with Origin(lambda _: page()) as origin:
        asks = [Ask(f"{origin.base}/{number}") for number in range(200)]
        told = drive(tmp_path, asks, CAPTURE_SINK="tests.crawler.sinks.Full", CONCURRENT_REQUESTS=4)
    assert len(told.captures) == 5
    assert len(origin.log) <= 5 + 4
    assert told.stats["finish_reason"] == FULL
    assert "Traceback" not in told.log
    assert [line for line in told.log.splitlines() if "CRITICAL" in line and FULL in line] != []
    assert sum(f"CRITICAL: {FULL}" in line for line in told.log.splitlines()) == 1


def test_a_sink_with_a_fault_ends_the_crawl_and_shows_the_fault(tmp_path: Path) -> None:
    with Origin(lambda _: page()) as origin:
        asks = [Ask(f"{origin.base}/{number}") for number in range(50)]
        told = drive(tmp_path, asks, CAPTURE_SINK="tests.crawler.sinks.Faulty", CONCURRENT_REQUESTS=1)
    assert len(told.captures) == 2
    assert len(origin.log) == 3
    assert told.stats["finish_reason"] == "capture sink: ZeroDivisionError: a fault"


def test_http_and_https_share_one_sink_made_once(tmp_path: Path) -> None:
    context = make_authority(tmp_path).server(tmp_path, "127.0.0.1")
    with Origin(lambda _: page()) as plain, Origin(lambda _: page(), context) as secured:
        asks = [Ask(f"{plain.base}/"), Ask(f"{secured.base}/")]
        told = drive(tmp_path, asks, CAPTURE_SINK="tests.crawler.sinks.Full")
    assert {capture.url for capture in told.captures} == {ask.url for ask in asks}
    assert told.stats["sinks"] == 1


def test_nothing_is_fetched_past_the_taps(tmp_path: Path) -> None:
    secret = tmp_path / "secret.html"
    secret.write_text("<p>secret</p>")
    with Origin(lambda _: page()) as origin:
        urls = [f"file://{secret}", "data:text/html,hi", "ftp://127.0.0.1/x"]
        told = drive(
            tmp_path,
            [Ask(url) for url in urls] + [Ask(f"{origin.base}/"), Ask(f"{origin.base}/p", meta={"proxy": origin.base})],
            environment={"http_proxy": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9"},
            HTTPPROXY_ENABLED=True,
            HTTPCACHE_ENABLED=True,
            HTTPCACHE_DIR=str(tmp_path / "cache"),
        )
    for url in urls:
        assert told.ends[url].startswith("NotSupported: ")
    assert told.ends[f"{origin.base}/"] == "200"
    assert told.ends[f"{origin.base}/p"].startswith("ValueError: ")
    assert [one.path for one in origin.log] == ["/"]
    assert not (tmp_path / "cache").exists()


@pytest.mark.parametrize("name", ["REMOTE_CONTROL_ENABLED", "TELNETCONSOLE_ENABLED", "HTTPPROXY_ENABLED"])
def test_doors_stay_closed_whatever_the_project_says(name: str) -> None:
    settings = Settings({name: True})
    assert settings.getbool(name)
    ExactCapture(get_crawler()).update_settings(settings)
    assert not settings.getbool(name)


def test_a_misread_setting_is_an_error_before_the_crawl() -> None:
    with pytest.raises(ValueError, match="ALLOW_PRIVATE_ADDRESSES: 'perhaps'"):
        ExactCapture(get_crawler()).update_settings(Settings({"ALLOW_PRIVATE_ADDRESSES": "perhaps"}))
