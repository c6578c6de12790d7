"""The tables in the README and in those of tests/bench and tests/soak: `python -m tests.bench readme` writes them.

They are made of the committed reports. A table stands between `<!-- measured: NAME -->` and `<!-- end -->`; NAME is a
benchmark beside this file, `altered_cases` for what `altered_files` found case by case, or `soak` for the reports in
tests/soak.
"""

import importlib
import re
from functools import partial
from pathlib import Path

from tests.bench import altered_files
from tests.bench._soak_table import SOAK, soak_table
from tests.bench._table import read_report

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
DOCUMENTS = (ROOT / "README.md", HERE / "README.md", SOAK / "README.md")
COMMAND = "python -m tests.bench readme"
_PLACE = re.compile(r"(<!-- measured: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def render(text: str) -> str:
    """A document with each table as the reports have it now."""
    return _PLACE.sub(_fill, text)


def write() -> None:
    """Bring the documents up to date."""
    for document in DOCUMENTS:
        document.write_text(render(document.read_text(encoding="utf-8")), encoding="utf-8")


def _fill(place: re.Match[str]) -> str:
    made = {"soak": soak_table, "altered_cases": _altered_cases}.get(place[2], partial(_bench, place[2]))
    return f"{place[1]}{made()}\n{place[3]}"


def _altered_cases() -> str:
    return altered_files.every_case(read_report(HERE / "altered_files.json")["figures"])


def _bench(name: str) -> str:
    report = HERE / f"{name}.json"
    command = f"`python -m tests.bench {name}`"
    if not report.exists():
        return f"Not measured yet: {command}"
    table: str = importlib.import_module(f"tests.bench.{name}").to_markdown(read_report(report)["figures"])
    return f"{table}\n\nMade with {command}; the report is [{report.name}](tests/bench/{report.name})."
