"""Altered archives and WACZ files under the programs that people check such files with, beside `lantian verify`.

The files are those of `tests/archive/altered`, one at a time. A program finds an alteration when it ends with another
code than 0, or complains of something that it did not complain of before. The archive has no page in chunks here, since
`warcio check` calls every such record wrong; of what `fastwarc check --verify-payloads` calls wrong in the clean file,
the revisits, nothing counts. The programs live in `.venv-replay`, which `make replay-check` makes.
"""

import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tests.archive.altered.case import Case
from tests.archive.altered.clean import make_clean, make_whole_wacz
from tests.archive.altered.derived import DERIVED
from tests.archive.altered.files import FILES
from tests.archive.altered.log import LOG
from tests.archive.altered.records import RECORDS
from tests.archive.altered.times import TIMES
from tests.archive.altered.wacz import WACZ
from tests.archive.warc_samples import page
from tests.bench._table import make_table

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ROOT / ".venv-replay" / "bin"
OURS, WARCIO, FASTWARC, VALIDATE = "lantian verify", "warcio check", "fastwarc check", "wacz validate"
GROUPS = {
    "records in WARC files": RECORDS,
    "WARC files": FILES,
    "log and keys": LOG,
    "catalog and index": DERIVED,
    "times": TIMES,
}
OF_FILES = ("records in WARC files", "WARC files")
"""What the others can look at; they know neither log nor catalog."""


def run() -> dict[str, Any]:
    """Which program finds which case."""
    if not (TOOLS / "wacz").exists() or not shutil.which("openssl"):
        return {"skipped": "it wants .venv-replay, which make replay-check makes, and openssl"}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = [*_of_archives(folder), *_of_wacz(folder)]
    return {"versions": _versions(), "cases": rows, "found": _count(rows)}


def to_markdown(figures: dict[str, Any]) -> str:
    """How many cases each program finds, and below which."""
    columns = (OURS, WARCIO, FASTWARC, VALIDATE)
    counts = [
        [f"{group} ({said['cases']})", *(said.get(column) for column in columns)]
        for group, said in figures["found"].items()
    ]
    cases = [[row["case"], *(_say(row.get(column)) for column in columns)] for row in figures["cases"]]
    return "\n".join(
        [
            make_table(["altered (cases)", *columns], counts),
            "\n<details><summary>Every case</summary>\n",
            make_table(["", *columns], cases),
            "\n</details>",
        ]
    )


def _of_archives(folder: Path) -> Iterator[dict[str, Any]]:
    clean = folder / "clean"
    make_clean(clean, fourth=page(9))
    known = {name: _complaints(name, clean) for name in (WARCIO, FASTWARC)}
    if _complaints(OURS, clean) or known[WARCIO]:
        raise AssertionError(f"altered_files: false alarms: {known}")
    for group, cases in GROUPS.items():
        for case in cases:
            if case.verdict != "intact" or not case.notes:
                yield {
                    "group": group,
                    "case": case.name,
                    **_check_case(folder, clean, case, known if group in OF_FILES else {}),
                }


def _check_case(folder: Path, clean: Path, case: Case, known: dict[str, set[str]]) -> dict[str, bool]:
    altered = folder / "altered"
    shutil.copytree(clean, altered)
    try:
        trust = case.kept(altered)
        case.alter(altered)
        from archive.verify.check import verify  # noqa: PLC0415 (what a person would bring is brought as a value)

        ours = verify(altered, trust=trust, is_deep=case.is_deep).verdict != "intact"
        return {OURS: ours} | {name: bool(_complaints(name, altered) - said) for name, said in known.items()}
    finally:
        shutil.rmtree(altered)
        shutil.rmtree(folder / "foreign", ignore_errors=True)


def _of_wacz(folder: Path) -> Iterator[dict[str, Any]]:
    whole, path = make_whole_wacz(folder / "whole"), folder / "altered.wacz"
    if any(_complaints(name, whole) for name in (OURS, VALIDATE)):
        raise AssertionError("altered_files: a false alarm on a whole WACZ")
    for case in WACZ:
        if case.verdict != "intact":
            case.alter(whole, path)
            from archive.wacz.check import check_wacz  # noqa: PLC0415

            ours = check_wacz(path, trust=case.kept(path)).verdict != "intact"
            yield {"group": "WACZ files", "case": case.name, OURS: ours, VALIDATE: bool(_complaints(VALIDATE, path))}
            path.unlink()


def _complaints(program: str, path: Path) -> set[str]:
    """What a program says is wrong with any of the files; only that something is, where it says no more."""
    files = sorted(map(str, path.rglob("*.warc.gz"))) if path.is_dir() else [str(path)]
    if program == FASTWARC:
        return {line for file in files for line in _fastwarc(file)}
    commands = {
        OURS: [[sys.executable, "-m", "crawler.cli", "verify", str(path)]],
        WARCIO: [[str(TOOLS / "warcio"), "check", file] for file in files],
        VALIDATE: [[str(TOOLS / "wacz"), "validate", "--verify-auth", "-f", file] for file in files],
    }[program]
    return {program for command in commands if _run(command).returncode != 0}


def _fastwarc(file: str) -> set[str]:
    """The records that it calls wrong by block or payload; by blocks alone it has no false alarm to be told apart."""
    check = [str(TOOLS / "fastwarc"), "check", "--quiet"]
    with tempfile.NamedTemporaryFile("r", suffix=".txt") as told:
        with_payloads = _run([*check, "--verify-payloads", "--output", told.name, file])
        wrong = {line for line in told if "FAIL" in line}
    if _run([*check, file]).returncode != 0 or (with_payloads.returncode != 0 and not wrong):
        wrong.add(FASTWARC)
    return wrong


def _run(command: Sequence[str]) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(command, cwd=ROOT, capture_output=True, check=False, timeout=120)


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
    return dict(zip(("warcio", "FastWARC", "wacz"), done.stdout.split(), strict=True)) | {"lantian": version("lantian")}
