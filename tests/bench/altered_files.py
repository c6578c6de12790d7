"""Altered archives and WACZ files under the programs that people check such files with, beside `lantian verify`.

The files are those of `tests/archive/altered`, one at a time. A program finds an alteration when it ends with another
code than 0, or complains of something that it did not complain of before. The archive has no page in chunks here, since
`warcio check` calls every such record wrong; of what `fastwarc check --verify-payloads` calls wrong in the clean file,
the revisits, nothing counts. `wacz validate --verify-auth` knows the signatures of domains alone and refuses every
anonymous one, so it is asked without. The programs live in `.venv-replay`, which `make replay-check` makes.
"""

import json
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

from archive.verify.check import verify
from archive.wacz.check import check_wacz
from tests.archive.altered.case import Case
from tests.archive.altered.catalog import CATALOG
from tests.archive.altered.clean import make_clean, make_whole_wacz
from tests.archive.altered.derived import DERIVED
from tests.archive.altered.files import FILES
from tests.archive.altered.hostile import HOSTILE
from tests.archive.altered.lies import LIES
from tests.archive.altered.log import LOG
from tests.archive.altered.records import RECORDS
from tests.archive.altered.seals import SEALS
from tests.archive.altered.tiles import TILES
from tests.archive.altered.times import TIMES
from tests.archive.altered.wacz import WACZ
from tests.archive.altered.writers import WRITERS
from tests.archive.warc.samples import page
from tests.bench._checkers import FASTWARC, VALIDATE, WARCIO
from tests.bench._table import make_table

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
TOOLS = ROOT / ".venv-replay" / "bin"
OURS = "lantian verify"
GROUPS = {
    "records in WARC files": RECORDS,
    "WARC files": [*FILES, *WRITERS],
    "pipes, devices, unsigned entries": HOSTILE,
    "log and keys": [*LOG, *LIES, *SEALS, *TILES],
    "catalog and index": [*DERIVED, *CATALOG],
    "times": TIMES,
}
OF_FILES = ("records in WARC files", "WARC files")
"""What the others can look at; they know neither log nor catalog."""
UNSEEN = "cannot be seen"
"""In the name of an alteration that nobody can find; the other cases that are intact are no alterations."""
Ask = Callable[[str, Path], set[str]]


def run() -> dict[str, Any]:
    """Which program finds which case."""
    if not (TOOLS / "wacz").exists() or not shutil.which("openssl"):
        return {"skipped": "it wants .venv-replay, which make replay-check makes, and openssl"}
    with tempfile.TemporaryDirectory() as name, _others() as ask:
        folder = Path(name)
        rows = [*_of_archives(folder, ask), *_of_wacz(folder, ask)]
    return {"versions": _versions(), "found": _count(rows), "cases": rows}


COLUMNS = (OURS, WARCIO, FASTWARC, VALIDATE)


def to_markdown(figures: dict[str, Any]) -> str:
    """How many cases each program finds."""
    versions = figures["versions"]
    head = [OURS, *(f"{name} {versions[name]}" for name in COLUMNS[1:])]
    counts = [
        [f"{group} ({said['cases']})", *(said.get(column) for column in COLUMNS)]
        for group, said in figures["found"].items()
    ]
    return make_table(["altered (cases)", *head], counts)


def every_case(figures: dict[str, Any]) -> str:
    """Which program finds which."""
    cases = [[row["case"], *(_say(row.get(column)) for column in COLUMNS)] for row in figures["cases"]]
    return make_table(["altered", *COLUMNS], cases)


@contextmanager
def _others() -> Iterator[Ask]:
    """What the programs of others complain of in a file, or in the WARC files of a folder."""
    command = [str(TOOLS / "python"), "-P", str(HERE / "_checkers.py")]
    pipes = dict(stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    with subprocess.Popen(command, cwd=ROOT, text=True, **pipes) as child:  # type: ignore[call-overload]

        def ask(program: str, path: Path) -> set[str]:
            found: set[str] = set()
            for file in sorted(path.rglob("*.warc.gz")) if path.is_dir() else [path]:
                child.stdin.write(json.dumps([program, str(file)]) + "\n")
                child.stdin.flush()
                found |= set(json.loads(child.stdout.readline()))
            return found

        yield ask
        child.stdin.close()


def _of_archives(folder: Path, ask: Ask) -> Iterator[dict[str, Any]]:
    clean = folder / "clean"
    make_clean(clean, fourth=page(9))
    known = {name: ask(name, clean) for name in (WARCIO, FASTWARC)}
    if verify(clean, is_deep=True).findings or known[WARCIO]:
        raise AssertionError(f"altered_files: false alarms: {known}")
    for group, cases in GROUPS.items():
        for case in cases:
            if case.verdict != "intact" or UNSEEN in case.name:
                found = _check_case(folder, clean, case, ask, known if group in OF_FILES else {})
                yield {"group": group, "case": case.name, **found}


def _check_case(folder: Path, clean: Path, case: Case, ask: Ask, known: dict[str, set[str]]) -> dict[str, bool]:
    altered = folder / "altered"
    shutil.copytree(clean, altered)
    try:
        trust = case.kept(altered)
        case.alter(altered)
        ours = verify(altered, trust=trust, is_deep=case.is_deep).verdict != "intact"
        return {OURS: ours} | {name: bool(ask(name, altered) - said) for name, said in known.items()}
    finally:
        shutil.rmtree(altered)
        shutil.rmtree(folder / "foreign", ignore_errors=True)


def _of_wacz(folder: Path, ask: Ask) -> Iterator[dict[str, Any]]:
    whole, beside = make_whole_wacz(folder / "whole"), folder / "beside"
    if check_wacz(whole).findings or ask(VALIDATE, whole):
        raise AssertionError("altered_files: a false alarm on a whole WACZ")
    for case in WACZ:
        if case.verdict == "intact":
            continue
        beside.mkdir()
        path = beside / "altered.wacz"
        case.alter(whole, path)
        ours = check_wacz(path, trust=case.kept(whole), reextract=0 if case.reextract else None).verdict != "intact"
        yield {"group": "WACZ files", "case": case.name, OURS: ours, VALIDATE: bool(ask(VALIDATE, path))}
        shutil.rmtree(beside)


def _count(rows: Sequence[dict[str, Any]]) -> dict[str, dict[str, int]]:
    found: dict[str, Counter[str]] = {}
    for row in rows:
        of_group = found.setdefault(row["group"], Counter())
        of_group["cases"] += 1
        for name in (OURS, WARCIO, FASTWARC, VALIDATE):
            if name in row:
                of_group[name] += row[name]
    return {group: dict(counts) for group, counts in found.items()}


def _say(found: bool | None) -> str | None:  # noqa: FBT001 (a value of a table)
    return None if found is None else "found" if found else "no"


def _versions() -> dict[str, str]:
    script = "from importlib.metadata import version\nfor name in ('warcio', 'FastWARC', 'wacz'): print(version(name))"
    done = subprocess.run([str(TOOLS / "python"), "-c", script], capture_output=True, text=True, check=True)
    return dict(zip((WARCIO, FASTWARC, VALIDATE), done.stdout.split(), strict=True)) | {OURS: version("lantian")}
