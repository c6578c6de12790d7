"""Exports as tests need them: articles as lines, or written by the writers that `lantian export` has."""

from collections.abc import Collection
from pathlib import Path

from archive.catalog.catalog import Catalog
from archive.export.articles import Form, export_articles
from archive.export.selection import Selection, choose_articles


def exported_lines(catalog: Catalog, *, sites: Collection[str] = (), unique: bool = False) -> list[str]:
    """The articles as JSON, in the order of an export."""
    return [chosen.line for chosen in choose_articles(catalog, Selection(tuple(sites), unique=unique))]


def export_to(catalog: Catalog, form: Form, out: Path, *, unique: bool = False) -> int:
    """Export to a file or folder, and give the number of articles."""
    return export_articles(catalog, form, out, Selection(unique=unique), archive_id="test").articles
