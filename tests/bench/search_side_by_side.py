"""Search side by side: Lantian, SQLite's trigram index, LIKE over it, LIKE over the text, tantivy, on the same articles.

    pip install tantivy==0.27.0; python -m tests.bench search_side_by_side

Recall is against a scan of the texts for the same pieces, by their length. Times are of the processor, for the first
twenty: Lantian counts all, sorts them, reads the articles and marks the places; the others give numbers. Tantivy stands
in the table where it is installed.
"""

import importlib
import importlib.util
import random
import sqlite3
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

from archive.catalog.catalog import Catalog
from archive.directory import Archive
from archive.folding import read_folding
from archive.search.find import search
from pipelines.grams import cut, cut_paragraphs, skeleton
from tests.archive.made_catalog import fill_catalog, index_bytes
from tests.archive.made_texts import MadeText, make_text
from tests.bench._table import make_table

ARTICLES, PIECES = 2_000, 25
LENGTHS = (2, 3, 4, 8)
PAGE = 20
Find = Callable[[str, int], set[int]]
Rival = tuple[Find, int]
"""What finds the articles of a piece, at most so many, and the bytes of its index."""


def run() -> dict[str, Any]:
    """Recall, milliseconds, documents a second and size of each."""
    texts = [make_text(number) for number in range(ARTICLES)]
    wanted = _pieces(texts)
    expected = {piece: {n for n, text in enumerate(texts) if _stands_in(piece, text)} for piece in wanted}
    size = sum(len("".join((text.title, *text.paragraphs)).encode()) for text in texts)
    rows: dict[str, Any] = {"articles": ARTICLES, "pieces": len(wanted)}
    with tempfile.TemporaryDirectory() as name:
        for label, build in _RIVALS.items():
            start = process_time()
            find, bytes_on_disk = build(Path(name) / label.replace(" ", "_").replace(",", ""), texts)
            built = process_time() - start
            rows[label] = _measure(find, expected) | {
                "articles_per_cpu_s": round(ARTICLES / built),
                "index_to_text": round(bytes_on_disk / size, 2),
            }
    return rows


def _pieces(texts: Sequence[MadeText]) -> list[str]:
    """Pieces without punctuation, for not everyone keeps it."""
    chance = random.Random(3)
    found: list[str] = []
    while len(found) < PIECES * len(LENGTHS):
        length = LENGTHS[len(found) % len(LENGTHS)]
        paragraph = chance.choice(chance.choice(texts).paragraphs)
        at = chance.randrange(max(1, len(paragraph) - length))
        piece = paragraph[at : at + length]
        if len(piece) == length and all("\u4e00" <= character <= "\u9fff" for character in piece):
            found.append(piece)
    return found


def _stands_in(piece: str, text: MadeText) -> bool:
    return piece in text.title or any(piece in paragraph for paragraph in text.paragraphs)


def _measure(find: Find, expected: dict[str, set[int]]) -> dict[str, Any]:
    times, recalls = [], {length: [0, 0] for length in LENGTHS}
    for piece, right in expected.items():
        start = process_time()
        find(piece, PAGE)
        times.append(1000 * (process_time() - start))
        found = find(piece, ARTICLES)
        recalls[len(piece)][0] += len(found & right)
        recalls[len(piece)][1] += len(right)
    recall = {f"recall_{length}": round(hit / all_, 3) for length, (hit, all_) in recalls.items()}
    return recall | {"median_ms": round(median(times), 2)}


def _lantian(folder: Path, _: Sequence[MadeText]) -> Rival:
    archive = Archive.open(folder)
    catalog = Catalog(archive)
    fill_catalog(catalog, range(ARTICLES))
    catalog.tidy_index(whole=True)

    def find(piece: str, limit: int) -> set[int]:
        return {int(hit.article, 16) for hit in search(catalog, piece, limit=limit).hits}

    return find, index_bytes(archive.catalog_path)


