"""A way to alter a WACZ, and what must be said of it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from archive.verify.log_state import Trust
from archive.verify.report import Verdict
from tests.archive.altered.case import nothing_kept


@dataclass(frozen=True, slots=True)
class WaczCase:
    """`alter` makes another file of a whole one; `kinds` are all that must be found, the first of them at `file`, or a name like it.

    `page` is the end of the address whose record it must name.
    """

    name: str
    alter: Callable[[Path, Path], object]
    kinds: tuple[str, ...]
    file: str
    page: str | None = None
    kept: Callable[[Path], Trust] = nothing_kept
    verdict: Verdict = "altered"
    reextract: bool = False
    needs_openssl: bool = False
