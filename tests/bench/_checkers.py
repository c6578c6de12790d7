"""The programs of others that check files, each asked as its command is: a line in is `[program, file]`.

    .venv-replay/bin/python -P tests/bench/_checkers.py

A line out is what the program complains of: the lines that name a fault, and its own name where it ends with another
code than 0, or not at all, without naming one.
"""

import importlib
import io
import json
import sys
import tempfile
import traceback
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from typing import Any

WARCIO, FASTWARC, VALIDATE = "warcio check", "fastwarc check", "wacz validate"


def complaints(program: str, path: str) -> list[str]:
    """What a program says is wrong with a file."""
    if program == FASTWARC:
        return _fastwarc(path)
    module, words = {WARCIO: ("warcio.cli", ["check"]), VALIDATE: ("wacz.main", ["validate", "-f"])}[program]
    code, _ = _call(importlib.import_module(module).main, [*words, path])
    return [program] if code else []


def _fastwarc(path: str) -> list[str]:
    """The records that it calls wrong by block or payload; by blocks alone it has no false alarm to be told apart."""
    with tempfile.NamedTemporaryFile("r", suffix=".txt") as told:
        words = ["check", "--quiet", "--verify-payloads", "--output", told.name, path]
        code, _ = _call(_command, words)
        wrong = [line for line in told if "FAIL" in line]
    of_blocks, _ = _call(_command, ["check", "--quiet", path])
    return [*wrong, *([FASTWARC] if of_blocks or (code and not wrong) else [])]


def _command(words: Sequence[str]) -> Any:
    return importlib.import_module("fastwarc.cli").main(args=list(words), prog_name="fastwarc")


def _call(main: Any, words: Sequence[str]) -> tuple[int, str]:
    """Its exit code and what it printed; a program that breaks down has complained."""
    out = io.StringIO()
    with redirect_stdout(out), redirect_stderr(out):
        try:
            code = main(list(words))
        except SystemExit as end:
            code = end.code
        except BaseException:  # noqa: BLE001 (what a program of others does is what is measured)
            traceback.print_exc()
            code = 1
    return (code if isinstance(code, int) else int(code is not None)), out.getvalue()


if __name__ == "__main__":
    answers = sys.stdout
    for line in sys.stdin:
        print(json.dumps(complaints(*json.loads(line))), file=answers, flush=True)
