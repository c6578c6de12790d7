"""How to redo the check of a WACZ with public tools, without us: lines to paste into a shell, one after another.

They unpack it into a temporary folder and write beside that only. Whoever made the file named what is in it: so nothing is run
in that folder that would load a file from it, and Python, which does, is started isolated (`-I`). It stands in for what no
tool of the shell reads: JSON, and signatures in the raw form of the browsers, which openssl wants in DER.
"""

import shlex
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Final

from archive.log.note import PublicKey
from archive.verify.commands import signature_lines, stamp_lines
from archive.wacz.proofs import INCLUSION
from archive.wacz.seals import CHECKPOINT, REPLY

THIS_FILE: Final = "${wacz:?set it to this file}"
"""In the place of a path, where the file does not know its own."""
_MOST: Final = 20
"""Timestamps that have commands of their own."""
_BY_HAND: Final = Path(__file__).with_name("by_hand.txt")
_SHOWN: Final = Path(__file__).with_name("by_hand_shown.txt")
_LISTED: Final = (
    """(cd "$work/file" && python3 -I -c 'import json; [print(one["hash"][7:], "", one["path"]) for one in """
    """json.load(open("datapackage.json"))["resources"]]' | sha256sum --quiet -c) && echo files are as listed"""
)
_DIGEST: Final = (
    """(cd "$work/file" && python3 -I -c 'import json; print(json.load(open("datapackage-digest.json"))["hash"][7:], "", """
    """"datapackage.json")' | sha256sum -c)   # the list of files is the one that was signed"""
)
_SIGNATURE: Final = """(cd "$work" && python3 -I - <<'END'
import base64, json
signed = json.load(open("file/datapackage-digest.json"))["signedData"]
raw = base64.b64decode(signed["signature"])
numbers = [int.from_bytes(part, "big") for part in (raw[:48], raw[48:])]
parts = [number.to_bytes(number.bit_length() // 8 + 1, "big") for number in numbers]
body = b"".join(bytes([2, len(part)]) + part for part in parts)
open("signature.der", "wb").write(bytes([48, len(body)]) + body)
open("packer.der", "wb").write(base64.b64decode(signed["publicKey"]))
open("signed.txt", "w").write(signed["hash"])
END
)   # the signature of the packer, as openssl reads it"""
_PACKER: Final = (
    """openssl dgst -sha256 -verify "$work/packer.der" -keyform DER -signature "$work/signature.der" "$work/signed.txt"   """
    """# by whoever packed it; it says nothing of who that is"""
)
_WARCIO: Final = (
    """find "$work/file/archive" -name '*.warc.gz' -exec warcio check -v {} +   """
    """# it reports payloads that came in chunks falsely"""
)
_PYWB: Final = (
    """(cd "$work" && wb-manager init check && find "$work/file/archive" -name '*.warc.gz' -exec wb-manager add check {} + """
    """&& wayback -b 127.0.0.1)   # pywb shows the pages at http://127.0.0.1:8080/check/"""
)


def make_commands(
    path: str | None, names: Collection[str], keys: Iterable[PublicKey], *, is_shown: bool = True
) -> tuple[str, ...]:
    """The lines for a file with these names in it, whose newest checkpoint these keys signed; one that is unpacked.

    `is_shown` is whether one of them is for what a player shows.
    """
    return tuple(_lines(path, names, keys, is_shown=is_shown))


def _run(script: Path) -> str:
    text = script.read_text(encoding="utf-8").rstrip("\n")
    return f"(cd \"$work/file\" && python3 -I - <<'END'\n{text}\nEND\n)"


def _lines(path: str | None, names: Collection[str], keys: Iterable[PublicKey], *, is_shown: bool) -> Iterator[str]:
    where = shlex.quote(str(Path(path).absolute())) if path else f'"{THIS_FILE}"'
    yield f"wacz={where}; work=$(mktemp -d)   # everything is written to $work"
    yield 'python3 -I -m zipfile -e "$wacz" "$work/file"'
    yield from (_LISTED, _DIGEST, _SIGNATURE, _PACKER, _WARCIO, _PYWB)
    if INCLUSION not in names or CHECKPOINT not in names:
        return
    yield _run(_BY_HAND)
    if is_shown:
        yield _run(_SHOWN)
    for key in keys:
        yield from signature_lines(key, note=f'"$work/file/{CHECKPOINT}"', text='"$work/checkpoint.txt"')
    for reply in sorted(filter(REPLY.fullmatch, names))[:_MOST]:
        stem = reply.rsplit(".", 2)[0]
        yield from stamp_lines(f'"$work/file/{reply}"', note=f'"$work/file/{stem}.txt"', text='"$work/stamped.txt"')
