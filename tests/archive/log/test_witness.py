"""Seals cosigned by a real witness on loopback, which refuses every log that does not continue what it saw."""

import json
import shutil
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from archive.directory import Archive
from archive.log.keys import key_path, read_key
from archive.log.note import Note, public_key
from archive.log.reader import LogReader
from archive.log.witness import make_request, parse_cosignatures
from archive.log.writer import Log
from archive.verify.check import verify
from archive.verify.log_state import Trust
from archive.verify.report import Report
from archive.wacz.check import check_wacz
from crawler.cli import main
from tests.archive.log.witness import PLAIN, Reply, Witness, put_cosignature, serving
from tests.archive.made_pages import article_capture, article_url
from tests.archive.taking import take_all
from tests.archive.verify.sealed import today

# The example of c2sp.org/tlog-witness.
CHECKPOINT = """example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— example.com/behind-the-sofa opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=
"""
HASHES = (
    "PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=",
    "jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=",
    "5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=",
    "/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=",
)
ANSWER = """— witness.example/w1 CMp+6LWBU0anHGH5aNDTJkH/gj79sG+T6+iP2ThYN5krrDJbR1HDnucjL39QsZTSvVjyQLrdk3DXDqI5G2HgLatVs0pWh6Up69HVOw==
— witness.example/w1 I7rEps0pvK2UqkS2gSpVUDhrhVtQV9lgF6pRrWAvjJHjyWpW7VcE3SiOlVlbQNt64vWhO+DlkL0+UfzuOBMh9ChdMkP1vi/lCAsmlw==
— witness.example/w2 AWui8Sk55XjYLOijihBjhqEH6nS1ndDymE0a+6idX7pLcnoB+dhnz0854aLZgrrKbYKA7nC3HNJhm/kWl7oJlqU3rXXvpysAdyP3wQ==
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive that was sealed once, beside its keys."""
    folder = tmp_path_factory.mktemp("witness")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LANTIAN_KEYS", str(folder / "keys"))
        archive = Archive.open(folder / "archive")
        add(archive, 1)
        assert run("seal", archive=archive).exit_code == 0
    return folder


