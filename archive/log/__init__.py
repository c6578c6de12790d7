"""The transparency log: what the archive holds, as an append-only list that others can check without us.

From the ground up: `merkle` (RFC 9162), `tiles` (how the tree lies on disk), `note` (signatures), `checkpoint` (what is
signed), `entries` (what is logged), `reader`, `writer`.
"""
