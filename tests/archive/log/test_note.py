"""Signed notes, cosignatures and checkpoints against published examples, and what must be refused."""

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archive.log.checkpoint import Checkpoint
from archive.log.merkle import leaf_hash
from archive.log.note import (
    Note,
    NoteError,
    PublicKey,
    cosign,
    cosigned_at,
    parse_keys,
    public_key,
    sign,
)

# The example of golang.org/x/mod/sumdb/note, which c2sp.org/signed-note describes: package documentation and tests.
NAME = "PeterNeumann"
VERIFIER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
SEED = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
LINE = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
ENOCH = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
ENOCH_LINE = "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ="
# The example of c2sp.org/signed-note: a text with an empty line in it.
POEM = """Ognuno sta solo sul cuor della terra
trafitto da un raggio di sole:

ed è subito sera.
"""
POEM_LINE = "— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc="
# The examples of c2sp.org/tlog-checkpoint and c2sp.org/tlog-cosignature, and of golang.org/x/mod/sumdb/tlog.
SOFA = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
SOFA_LINE = "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8="
W1_LINE = "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA=="
GO_SUM = "go.sum database tree\n123456789012\nTszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0=\n"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def example_key() -> Ed25519PrivateKey:
    import base64  # noqa: PLC0415 (only here)

    return Ed25519PrivateKey.from_private_bytes(base64.b64decode(SEED)[1:])


def test_the_published_note_is_signed_by_its_key() -> None:
    note = Note.parse(f"{TEXT}\n{LINE}\n".encode())
    assert note.text == TEXT
    assert note.signed_by([PublicKey.parse(VERIFIER)]) == [PublicKey.parse(VERIFIER)]
    assert str(note) == f"{TEXT}\n{LINE}\n"


def test_signing_the_published_text_gives_the_published_line() -> None:
    assert str(sign(TEXT, NAME, example_key())) == LINE
    assert str(public_key(NAME, example_key())) == VERIFIER


def test_a_changed_text_is_not_signed() -> None:
    note = Note.parse(f"{TEXT.replace('think', 'thing')}\n{LINE}\n".encode())
    with pytest.raises(NoteError, match="does not match"):
        note.signed_by([PublicKey.parse(VERIFIER)])


def test_signatures_of_unknown_keys_are_passed_over() -> None:
    note = Note(TEXT).with_signature(sign(TEXT, "other", KEY)).with_signature(sign(TEXT, NAME, example_key()))
    assert Note.parse(str(note).encode()) == note
    assert note.signed_by([PublicKey.parse(VERIFIER)]) == [PublicKey.parse(VERIFIER)]
    assert note.signed_by([public_key(NAME, KEY)]) == []


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no signature\n",
        b"text\n\nnot a signature\n",
        "text\n\n— name !!!\n".encode(),
        "text\n\n— name AAAA\n".encode(),
        "text\n\n— name AAAAAAAA".encode(),
        b"te\x00xt\n\n",
        b"\xff\n\n",
        "text\n\n— na+me AAAAAAAA\n".encode(),
        TEXT.encode(),
        f"{TEXT}\n".encode(),
        f"{TEXT}\n{LINE}".encode(),
        f"\x01{TEXT}\n{LINE}\n".encode(),
        b"\xff" + f"{TEXT}\n{LINE}\n".encode(),
        f"{TEXT}\n{LINE.replace('PeterNeumann', 'Bad Name')}\n".encode(),
        f"{TEXT}\n{LINE}\nUnexpected line.\n".encode(),
        (f"{TEXT}\n" + f"{LINE}\n" * 101).encode(),
    ],
)
def test_what_is_no_note_is_refused(data: bytes) -> None:
    with pytest.raises(NoteError):
        Note.parse(data)


def test_a_hundred_signatures_are_read() -> None:
    assert len(Note.parse((f"{TEXT}\n" + f"{LINE}\n" * 100).encode()).signatures) == 100


def test_two_published_signatures_are_told_apart() -> None:
    note = Note.parse(f"{TEXT}\n{LINE}\n{ENOCH_LINE}\n".encode())
    peter, enoch = PublicKey.parse(VERIFIER), PublicKey.parse(ENOCH)
    assert note.signed_by([peter]) == [peter]
    assert note.signed_by([peter, enoch]) == [peter, enoch]
    assert note.signed_by([]) == []
    for line in (LINE[:60] + "ABCD" + LINE[60:], LINE[:-6] + "AAAAA="):
        with pytest.raises(NoteError, match="does not match"):
            Note.parse(f"{TEXT}\n{line}\n".encode()).signed_by([peter])


