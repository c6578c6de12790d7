"""Sinks that fail: at a full disk, and by a fault of their own."""

from typing import Any, Self

from archive.errors import StorageFull
from pipelines.records import Capture
from tests.crawler.drive import Keep

FULL = "warc/x: no space left on device; free some and run again"


class Full(Keep):
    """Keeps five captures; there is no room for more."""

    made = 0

    @classmethod
    def from_crawler(cls, crawler: Any) -> Self:
        """Count how often it is made."""
        cls.made += 1
        crawler.stats.set_value("sinks", cls.made)
        return cls()

    def take(self, capture: Capture, request: Any) -> str:
        """Keep, or raise StorageFull."""
        if len(self.captures) == 5:
            raise StorageFull(FULL)
        return super().take(capture, request)


class Faulty(Keep):
    """Has a fault that shows at the third capture."""

    def take(self, capture: Capture, request: Any) -> str:
        """Keep, or fail."""
        if len(self.captures) == 2:
            raise ZeroDivisionError("a fault")
        return super().take(capture, request)
