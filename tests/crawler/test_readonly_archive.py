"""A copy that cannot be written, as an auditor has it: it is checked, searched, exported from and proved from."""

import multiprocessing
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from archive.directory import Archive
from crawler.cli import main
from tests.archive.made_pages import article_capture, article_url
from tests.archive.taking import take_all
from tests.archive.verify.sealed import seal_now, today

NOBODY = 65534


@pytest.fixture(scope="module")
def folders() -> Iterator[tuple[Path, Path]]:
    """The archive and a folder for what comes out; others may not even enter pytest's."""
    with tempfile.TemporaryDirectory(prefix="lantian-readonly-") as name:
        base = Path(name)
        archive = Archive.open(base / "archive")
        take_all(archive, [today(article_capture(1)), today(article_capture(2))])
        seal_now(archive)
        for log_index in archive.path.glob("log.sqlite*"):
            log_index.unlink()
        out = base / "out"
        out.mkdir()
        out.chmod(0o777)
        base.chmod(0o755)
        for path in (archive.path, *archive.path.rglob("*")):
            path.chmod(0o555 if path.is_dir() else 0o444)
        yield archive.path, out
        for path in (archive.path, *archive.path.rglob("*")):
            path.chmod(path.stat().st_mode | stat.S_IWUSR)


def _as_nobody(
    folder: Path, out: Path, words: list[str], answers: "multiprocessing.Queue[tuple[int, str, str]]"
) -> None:
    if os.geteuid() == 0:
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    os.chdir(out)
    done = CliRunner().invoke(main, [*words, "--archive", str(folder)], prog_name="lantian")
    answers.put((done.exit_code, done.stdout, done.stderr))


def run(folder: Path, out: Path, *words: str) -> tuple[int, str, str]:
    """As somebody who may only read the archive; what is imported late was imported before, by the same command."""
    context = multiprocessing.get_context("fork")
    answers: multiprocessing.Queue[tuple[int, str, str]] = context.Queue()
    child = context.Process(target=_as_nobody, args=(folder, out, list(words), answers))
    child.start()
    try:
        return answers.get(timeout=60)
    finally:
        child.join()


@pytest.mark.parametrize(
    ("words", "is_given_out"),
    [
        (["verify", "--reextract", "all", "--workers", "0"], False),
        (["search", "执法人员"], False),
        (["history", article_url(1)], False),
        (["stats"], False),
        (["export", "--format", "jsonl"], True),
        (["export", "--format", "cdxj"], True),
        (["export", "--format", "seed", "--out", "texts"], True),
        (["prove", article_url(1), "--out", "one.wacz", "--signing-key", "key.pem"], True),
    ],
    ids=lambda words: " ".join(words) if isinstance(words, list) else "",
)
def test_a_read_only_copy_is_of_use_and_what_its_log_lacks_is_said(
    folders: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, words: list[str], is_given_out: bool
) -> None:  # fmt: skip
    folder, out = folders
    writable = shutil.copytree(folder, tmp_path / "archive")
    for path in (writable, *writable.rglob("*")):
        path.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    expected = CliRunner().invoke(main, [*words, "--archive", str(writable)], prog_name="lantian")
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    code, stdout, stderr = run(folder, out, *words)
    assert (code, expected.exit_code) == (0, 0), stderr + stdout
    assert stdout.replace(str(folder), "") == expected.stdout.replace(str(writable), "")
    assert ("its log does not say that this was given out" in stderr) is is_given_out
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before


def test_what_would_write_into_it_says_so_in_one_line(folders: tuple[Path, Path]) -> None:
    for words in (["seal", "--key", "key.pem"], ["reindex", "--workers", "0"]):
        code, _, stderr = run(*folders, *words)
        assert (code, len(stderr.splitlines())) == (3, 1), stderr
