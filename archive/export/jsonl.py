"""Articles as JSON lines: one `Article` a line, UTF-8, keys in the order of the model."""

from collections.abc import Collection, Iterator
from pathlib import Path

from archive.catalog import Catalog
from archive.export.selection import Selection, choose_articles
from archive.export.writing import write_lines


def export_jsonl(catalog: Catalog, path: Path, *, sites: Collection[str] = (), unique: bool = False) -> int:
    """Write the articles to a file, which is there whole or not at all, and give their number. Raises StorageFull."""
    return write_lines(path, jsonl_lines(catalog, sites=sites, unique=unique))


def jsonl_lines(catalog: Catalog, *, sites: Collection[str] = (), unique: bool = False) -> Iterator[str]:
    """The lines, each with its line feed."""
    for chosen in choose_articles(catalog, Selection(tuple(sites), unique=unique)):
        yield chosen.line + "\n"
