"""The options of extraction: part of the recipe, and read without the extractor."""

from typing import Any, Final

OPTIONS: Final[dict[str, Any]] = {
    "output_format": "python",
    "fast": True,
    "recall": True,
    "comments": False,
    "tables": True,
    "images": False,
    "links": False,
    "dedup": False,
    "with_metadata": False,
    "MIN_EXTRACTED_SIZE": 10,
    "MIN_OUTPUT_SIZE": 1,
}
"""What is asked of trafilatura; part of every recipe."""
