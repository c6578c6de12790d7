"""Oddities that an office itself published: they stay, are reported, and are folded for search and fingerprints only."""

import re

from pipelines.repair.plan import Finding
from pipelines.repair.specimen import Specimen

_ODDITIES = {
    "kangxi-radicals": re.compile("[\u2e80-\u2fd5]"),
    "private-use": re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff]"),
    "zero-width": re.compile("[\u200b-\u200f\u2060-\u2064\ufeff\u00ad]"),
}
_ANY = re.compile("[\u2e80-\u2fd5\ue000-\uf8ff\U000f0000-\U0010ffff\u200b-\u200f\u2060-\u2064\ufeff\u00ad]")


def find_oddities(specimen: Specimen) -> Finding:
    """Name what is odd and not damage."""
    if not _ANY.search(specimen.foreign):
        return Finding()
    return Finding(tuple(name for name, pattern in _ODDITIES.items() if pattern.search(specimen.foreign)))
