"""How to redo the checks with public tools, without us: lines to paste into a shell, one after another, in any folder.

They read the archive and write to a temporary folder only: what is evidence stays as it is.
"""

import base64
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from archive.log.note import PublicKey
from archive.verify.log_state import LogState

# An entry of type file has `"digest":"…","file":"…"`, a deletion `"after":"…","file":"…"`: canonical JSON sorts its names.
# Bundles that were filled since lie beside the full one in a folder that ends in .p.
_SUMS: Final = (
    """find "$archive/log/tile/entries" -type f | sort -V | """
    """while read -r f; do case $f in *.p/*) [ -e "${f%.p/*}" ] && continue;; esac; """
    """grep -aoE '"(digest|after)":"sha256:[0-9a-f]{64}","file":"[^"]+"' "$f"; done | """
    """awk -F'"' '{sum[$8] = substr($4, 8)} END {for (file in sum) print sum[file] "  " file}' > "$work/sums" """
    """# the digests of closed files, by the entries of the log"""
)
_DER: Final = bytes.fromhex("302a300506032b6570032100")
"""What stands before the 32 bytes of an Ed25519 public key (RFC 8410 §4)."""
_PREFIX: Final = 5
"""Characters of base64 that only the id of a key decides."""


def make_commands(archive: Path, state: LogState) -> tuple[str, ...]:
    """The lines for what this archive has: files, the last signed checkpoint, its timestamps."""
    return tuple(_lines(archive, state))


def _lines(archive: Path, state: LogState) -> Iterator[str]:
    yield f"archive={shlex.quote(str(archive.absolute()))}; work=$(mktemp -d)   # everything is written to $work"
    yield _SUMS
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
    seals = '"$archive/log/seals'
    key = next(iter(state.seal.note.signed_by(state.chain.keys)), None) if state.seal else None
    if state.seal and key:
        name = state.seal.name
        yield from signature_lines(key, note=f'{seals}/{name}"', text=f'"$work/{name}.txt"')
    for name, reply in state.stamped:
        yield from stamp_lines(f'{seals}/{reply}"', note=f'{seals}/{name}"', text=f'"$work/{name}.txt"')


def signature_lines(key: PublicKey, *, note: str, text: str) -> Iterator[str]:
    """Check the signature under a note, whose text goes to a file; both are words of the shell.

    The text ends before the empty line; of a signature the first four bytes are the id of the key.
    """
    yield _text_of(note, text)
    line = f"— {key.name} {base64.b64encode(key.id).decode('ascii')[:_PREFIX]}"
    yield f'echo {base64.b64encode(_DER + key.data).decode("ascii")} | base64 -d > "$work/key.der"   # {key}'
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
