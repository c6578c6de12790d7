"""The short version of `tests.soak.long_crawl`: a page that was taken in is let go."""

from pathlib import Path

from tests.soak.long_crawl import crawl

PAGES, WEIGHT = 160, 500_000


def test_a_crawl_keeps_nothing_of_the_pages_behind_it(tmp_path: Path) -> None:
    figures = crawl(tmp_path, PAGES, weight=WEIGHT)
    assert (figures["articles"], figures["ended"]) == (PAGES, "finished")
    peaks = figures["peak_memory_mb_by_pages_asked"]
    half = min(peak for asked, peak in peaks.items() if asked >= PAGES // 2)
    passed = WEIGHT * PAGES // 2 / 1_000_000
    assert max(peaks.values()) - half < passed * 3 / 4
