"""What Alembic runs for a migration: within the transaction that `crawler.fleet.migrate` has begun."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
