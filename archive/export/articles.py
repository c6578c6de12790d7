"""Exporting articles: made beside its place, put there whole, gone on with after an interruption, with a manifest.

Two exports of the same archive, or one that was interrupted, or one after `reindex`, are equal to the byte.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib import import_module, metadata
from itertools import islice
from pathlib import Path
from typing import Any, Literal

from archive.catalog.catalog import Catalog
from archive.disk import on_disk
from archive.export.draft import Draft, Progress, Tally, open_draft
from archive.export.lines import write_lines
from archive.export.manifest import manifest_path, write_manifest
from archive.export.metadata import format_head, format_metadata
from archive.export.seed import SEED_FILE, seed_width, write_seed
from archive.export.selection import Chosen, Order, Selection, choose_articles, count_articles, digest_choice

Form = Literal["seed", "jsonl", "csv", "parquet"]
_PARTITION = re.compile(r"site=[^/]+/month=[^/]+/part-0\.parquet")


@dataclass(frozen=True, slots=True)
class _Shape:
    """How a form lies on the disk: the order of its articles, and which files of its folder are its own."""

    order: Order = "publication"
    own: re.Pattern[str] | None = None


_SHAPES: dict[Form, _Shape] = {
    "seed": _Shape(own=SEED_FILE),
    "jsonl": _Shape(),
    "csv": _Shape(),
    "parquet": _Shape("partition", _PARTITION),
}


def export_articles(
    catalog: Catalog,
    form: Form,
    out: Path,
    selection: Selection,
    *,
    archive_id: str,
    progress: Callable[[int], None] | None = None,
) -> Tally:
    """Write articles to a folder (seed, parquet) or a file (jsonl, csv), and the manifest beside it; tell what it holds.

    What an earlier export left in the folder and is no longer part of it is removed, other files are left alone.
    `progress` is told the number of articles as it grows. Raises ExportBusy and StorageFull.
    """
    shape = _SHAPES[form]
    plan = _plan(catalog, form, selection, archive_id)
    with open_draft(out, plan) as draft:
        chosen = islice(choose_articles(catalog, selection, order=shape.order), draft.progress.tally.articles, None)
        width = seed_width(count_articles(catalog, selection))
        for reached in _write(form, out.name, draft, chosen, width=width):
            draft.note(reached)
            if progress:
                progress(reached.tally.articles)
        manifest_path(out).unlink(missing_ok=True)
        _put_in_place(draft, out, shape)
        write_manifest(out, plan, draft.progress.tally, draft.files())
    return draft.progress.tally


def _plan(catalog: Catalog, form: Form, selection: Selection, archive_id: str) -> dict[str, Any]:
    """Everything that decides the bytes of the export, as its manifest states it."""
    programs = {"lantian": metadata.version("lantian")}
    if form == "parquet":
        programs["pyarrow"] = metadata.version("pyarrow")
    return {
        "format": form,
        "archive": archive_id,
        "programs": programs,
        "selection": selection.to_json(),
        "choice": digest_choice(catalog, selection, order=_SHAPES[form].order),
    }


def _write(form: Form, name: str, draft: Draft, chosen: Iterator[Chosen], *, width: int) -> Iterator[Progress]:
    """The writer of a form, at work."""
    if form == "seed":
        return write_seed(draft.data, chosen, draft.progress, width=width)
    if form == "parquet":
        writing: Iterator[Progress] = import_module("archive.export.parquet").write_parquet(
            draft.data, chosen, draft.progress
        )
        return writing
    write = partial(write_lines, draft.data / name, chosen, draft.progress)
    if form == "csv":
        return write(encode=format_metadata, head=format_head())
    return write(encode=_encode_line)


def _encode_line(chosen: Chosen) -> bytes:
    return f"{chosen.line}\n".encode()


def _put_in_place(draft: Draft, out: Path, shape: _Shape) -> None:
    """Move what was made to its place; a folder that is there may hold other things, which stay."""
    if shape.own is None:
        (draft.data / out.name).replace(out)
        return
    if not out.exists():
        draft.data.rename(out)
        return
    written: set[str] = set()
    for file in draft.files():
        (out / file.path).parent.mkdir(parents=True, exist_ok=True)
        (draft.data / file.path).replace(out / file.path)
        written.add(file.path)
    with on_disk(out):
        for old in list(out.rglob("*")):
            name = old.relative_to(out).as_posix()
            if shape.own.fullmatch(name) and name not in written:
                old.unlink()
