"""Signed notes, cosignatures and checkpoints against published examples, and what must be refused."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archive.log.checkpoint import Checkpoint
from archive.log.note import (
    Note,
    NoteError,
    PublicKey,
    cosign,
    cosigned_at,
    find_signature,
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
    ],
)
def test_what_is_no_note_is_refused(data: bytes) -> None:
    with pytest.raises(NoteError):
        Note.parse(data)


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
    assert cosigned_at(find_signature(note, witness)) == 1_700_000_000
    later = type(signature)(signature.name, signature.key_id, (1_800_000_000).to_bytes(8, "big") + signature.data[8:])
    with pytest.raises(NoteError):
        Note(text).with_signature(later).signed_by([witness])


def test_the_published_checkpoint_is_read() -> None:
    """The example of c2sp.org/tlog-checkpoint."""
    text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    checkpoint = Checkpoint.parse(text)
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    assert checkpoint.text == text
    assert Checkpoint.parse(text + "extension\n").extensions == ("extension",)


@pytest.mark.parametrize(
    "text",
    ["a\n1\n", "a\n01\n" + "A" * 43 + "=\n", "a\n-1\n" + "A" * 43 + "=\n", "a\n1\nAAAA\n", "\n1\n" + "A" * 43 + "=\n"],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(NoteError):
        Checkpoint.parse(text)
