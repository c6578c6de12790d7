"""Texts made again from the archive alone, and checks of some captures only: what they find, and what they say they left out."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from archive.directory import Archive
from archive.ingest import Intake
from archive.language import read_knowledge
from archive.verify.check import verify
from archive.verify.findings import MOST_NOTES, Findings
from archive.verify.kinds import make_finding
from archive.verify.report import Report
from archive.verify.selection import Selection
from archive.workers.pool import Workers
from crawler.cli import main
from pipelines.site import Site, parse_site
from tests.archive.altered.records import edit
from tests.archive.altered.relogging import relog
from tests.archive.log.answers import PAGE, answer
from tests.archive.verify.sealed import files_of, rewrite, seal_now, with_block

FIRST, SECOND = "https://hbj.example/t20240701_1.html", "https://hbj.example/t20240701_2.html"


def site() -> Site:
    """Its layout takes the title from where nobody would look; without the site file another one is found."""
    text = 'key = "wuxi"\nname = "无锡"\nkind = "bureau"\nhosts = ["hbj.example"]\n'
    channel = '[[channel]]\nname = "公告"\nurl = "https://hbj.example/"\n'
    return parse_site(f'{text}{channel}[[layout]]\ntitle = "i"\n', where="wuxi.toml")


def page(number: int) -> bytes:
    return PAGE.replace(b"<div", f"<i>第{number}号公告:另有标题</i><div".encode()).replace(
        b'name="ArticleTitle"', b'name="x"'
    )


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    archive = Archive.open(tmp_path_factory.mktemp("texts") / "archive")
    known = site()
    with Workers(0) as workers, Intake(archive, workers=workers, sites={}) as intake:
        intake.take(answer(FIRST, page(1)), site=known)
        intake.take(answer(SECOND, page(2)), site=known)
        intake.take(answer("https://other.example/t20240702_3.html"), site=None)
    with Workers(0) as workers, Intake(archive, workers=workers, sites={}) as intake:
        intake.take(answer("https://mirror.example/t20240701_2.html", page(2)), site=None)
    seal_now(archive)
    return archive.path


@pytest.fixture
def folder(clean: Path, tmp_path: Path) -> Path:
    shutil.copytree(clean, tmp_path / "archive")
    return tmp_path / "archive"


def kinds(report: Report) -> list[str]:
    return [finding.kind for finding in report.findings]


def change_text(url: str, **fields: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Of the text of an address; its canonical form has another scheme."""
    host_and_path = url.partition(":")[2]
    return lambda entry: (
        {**entry, **fields} if entry["type"] == "derived" and entry["url"].endswith(host_and_path) else entry
    )


def test_texts_come_out_again_without_catalog_configuration_or_site_files(folder: Path) -> None:
    for name in ("catalog.sqlite", "archive.json", "log.sqlite"):
        (folder / name).unlink()
    before = sorted(folder.rglob("*"))
    report = verify(folder, reextract=0)
    assert (report.verdict, report.findings) == ("intact", ())
    made = report.reextraction
    assert made
    assert (made.logged, made.read, made.same) == (4, 4, 4)
    assert sorted(folder.rglob("*")) == before


def test_a_text_logged_otherwise_than_the_bytes_give_it_is_found(folder: Path) -> None:
    relog(folder, change_text(FIRST, body=f"sha256:{'0' * 64}"))
    (folder / "catalog.sqlite").unlink()
    assert verify(folder).verdict == "intact", "only the bytes contradict it"
    report = verify(folder, reextract=0)
    (finding,) = report.findings
    assert (report.verdict, finding.kind, finding.weight) == ("altered", "reextract-differs", "altered")
    assert finding.place == files_of(folder)[-1].relative_to(folder).as_posix()
    assert finding.expected == f"sha256:{'0' * 64}"
    assert finding.entry is not None


def test_a_text_of_another_recipe_is_said_and_is_no_alteration(folder: Path) -> None:
    """As after an upgrade of a library: the text comes out otherwise, and nobody altered it."""
    relog(folder, change_text(FIRST, recipe="recipe:0123456789abcdef", body=f"sha256:{'0' * 64}"))
    (folder / "catalog.sqlite").unlink()
    report = verify(folder, reextract=0)
    assert (report.verdict, kinds(report)) == ("intact", ["recipe-differs"])
    assert (report.findings[0].expected, report.findings[0].actual) == (
        "recipe:0123456789abcdef", read_knowledge().recipe,
    )  # fmt: skip
    assert report.reextraction
    assert (report.reextraction.same, report.reextraction.other_recipe) == (3, 1)


