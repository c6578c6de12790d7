"""Extraction side by side: Lantian and the programs that people use for it, on the same pages, scored by the same rows.

Each extractor is a child process; the rivals live in an environment of their own, `.venv-rivals`, made from
`rivals.txt`, since some of them pin old packages. Speed is processor time on one core, measured inside the child page
by page; the children take turns, and medians over the rounds count, so a busy machine troubles all alike.
"""

import csv
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from tests.bench._rivals import EXTRACTORS
from tests.bench._table import make_table

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SHARED = ROOT.parent / "shared" / "pages"
ENVIRONMENT = ROOT / ".venv-rivals"
LOCK = HERE / "rivals.txt"
ROUNDS = 3
OURS, RIVAL = "Lantian", "trafilatura"
FIELDS = {
    "Lantian": ("title", "published", "published_day", "source", "author", "editor"),
    "trafilatura": ("title", "published", "published_day", "author"),
    "trafilatura, tuned": ("title", "published", "published_day", "author"),
    "GNE": ("title", "published", "published_day", "author"),
    "readability-lxml": ("title",),
    "newspaper4k": ("title", "published", "published_day", "author"),
    "resiliparse": ("title",),
}
"""The fields that an extractor gives at all."""
SCORED = ("articles", "f1", "precision", "recall", "pages_f1_below_0.9", "pages_with_leaks", "leaked_lines", "invented")

Jobs = list[dict[str, str]]
Answers = list[dict[str, Any]]


def run(rounds: int = ROUNDS) -> dict[str, Any]:
    """Quality and pages a second of every extractor, and how Lantian's speed compares with trafilatura's alone."""
    if not (SHARED / "INDEX.tsv").exists():
        return {"skipped": "../shared/pages is absent"}
    jobs = read_jobs()
    versions, told = _measure(jobs, rounds)
    rows = {name: {"version": versions[name], **_describe(name, jobs, told[name])} for name in EXTRACTORS}
    ratios = {
        f"speed_ratio_to_{RIVAL}{on}": round(rows[OURS][key] / rows[RIVAL][key], 2)
        for on, key in (("", "pages_per_cpu_second"), ("_on_articles", "articles_per_cpu_second"))
    }
    return {"pages": len(jobs), "rounds": rounds, **rows, **ratios}


def read_jobs() -> Jobs:
    """The pages that have a truth, each with its address and the charset that it is really in."""
    truths = map(json.loads, (path.read_bytes() for path in (SHARED / "truth").glob("*.json")))
    kinds = {truth["page"]: truth["kind"] for truth in truths}
    with (SHARED / "INDEX.tsv").open(encoding="utf-8", newline="") as index:
        rows = list(csv.DictReader(index, delimiter="\t"))
    return [
        {
            "page": row["file"],
            "kind": kinds[row["file"]],
            "url": row["url"],
            "path": str(SHARED / row["file"]),
            "charset": row["actual_charset"].partition("~")[0],
        }
        for row in rows
        if row["file"] in kinds
    ]


def make_environment() -> Path:
    """The Python of the rivals' own environment, made anew whenever `rivals.txt` changes."""
    python, stamp = ENVIRONMENT / "bin" / "python", ENVIRONMENT / LOCK.name
    if not stamp.exists() or stamp.read_bytes() != LOCK.read_bytes():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(ENVIRONMENT)], check=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "--no-deps", "--requirement", str(LOCK)], check=True)
        shutil.copyfile(LOCK, stamp)
    return python


def _measure(jobs: Jobs, rounds: int) -> tuple[dict[str, str], dict[str, list[Answers]]]:
    """The versions that answered, and the answers of each round; a first round warms up and does not count."""
    theirs = make_environment()
    told: dict[str, list[Answers]] = {name: [] for name in EXTRACTORS}
    with ExitStack() as stack:
        children = {
            name: stack.enter_context(_child(Path(sys.executable) if name == OURS else theirs, name))
            for name in EXTRACTORS
        }
        versions = {name: _hear(child) for name, child in children.items()}
        for _ in range(rounds + 1):
            for name, child in children.items():
                told[name].append(_ask(child, jobs))
    return versions, {name: answers[1:] for name, answers in told.items()}


@contextmanager
def _child(python: Path, name: str) -> Iterator[subprocess.Popen[str]]:
    command = [str(python), "-P", str(HERE / "_rivals.py"), name]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        yield child


def _ask(child: subprocess.Popen[str], jobs: Jobs) -> Answers:
    assert child.stdin is not None
    print(json.dumps(jobs), file=child.stdin, flush=True)
    answers: Answers = _hear(child)
    return answers


def _hear(child: subprocess.Popen[str]) -> Any:
    assert child.stdout is not None
    line = child.stdout.readline()
    if not line:
        raise RuntimeError(f"extractors: {child.args!r} ended; its last words are above")
    return json.loads(line)


def _describe(name: str, jobs: Jobs, told: list[Answers]) -> dict[str, Any]:
    """One row: the score of what was found, the fields that are given at all, failures, and speed."""
    score = _score(told[-1])
    articles = {job["page"] for job in jobs if job["kind"] == "article"}
    return {
        **{key: score[key] for key in SCORED},
        **{field: score[field] if field in FIELDS.get(name, ()) else None for field in FIELDS[OURS]},
        "failures": sum("failure" in answer for answer in told[-1]),
        "pages_per_cpu_second": _speed(told, {job["page"] for job in jobs}),
        "articles_per_cpu_second": _speed(told, articles),
    }


def _speed(told: list[Answers], pages: set[str]) -> float:
    rounds = [[answer["seconds"] for answer in answers if answer["page"] in pages] for answers in told]
    return round(len(pages) / median(map(sum, rounds)), 1)


def _score(answers: Answers) -> dict[str, Any]:
    """What the pages' own scorer says."""
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as results:
        results.writelines(json.dumps(answer) + "\n" for answer in answers)
        results.flush()
        command = [sys.executable, str(SHARED / "score.py"), results.name, "--json"]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    score: dict[str, Any] = json.loads(done.stdout)
    return score


COLUMNS = {
    "F1": "f1",
    "pages under 0.9": "pages_f1_below_0.9",
    "pages with leaks": "pages_with_leaks",
    "title": "title",
    "date, full": "published",
    "date, day": "published_day",
    "source": "source",
    "author": "author",
    "editor": "editor",
    "pages/s": "pages_per_cpu_second",
}


def to_markdown(figures: dict[str, Any]) -> str:
    """The README's table. A dash stands for a field that the extractor does not give."""
    rows = ((f"{name} {figures[name]['version']}", *map(figures[name].get, COLUMNS.values())) for name in EXTRACTORS)
    return make_table(["", *COLUMNS], rows)
