"""Logs that others signed: their notes, checkpoints and consistency proofs together, as a witness is sent them."""

import pytest

from archive.log.checkpoint import Checkpoint
from archive.log.merkle import is_consistent
from archive.log.note import Note, NoteError, PublicKey, cosigned_at, parse_signature

# Go's checksum database as its server signed it: FiloSottile/litetlog, cmd/litewitness/testdata/sumdb.txt.
SUM_KEY = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
SUM_NOTE = """go.sum database tree
35225469
vt5T6GaLCXvyHFl9VUvvItR43XZxfLgftEcTyO3eJCQ=

— sum.golang.org Az3grpukl5AXaVfYkLiDGORx/DN2nlcS5kZHR5uYOBV2KA2HgXpD+gu9HHONebHLAyaKbbTM75QTtPydhKCExixSfwQ=
"""
# A log of Sigsum that grows: FiloSottile/torchwood, internal/witness/witness_test.go; litewitness/testdata/litewitness.txt.
ORIGIN = "sigsum.org/v1/tree/4d6d8825a6bb689d459628312889dfbb0bcd41b5211d9e1ce768b0ff0309e562"
LOG = PublicKey(ORIGIN, bytes.fromhex("ffdc2d4d98e4124d3feaf788c0c2f9abfd796083d1f0495437f302ec79cf100f"))
SIGNED = {
    1: "1\nKgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n— {} UgIom7fPZTqpxWWhyjWduBvTvGVqsokMbqTArsQilegKoFBJQjUFAmQ0+YeSPM3wfUQMFSzVnnNuWRTYrajXpNUbIQY=",
    3: "3\nRcCI1Nk56ZcSmIEfIn0SleqtV7uvrlXNccFx595Iwl0=\n\n— {} UgIom2VbtIcdFbwFAy1n7s6IkAxIY6J/GQOTuZF2ORV39d75cbAj2aQYwyJre36kezNobZs4SUUdrcawfAB8WVrx6go=",
    5: "5\nQrtXrQZCCvpIgsSmOsah7HdICzMLLyDfxToMql9WTjY=\n\n— {} UgIomw/EOJmWi0i1FQsOj+etB7F8IccFam/jgd6wzRns4QPVmyEZtdvl1U2KEmLOZ/ASRcWJi0tW90dJWAShei7sDww=",
}
PROOFS = {
    (1, 3): ("2a01" + "00" * 30, "2a02" + "00" * 30),
    (1, 5): (
        "2a01" + "00" * 30,
        "f9f50357e93def4078237b8aaea24ce1a3f5965a0f64ff26bebd99e30470d8b2",
        "2a04" + "00" * 30,
    ),
    (3, 5): (
        "2a02" + "00" * 30,
        "2a03" + "00" * 30,
        "c2088815d65f60dbfa594d4e96504ab169cb6084bf0c132ab7c521fd2e0eba41",
        "2a04" + "00" * 30,
    ),
}
# transparency-dev/formats, note/note_cosigv1_test.go.
COSIGNATURE = "ZGhGuQAAAABm/qTPeyKXD+R2rzyQsxPiP8mXum7qq/iF0u4vanlqJyocWODBt97w9uL+8qT7S5gxEHWWOworDcFiEBYJXORmnFBOBA=="
ECDSA = "AjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABNhtmPtrWm3U1eQXBogSMdGvXwBcK5AW5i0hrZLOC96l+smGNM7nwZ4QvFK/4sueRoVj//QP22Ni4Qt9DPfkWLc="


def checkpoint_of(size: int) -> Checkpoint:
    note = Note.parse(f"{ORIGIN}\n{SIGNED[size].format(ORIGIN)}\n".encode())
    assert note.signed_by([LOG]) == [LOG]
    return Checkpoint.parse(note.text)


def test_the_go_checksum_database_is_signed_by_its_key() -> None:
    note, key = Note.parse(SUM_NOTE.encode()), PublicKey.parse(SUM_KEY)
    assert note.signed_by([key]) == [key]
    assert Checkpoint.parse(note.text).size == 35225469
    with pytest.raises(NoteError, match="does not match"):
        Note.parse(SUM_NOTE.replace("35225469", "35225468").encode()).signed_by([key])


@pytest.mark.parametrize(("first", "second"), PROOFS)
def test_signed_states_of_a_log_are_consistent_by_their_proof_alone(first: int, second: int) -> None:
    old, new = checkpoint_of(first), checkpoint_of(second)
    proof = [bytes.fromhex(one) for one in PROOFS[first, second]]
    assert is_consistent(old.size, new.size, old.root, new.root, proof)
    assert not is_consistent(old.size, new.size, old.root, new.root, ())
    assert not is_consistent(old.size, new.size, old.root, new.root, [*proof[:-1], proof[-1][:-1] + b"\1"])
    assert not is_consistent(old.size, new.size, new.root, old.root, proof)


def test_published_keys_of_witnesses_are_read() -> None:
    for text, kind in (
        ("TEST+7997405c+AQcC+FTVKf0jlTdHDY3rbevmnKxxPjigCXlVtGe6RIr6", 1),
        ("remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2", 4),
    ):
        key = PublicKey.parse(text)
        assert (str(key), key.kind) == (text, kind)
    assert cosigned_at(parse_signature(f"— witness {COSIGNATURE}")) == 1727964367


@pytest.mark.parametrize(
    "text",
    [
        "bananas.sigstore.dev+12344556",
        "rekor.sigstore.dev+12345678+THIS_IS_NOT_BASE64!",
        "rekor.sigstore.dev+12345678+AwEB",
        f"rekor.sigstore.dev+NOT_A_NUMBER+{ECDSA}",
        f"rekor.sigstore.dev+00000000+{ECDSA}",
    ],
)
def test_published_keys_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(NoteError):
        PublicKey.parse(text)