def test_a_recipe_of_today_that_is_another_but_reads_the_same_is_the_same(tmp_path: Path) -> None:
    archive = Archive.open(tmp_path / "archive")
    old = replace(read_knowledge(), recipe="recipe:0123456789abcdef")
    with Workers(0, knowledge=old) as workers, Intake(archive, workers=workers, sites={}) as intake:
        intake.take(answer(FIRST), site=None)
    seal_now(archive)
    report = verify(archive.path, reextract=1)
    assert report.verdict == "intact"
    assert report.reextraction
    assert report.reextraction.same == 1


def test_a_site_file_that_the_log_does_not_have_is_said_not_to_be_provable(folder: Path) -> None:
    relog(folder, lambda entry: None if entry["type"] == "site" else entry)
    report = verify(folder, reextract=0)
    assert (report.verdict, set(kinds(report))) == ("not-provable", {"reextract-failed"})


def test_a_changed_site_file_in_the_log_and_a_text_of_no_capture_are_found(folder: Path) -> None:
    def change(entry: dict[str, Any]) -> dict[str, Any]:
        if entry["type"] == "site":
            return {**entry, "rules": entry["rules"].replace('"i"', '"b"')}
        return change_text(FIRST, capture="urn:uuid:none")(entry)

    relog(folder, change)
    assert {"log-entry", "derived-nowhere"} <= set(kinds(verify(folder)))


def test_many_notes_never_hide_an_alteration() -> None:
    findings = Findings()
    for number in range(MOST_NOTES + 5):
        findings.append(make_finding("gap", entry=number))
    findings.append(make_finding("payload-altered", place="warc/a"))
    assert findings.verdict == "altered"
    assert [one.kind for one in findings][-1] == "payload-altered"
    assert findings.omitted == 5


def test_only_some_texts_are_made_again_when_that_is_asked_and_it_is_said(folder: Path) -> None:
    report = verify(folder, reextract=2)
    assert report.reextraction
    assert (report.reextraction.read, report.reextraction.logged) == (2, 4)
    (look,) = [look for look in report.looked if look.kind == "texts"]
    assert not look.done
    assert "2 of 4 logged texts" in look.english


def test_an_address_is_looked_at_with_what_it_refers_to_and_nothing_else(folder: Path) -> None:
    """The mirror's page is a revisit of the second: that is looked at too, the first one is not."""
    report = verify(folder, selection=Selection(url="https://mirror.example/t20240701_2.html?"), reextract=0)
    assert (report.verdict, report.counts.selected, report.counts.records) == ("intact", 1, 6)
    assert report.reextraction
    assert report.reextraction.same == 2
    looks = {look.kind: look for look in report.looked}
    assert looks["log"].done
    assert not looks["files"].done
    assert "not the rest of the files" in looks["files"].english
    assert "others were not looked at" in report.claims[0].english
    rewrite(
        files_of(folder)[-1],
        lambda members: [*members[:1], members[1].change(with_block(edit, recompute=False)), *members[2:]],
    )
    assert "payload-altered" in kinds(verify(folder, selection=Selection(url=FIRST)))


def test_captures_since_a_moment_are_looked_at(folder: Path) -> None:
    assert verify(folder, selection=Selection(since="2024-01-01T00:00:00Z"), is_deep=True).counts.selected == 4
    report = verify(folder, selection=Selection(since="2199-01-01T00:00:00Z"))
    assert (report.verdict, kinds(report)) == ("not-provable", ["nothing-selected"])
    for path in files_of(folder):
        path.unlink()
    assert set(kinds(verify(folder, selection=Selection(since="2024-01-01")))) == {"file-missing"}


def test_the_command_says_what_was_looked_at_in_every_form(folder: Path, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    options = ("--url", FIRST, "--since", "2024-01-01", "--reextract", "all", "--workers", "0")
    told = call(folder, *options, "--html", str(page))
    assert told.exit_code == 0, told.output
    assert "1 of 1 logged texts were extracted again" in told.stdout
    assert "未查文件的其余部分" in told.stdout
    assert "未查文件的其余部分" in page.read_text(encoding="utf-8")
    line = json.loads(call(folder, *options, "--json").stdout)
    assert (line["url"], line["since"][:10]) == (FIRST, "2023-12-31")
    assert line["reextraction"]["same"] == 1
    assert call(folder, "--reextract", "none").exit_code == 2
    refused = call(folder, str(page), "--url", FIRST)
    assert (refused.exit_code, "--url is for an archive" in refused.output) == (2, True)


def call(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["verify", "--archive", str(folder), *arguments], prog_name="lantian")
