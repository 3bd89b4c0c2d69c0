"""Alembic's entry: run the migrations on the connection that ``bot.db.migrate`` hands over."""

from alembic import context

from bot.db.schema import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, compare_type=True, compare_server_default=False)
with context.begin_transaction():
    context.run_migrations()
