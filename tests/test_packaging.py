"""What a user gets from the wheel: the program, its data files, and nothing that needs the source folder."""

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    (path,) = out.glob("lantian-*.whl")
    return path


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `lantian` of a fresh environment: the wheel alone, its dependencies lent by this environment."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False, symlinks=True)
    (site_packages,) = folder.glob("lib/python*/site-packages")
    lent = next(path for path in sys.path if path.endswith("site-packages"))
    (site_packages / "lent.pth").write_text(lent + "\n", encoding="utf-8")
    install = [sys.executable, "-m", "pip", "--python", str(folder / "bin" / "python"), "install", "--quiet"]
    subprocess.run(
        [*install, "--no-deps", "--no-index", "--force-reinstall", str(wheel)], check=True, capture_output=True
    )
    return folder / "bin" / "lantian"


def run(command: Path, *args: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    return subprocess.run([str(command), *args], cwd=cwd, env=environment, capture_output=True, text=True, check=False)


def test_the_wheel_holds_the_packages_their_data_and_no_tests(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names if ".dist-info" not in name} == {
        "crawler",
        "archive",
        "pipelines",
        "seeds",
    }
    assert any(name.startswith("seeds/sites/") and name.endswith(".toml") for name in names)
    assert any(name.startswith("pipelines/repair/data/") for name in names)
    assert not [name for name in names if "__pycache__" in name]


def test_the_installed_program_works_from_any_folder(installed: Path, tmp_path: Path) -> None:
    version = run(installed, "--version", cwd=tmp_path)
    assert version.returncode == 0, version.stderr
    assert version.stdout.startswith("lantian")
    sites = run(installed, "sites", "list", "--json", cwd=tmp_path)
    assert sites.returncode == 0, sites.stderr
    assert '"key"' in sites.stdout
    page = tmp_path / "通知.html"
    body = "关于开展秋季扬尘治理检查的通知,请各施工单位认真落实覆盖、冲洗和围挡措施,确保空气质量持续改善。" * 3
    page.write_text(
        f"<html><head><title>通知</title></head><body><h1>通知</h1><p>{body}</p></body></html>", encoding="utf-8"
    )
    extracted = run(installed, "extract", str(page), cwd=tmp_path)
    assert extracted.returncode == 0, extracted.stderr
    assert "扬尘治理检查" in extracted.stdout
