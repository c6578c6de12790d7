"""What is there already stays as it is, whatever command would write there, unless --force says to replace it."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from archive.directory import Archive
from crawler.cli import main
from tests.archive.made_pages import article_capture, article_url
from tests.archive.taking import take_all
from tests.archive.verify.sealed import seal_now

KEPT = "kept by hand"
COMMANDS = (
    ["prove", article_url(1), "--out"],
    *(["export", "--format", form, "--out"] for form in ("jsonl", "csv", "cdxj", "wacz")),
    ["verify", "--html"],
    ["stats", "--html"],
    ["diff", article_url(1), "--html"],
)
FOLDERS = tuple(["export", "--format", form, "--out"] for form in ("seed", "parquet"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    archive = Archive.open(tmp_path_factory.mktemp("written") / "archive")
    take_all(archive, [article_capture(1), article_capture(1, minute=9, edition=1)], one_by_one=True)
    seal_now(archive)
    return archive.path


def run(folder: Path, *arguments: str) -> Result:
    signing = ["--signing-key", str(folder.parent / "key.pem")] if arguments[0] in {"prove", "export"} else []
    return CliRunner().invoke(main, [*arguments, "--archive", str(folder), *signing], prog_name="lantian")


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_file_that_is_there_is_replaced_only_with_force(command: list[str], folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.write_text(KEPT, encoding="utf-8")
    refused = run(folder, *command, str(out))
    assert refused.exit_code == 2
    assert f"{out}: is there already; name another, or replace it with --force" in refused.stderr
    assert out.read_text("utf-8") == KEPT
    forced = run(folder, *command, str(out), "--force")
    assert forced.exit_code in {0, 1}, forced.output
    assert KEPT.encode() not in out.read_bytes()


@pytest.mark.parametrize("command", FOLDERS, ids=" ".join)
def test_a_folder_with_anything_in_it_is_written_to_only_with_force(
    command: list[str], folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "out").mkdir()
    assert run(folder, *command, str(tmp_path / "out")).exit_code == 0
    before = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert before
    assert run(folder, *command, str(tmp_path / "out")).exit_code == 2
    assert run(folder, *command, str(tmp_path / "out"), "--force").exit_code == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == before


def test_prove_does_not_replace_its_own_proof_by_default(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(folder, "prove", article_url(1)).exit_code == 0
    first = (tmp_path / "proof.wacz").read_bytes()
    assert run(folder, "prove", article_url(1)).exit_code == 2
    assert (tmp_path / "proof.wacz").read_bytes() == first


def test_a_folder_that_is_not_there_is_made(folder: Path, tmp_path: Path) -> None:
    assert run(folder, "verify", "--html", str(tmp_path / "new" / "report.html")).exit_code == 0
    assert (tmp_path / "new" / "report.html").exists()


def test_where_nothing_can_be_written_is_one_line_after_the_verdict(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = run(folder, "verify", "--html", str(tmp_path / "file" / "report.html"))
    assert done.exit_code == 3
    assert "intact" in done.stdout
    assert len(done.stderr.splitlines()) == 1
    assert "report.html: Not a directory; check" in done.stderr or "report.html: File exists; check" in done.stderr


def test_a_file_that_is_not_there_is_said_to_be_not_there(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["verify", str(tmp_path / "nosuch.wacz")], prog_name="lantian")
    assert done.exit_code == 3
    (told,) = done.stderr.splitlines()
    assert told == (
        f"lantian: {tmp_path / 'nosuch.wacz'}: there is no such file or folder; "
        "name a WACZ file, or the folder of an archive"
    )
