"""Give a damaged Chinese text back as it was published, prove each change, and leave healthy text alone.

`repair` asks each kind of damage in `evidence.EVIDENCE` in turn; one file is one kind. What cannot be known becomes
U+FFFD, never a guess.
"""

from pipelines.repair.evidence import repair
from pipelines.repair.language import Language, LanguageError, parse_language
from pipelines.repair.plan import Repaired, apply_plan

__all__ = ["Language", "LanguageError", "Repaired", "apply_plan", "parse_language", "repair"]
