"""Search in earnest: 500 pieces of text against a scan of 20,000 articles, and how it goes on as the archive grows.

Times are of the processor: the machine may do other things. `few_words` is the worst case, where every word stands in
almost every article.
"""

import json
import random
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

import pytest

from archive.catalog.catalog import Catalog
from archive.directory import Archive
from archive.folding import read_folding
from archive.search.find import Order, search
from pipelines.grams import BREAK, skeleton
from tests.archive.made_catalog import fill_catalog, index_bytes
from tests.archive.made_texts import make_text

ARTICLES, PIECES, CHARACTERS = 20_000, 500, 900
GROWTH, SHORT = (1_000, 10_000, 100_000), 300
REPORT = Path(__file__).with_name("search.json")


def pieces(numbers: range, *, characters: int, few_words: bool = False) -> list[str]:
    """Pieces of 2 to 8 characters, from anywhere in a text, at least two of them no punctuation."""
    chance = random.Random(11)
    found: list[str] = []
    while len(found) < PIECES:
        text = make_text(chance.choice(numbers), characters=characters, few_words=few_words)
        paragraph, length = chance.choice(text.paragraphs), chance.randint(2, 8)
        at = chance.randrange(max(1, len(paragraph) - length))
        piece = paragraph[at : at + length]
        if len(skeleton(piece, read_folding()).strip(BREAK)) > 1:
            found.append(piece)
    return found


def measure(catalog: Catalog, wanted: Sequence[str], order: Order) -> dict[str, float]:
    """Milliseconds of a search with its first page of twenty, places marked."""
    times = []
    for piece in wanted:
        start = process_time()
        search(catalog, f'"{piece}"', order=order)
        times.append(1000 * (process_time() - start))
    times.sort()
    return {"median_ms": round(median(times), 2), "p95_ms": round(times[int(0.95 * len(times))], 2)}


def missed(catalog: Catalog, wanted: Sequence[str], *, few_words: bool) -> tuple[int, int]:
    """How many hits of a scan the searches do not have, and how many they have beside."""
    folding = read_folding()
    texts = [make_text(number, characters=CHARACTERS, few_words=few_words) for number in range(ARTICLES)]
    fields = [(skeleton(t.title, folding) + BREAK, skeleton(BREAK.join(t.paragraphs), folding) + BREAK) for t in texts]
    lacking = beside = 0
    for piece in wanted:
        core = skeleton(piece, folding).lstrip(BREAK)
        expected = {f"{number:016x}" for number, own in enumerate(fields) if any(core in field for field in own)}
        found = search(catalog, f'"{piece}"', limit=1)
        given = (
            {hit.article for hit in search(catalog, f'"{piece}"', limit=ARTICLES).hits} if found.total < 300 else None
        )
        lacking += len(expected - given) if given is not None else max(0, len(expected) - found.total)
        beside += len(given - expected) if given is not None else max(0, found.total - len(expected))
    return lacking, beside


def run(folder: Path, *, few_words: bool) -> dict[str, Any]:
    archive = Archive.open(folder)
    with Catalog(archive) as catalog:
        start = process_time()
        size = fill_catalog(catalog, range(ARTICLES), characters=CHARACTERS, few_words=few_words)
        filled = process_time() - start
        catalog.tidy_index()
        ratio_as_written = index_bytes(archive.catalog_path) / size
        catalog.tidy_index(whole=True)
        wanted = pieces(range(ARTICLES), characters=CHARACTERS, few_words=few_words)
        lacking, beside = missed(catalog, wanted, few_words=few_words)
        return {
            "articles": ARTICLES,
            "bytes_of_text_each": round(size / ARTICLES),
            "pieces": len(wanted),
            "hits_missed": lacking,
            "hits_beside": beside,
            "index_to_text": round(index_bytes(archive.catalog_path) / size, 3),
            "index_to_text_before_compaction": round(ratio_as_written, 3),
            "articles_made_and_indexed_per_cpu_s": round(ARTICLES / filled),
            "by_date": measure(catalog, wanted, "date"),
            "by_relevance": measure(catalog, wanted, "relevance"),
        }


def grow(folder: Path) -> dict[str, Any]:
    """The same searches while the archive becomes a hundred times as large; articles are short, their words the same."""
    rows = {}
    archive = Archive.open(folder)
    with Catalog(archive) as catalog:
        wanted = pieces(range(GROWTH[0]), characters=SHORT)
        for before, articles in zip((0, *GROWTH), GROWTH, strict=False):
            fill_catalog(catalog, range(before, articles), characters=SHORT)
            rows[str(articles)] = measure(catalog, wanted, "date") | {
                "relevance_p95_ms": measure(catalog, wanted, "relevance")["p95_ms"]
            }
    return rows


@pytest.mark.soak
def test_every_piece_is_found_quickly_and_the_index_stays_small(tmp_path: Path) -> None:
    made, worst = run(tmp_path / "made", few_words=False), run(tmp_path / "worst", few_words=True)
    report = {"command": "make soak", "made": made, "few_words": worst, "growth": grow(tmp_path / "growth")}
    REPORT.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    assert (made["hits_missed"], worst["hits_missed"]) == (0, 0)
    assert made["hits_beside"] == 0
    assert made["by_date"]["median_ms"] < 5
    assert made["index_to_text"] <= 1.5
