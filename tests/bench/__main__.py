"""Timings side by side: every file beside this one has `run()` and `to_markdown()`; rows are printed and kept as JSON.

    python -m tests.bench [NAME...]
    python -m tests.bench readme      the tables of the README from the reports as they are

Absolute figures belong to the machine that ran them; ratios are taken inside one run.
"""

import importlib
import json
import platform
import sys
from pathlib import Path

from tests.bench import _readme

HERE = Path(__file__).parent


def names() -> list[str]:
    """The benchmarks there are."""
    return sorted(path.stem for path in HERE.glob("*.py") if not path.stem.startswith("_"))


def main(chosen: list[str]) -> int:
    """Run the benchmarks of those names, or all; then bring the README up to date."""
    if chosen == ["readme"]:
        _readme.write()
        return 0
    unknown = set(chosen) - set(names())
    if unknown:
        print(f"bench: no benchmark {min(unknown)!r}; there are: {', '.join(names())}", file=sys.stderr)
        return 2
    machine = {"python": platform.python_version(), "system": platform.system(), "machine": platform.machine()}
    for name in chosen or names():
        benchmark = importlib.import_module(f"tests.bench.{name}")
        result = benchmark.run()
        if "skipped" in result:
            print(f"bench: {name}: SKIPPED, nothing was measured: {result['skipped']}", file=sys.stderr)
            continue
        print(f"{name}\n{benchmark.to_markdown(result)}\n")
        report = json.dumps({"benchmark": name, "machine": machine, "figures": result}, ensure_ascii=False, indent=1)
        (HERE / f"{name}.json").write_text(report + "\n", encoding="utf-8")
    _readme.write()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
