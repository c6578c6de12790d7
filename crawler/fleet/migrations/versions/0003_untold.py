"""Lines that a webhook has not taken yet."""

from alembic import op
from sqlalchemy import Column, Integer, PrimaryKeyConstraint, Text

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "untold",
        Column("id", Integer(), nullable=False),
        Column("webhook", Text(), nullable=False),
        Column("line", Text(), nullable=False),
        PrimaryKeyConstraint("id"),
    )
    op.create_index("untold_by_webhook", "untold", ["webhook", "id"])
