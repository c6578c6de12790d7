"""The log altered: each row a way, by who has the key and who has not, and what must be said of it."""

from typing import Final

from tests.archive.altered.case import Case
from tests.archive.altered.log_changes import (
    ZERO,
    cut,
    cut_bundle,
    cut_with_seals,
    delete_nothing,
    derive_from_nothing,
    edit_entry,
    edit_head,
    edit_seal,
    edit_tree,
    fork,
    fork_unseen,
    one_entry_less,
    refer,
    relogged,
    remove_seals,
    resign,
    rewrite,
    rotate_unsigned,
    swap_key,
    unchain,
)
from tests.archive.altered.relogging import checkpoint_kept, key_kept
from tests.archive.verify.sealed import PRIVATE

LOG: Final = [
    Case("log entry edited", edit_entry, ("entry-altered", "log-tiles", "log-rewritten", "unsealed", "log-chain", "index-altered", "derived-altered")),
    Case("hash in the tree edited", edit_tree, ("log-tiles",)),
    Case("head of the log edited", edit_head, ("log-tiles",)),
    Case("entries cut off inside a bundle", cut_bundle, ("log-unreadable",), verdict="unreadable"),
    Case("seal edited", edit_seal(one_entry_less), ("seal-signature", "unsealed")),
    Case("seal unreadable", edit_seal(lambda _: "nonsense"), ("seal-unreadable", "no-seal")),
    Case("seals removed", remove_seals, ("no-seal",), verdict="not-provable"),
    Case("log cut, the seals kept", cut, ("log-cut", "file-unlisted", "unsealed"), notes=("catalog-ahead",)),
    Case("log cut and signed anew, against a checkpoint kept elsewhere", cut_with_seals, ("log-cut", "catalog-unlogged"), kept=checkpoint_kept),
    Case("log rewritten, the seals kept", rewrite, ("log-rewritten", "unsealed")),
    Case("log rewritten and signed anew, nothing kept elsewhere: cannot be seen", fork_unseen, (), verdict="intact"),
    Case("log forked: rewritten and signed anew, against a checkpoint kept elsewhere", fork(PRIVATE), ("log-forked",), kept=checkpoint_kept),
    Case("log rewritten and signed by another key, against a key known from elsewhere", resign, ("key-untrusted", "unsealed"), kept=key_kept),
    Case("key swapped", swap_key, ("key-swapped", "unsealed"), notes=("catalog-behind",)),
    Case("key swapped, against a key known from elsewhere", swap_key, ("key-untrusted", "unsealed"), kept=key_kept, notes=("catalog-behind",)),
    Case("key rotation that the old key did not sign", rotate_unsigned, ("rotation-unsigned",)),
    Case("captures of an address not chained", unchain, ("log-chain",)),
    Case("deletion logged of no capture", delete_nothing, ("deletion-nowhere",)),
    Case("revisit logged to nothing", refer("urn:uuid:none"), ("revisit-nowhere", "derived-altered")),
    Case("revisit logged in a loop", refer(None), ("revisit-loop", "derived-altered")),
    Case("logged digest of the header not that of the bytes", relogged(lambda entry: {**entry, "header": ZERO}), ("digest-disagrees",), is_deep=True),
    Case("logged digest of the block not that of the bytes", relogged(lambda entry: {**entry, "block": ZERO}), ("digest-disagrees",), is_deep=True),
    Case("logged digest of the payload not that of the bytes", relogged(lambda entry: {**entry, "payload": ZERO}), ("digest-disagrees", "derived-altered"), is_deep=True),
    Case("text logged of no capture", derive_from_nothing, ("derived-nowhere", "text-unlogged")),
]  # fmt: skip
