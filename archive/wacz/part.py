"""One file of a WACZ as it is written: digested on its way, and listed in the manifest."""

import hashlib
import os
import zipfile
from types import TracebackType
from typing import Any, Final, Self

from archive.wacz.manifest import DIGEST, MANIFEST, make_resource
from archive.wacz.zip_form import make_info

_LARGE: Final = 1 << 31
_PIECE: Final = 1 << 20


class Part:
    """A file in the ZIP, stored as it is; what the manifest says of it goes to `resources` when it is whole.

    `most` is how many bytes it may have: from two gigabytes on its sizes are written in the long form.
    """

    def __init__(self, packed: zipfile.ZipFile, resources: list[dict[str, Any]], name: str, *, most: int = 0) -> None:
        self._resources = resources
        self._name = name
        self._out = packed.open(make_info(name), "w", force_zip64=most >= _LARGE)
        self._hash = hashlib.sha256()
        self._size = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._out.close()
        if error is None and self._name not in {MANIFEST, DIGEST}:
            digest = f"sha256:{self._hash.hexdigest()}"
            self._resources.append(make_resource(self._name, digest, self._size))

    def write(self, data: bytes) -> None:
        """Add bytes."""
        self._out.write(data)
        self._hash.update(data)
        self._size += len(data)

    def copy(self, handle: int, offset: int, length: int) -> int:
        """Add bytes of a file, piece by piece, and give their number."""
        for start in range(offset, offset + length, _PIECE):
            self.write(os.pread(handle, min(_PIECE, offset + length - start), start))
        return length
