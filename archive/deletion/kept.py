"""The captures whose payload was not deleted, and that refer to none that was: a condition for queries of the catalog."""

from typing import Final

from sqlalchemy import or_, select

from archive.catalog.schema import captures
from pipelines.records import DELETED

_GONE: Final = captures.alias("gone")
IS_KEPT: Final = captures.c.failure.is_distinct_from(DELETED) & or_(
    captures.c.refers_to.is_(None),
    captures.c.refers_to.not_in(select(_GONE.c.record_id).where(_GONE.c.failure == DELETED)),
)
