"""The key that signs checkpoints: made on first use, for its owner alone to read, outside the archive.

Whoever copies an archive must not get its key with it, so it lies in `~/.config/lantian/keys` (or LANTIAN_KEYS) under
the archive's id. It is PKCS#8 in PEM, which openssl reads.
"""

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from archive.directory import Archive, locked_folder
from archive.disk import on_disk, sync_folder
from archive.errors import KeyUnusable
from archive.log.note import PublicKey, Signature, public_key, sign

FOLDER_VARIABLE: Final = "LANTIAN_KEYS"
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key under the name of the log it signs."""

    name: str
    private: Ed25519PrivateKey

    @property
    def public(self) -> PublicKey:
        """What others check its signatures with."""
        return public_key(self.name, self.private)

    def sign(self, text: str) -> Signature:
        """Sign the text of a note."""
        return sign(text, self.name, self.private)


def key_path(archive: Archive) -> Path:
    """Where the key of an archive is."""
    folder = os.environ.get(FOLDER_VARIABLE) or Path.home() / ".config" / "lantian" / "keys"
    return Path(folder) / f"{archive.id.rpartition(':')[2]}.pem"


def read_key(path: Path, *, name: str) -> SigningKey:
    """Read a key; raises KeyUnusable for one that others can read, or that is none."""
    try:
        if path.stat().st_mode & _OTHERS:
            raise KeyUnusable(
                f"{path}: others can read this key; chmod 600 it, and if others may have it, take a new one with --rotate-key"
            )
        key = load_pem_private_key(path.read_bytes(), password=None)
    except OSError as error:
        raise KeyUnusable(f"{path}: cannot be read: {error.strerror}; name another key with --key") from None
    except (ValueError, TypeError):
        raise KeyUnusable(f"{path}: is not a private key in PEM; name another with --key") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyUnusable(f"{path}: is not an Ed25519 key; make one with openssl genpkey -algorithm ed25519")
    return SigningKey(name, key)


def make_key(path: Path, *, name: str) -> SigningKey:
    """Make a key where none is; raises StorageFull, KeyUnusable."""
    private = Ed25519PrivateKey.generate()
    data = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with on_disk(path):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with locked_folder(path.parent):
            if path.exists():  # another process made it meanwhile
                return read_key(path, name=name)
            _write_whole(path, data)
    return SigningKey(name, private)


def _write_whole(path: Path, data: bytes) -> None:
    """A key has its name when it is whole: half of one would be a key that cannot be read, and is never made anew."""
    draft = path.with_name(f".{path.name}.draft")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)
    sync_folder(path.parent)


def open_key(path: Path, *, name: str) -> SigningKey:
    """The key at a path, made on first use."""
    return read_key(path, name=name) if path.exists() else make_key(path, name=name)