@pytest.fixture
def archive(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Archive:
    monkeypatch.setenv("LANTIAN_KEYS", str(made / "keys"))
    shutil.copytree(made / "archive", tmp_path / "archive")
    return Archive.open(tmp_path / "archive")


def add(archive: Archive, number: int) -> None:
    take_all(archive, [today(article_capture(number))])


def run(*words: str, archive: Archive) -> Result:
    return CliRunner().invoke(main, [*words, "--archive", str(archive.path)], prog_name="lantian")


def known(archive: Archive, name: str = "witness.example/w1") -> Witness:
    """A witness that knows the key of the archive."""
    return Witness(name).trust(read_key(key_path(archive), name=archive.id).public)


def kinds(report: Report) -> list[str]:
    return [finding.kind for finding in report.findings]


def test_the_published_request_and_answer_are_written_and_read() -> None:
    import base64  # noqa: PLC0415

    note = Note.parse(CHECKPOINT.encode())
    body = make_request(note, 20852014, [base64.b64decode(one) for one in HASHES])
    assert body.decode() == "old 20852014\n" + "".join(f"{one}\n" for one in HASHES) + "\n" + CHECKPOINT
    lines = parse_cosignatures(ANSWER.encode())
    assert [line.name for line in lines] == ["witness.example/w1", "witness.example/w1", "witness.example/w2"]
    assert "".join(f"{line}\n" for line in lines) == ANSWER


def test_a_log_that_grows_is_cosigned_each_time_by_every_witness(archive: Archive, tmp_path: Path) -> None:
    first, second = known(archive), known(archive, "other.example")
    with serving(first) as one, serving(second) as two:
        sealed = run("seal", "--witness", one, "--witness", two, "--json", archive=archive)
        assert (sealed.exit_code, json.loads(sealed.stdout)["cosignatures"]) == (0, 2)
        add(archive, 2)
        told = run("seal", "--witness", one, "--witness", two, archive=archive)
        assert told.exit_code == 0, told.output
    assert first.asked == [0, 0, 3], "the second time it is told what was seen, and proves that the log continues it"
    note = Note.parse(told.stdout.encode())
    assert (archive.path / "log" / "checkpoint").read_text() == told.stdout
    assert note.signed_by([first.public, second.public]) == [first.public, second.public]
    report = verify(archive.path, trust=Trust(witnesses=(first.public, second.public)))
    assert (report.verdict, report.findings) == ("intact", ())
    claims = {claim.kind: claim for claim in report.claims}
    assert claims["witnessed"].holds
    assert claims["existed"].holds
    assert "they saw no content" in claims["witnessed"].proves_not_english
    assert report.window.entries == report.counts.entries
    assert report.window.witnesses == ("witness.example/w1", "other.example")
    alone = verify(archive.path)
    assert (alone.verdict, set(kinds(alone))) == ("intact", {"witness-unknown"})
    assert not {claim.kind: claim.holds for claim in alone.claims}["witnessed"]
    out, keys = tmp_path / "one.wacz", tmp_path / "witness.txt"
    assert (
        run(
            "prove", article_url(1), "--out", str(out), "--signing-key", str(tmp_path / "p.pem"), archive=archive
        ).exit_code
        == 0
    )
    proof = check_wacz(out, trust=Trust(witnesses=(first.public,)))
    assert (proof.verdict, proof.cosigned_by) == ("intact", ("witness.example/w1",))
    assert proof.until
    told = CliRunner().invoke(main, ["verify", str(out), "--witness-key", str(_key_of_a_stranger(tmp_path))])
    assert told.exit_code == 4
    assert "与日志并无矛盾，但尚不能证明 / nothing contradicts the log, but not all is provable\n" in told.stdout
    assert "  not-provable: proofs/checkpoint.txt: 所指定的见证方没有联署" in told.stdout
    # Many witnesses publish the key as one for plain signatures.
    keys.write_text(f"{public_key(first.name, first.private)}\n")
    checked = CliRunner().invoke(main, ["verify", str(out), "--witness-key", str(keys)])
    assert (checked.exit_code, "cosigned by the witness witness.example/w1" in checked.stdout) == (0, True)


def _key_of_a_stranger(folder: Path) -> Path:
    path = folder / "stranger.txt"
    path.write_text(f"{Witness('stranger.example').public}\n")
    return path


def test_a_history_that_is_rewritten_and_signed_anew_is_not_cosigned_and_that_shows(archive: Archive) -> None:
    witness = known(archive)
    with serving(witness) as url:
        assert run("seal", "--witness", url, archive=archive).exit_code == 0
        trust = Trust(witnesses=(witness.public,))
        kept = {path.name: path.read_bytes() for path in (archive.path / "log" / "seals").glob("*.cosig")}
        for name in ("warc", "log"):
            shutil.rmtree(archive.path / name)
        for name in ("catalog.sqlite", "log.sqlite", "frontier.sqlite"):
            (archive.path / name).unlink(missing_ok=True)
        add(archive, 3)
        told = run("seal", "--witness", url, archive=archive)
    assert told.exit_code == 3
    assert "it saw another log of this name" in told.stderr
    report = verify(archive.path, trust=trust)
    assert (report.verdict, kinds(report)) == ("not-provable", ["witness-missing"])
    for name, data in kept.items():
        (archive.path / "log" / "seals" / name).write_bytes(data)
    report = verify(archive.path, trust=trust)
    assert (report.verdict, kinds(report)) == ("altered", ["cosignature-invalid", "witness-missing"])
    assert report.findings[0].place == f"log/seals/{next(iter(kept))}"


def test_a_log_that_was_cut_is_not_cosigned(archive: Archive) -> None:
    witness = known(archive)
    copy = archive.path.with_name("copy")
    shutil.copytree(archive.path, copy)
    add(archive, 2)
    with serving(witness) as url:
        assert run("seal", "--witness", url, archive=archive).exit_code == 0
        told = run("seal", "--witness", url, archive=Archive.open(copy))
    assert told.exit_code == 3
    assert "something was taken away" in told.stderr


@dataclass
class Answering:
    """A witness that does not keep to the specification."""

    reply: Reply
    asked: list[bytes] = field(default_factory=list)

    def add_checkpoint(self, body: bytes) -> Reply:
        self.asked.append(body)
        return self.reply


@pytest.mark.parametrize(
    ("reply", "what"),
    [
        ((404, PLAIN, b""), "does not know this log"),
        ((403, PLAIN, b""), "does not know the key"),
        ((422, PLAIN, b""), "does not continue"),
        ((500, PLAIN, b"x"), "status 500"),
        ((409, "text/x.tlog.size", b"9" * 5000), "which size"),
        ((409, "text/x.tlog.size", b"many\n"), "which size"),
        ((409, "text/x.tlog.size", b"1\n"), "another log of this name"),
        ((200, PLAIN, b""), "no Ed25519 cosignature"),
        ((200, PLAIN, b"hello\n"), "cannot be understood"),
        ((200, PLAIN, b"\xff"), "cannot be understood"),
    ],
)
def test_a_witness_that_does_not_cosign_is_one_line_and_the_seal_stands(
    archive: Archive, reply: Reply, what: str
) -> None:
    witness = known(archive)
    with serving(Answering(reply)) as bad, serving(witness) as good:
        told = run("seal", "--witness", bad, "--witness", good, archive=archive)
    assert told.exit_code == 3
    complaint, *_ = told.stderr.splitlines()
    assert complaint.startswith(f"lantian: {bad}: ")
    assert what in complaint
    assert "the seal is made" in complaint
    assert Note.parse(told.stdout.encode()).signed_by([witness.public]) == [witness.public], "the other was asked still"


def test_a_witness_that_is_not_there_or_no_address_is_one_line(archive: Archive) -> None:
    before = LogReader.open(archive.path).seals()
    mistyped = run("seal", "--witness", "file:///etc", archive=archive)
    assert (mistyped.exit_code, LogReader.open(archive.path).seals()) == (2, before)
    told = run("seal", "--witness", "http://127.0.0.1:9/", archive=archive)
    assert (told.exit_code, len(told.stderr.splitlines())) == (3, 3)
    assert LogReader.open(archive.path).seals()


def test_a_cosignature_from_before_the_entries_say_they_were_made_is_not_kept_and_where_it_lies_found(
    archive: Archive,
) -> None:
    """As where the clock of this machine is ahead: it would be called an alteration for ever."""
    witness = Witness(clock=time.time() - 86400).trust(*known(archive).keys.values())
    with serving(witness) as url:
        told = run("seal", "--witness", url, archive=archive)
    assert (told.exit_code, "set the clock of this machine right" in told.stderr) == (3, True)
    assert verify(archive.path).verdict == "intact"
    with Log(archive) as log:
        put_cosignature(log, LogReader.open(archive.path).seals()[-1], witness)
    report = verify(archive.path, trust=Trust(witnesses=(witness.public,)))
    assert (report.verdict, kinds(report)) == ("altered", ["clock-contradiction"])
    (path,) = (archive.path / "log" / "seals").glob("*.cosig")
    path.write_bytes(b"nonsense")
    assert "cosignature-invalid" in kinds(verify(archive.path))
