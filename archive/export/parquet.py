"""Articles as Parquet, typed, one file a site and month in the layout that every reader of data sets knows (Hive's).

The bytes follow from the articles and the version of pyarrow alone: every option that decides them is set here.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyarrow as pa
from pyarrow import parquet

from archive.export.draft import Progress, Written, digest_file
from archive.export.selection import Chosen
from pipelines.records import parse_instant

NO_MONTH = "__HIVE_DEFAULT_PARTITION__"
"""How a missing value is named in a path: readers give null for it."""
MOST_ROWS, MOST_CHARACTERS = 2000, 8_000_000
"""Of a row group, whichever comes first: what is in memory at once."""

_text, _texts = pa.string(), pa.list_(pa.string())
_moment = pa.timestamp("us", tz="UTC")
_INSTANT = len("2021-06-29T18:13")
SCHEMA = pa.schema(
    [
        pa.field("id", _text, nullable=False),
        pa.field("url", _text, nullable=False),
        pa.field("canonical_url", _text, nullable=False),
        ("title", _text),
        ("subtitle", _text),
        ("published", _text),
        ("published_on", pa.date32()),
        ("published_at", _moment),
        ("source", _text),
        ("author", _text),
        ("editor", _text),
        ("column", _text),
        ("document_number", _text),
        pa.field("paragraphs", _texts, nullable=False),
        ("attachments", pa.list_(pa.struct([("url", _text), ("title", _text), ("type", _text), ("size", _text)]))),
        ("images", pa.list_(pa.struct([("url", _text), ("caption", _text)]))),
        pa.field("script", _text, nullable=False),
        ("origins", pa.map_(_text, _text)),
        ("confidence", pa.float64()),
        pa.field("reconstructed", pa.bool_(), nullable=False),
        pa.field("text_digest", _text, nullable=False),
        ("first_page", _text),
        ("next_page", _text),
        pa.field("record_id", _text, nullable=False),
        pa.field("fetched_at", _moment, nullable=False),
        pa.field("custody", _text, nullable=False),
        ("payload_digest", _text),
        pa.field("recipe", _text, nullable=False),
    ]
)
"""The fields of an Article, its provenance beside them; `published` is as stated, `published_on` its day, and
`published_at` the moment where the time of day is known. Site and month are in the path."""


def write_parquet(folder: Path, chosen: Iterator[Chosen], progress: Progress) -> Iterator[Progress]:
    """Write the files of the partitions, one after the other; `chosen` comes in the order of partitions."""
    for place, articles in groupby(chosen, key=_place):
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        before = tally = progress.tally
        with parquet.ParquetWriter(path, SCHEMA, **_OPTIONS) as writer:
            for group in _row_groups(articles):
                writer.write_table(pa.Table.from_pylist([_to_row(one) for one in group], schema=SCHEMA))
                tally = tally.add(group)
        counts = (tally.articles - before.articles, tally.reconstructed - before.reconstructed)
        progress = Progress(tally, 0, (Written(place, path.stat().st_size, digest_file(path), *counts),))
        yield progress


_OPTIONS = {
    "version": "2.6",
    "compression": "zstd",
    "compression_level": 3,
    "use_dictionary": ["source", "author", "editor", "column", "script", "custody", "recipe"],
    "write_statistics": True,
    "data_page_version": "1.0",
}


def _place(chosen: Chosen) -> str:
    published = json.loads(chosen.body)["published"]
    month = published[:7] if published else NO_MONTH
    return f"site={quote(chosen.site, safe='')}/month={month}/part-0.parquet"


def _row_groups(articles: Iterator[Chosen]) -> Iterator[Sequence[Chosen]]:
    group: list[Chosen] = []
    characters = 0
    for chosen in articles:
        group.append(chosen)
        characters += len(chosen.body)
        if len(group) >= MOST_ROWS or characters >= MOST_CHARACTERS:
            yield group
            group, characters = [], 0
    if group:
        yield group


def _to_row(chosen: Chosen) -> dict[str, Any]:
    article: dict[str, Any] = json.loads(chosen.body)
    provenance = chosen.provenance.model_dump() | {"fetched_at": parse_instant(chosen.provenance.fetched_at)}
    published = article["published"]
    article["origins"] = list(article["origins"].items())
    article["published_on"] = date.fromisoformat(published[:10]) if published else None
    is_timed = published is not None and len(published) >= _INSTANT
    article["published_at"] = datetime.fromisoformat(published) if is_timed else None
    return article | provenance
