"""The place of a hit in the order, as text: where the next page begins, whatever the archive takes in meanwhile."""

import base64
import json
from typing import Any

from archive.errors import QueryError

ORDER = ("score", "moment", "article", "first_seen")
"""What hits are sorted by, the greatest first; without an order of relevance there is no score."""


def write_cursor(place: Any) -> str:
    """The place of a hit."""
    text = json.dumps([getattr(place, name) for name in ORDER])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(cursor: str, *, is_ranked: bool) -> dict[str, Any]:
    """The place in the order; raises QueryError for what is no cursor, or one of the other order."""
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        "".join(values[1:]).encode()
    except (ValueError, TypeError):
        values = None
    if not isinstance(values, list) or list(map(type, values[1:])) != [str, str, str]:
        raise QueryError(f"cursor {cursor[:20]!r}: was not printed by a search; copy it from the last line")
    if not isinstance(values[0], float if is_ranked else type(None)):
        raise QueryError(
            f"cursor {cursor[:20]!r}: is of a search in another order; give it the --order it was printed with"
        )
    return dict(zip(ORDER, values, strict=True))