def test_no_part_of_a_published_key_is_a_key_nor_is_it_with_another_letter() -> None:
    parts = {VERIFIER[at:end] for at in range(len(VERIFIER)) for end in range(at, len(VERIFIER) + 1)} - {VERIFIER}
    others = {VERIFIER[:at] + chr(ord(VERIFIER[at]) + 1) + VERIFIER[at + 1 :] for at in range(len(VERIFIER))}
    for text in parts | others:
        with pytest.raises(NoteError):
            PublicKey.parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
        "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    ],
)
def test_keys_of_another_length_or_kind_are_refused_though_their_ids_are_right(text: str) -> None:
    with pytest.raises(NoteError, match="not a verifier key"):
        PublicKey.parse(text)


@pytest.mark.parametrize(("text", "lines"), [(POEM, [POEM_LINE]), (SOFA, [SOFA_LINE, W1_LINE])])
def test_published_notes_are_read_and_written(text: str, lines: list[str]) -> None:
    whole = f"{text}\n" + "".join(f"{line}\n" for line in lines)
    note = Note.parse(whole.encode())
    assert (note.text, [str(one) for one in note.signatures], str(note)) == (text, lines, whole)


def test_the_published_cosignature_says_when_it_was_made() -> None:
    note = Note.parse(f"{SOFA}\n{SOFA_LINE}\n{W1_LINE}\n".encode())
    assert cosigned_at(note.signatures[1]) == 1679315147


@pytest.mark.parametrize(
    "text", ["", "a", "a+b", "a+00000000+AAAA", VERIFIER.replace("c74f20a3", "c74f20a4"), "a b" + VERIFIER]
)
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(NoteError):
        PublicKey.parse(text)


def test_keys_are_read_from_a_file_of_lines() -> None:
    assert parse_keys(f"# ours\n\n{VERIFIER}\n") == [PublicKey.parse(VERIFIER)]


def test_a_cosignature_covers_its_time() -> None:
    text = Checkpoint("urn:uuid:1", 7, bytes(32)).text
    signature = cosign(text, "witness.example/w1", KEY, seconds=1_700_000_000)
    witness = public_key("witness.example/w1", KEY, kind=4)
    note = Note(text).with_signature(signature)
    assert note.signed_by([witness]) == [witness]
    assert cosigned_at(note.signatures[-1]) == 1_700_000_000
    later = type(signature)(signature.name, signature.key_id, (1_800_000_000).to_bytes(8, "big") + signature.data[8:])
    with pytest.raises(NoteError):
        Note(text).with_signature(later).signed_by([witness])


def test_the_published_checkpoints_are_read() -> None:
    checkpoint = Checkpoint.parse(SOFA)
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    assert checkpoint.text == SOFA
    assert Checkpoint.parse(SOFA + "extension\n").extensions == ("extension",)
    tree = Checkpoint("go.sum database tree", 123456789012, leaf_hash(b"hello world"))
    assert tree.text == GO_SUM
    assert Checkpoint.parse(GO_SUM) == tree
    for more in ("JOE", "JOE\n", "JOE\n" * 1000):
        assert replace(Checkpoint.parse(GO_SUM + more), extensions=()) == tree


@pytest.mark.parametrize(
    "text",
    [
        "a\n1\n",
        "a\n01\n" + "A" * 43 + "=\n",
        "a\n-1\n" + "A" * 43 + "=\n",
        "a\n1\nAAAA\n",
        "\n1\n" + "A" * 43 + "=\n",
        GO_SUM.replace("123456789012", "0xabcdef"),
        GO_SUM.replace("123456789012", "9" * 5000),
        GO_SUM.replace("wBb0", "wBTOOBIG"),
        GO_SUM + "\n",
        GO_SUM + "a\n\nb\n",
        GO_SUM.removesuffix("\n"),
        GO_SUM.replace("1", "+1", 1),
        GO_SUM.replace("1", "１", 1),
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(NoteError):
        Checkpoint.parse(text)
