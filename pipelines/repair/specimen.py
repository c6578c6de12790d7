"""A text under examination: what each kind of damage is asked about."""

import re
from dataclasses import dataclass

from pipelines.repair.language import Language

_FOREIGN = re.compile("(?:[^\x00-\x7f]++[?-~]?)++")


@dataclass(frozen=True, slots=True)
class Specimen:
    """A text, and all of it that most damage can show in.

    `foreign` holds its runs outside ASCII, a line each, with the mark or letter right behind a run, which a broken character
    may have swallowed or left. It is a tenth of a page's source, so a sign of damage is looked for there first. With
    `markup` the text is the source of an HTML page.
    """

    text: str
    foreign: str
    language: Language
    markup: bool = False


def prepare(text: str, language: Language, *, markup: bool = False) -> Specimen:
    """Make a text ready to be examined."""
    return Specimen(text, "\n".join(_FOREIGN.findall(text)), language, markup)
