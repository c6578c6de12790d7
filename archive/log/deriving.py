"""What a recipe made of a capture, as the log keeps it: digests, so that an edit of the catalog shows."""

import json
from collections.abc import Mapping
from typing import Any

from archive.log.covering import now, sha256
from archive.log.entries import DerivedEntry
from archive.reading import Body


def derived_entry(row: Mapping[str, Any], body: Body) -> DerivedEntry:
    """The entry for a capture's line in the catalog and the article it gave."""
    title = str(json.loads(body.text).get("title") or "")
    return DerivedEntry(
        logged=now(),
        capture=row["record_id"],
        article=body.article,
        url=row["canonical"],
        recipe=row["recipe"],
        body=body.body_digest,
        text=body.text_digest,
        title=sha256(title.encode("utf-8", "surrogatepass")),
        published=body.published,
    )
