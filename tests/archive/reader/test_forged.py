"""What a forger without a key does to be shown under a good banner: the banner speaks of what is shown."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archive.directory import Archive
from archive.history.check import check_sightings
from archive.history.sighting import Sighting
from archive.log.keys import SigningKey
from archive.log.note import Note
from archive.log.reader import LogReader
from archive.log.rotation import rotate_key, take_key
from archive.log.seal import seal
from archive.log.writer import Log
from archive.store import Store
from archive.verify.check import verify
from tests.archive.made_pages import HOST, article_capture, article_title, article_url, capture
from tests.archive.reader.serving import FIRST, FRAMED, URL, Answer, ask, serving
from tests.archive.taking import take_all

OTHER = article_url(2)
SUPPLIED = f"{HOST}/supplied.html"
REVISIT = "20260402010500000000"
EVIL = "http://sthjj.beijing.example/1.html"


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("forged") / "archive"
    archive = Archive.open(folder)
    supplied = replace(capture(SUPPLIED, minute=20), response="<h1>通报</h1>".encode(), custody="operator", request=b"")
    captures = [
        article_capture(1, headers='ETag: "1"\r\n'),
        capture(URL, minute=5, status="304 Not Modified", sent='If-None-Match: "1"\r\n'),
        article_capture(2, minute=11),
        replace(supplied, content_type="text/html"),
    ]
    take_all(archive, captures, one_by_one=True)
    with Log(archive) as log:
        seal(log, take_key(log, folder.parent / "key.pem"))
    return folder


@pytest.fixture
def folder(sealed: Path, tmp_path: Path) -> Path:
    shutil.copytree(sealed, tmp_path / "archive")
    return tmp_path / "archive"


def tell(folder: Path, *statements: str) -> None:
    with closing(sqlite3.connect(folder / "catalog.sqlite")) as catalog, catalog:
        for statement in statements:
            assert catalog.execute(statement).rowcount


def shown(folder: Path, url: str, stamp: str) -> tuple[Answer, str]:
    """The page with its banner, and what its frame shows."""
    with serving(folder) as server:
        page = ask(server, f"/memento/{stamp}/{url}")
        frame = ask(server, f"/content/{page.headers['X-Lantian-Verdict']}/{stamp}/{url}", **FRAMED)
    assert page.headers["X-Lantian-Verdict"] == frame.headers.get("X-Lantian-Verdict", "altered")
    return page, frame.text


def test_another_address_is_no_good_one(folder: Path) -> None:
    tell(folder, f"UPDATE captures SET url = '{EVIL}', canonical = '{EVIL}' WHERE url = '{OTHER}'")
    page, _ = shown(folder, EVIL, "20260402011100000000")
    assert page.headers["X-Lantian-Verdict"] == "altered"
    assert "another address" in page.text
    assert OTHER in page.text.partition("</header>")[0]


def test_a_date_of_the_catalog_alone_is_no_good_one(folder: Path) -> None:
    tell(folder, f"UPDATE captures SET fetched_at = '2020-01-01T00:00:00.000000Z' WHERE url = '{OTHER}'")
    page, _ = shown(folder, OTHER, "20200101000000000000")
    assert page.headers["X-Lantian-Verdict"] == "altered"
    assert "2026-04-02" in page.text.partition("</header>")[0]


@pytest.mark.parametrize("url", [URL, SUPPLIED])
def test_a_capture_shows_its_own_bytes_whatever_the_catalog_says_it_stands_for(folder: Path, url: str) -> None:
    other = f"(SELECT record_id FROM captures WHERE url = '{url}' ORDER BY fetched_at LIMIT 1)"
    tell(folder, f"UPDATE captures SET refers_to = {other} WHERE url = '{OTHER}'")
    page, frame = shown(folder, OTHER, "20260402011100000000")
    assert page.headers["X-Lantian-Verdict"] == "intact"
    assert article_title(2) in frame


def test_a_revisit_shows_what_the_log_says_it_stands_for(folder: Path) -> None:
    other = f"(SELECT record_id FROM captures WHERE url = '{OTHER}')"
    tell(folder, f"UPDATE captures SET refers_to = {other} WHERE url = '{URL}' AND status = 304")
    page, frame = shown(folder, URL, REVISIT)
    assert page.headers["X-Lantian-Verdict"] == "intact"
    assert article_title(1) in frame


def _outside(folder: Path) -> str:
    (folder / "imports").mkdir()
    return "imports/x.warc.gz"


def _above(_: Path) -> str:
    return "warc/../../evil.warc.gz"


def _never_logged(folder: Path) -> str:
    """In the place of a file that the log has as closed and that has gone."""
    return next((folder / "warc").rglob("*.warc.gz")).relative_to(folder).as_posix()


@pytest.mark.parametrize("place", [_outside, _above, _never_logged])
def test_what_was_never_logged_is_not_shown_as_good(folder: Path, place: Callable[[Path], str]) -> None:
    evil = Archive.open(folder.parent / "evil")
    with Store(evil) as store:
        stored = store.append(article_capture(2, minute=11, edition=1), site="evil")
    file = place(folder)
    shutil.copyfile(evil.path / stored.file, folder / file)
    tell(folder, f"""UPDATE captures SET file = '{file}', "offset" = {stored.offset} WHERE url = '{OTHER}'""")
    page, _ = shown(folder, OTHER, "20260402011100000000")
    assert page.headers["X-Lantian-Verdict"] == "altered"


STYLE = f"{HOST}/images/style.css"


def test_nothing_unproven_is_shown_under_a_good_banner(folder: Path) -> None:
    """A style sheet that nobody logged can hide the text of a proven page and write another."""
    evil = Archive.open(folder)
    forged = capture(STYLE, 'body::before{content:"一切正常"}', minute=1)
    take_all(evil, [forged, article_capture(3, minute=30)])
    with serving(folder) as server:
        for state, status in (("intact", 409), ("not-provable", 200)):
            sheet = ask(server, f"/content/{state}/20260402010100000000/{STYLE}", Sec_Fetch_Dest="style")
            assert (state, sheet.status) == (state, status)


def test_a_link_that_is_followed_below_a_banner_shows_no_other_page(folder: Path) -> None:
    with serving(folder) as server:
        asked = f"/content/intact/20260402011100000000/{OTHER}"
        for site, text in (("same-origin", article_title(2)), ("cross-site", f"/memento/20260402011100000000/{OTHER}")):
            answer = ask(server, asked, Sec_Fetch_Dest="iframe", Sec_Fetch_Site=site)
            assert (text in answer.text, answer.text.count("<h1>")) == (True, int(site == "same-origin"))
            assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]
        assert 'target="_top"' in ask(server, asked, Sec_Fetch_Dest="document").text


def test_a_deletion_that_only_the_catalog_knows_is_none(folder: Path) -> None:
    tell(folder, f"UPDATE captures SET failure = 'deleted' WHERE url = '{OTHER}'")
    with serving(folder) as server:
        answer = ask(server, f"/timegate/{OTHER}")
    assert (answer.status, "the log does not" in answer.text) == (409, True)


@pytest.mark.parametrize("what", ["fetched_at = 'x'", "url = x'ff'", "file = 'warc/' || char(0)"])
def test_what_cannot_be_in_a_catalog_is_said_to_whoever_asks(what: str, folder: Path) -> None:
    tell(folder, f"UPDATE captures SET {what} WHERE url = '{OTHER}'")
    with serving(folder) as server:
        answers = [ask(server, path) for path in ("/", f"/timegate/{OTHER}", f"/memento/20260402011100000000/{OTHER}")]
    assert 500 in {answer.status for answer in answers}
    assert any("lantian verify tells where" in answer.text for answer in answers)


def test_an_archive_in_the_archive_vouches_for_nothing(folder: Path) -> None:
    """Whoever can write there puts in one of his own, sealed by his own key."""
    evil = Archive.open(folder / "evil")
    take_all(evil, [article_capture(2, minute=11, edition=1)])
    with Log(evil) as log:
        seal(log, take_key(log, folder.parent / "evil.pem"))
    with closing(sqlite3.connect(folder / "evil" / "catalog.sqlite")) as catalog:
        ((file, offset),) = catalog.execute('SELECT file, "offset" FROM captures')
    tell(folder, f"""UPDATE captures SET file = 'evil/{file}', "offset" = {offset} WHERE url = '{OTHER}'""")
    page, _ = shown(folder, OTHER, "20260402011100000000")
    assert page.headers["X-Lantian-Verdict"] == "altered"
    sight = Sighting(
        "", OTHER, "2026-04-02T01:11:00.000000Z", f"evil/{file}", offset, 200, "", None, "wire", None, None, "new"
    )
    (verdict,) = check_sightings(Archive.open(folder), [sight])
    assert verdict.state == "altered"


def test_the_banner_says_how_a_page_came_whatever_the_catalog_says(folder: Path) -> None:
    stamp = "20260402012000000000"
    page, _ = shown(folder, SUPPLIED, stamp)
    assert page.headers["X-Lantian-Verdict"] == "intact"
    assert "supplied by a person" in page.text
    tell(folder, f"UPDATE captures SET custody = 'wire', status = 200 WHERE url = '{SUPPLIED}'")
    page, _ = shown(folder, SUPPLIED, stamp)
    assert page.headers["X-Lantian-Verdict"] == "altered"
    assert "supplied by a person" in page.text


def test_the_banner_says_what_was_only_found(folder: Path) -> None:
    """The captures of these tests are of months ago, so that they were not received when they were logged."""
    page, _ = shown(folder, URL, FIRST)
    assert page.headers["X-Lantian-Verdict"] == "intact"
    assert "found so when it was logged" in page.text


def test_a_key_that_the_log_did_not_introduce_is_none_for_the_banner_and_for_verify(folder: Path) -> None:
    """Whoever can write appends a line to the public keys, and signs anew."""
    forger = SigningKey(Archive.open(folder).id, Ed25519PrivateKey.generate())
    (path,) = (one for one in (folder / "log" / "seals").iterdir() if not one.suffix)
    text = Note.parse(path.read_bytes()).text
    path.write_text(str(Note(text).with_signature(forger.sign(text))), encoding="utf-8")
    with (folder / "log" / "keys").open("a", encoding="utf-8") as keys:
        keys.write(f"{forger.public}\n")
    assert "key-swapped" in {finding.kind for finding in verify(folder).findings}
    page, _ = shown(folder, URL, FIRST)
    assert page.headers["X-Lantian-Verdict"] == "altered"


def test_a_key_that_the_log_did_introduce_is_as_good_as_the_first(folder: Path, sealed: Path) -> None:
    key = folder.parent / "key.pem"
    shutil.copyfile(sealed.parent / "key.pem", key)
    key.chmod(0o600)
    with Log(Archive.open(folder)) as log:
        rotate_key(log, key)
        seal(log, take_key(log, key))
    assert LogReader.open(folder).keys()[1:]
    page, _ = shown(folder, URL, FIRST)
    assert page.headers["X-Lantian-Verdict"] == "intact"
