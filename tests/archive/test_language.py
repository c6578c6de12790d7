import re
import shutil
import subprocess
import sys
from pathlib import Path

from archive.language import describe_recipe, read_knowledge

ROOT = Path(__file__).resolve().parents[2]
TELL = "from archive.language import read_knowledge; print(read_knowledge().recipe)"


def recipe_of(code: Path, *, folder: Path) -> str:
    """The recipe id of the packages that lie in a folder, told by a process that was started elsewhere."""
    command = [sys.executable, "-P", "-c", f"import sys; sys.path.insert(0, {str(code)!r}); {TELL}"]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder, check=True).stdout.strip()


def test_a_recipe_is_a_short_stable_name() -> None:
    assert re.fullmatch(r"recipe:[0-9a-f]{16}", read_knowledge().recipe)
    assert read_knowledge() is read_knowledge()


def test_the_recipe_names_whatever_can_change_a_text() -> None:
    assert {"lantian", "trafilatura", "lxml", "libxml2", "chardet", "python", "pipelines"} <= set(describe_recipe())
    assert all(describe_recipe().values())


def test_the_recipe_is_that_of_the_code_wherever_it_lies_and_changes_with_it(tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    for package in ("pipelines", "archive"):
        shutil.copytree(ROOT / package, copy / package, ignore=shutil.ignore_patterns("__pycache__"))
    first, second = (recipe_of(copy, folder=folder) for folder in (tmp_path, copy))
    assert first == second
    with (copy / "pipelines" / "urls.py").open("a", encoding="utf-8") as file:
        file.write("\n# another line\n")
    assert recipe_of(copy, folder=tmp_path) != first
