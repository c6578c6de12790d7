"""How to redo the checks with public tools, without us: lines to paste into a shell, one after another, in any folder.

They read the archive and write to a temporary folder only: what is evidence stays as it is. Names in it are whoever's who
made it, and each is quoted, or pasting a line would do what a name says; Python is started isolated, or it would load a
`json.py` of the folder that somebody stands in. It stands in for what no tool of the shell
reads: the tree of the log, and the digests of files in its entries.
"""

import base64
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from archive.log.note import PublicKey
from archive.verify.log_state import LogState

_BY_HAND: Final = Path(__file__).with_name("by_hand.txt")
_DER: Final = bytes.fromhex("302a300506032b6570032100")
"""What stands before the 32 bytes of an Ed25519 public key (RFC 8410 §4)."""
_PREFIX: Final = 5
"""Characters of base64 that only the id of a key decides."""


def make_commands(archive: Path, state: LogState) -> tuple[str, ...]:
    """The lines for what this archive has: files, the last signed checkpoint, its timestamps."""
    return tuple(_lines(archive, state))


def _lines(archive: Path, state: LogState) -> Iterator[str]:
    yield f"archive={shlex.quote(str(archive.absolute()))}; work=$(mktemp -d)   # everything is written to $work"
    note = f'"$archive/log/seals/"{shlex.quote(state.seal.name)}' if state.seal else '"$archive/log/head"'
    script = _BY_HAND.read_text(encoding="utf-8").rstrip("\n")
    yield f"""python3 -I - "$archive/log" {note} "$work/sums" <<'END'\n{script}\nEND"""
    yield '(cd "$archive" && sha256sum --quiet -c "$work/sums") && echo files are as logged'
    yield """find "$archive/warc" -name '*.warc.gz' -exec gzip -t {} +"""
    yield (
        """find "$archive/warc" -name '*.warc.gz' -exec warcio check -v {} + """
        """  # it reports payloads that came in chunks falsely"""
    )
    yield (
        """(cd "$work" && wb-manager init check && find "$archive/warc" -name '*.warc.gz' -exec wb-manager add check {} + """
        """&& wayback -b 127.0.0.1)   # pywb shows the pages at http://127.0.0.1:8080/check/"""
    )
    key = next(iter(state.seal.note.signed_by(state.chain.keys)), None) if state.seal else None
    if key:
        yield from signature_lines(key, note=note, text='"$work/sealed.txt"')
    for stamped in state.stamped:
        name, reply = (f'"$archive/log/seals/"{shlex.quote(one)}' for one in stamped)
        yield from stamp_lines(reply, note=name, text='"$work/stamped.txt"')


def signature_lines(key: PublicKey, *, note: str, text: str) -> Iterator[str]:
    """Check the signature under a note, whose text goes to a file; both are words of the shell.

    The text ends before the empty line; of a signature the first four bytes are the id of the key.
    """
    yield _text_of(note, text)
    line = f"— {key.name} {base64.b64encode(key.id).decode('ascii')[:_PREFIX]}"
    yield f'echo {base64.b64encode(_DER + key.data).decode("ascii")} | base64 -d > "$work/key.der"   # {shlex.quote(str(key))}'
    yield (
        f"grep -F {shlex.quote(line)} {note} | head -n 1 | awk '{{print $3}}' | base64 -d | "
        'tail -c 64 > "$work/signature"'
    )
    yield (
        'openssl pkeyutl -verify -pubin -keyform DER -inkey "$work/key.der" -rawin '
        f'-in {text} -sigfile "$work/signature"   # OpenSSL 3'
    )


def stamp_lines(reply: str, *, note: str, text: str) -> Iterator[str]:
    """Check an authority's reply over the text of a note."""
    yield _text_of(note, text)
    yield (
        f"openssl ts -verify -in {reply} -data {text} "
        '-CAfile "${authority:?set it to the root certificate of the authority, had from the authority}"'
    )


def _text_of(note: str, text: str) -> str:
    return f"sed '/^$/,$d' {note} > {text}   # the text that is signed and stamped"
