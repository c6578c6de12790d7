"""Sites that the archive has something of."""

from collections.abc import Collection

import click
from sqlalchemy import select

from archive.catalog.catalog import Catalog
from archive.catalog.schema import captures

_MOST_NAMED = 8


def require_held(catalog: Catalog, keys: Collection[str]) -> None:
    """Raise UsageError for the key of a site that the archive has nothing of: the answer would be empty, and no finding."""
    for key in keys:
        with catalog.view() as connection:
            if connection.execute(select(captures.c.site).where(captures.c.site == key).limit(1)).first():
                continue
            held = sorted(connection.execute(select(captures.c.site).distinct()).scalars())
        named = ", ".join(held[:_MOST_NAMED]) + (", …" if len(held) > _MOST_NAMED else "")
        raise click.UsageError(f"{key}: the archive has nothing of such a site; it has {named or 'nothing yet'}")
