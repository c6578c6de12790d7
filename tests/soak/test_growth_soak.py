"""A catalog of a million documents answers as one of a thousand does, in little memory; a long crawl needs little too."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.soak.long_crawl import crawl

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SIZES = (1_000, 10_000, 100_000, 300_000, 1_000_000)
PAGES = 50_000


def write_report(name: str, figures: dict[str, Any]) -> None:
    (HERE / f"{name}.json").write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


@pytest.mark.soak
def test_a_million_documents_cost_what_a_thousand_do(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.soak.growth", str(tmp_path / "grown"), *map(str, SIZES)]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    rows = [json.loads(line) for line in told.stdout.splitlines()]
    write_report("growth", {"command": "make soak", "sizes": rows})
    for row in rows:
        assert row["insert_p95_ratio"] <= 2
        assert row["query_p95_ratio"] <= 2
        assert row["found"] == row["reprints"]
        assert row["peak_memory_mb"] < 500


@pytest.mark.soak
def test_a_crawl_of_fifty_thousand_pages_stays_small(tmp_path: Path) -> None:
    figures = crawl(tmp_path, PAGES)
    write_report("long_crawl", figures)
    assert (figures["articles"], figures["ended"]) == (PAGES, "finished")
    assert figures["peak_memory_mb"] < 400
