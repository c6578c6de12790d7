"""What cannot be repaired is said: 锟斤拷, 烫烫烫, runs of `?` in the place of words. The text stays as it is."""

import re

from pipelines.repair.plan import Finding
from pipelines.repair.specimen import Specimen

#: UTF-8 of U+FFFD read as GBK, debug fills of a C library read as GBK, U+FFFD read as Latin-1.
_SIGNATURES = ("锟斤", "斤拷锟", "烫烫烫烫", "屯屯屯屯", "葺葺葺葺", "ï¿½ï¿½")
_WORDS_GONE = re.compile(
    "[\u4e00-\u9fff，。、：；][?\ufffd]{2,}[\u4e00-\u9fff，。、：；]|\ufffd{3,}|(?:[?]{3,}[，。、：；\\s]?){3,}"
)


def find_beyond_repair(specimen: Specimen) -> Finding:
    """Name the damage that has no inverse."""
    text, foreign = specimen.text, specimen.foreign
    is_gone = ("??" in text or "\ufffd" in foreign) and _WORDS_GONE.search(text)
    return Finding(("beyond-repair",) if is_gone or any(sign in foreign for sign in _SIGNATURES) else ())
