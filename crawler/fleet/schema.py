"""The table of host locks; the other tables of a fleet are those of one machine."""

from typing import Final

from sqlalchemy import BigInteger, Column, DateTime, Index, MetaData, Sequence, Table, Text

metadata = MetaData()

TOKENS: Final = Sequence("host_tokens", metadata=metadata)
"""Every time hosts are taken there is a new token, greater than all before."""

host_locks = Table(
    "host_locks",
    metadata,
    Column("host", Text, primary_key=True),
    Column("token", BigInteger, nullable=False),
    Column("holder", Text, nullable=False),
    Column("until", DateTime(timezone=True), nullable=False),
    Index("host_locks_by_token", "token"),
)
"""Who may ask a host, until when by the clock of the database; `holder` is for people. What is over may be taken."""
