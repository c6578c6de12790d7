"""Timings side by side: every file beside this one that has `run()`, its rows printed and kept as JSON.

    python -m tests.bench [NAME...]

Absolute figures belong to the machine that ran them; ratios are taken inside one run.
"""

import importlib
import json
import platform
import sys
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

HERE = Path(__file__).parent


def names() -> list[str]:
    """The benchmarks there are."""
    return sorted(path.stem for path in HERE.glob("*.py") if not path.stem.startswith("_"))


def show(name: str, result: dict[str, Any]) -> None:
    """Print one benchmark's figures."""
    table = Table(title=name, title_justify="left")
    table.add_column("figure")
    table.add_column("value", justify="right")
    for key, value in result.items():
        table.add_row(key, f"{value:.3f}" if isinstance(value, float) else str(value))
    Console().print(table)


def main(chosen: list[str]) -> int:
    """Run the benchmarks of those names, or all."""
    unknown = set(chosen) - set(names())
    if unknown:
        print(f"bench: no benchmark {min(unknown)!r}; there are: {', '.join(names())}", file=sys.stderr)
        return 2
    machine = {"python": platform.python_version(), "system": platform.system(), "machine": platform.machine()}
    for name in chosen or names():
        result = importlib.import_module(f"tests.bench.{name}").run()
        show(name, result)
        if "skipped" in result:
            continue
        report = json.dumps({"benchmark": name, "machine": machine, "figures": result}, ensure_ascii=False, indent=1)
        (HERE / f"{name}.json").write_text(report + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
