"""The tables of a fleet's database, step by step (Alembic); `lantian fleet init` runs them."""
