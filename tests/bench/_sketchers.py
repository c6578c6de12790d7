"""What finds near-duplicates, each in the way its own documentation shows: run as a child of `near_duplicates`.

    python _sketchers.py NAME < texts.json

Texts come folded (Simplified, one width), so that all compare the same characters. Knows nothing of Lantian, for rivals
live in an environment of their own; Lantian's own finder is imported only for its row.
"""

import json
import resource
import sys
import time
from collections.abc import Callable, Iterable
from importlib import import_module, metadata
from typing import Any

PERMUTATIONS = 128
THRESHOLD = 0.5
HAMMING = 3

Find = Callable[[str], Iterable[int]]
"""Gives the numbers of the texts that are near a text."""


def grams(text: str) -> list[str]:
    """The character 3-grams."""
    return list({text[start : start + 3] for start in range(max(len(text) - 2, 1))})


def datasketch(texts: list[str]) -> Find:
    """MinHash and its LSH index at a threshold of 0.5."""
    module = import_module("datasketch")

    def sketch(text: str) -> Any:
        minhash = module.MinHash(num_perm=PERMUTATIONS)
        minhash.update_batch([gram.encode() for gram in grams(text)])
        return minhash

    index = module.MinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS)
    for number, text in enumerate(texts):
        index.insert(number, sketch(text))
    return lambda text: index.query(sketch(text))


def rensa(texts: list[str]) -> Find:
    """R-MinHash and its LSH index with 32 bands."""
    module = import_module("rensa")

    def sketch(text: str) -> Any:
        minhash = module.RMinHash(num_perm=PERMUTATIONS, seed=1)
        minhash.update(grams(text))
        return minhash

    index = module.RMinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS, num_bands=32)
    for number, text in enumerate(texts):
        index.insert(number, sketch(text))
    return lambda text: index.query(sketch(text))


def simhash(texts: list[str]) -> Find:
    """64 bits, near where at most 3 differ."""
    module = import_module("simhash")
    index = module.SimhashIndex([(str(n), module.Simhash(grams(text))) for n, text in enumerate(texts)], k=HAMMING)
    return lambda text: map(int, index.get_near_dups(module.Simhash(grams(text))))


def lantian(texts: list[str]) -> Find:
    """The band keys of `pipelines.sketch` in memory, and its comparison; the catalog keeps the same keys in SQLite."""
    module = import_module("pipelines.sketch")
    known: list[Any] = []
    bands: dict[int, list[int]] = {}
    for number, text in enumerate(texts):
        known.append(module.fingerprint(text))
        for key in module.unpack(module.sketch(known[-1])):
            bands.setdefault(key, []).append(number)

    def find(text: str) -> Iterable[int]:
        own = module.fingerprint(text)
        hinted = {number for key in module.unpack(module.sketch(own)) for number in bands.get(key, ())}
        return [number for number in hinted if module.compare(own, known[number]) is not None]

    return find


FINDERS: dict[str, tuple[str, Callable[[list[str]], Find]]] = {
    "Lantian": ("lantian", lantian),
    "rensa": ("rensa", rensa),
    "datasketch": ("datasketch", datasketch),
    "simhash": ("simhash", simhash),
}
"""Name in the table, the distribution it comes from, and how it is used."""


def measure(
    make: Callable[[list[str]], Find], originals: list[str], reprints: dict[str, list[Any]], strangers: list[str]
) -> dict[str, Any]:
    """Recall by kind of change, precision, wrong answers a stranger, CPU time to put a text in and to ask for one."""
    began = time.process_time()
    find = make(originals)
    put_in = time.process_time() - began
    recall, answers, right, asked = {}, 0, 0, 0
    began = time.process_time()
    for kind, pairs in reprints.items():
        hits = 0
        for number, text in pairs:
            found = set(find(text))
            hits += number in found
            answers += len(found)
        recall[kind] = round(hits / len(pairs), 4)
        right, asked = right + hits, asked + len(pairs)
    query_ms = round(1000 * (time.process_time() - began) / asked, 3)
    wrong = sum(len(set(find(text))) for text in strangers)
    return {
        "recall": recall,
        "precision": round(right / answers, 4) if answers else None,
        "insert_ms": round(1000 * put_in / len(originals), 3),
        "query_ms": query_ms,
        "wrong_answers_a_stranger": round(wrong / len(strangers), 2),
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


if __name__ == "__main__":
    given = json.load(sys.stdin)
    package, maker = FINDERS[sys.argv[1]]
    figures = measure(maker, given["originals"], given["reprints"], given["strangers"])
    print(json.dumps({"version": metadata.version(package)} | figures))
