"""What the road knows besides the capture and the site: read once by the caller, then a value.

The recipe names everything that turned bytes into text, so that an article of another recipe is never taken for an
edit by its publisher.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from pipelines.options import OPTIONS
from pipelines.repair import Language

PACKAGES = (
    "lantian", "trafilatura", "lxml", "chardet", "lxml_html_clean",
    "pypdfium2", "python-docx", "openpyxl", "xlrd", "olefile",
)  # fmt: skip
"""The distributions whose versions can change the text of an article or of an attached file."""


@dataclass(frozen=True, slots=True)
class Knowledge:
    """The language model for repair, and the recipe id written into every article."""

    language: Language
    recipe: str


def recipe_id(versions: Mapping[str, str], *, language_digest: str) -> str:
    """Name exact versions, the extraction options and the language data: `recipe:` and 16 hex digits.

    >>> recipe_id({"lxml": "6.1"}, language_digest="") == recipe_id({"lxml": "6.1"}, language_digest="")
    True
    """
    parts = {"versions": dict(versions), "extract": OPTIONS, "language": language_digest}
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False)
    return f"recipe:{hashlib.sha256(text.encode()).hexdigest()[:16]}"