def _sqlite(folder: Path, texts: Sequence[MadeText], make: str, ask: str) -> Rival:
    """A table of titles and texts; `ask` takes the piece as it is, or between percent signs or quotation marks."""
    folder.mkdir()
    connection = sqlite3.connect(folder / "db.sqlite")
    connection.execute(make)
    rows = ((n, text.title, "\n".join(text.paragraphs)) for n, text in enumerate(texts))
    connection.executemany("INSERT INTO t (rowid, title, body) VALUES (?, ?, ?)", rows)
    connection.commit()
    pages = connection.execute("SELECT sum(pgsize) FROM dbstat WHERE name LIKE 't_data%'") if "fts5" in make else None

    def find(piece: str, limit: int) -> set[int]:
        shape = "%{}%" if "LIKE" in ask else '"{}"'
        values = {"piece": shape.format(piece), "limit": limit}
        return {row[0] for row in connection.execute(ask + " LIMIT :limit", values)}

    return find, pages.fetchone()[0] if pages else 0


_TRIGRAM = "CREATE VIRTUAL TABLE t USING fts5(title, body, tokenize='trigram')"
_LIKE = "SELECT rowid FROM t WHERE title LIKE :piece OR body LIKE :piece"


def _trigram_match(folder: Path, texts: Sequence[MadeText]) -> Rival:
    return _sqlite(folder, texts, _TRIGRAM, "SELECT rowid FROM t WHERE t MATCH :piece")


def _trigram_like(folder: Path, texts: Sequence[MadeText]) -> Rival:
    return _sqlite(folder, texts, _TRIGRAM, _LIKE)


def _plain_like(folder: Path, texts: Sequence[MadeText]) -> Rival:
    return _sqlite(folder, texts, "CREATE TABLE t (title TEXT, body TEXT)", _LIKE)


def _tantivy(folder: Path, texts: Sequence[MadeText], *, pairs: bool) -> Rival:
    """With pairs the text is cut before, as ours is, and asked for as a phrase: its own n-grams have no positions."""
    tantivy = importlib.import_module("tantivy")
    folder.mkdir()
    tokenizer = "whitespace" if pairs else "default"
    builder = tantivy.SchemaBuilder().add_integer_field("id", stored=True, indexed=True)
    schema = builder.add_text_field("body", tokenizer_name=tokenizer, index_option="position").build()
    index = tantivy.Index(schema, path=str(folder))
    writer = index.writer(heap_size=64_000_000, num_threads=1)
    for n, text in enumerate(texts):
        lines = (text.title, *text.paragraphs)
        body = cut_paragraphs(lines, read_folding()) if pairs else "\n".join(lines)
        writer.add_document(tantivy.Document(id=n, body=body))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()

    def find(piece: str, limit: int) -> set[int]:
        words = cut(skeleton(piece, read_folding())) if pairs else [piece]
        phrase = len(words) > 1
        query = (
            tantivy.Query.phrase_query(schema, "body", words)
            if phrase
            else tantivy.Query.term_query(schema, "body", words[0])
        )
        hits = searcher.search(query, limit).hits
        return {searcher.doc(address)["id"][0] for _, address in hits}

    return find, sum(path.stat().st_size for path in folder.iterdir())


_RIVALS: dict[str, Callable[[Path, Sequence[MadeText]], Rival]] = {
    "Lantian": _lantian,
    "FTS5 trigram, MATCH": _trigram_match,
    "FTS5 trigram, LIKE": _trigram_like,
    "LIKE, no index": _plain_like,
}
if importlib.util.find_spec("tantivy"):
    _RIVALS["tantivy, our pairs"] = partial(_tantivy, pairs=True)
    _RIVALS["tantivy, as it comes"] = partial(_tantivy, pairs=False)

COLUMNS = {
    **{f"recall, {length} characters": f"recall_{length}" for length in LENGTHS},
    "median ms, first 20": "median_ms",
    "articles/s": "articles_per_cpu_s",
    "index / text": "index_to_text",
}


def to_markdown(figures: dict[str, Any]) -> str:
    """The README's table."""
    rows = [[name, *(row[key] for key in COLUMNS.values())] for name, row in figures.items() if isinstance(row, dict)]
    return make_table(["", *COLUMNS], rows)
