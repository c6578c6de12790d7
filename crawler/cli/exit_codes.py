"""What commands end with: one table for all of them, as it stands in the README.

NOT_PROVABLE is for `verify` alone, whose codes follow from its verdict, see `archive.verify.report`.
"""

from typing import Final

DONE: Final = 0
"""All was done, and there is nothing to look into."""
FOUND: Final = 1
"""The work was done, and there is something to look into: a difference, an alarm, a page that could not be had."""
UNUSABLE: Final = 2
"""Nothing was begun: an option, an address, a key, a site file or a query is wrong, or a file that was named is not there."""
FAILED: Final = 3
"""The work could not be done: no archive, nothing of an address in it, no network, no space, a file that cannot be read."""


def found_if(is_found: object) -> int:
    """FOUND or DONE."""
    return FOUND if is_found else DONE
