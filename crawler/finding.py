"""What a look at a site found, and the lines of TOML that answer it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing seen: a stable `name`, `where` in the site file, what, and the TOML lines to put there.

    What is not wrong is a remark: worth a look, but the site can be crawled.
    """

    name: str
    where: str
    says: str
    change: tuple[str, ...] = ()
    is_wrong: bool = True


def to_toml(value: str | Sequence[str]) -> str:
    """A TOML string or array of strings.

    >>> to_toml(["a", "b"])
    '["a", "b"]'
    """
    text = json.dumps(value if isinstance(value, str) else list(value), ensure_ascii=False)
    return text.replace("\x7f", "\\u007f")
