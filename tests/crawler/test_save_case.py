"""A live page becomes a test: its exact exchange, a draft to review, and a test that finds both by itself."""

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from archive.cases import Case, decode_case, encode_case, find_cases, read_case
from archive.errors import BrokenWarc, CaseError
from crawler.cli import main
from pipelines.records import Capture, Failure, Tls
from tests.crawler.loopback import ROOT, answer, article, lantian, serve, surroundings, write_site

CAPTURE = Capture(
    url="https://sthjj.example.gov.cn/tz/t20240310_1.html",
    fetched_at=datetime(2024, 3, 10, 1, 2, 3, 456, UTC),
    request=b"GET /tz/t20240310_1.html HTTP/1.1\r\nHost: sthjj.example.gov.cn\r\n\r\n",
    interim=b"HTTP/1.1 103 Early Hints\r\n\r\n",
    response=b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nX-Odd:  \xcd\xa8\xd6\xaa\r\n\r\na\r\n\r\nWARC",
    duration=0.25,
    peer="192.0.2.7:443",
    tls=Tls("TLSv1.3", "TLS_AES_256_GCM_SHA384", (b"\x30\x03\x02\x01\x05",), verified=True),
)
CASE = Case(Path("somewhere/example_sx"), "notice-2024")


@pytest.mark.parametrize(
    "capture",
    [
        CAPTURE,
        replace(CAPTURE, truncated="length", failure=Failure("truncated", "the connection was closed")),
        replace(CAPTURE, request=b"", response=b"<p>saved</p>", interim=b"", tls=None, custody="operator", peer=None),
    ],
    ids=["exchange", "cut", "supplied"],
)
def test_an_exchange_comes_back_from_its_case_field_for_field(capture: Capture) -> None:
    assert decode_case(encode_case(capture, CASE), where="x") == capture


def test_the_response_stands_in_the_file_byte_for_byte() -> None:
    assert CAPTURE.response in encode_case(CAPTURE, CASE)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data[:-40],
        lambda data: data.replace(b"200 OK", b"200 no"),
        lambda data: data + b"more",
        lambda data: data.replace(b"WARC-Type: warcinfo", b"WARC-Type: metadata"),
        lambda _: b"",
    ],
    ids=["cut", "altered", "longer", "headless", "empty"],
)
def test_a_case_that_was_changed_is_refused(spoil: object) -> None:
    assert callable(spoil)
    with pytest.raises(BrokenWarc, match=r"x: .*; restore the file"):
        decode_case(spoil(encode_case(CAPTURE, CASE)), where="x")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"titel": "通知"}', "unknown field 'titel'; did you mean 'title'"),
        ('{"title": "通知", "known_wrong": {"sorce": "x"}}', "unknown field 'sorce'; did you mean 'source'"),
        ("{", "not JSON"),
        ("[]", "not a JSON object"),
    ],
)
def test_a_mistake_in_a_case_is_named(text: str, says: str, tmp_path: Path) -> None:
    case = Case(tmp_path, "a")
    case.warc.write_bytes(encode_case(CAPTURE, case))
    case.json.write_text(text, encoding="utf-8")
    with pytest.raises(CaseError, match=says):
        read_case(case)


def test_half_a_case_is_found_and_said_to_be_one(tmp_path: Path) -> None:
    (tmp_path / "example_sx").mkdir()
    (tmp_path / "example_sx" / "a.json").write_text("{}")
    (case,) = find_cases(tmp_path)
    with pytest.raises(CaseError, match=r"a\.warc: missing"):
        read_case(case)


def run_cases(folder: Path) -> subprocess.CompletedProcess[str]:
    """The test of the project, over other cases."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", str(ROOT / "pyproject.toml")]
    return subprocess.run(
        [*command, "--rootdir", str(folder), "-k", "not families", str(folder / "test_cases.py")],
        cwd=ROOT,
        env=surroundings() | {"COLUMNS": "1000"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_saved_page_is_found_by_the_test_and_fails_until_it_is_reviewed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = article("关于开展扬尘治理检查的通知")
    with serve({"/t20240310_1.html": answer(page)}) as server:
        file = write_site(tmp_path, "example_sx", server)
        command = ("sites", "save-case", file, f"{server.url}/t20240310_1.html", "--case", "notice", "--out", "cases")
        saved = lantian(*command, "--allow-private", "--json", cwd=tmp_path)
        monkeypatch.chdir(tmp_path)
        again = CliRunner().invoke(main, [*map(str, command), "--allow-private"])
    assert saved.returncode == 0, saved.stderr
    said = json.loads(saved.stdout)
    assert (said["kind"], said["warc"]) == ("article", "cases/example_sx/notice.warc")
    assert again.exit_code == 2
    assert "notice.warc: is there already" in again.stderr
    assert server.asked == ["/robots.txt", "/t20240310_1.html"]
    folder = tmp_path / "cases"
    case = Case(folder / "example_sx", "notice")
    capture, expected = read_case(case)
    assert capture.response == answer(page)
    assert expected["title"] == "关于开展扬尘治理检查的通知"
    wrong = Case(case.folder, "wrong")
    reviewed = {name: value for name, value in expected.items() if name != "draft"} | {"title": "别的标题"}
    wrong.json.write_text(json.dumps(reviewed, ensure_ascii=False), encoding="utf-8")
    shutil.copy(case.warc, wrong.warc)
    shutil.copy(file, case.folder)
    shutil.copy(ROOT / "tests" / "sites" / "test_cases.py", folder)
    run = run_cases(folder)
    assert "2 failed" in run.stdout, run.stdout + run.stderr
    assert "reviewed[example_sx/notice] - AssertionError" in run.stdout
    assert "compare every field with the page" in run.stdout
    assert "states[example_sx/wrong-title] - AssertionError" in run.stdout


def test_a_page_that_does_not_come_makes_no_case(tmp_path: Path) -> None:
    with serve({}) as server:
        file = write_site(tmp_path, "example_sx", server)
        run = lantian("sites", "save-case", file, f"{server.url}/x", "--case", "x", cwd=tmp_path)
    assert run.returncode == 3
    assert "--allow-private" in run.stderr
    assert len(run.stderr.splitlines()) == 1
    assert [path.name for path in tmp_path.iterdir()] == [file.name]
