"""The names that a file in a WACZ of ours can have; another is nothing that we packed, whatever it says.

Players take any index of `indexes/` and programs list any text of `proofs/`, so that a file more is a file that speaks.
"""

import re
from typing import Final

from archive.wacz.container import Container
from archive.wacz.continuity import CONSISTENCY, FOLDER
from archive.wacz.index_map import INDEX, INDEX_MAP
from archive.wacz.manifest import DIGEST, MANIFEST
from archive.wacz.pages import PAGES
from archive.wacz.proofs import CERTIFICATE, INCLUSION, KEYS, README_FILE, RECIPE, REPORT_FILE, UNSEALED
from archive.wacz.rotations import ROTATIONS
from archive.wacz.seals import CHECKPOINT, EARLIER, REPLY

_NAMES: Final = frozenset(
    (
        *(MANIFEST, DIGEST, PAGES, INDEX, INDEX_MAP),
        *(INCLUSION, CHECKPOINT, KEYS, ROTATIONS, UNSEALED, CONSISTENCY, RECIPE, README_FILE, REPORT_FILE),
    )
)
_RECORDS: Final = re.compile(r"archive/[^/]+\.warc\.gz")


def is_ours(container: Container) -> bool:
    """Whether it has proofs of a log of ours, and so must be as we pack."""
    return any(name.startswith(FOLDER) for name in container.entries)


def is_name_of_ours(name: str) -> bool:
    """Whether we give a file this name."""
    return name in _NAMES or any(form.fullmatch(name) for form in (_RECORDS, EARLIER, REPLY, CERTIFICATE))
