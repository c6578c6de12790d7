"""The report among the proofs: a pure function of them, for people, that claims no verdict and runs nothing."""

import json
import re
from hashlib import sha256
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archive.log.checkpoint import Checkpoint
from archive.log.note import Note, cosign, public_key, sign
from archive.wacz.report import LISTED
from archive.wacz.statement import FORM, FORMS, make_statement

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
NAME = "urn:uuid:00000000-0000-0000-0000-000000000001"
HOSTILE = "http://sthj.example.cn/<script>alert(1)</script>\u202e.html"
PINNED = {
    1: "9e12b8f534c8b3cf932e330742d3c7cae28a0a134173d303530058a57911b090",
    2: "c5f2eb9349f37700432395c7f69e466a651817ed56e535afe4ef8d988500aa23",
    3: "059226fbd29381b76193884adb24c837b7af22a9f24abc1cb010f4237dcbda92",
}
"""Of every form the digest of the page for the proofs below: a text that changes is another form."""


def checkpoint(size: int, *, seen: int | None = None) -> bytes:
    text = Checkpoint(NAME, size, bytes(32)).text
    note = Note(text).with_signature(sign(text, NAME, KEY))
    return str(note if seen is None else note.with_signature(cosign(text, "w.example", KEY, seconds=seen))).encode()


def files() -> dict[str, bytes]:
    return {
        "proofs/checkpoint.txt": checkpoint(1000),
        "proofs/checkpoint-500.txt": checkpoint(500, seen=1_700_000_000),
        "proofs/keys.txt": f"{public_key(NAME, KEY)}\n".encode(),
        f"proofs/{'a' * 64}.pem": b"",
    }


def line(index: int, **entry: Any) -> str:
    return json.dumps({"index": index, "proof": [], "entry": json.dumps(entry)}) + "\n"


def capture(
    index: int, *, claim: str = "received", uri: str = "http://sthj.example.cn/1.html", record_type: str = "response"
) -> str:
    return line(
        index,
        type="capture",
        claim=claim,
        uri=uri,
        date="2026-04-02T01:00:00Z",
        logged="2026-04-02T01:00:01.000000Z",
        record_id=f"urn:uuid:{index}",
        record_type=record_type,
        member="sha256:00",
        payload=None,
    )


def statement(*inclusion: str, unsealed: tuple[str, ...] = (), form: int = FORM) -> str:
    made = files()
    return make_statement(made, made.__getitem__, inclusion=inclusion, unsealed=unsealed, form=form)


READ = line(4, type="derived", capture="urn:uuid:3", published="2026-03-02")
SAMPLE = (capture(3), READ, capture(5, claim="found"), capture(6, claim="supplied"))


@pytest.mark.parametrize("form", FORMS)
def test_the_text_of_a_form_never_changes(form: int) -> None:
    made = statement(*SAMPLE, unsealed=("{}\n",), form=form)
    assert PINNED[form] == sha256(made.encode()).hexdigest(), "a text that changes is another form: see the module"
    assert f"<!-- lantian proof report {form} -->" in made


def test_an_exchange_without_an_answer_is_told_as_one() -> None:
    made = statement(capture(3), capture(4, record_type="metadata"))
    assert made.count("从服务器收到<br>received from a server") == made.count("没有得到应答<br>no answer came") == 1
    for words in ("没有得到应答 no answer came", "从服务器收到 received from a server"):
        assert f"<tr><td>{words}</td><td>1</td></tr>" in made
    assert "Captures (2)" in made
    assert "every capture was logged as it was received from a server; 1 of them had no answer" in made


def test_it_says_in_both_languages_what_it_is_and_claims_no_verdict() -> None:
    made = statement(*SAMPLE)
    for words in ("不是核验结论", "no verdict", "从服务器收到", "received from a server", "不证明", "would not prove"):
        assert words in made
    assert "✓" not in made
    assert "Captures (3)" in made
    assert "见证方 witness w.example" in made
    assert made.count("published, as read 2026-03-02") == 1
    assert "If what follows holds, all captures (the first 7 entries of the log) existed by 2023-11-14T22:13:20" in made


def test_a_time_that_does_not_cover_all_is_not_said_of_all() -> None:
    made = statement(*SAMPLE, capture(700))
    assert "No timestamp and no witness covers all captures" in made
    assert made.count("≤ 2023-11-14") == 3


def test_addresses_of_others_steer_nothing() -> None:
    made = statement(capture(3, uri=HOSTILE))
    assert "&lt;script&gt;alert(1)&lt;/script&gt;\ufffd.html" in made
    assert not re.search(r"<script|\u202e|<a |<img|src=|href=", made)


def test_of_many_captures_the_first_are_listed_and_the_others_counted() -> None:
    made = statement(*(capture(number) for number in range(LISTED + 7)))
    assert made.count("http://sthj.example.cn/1.html") == LISTED
    assert "7 more are not listed" in made
