"""The quality of extraction on real pages, pinned: a figure below its floor fails, and so does a changed corpus.

A floor is raised by hand when the figure has risen for good; it is lowered only with a reason in the same commit.
"""

import csv
import hashlib
import json
import subprocess
import sys
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from archive.language import read_knowledge
from pipelines.process import process
from pipelines.records import Capture
from pipelines.report import outcome_to_line

FLOORS = tomllib.loads((Path(__file__).parent / "floors.toml").read_text("utf-8"))
FETCHED = datetime(2026, 10, 1, tzinfo=UTC)

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def pages(shared: Path) -> Path:
    return shared / "pages"


def digest_corpus(pages: Path) -> str:
    files = [pages / "INDEX.tsv", pages / "score.py", *sorted((pages / "truth").glob("*.json"))]
    return hashlib.sha256(b"".join(hashlib.sha256(file.read_bytes()).digest() for file in files)).hexdigest()


def extract(pages: Path, name: str, url: str) -> dict[str, Any]:
    capture = Capture(
        url=url, fetched_at=FETCHED, response=(pages / name).read_bytes(), custody="operator", content_type="text/html"
    )
    return {"page": name, **outcome_to_line(process(capture, None, knowledge=read_knowledge()))}


@pytest.fixture(scope="module")
def figures(pages: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    with (pages / "INDEX.tsv").open(encoding="utf-8") as index:
        rows = list(csv.DictReader(index, delimiter="\t"))
    results = tmp_path_factory.mktemp("quality") / "results.jsonl"
    with results.open("w", encoding="utf-8") as file:
        for row in rows:
            print(json.dumps(extract(pages, row["file"], row["url"]), ensure_ascii=False), file=file)
    command = [sys.executable, str(pages / "score.py"), str(results), "--json"]
    scored: dict[str, Any] = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return scored


def to_number(figure: Any) -> float:
    """`72/74` counts as 72: the corpus is pinned, so the second number cannot move."""
    return float(str(figure).split("/")[0])


def test_corpus_is_the_one_that_the_floors_were_measured_on(pages: Path) -> None:
    assert digest_corpus(pages) == FLOORS["corpus"]["digest"]


@pytest.mark.parametrize("name", FLOORS["at_least"])
def test_figure_is_not_below_its_floor(name: str, figures: dict[str, Any]) -> None:
    assert to_number(figures[name]) >= FLOORS["at_least"][name]


@pytest.mark.parametrize("name", FLOORS["at_most"])
def test_figure_is_not_above_its_ceiling(name: str, figures: dict[str, Any]) -> None:
    assert to_number(figures[name]) <= FLOORS["at_most"][name]
