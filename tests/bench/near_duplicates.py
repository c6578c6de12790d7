"""Near-duplicates side by side: Lantian, rensa and datasketch with their LSH indexes, and simhash, on the same texts.

The reprints are those of the quality floors, made of the shared articles; among the originals stand also thousands of
generated notices, and 200 reports of inspections made of the same few phrases. *Strangers* are 200 more such reports,
nobody's reprint: whatever is found near them is wrong. All texts are folded before, so "other script" shows what the
fold does, for everybody.
"""

import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import opencc

from pipelines.sketch import fold_text
from tests.archive.made_entries import Press, alter
from tests.archive.made_pages import article_title, body_paragraphs
from tests.bench._sketchers import FINDERS
from tests.bench._table import make_table
from tests.bench.extractors import make_environment

HERE = Path(__file__).resolve().parent
TRUTH = HERE.parents[2] / "shared" / "pages" / "truth"
NOTICES, REPORTS = 5_000, 200
OURS = {"Lantian", "rensa"}
"""What is installed beside Lantian; the others are in the environment of the rivals."""


def run() -> dict[str, Any]:
    """Recall, precision, milliseconds of processor time and memory of each."""
    if not TRUTH.exists():
        return {"skipped": "../shared/pages is absent"}
    texts = json.dumps(make_texts())
    theirs = make_environment()
    return {name: _ask(sys.executable if name in OURS else str(theirs), name, texts) for name in FINDERS}


def to_markdown(figures: dict[str, Any]) -> str:
    """The README's table."""
    kinds = list(next(iter(figures.values()))["recall"])
    rows = [
        [f"{name} {row['version']}", *(f"{row['recall'][kind]:.2f}" for kind in kinds), _share(row["precision"])]
        + [row[name] for name in ("wrong_answers_a_stranger", "insert_ms", "query_ms", "peak_memory_mb")]
        for name, row in figures.items()
    ]
    return make_table(["", *kinds, "precision", "wrong a stranger", "ms to insert", "ms to ask", "memory, MB"], rows)


def _share(value: float | None) -> str | None:
    return None if value is None else f"{value:.3f}"


def make_texts() -> dict[str, Any]:
    """Originals, and by kind of change the number of an original with its reprint."""
    read = [json.loads(path.read_text("utf-8")) for path in sorted(TRUTH.glob("*.json"))]
    articles = [[truth["title"] or "", *truth["paragraphs"]] for truth in read if truth.get("paragraphs")]
    rng, pool, to_traditional = random.Random(7), "".join(map("".join, articles)), opencc.OpenCC("s2t").convert
    foot = ["责任编辑：王芳", "（来源：示例日报）"]
    changed = {
        "header and footer": [["本报讯 记者李明报道", *lines, *foot] for lines in articles],
        **{f"{share} % changed": [_alter(lines, share / 100, rng, pool) for lines in articles] for share in (1, 5, 10)},
        "other script": [[to_traditional(line) for line in lines] for lines in articles],
        "last paragraph dropped": [lines[:-1] for lines in articles],
    }
    reprints = {
        kind: [(number, fold_text("\n".join(lines))) for number, lines in enumerate(made) if len(lines) > 1]
        for kind, made in changed.items()
    }
    press = Press()
    others = ["\n".join(press.write(10 * number)[:2]) for number in range(NOTICES)]
    originals = [*("\n".join(lines) for lines in articles), *others, *map(_report, range(REPORTS))]
    return {
        "originals": list(map(fold_text, originals)),
        "reprints": reprints,
        "strangers": [fold_text(_report(number)) for number in range(REPORTS, 2 * REPORTS)],
    }


def _report(number: int) -> str:
    """A report of inspections: the phrases of the others in another order, and nobody's reprint."""
    return "\n".join([article_title(number), *body_paragraphs(number)])


def _alter(lines: list[str], share: float, rng: random.Random, pool: str) -> list[str]:
    return [alter(line, share, rng, pool) for line in lines]


def _ask(python: str, name: str, texts: str) -> dict[str, Any]:
    command = [python, "-P", str(HERE / "_sketchers.py"), name]
    told = subprocess.run(command, cwd=HERE.parents[1], input=texts, capture_output=True, text=True, check=True)
    row: dict[str, Any] = json.loads(told.stdout)
    return row
