"""Articles as JSON lines: one `Article` a line, UTF-8, keys in the order of the model."""

from collections.abc import Collection, Iterator
from pathlib import Path

from archive.catalog import Catalog
from archive.disk import on_disk
from archive.export.selection import choose_articles
from archive.export.writing import write_whole


def export_jsonl(catalog: Catalog, path: Path, *, sites: Collection[str] = (), unique: bool = False) -> int:
    """Write the articles to a file, which is there whole or not at all, and give their number. Raises StorageFull."""
    count = 0
    with on_disk(path), write_whole(path) as file:
        for line in jsonl_lines(catalog, sites=sites, unique=unique):
            file.write(line.encode())
            count += 1
    return count


def jsonl_lines(catalog: Catalog, *, sites: Collection[str] = (), unique: bool = False) -> Iterator[str]:
    """The lines, each with its line feed."""
    for chosen in choose_articles(catalog, sites=sites, unique=unique):
        yield chosen.line + "\n"
